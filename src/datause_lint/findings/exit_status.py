"""What the exit status of a run says, the same for every format."""

from __future__ import annotations

from datause_lint.findings.finding import Report

CLEAN = 0
FOUND = 1  # also when some file could not be analysed
FAILED = 2  # the run could not be made: usage, configuration, policy, plugin
INCOMPLETE = 3  # it was made, but some file could not be analysed


def exit_status(report: Report, *, exit_zero: bool = False) -> int:
    """``exit_zero`` forgives findings, not files that were left out of the analysis."""
    if not exit_zero and any(finding.suppressed is None for finding in report.findings):
        return FOUND
    return INCOMPLETE if report.errors else CLEAN
