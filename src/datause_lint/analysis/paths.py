"""Where paths through a function meet again."""

from __future__ import annotations

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.everybody import vacuous
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.values import EMPTY


def joined(frame: Frame, left: State, right: State) -> State:
    """The state after either path."""
    one, other = vacuous(left, right), vacuous(right, left)
    return join_states(_beside(frame, one, other), _beside(frame, other, one))


def _beside(frame: Frame, state: State, other: State) -> State:
    """With what all know of objects that only the other path has touched: here they are as others left them."""
    if other.heap.keys() <= state.heap.keys():
        return state
    missing = [obj for obj in other.heap if obj not in state.heap and _is_of_others(frame, obj)]
    if not missing:
        return state
    known = {obj: {key: stored_value(frame, state, obj, key) or EMPTY for key in other.heap[obj]} for obj in missing}
    return State(state.variables, {**state.heap, **known}, state.facts, state.aged)


def _is_of_others(frame: Frame, obj: Obj) -> bool:
    return obj.kind in (Kind.NEW, Kind.EXTERNAL) and not frame.owns(obj) and frame.world.shared.knows(obj)
