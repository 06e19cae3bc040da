"""``explain FILE:LINE``: why a line is, or is not, a finding."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine, Outcome

import datause_lint.analysis

analyse = datause_lint.analysis.analyse  # before a fixture puts another one there

APP = """\
from dataclasses import dataclass

import openai
from helpers import ask, nothing

client = openai.OpenAI()
local = openai.OpenAI(base_url="http://localhost:8000/v1")


@dataclass
class User:
    email: str
    ai_consent: bool


def open_letter(user: User):
    ask(user.email)


def checked_letter(user: User):
    if user.ai_consent:
        ask(user.email)


def weather(city):
    return client.responses.create(input="the weather", model="gpt-4o")


def at_home(user: User):
    return local.responses.create(input=user.email)


def unknown(user: User, sender):
    nothing(user.email)
    sender(user.email)
    client.models.list()


def total(numbers):
    return sum(numbers)


def ignored(user: User):
    ask(user.email)  # datause: ignore[DU101] reason="DPIA-112"
"""

HELPERS = """\
import openai


def ask(text):
    openai.OpenAI().responses.create(input=text)


def nothing(text):
    return len(text)
"""

POLICY = """\
schema = 1

[pack]
name = "app"

[[guard]]
id = "app.consent"
field = ["ai_consent"]
allows = ["ai"]
"""


@pytest.fixture
def explain(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setattr(datause_lint.analysis, "analyse", analyse)
    run.write("app.py", APP)
    run.write("helpers.py", HELPERS)
    run.write("policy.toml", POLICY)
    run.write("datause.toml", 'policy = ["policy.toml"]\n')
    return run


def line_of(code: str, text: str = APP) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if code in line)


def explained(explain: CommandLine, code: str) -> Outcome:
    return explain("explain", f"app.py:{line_of(code)}")


def test_a_finding_is_told_in_full(explain: CommandLine) -> None:
    outcome = explain("explain", "app.py:17")
    assert outcome.status == 1
    assert outcome.out.startswith("app.py:17, in app.open_letter\n   17 |     ask(user.email)\n")
    assert "the line is where a check has to stand and where the data is read and on its way:" in outcome.out
    assert "helpers.py:5:5  openai.OpenAI().responses.create sends it" in outcome.out
    assert "fix: before the call" in outcome.out


def test_a_guarded_call_names_the_check_that_permits_it(explain: CommandLine) -> None:
    outcome = explain("explain", "app.py:22")
    assert outcome.status == 0
    assert "guarded[DU101] user.contact.email reaches openai.responses (OpenAI) for ai.inference" in outcome.out
    assert "app.py:21:8  app.consent counts: allows ai, of user" in outcome.out


def test_a_check_is_told_what_it_permits(explain: CommandLine) -> None:
    outcome = explained(explain, "if user.ai_consent")
    assert outcome.status == 0
    assert "the line is the check that permits it:" in outcome.out


def test_a_sink_is_told_what_reaches_it(explain: CommandLine) -> None:
    outcome = explain("explain", "helpers.py:5")
    assert outcome.status == 1
    assert outcome.out.count("the line is where it is sent:") == 3
    assert "suppressed by ignore: DPIA-112" in outcome.out


REMARKS = [
    (
        "the weather",
        'client.responses.create(input="the weather", model="gpt-4o"): '
        "no personal data arrives in what openai.responses (OpenAI, ai.inference) is given",
    ),
    ("local.responses", "is no sink under the conditions of its entry: unless base_url is '*//localhost"),
    (
        "nothing(user.email)",
        "nothing(user.email): no personal data reaches a sink through this call of helpers.nothing",
    ),
    ("sender(user.email)", "sender(user.email): what is called is not known, and so is no sink; a [[sink]]"),
    ("models.list", "client.models.list(): openai.OpenAI().models.list is no sink of the policy"),
    ("sum(numbers)", "app.total is on no way to a sink"),
    ("import openai", "there is no call on this line"),
]


@pytest.mark.parametrize(("code", "says"), REMARKS)
def test_a_line_that_is_no_finding_says_why(code: str, says: str, explain: CommandLine) -> None:
    outcome = explained(explain, code)
    assert outcome.status == 0
    assert f"no finding: {says}" in outcome.out or says in outcome.out.partition("no finding: ")[2]


def test_a_suppressed_finding_is_none_that_fails(explain: CommandLine) -> None:
    outcome = explained(explain, "datause: ignore")
    assert outcome.status == 0
    assert "suppressed by ignore: DPIA-112" in outcome.out


def test_a_file_that_is_left_out_says_why(explain: CommandLine) -> None:
    explain.write("tests/test_app.py", "import openai\n")
    assert "it is test code, which --include-tests brings in" in explain("explain", "tests/test_app.py:1").out
    assert "test code" not in explain("explain", "tests/test_app.py:1", "--include-tests").out
    assert "exclude leaves it out" in explain("explain", "app.py:17", "--exclude", "app.py").out
    assert "it is no Python source" in explain("explain", "policy.toml:1").out


def test_a_file_that_cannot_be_read_makes_the_answer_incomplete(explain: CommandLine) -> None:
    explain.write("broken.py", "import openai\nopenai.OpenAI(\n")
    outcome = explain("explain", "broken.py:2")
    assert outcome.status == 3
    assert "no finding: the file could not be analysed" in outcome.out
    assert "broken.py:2: error:" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("app.py:999",), "app.py has no line 999"),
        (("nowhere.py:1",), "no such file or folder: nowhere.py"),
        (("app.py:1", "nowhere"), "no such file or folder: nowhere"),
        (("DU101", "app.py"), "only of a line"),
        (("DU999",), "unknown rule DU999"),
    ],
)
def test_what_cannot_be_explained_is_an_error(arguments: tuple[str, ...], says: str, explain: CommandLine) -> None:
    outcome = explain("explain", *arguments)
    assert outcome.status == 2
    assert says in outcome.err
    assert outcome.out == ""


def test_any_spelling_of_the_path_will_do(explain: CommandLine) -> None:
    assert explain("explain", f"{explain.folder}/app.py:17").status == 1
    assert explain("explain", "./app.py:17").status == 1


def test_the_example_application(explain: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2] / "examples")
    outcome = explain("explain", "tutoring/web.py:65")
    assert outcome.status == 1
    assert "tutoring.has-agreed-to does not count (subject): is not about the person whose data this is" in outcome.out
