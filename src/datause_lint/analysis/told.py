"""What functions make known to all as they put it into what all see: it is in no summary, so that whoever calls them,
and knows of the place himself, has to look there again."""

from __future__ import annotations

from collections.abc import Iterable

from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import join

PLACES_AN_INSTRUCTION = 16  # looking at them costs


def look_again(frame: Frame, state: State, told: Iterable[tuple[Obj, str]]) -> None:
    """After a call: at each place of which something is known here, there may be what the callee has put there."""
    count = 0
    for obj, key in told:
        count += 1
        frame.told[obj, key] = None
        here = state.stored(obj, key)
        there = frame.world.shared_value(obj, key) if here is not None else None
        if here is not None and there is not None:
            state.store(obj, key, join(here, there))
    frame.world.summaries.spend(count // PLACES_AN_INSTRUCTION)
