"""Instances that are always true: their class gives them neither ``__bool__`` nor ``__len__``."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.atoms import Atom, Const
from datause_lint.analysis.exceptions import names_of_exceptions
from datause_lint.analysis.facts import Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.values import Value
from datause_lint.names import ClassId

TRUE: Final = Const(True, bool)


def with_sure_truth(frame: Frame, value: Value) -> Value:
    """The value, with what is true in place of the instances that cannot be false: ``Refusal("age")`` beside None."""
    if not any(_is_always_true(frame, atom) for atom in value.atoms):
        return value
    atoms: dict[Atom, Truths] = {}
    for atom, carried in value.atoms.items():
        stands = TRUE if _is_always_true(frame, atom) else atom
        atoms[stands] = common(atoms[stands], carried) if stands in atoms else carried
    return Value(atoms, value.implied, value.probes)


def _is_always_true(frame: Frame, atom: Atom) -> bool:
    if type(atom) is not Obj:
        return False
    if atom.kind is Kind.NEW and atom.cls is not None:
        return _says_nothing_of_truth(frame, atom.cls)
    made_by = (atom.api or "").removesuffix("()") if atom.kind is Kind.EXTERNAL else ""
    return bool(names_of_exceptions([made_by]))


def _says_nothing_of_truth(frame: Frame, cls: ClassId) -> bool:
    world = frame.world
    bases = world.outer_bases(cls)
    return len(names_of_exceptions(bases)) == len(bases) and not any(
        world.class_attribute(cls, name) is not None for name in ("__bool__", "__len__")
    )
