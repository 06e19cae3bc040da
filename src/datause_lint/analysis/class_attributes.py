"""Attributes that code puts on a class: by a class decorator, in a loop over methods, or below the class itself.

What a module's own body puts there on every path takes the place of what the class's body had bound the name to: a
method that a guarded one replaces is called by nobody but that. What other functions put there may be there, or not.
"""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.atoms import Atom, ClassAtom
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import MAYBE, Kind, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.untold import either
from datause_lint.analysis.values import EMPTY, Value
from datause_lint.ir.module import FunctionKind
from datause_lint.names import ClassId

REPLACED: Final = "@replaced:"  # of a class, followed by an attribute: the module's body has put something there
DEFINED: Final = "@defined:"  # what the class's own body had there


def class_of(atom: Atom) -> ClassId | None:
    """The class that is meant, itself or as an object."""
    if isinstance(atom, ClassAtom):
        return atom.cls
    return ClassId(atom.key) if type(atom) is Obj and atom.kind is Kind.CLASS else None


def put_on_class(frame: Frame, state: State, cls: ClassId, key: str, value: Value, *, certain: bool) -> None:
    """``key`` is that of an attribute, or of what a model keeps."""
    world, holder = frame.world, frame.world.objects.class_object(cls)
    replaces = certain and key.startswith(".") and _is_made_by(frame, cls)
    known = replaces and world.shared.read(holder, DEFINED + key) is not None
    if replaces:
        state.store(holder, REPLACED + key, EMPTY)
        defined = world.shared.read(holder, key)
        if defined is not None and not known:
            world.shared.settle(holder, DEFINED + key, defined)
    elif key.startswith(".") and not _is_made_by(frame, cls):
        world.written_globals[holder, key] = None
    if certain:
        state.store_surely(holder, key, value)
    else:
        state.store_weakly(holder, key, value)
    if not known:  # else the end of the body says what there is: it runs again and again, and must come to rest
        world.publisher.publish(frame, state, holder, key, value)


def settle_definition(frame: Frame, state: State, cls: ClassId, name: str, value: Value) -> None:
    """The class's body has ended with this under a name."""
    shared, holder = frame.world.shared, frame.world.objects.class_object(cls)
    key = attribute(name)
    shared.settle(holder, key if shared.read(holder, DEFINED + key) is None else DEFINED + key, value)
    frame.world.publisher.publish_contents(frame, state, value, {})


def first_defined(frame: Frame, cls: ClassId, name: str) -> Value:
    """What the class's body had bound a name to, where something has been put in its place since."""
    found = frame.world.shared.read(frame.world.objects.class_object(cls), DEFINED + attribute(name))
    return found if found is not None else EMPTY


def found_on_class(frame: Frame, state: State, cls: ClassId, name: str) -> tuple[Value, ClassId] | None:
    """What the class has under the name, and the class that has it: what was put there here, or what all see."""
    holder = frame.world.objects.class_object(cls)
    here, key = state.stored(holder, attribute(name)), attribute(name)
    known = (
        frame.world.class_attribute(cls, name)
        if here is None or state.stored(holder, MAYBE + key) is not None
        else None
    )
    if here is None:
        return known
    return (either(here, known[0]) if known is not None else here), cls


def begin_anew(frame: Frame, state: State, cls: ClassId) -> None:
    """The class is made, in a body that has run before: it has what its own body says, not yet what was put there."""
    shared, holder = frame.world.shared, frame.world.objects.class_object(cls)
    for key in shared.keys(holder):
        defined = shared.read(holder, key) if key.startswith(DEFINED) else None
        if defined is not None:
            state.store(holder, key.removeprefix(DEFINED), defined)


def settle_class_attributes(frame: Frame, state: State) -> None:
    """The module's body has ended: what it has put on its classes is what these have now."""
    world = frame.world
    for holder, fields in state.heap.items():
        if holder.kind is not Kind.CLASS:
            continue
        for key in [name.removeprefix(REPLACED) for name in fields if name.startswith(REPLACED)]:
            if (holder, key) in world.written_globals or MAYBE + key in fields:
                world.publisher.publish(frame, state, holder, key, fields[key])
                continue
            closed = world.publisher.closed(frame, state, fields[key])
            world.shared.settle(holder, key, closed)
            world.publisher.publish_contents(frame, state, closed, {})


def _is_made_by(frame: Frame, cls: ClassId) -> bool:
    return (
        frame.function.kind is FunctionKind.MODULE_BODY
        and frame.world.module_of(cls) == frame.module.name
        and "<locals>" not in cls
    )
