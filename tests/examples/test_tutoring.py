"""The example application has the findings that its README names, at these lines, and no others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"

EXPECTED = [
    ("training/fine_tune.py", 27, "DU202", "replies"),
    ("training/grades.py", 20, "DU201", "train_on_everybody"),
    ("training/publish.py", 19, "DU301", "sample_messages"),
    ("tutoring/jobs.py", 18, "DU101", "summarise_lesson"),
    ("tutoring/jobs.py", 34, "DU101", "monthly_letter"),
    ("tutoring/web.py", 65, "DU101", "handover"),
    ("tutoring/web.py", 71, "DU101", "draft_reply"),
    ("tutoring/web.py", 80, "DU102", "similar_messages"),
]

REASONS = {"replies": "use", "handover": "subject", "draft_reply": "order", "similar_messages": "branch"}

ROW = re.compile(r"^\| `(?P<path>[^`]+)`, `(?P<function>\w+)` \| (?P<rule>DU\d+) \|", re.MULTILINE)


@pytest.fixture(scope="module")
def report() -> dict:
    command = [sys.executable, "-m", "datause_lint", "check", ".", "--no-cache", "--format", "json"]
    finished = subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True)
    assert finished.returncode == 1, finished.stderr
    return json.loads(finished.stdout)


def test_findings_stand_at_their_lines(report: dict) -> None:
    found = [(f["path"], f["line"], f["rule"], f["function"].rpartition(".")[2]) for f in report["findings"]]
    assert found == EXPECTED
    assert report["errors"] == []


def test_findings_say_why_the_check_does_not_count(report: dict) -> None:
    reasons = {f["function"].rpartition(".")[2]: {guard["why"] for guard in f["guards"]} for f in report["findings"]}
    for function, why in REASONS.items():
        assert why in reasons[function], function


def test_readme_names_the_same_findings() -> None:
    rows = ROW.finditer((EXAMPLES / "README.md").read_text(encoding="utf-8"))
    named = sorted((row["path"], row["rule"], row["function"]) for row in rows)
    assert named == sorted((path, rule, function) for path, _, rule, function in EXPECTED)


@pytest.mark.parametrize("command", ["check .", "map"])
def test_the_readme_shows_what_is_printed(command: str) -> None:
    readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    shown = readme.partition(f"$ cd examples && datause-lint {command}\n")[2].partition("```")[0]
    run = [sys.executable, "-m", "datause_lint", *command.split()]
    wide = {**os.environ, "COLUMNS": "160"}
    printed = subprocess.run(run, cwd=EXAMPLES, capture_output=True, text=True, encoding="utf-8", env=wide).stdout
    lines = {line.rstrip() for line in printed.splitlines()}
    assert [line for line in shown.splitlines() if line != "…" and line.rstrip() not in lines] == []
