"""The data-use map as JSON, schema 1: for programs, and for the records of who audits. docs/data-use-map.md says it."""

from __future__ import annotations

import json

from datause_lint.findings.data_map import DataMap, MappedFlow
from datause_lint.findings.finding import GuardSeen, Location
from datause_lint.reporters.base import excerpt
from datause_lint.reporters.json_report import error_as_json, stats_as_json, step_as_json, suppression_as_json
from datause_lint.reporters.maps.formats import MapContext

SCHEMA = 1
JsonObject = dict[str, object]


def map_as_json(data_map: DataMap, context: MapContext) -> str:
    document = {
        "schema": SCHEMA,
        "tool": {"name": "datause-lint", "version": context.version},
        "summary": {verdict.value: number for verdict, number in data_map.counts().items()},
        "flows": [_flow(flow, context) for flow in data_map.flows],
        "errors": [error_as_json(error) for error in data_map.errors],
        "stats": stats_as_json(data_map.stats),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _flow(flow: MappedFlow, context: MapContext) -> JsonObject:
    return {
        "verdict": flow.verdict.value,
        "rule": flow.rule,
        "data": flow.data,
        "use": flow.use,
        "recipient": flow.recipient,
        "sink": flow.sink,
        **_place(flow.place),
        "function": flow.function,
        "steps": [step_as_json(step) for step in flow.steps],
        "guards": [_guard(guard, context) for guard in flow.guards],
        "suppressed": suppression_as_json(flow.suppressed),
    }


def _guard(guard: GuardSeen, context: MapContext) -> JsonObject:
    return {
        "guard": guard.guard,
        "counts": guard.counts,
        **_place(guard.location),
        "code": excerpt(guard.location, context.sources),
        "uses": list(guard.uses),
        "subject": guard.subject or None,
        "why": guard.why.value if guard.why else None,
        "note": guard.note,
    }


def _place(location: Location) -> JsonObject:
    return {"path": location.path, "line": location.line, "column": location.column}
