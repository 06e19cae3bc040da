"""What a statement selects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from datause_lint.names import UseKey
from datause_lint.policy.entries import Guard


class Proof(NamedTuple):
    """A guard that holds for everybody whose row is kept."""

    guard: Guard
    uses: tuple[UseKey, ...]


Proofs = frozenset[Proof]
NONE: Final[Proofs] = frozenset()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the result. ``sources`` are the table columns that stand in it; ``tested`` the one that it is;
    ``given`` are the placeholders that do, and ``called`` the functions that SQL itself does not know."""

    name: str
    sources: tuple[str, ...] = ()
    tested: str = ""
    implied: Proofs = NONE  # what holds where its value is true
    given: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    made_by: str = ""  # the one of them whose result it is
    constant: bool = False  # the statement itself says what stands there
    permits: tuple[Guard, ...] = ()  # rows of consent, for the purpose that stands there


@dataclass(frozen=True, slots=True)
class Selection:
    """``whole``: there are further columns, under names that nobody states.

    ``keys`` are the columns that identify whose rows they are, with the placeholders that they equal. A row of a
    selection that ``counts`` is there whether or not anything was found.
    """

    columns: tuple[Column, ...] = ()
    whole: bool = False
    proven: Proofs = NONE
    keys: tuple[tuple[str, str], ...] = ()
    tables: tuple[str, ...] = ()
    counts: bool = False
