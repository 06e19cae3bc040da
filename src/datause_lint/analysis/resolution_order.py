"""The order in which a class and its bases are asked for a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from datause_lint.analysis.atoms import ClassAtom
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

T = TypeVar("T")


def order_of(world: World, cls: ClassId) -> tuple[ClassId | ApiPath, ...]:
    """The class, and its bases of the program and from outside of it."""
    return world.remembered("order", cls, lambda: _order_of(world, cls, ()))


def _order_of(world: World, cls: ClassId, below: tuple[ClassId, ...]) -> tuple[ClassId | ApiPath, ...]:
    if cls in below:
        return ()
    sequences: list[list[ClassId | ApiPath]] = []
    parents: list[ClassId | ApiPath] = []
    for atom in world.stated_bases(cls):
        if isinstance(atom, ClassAtom):
            parents.append(atom.cls)
            sequences.append(list(_order_of(world, atom.cls, (*below, cls))))
        else:
            parents.append(atom.path)
            sequences.append([atom.path])
    return (cls, *merged([*sequences, parents]))


def merged(sequences: list[list[T]]) -> list[T]:
    """The orders of several bases as one; where there is none, the first that is named comes first."""
    found: list[T] = []
    while sequences := [sequence for sequence in sequences if sequence]:
        for sequence in sequences:
            head = sequence[0]
            if not any(head in other[1:] for other in sequences):
                break
        else:
            head = sequences[0][0]
        found.append(head)
        sequences = [[each for each in sequence if each != head] for sequence in sequences]
    return found
