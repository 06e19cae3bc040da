"""Methods of tasks, and calls that hand a function over."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import LIST, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import BoundAtom, ClassAtom, Const, FunctionAtom
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.frameworks.tasks.canvas import (
    follow,
    is_canvas,
    make_signature,
    run_step,
)
from datause_lint.analysis.frameworks.tasks.queueing import (
    named_or_given,
    promise,
    queue,
    unpacked,
)
from datause_lint.analysis.frameworks.tasks.things import (
    BODIES,
    DIRECT,
    EACH,
    FUNCTION,
    PACKED,
    QUEUE_OPTIONS,
    SAME,
    SIGNING,
    SIGNING_PACKED,
)
from datause_lint.analysis.models.containers import method
from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall
from datause_lint.analysis.objects import RESULT, Obj
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, NONE, Value, carrying, join_all, of

if TYPE_CHECKING:
    pass


def hand_over(call: ModelCall, position: int, *, packed: bool) -> Value:
    """``queue.enqueue(function, …)``."""
    given = call.optional(position, "func")
    if given is None:
        named = ("f", "function", "func_or_path", "name", "activity", "workflow", "callable", "method")
        given = next((call.arguments.keywords[name] for name in named if name in call.arguments.keywords), EMPTY)
    function = named_or_given(call, given)
    keywords = call.arguments.keywords
    arguments = unpacked(call, keywords.get("args", EMPTY), keywords.get("kwargs", keywords.get("kwds", EMPTY)))
    rest = call.arguments.positional[position + 1 :]
    if packed:
        first, then = ([*rest, EMPTY, EMPTY])[:2] if not call.path.endswith("add_job") else (rest + [EMPTY] * 3)[1:3]
        arguments = unpacked(call, first, then).followed_by(arguments)
    else:
        own = {
            name: value
            for name, value in keywords.items()
            if name not in QUEUE_OPTIONS | {"args", "kwargs", "func", "f"}
        }
        arguments = Arguments(rest, own, call.arguments.more, call.arguments.more_keywords).followed_by(arguments)
    if call.path.endswith("enqueue_job"):  # arq hands its own context over first
        arguments = arguments.shifted(EMPTY)
    if is_canvas(call.frame, call.state, function):
        return promise(call, run_step(call, function, None))
    return promise(call, queue(call, function, arguments)) if function.atoms else UNMODELLED


def make_task(call: ModelCall) -> Value:
    """``task(name=…)``: a decorator, which knows its arguments; ``task(function)``: the task."""
    function = call.argument(0)
    functions = Value({atom: NOTHING for atom in function.atoms if isinstance(atom, (FunctionAtom, BoundAtom))})
    known = [atom for obj in function.objects() for atom in call.frame.known_atoms(obj)]
    if not functions.atoms and not any(isinstance(atom, (FunctionAtom, BoundAtom)) for atom in known):
        if function.atoms and not all(isinstance(atom, Const) for atom in function.atoms):
            return UNMODELLED
        made = call.external(f"{call.path}()")
        for name, value in call.arguments.keywords.items():
            call.state.store(made, f"@argument:{name}", value)
        return of(made)
    mark = call.external(f"{call.path}()")
    call.state.store(mark, FUNCTION, function)
    for atom in (*functions.atoms, *known):
        if isinstance(atom, (FunctionAtom, BoundAtom)):
            call.frame.world.mark(atom.function, mark)
    call.frame.world.publisher.publish_if_shared(call.frame, call.state, mark)
    return function


def register_task(call: ModelCall) -> Value:
    """``app.register_task(Draft())``, or of the class."""
    given = call.argument(0)
    classes = Value({atom: NOTHING for atom in given.atoms if isinstance(atom, ClassAtom)})
    return call.call(classes) if classes.atoms else given


def retry(call: ModelCall) -> Value:
    """Raises, as ``raise self.retry(…)`` says."""
    throw = call.arguments.keywords.get("throw")
    if throw is None or throw.constant() is None:
        call.returns = False
    return EMPTY


@method("add_periodic_task")
def add_periodic_task(call: ModelCall) -> Value:
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


def method_of_task(name: str) -> Model | None:
    handler = next((handler for names, handler in METHODS if name in names), None)
    if handler is None:
        return None

    def model(call: ModelCall) -> Value:
        task = _task_of(call)
        return handler(call, task) if task.atoms else UNMODELLED

    return model


def _direct(call: ModelCall, task: Value) -> Value:
    return promise(call, queue(call, task, call.arguments))


def _packed(call: ModelCall, task: Value) -> Value:
    result = queue(call, task, unpacked(call, call.argument(0, "args"), call.argument(1, "kwargs")))
    follow(call, call.arguments.keywords.get("link", EMPTY), result)
    follow(call, call.arguments.keywords.get("link_error", EMPTY), EMPTY)
    return promise(call, result)


def _sign(call: ModelCall, task: Value) -> Value:
    immutable = call.path.endswith(".si")
    return make_signature(call, task, call.arguments, immutable=immutable)


def _sign_packed(call: ModelCall, task: Value) -> Value:
    immutable = call.arguments.keywords.get("immutable", EMPTY).constant()
    arguments = unpacked(call, call.argument(0, "args"), call.argument(1, "kwargs"))
    return make_signature(call, task, arguments, immutable=immutable is not None and bool(immutable.value))


def _for_each(call: ModelCall, task: Value) -> Value:
    """``task.map(items)``; of ``starmap`` and ``chunks`` an item holds the arguments."""
    item = call.each(call.argument(0))
    arguments = Arguments([item])
    if not call.path.endswith(".map"):
        arguments = unpacked(call, item, EMPTY)
    elif len(call.arguments.positional) > 1:
        others = [call.elements(value) for value in call.arguments.positional[1:]]
        arguments = Arguments([item, *others], dict(call.arguments.keywords.items()))
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


def result_of(call: ModelCall) -> Value:
    found = join_all([call.read(of(obj), RESULT) for obj in call.receiver.objects()])
    return found if found.atoms else UNMODELLED
