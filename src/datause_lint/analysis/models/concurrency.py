"""Coroutines, futures and threads: what they give, and when what they check has been checked."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import COROUTINE, LIST, TUPLE, stored_value
from datause_lint.analysis.arguments import Arguments, add_double_star, add_star
from datause_lint.analysis.atoms import BoundAtom, FunctionAtom
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.exceptions import raise_again
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.late import note_beside
from datause_lint.analysis.many import made_each_time
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import ELEMENT, FAILED, PROVES, RESULT, TASKS, attribute, index
from datause_lint.analysis.quantified import gather_answers
from datause_lint.analysis.special_methods import special_methods
from datause_lint.analysis.values import EMPTY, NONE, Value, join, join_all, of


def _await(call: ModelCall, value: Value) -> Value:
    outcome = awaited(call.frame, call.state, value)
    if outcome.state is None:
        call.returns = False
    return outcome.value


@models("asyncio.gather", "asyncio.as_completed", "anyio.gather", "tqdm.asyncio.tqdm.gather")
def gather(call: ModelCall) -> Value:
    """What was checked is known once all have been waited for, and none that raised was kept as a result."""
    before = call.state.facts
    _run_beside(call, join_all(call.arguments.all()))
    made = call.new(LIST, "~results")
    for position, given in enumerate(call.arguments.positional):
        if call.path == "asyncio.gather":
            call.state.store(made, index(position), _gathered(call, given))
        else:
            call.state.store_weakly(made, ELEMENT, _gathered(call, call.elements(given)))
    if call.arguments.more is not None:
        call.state.store(made, ELEMENT, _gathered(call, call.arguments.more))
    call.returns = True
    proven, call.state.facts = call.state.facts - before, before
    starred = call.arguments.starred if not call.arguments.positional else None
    if starred is not None and call.path != "asyncio.as_completed" and not _keeps_exceptions(call):
        proven |= gather_answers(call.frame, call.state, made, starred)
    if call.path == "asyncio.as_completed":  # each of them is still to be awaited
        return call.container(LIST, _future(call, call.read(of(made), ELEMENT)))
    return _future(call, of(made), proven if not _keeps_exceptions(call) else NOTHING)


def _gathered(call: ModelCall, given: Value) -> Value:
    """What awaiting gives; or an error, which is true, and answers no question."""
    failed = _failures(call, given)
    found = _await(call, given)
    if not _keeps_exceptions(call):
        return found
    return Value({**found.atoms, **failed.atoms, call.external("builtins.BaseException()", None, "~raised"): NOTHING})


def _failures(call: ModelCall, futures: Value) -> Value:
    found = (stored_value(call.frame, call.state, obj, FAILED) for obj in futures.objects())
    return join_all([each for each in found if each is not None])


def _keeps_exceptions(call: ModelCall) -> bool:
    kept = call.arguments.keywords.get("return_exceptions")
    return kept is not None and kept.may_be_true()


def _future(call: ModelCall, result: Value, proven: Truths = NOTHING) -> Value:
    made = call.new(COROUTINE, "~future")
    call.state.store(made, RESULT, result)
    call.state.store(made, PROVES, Value({}, Implied(true=proven)))
    return of(made)


@models(
    "asyncio.create_task", "asyncio.ensure_future", "asyncio.wait_for", "asyncio.shield", "asyncio.timeout",
    "asyncio.TaskGroup().create_task", "asyncio.get_event_loop().create_task",
    "asyncio.get_running_loop().create_task", "asyncio.new_event_loop().create_task",
    "anyio.create_task_group().start_soon",
)  # fmt: skip
def task(call: ModelCall) -> Value:
    if call.path.endswith("start_soon"):
        return _future(call, call.call_beside(call.argument(0), call.arguments.without(1)))
    given = call.argument(0)
    if call.path.startswith("asyncio.TaskGroup()"):
        _awaited_by_group(call, given)
    if not call.path.endswith(("wait_for", "shield", "timeout")):
        _run_beside(call, given)
    return given


def _run_beside(call: ModelCall, started: Value) -> None:
    """Coroutines that run beside others: they may see what is done later."""
    for obj in started.objects():
        running = call.frame.unawaited.get(obj)
        if running is not None:
            note_beside(call.frame, call.state, running)


@models("asyncio.TaskGroup")
def task_group(call: ModelCall) -> Value:
    made = call.external("asyncio.TaskGroup()")
    call.state.store(made, TASKS, Value({}))
    return of(made)


def _awaited_by_group(call: ModelCall, started: Value) -> None:
    """Whoever leaves the group has waited for all of its tasks, and none of them has failed."""
    only, group = started.only_object(), call.receiver.only_object()
    proves = stored_value(call.frame, call.state, only, PROVES) if only is not None else None
    before = call.state.stored(group, TASKS) if group is not None else None
    if proves is not None and before is not None and group is not None:
        call.state.store(group, TASKS, Value({}, Implied(true=before.implied.true | proves.implied.true)))


@models(
    "asyncio.run", "asyncio.get_event_loop().run_until_complete", "asyncio.new_event_loop().run_until_complete",
    "asyncio.run_coroutine_threadsafe", "anyio.run", "trio.run",
    "chainlit.run_sync", "chainlit.sync.run_sync",
)  # fmt: skip
def run(call: ModelCall) -> Value:
    given = call.argument(0, "main")
    if any(isinstance(atom, (FunctionAtom, BoundAtom)) for atom in given.atoms):
        given = call.call_with(given, call.arguments.without(1))
    return _await(call, given)


@models(
    "asyncio.to_thread", "asyncio.get_event_loop().call_soon", "anyio.to_thread.run_sync",
    "starlette.concurrency.run_in_threadpool", "fastapi.concurrency.run_in_threadpool", "trio.to_thread.run_sync",
)  # fmt: skip
def to_thread(call: ModelCall) -> Value:
    return _awaited(call, call.argument(0, "func"), call.arguments.without(1))


@models(
    "asyncio.get_event_loop().run_in_executor",
    "asyncio.get_running_loop().run_in_executor",
    "asyncio.new_event_loop().run_in_executor",
)
def run_in_executor(call: ModelCall) -> Value:
    return _awaited(call, call.argument(1, "func"), call.arguments.without(2))


def _awaited(call: ModelCall, function: Value, arguments: Arguments) -> Value:
    """What a thread does that is awaited: until then nothing is known of how it ended."""
    before = call.state.facts
    result = call.call_with(function, arguments)
    proven, call.state.facts = call.state.facts - before, call.state.facts & before
    return _future(call, result, proven)


@models(
    "concurrent.futures.ThreadPoolExecutor().submit", "concurrent.futures.ProcessPoolExecutor().submit",
    "concurrent.futures.Executor().submit",
)  # fmt: skip
def submit(call: ModelCall) -> Value:
    made = call.external("concurrent.futures.Future()")
    call.future_of(made, call.argument(0, "fn"), call.arguments.without(1))
    return of(made)


LATER: Final = "multiprocessing.pool.AsyncResult()"
FUTURES: Final = ("concurrent.futures.Future()", "asyncio.Future()", "asyncio.Task()", "builtins.coroutine()")


@models("asyncio.sleep")
def sleep(call: ModelCall) -> Value:
    return _future(call, call.optional(1, "result") or NONE)


@models(
    "concurrent.futures.Future",
    "asyncio.Future",
    *(f"asyncio.{loop}().create_future" for loop in ("get_event_loop", "get_running_loop", "new_event_loop")),
)
def new_future(call: ModelCall) -> Value:
    return of(call.external("asyncio.Future()" if call.path.startswith("asyncio") else "concurrent.futures.Future()"))


@models(*(f"{future}.{name}" for future in FUTURES for name in ("set_result", "set_exception")))
def set_result(call: ModelCall) -> Value:
    key = FAILED if call.path.endswith("exception") else RESULT
    for obj in call.receiver.objects():
        call.state.store_weakly(obj, key, call.argument(0, "result"))
        call.frame.world.publisher.publish_if_shared(call.frame, call.state, obj)
    return NONE


@models(*(f"{future}.result" for future in FUTURES), f"{LATER}.get")
def future_result(call: ModelCall) -> Value:
    futures = call.receiver.objects()
    for obj in futures:
        raise_again(call.frame, call.state, obj)
    told = [stored_value(call.frame, call.state, obj, PROVES) or EMPTY for obj in futures]
    call.state.learn(common(*(each.implied.true for each in told)) if told else NOTHING)
    return call.read(call.receiver, RESULT)


@models(*(f"{future}.exception" for future in FUTURES))
def future_exception(call: ModelCall) -> Value:
    return join(_failures(call, call.receiver), NONE)


@models(*(f"{future}.add_done_callback" for future in FUTURES))
def done_callback(call: ModelCall) -> Value:
    call.call_beside(call.argument(0, "fn"), Arguments([call.receiver]))
    return NONE


@models("concurrent.futures.as_completed")
def completed(call: ModelCall) -> Value:
    return call.container(LIST, call.elements(call.argument(0)))


@models("asyncio.wait")
def tasks_waited_for(call: ModelCall) -> Value:
    _run_beside(call, call.elements(call.argument(0, "aws")))
    return _future(call, waited_for(call))


@models("concurrent.futures.wait")
def waited_for(call: ModelCall) -> Value:
    """Those that are done, and those that are not: none, where nothing says how long to wait."""
    made, given = call.new(TUPLE), call.elements(call.argument(0, "fs"))
    bounded = len(call.arguments.all()) > 1
    for position, name in enumerate(("done", "not_done")):
        futures = call.container(LIST, given if bounded or not position else EMPTY, f"~{position}")
        call.state.store(made, index(position), futures)
        call.state.store(made, attribute(name), futures)
    return of(made)


@models("threading.Condition().wait_for")
def waited_until(call: ModelCall) -> Value:
    return call.maybe(call.argument(0, "predicate"))


# ── pools ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

EXECUTORS: Final = tuple(
    f"concurrent.futures.{kind}()" for kind in ("ThreadPoolExecutor", "ProcessPoolExecutor", "Executor")
)
POOLS: Final = tuple(
    f"multiprocessing.{kind}()" for kind in ("Pool", "pool.Pool", "pool.ThreadPool", "dummy.Pool", "get_context().Pool")
)


@models(*(kind.removesuffix("()") for kind in (*EXECUTORS, *POOLS)))
def pool(call: ModelCall) -> Value:
    """Its workers begin with a function that may be given; what that is given, it keeps."""
    first = 1 if call.path.startswith("multiprocessing") else 2
    initializer, given = call.optional(first, "initializer"), call.optional(first + 1, "initargs")
    if initializer is not None:
        arguments = Arguments()
        if given is not None:
            add_star(call.frame, call.state, arguments, given)
        call.call_beside(initializer, arguments)
    return of(call.external(f"{call.path}()"))


@models(
    *(f"{kind}.map" for kind in EXECUTORS),
    *(f"{kind}.{name}" for kind in POOLS for name in ("map", "imap", "imap_unordered")),
)
def pool_map(call: ModelCall) -> Value:
    of_pool = call.path.startswith("multiprocessing")
    given = call.arguments.positional[1:2] if of_pool else call.arguments.positional[1:]
    rounds = [call.each(each, f"~{number}") for number, each in enumerate(given)]
    made = call.container(LIST, made_each_time(call.state, call.call(call.argument(0), *rounds), call.site()))
    for number in range(len(rounds)):
        call.done(f"~{number}")
    call.returns = True
    return made


@models(*(f"{kind}.starmap" for kind in POOLS))
def pool_starmap(call: ModelCall) -> Value:
    arguments = Arguments()
    add_star(call.frame, call.state, arguments, call.each(call.argument(1)))
    result = made_each_time(call.state, call.call_with(call.argument(0), arguments), call.site())
    made = call.container(LIST, result)
    call.done()
    call.returns = True
    return made


@models(*(f"{kind}.{name}" for kind in POOLS for name in ("apply", "apply_async")))
def applied(call: ModelCall) -> Value:
    arguments = Arguments()
    for position, name, add in ((1, "args", add_star), (2, "kwds", add_double_star)):
        given = call.optional(position, name)
        if given is not None:
            add(call.frame, call.state, arguments, given)
    if call.path.endswith("apply"):
        return call.call_with(call.argument(0, "func"), arguments)
    made = call.external(LATER)
    call.future_of(made, call.argument(0, "func"), arguments)
    return _told(call, of(made), 3)


@models(*(f"{kind}.{name}_async" for kind in POOLS for name in ("map", "starmap")))
def applied_to_all(call: ModelCall) -> Value:
    made = call.external(LATER)
    with call.frame.noticing() as raised:
        model = pool_starmap if "starmap" in call.path else pool_map
        call.state.store(made, RESULT, model(call))
    if raised:
        call.state.store(made, FAILED, join_all(raised))
    return _told(call, of(made), 3)


def _told(call: ModelCall, later: Value, first: int) -> Value:
    """Callbacks hear of the result, or of the exception."""
    results = (call.read(later, RESULT), _failures(call, later))
    for position, (name, heard) in enumerate(zip(("callback", "error_callback"), results, strict=True), first):
        callback = call.optional(position, name)
        if callback is not None and heard.atoms:
            call.call_beside(callback, Arguments([heard]))
    return later


TARGET, GIVEN, NAMED = "@runs", "@args", "@kwargs"  # of a thread: what it runs, and with what


@models("threading.Thread", "multiprocessing.Process", "threading.Timer")
def thread(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()")
    target = call.optional(1, "target")
    if target is None:
        target = call.arguments.keywords.get("function", EMPTY)
    first = 2 if call.path.endswith("Timer") else 3
    given, named = call.argument(first, "args"), call.argument(first + 1, "kwargs")
    arguments = Arguments()
    if given.atoms:
        add_star(call.frame, call.state, arguments, given)
    if named.atoms:
        add_double_star(call.frame, call.state, arguments, named)
    call.state.store(made, TARGET, target)
    call.state.store(made, GIVEN, given)
    call.state.store(made, NAMED, named)
    call.call_beside(target, arguments)
    return of(made)


@models(
    *(
        f"{kind}().{name}"
        for kind in ("threading.Thread", "threading.Timer", "multiprocessing.Process")
        for name in ("start", "run")
    )
)
def start(call: ModelCall) -> Value:
    """Of a class of the program: its ``run``; of a plain thread, its target, which sees what has been done since."""
    bound = special_methods(call.frame, call.state, call.receiver, "run")
    if bound.atoms:
        call.call_beside(bound, Arguments())
    for obj in call.receiver.objects():
        target = stored_value(call.frame, call.state, obj, TARGET)
        if target is not None and target.atoms:
            arguments = Arguments()
            add_star(call.frame, call.state, arguments, call.read(of(obj), GIVEN))
            add_double_star(call.frame, call.state, arguments, call.read(of(obj), NAMED))
            collecting, call.frame.collecting = call.frame.collecting, False  # what it sends was found as it was made
            before = call.state.facts
            call.call_with(target, arguments)
            call.state.facts &= before  # what it raises is raised in the thread
            call.frame.collecting, call.returns = collecting, True
    return NONE
