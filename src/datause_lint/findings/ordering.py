"""The one order in which findings, errors and notices are reported."""

from __future__ import annotations

from collections.abc import Iterable

from datause_lint.findings.finding import FileError, Finding, Notice


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By path, line, column and rule; what agrees in these, by what else can differ."""
    return tuple(sorted(findings, key=lambda finding: (_place(finding), finding.sink, finding.function, finding.data)))


def errors_in_order(errors: Iterable[FileError]) -> tuple[FileError, ...]:
    return tuple(sorted(set(errors), key=lambda error: (error.path, error.line, error.message)))


def notices_in_order(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    return tuple(sorted(set(notices), key=lambda notice: (notice.path, notice.line, notice.message)))


def _place(finding: Finding) -> tuple[str, int, int, str]:
    return finding.location.path, finding.location.line, finding.location.column, finding.rule
