"""Values of which nothing is known, beside constants.

A value without data and structure, ``len(words)``, has no atoms. Put together with a constant it would leave the
constant alone, as if the value could be nothing else, and one side of a test of it would never be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from datause_lint.analysis.atoms import ApiAtom, Const
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.values import Value, join, join_all, merge_atoms
from datause_lint.names import ApiPath

UNTOLD: Final = ApiAtom(ApiPath("untold"))


def either(left: Value, right: Value, left_lost: Truths = NOTHING, right_lost: Truths = NOTHING) -> Value:
    """Either value, as ``join`` has it, where each of them is something."""
    return join(_beside(left, right), _beside(right, left), left_lost, right_lost)


def _beside(value: Value, other: Value) -> Value:
    return something(value) if not value.atoms and other.atoms and _only_constants(other) else value


def any_of(values: Iterable[Value]) -> Value:
    """Any of several values, each of which is something."""
    parts = list(values)
    joined = join_all(parts)
    if len(parts) < 2 or not _only_constants(joined) or all(part.atoms for part in parts):
        return joined
    return something(joined)


def something(value: Value) -> Value:
    """The value, or something of which nothing is known."""
    return Value(merge_atoms(value.atoms, {UNTOLD: NOTHING}), value.implied, value.probes)


def _only_constants(value: Value) -> bool:
    return all(type(atom) is Const for atom in value.atoms)
