"""The objects that values speak of."""

from __future__ import annotations

from datause_lint.analysis.atoms import ApiAtom, BoundAtom, Data, FunctionAtom, Label, MethodAtom
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.values import Value


def reachable(value: Value) -> list[Obj]:
    """The objects that the value's atoms speak of."""
    return [obj for atom in value.atoms for obj in objects_in(atom)]


def objects_in(atom: object) -> list[Obj]:
    if type(atom) is Obj:
        return [atom]
    if isinstance(atom, Label):
        return [atom.record]
    if isinstance(atom, Data):
        return [atom.of]
    if isinstance(atom, BoundAtom):
        return [obj for obj in (atom.receiver, atom.environment) if obj is not None]
    if isinstance(atom, FunctionAtom):
        return [atom.environment] if atom.environment is not None else []
    if isinstance(atom, (ApiAtom, MethodAtom)):
        return [atom.receiver] if atom.receiver is not None else []
    return []
