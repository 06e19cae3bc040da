"""Dicts of which it is known what all their keys are."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import DICT, stored_keys
from datause_lint.analysis.frame import ALL_KEYS, Frame
from datause_lint.analysis.objects import ELEMENT, KEYS, OPAQUE, Kind, Obj, constant_in
from datause_lint.analysis.positions import is_own
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name

UNKNOWN_KEYS: Final = frozenset({ELEMENT, KEYS, OPAQUE})  # where something stands under keys that are not known


def has_known_keys_only(frame: Frame, state: State, obj: Obj) -> bool:
    """Whether a dict has no keys beside those that are known."""
    keys = stored_keys(frame, state, obj)
    if any(key in UNKNOWN_KEYS or (key[0] == "[" and constant_in(key) is None) for key in keys):
        return False
    if obj.symbolic:
        return frame.is_input(obj) and bool(frame.ask(obj, ALL_KEYS)) and not _other_is_changed(state, obj)
    return obj.kind is Kind.NEW and _is_plain_dict(frame, obj) and is_own(frame, obj)


def _is_plain_dict(frame: Frame, obj: Obj) -> bool:
    if obj.cls is None:
        return obj.api == DICT
    return [last_name(path) for path in frame.world.outer_bases(obj.cls)] == ["TypedDict"]


def _other_is_changed(state: State, obj: Obj) -> bool:
    """Whether something was put into another input, which may be the same dict under another name."""
    return any(
        other.symbolic and other is not obj and any(key[0] == "[" for key in fields)
        for other, fields in state.heap.items()
    )
