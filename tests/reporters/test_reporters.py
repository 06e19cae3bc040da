from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from datause_lint.findings.finding import Location, Report, Stats
from datause_lint.policy.entries import Evidence, GuardKind, Rule
from datause_lint.policy.loader import PackText, load_policy
from datause_lint.reporters.advice import advice
from datause_lint.reporters.base import Context, Reporter
from datause_lint.reporters.concise import report_concise
from datause_lint.reporters.json_report import report_json
from datause_lint.reporters.sarif import report_sarif
from datause_lint.reporters.text import report_text, summary

Snapshot = Callable[[str, str], None]
REPORTERS = {"text": report_text, "concise": report_concise, "json": report_json, "sarif": report_sarif}


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_report_looks_as_it_did(name: str, report: Report, context: Context, same_as_snapshot: Snapshot) -> None:
    same_as_snapshot(REPORTERS[name](report, context), f"{name}.txt")


def test_verbose_text_shows_every_flow(report: Report, context: Context, same_as_snapshot: Snapshot) -> None:
    same_as_snapshot(report_text(report, replace(context, verbose=True)), "text-verbose.txt")


def test_coloured_text(report: Report, context: Context, same_as_snapshot: Snapshot) -> None:
    same_as_snapshot(report_text(report, replace(context, color=True)), "text-color.txt")


@pytest.mark.parametrize("reporter", [report_text, report_concise])
def test_nothing_found_is_nothing_said(reporter: Reporter, clean_report: Report, context: Context) -> None:
    assert reporter(clean_report, context) == ""


def test_summary_of_a_clean_run_says_what_it_rests_on(clean_report: Report, context: Context) -> None:
    assert summary(clean_report, context) == (
        "No findings in 120 files (31 parsed, 20,412 lines); 3 AI uses of personal data, 5 flows guarded"
    )


def test_summary_of_an_incomplete_run_does_not_sound_clean(report: Report, context: Context) -> None:
    incomplete = replace(report, findings=())
    assert summary(incomplete, context).endswith(
        "; 2 files could not be analysed; 1 function analysed only up to a bound"
    )


def test_sarif_follows_the_official_schema(report: Report, context: Context) -> None:
    schema = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    validator(schema).validate(json.loads(report_sarif(report, context)))


def test_names_that_are_not_text_make_valid_json(report: Report, context: Context) -> None:
    odd = replace(report.findings[0], location=Location("app/\udcff.py", 1, 1, 1, 2))
    for reporter in (report_json, report_sarif):
        written = reporter(replace(report, findings=(odd,)), context).encode("utf-8", "backslashreplace")
        assert json.loads(written.decode("utf-8"))


def test_text_for_a_terminal_holds_no_control_character_of_scanned_code(report: Report, context: Context) -> None:
    hostile = replace(
        report.findings[0],
        location=Location("app/größe.py\n\x1b]0;x\x07", 1, 1, 1, 4),
        message="\x1b[2J\u202e gone",
    )
    changed = replace(report, findings=(hostile, replace(report.findings[2], suppressed=None)))
    for reporter in (report_text, report_concise):
        text = reporter(changed, context)
        assert not {"\x1b", "\x07", "\u202e", "\r"} & set(text)


def test_a_long_line_is_cut_around_the_call(report: Report, context: Context) -> None:
    class OneLine:
        def line(self, path: str, number: int) -> str:
            return "x" * 5_000_000 + "call()" + "y" * 5_000_000

    finding = replace(report.findings[0], location=Location("a.py", 1, 5_000_001, 1, 5_000_007), flows=(), guards=())
    text = report_text(replace(report, findings=(finding,)), replace(context, sources=OneLine()))
    assert "call()" in text
    assert len(text) < 2_000


def test_statistics_add_the_seconds(report: Report, context: Context) -> None:
    measured = replace(context, seconds=1.23456)
    assert json.loads(report_json(report, measured))["stats"]["seconds"] == 1.235
    assert report_text(report, measured).endswith("; 1.23 s\n")
    assert "seconds" not in json.loads(report_json(report, context))["stats"]


def test_a_rule_that_consent_does_not_help_gets_other_advice(report: Report, context: Context) -> None:
    from datause_lint.policy.entries import Unless

    rule: Rule = replace(context.rules[report.findings[0].rule], unless=Unless.NEVER)
    never = replace(context, rules={rule.id: rule})
    assert "fix: take user.content.private out of what is passed here" in report_text(report, never)


