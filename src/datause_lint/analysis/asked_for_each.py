"""Purposes that a loop goes through: ``for purpose in NEEDED: if not allowed(user, purpose): return``.

The code lists them elsewhere, in another module or in the caller's call, so that one call stands for all rounds. It is
made for each of them, and what it proves is said of the one that it was asked for: a loop that comes by all has asked
for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from datause_lint.analysis.access import origin
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, Const, FunctionAtom, MethodAtom
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import fold
from datause_lint.analysis.objects import Kind
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, of

MANY: Final = 6  # purposes, of which none is told apart any more


def names_purposes(frame: Frame, arguments: Arguments) -> Value | None:
    """The argument that is one of several constants of which the policy knows some as purposes."""
    given = (*arguments.positional, *arguments.keywords.values())
    return next((value for value in given if are_purposes(frame, value)), None)


def may_name_purpose(frame: Frame, function: Value, arguments: Arguments) -> Value | None:
    """The argument of a check that is an element of a loop over what only the caller knows, and may be a purpose."""
    if not any(name in frame.world.policy.checks_of_purposes for name in map(_name_of, function.atoms)):
        return None
    for value in (*arguments.positional, *arguments.keywords.values()):
        only = value.only_object()
        if only is not None and len(value.atoms) == 1 and only.kind is Kind.CURRENT:
            return value
    return None


def _name_of(atom: Atom) -> str:
    if isinstance(atom, (FunctionAtom, BoundAtom)):
        return atom.function.rpartition(".")[2].rpartition(":")[2]
    if isinstance(atom, MethodAtom):
        return atom.name
    return atom.path.rpartition(".")[2] if isinstance(atom, ApiAtom) else ""


def one_by_one(frame: Frame, state: State, arguments: Arguments, drawn: Value) -> Iterator[tuple[Const, Arguments]]:
    """The call for each of the constants that an element of a loop stands for."""
    only = drawn.only_object()
    constants = fold(frame, origin(frame, state, only) if only is not None else drawn) or ()
    if len(constants) > MANY or not any(_is_purpose(frame, each) for each in constants):
        return
    for each in constants:
        positional = [of(each) if value is drawn else value for value in arguments.positional]
        keywords = {name: of(each) if value is drawn else value for name, value in arguments.keywords.items()}
        yield each, replace(arguments, positional=positional, keywords=keywords)


def _is_purpose(frame: Frame, constant: Const) -> bool:
    purposes = frame.world.policy.purposes
    return str(constant.value) in purposes or constant.name in purposes


def are_purposes(frame: Frame, elements: Value) -> bool:
    """Whether a loop goes through several constants of which the policy knows some as purposes."""
    constants = [atom for atom in elements.atoms if type(atom) is Const] if frame.world.policy.purposes else []
    return 1 < len(constants) == len(elements.atoms) <= MANY and any(_is_purpose(frame, each) for each in constants)
