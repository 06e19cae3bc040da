"""Where paths through a function meet again."""

from __future__ import annotations

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.everybody import vacuous
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.state import Fields, State, join_states


def joined(frame: Frame, left: State, right: State) -> State:
    """The state after either path."""
    one, other = vacuous(left, right), vacuous(right, left)
    return join_states(_beside(frame, one, other), _beside(frame, other, one))


def _beside(frame: Frame, state: State, other: State) -> State:
    """With what all know of fields that only the other path has touched: here they are as others left them."""
    known: dict[Obj, Fields] = {}
    for obj, fields in other.heap.items():
        mine = state.heap.get(obj, {})
        if fields is not mine and not fields.keys() <= mine.keys() and _is_of_others(frame, obj):
            found = {key: stored_value(frame, state, obj, key) for key in fields if key not in mine}
            known[obj] = {**mine, **{key: value for key, value in found.items() if value is not None}}
    return State(state.variables, {**state.heap, **known}, state.facts, state.aged) if known else state


def _is_of_others(frame: Frame, obj: Obj) -> bool:
    return obj.kind in (Kind.NEW, Kind.EXTERNAL) and not frame.owns(obj) and frame.world.shared.knows(obj)
