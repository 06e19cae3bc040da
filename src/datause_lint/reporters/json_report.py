"""The JSON report, schema 1: for programs. Keys keep their order, text that is not ASCII stays as it is."""

from __future__ import annotations

import json

from datause_lint.findings.finding import FileError, Finding, GuardSeen, Report, Stats, Step, Suppression
from datause_lint.reporters.base import Context

SCHEMA = 1
JsonObject = dict[str, object]


def report_json(report: Report, context: Context) -> str:
    document = {
        "schema": SCHEMA,
        "tool": {"name": "datause-lint", "version": context.version},
        "findings": [_finding(finding) for finding in report.findings],
        "errors": [error_as_json(error) for error in report.errors],
        "stats": stats_as_json(report.stats, context.seconds),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _finding(finding: Finding) -> JsonObject:
    place = finding.location
    return {
        "rule": finding.rule,
        "verdict": finding.verdict.value,
        "severity": finding.severity.name.lower(),
        "confidence": finding.confidence.name.lower(),
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "function": finding.function,
        "message": finding.message,
        "data": list(finding.data),
        "use": finding.use,
        "recipient": finding.recipient,
        "sink": finding.sink,
        "flows": [[step_as_json(step) for step in flow] for flow in finding.flows],
        "guards": [_guard(guard) for guard in finding.guards],
        "fingerprint": finding.fingerprint,
        "suppressed": suppression_as_json(finding.suppressed),
    }


def step_as_json(step: Step) -> JsonObject:
    place = step.location
    document: JsonObject = {"role": step.role.value, "path": place.path, "line": place.line, "column": place.column}
    if step.data is not None:
        document["data"] = step.data
    document["note"] = step.note
    return document


def _guard(guard: GuardSeen) -> JsonObject:
    return {
        "path": guard.location.path,
        "line": guard.location.line,
        "guard": guard.guard,
        "counts": guard.counts,
        "why": guard.why.value if guard.why else None,
        "note": guard.note,
    }


def suppression_as_json(suppression: Suppression | None) -> JsonObject | None:
    if suppression is None:
        return None
    return {"by": suppression.by.value, "reason": suppression.reason}


def error_as_json(error: FileError) -> JsonObject:
    return {"path": error.path, "line": error.line, "message": error.message}


def stats_as_json(stats: Stats, seconds: float | None = None) -> JsonObject:
    document: JsonObject = {"files": stats.files, "parsed": stats.parsed, "lines": stats.lines, "cut": stats.cut}
    if seconds is not None:
        document["seconds"] = round(seconds, 3)
    return document
