"""Attributes that are set under names which are made at run time: by ``setattr``, or in ``__dict__``."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import read_object
from datause_lint.analysis.frame import EVERY, Frame
from datause_lint.analysis.handed import filling
from datause_lint.analysis.objects import ELEMENT, OPAQUE, Obj, attribute, index
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Types
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import UNKNOWN_BOOLEAN, Value

COMPUTED: Final = "@computed"  # of any instance of a class: that some have such attributes


def note_computed_names(frame: Frame, state: State, obj: Obj) -> None:
    """Instances of its class may get attributes that are not named where they are set."""
    for kind in types_of(frame, state, obj):
        if kind.cls is not None:
            frame.world.shared.write(frame.world.objects.any_instance(kind.cls), COMPUTED, UNKNOWN_BOOLEAN)


def put_in_dict(frame: Frame, state: State, obj: Obj, name: str) -> Value | None:
    """What ``__dict__`` was given under the name of an attribute that there is."""
    given = obj.child(attribute("__dict__"))
    if given not in state.heap or not filling(frame, state, given, index(name)):
        return None
    return read_object(frame, state, given, index(name))


def put_by_computed_name(frame: Frame, state: State, obj: Obj, types: Types, name: str) -> list[Value]:
    """What ``__dict__`` was given under the name, and ``setattr`` under names that are not known."""
    classes = [cls for kind in types if kind.cls is not None for cls in frame.world.hierarchy(kind.cls)]
    shared, any_instance = frame.world.shared, frame.world.objects.any_instance
    if name.startswith("__") or all(shared.read(any_instance(cls), COMPUTED) is None for cls in classes):
        return []
    given = obj.child(attribute("__dict__"))
    places = [(given, index(name))]
    if filling(frame, state, *places[0]) != EVERY:
        places.append((given, ELEMENT))
    if obj.cls is None or not frame.world.outer_bases(obj.cls):
        places.append((obj, OPAQUE))
    return [read_object(frame, state, *place) for place in places if filling(frame, state, *place)]
