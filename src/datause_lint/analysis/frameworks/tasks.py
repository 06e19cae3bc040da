"""Queues of tasks: Celery, RQ, Dramatiq, huey, arq, and their like. Queueing a task is calling its function, later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import DICT, LIST, TUPLE, read, stored_value
from datause_lint.analysis.arguments import Arguments, add_double_star, add_star, known_length
from datause_lint.analysis.calling import awaited
from datause_lint.analysis.models.containers import method
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.models.standard_library import keep_arguments
from datause_lint.analysis.objects import ELEMENT, RESULT, Obj, index
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.types import Type, Types, last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import (
    EMPTY,
    NONE,
    NOTHING,
    ApiAtom,
    BoundAtom,
    ClassAtom,
    Const,
    FunctionAtom,
    Same,
    Value,
    carrying,
    join,
    join_all,
    of,
)
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import BuildDict, Span
from datause_lint.ir.instructions import Const as ConstInstruction
from datause_lint.ir.module import FunctionIR, Parameter
from datause_lint.names import ApiPath, ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

FUNCTION: Final = "@function"  # of a decorator's mark: what it stands on
TASK: Final = "@task"  # of a signature: the function
GIVEN: Final = "@args"  # of a signature: see keep_arguments
NAMED: Final = "@kwargs"
STEPS: Final = "@steps"  # of a chain: a tuple of what runs one after the other
MEMBERS: Final = "@members"  # of a group: a list of what runs side by side
LINKS: Final = "@links"  # what is called with the result
IMMUTABLE: Final = "@immutable"

SIGNATURE: Final = "celery.canvas.Signature()"
CHAIN: Final = "celery.canvas.chain()"
GROUP: Final = "celery.canvas.group()"
CHORD: Final = "celery.canvas.chord()"
CANVAS: Final = frozenset({SIGNATURE, CHAIN, GROUP, CHORD})

# Methods of a task that queue it, by how they take its arguments.
DIRECT: Final = frozenset(
    """delay delay_on_commit send kiq defer defer_async enqueue aenqueue remote spawn submit call_local now local
    perform_async batch_defer call_deferred aio""".split()
)
PACKED: Final = frozenset(
    "apply_async apply_async_on_commit apply send_with_options schedule apply_with_options".split()
)
SIGNING: Final = frozenset("s si message".split())
SIGNING_PACKED: Final = frozenset("signature subtask message_with_options".split())
EACH: Final = frozenset("map starmap chunks smap".split())
SAME: Final = frozenset("configure options with_options using set kicker with_labels clone on bind".split())
RUNNING: Final = frozenset("delay apply_async apply run kiq enqueue send".split())

TASK_CLASSES: Final = frozenset({"Task", "GenericActor", "BaseTask", "AsyncTask"})
BODIES: Final = ("run", "perform", "execute")  # of a task that is a class: what runs
PERIODIC: Final = frozenset(
    "periodic_task db_periodic_task scheduled_job cron_task periodic cron repeat repeat_every on_after_configure".split()
)
SCHEDULES: Final = ("beat_schedule", "CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE")

# Keywords that say how a task is queued, and are no arguments of it.
QUEUE_OPTIONS: Final = frozenset(
    """job_timeout timeout result_ttl ttl failure_ttl description depends_on job_id at_front meta retry on_success
    on_failure pipeline queue queue_name is_async at_front repeat interval cron_string scheduled_time q_options hook
    group save sync cached broker task_name name schedule_type minutes repeats next_run cluster trigger id
    misfire_grace_time coalesce max_instances next_run_time jobstore executor replace_existing _job_id _queue_name
    _defer_until _defer_by _expires _job_try now is_async enqueue_after_commit event""".split()
)

# Calls that are given a function, or its name: its position, and whether its arguments come packed.
HANDING: Final[dict[str, tuple[int, bool]]] = {
    **{f"{queue}.enqueue": (0, False) for queue in ("rq.Queue()", "django_rq", "django_rq.get_queue()")},
    **{f"{queue}.enqueue_call": (0, True) for queue in ("rq.Queue()", "django_rq.get_queue()")},
    **{
        f"{queue}.{name}": (1, False)
        for queue in ("rq.Queue()", "django_rq.get_queue()", "rq_scheduler.Scheduler()", "django_rq.get_scheduler()")
        for name in ("enqueue_in", "enqueue_at")
    },
    **{f"{queue}.{name}": (1, True) for queue in ("rq_scheduler.Scheduler()", "django_rq.get_scheduler()") for name in ("schedule", "cron")},
    "rq.Queue.prepare_data": (0, True),
    "rq.job.Job.create": (0, True),
    "django_q.tasks.async_task": (0, False),
    "django_q.tasks.schedule": (0, False),
    "django_q.async_task": (0, False),
    "django_q.tasks.async_chain": (0, False),
    "arq.connections.ArqRedis().enqueue_job": (0, False),
    "arq.create_pool().enqueue_job": (0, False),
    "frappe.enqueue": (0, False),
    "celery.Celery().send_task": (0, True),
    "celery.current_app.send_task": (0, True),
    "celery.execute.send_task": (0, True),
    "dask.distributed.Client().submit": (0, False),
    "distributed.Client().submit": (0, False),
    "gevent.spawn": (0, False),
    "eventlet.spawn": (0, False),
    "asyncio.get_event_loop().call_later": (1, False),
    "asyncio.get_running_loop().call_later": (1, False),
    "asyncio.get_event_loop().call_soon_threadsafe": (0, False),
    "temporalio.workflow.execute_activity": (0, False),
    "temporalio.workflow.start_activity": (0, False),
    "temporalio.workflow.execute_activity_method": (0, False),
    "temporalio.client.Client().execute_workflow": (0, False),
    "temporalio.client.Client().start_workflow": (0, False),
    **{
        f"{pool}().{name}": (0, True)
        for pool in ("multiprocessing.Pool", "multiprocessing.pool.Pool", "multiprocessing.pool.ThreadPool", "multiprocessing.get_context().Pool")
        for name in ("apply", "apply_async")
    },
}
SCHEDULERS: Final = ("apscheduler.", "schedule.")


class Tasks(Framework):
    """Decorated functions, task classes, signatures, and calls that hand a function to a queue."""

    def model_of(self, path: str) -> Model | None:
        if path in HANDING:
            position, packed = HANDING[path]
            return lambda call: _hand_over(call, position, packed=packed)
        holder, _, name = path.rpartition(".")
        if path.startswith("celery.") and "()" not in holder and name in ("chain", "group", "chord", "signature", "subtask", "chain()", "group()", "chord()"):
            return CANVASES.get(name.removesuffix("()")) if not path.endswith("()") else _run_canvas
        if path in ("celery.canvas.Signature()", "dramatiq.Message()"):
            return _run_canvas
        if path in ("dramatiq.pipeline", "dramatiq.group", "dramatiq.composition.pipeline", "dramatiq.composition.group"):
            return CANVASES["chain" if name == "pipeline" else "group"]
        if f"{holder}" in CANVAS:
            return _canvas_method(name)
        if path.startswith(SCHEDULERS) and name in ("add_job", "do", "modify_job"):
            return lambda call: _hand_over(call, 0, packed=name == "add_job")
        if holder == "celery.result.AsyncResult()":
            return _result if name in ("get", "result", "wait", "join", "join_native", "collect") else None
        if path.startswith("celery.") and name == "retry":
            return _retry
        if path.startswith("celery.") and name == "register_task":
            return _register
        if path.startswith("celery.") and name == "add_periodic_task":
            return _add_periodic_task
        if name in ("shared_task", "task", "actor", "job", "db_task", "periodic_task") and "()" not in name:
            return _make_task
        return _method_of_task(name)

    def parameter_types(self, world: World, function: FunctionIR, parameter: Parameter) -> Types:
        if function.parameters[:1] == (parameter,) and any(_is_bound(world, mark) for mark in world.marks_of(function.id)):
            return (Type(None, ApiPath("celery.Task")),)
        return ()

    def function_decorated(self, frame: Frame, state: State, decorated: Value, mark: Obj) -> Value | None:
        """``bind=True``: the task itself is the function's first argument."""
        if last_name((mark.api or "").removesuffix("()")) in PERIODIC:
            for atom in decorated.atoms:
                if isinstance(atom, (FunctionAtom, BoundAtom)):
                    frame.world.note_entry(atom.function)
        if not _is_bound(frame.world, mark):
            return None
        bound = Value(
            {
                BoundAtom(atom.function, atom.environment, mark) if isinstance(atom, FunctionAtom) else atom: carried
                for atom, carried in decorated.atoms.items()
            }
        )
        state.store(mark, FUNCTION, bound)
        frame.world.shared.settle(mark, FUNCTION, bound)
        return bound

    def instance_attribute(
        self, frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span
    ) -> Value | None:
        base = _task_base(frame.world, cls, name)
        return of(ApiAtom(ApiPath(f"{base}().{name}"), obj)) if base is not None else None

    def class_attribute(self, frame: Frame, state: State, cls: ClassId, name: str, span: Span) -> Value | None:
        base = _task_base(frame.world, cls, name)
        if base is None:
            return None
        made = frame.world.objects.external(frame.site(span) + "~task", None, cls)
        state.heap.setdefault(made, {})
        return of(ApiAtom(ApiPath(f"{base}().{name}"), made))

    def binary(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        """``first | then``: a chain."""
        if operator != "|" or not (_is_canvas(frame, state, left) or _is_canvas(frame, state, right)):
            return None
        steps = frame.world.objects.new(frame.site(span) + "~steps", api=ApiPath(TUPLE))
        state.allocate(steps)
        state.store(steps, index(0), left)
        state.store(steps, index(1), right)
        made = frame.world.objects.external(frame.site(span), ApiPath(CHAIN))
        state.allocate(made)
        state.store(made, STEPS, of(steps))
        return of(made)

    def entries(self, world: World) -> Iterable[FunctionId]:
        """The tasks that a schedule names."""
        for name in world.program.mentioning(SCHEDULES):
            module = world.module(name)
            for function in module.functions.values() if module is not None else ():
                for text in _scheduled_names(function):
                    value = function_named(world, text)
                    yield from (
                        atom.function for atom in value.atoms if isinstance(atom, (FunctionAtom, BoundAtom))
                    )


def _scheduled_names(function: FunctionIR) -> Iterator[str]:
    """``{"task": "app.tasks.draft", …}``."""
    constants: dict[int, object] = {}
    for block in function.blocks:
        for instruction in block.instructions:
            if isinstance(instruction, ConstInstruction):
                constants[instruction.target] = instruction.value
            elif isinstance(instruction, BuildDict):
                for entry in instruction.entries:
                    text = constants.get(entry.value)
                    if entry.key is not None and constants.get(entry.key) == "task" and isinstance(text, str):
                        yield text


def _is_bound(world: World, mark: Obj) -> bool:
    value = world.shared.read(mark, "@argument:bind")
    constant = value.constant() if value is not None else None
    return constant is not None and constant.value is True


def _task_base(world: World, cls: ClassId, name: str) -> str | None:
    """The class outside the program that makes a task of a class, where the name is a way to queue it."""
    if name not in DIRECT | PACKED | SIGNING | SIGNING_PACKED | {"retry"}:
        return None
    if not any(world.class_attribute(cls, body) for body in BODIES):
        return None
    return next((base for base in world.outer_bases(cls) if last_name(base) in TASK_CLASSES), None)


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def function_named(world: World, text: str) -> Value:
    """The function that a queue knows by a name: its dotted path, the name that its decorator states, or its own."""
    module, _, name = text.rpartition(".")
    found = world.program.find(module, world.loaded()[0]) if module and world.loaded() else None
    if found is not None:
        value = world.global_value(found, name)
        if value is not None:
            return value
    return _registered(world, text, name)


def _registered(world: World, text: str, name: str) -> Value:
    word = name or text
    if not word.isidentifier():
        return EMPTY
    found: list[Value] = []
    for module in world.program.mentioning((word,)):
        if not world.run_body(module):
            continue
        ir = world.module(module)
        for function in ir.functions.values() if ir is not None else ():
            stated = [
                constant.value
                for mark in world.marks_of(function.id)
                if (value := world.shared.read(mark, "@argument:name")) is not None
                and (constant := value.constant()) is not None
            ]
            if text in stated or (text == function.name and function.owner_class is None and "<locals>" not in function.id):
                known = world.global_value(module, function.name)
                found.append(known if known is not None else of(FunctionAtom(function.id, None)))
    return join_all(found)


# ── queueing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def queue(call: ModelCall, function: Value, arguments: Arguments) -> Value:
    """A call that is made elsewhere, later: what it proves is no news here. Gives the task's result."""
    before = call.state.copy()
    result = call.call_with(function, arguments)
    if not call.returns:
        call.returns = True
        _become(call.state, before)
        return EMPTY
    outcome = awaited(call.frame, call.state, result)
    identities = frozenset(truth for truth in call.state.facts if type(truth) is Same)
    _become(call.state, join_states(before, call.state))
    call.state.facts = before.facts | identities
    return outcome.value if outcome.state is not None else EMPTY


def _become(state: State, other: State) -> None:
    state.variables, state.heap, state.facts = other.variables, other.heap, other.facts


def _promise(call: ModelCall, result: Value) -> Value:
    made = call.external("celery.result.AsyncResult()", part="~promise")
    call.state.store(made, RESULT, result)
    return of(made)


def _unpacked(call: ModelCall, positional: Value, keywords: Value) -> Arguments:
    """The arguments in ``args=(…)`` and ``kwargs={…}``."""
    arguments = Arguments()
    if positional.atoms and positional != NONE:
        add_star(call.frame, call.state, arguments, positional)
    if keywords.atoms and keywords != NONE:
        add_double_star(call.frame, call.state, arguments, keywords)
    return arguments


def _hand_over(call: ModelCall, position: int, *, packed: bool) -> Value:
    """``queue.enqueue(function, …)``."""
    given = call.optional(position, "func")
    if given is None:
        named = ("f", "function", "func_or_path", "name", "activity", "workflow", "callable", "method")
        given = next((call.arguments.keywords[name] for name in named if name in call.arguments.keywords), EMPTY)
    function = _named_or_given(call, given)
    keywords = call.arguments.keywords
    arguments = _unpacked(call, keywords.get("args", EMPTY), keywords.get("kwargs", keywords.get("kwds", EMPTY)))
    rest = call.arguments.positional[position + 1 :]
    if packed:
        first, then = (rest + [EMPTY, EMPTY])[:2] if not call.path.endswith("add_job") else (rest + [EMPTY] * 3)[1:3]
        arguments = _unpacked(call, first, then).followed_by(arguments)
    else:
        own = {name: value for name, value in keywords.items() if name not in QUEUE_OPTIONS | {"args", "kwargs", "func", "f"}}
        arguments = Arguments(rest, own, call.arguments.more, call.arguments.more_keywords).followed_by(arguments)
    if call.path.endswith("enqueue_job"):  # arq hands its own context over first
        arguments = arguments.shifted(EMPTY)
    if _is_canvas(call.frame, call.state, function):
        return _promise(call, run_step(call, function, None))
    return _promise(call, queue(call, function, arguments)) if function.atoms else NotImplemented


def _named_or_given(call: ModelCall, given: Value) -> Value:
    parts: list[Value] = []
    for atom, carried in call.frame.world.resolve(given).atoms.items():
        if isinstance(atom, Const) and isinstance(atom.value, str):
            parts.append(function_named(call.frame.world, atom.value))
        elif isinstance(atom, ClassAtom):
            method = next((found for body in BODIES if (found := call.frame.world.class_attribute(atom.cls, body))), None)
            parts.append(method[0] if method is not None else EMPTY)
        else:
            parts.append(Value({atom: carried}))
    return join_all(parts)


# ── tasks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _make_task(call: ModelCall) -> Value:
    """``task(name=…)``: a decorator, which knows its arguments; ``task(function)``: the task."""
    function = call.argument(0)
    functions = Value({atom: NOTHING for atom in function.atoms if isinstance(atom, (FunctionAtom, BoundAtom))})
    known = [atom for obj in function.objects() for atom in call.frame.known_atoms(obj)]
    if not functions.atoms and not any(isinstance(atom, (FunctionAtom, BoundAtom)) for atom in known):
        if function.atoms and not all(isinstance(atom, Const) for atom in function.atoms):
            return NotImplemented
        made = call.external(f"{call.path}()")
        for name, value in call.arguments.keywords.items():
            call.state.store(made, f"@argument:{name}", value)
        return of(made)
    mark = call.external(f"{call.path}()")
    call.state.store(mark, FUNCTION, function)
    for atom in (*functions.atoms, *known):
        if isinstance(atom, (FunctionAtom, BoundAtom)):
            call.frame.world.mark(atom.function, mark)
    call.frame.world.publish_if_shared(call.frame, call.state, mark)
    return function


def _register(call: ModelCall) -> Value:
    """``app.register_task(Draft())``, or of the class."""
    given = call.argument(0)
    classes = Value({atom: NOTHING for atom in given.atoms if isinstance(atom, ClassAtom)})
    return call.call(classes) if classes.atoms else given


def _retry(call: ModelCall) -> Value:
    """Raises, as ``raise self.retry(…)`` says."""
    throw = call.arguments.keywords.get("throw")
    if throw is None or throw.constant() is None:
        call.returns = False
    return EMPTY


@method("add_periodic_task")
def _add_periodic_task(call: ModelCall) -> Value:
    run_step(call, call.argument(1, "sig"), None)
    return NONE


def _task_of(call: ModelCall) -> Value:
    """The function behind the receiver: what a decorator stands on, or the method that a task class runs."""
    parts: list[Value] = []
    for obj, carried in call.receiver.atoms.items():
        if type(obj) is not Obj:
            continue
        marked = stored_value(call.frame, call.state, obj, FUNCTION)
        if marked is not None:
            parts.append(carrying(marked, carried))
            continue
        for kind in types_of(call.frame, call.state, obj):
            for body in BODIES if kind.cls is not None else ():
                method = call.frame.world.class_attribute(kind.cls, body)  # type: ignore[arg-type]
                for atom in method[0].atoms if method is not None else ():
                    if isinstance(atom, FunctionAtom):
                        parts.append(of(BoundAtom(atom.function, atom.environment, obj)))
    return join_all(parts)


def _method_of_task(name: str) -> Model | None:
    handler = next((handler for names, handler in METHODS if name in names), None)
    if handler is None:
        return None

    def model(call: ModelCall) -> Value:
        task = _task_of(call)
        return handler(call, task) if task.atoms else NotImplemented

    return model


def _direct(call: ModelCall, task: Value) -> Value:
    return _promise(call, queue(call, task, call.arguments))


def _packed(call: ModelCall, task: Value) -> Value:
    result = queue(call, task, _unpacked(call, call.argument(0, "args"), call.argument(1, "kwargs")))
    _follow(call, call.arguments.keywords.get("link", EMPTY), result)
    _follow(call, call.arguments.keywords.get("link_error", EMPTY), EMPTY)
    return _promise(call, result)


def _follow(call: ModelCall, links: Value, result: Value) -> None:
    for each in _members_of(call, links):
        run_step(call, each, result)


def _sign(call: ModelCall, task: Value) -> Value:
    immutable = call.path.endswith(".si")
    return _signature(call, task, call.arguments, immutable=immutable)


def _sign_packed(call: ModelCall, task: Value) -> Value:
    immutable = call.arguments.keywords.get("immutable", EMPTY).constant()
    arguments = _unpacked(call, call.argument(0, "args"), call.argument(1, "kwargs"))
    return _signature(call, task, arguments, immutable=immutable is not None and bool(immutable.value))


def _signature(call: ModelCall, task: Value, arguments: Arguments, *, immutable: bool) -> Value:
    made = call.external(SIGNATURE)
    call.state.store(made, TASK, task)
    keep_arguments(call, made, arguments)
    if immutable:
        call.state.store(made, IMMUTABLE, of(Const(True, bool)))
    return of(made)


def _for_each(call: ModelCall, task: Value) -> Value:
    """``task.map(items)``; of ``starmap`` and ``chunks`` an item holds the arguments."""
    item = call.each(call.argument(0))
    arguments = Arguments([item])
    if not call.path.endswith(".map"):
        arguments = _unpacked(call, item, EMPTY)
    elif len(call.arguments.positional) > 1:
        others = [call.elements(value) for value in call.arguments.positional[1:]]
        arguments = Arguments([item, *others], {name: value for name, value in call.arguments.keywords.items()})
    result = queue(call, task, arguments)
    call.done()
    return call.container(LIST, result, "~results")


def _same(call: ModelCall, task: Value) -> Value:
    return call.receiver


METHODS: Final[tuple[tuple[frozenset[str], Callable[[ModelCall, Value], Value]], ...]] = (
    (DIRECT, _direct),
    (PACKED, _packed),
    (SIGNING, _sign),
    (SIGNING_PACKED, _sign_packed),
    (EACH, _for_each),
    (SAME, _same),
)


# ── signatures, chains, groups ────────────────────────────────────────────────────────────────────────────────────


def _is_canvas(frame: Frame, state: State, value: Value) -> bool:
    return any(f"{kind.api}()" in CANVAS for obj in value.objects() for kind in types_of(frame, state, obj))


def _members_of(call: ModelCall, value: Value) -> list[Value]:
    """One signature, or all those in a list, in order as far as that is known."""
    if not value.atoms or value == NONE:
        return []
    if _is_canvas(call.frame, call.state, value) or not value.objects():
        return [value]
    length = known_length(call.frame, call.state, value)
    if length is not None:
        return [call.read(value, index(position)) for position in range(length)]
    return [call.elements(value)]


def _parts(call: ModelCall) -> list[Value]:
    found = [each for given in call.arguments.positional for each in _members_of(call, given)]
    if call.arguments.more is not None:
        found.append(call.arguments.more)
    return found


def _make_chain(call: ModelCall) -> Value:
    steps = call.new(TUPLE, "~steps")
    for position, step in enumerate(_parts(call)):
        call.state.store(steps, index(position), step)
    if call.arguments.more is not None:
        call.state.store(steps, ELEMENT, call.arguments.more)
    made = call.external(CHAIN)
    call.state.store(made, STEPS, of(steps))
    return of(made)


def _make_group(call: ModelCall) -> Value:
    made = call.external(GROUP)
    call.state.store(made, MEMBERS, call.container(LIST, join_all(_parts(call)), "~members"))
    return of(made)


def _make_chord(call: ModelCall) -> Value:
    header = call.external(GROUP, part="~header")
    members = join_all(_members_of(call, call.argument(0, "header")))
    call.state.store(header, MEMBERS, call.container(LIST, members, "~members"))
    steps = call.new(TUPLE, "~steps")
    call.state.store(steps, index(0), of(header))
    made = call.external(CHORD)
    call.state.store(made, STEPS, of(steps))
    body = call.optional(1, "body")
    if body is not None:
        call.state.store(steps, index(1), body)
    return of(made)


def _named_signature(call: ModelCall) -> Value:
    """``signature("app.tasks.draft", args=(…))``."""
    given = call.argument(0, "varies")
    if _is_canvas(call.frame, call.state, given):
        return given
    arguments = _unpacked(call, call.argument(1, "args"), call.argument(2, "kwargs"))
    return _signature(call, _named_or_given(call, given), arguments, immutable=False)


CANVASES: Final[dict[str, Model]] = {
    "chain": _make_chain,
    "group": _make_group,
    "chord": _make_chord,
    "signature": _named_signature,
    "subtask": _named_signature,
}


def _canvas_method(name: str) -> Model | None:
    if name in RUNNING:
        return _run_canvas
    if name in ("link", "then", "on_error", "link_error"):
        return _link
    if name in SAME | {"freeze", "s", "si", "unchain"}:
        return lambda call: call.receiver
    return None


def _link(call: ModelCall) -> Value:
    """``first.link(then)``; of huey ``first.then(task, …)``."""
    given = call.argument(0)
    if not _is_canvas(call.frame, call.state, given):
        given = _signature(call, given, call.arguments.without(1), immutable=False)
    for obj in call.receiver.objects():
        call.state.store_weakly(obj, LINKS, given)
    return call.receiver


def _run_canvas(call: ModelCall) -> Value:
    """``signature.delay(more)``, ``chain()``, ``chord(header)(body)``."""
    name = last_name(call.path)
    given = call.arguments
    if name in ("apply_async", "apply"):
        given = _unpacked(call, call.argument(0, "args"), call.argument(1, "kwargs"))
    bodies = [value for value in given.positional if _is_canvas(call.frame, call.state, value)]
    if name == "chord()" and bodies:
        return _promise(call, run_step(call, bodies[0], run_step(call, call.receiver, None)))
    result = run_step(call, call.receiver, None, given)
    _follow(call, call.arguments.keywords.get("link", EMPTY), result)
    return _promise(call, result)


def run_step(
    call: ModelCall, step: Value, previous: Value | None, more: Arguments | None = None, below: tuple[Obj, ...] = ()
) -> Value:
    """Runs a signature, or what is made of signatures; each where the facts hold that it carries."""
    results: list[Value] = []
    for atom, carried in call.frame.world.resolve(step).atoms.items():
        lent = carried - call.state.facts
        call.state.learn(carried)
        if isinstance(atom, (FunctionAtom, BoundAtom)):
            arguments = Arguments([previous] if previous is not None else [])
            results.append(queue(call, of(atom), arguments.followed_by(more or Arguments())))
        elif type(atom) is Obj and atom not in below and len(below) < 12:
            results.append(_run_object(call, atom, previous, more, (*below, atom)))
        call.state.facts = call.state.facts - lent
    return join_all(results)


def _run_object(
    call: ModelCall, obj: Obj, previous: Value | None, more: Arguments | None, below: tuple[Obj, ...]
) -> Value:
    frame, state = call.frame, call.state
    kinds = {f"{kind.api}()" for kind in types_of(frame, state, obj)}
    results: list[Value] = []
    if SIGNATURE in kinds:
        first = Arguments([previous] if previous is not None else [])
        own = _unpacked(call, read(frame, state, of(obj), GIVEN), read(frame, state, of(obj), NAMED))
        if stored_value(frame, state, obj, IMMUTABLE) is not None:
            first = Arguments()
        first = more.followed_by(first) if more is not None else first
        results.append(queue(call, read(frame, state, of(obj), TASK), first.followed_by(own)))
    if GROUP in kinds:
        members = call.elements(read(frame, state, of(obj), MEMBERS))
        results.append(call.container(LIST, run_step(call, members, previous, more, below), f"~group{len(below)}"))
    if kinds & {CHAIN, CHORD}:
        results.append(_run_steps(call, read(frame, state, of(obj), STEPS), previous, more, below))
    result = join_all(results)
    links = stored_value(frame, state, obj, LINKS)
    if links is not None:
        run_step(call, links, result, None, below)
    return result


def _run_steps(
    call: ModelCall, steps: Value, previous: Value | None, more: Arguments | None, below: tuple[Obj, ...]
) -> Value:
    length = known_length(call.frame, call.state, steps)
    if length is None:  # in an order that is not known
        members = call.elements(steps)
        first = run_step(call, members, previous, more, below)
        return join(first, run_step(call, members, first, None, below))
    for position in range(length):
        previous = run_step(call, call.read(steps, index(position)), previous, more, below)
        more = None
    return previous if previous is not None else EMPTY


def _result(call: ModelCall) -> Value:
    found = join_all([call.read(of(obj), RESULT) for obj in call.receiver.objects()])
    return found if found.atoms else NotImplemented
