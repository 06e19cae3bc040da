"""What ends a run with status 2: the user has to mend a policy, a configuration or a command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``line`` counts from 1; 0 stands for the file as a whole; an empty ``file`` for no file."""

    message: str
    file: str = ""
    line: int = 0
    table: str = ""
    suggestion: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        table = f"[{self.table}] " if self.table else ""
        hint = f'; did you mean "{self.suggestion}"?' if self.suggestion is not None else ""
        return f"{place}{table}{self.message}{hint}"


class DatauseError(Exception):
    """The base of the errors that this package raises on purpose. Prints as one line for each of its problems."""

    exit_status: ClassVar[int] = 2

    def __init__(self, *problems: Problem | str) -> None:
        super().__init__(*problems)
        self.problems = tuple(Problem(problem) if isinstance(problem, str) else problem for problem in problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    @property
    def file(self) -> str:
        return self.problems[0].file if self.problems else ""

    @property
    def line(self) -> int:
        return self.problems[0].line if self.problems else 0

    @property
    def table(self) -> str:
        return self.problems[0].table if self.problems else ""


class PolicyError(DatauseError):
    """A rule pack that cannot be used."""


class ConfigurationError(DatauseError):
    """A configuration file that cannot be used."""


class UsageError(DatauseError):
    """A command line that cannot be carried out."""


def nearest(word: str, valid: Iterable[str]) -> str | None:
    """The valid word that a mistyped one most likely stands for."""
    from difflib import get_close_matches

    spelled = {candidate.casefold(): candidate for candidate in sorted(valid)}
    close = get_close_matches(word.casefold(), spelled, n=1, cutoff=0.6)
    return spelled[close[0]] if close else None
