"""``path:line:column: RULE message``, one line for each finding, as every editor's error format reads it."""

from __future__ import annotations

from datause_lint.findings.finding import Finding, Report
from datause_lint.reporters.base import Context
from datause_lint.reporters.terminal import printable


def report_concise(report: Report, context: Context) -> str:
    return "".join(_line(finding) for finding in report.findings if finding.suppressed is None)


def _line(finding: Finding) -> str:
    place = finding.location
    return printable(f"{place.path}:{place.line}:{place.column}: {finding.rule} {finding.message}") + "\n"
