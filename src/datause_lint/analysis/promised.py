"""What the annotation of a function promises of what it returns."""

from __future__ import annotations

from datause_lint.analysis import types
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import ELEMENT, Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Same, Value, of
from datause_lint.names import ClassId


def as_promised(frame: Frame, state: State, value: Value) -> Value:
    """What is returned, with the classes that the annotation promises where nothing better is known."""
    if frame.function.returns is None:
        return value
    declared = frame.world.annotations.declared(frame.function.returns, frame.world.module_of(frame.function.id))
    if not declared:
        return value
    only = [kind.cls for kind in declared if kind.cls is not None]
    elements = [kind for kind in types.element_types(declared, ELEMENT) if kind.cls is not None]
    for obj in value.objects():
        if obj.kind is not Kind.EXTERNAL or obj.cls is not None:
            continue
        if len(only) == 1:
            return _retyped(frame, state, value, obj, only[0])
        if len(elements) == 1 and state.stored(obj, ELEMENT) is None:
            element = frame.world.objects.external(f"{obj.key}~element", None, elements[0].cls)
            frame.world.places[element] = frame.world.places.get(obj, frame.location(frame.function.span))
            state.store(obj, ELEMENT, of(element))
    return value


def _retyped(frame: Frame, state: State, value: Value, obj: Obj, cls: ClassId) -> Value:
    typed = frame.world.objects.external(obj.key, None, cls)
    state.heap[typed] = state.heap.get(obj, {})
    state.learn(frozenset((Same(typed, obj),)))
    place = frame.world.places.get(obj)
    if place is not None:
        frame.world.places[typed] = place
    atoms = {typed if atom is obj else atom: carried for atom, carried in value.atoms.items()}
    return Value(atoms, value.implied, value.probes)
