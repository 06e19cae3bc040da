"""Branches: what the outcome of a test says of what was tested."""

from __future__ import annotations

from datause_lint.analysis import guards
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.facts import Same
from datause_lint.analysis.frame import IN_FLIGHT, Frame
from datause_lint.analysis.objects import (
    OUTCOME,
    Obj,
)
from datause_lint.analysis.special_methods import call_special
from datause_lint.analysis.state import CONDITION, State
from datause_lint.analysis.sure_truth import maybe_false
from datause_lint.analysis.values import Value, carrying, const
from datause_lint.ir import instructions as ir


def branch(frame: Frame, state: State, test: ir.Branch) -> list[tuple[int, State]]:
    """The ways that a branch can go, each with what its test has shown."""
    tested = frame.registers[test.condition]
    value = frame.world.resolve(tested)
    told = truth_told(frame, state, value, test.span)
    value, after = told if told is not None else (guards.with_contents(state, value), state)
    if after is None:
        return []
    state = after
    known = guards.fold(frame, value)
    may_be_true = value.may_be_true() if known is None else any(each.value for each in known)
    rest = maybe_false(frame, value)
    may_be_false = _may_be_false(value, rest) if known is None else any(not each.value for each in known)
    implied = guards.tested(frame, value)
    ways: list[tuple[int, State]] = []
    condition = _condition(frame, test.condition, value)
    if may_be_true:
        then = state.copy() if may_be_false else state
        _assume(then, condition, True)
        then.learn(implied.true | implied.some | guards.refusals(implied, True))
        _replace(then, tested, value.if_true() if told is None else tested)
        _choose(then, value, True)
        _take(frame, then, test.condition, True)
        ways.append((test.then, then))
    if may_be_false:
        _assume(state, condition, False)
        state.learn(implied.false | guards.refusals(implied, False))
        _replace(state, tested, _narrowed(frame, rest) if told is None else tested)
        _choose(state, value, False)
        _take(frame, state, test.condition, False)
        ways.append((test.otherwise, state))
    return ways


def _may_be_false(value: Value, rest: Value) -> bool:
    return rest.may_be_false() and bool(rest.atoms or not value.atoms)


def _replace(state: State, tested: Value, value: Value) -> None:
    """Variables with what was tested hold what is left of it: so ``a and b`` is ``b`` only where ``a`` is true."""
    for name, held in state.variables.items():
        if held is tested:
            state.variables[name] = value


def _condition(frame: Frame, register: ir.Register, tested: Value) -> tuple[str, bool] | None:
    """A name for the condition, by which it is known where it is asked again; False: it is its negation."""
    compared = frame.comparisons.get(register)
    if compared is not None:
        return compared
    name = input_name(frame, tested)
    return (name, True) if name is not None else None


def input_name(frame: Frame, value: Value) -> str | None:
    """Of a value that is one thing that the caller knows: it is the same wherever it is read."""
    only = value.only_object()
    if only is None or not frame.is_input(only):
        return None
    falsy = _falsy(only)
    if any(type(atom) is Const and falsy not in carried for atom, carried in value.atoms.items()):
        return None
    return f"{CONDITION}{only!r}"


def _falsy(obj: Obj) -> Same:
    """Goes with the constants that an input was found to be one of."""
    outcome = obj.child(OUTCOME + "false")
    return Same(outcome, outcome)


def _narrowed(frame: Frame, value: Value) -> Value:
    """What is left of a value where it is false, which is still the caller's."""
    only = value.only_object()
    left = value.if_false()
    if only is None or left is value or not frame.is_input(only) or len(value.atoms) > 1:
        return left
    return carrying(left, frozenset((_falsy(only),)))


def _assume(state: State, condition: tuple[str, bool] | None, outcome: bool) -> None:
    """What was found where the condition had the same outcome before holds again."""
    if condition is None:
        return
    name, positive = condition
    holds = outcome is positive
    known = state.variables.get(name)
    if known is not None:
        implied = guards.truths_of(known)
        state.learn(implied.true if holds else implied.false)
    state.variables[name] = const(holds)


def truth_told(frame: Frame, state: State, value: Value, span: ir.Span) -> tuple[Value, State | None] | None:
    """What a class of the program says of its instances' truth, by ``__bool__`` or, without that, ``__len__``."""
    if not value.atoms or not all(type(atom) is Obj and atom.cls is not None for atom in value.atoms):
        return None
    for name in ("__bool__", "__len__"):
        told = call_special(frame, state, value, name, [], span, call_values)
        if told is not None:
            return told
    return None


def _choose(state: State, tested: Value, outcome: bool) -> None:
    """``(one or other).ai_consent``: whichever of them a variable holds has consented."""
    if tested.choice is not None:
        _replace(state, tested.choice.base, tested.choice.proven(outcome))


def _take(frame: Frame, state: State, condition: ir.Register, outcome: bool) -> None:
    """A handler takes the exceptions that match, and leaves the others in flight."""
    matches = frame.matches.get(condition)
    if matches is not None:
        state.variables[IN_FLIGHT] = matches[0] if outcome else matches[1]
