"""Guard mutation as a whole: what is analysed, what counts as found, and what the report says."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.consent.people import HEAD, MODELS, POLICY

import datause_lint.analysis
from datause_lint.analysis import AnalysisResult
from datause_lint.cli.main import main
from datause_lint.testing import assert_checks_are_needed

EXAMPLES = Path(__file__).parents[2] / "examples"

GUARDED = """
def letter(user: User):
    if not user.has_consent("assistant"):
        return
    send(user.email)
"""


class Project:
    """A folder with a policy, in which the command runs."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.write("people.py", MODELS)
        self.write("policy.toml", POLICY)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def mutate(self, code: str, *options: str) -> SimpleNamespace:
        self.write("app.py", HEAD + code)
        self._capsys.readouterr()
        status = main(["rules", "mutate", "--policy", "policy.toml", *options])
        captured = self._capsys.readouterr()
        return SimpleNamespace(status=status, out=captured.out, err=captured.err)


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path, capsys)


def test_every_mutant_of_a_check_that_is_needed_is_found(project: Project) -> None:
    outcome = project.mutate(GUARDED, "--verbose")
    assert outcome.status == 0, outcome.out
    assert outcome.out == (
        "found     remove   app.py:5:12 purpose\n"
        "found     negate   app.py:5:12 purpose\n"
        "found     use      app.py:5:12 purpose\n"
        "found     subject  app.py:5:12 purpose\n"
        "1 check that permits a flow, 4 mutants: 4 found, 0 survived\n"
        "found by operator: remove 1 of 1, negate 1 of 1, use 1 of 1, subject 1 of 1\n"
    )


def test_the_scanned_files_are_not_touched(project: Project) -> None:
    project.mutate(GUARDED)
    assert (project.folder / "app.py").read_text() == HEAD + GUARDED


def test_where_two_checks_permit_a_flow_both_are_spoiled(project: Project) -> None:
    code = """
def letter(user: User):
    if user.ai_consent and user.has_ai_consent():
        send(user.email)
"""
    assert project.mutate(code).status == 0


def test_beside_a_flow_that_nobody_permits_the_spoiled_one_is_found(project: Project) -> None:
    code = """
def letter(user: User, friend: User):
    if user.ai_consent:
        send(user.email + friend.email)
"""
    assert project.mutate(code).status == 0


def test_a_check_in_a_helper_is_spoiled_for_all_that_rest_on_it(project: Project) -> None:
    code = """
def allowed(person):
    return person.ai_consent

def letter(user: User):
    if allowed(user):
        send(user.email)

def reminder(user: User):
    if allowed(user):
        send(user.email)
"""
    outcome = project.mutate(code)
    assert outcome.status == 0
    assert outcome.out.startswith("1 check that permits a flow, 4 mutants: 4 found")


def test_a_mutant_that_is_no_finding_is_shown_with_what_was_changed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyse = datause_lint.analysis.analyse
    results: list[AnalysisResult] = []

    def blind(*arguments: object) -> AnalysisResult:
        """Sees nothing new after the first time."""
        results.append(results[0] if results else analyse(*arguments))  # type: ignore[arg-type]  # handed on
        return results[-1]

    monkeypatch.setattr(datause_lint.analysis, "analyse", blind)
    outcome = project.mutate(GUARDED)
    assert outcome.status == 1
    assert outcome.out.startswith(
        "survived  remove   app.py:5:12 purpose\n"
        "    DU101: user.contact.email from app.py:7 to openai.chat at people.py:61"
        " is still permitted by app.py:5:12 purpose\n"
        "    --- app.py\n"
        "    +++ app.py (mutant)\n"
    )
    assert '    -    if not user.has_consent("assistant"):\n    +    if not True:\n' in outcome.out
    assert "4 mutants: 0 found, 4 survived" in outcome.out


def test_without_a_check_there_is_nothing_to_spoil(project: Project) -> None:
    outcome = project.mutate("\ndef letter(user: User):\n    send(user.email)\n")
    assert (outcome.status, outcome.out) == (0, "0 checks that permit a flow, 0 mutants: 0 found, 0 survived\n")


def test_a_file_that_cannot_be_read_makes_the_run_incomplete(project: Project) -> None:
    project.write("broken.py", "import openai, people\nopenai.OpenAI(\n")
    outcome = project.mutate(GUARDED)
    assert outcome.status == 3
    assert "broken.py:2: error:" in outcome.err


def test_what_is_not_there_is_an_error(project: Project) -> None:
    assert main(["rules", "mutate", "nowhere"]) == 2


def test_files_in_other_encodings_are_spoiled_too(project: Project) -> None:
    text = "# -*- coding: latin-1 -*-\n" + HEAD + GUARDED + "GREETING = 'schöne Grüße'\n"
    (project.folder / "other.py").write_bytes(text.encode("latin-1"))
    outcome = project.mutate("")
    assert outcome.status == 0
    assert "4 mutants: 4 found" in outcome.out


def test_the_helper_for_test_suites(project: Project) -> None:
    project.write("app.py", HEAD + GUARDED)
    assert_checks_are_needed(policy=["policy.toml"])
    assert_checks_are_needed("app.py", "people.py", policy=["policy.toml"])
    with pytest.raises(AssertionError, match="no flow of personal data into AI is permitted"):
        assert_checks_are_needed("people.py", policy=["policy.toml"])


def test_the_example_application(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)
    assert main(["rules", "mutate"]) == 0
    assert "4 checks that permit a flow, 16 mutants: 16 found, 0 survived" in capsys.readouterr().out
