"""Objects that stand for each element of a collection: for many people, not for one."""

from __future__ import annotations

from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import MANY, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import UNKNOWN_BOOLEAN, Value


def many(state: State, elements: Value) -> Value:
    """Elements of a collection that were not made one by one."""
    for obj in elements.objects():
        if not obj.symbolic:
            state.store(obj, MANY, UNKNOWN_BOOLEAN)
    return elements


def those_for_many(frame: Frame, state: State, value: Value) -> list[Obj]:
    """The objects of which each stands for all elements of a collection."""
    return [obj for obj in value.objects() if not obj.symbolic and _is_marked(frame, state, obj)]


def _is_marked(frame: Frame, state: State, obj: Obj) -> bool:
    return state.stored(obj, MANY) is not None or frame.world.shared_value(obj, MANY) is not None
