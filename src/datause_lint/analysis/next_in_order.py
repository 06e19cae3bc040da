"""``super()``: the next definition of a name in the method resolution order."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, ClassAtom, FunctionAtom
from datause_lint.analysis.built_in_bases import WITHOUT_METHODS, inherited_from_container
from datause_lint.analysis.class_fields import declares_fields
from datause_lint.analysis.classes import GENERATED_INITIALISER
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.marks import is_bound_to_classes
from datause_lint.analysis.objects import Kind, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value
from datause_lint.names import ClassId


def next_definitions(frame: Frame, state: State, obj: Obj, name: str) -> list[tuple[Obj, Value]]:
    """The next definition in the method resolution order of each receiver; of one that is a class, bound to it."""
    world = frame.world
    holder = stored_value(frame, state, obj, "@class")
    receiver = stored_value(frame, state, obj, "@self")
    if holder is None or receiver is None:
        return []
    start = next((atom.cls for atom in holder.atoms if isinstance(atom, ClassAtom)), None)
    found: list[tuple[Obj, Value]] = []
    for each in receiver.objects():
        owner = each.cls or next((kind.cls for kind in types_of(frame, state, each) if kind.cls is not None), start)
        if each.kind is Kind.CLASS:
            owner = ClassId(each.key)
        if owner is None:
            continue
        atoms = _after_in_order(frame, each, owner, start, name)
        if not atoms and each.cls is None:  # of a mixin: what follows it in the classes that mix it in
            for below in world.subclasses(owner):
                atoms.update(_after_in_order(frame, each, below, start, name))
        found.append((each, Value(atoms)))
    return found


OF_OBJECT: Final = frozenset({"__setattr__", "__new__"})
"""Methods of every object that have models of their own."""


def _after_in_order(
    frame: Frame, receiver: Obj, owner: ClassId, start: ClassId | None, name: str
) -> dict[Atom, Truths]:
    """The definition of a name that follows ``start`` in the owner's method resolution order."""
    world = frame.world
    order = world.hierarchy(owner)
    rest = order[order.index(start) + 1 :] if start in order else world.hierarchy(start)[1:] if start else ()
    for cls in rest:
        found = world.shared.read(world.objects.class_object(cls), attribute(name))
        if found is not None:
            return {
                BoundAtom(atom.function, atom.environment, receiver)
                if name != "__new__"
                and isinstance(atom, FunctionAtom)
                and receiver.kind is Kind.CLASS
                and is_bound_to_classes(frame, atom)
                else atom: NOTHING
                for atom in world.resolve(found).atoms
            }
    if name == "__init__" and declares_fields(world, rest):
        return {ApiAtom(GENERATED_INITIALISER, receiver): NOTHING}
    inherited = inherited_from_container(world.outer_bases(owner), receiver, name)
    if inherited is not None:
        return dict(inherited.atoms)
    outer = [str(base) for base in world.outer_bases(owner) if base not in WITHOUT_METHODS or name not in OF_OBJECT]
    if not outer and name in OF_OBJECT:
        outer = ["builtins.object"]
    return {ApiAtom(world.api(f"{base}().{name}").path, receiver): NOTHING for base in outer}
