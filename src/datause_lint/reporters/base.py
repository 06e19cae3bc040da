"""What a reporter is, and what it may ask besides the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from datause_lint.findings.finding import Location, Report
from datause_lint.names import RuleId, UseKey
from datause_lint.policy.entries import Guard, Rule


class SourceLines(Protocol):
    """The text of the scanned files."""

    def line(self, path: str, number: int) -> str | None:
        """A line without its end; None where there is none to show."""
        ...


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a clean result rests on."""

    sinks_reached: int  # calls that use personal data for AI: findings and guarded flows, each place once
    flows_guarded: int  # flows that a guard permits


@dataclass(frozen=True, slots=True)
class Context:
    """What reporters need beside the findings."""

    sources: SourceLines
    rules: Mapping[RuleId, Rule]
    guards: tuple[Guard, ...]  # every guard that the policy declares
    purposes: Mapping[str, tuple[UseKey, ...]]
    coverage: Coverage
    version: str
    color: bool = False
    verbose: bool = False
    seconds: float | None = None  # only when statistics are asked for


class Reporter(Protocol):
    def __call__(self, report: Report, context: Context) -> str:
        """The whole report as text, with its last line ended; empty when there is nothing to say."""
        ...


def excerpt(location: Location, sources: SourceLines) -> str | None:
    """The code at a location; of one that spans lines, the part on its first line."""
    line = sources.line(location.path, location.line)
    if line is None:
        return None
    end = location.end_column - 1 if location.end_line == location.line else len(line)
    return line[location.column - 1 : end].strip() or None
