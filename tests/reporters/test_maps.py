from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.reporters.conftest import make_finding, place

from datause_lint.findings.data_map import DataMap, data_map
from datause_lint.findings.finding import Finding, GuardSeen, Location, Report, Role, Severity, Step, Verdict
from datause_lint.names import CategoryKey, UseKey
from datause_lint.reporters.base import Context
from datause_lint.reporters.maps.formats import MAP_FORMATS, MapContext, map_reporter
from datause_lint.reporters.maps.table import summary

NAME = CategoryKey("user.name")


def permitted() -> Finding:
    call = place("app/ai.py", 13, 'ask("名前 " + user.full_name)')
    source = Step(Role.SOURCE, place("app/ai.py", 13, "user.full_name"), "the field full_name of a User is read", NAME)
    sink = Step(Role.SINK, Location("app/llm.py", 7, 12, 9, 6), "sink openai.chat, sent to OpenAI", None)
    check = GuardSeen(
        place("app/ai.py", 13, "user.ai_consent"),
        "acme.consent",
        True,
        None,
        "allows ai",
        (UseKey("ai"),),
        "user",
    )
    return make_finding(
        call,
        NAME,
        ((source, sink),),
        guards=(check,),
        verdict=Verdict.GUARDED,
        severity=Severity.NOTE,
        function="app.ai.score",
    )


@pytest.fixture
def found(report: Report) -> DataMap:
    return data_map(report, [permitted()])


@pytest.fixture
def map_context(context: Context) -> MapContext:
    return MapContext(context.sources, "0.1.0")


@pytest.mark.parametrize("name", MAP_FORMATS)
def test_map_looks_as_it_did(
    name: str, found: DataMap, map_context: MapContext, same_as_snapshot: Callable[[str, str], None]
) -> None:
    same_as_snapshot(map_reporter(name)(found, map_context), f"map-{name}.txt")


def test_every_flow_is_one_entry_with_its_verdict(found: DataMap) -> None:
    assert found.counts() == {Verdict.VIOLATION: 3, Verdict.UNPROVEN: 1, Verdict.GUARDED: 1}
    assert summary(found) == "5 flows of personal data into AI: 3 violation, 1 unproven, 1 guarded"


def test_the_json_map_holds_the_evidence(found: DataMap, map_context: MapContext) -> None:
    document = json.loads(map_reporter("json")(found, map_context))
    assert document["schema"] == 1
    (guarded,) = [flow for flow in document["flows"] if flow["verdict"] == "guarded"]
    assert guarded["guards"] == [
        {
            "guard": "acme.consent",
            "counts": True,
            "path": "app/ai.py",
            "line": 13,
            "column": 47,
            "code": "user.ai_consent",
            "uses": ["ai"],
            "subject": "user",
            "why": None,
            "note": "allows ai",
        }
    ]


def test_a_flow_that_passes_another_check_in_another_call_is_one_entry_with_both(
    clean_report: Report,
) -> None:
    first = permitted()
    other = replace(first.guards[0], guard="acme.may")
    (flow,) = data_map(clean_report, [first, replace(first, guards=(other,))]).flows
    assert [guard.guard for guard in flow.guards] == ["acme.consent", "acme.may"]


@pytest.mark.parametrize("name", MAP_FORMATS)
def test_an_empty_map_is_well_formed(name: str, clean_report: Report, map_context: MapContext) -> None:
    text = map_reporter(name)(data_map(clean_report, []), map_context)
    assert text.endswith("\n")
    assert text.count("\n") == 1 or name == "json"


@pytest.mark.parametrize("name", MAP_FORMATS)
def test_scanned_text_stays_text(name: str, clean_report: Report, map_context: MapContext) -> None:
    hostile = replace(
        permitted(),
        location=Location('=a"]\x1b[31m|<b>#x;\n.py', 1, 1, 1, 2),
        function='@f"`x`[bold]',
        recipient="A & B|C",
    )
    text = map_reporter(name)(data_map(clean_report, [hostile]), map_context)
    assert "\x1b" not in text
    if name == "json":
        assert json.loads(text)["flows"][0]["recipient"] == "A & B|C"
    if name == "csv":
        _, row = csv.reader(io.StringIO(text))
        assert [cell for cell in row if cell.startswith(("=", "@"))] == []
        assert "A & B|C" in row
    if name == "mermaid":
        assert "<b>" not in text and '\\"' not in text and "#60;b#62;#35;x;" in text
    if name == "table":
        assert "[bold]" in text


def test_the_table_is_coloured_where_that_is_asked_for(found: DataMap, map_context: MapContext) -> None:
    assert "\x1b[" in map_reporter("table")(found, replace(map_context, color=True))
    assert "\x1b[" not in map_reporter("table")(found, map_context)
