"""What comes of a call."""

from __future__ import annotations

from dataclasses import dataclass

from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.values import EMPTY, Value, join


@dataclass(slots=True)
class Outcome:
    """A call's result, and the state after it; no state where the call does not come back."""

    value: Value
    state: State | None


def joined(outcomes: list[Outcome]) -> Outcome:
    """One of them; of those that do not come back, nothing is left."""
    value: Value | None = None
    state: State | None = None
    for outcome in outcomes:
        if outcome.state is None:
            continue
        if state is None or value is None:
            value, state = outcome.value, outcome.state
            continue
        lost_before, lost_now = state.facts - outcome.state.facts, outcome.state.facts - state.facts
        value = join(value, outcome.value, lost_before, lost_now)
        state = join_states(state, outcome.state)
    return Outcome(value if value is not None else EMPTY, state)
