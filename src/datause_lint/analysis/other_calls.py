"""What functions leave where all see it: a call of one finds there what other calls of it have made."""

from __future__ import annotations

from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import ALLOCATED, Kind, Obj
from datause_lint.analysis.values import Value
from datause_lint.ir.module import FunctionKind
from datause_lint.names import ModuleName


def is_of_this_request(frame: Frame, obj: Obj) -> bool:
    """``flask.g``: each request has its own, though all see it."""
    return obj.root.kind is Kind.MODULE and frame.world.module(ModuleName(obj.root.key)) is None


def of_other_calls(frame: Frame, value: Value) -> Value:
    """What all share of that which this function makes, other calls of it have made."""
    if frame.function.kind is not FunctionKind.FUNCTION:
        return value  # it runs once
    own = [atom for atom in value.atoms if type(atom) is Obj and atom.kind in ALLOCATED and frame.owns(atom)]
    if not own:
        return value
    earlier: dict[Atom, Atom] = {atom: atom.past() for atom in own}
    atoms = {earlier.get(atom, atom): carried for atom, carried in value.atoms.items()}
    return Value(atoms, value.implied, value.probes)
