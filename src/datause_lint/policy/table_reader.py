"""Reads one table of a pack, value by value, and collects what is wrong with it instead of stopping there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from datause_lint.errors import Problem, nearest
from datause_lint.policy.entries import ArgumentRef, ConstantCondition, Origin, Scalar
from datause_lint.policy.notation import NotationError, argument_ref
from datause_lint.toml_document import KeyPath, TomlDocument

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reference:
    """A key or an id that some loaded pack has to define: checked when all packs are read."""

    kind: str  # "category", "use", "rule" or "pack"
    word: str
    position: Position


@dataclass(frozen=True, slots=True)
class Position:
    """Where something is written; its line is worked out only when a message needs it."""

    document: TomlDocument = field(repr=False, compare=False)
    table: str
    path: KeyPath

    def problem(self, message: str, suggestion: str | None = None) -> Problem:
        return Problem(message, self.document.file, self.document.line(self.path), self.table, suggestion)


class TableReader:
    """A table of a document. Every method that reads a key answers a value of its type also when there is a problem, so
    that an entry is always complete and the rest of it is checked as well.

    ``problems`` and ``references`` are shared by all readers of a document.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        position: Position,
        problems: list[Problem],
        references: list[Reference],
        line: int = 0,
    ) -> None:
        self.position = position
        self.origin = Origin(position.document.file, line)
        self._values = values
        self._valid: list[str] = []
        self._problems = problems
        self._references = references

    # --- What stands in the table ---

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def raw(self, key: str) -> Any:
        """The value as TOML gives it; None when the key is absent."""
        self._valid.append(key)
        return self._values.get(key)

    def sub_table(self, key: str) -> TableReader:
        """The reader of a table in this one; of an empty table when it is absent."""
        value = self.raw(key)
        if value is not None and not isinstance(value, dict):
            self.complain(f'"{key}" must be a table, not {_type_of(value)}', key)
        position = Position(self.position.document, self.position.table, (*self.position.path, key))
        values = value if isinstance(value, dict) else {}
        return TableReader(values, position, self._problems, self._references, self.origin.line)

    # --- Values by type ---

    def string(self, key: str, default: str | None = None) -> str:
        """A string that is not empty; required when there is no default."""
        value = self.raw(key)
        if value is None:
            if default is None:
                self.complain(f'"{key}" is missing')
            return default or ""
        return self._checked_string(key, value)

    def optional_string(self, key: str) -> str | None:
        return self.string(key, "") or None

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of strings that are not empty, or one such string; () when the key is absent."""
        return tuple(value for _, value in self._indexed_strings(key))

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.complain(f'"{key}" must be true or false, not {_type_of(value)}', key)
        return default

    def choice(self, key: str, choices: Mapping[str, T], default: str) -> T:
        """One of a few words, and what it stands for."""
        word = self.string(key, default)
        if word in choices:
            return choices[word]
        if word:
            self.complain(f'"{key}" is "{word}", which is none of {", ".join(choices)}', key, nearest(word, choices))
        return choices[default]

    def date(self, key: str) -> date:
        value = self.raw(key)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if value is None:
            self.complain(f'"{key}" is missing: the last day, such as {key} = 2030-12-31')
        else:
            remedy = f"a date without quotes, such as {key} = 2030-12-31"
            self.complain(f'"{key}" must be {remedy}, not {_type_of(value)}', key)
        return date.min

    def scalars(self, key: str) -> tuple[Scalar, ...]:
        """A list of constants, or one of them."""
        value = self.raw(key)
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        if not values:
            self.complain(f'"{key}" is empty', key)
        return tuple(self._scalar(key, item) for item in values)

    def scalar_items(self, key: str) -> tuple[tuple[str, Scalar], ...]:
        """A table of constants by name."""
        table = self.sub_table(key)
        return tuple((name, table._scalar(name, table.raw(name))) for name in table)

    # --- Values with a notation or a meaning of their own ---

    def parsed(self, key: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        """A list of strings, or one, in a notation. ``parse`` raises NotationError."""
        found = []
        for step, text in self._indexed_strings(key):
            parsed = self._parse(key, text, parse, step)
            found += [] if parsed is None else [parsed]
        return tuple(found)

    def parsed_one(self, key: str, parse: Callable[[str], T], default: str | None = None) -> T | None:
        """One string in a notation; required when there is no default; None when it is malformed or ``""``."""
        text = self.string(key, default)
        return self._parse(key, text, parse) if text else None

    def conditions(self, key: str) -> tuple[ConstantCondition, ...]:
        """``when = { purpose = "fine-tune" }``: what constants the arguments have."""
        table = self.sub_table(key)
        found: list[ConstantCondition] = []
        for word in table:
            reference = table._parse(word, word, argument_ref)
            found.append(ConstantCondition(reference or ArgumentRef(), table.scalars(word)))
        return tuple(found)

    def references(self, key: str, kind: str) -> tuple[str, ...]:
        """A list of keys or ids that must be defined somewhere, or one of them."""
        found = []
        for step, word in self._indexed_strings(key):
            found.append(word)
            self._references.append(Reference(kind, word, self._position_of(key, *step)))
        return tuple(found)

    def reference(self, key: str, kind: str, default: str | None = None) -> str:
        word = self.string(key, default)
        if key in self and word:
            self._references.append(Reference(kind, word, self._position_of(key)))
        return word

    # --- Problems ---

    def complain(self, message: str, key: str | None = None, suggestion: str | None = None) -> None:
        position = self.position if key is None else self._position_of(key)
        self._problems.append(position.problem(message, suggestion))

    def finish(self) -> None:
        """Complains of the keys that nothing asked for."""
        for key in self._values:
            if key not in self._valid:
                self.complain(f'unknown key "{key}"', key, nearest(key, self._valid))

    def first_unknown_table(self) -> str | None:
        """A key that nothing asked for and that holds a table: a dotted key written without its quotes."""
        unknown = (key for key, value in self._values.items() if isinstance(value, dict) and key not in self._valid)
        return next(unknown, None)

    # --- Inside ---

    def _position_of(self, key: str, *step: int) -> Position:
        return Position(self.position.document, self.position.table, (*self.position.path, key, *step))

    def _indexed_strings(self, key: str) -> list[tuple[tuple[int, ...], str]]:
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            return [((), text)] if (text := self._checked_string(key, value, "a string or a list of strings")) else []
        checked = [((index,), self._checked_string(key, item, step=(index,))) for index, item in enumerate(value)]
        return [(step, text) for step, text in checked if text]

    def _checked_string(self, key: str, value: Any, wanted: str = "a string", step: tuple[int, ...] = ()) -> str:
        subject = f'an element of "{key}"' if step else f'"{key}"'
        if not isinstance(value, str):
            remedy = f': write "{value}"' if isinstance(value, int) and not isinstance(value, bool) else ""
            self._complain_at(key, step, f"{subject} must be {wanted}, not {_type_of(value)}{remedy}")
            return ""
        if not value.strip():
            self._complain_at(key, step, f"{subject} is empty")
            return ""
        return value

    def _scalar(self, key: str, value: Any) -> Scalar:
        if isinstance(value, (str, int, float, bool)):
            return value
        self.complain(f'"{key}" must be a string, a number, true or false, not {_type_of(value)}', key)
        return None

    def _parse(self, key: str, text: str, parse: Callable[[str], T], step: tuple[int, ...] = ()) -> T | None:
        try:
            return parse(text)
        except NotationError as fault:
            self._complain_at(key, step, f'"{key}": {fault.message}', fault.suggestion)
            return None

    def _complain_at(self, key: str, step: tuple[int, ...], message: str, suggestion: str | None = None) -> None:
        self._problems.append(self._position_of(key, *step).problem(message, suggestion))


def quoted(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    names = {str: "a string", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "a date or time")
