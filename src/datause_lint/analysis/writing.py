"""Writing into objects: for certain where only one place can be meant, else possibly."""

from __future__ import annotations

from datause_lint.analysis.access import (
    LIST,
    indexed,
    opaque,
    read_object,
    stood_for,
    stored_value,
    surely_holds,
)
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.many import is_single
from datause_lint.analysis.objects import ANYWHERE, ELEMENT, Obj, index, may_be_same_place
from datause_lint.analysis.state import State
from datause_lint.analysis.untold import either
from datause_lint.analysis.values import Value, carrying


def write(frame: Frame, state: State, base: Value, key: str, value: Value) -> None:
    """Puts the value there: for certain where only one object can be meant, else possibly."""
    targets = [(atom, carried) for atom, carried in base.atoms.items() if type(atom) is Obj]
    for obj, carried in targets:
        _write_object(frame, state, obj, key, carrying(value, carried), certain=len(targets) == 1)


def _write_object(frame: Frame, state: State, obj: Obj, key: str, value: Value, *, certain: bool) -> None:
    obj = obj.plain
    if key.startswith("["):
        state.forget_everybody(obj)
        key = place_from_front(frame, state, obj, key)
        _put_at_other_names(frame, state, obj, key, value)
    certain = certain and key != ELEMENT
    if certain and is_single(obj) and not comes_from(frame, state, value, obj, key):
        state.store_surely(obj, key, value)
    else:
        before_value = read_object(frame, state, obj, key) if not obj.static else stored_value(frame, state, obj, key)
        state.store(obj, key, value if before_value is None else either(before_value, value))
    for each in stood_for(frame, state, obj):
        if not each.root.of_a_round:
            _write_object(frame, state, each, key, value, certain=False)
            frame.world.publisher.publish_if_shared(frame, state, each)
    if obj.static:
        frame.world.publisher.publish(frame, state, obj, key, value)


def place_from_front(frame: Frame, state: State, obj: Obj, key: str) -> str:
    """A place in a list that is counted from its end, as counted from the front: any, where its length is not known."""
    if not key.startswith("[-") or obj.api != LIST:
        return key
    items = indexed(frame, state, obj)
    exact = stored_value(frame, state, obj, ELEMENT) is None and opaque(frame, state, obj) is None
    place = len(items) + int(key[1:-1])
    if not exact or place < 0 or not all(surely_holds(frame, state, obj, each) for each, _ in items):
        return ELEMENT
    return index(place)


def _put_at_other_names(frame: Frame, state: State, obj: Obj, key: str, value: Value) -> None:
    """What is put at a place that is not known may be at any that is; one from the end may be one from the front."""
    for known, before in indexed(frame, state, obj):
        if key == ELEMENT or (obj.symbolic and may_be_same_place(key, known)):
            state.store(obj, known, either(before, value))
    if key == ELEMENT and obj.symbolic:
        state.store_weakly(obj, ANYWHERE, value)


def comes_from(frame: Frame, state: State, value: Value, obj: Obj, key: str) -> bool:
    """Whether what stands there now is all that is known of an element of a loop, or of a part of it, in the value."""
    for part in value.objects():
        while part.base is not None and part.root.of_a_round:
            if part.key == key and obj in stood_for(frame, state, part.base):
                return True
            part = part.base
    return False
