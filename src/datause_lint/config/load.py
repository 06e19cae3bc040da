"""Reading a configuration file: ``datause.toml``, or the table ``[tool.datause-lint]`` of a ``pyproject.toml``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datause_lint.config.locate import PROJECT_FILE, TOOL, candidates
from datause_lint.errors import ConfigurationError, Problem, nearest
from datause_lint.policy.entries import Severity
from datause_lint.toml_document import KeyPath, TomlDocument, read_toml

SEVERITIES = tuple(severity.name.lower() for severity in Severity)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a file says; paths are as the working folder sees them. What it leaves out has the default."""

    file: Path | None = None
    policy: tuple[Path, ...] = ()
    default_policy: bool = True
    exclude: tuple[str, ...] = ()  # patterns as in .gitignore, relative to the file's folder
    include_tests: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_severity: Severity = Severity.NOTE
    format: str = "text"


def load_configuration(paths: Sequence[Path], explicit: Path | None = None) -> Configuration:
    """The configuration of a run over some paths: of the file named, else of the nearest one, else the defaults.

    Raises ConfigurationError with every problem of the file.
    """
    if explicit is not None:
        configuration = _read(explicit)
        if configuration is None:
            raise ConfigurationError(Problem(f"has no table [tool.{TOOL}]", _shown(explicit)))
        return configuration
    for file in candidates(paths):
        configuration = _read(file)
        if configuration is not None:
            return configuration
    return Configuration()


def _read(file: Path) -> Configuration | None:
    document = read_toml(file, _shown(file), ConfigurationError)
    if file.name != PROJECT_FILE:
        return _Reader(document, (), document.data, file).read()
    tool = document.data.get("tool")
    table = tool.get(TOOL) if isinstance(tool, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ConfigurationError(
            Problem("must be a table", _shown(file), document.line(("tool", TOOL)), f"tool.{TOOL}")
        )
    return _Reader(document, ("tool", TOOL), table, file).read()


class _Reader:
    """Takes the table's values one by one, and keeps what is wrong with them until the end."""

    def __init__(self, document: TomlDocument, path: KeyPath, table: Mapping[str, Any], file: Path) -> None:
        self._document = document
        self._path = path
        self._table = table
        self._file = file
        self._problems: list[Problem] = []

    def read(self) -> Configuration:
        configuration = Configuration(
            file=self._file,
            policy=tuple(_beside(self._file, name) for name in self._strings("policy")),
            default_policy=self._value("default-policy", True, _is_bool, "true or false"),
            exclude=self._strings("exclude"),
            include_tests=self._value("include-tests", False, _is_bool, "true or false"),
            select=self._strings("select"),
            ignore=self._strings("ignore"),
            min_severity=Severity[self._one_of("min-severity", "note", SEVERITIES).upper()],
            format=self._value("format", "text", _is_string, "a string"),
        )
        for key in self._table:
            if key not in KEYS:
                self._complain(key, f"unknown key {key!r}", nearest(key, KEYS))
        if self._problems:
            raise ConfigurationError(*sorted(self._problems, key=lambda problem: problem.line))
        return configuration

    def _strings(self, key: str) -> tuple[str, ...]:
        value = self._value(key, [], _is_string_or_strings, "a string or a list of strings")
        return (value,) if isinstance(value, str) else tuple(value)

    def _one_of(self, key: str, default: str, choices: Sequence[str]) -> str:
        value: str = self._value(key, default, _is_string, "a string")
        if value in choices:
            return value
        self._complain(key, f"{key} must be one of {', '.join(choices)}, not {value!r}", nearest(value, choices))
        return default

    def _value(self, key: str, default: Any, fits: Callable[[object], bool], expected: str) -> Any:
        value = self._table.get(key, default)
        if fits(value):
            return value
        self._complain(key, f"{key} must be {expected}")
        return default

    def _complain(self, key: str, message: str, suggestion: str | None = None) -> None:
        line = self._document.line((*self._path, key))
        table = ".".join(map(str, self._path))
        self._problems.append(Problem(message, self._document.file, line, table, suggestion))


KEYS = (
    "policy",
    "default-policy",
    "exclude",
    "include-tests",
    "select",
    "ignore",
    "min-severity",
    "format",
)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_string(value: object) -> bool:
    return isinstance(value, str)


def _is_string_or_strings(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _beside(file: Path, name: str) -> Path:
    return Path(os.path.normpath(file.parent / name))


def _shown(file: Path) -> str:
    return file.as_posix()
