"""Objects that stand for one thing at a time, and those that stand for each element of a collection."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import ELEMENT, MANY, RESULT, Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import UNKNOWN_BOOLEAN, Value

ONE: Final = "~one"  # in the name of an element that may be another each time that somebody asks
MAXIMAL_PARTS: Final = 24  # of what is made each time


def is_single(obj: Obj) -> bool:
    """Whether the abstract object stands for one object at a time."""
    if obj.kind is Kind.FIELD:
        assert obj.base is not None
        return obj.key != ELEMENT and is_single(obj.base)
    return obj.kind in (Kind.NEW, Kind.EXTERNAL, Kind.PARAMETER, Kind.CURRENT)


def many(state: State, elements: Value) -> Value:
    """Elements of a collection that were not made one by one."""
    for obj in elements.objects():
        if not obj.symbolic:
            state.store(obj, MANY, UNKNOWN_BOOLEAN)
    return elements


def made_each_time(state: State, value: Value, site: str) -> Value:
    """What is made again for each element of an iterator, at a place whose name begins so, or in a call from there."""
    pending, seen = value.objects(), dict[Obj, None]()
    while pending and len(seen) < MAXIMAL_PARTS:
        obj = pending.pop()
        if obj in seen or obj.symbolic or not (obj.chain[0] if obj.chain else obj.key).startswith(site):
            continue
        seen[obj] = None
        fields = state.heap.get(obj, {})
        pending.extend(each for key, held in fields.items() if _is_content(key) for each in held.objects())
        state.store(obj, MANY, UNKNOWN_BOOLEAN)
    return value


def _is_content(key: str) -> bool:
    return key.startswith((".", "[")) or key in (ELEMENT, RESULT)


def those_for_many(frame: Frame, state: State, value: Value) -> list[Obj]:
    """The objects of which each stands for all elements of a collection."""
    return [
        obj
        for obj in value.objects()
        if is_of_others(frame, obj) or (not obj.symbolic and _is_marked(frame, state, obj))
    ]


def is_of_others(frame: Frame, obj: Obj) -> bool:
    """Whether it is what another function is called with, and has left where all see it: with another one each time."""
    return obj.root.kind is Kind.PARAMETER and not frame.is_input(obj)


def _is_marked(frame: Frame, state: State, obj: Obj) -> bool:
    return state.stored(obj, MANY) is not None or frame.world.shared_value(obj, MANY) is not None
