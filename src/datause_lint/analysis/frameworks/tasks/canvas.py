"""Signatures, and what is made of them: chains, groups, chords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import LIST, TUPLE, read, stored_value
from datause_lint.analysis.arguments import Arguments, known_length
from datause_lint.analysis.atoms import BoundAtom, Const, FunctionAtom
from datause_lint.analysis.frameworks.tasks.queueing import (
    named_or_given,
    promise,
    queue,
    unpacked,
)
from datause_lint.analysis.frameworks.tasks.things import (
    CANVAS,
    CHAIN,
    CHORD,
    GIVEN,
    GROUP,
    IMMUTABLE,
    LINKS,
    MAXIMAL_NESTING,
    MEMBERS,
    NAMED,
    RUNNING,
    SAME,
    SIGNATURE,
    STEPS,
    TASK,
)
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.models.standard_library import keep_arguments
from datause_lint.analysis.objects import ELEMENT, Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, NONE, Value, join, join_all, of

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame


def is_canvas(frame: Frame, state: State, value: Value) -> bool:
    return any(f"{kind.api}()" in CANVAS for obj in value.objects() for kind in types_of(frame, state, obj))


def steps_of(frame: Frame, state: State, value: Value) -> list[Value]:
    """The steps of a chain, in order; of anything else, itself."""
    only = value.only_object()
    if only is None or only.api != CHAIN:
        return [value]
    steps = read(frame, state, of(only), STEPS)
    length = known_length(frame, state, steps)
    if not length:
        return [value]
    return [read(frame, state, steps, index(position)) for position in range(length)]


def _members_of(call: ModelCall, value: Value) -> list[Value]:
    """One signature, or all those in a list, in order as far as that is known."""
    if not value.atoms or value == NONE:
        return []
    if is_canvas(call.frame, call.state, value) or not value.objects():
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
    if is_canvas(call.frame, call.state, given):
        return given
    arguments = unpacked(call, call.argument(1, "args"), call.argument(2, "kwargs"))
    return make_signature(call, named_or_given(call, given), arguments, immutable=False)


CANVASES: Final[dict[str, Model]] = {
    "chain": _make_chain,
    "group": _make_group,
    "chord": _make_chord,
    "signature": _named_signature,
    "subtask": _named_signature,
}


def canvas_method(name: str) -> Model | None:
    if name in RUNNING:
        return run_canvas
    if name in ("link", "then", "on_error", "link_error"):
        return _link
    if name in SAME | {"freeze", "s", "si", "unchain"}:
        return lambda call: call.receiver
    return None


def _link(call: ModelCall) -> Value:
    """``first.link(then)``; of huey ``first.then(task, …)``."""
    given = call.argument(0)
    if not is_canvas(call.frame, call.state, given):
        given = make_signature(call, given, call.arguments.without(1), immutable=False)
    for obj in call.receiver.objects():
        call.state.store_weakly(obj, LINKS, given)
    return call.receiver


def run_canvas(call: ModelCall) -> Value:
    """``signature.delay(more)``, ``chain()``, ``chord(header)(body)``."""
    name = last_name(call.path)
    given = call.arguments
    if name in ("apply_async", "apply"):
        given = unpacked(call, call.argument(0, "args"), call.argument(1, "kwargs"))
    bodies = [value for value in given.positional if is_canvas(call.frame, call.state, value)]
    if name == "chord()" and bodies:
        return promise(call, run_step(call, bodies[0], run_step(call, call.receiver, None)))
    result = run_step(call, call.receiver, None, given)
    follow(call, call.arguments.keywords.get("link", EMPTY), result)
    return promise(call, result)


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
        elif type(atom) is Obj and atom not in below and len(below) < MAXIMAL_NESTING:
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
        own = unpacked(call, read(frame, state, of(obj), GIVEN), read(frame, state, of(obj), NAMED))
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


def follow(call: ModelCall, links: Value, result: Value) -> None:
    for each in _members_of(call, links):
        run_step(call, each, result)


def make_signature(call: ModelCall, task: Value, arguments: Arguments, *, immutable: bool) -> Value:
    made = call.external(SIGNATURE)
    call.state.store(made, TASK, task)
    keep_arguments(call, made, arguments)
    if immutable:
        call.state.store(made, IMMUTABLE, of(Const(True, bool)))
    return of(made)
