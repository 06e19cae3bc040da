from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine

import datause_lint.analysis

analyse = datause_lint.analysis.analyse  # before a fixture puts another one there
EXAMPLES = Path(__file__).parents[2] / "examples"

PROGRAM = 'leak()\nguarded()\nmaybe()\nleak()  # datause: ignore[DU101] reason="DPIA-112"\n'


def test_findings_and_guarded_flows_are_mapped(run: CommandLine) -> None:
    run.write("app.py", PROGRAM)
    outcome = run("map", "--format", "json")
    assert outcome.status == 0, outcome.err
    document = json.loads(outcome.out)
    assert [(flow["line"], flow["verdict"]) for flow in document["flows"]] == [
        (1, "violation"),
        (2, "guarded"),
        (3, "unproven"),
        (4, "violation"),
    ]
    assert document["summary"] == {"violation": 2, "unproven": 1, "guarded": 1}
    assert document["flows"][3]["suppressed"] == {"by": "ignore", "reason": "DPIA-112"}


def test_the_table_is_the_default_and_ends_with_the_counts(run: CommandLine) -> None:
    run.write("app.py", "guarded()\n")
    outcome = run("map")
    assert outcome.out.splitlines()[-1] == "1 flow of personal data into AI: 1 guarded"


def test_the_configuration_hides_no_flow_from_the_map(run: CommandLine) -> None:
    run.write("datause.toml", 'ignore = ["DU101"]\n')
    run.write("app.py", "leak()\n")
    assert json.loads(run("map", "--format", "json").out)["summary"]["violation"] == 1


def test_excluded_files_are_not_mapped(run: CommandLine) -> None:
    run.write("app.py", "leak()\n")
    run.write("old/app.py", "leak()\n")
    outcome = run("map", "--format", "csv", "--exclude", "old")
    assert len(outcome.out.splitlines()) == 2


def test_output_goes_to_files(run: CommandLine) -> None:
    run.write("app.py", "guarded()\n")
    outcome = run("map", "--output", "csv:flows.csv", "--output", "mermaid:flows.mmd")
    assert "1 guarded" in outcome.out
    assert (run.folder / "flows.csv").read_text().startswith("verdict,rule,")
    assert (run.folder / "flows.mmd").read_text().startswith("flowchart LR\n")
    assert run("map", "--format", "json", "--output", "flows.json").out == ""
    assert json.loads((run.folder / "flows.json").read_text())["schema"] == 1


def test_a_file_that_cannot_be_read_makes_the_map_incomplete(run: CommandLine) -> None:
    run.write("app.py", "leak(\n")
    outcome = run("map")
    assert outcome.status == 3
    assert "app.py:1: error:" in outcome.err


@pytest.mark.parametrize("arguments", [("--format", "sarif"), ("nowhere",), ("--policy", "nowhere.toml")])
def test_what_cannot_be_mapped_is_an_error(run: CommandLine, arguments: tuple[str, ...]) -> None:
    outcome = run("map", *arguments)
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") <= 2


def test_the_example_application(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datause_lint.analysis, "analyse", analyse)
    monkeypatch.chdir(EXAMPLES)
    flows = json.loads(run("map", "--format", "json").out)["flows"]
    guarded = {
        flow["function"]: [
            (guard["guard"], f"{guard['path']}:{guard['line']}", guard["subject"]) for guard in flow["guards"]
        ]
        for flow in flows
        if flow["verdict"] == "guarded"
    }
    assert guarded == {
        "training.grades.train_on_volunteers": [
            ("tutoring.research-opt-in", "training/grades.py:11", "the row from training.dataset, line 36")
        ],
        "tutoring.jobs.index_messages": [
            (
                "tutoring.consent-row",
                "tutoring/consents.py:29",
                "the element of the loop in tutoring.jobs, line 41",
            )
        ],
        "tutoring.web.lesson_summary": [
            ("tutoring.has-agreed-to", "tutoring/web.py:50", "student of the Lesson from tutoring.web, line 47")
        ],
        "tutoring.web.study_tips": [
            ("tutoring.has-agreed-to", "tutoring/consents.py:22", "the Student from tutoring.web, line 28")
        ],
    }
