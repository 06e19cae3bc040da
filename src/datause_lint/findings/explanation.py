"""Why a line is, or is not, a finding: plain values that a report is made of."""

from __future__ import annotations

from dataclasses import dataclass

from datause_lint.findings.finding import FileError, Finding


@dataclass(frozen=True, slots=True)
class Explanation:
    """``findings`` and ``guarded`` are those that the line has a part in: a source, a step, a sink, or a check."""

    path: str
    line: int
    function: str  # dotted; empty when the file was not analysed
    findings: tuple[Finding, ...]
    guarded: tuple[Finding, ...]
    remarks: tuple[str, ...]  # why the line, or a call on it, is no finding; sentences without a full stop
    errors: tuple[FileError, ...]
