"""Consent that code gives to everybody, ``User.objects.update(ai_consent=True)``: to find it later proves nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from datause_lint.analysis.facts import Fact, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import UNKNOWN_BOOLEAN, Value
from datause_lint.policy.entries import Guard

EVERYBODY: Final = "everybody"
GIVEN: Final = "@given:"  # and a guard: of everybody, where the code itself has put there what the guard looks for


def everybody(frame: Frame) -> Obj:
    return frame.world.objects.external(EVERYBODY, None)


def give(frame: Frame, state: State, guard: Guard, value: Value) -> None:
    """Everybody's answer is the value from now on, which is an answer that consents; what the code only passes on may
    be somebody's own."""
    if value.constant() is not None:
        state.store(everybody(frame), GIVEN + guard.id, UNKNOWN_BOOLEAN)


def is_given(frame: Frame, state: State, guard: str) -> bool:
    return state.stored(everybody(frame), GIVEN + guard) is not None


def without_given(frame: Frame, state: State, truths: Truths) -> Truths:
    """What is proven by answers that are people's own."""
    given = _given(frame, state, (truth.guard for truth in truths if type(truth) is Fact))
    return frozenset(each for each in truths if type(each) is not Fact or each.guard not in given) if given else truths


def _given(frame: Frame, state: State, guards: Iterable[str]) -> set[str]:
    return {guard for guard in guards if is_given(frame, state, guard)}