def test_without_a_guard_the_advice_declares_one(report: Report, context: Context) -> None:
    text = report_text(replace(report, stats=Stats(1, 1, 1, 0)), replace(context, guards=()))
    assert 'allows = ["ai.inference"]' in text


def test_the_guard_that_the_advice_declares_can_be_loaded(report: Report, context: Context) -> None:
    _, *lines = advice(report.findings[0], replace(context, guards=()))
    policy = load_policy([PackText("pasted.toml", "\n".join(lines))], default_packs=False)
    assert [guard.allows for guard in policy.field_guards("ai_consent")] == [("ai.inference",)]


OFFERS = [
    (GuardKind.TEST, {}, "x is true"),
    (GuardKind.TEST, {"evidence": Evidence.FALSE}, "x is false"),
    (GuardKind.TEST, {"evidence": Evidence.EQUALS, "values": ("granted", 1)}, 'x equals "granted" or 1'),
    (GuardKind.TEST, {"evidence": Evidence.EQUALS, "values": ("*",)}, "x equals the current one"),
    (GuardKind.TEST, {"evidence": Evidence.NOT_EQUALS, "values": (None,)}, "x is not null"),
    (GuardKind.FIELD, {"evidence": Evidence.SET}, "the field x is set (in a test or a filter)"),
    (GuardKind.TEST, {"evidence": Evidence.MEMBER}, "x holds the person"),
    (GuardKind.ROW, {}, "a row of x exists for the person"),
    (GuardKind.ENFORCE, {}, "call x"),
    (GuardKind.DECORATOR, {}, "decorate the function with x"),
    (GuardKind.CONTEXT, {}, "make the call inside `with x`"),
    (GuardKind.FILTER, {}, "take the records from x"),
]


@pytest.mark.parametrize(("kind", "changes", "says"), OFFERS)
def test_the_advice_says_how_to_use_each_kind_of_guard(
    kind: GuardKind, changes: dict[str, object], says: str, report: Report, context: Context
) -> None:
    guard = replace(context.guards[0], kind=kind, matches=("x",), **changes)  # type: ignore[arg-type]  # several types
    assert advice(report.findings[0], replace(context, guards=(guard,)))[1:] == [f"acme.consent: {says}"]


def test_an_organisations_consent_is_not_offered_where_a_persons_is_needed(report: Report, context: Context) -> None:
    guard = replace(context.guards[0], organisation=True)
    rule = replace(context.rules[report.findings[0].rule], person_consent_only=True)
    first, *_ = advice(report.findings[0], replace(context, guards=(guard,), rules={rule.id: rule}))
    assert first.startswith("no guard of the policy allows ai.inference")


def test_one_call_that_may_go_to_several_providers_is_told_once(report: Report, context: Context) -> None:
    first = report.findings[0]
    several = tuple(replace(first, sink=sink, recipient=sink) for sink in ("azure.chat", "groq.chat", "openai.chat"))
    told = report_text(replace(report, findings=several), context)
    assert told.count("guards seen") == told.count("fix:") == 1
    assert "the same, 2 more findings:" in told and "groq.chat (groq.chat)" in told and "3 errors in" in told
    every = report_text(replace(report, findings=several), replace(context, verbose=True))
    assert every.count("fix:") == 3
    other = replace(several[1], data=())
    assert report_text(replace(report, findings=(several[0], other)), context).count("fix:") == 2


def test_a_source_is_named_once(report: Report, context: Context) -> None:
    first = report.findings[0]
    longer = (first.flows[0][0], *first.flows[0])
    told = report_text(replace(report, findings=(replace(first, flows=(first.flows[0], longer)),)), context)
    assert "also from" not in told


def test_how_to_declare_a_guard_is_said_once(report: Report, context: Context) -> None:
    first = report.findings[0]
    elsewhere = replace(first, location=replace(first.location, line=9))
    told = report_text(replace(report, findings=(first, elsewhere)), replace(context, guards=()))
    assert told.count("[[guard]]") == 1
    assert "fix: as above: no guard of the policy allows ai.inference" in told


def test_a_flow_from_the_same_file_is_told_before_a_shorter_one_from_elsewhere(
    report: Report, context: Context
) -> None:
    first = report.findings[0]
    source, *steps = first.flows[0]
    elsewhere = replace(source, location=replace(source.location, path="other/ai.py"))
    flows = ((elsewhere, steps[-1]), first.flows[0])
    told = report_text(replace(report, findings=(replace(first, flows=flows),)), context)
    assert told.index("app/ai.py:6:12") < told.index("also from") < told.index("other/ai.py")
