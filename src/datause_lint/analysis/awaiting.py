"""Coroutines: what a call of one makes, and what awaiting it gives."""

from __future__ import annotations

from datause_lint.analysis.access import COROUTINE, origin, stored_value
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.exceptions import raise_again
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.frame import SHAPE, Frame
from datause_lint.analysis.objects import PROVES, RESULT, Obj
from datause_lint.analysis.outcomes import Outcome
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, carrying, const, join_all, of
from datause_lint.ir.instructions import Span

RAISES = "@raises"  # of a coroutine: that it never comes back


def coroutine(frame: Frame, state: State, result: Value, proves: Truths, comes_back: bool, span: Span) -> Value:
    """What is to be awaited for the result, and for what the call proves."""
    made = frame.world.objects.new(frame.site(span), api=COROUTINE)  # type: ignore[arg-type]
    state.allocate(made)
    state.store_all(made, {RESULT: result, PROVES: Value({}, Implied(true=proves)), RAISES: const(not comes_back)})
    return of(made)


def awaited(frame: Frame, state: State, value: Value) -> Outcome:
    """What awaiting gives. Only awaiting a check makes sure that it was made."""
    parts: list[Value] = []
    learned = None
    back = False
    for atom, carried in value.atoms.items():
        if type(atom) is not Obj:
            parts.append(Value({atom: carried}, value.implied, value.probes))
            back = True
            continue
        frame.unawaited.pop(atom, None)
        result = stored_value(frame, state, atom, RESULT)
        if result is None and (begun := _begun(frame, state, atom)) is not None:
            outcome = awaited(frame, state, begun)
            parts.append(carrying(outcome.value, carried))
            learned = NOTHING
            back = back or outcome.state is not None
            continue
        proves = stored_value(frame, state, atom, PROVES)
        raise_again(frame, state, atom)
        facts = proves.implied.true if proves is not None else NOTHING
        learned = facts if learned is None else common(learned, facts)
        back = back or _may_come_back(frame, state, atom)
        if result is not None:
            parts.append(carrying(result, carried))
        else:
            parts.append(_await_unknown(frame, state, atom, value))
    if value.atoms and not back:
        return Outcome(EMPTY, None)
    if learned:
        state.learn(learned)
    return Outcome(join_all(parts), state)


def _begun(frame: Frame, state: State, element: Obj) -> Value | None:
    """The coroutines and futures one of which the element of a loop is."""
    whole = origin(frame, state, element) if element.root.of_a_round else EMPTY
    return whole if any(stored_value(frame, state, obj, RESULT) is not None for obj in whole.objects()) else None


def _may_come_back(frame: Frame, state: State, coroutine: Obj) -> bool:
    """Of those that a place makes, one may, and another one not."""
    raises = stored_value(frame, state, coroutine, RAISES)
    return raises is None or raises.may_be_false()


def _await_unknown(frame: Frame, state: State, obj: Obj, value: Value) -> Value:
    told = frame.ask(obj, SHAPE) if frame.is_input(obj) else ()
    if any(isinstance(each, tuple) and each[-1] == COROUTINE for each in told):
        return of(obj.child(RESULT))
    kinds = types_of(frame, state, obj)
    if any(
        kind.arguments and (kind.api or "").rpartition(".")[2] in ("Awaitable", "Coroutine", "Future", "Task")
        for kind in kinds
    ):
        return of(obj.child(RESULT))
    return Value({obj: value.atoms[obj]}, value.implied, value.probes)
