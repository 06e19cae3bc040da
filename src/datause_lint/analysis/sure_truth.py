"""Instances that are always true: their class gives them neither ``__bool__`` nor ``__len__``."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.exceptions import names_of_exceptions
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.values import Value
from datause_lint.names import ClassId

SILENT: Final = frozenset(
    """builtins.object abc.ABC typing.Generic typing.Protocol typing_extensions.Protocol enum.Enum
    typing.NamedTuple pydantic.BaseModel""".split()
)
"""What of a class's bases, exceptions apart, says nothing of truth."""

ERRORS: Final = ("Exception", "Error", "Warning")  # ends of names of exceptions, also of libraries


def maybe_false(frame: Frame, value: Value) -> Value:
    """The value without the instances that are always true: ``Refusal("no consent")`` beside None."""
    atoms = {atom: carried for atom, carried in value.atoms.items() if not _is_always_true(frame, atom)}
    return value if len(atoms) == len(value.atoms) else Value(atoms, value.implied, value.probes)


def _is_always_true(frame: Frame, atom: Atom) -> bool:
    if type(atom) is not Obj or atom.base is not None:
        return False
    if atom.kind is Kind.NEW and atom.cls is not None:
        cls, world = atom.cls, frame.world
        return world.remembered("always true", cls, lambda: _says_nothing_of_truth(frame, cls))
    made_by = (atom.api or "").removesuffix("()") if atom.kind is Kind.EXTERNAL else ""
    return bool(names_of_exceptions([made_by]))


def _says_nothing_of_truth(frame: Frame, cls: ClassId) -> bool:
    world = frame.world
    if any(world.class_attribute(cls, name) is not None for name in ("__bool__", "__len__")):
        return False
    return all(
        base in SILENT or base.endswith(ERRORS) or names_of_exceptions([base]) for base in world.outer_bases(cls)
    )
