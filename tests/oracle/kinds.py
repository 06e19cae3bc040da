"""The kinds of values that generated programs handle. What an expression of a kind may be is in ``values``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A string that is not empty."""


@dataclass(frozen=True)
class Flag:
    """A truth value."""


@dataclass(frozen=True)
class Person:
    """A record of ``people.User``."""


@dataclass(frozen=True)
class ListOf:
    """A list of at least one item."""

    item: Kind


@dataclass(frozen=True)
class Row:
    """A tuple."""

    items: tuple[Kind, ...]


@dataclass(frozen=True)
class Table:
    """A dict of constant keys."""

    fields: tuple[tuple[str, Kind], ...]


@dataclass(frozen=True)
class Instance:
    """An object of a class of the program."""

    cls: str


@dataclass(frozen=True)
class Routine:
    """A function that is called by position."""

    parameters: tuple[Kind, ...]
    result: Kind


@dataclass(frozen=True)
class Stream:
    """An iterator that gives at least one item, and may be used up once."""

    item: Kind


Kind = Text | Flag | Person | ListOf | Row | Table | Instance | Routine | Stream
TEXT = Text()
FLAG = Flag()
PERSON = Person()
