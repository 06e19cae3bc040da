"""Adding to containers, at no known place; and to objects of which it is not known where they keep what they hold."""

from __future__ import annotations

from datause_lint.analysis.access import DICT, FILE, indexed, known_keys, stood_for, stored_value
from datause_lint.analysis.consent_rows import said_of_people
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import ELEMENT, FULL, KEYS, OPAQUE, Obj, constant_in
from datause_lint.analysis.state import State
from datause_lint.analysis.values import UNKNOWN_BOOLEAN, Value, carrying, const, join, of


def note_filled(state: State, base: Value, filled: Value) -> None:
    """Something was put into a container that began empty, or may have been taken out."""
    objects = base.objects()
    for obj in objects:
        if state.stored(obj, FULL) is not None:
            state.store(obj, FULL, filled if len(objects) == 1 else UNKNOWN_BOOLEAN)


def note_filled_by(frame: Frame, state: State, base: Value) -> None:
    """Something was put into a container that began empty, ``granted.append(consent)``: that something is in it proves
    what was known then of whoever a row is about."""
    about = said_of_people(frame, state, state.facts) if frame.world.policy.row_guards and state.facts else NOTHING
    note_filled(state, base, carrying(const(True), about))


def add_element(frame: Frame, state: State, base: Value, value: Value, key: Value | None = None) -> None:
    """One more element, at no known place; of a dict, under ``key``."""
    for obj, carried in base.atoms.items():
        if type(obj) is Obj:
            addition = carrying(value, carried)
            added_key = carrying(key, carried) if key is not None and key.atoms else None
            for each in (obj.plain, *stood_for(frame, state, obj)):
                note_filled(state, of(each), UNKNOWN_BOOLEAN)
                state.forget_everybody(each)
                _add_one(frame, state, each, addition, added_key)


def _add_one(frame: Frame, state: State, obj: Obj, value: Value, key: Value | None) -> None:
    for known, there in indexed(frame, state, obj):
        if obj.api == DICT or isinstance(constant_in(known), str):
            state.store(obj, known, join(there, _under_other_keys(frame, state, value)))
    before = stored_value(frame, state, obj, ELEMENT)
    if obj.symbolic and before is None:
        before = of(obj.child(ELEMENT))
    state.store(obj, ELEMENT, value if before is None else join(before, value))
    if key is not None:
        before_key = stored_value(frame, state, obj, KEYS)
        state.store(obj, KEYS, key if before_key is None else join(before_key, key))
    if obj.static or not frame.is_input(obj):
        frame.world.publisher.publish_if_shared(frame, state, obj)
    if frame.builds(obj):
        _put_at_forgotten_places(frame, state, obj, value)


def _put_at_forgotten_places(frame: Frame, state: State, obj: Obj, value: Value) -> None:
    """Places that the maker no longer tells apart are what others know: what is added may be there."""
    here, shared = state.heap.get(obj, {}), frame.world.shared
    for name in shared.names_of(obj):
        for key in shared.keys(name):
            if key.startswith("[") and key != ELEMENT and key not in here:
                frame.world.publisher.publish(frame, state, name, key, value)


def _under_other_keys(frame: Frame, state: State, value: Value) -> Value:
    """Without the elements of dicts of which the keys are known: they have been put under those."""
    known = [obj for obj in value.objects() if obj.key == ELEMENT and obj.base and known_keys(frame, state, obj.base)]
    return Value({atom: carried for atom, carried in value.atoms.items() if atom not in known})


def add_opaque(frame: Frame, state: State, base: Value, value: Value) -> None:
    """Data put into objects of which it is not known where they keep it."""
    if not value.atoms:
        return
    for obj, carried in base.atoms.items():
        if type(obj) is Obj:
            for each in (obj.plain, *stood_for(frame, state, obj)):
                _add_one_opaque(frame, state, each, carrying(value, carried))


def _add_one_opaque(frame: Frame, state: State, obj: Obj, value: Value) -> None:
    before = stored_value(frame, state, obj, OPAQUE)
    state.store(obj, OPAQUE, value if before is None else join(before, value))
    if not frame.is_input(obj):
        frame.world.publisher.publish_if_shared(frame, state, obj)
    within = stored_value(frame, state, obj, FILE)
    for each in within.objects() if within is not None else ():
        if each is not obj:
            _add_one_opaque(frame, state, each, value)
