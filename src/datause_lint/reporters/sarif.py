"""SARIF 2.1.0, the exchange format of code hosts and editors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

from datause_lint.findings.finding import (
    FileError,
    Finding,
    GuardSeen,
    Location,
    Notice,
    Report,
    Step,
    SuppressedBy,
    Suppression,
)
from datause_lint.names import RuleId
from datause_lint.policy.entries import Rule, Severity
from datause_lint.reporters.base import Context

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
JsonObject = dict[str, object]

_ROOT = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def report_sarif(report: Report, context: Context) -> str:
    rules = [context.rules[rule] for rule in sorted(context.rules)]
    index = {rule.id: number for number, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "datause-lint",
                "version": context.version,
                "semanticVersion": context.version,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which datause-lint ran."}}},
        "invocations": [_invocation(report)],
        "results": [_result(finding, index) for finding in report.findings],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _rule(rule: Rule) -> JsonObject:
    properties: JsonObject = {"data": list(rule.data), "use": list(rule.use), "unless": rule.unless.value}
    if rule.references:
        properties["references"] = list(rule.references)
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title or rule.id},
        "help": {
            "text": "\n\n".join(filter(None, [rule.help.strip() or rule.title, ", ".join(rule.references)])) or rule.id
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": properties,
    }


def _invocation(report: Report) -> JsonObject:
    return {
        "executionSuccessful": not report.errors,
        "toolExecutionNotifications": [_notification("error", error) for error in report.errors],
        "toolConfigurationNotifications": [_notification("warning", notice) for notice in report.notices],
    }


def _notification(level: str, about: FileError | Notice) -> JsonObject:
    physical: JsonObject = {"artifactLocation": _artifact(about.path)}
    if about.line > 0:
        physical["region"] = {"startLine": about.line}
    return {"level": level, "message": {"text": about.message}, "locations": [{"physicalLocation": physical}]}


def _result(finding: Finding, index: Mapping[RuleId, int]) -> JsonObject:
    result: JsonObject = {"ruleId": finding.rule}
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    result |= {
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [
            {
                "physicalLocation": _physical(finding.location),
                "logicalLocations": [{"fullyQualifiedName": finding.function, "kind": "function"}],
            }
        ],
        "codeFlows": [_code_flow(flow) for flow in finding.flows],
        "relatedLocations": [_guard(number, guard) for number, guard in enumerate(finding.guards)],
        "partialFingerprints": {"datauseLint/v1": finding.fingerprint},
        "suppressions": [_suppression(finding.suppressed)] if finding.suppressed else [],
        "properties": {
            "verdict": finding.verdict.value,
            "confidence": finding.confidence.name.lower(),
            "data": list(finding.data),
            "use": finding.use,
            "recipient": finding.recipient,
            "sink": finding.sink,
        },
    }
    return result


def _code_flow(flow: tuple[Step, ...]) -> JsonObject:
    return {"threadFlows": [{"locations": [_flow_location(step) for step in flow]}]}


def _flow_location(step: Step) -> JsonObject:
    return {
        "kinds": [step.role.value],
        "location": {"physicalLocation": _physical(step.location), "message": {"text": step.note}},
    }


def _guard(number: int, guard: GuardSeen) -> JsonObject:
    verdict = "counts" if guard.counts else f"does not count ({guard.why.value if guard.why else 'unknown'})"
    text = f"guard {guard.guard} {verdict}: {guard.note}"
    return {"id": number, "physicalLocation": _physical(guard.location), "message": {"text": text}}


def _suppression(suppression: Suppression) -> JsonObject:
    kind = "inSource" if suppression.by is SuppressedBy.IGNORE else "external"
    return {"kind": kind, "status": "accepted", "justification": suppression.reason}


def _physical(location: Location) -> JsonObject:
    region = {
        "startLine": location.line,
        "startColumn": location.column,
        "endLine": location.end_line,
        "endColumn": location.end_column,
    }
    return {"artifactLocation": _artifact(location.path), "region": region}


def _artifact(path: str) -> JsonObject:
    uri = quote(path.encode("utf-8", "surrogateescape"))
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    return {"uri": uri, "uriBaseId": _ROOT}
