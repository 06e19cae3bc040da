"""Taking out of containers, and what becomes of the places of what is left."""

from __future__ import annotations

from datause_lint.analysis.access import indexed, stood_for, stored_keys, stored_value
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import ELEMENT, FULL, SHUFFLED, SURELY, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, UNKNOWN_BOOLEAN, Value, join_all, of


def clear(frame: Frame, state: State, obj: Obj) -> None:
    forget_sure(state, obj)
    for key in stored_keys(frame, state, obj):
        if not key.startswith("@"):
            remove_item(frame, state, obj, key)


def remove_item(frame: Frame, state: State, obj: Obj, key: str) -> None:
    """Nothing is there any more. Of an object that all see, the place stays: others may have seen what was in it."""
    if not is_own(frame, obj):
        state.store(obj, key, EMPTY)
    else:
        state.heap[obj] = {each: value for each, value in state.heap.get(obj, {}).items() if each != key}
    forget_sure(state, obj)


def forget_sure(state: State, obj: Obj) -> None:
    """Something has been taken out: it may be what was surely in it."""
    if SURELY in state.heap.get(obj, {}):
        state.heap[obj] = {key: value for key, value in state.heap[obj].items() if key != SURELY}


def is_own(frame: Frame, obj: Obj) -> bool:
    """Whether nobody else has put anything into the object, as far as the analysis has come."""
    shared = frame.world.shared
    return not shared.knows(obj) or (frame.builds(obj) and not shared.told_by_others(obj))


def note_taken(frame: Frame, state: State, base: Value) -> None:
    """Something may have been taken out, and it may have been the last; of what a caller holds, too."""
    for obj in base.objects():
        for each in (obj.plain, *stood_for(frame, state, obj)):
            forget_sure(state, each)
            if frame.is_input(each) or state.stored(each, FULL) is not None:
                state.store(each, FULL, UNKNOWN_BOOLEAN)


def forget_positions(frame: Frame, state: State, base: Value) -> None:
    """Each element may be at any place now; in what the caller holds, too."""
    held = dict.fromkeys(each for obj in base.objects() for each in (obj.plain, *stood_for(frame, state, obj)))
    for obj in held:
        items = indexed(frame, state, obj)
        state.forget_parts(obj)
        if obj.symbolic:
            anywhere = [*(value for _, value in items), state.stored(obj, ELEMENT) or EMPTY, of(obj.child(ELEMENT))]
            for key, _ in items:
                remove_item(frame, state, obj, key)
            state.store_all(obj, {ELEMENT: join_all(anywhere)})  # nobody has come that was not there
            state.store(obj, SHUFFLED, UNKNOWN_BOOLEAN)
        if not items or obj.symbolic:
            continue
        before = stored_value(frame, state, obj, ELEMENT)
        everything = join_all([*(value for _, value in items), before or EMPTY])
        if frame.world.shared.knows(obj):
            for key, _ in items:
                state.store(obj, key, everything)
            frame.world.publisher.publish_if_shared(frame, state, obj)
        if is_own(frame, obj):
            state.heap[obj] = {key: value for key, value in state.heap.get(obj, {}).items() if not key.startswith("[")}
        state.store_all(obj, {ELEMENT: everything})
