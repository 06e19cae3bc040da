"""Dicts put together: what one holds goes over what the other held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datause_lint.analysis.access import DICT, known_keys, read, stored_value, surely_holds
from datause_lint.analysis.adding import (
    add_element,
)
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.known_keys import has_known_keys_only
from datause_lint.analysis.objects import ELEMENT, KEYS, MAYBE, OPAQUE, Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, Value, join_all, of
from datause_lint.analysis.writing import write


def merge_dict(frame: Frame, state: State, base: Value, given: Value) -> None:
    """``{**given}``."""
    put_known_items(frame, state, base, {obj: known_keys(frame, state, obj) for obj in given.objects()})
    for obj in given.objects():
        found = _stored(frame, state, obj, ELEMENT, OPAQUE)
        if obj.api != DICT and not has_known_keys_only(frame, state, obj):
            found.append(of(obj.child(ELEMENT)))
        if found:
            names = [*_stored(frame, state, obj, KEYS), *([of(obj.child(KEYS))] if obj.symbolic else [])]
            add_element(frame, state, base, join_all(found), join_all(names))
    others = Value({atom: carried for atom, carried in given.atoms.items() if type(atom) is not Obj})
    if others.atoms:
        add_element(frame, state, base, others)


def _stored(frame: Frame, state: State, obj: Obj, *keys: str) -> list[Value]:
    return [value for value in (stored_value(frame, state, obj, key) for key in keys) if value is not None]


def put_known_items(frame: Frame, state: State, base: Value, given: Mapping[Obj, Sequence[str | int]]) -> None:
    """What one of the dicts holds under these keys: where some have nothing, what was there may stay."""
    for name in dict.fromkeys(name for names in given.values() for name in names):
        found = [read(frame, state, of(obj) if name in names else base, index(name)) for obj, names in given.items()]
        missing = [each for each in base.objects() if stored_value(frame, state, each, index(name)) is None]
        write(frame, state, base, index(name), join_all(found))
        if not all(name in names and surely_holds(frame, state, obj, index(name)) for obj, names in given.items()):
            for each in missing:
                state.store(each, MAYBE + index(name), EMPTY)
