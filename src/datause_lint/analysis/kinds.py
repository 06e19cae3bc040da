"""Values that are surely no text and no number."""

from __future__ import annotations

from datause_lint.analysis.access import CONTAINERS
from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.frame import NO_SCALAR, Frame
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.values import Value


def without_instances(frame: Frame, value: Value) -> Value:
    """What is left of a value that is a text or a number."""
    kept = {atom: carried for atom, carried in value.atoms.items() if not is_no_scalar(frame, atom)}
    return value if len(kept) == len(value.atoms) else Value(kept, value.implied, value.probes)


def is_no_scalar(frame: Frame, atom: Atom) -> bool:
    """A container, or an instance of a class of the program that derives from nothing else."""
    if type(atom) is not Obj:
        return False
    if frame.is_input(atom):
        return bool(frame.ask(atom, NO_SCALAR))
    if atom.kind is not Kind.NEW:
        return False
    return atom.api in CONTAINERS if atom.cls is None else not frame.world.outer_bases(atom.cls)
