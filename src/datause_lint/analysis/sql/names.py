"""Tables of databases by their names: which model one is of, and which columns join the rows of one person."""

from __future__ import annotations

import re

from datause_lint.analysis import identifiers
from datause_lint.policy.entries import Guard

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def tables_of(guard: Guard) -> frozenset[str]:
    """The names that the table of a ROW guard's model may have."""
    found: set[str] = set()
    for path in guard.matches:
        *packages, cls = path.split(".")
        snake = _HUMP.sub("_", cls).lower()
        names = {cls.lower(), snake, *_plurals(snake)}
        found |= names | {f"{package}_{cls.lower()}" for package in packages}
    return frozenset(found)


def _plurals(word: str) -> set[str]:
    plural = word[:-1] + "ies" if word.endswith("y") else word + "es" if word.endswith(("s", "x", "ch")) else word + "s"
    return {plural, word + "s"}


def is_same_person(column: str, table: str, other: str, other_table: str) -> bool:
    """Whether the equality of two columns makes both rows the same person's.

    ``c.user_id = u.id`` does; ``users.referrer_id = users.id`` leads to somebody else, and ``consents.id = users.id``
    to nobody: only tables of people share their numbers.
    """
    one, two = identifiers.relation_of_id(column), identifiers.relation_of_id(other)
    if one is None or two is None:
        return column == other and column in ("email", "username", "login")
    if column == other:
        return (
            one != "" or not table or (table != other_table and all(map(identifiers.is_person, (table, other_table))))
        )
    if one == "" or two == "":
        return table != other_table
    return identifiers.is_person(one) and identifiers.is_person(two) and table != other_table
