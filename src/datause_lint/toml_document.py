"""A parsed TOML file that can tell the line of each of its tables, keys and array elements."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from datause_lint.errors import DatauseError, Problem

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

KeyPath = tuple[str | int, ...]
"""The way to a value through the parsed data: ``("sink", 2, "call", 0)``."""


class TomlDocument:
    """``data`` is what the TOML text says; lines are worked out when the first one is asked for."""

    def __init__(self, file: str, text: str, data: dict[str, Any]) -> None:
        self.file = file
        self.text = text
        self.data = data

    def line(self, path: KeyPath) -> int:
        """The line, counted from 1, where the value at the path is written, or else what holds it."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 1

    def entry_lines(self, table: str) -> list[int]:
        """The line of each entry of the array of tables of this name. Cheap, also where no other line is wanted."""
        entries = self.data.get(table)
        count = len(entries) if isinstance(entries, list) else 0
        lines = self._header_lines.get(table, [])
        # A header inside a multi-line string, or entries written inline: only a scan of the whole text tells.
        return lines if len(lines) == count else [self.line((table, index)) for index in range(count)]

    @cached_property
    def _header_lines(self) -> dict[str, list[int]]:
        headers: dict[str, list[int]] = {}
        line, position = 1, 0
        for match in _ARRAY_HEADER.finditer(self.text):
            line += self.text.count("\n", position, match.start())
            position = match.start()
            headers.setdefault(match[1], []).append(line)
        return headers

    @cached_property
    def _lines(self) -> dict[KeyPath, int]:
        return _LineScanner(self.text).scan()


def read_toml(path: Path, shown_as: str, error: type[DatauseError]) -> TomlDocument:
    """Reads and parses a file; raises ``error``, with ``shown_as`` for the file's name, when it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as failure:
        raise error(Problem(f"cannot be read: {failure.strerror or failure}", shown_as)) from None
    except UnicodeDecodeError as failure:
        raise error(Problem(f"is not UTF-8 text (byte {failure.start}); save it as UTF-8", shown_as)) from None
    return parse_toml(text, shown_as, error)


def parse_toml(text: str, file: str, error: type[DatauseError]) -> TomlDocument:
    try:
        return TomlDocument(file, text, tomllib.loads(text))
    except RecursionError:
        raise error(Problem("is nested too deeply to be read", file)) from None
    except ValueError as failure:  # also of a number with too many digits
        raise error(_syntax_problem(file, text, str(failure))) from None


def _syntax_problem(file: str, text: str, message: str) -> Problem:
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    if place is None:
        return Problem(f"is not valid TOML: {message}", file)
    line = int(place[1]) if place[1] else text.count("\n") + 1
    return Problem(f"is not valid TOML: {message[: place.start()]}", file, line)


_ARRAY_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*([A-Za-z0-9_-]+)[ \t]*\]\][ \t]*(?:#[^\n]*)?\r?$", re.MULTILINE)

_TOKEN = re.compile(
    r'''(?P<skip>[ \t\r]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<string>"""(?:[^\\]|\\.)*?"""(?!")|\'\'\'.*?\'\'\'(?!')|"(?:[^"\\]|\\.)*"|'[^']*')
    |(?P<mark>[][{}=,.])
    |(?P<bare>[^][{}=,.\s\#"']+)''',
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


class _LineScanner:
    """Reads a text that is known to be valid TOML a second time, for nothing but the lines."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._token = next(self._tokens)
        self._lines: dict[KeyPath, int] = {}
        self._array_lengths: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._token.kind != "end":
            if self._token.kind == "newline":
                self._advance()
            elif self._token.text == "[":
                table = self._header()
            else:
                self._key_and_value(table)
        return self._lines

    def _header(self) -> KeyPath:
        line = self._token.line
        self._advance()
        is_array = self._token.text == "["
        if is_array:
            self._advance()
        path: KeyPath = ()
        keys = self._key()
        for position, key in enumerate(keys):
            path = (*path, key)
            is_last = position == len(keys) - 1
            if is_array and is_last:
                self._array_lengths[path] = self._array_lengths.get(path, 0) + 1
            self._lines.setdefault(path, line)
            if path in self._array_lengths:
                path = (*path, self._array_lengths[path] - 1)
        self._lines[path] = line  # [a] after [a.b]: the table's own header, not the one that implied it
        for _ in range(1 + is_array):
            self._advance()
        return path

    def _key_and_value(self, table: KeyPath) -> None:
        line = self._token.line
        path = table
        for key in self._key():
            path = (*path, key)
            self._lines.setdefault(path, line)
        self._advance()  # "="
        self._value(path)

    def _key(self) -> list[str]:
        keys = [self._name()]
        while self._token.text == ".":
            self._advance()
            keys.append(self._name())
        return keys

    def _name(self) -> str:
        token = self._token
        self._advance()
        return str(tomllib.loads(f"key = {token.text}")["key"]) if token.kind == "string" else token.text

    def _value(self, path: KeyPath) -> None:
        if self._token.text == "[":
            self._array(path)
        elif self._token.text == "{":
            self._inline_table(path)
        else:
            while self._token.kind in ("bare", "string") or self._token.text == ".":
                self._advance()

    def _array(self, path: KeyPath) -> None:
        self._advance()
        index = 0
        while self._token.text != "]":
            if self._token.kind == "newline" or self._token.text == ",":
                self._advance()
                continue
            self._lines[(*path, index)] = self._token.line
            self._value((*path, index))
            index += 1
        self._advance()

    def _inline_table(self, path: KeyPath) -> None:
        self._advance()
        while self._token.text != "}":
            if self._token.kind == "newline" or self._token.text == ",":
                self._advance()
            else:
                self._key_and_value(path)
        self._advance()

    def _advance(self) -> None:
        self._token = next(self._tokens)


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind, spelled = match.lastgroup or "", match[0]
        if kind != "skip":
            yield _Token(kind, spelled, line)
        line += spelled.count("\n") if kind in ("newline", "string") else 0
    while True:
        yield _Token("end", "", line)
