"""Checks and redactions that protect nobody: DU501 and DU502."""

from __future__ import annotations

from textwrap import dedent

import pytest
from tests.programs import assert_labels, check_program

POLICY = """\
schema = 1

[pack]
name = "tests"

[[guard]]
id = "asked"
test = ["consents.may"]
allows = ["ai"]

[[guard]]
id = "asked-of-registry"
test = ["consents.Registry().may"]
subject = "0"
allows = ["ai"]

[[guard]]
id = "opt-out"
test = ["consents.refused"]
when = false
allows = ["ai"]

[[guard]]
id = "state"
test = ["consents.state"]
equals = ["granted"]
allows = ["ai"]

[[guard]]
id = "required"
enforce = ["consents.require"]
allows = ["ai"]

[[sanitizer]]
id = "redact"
call = ["redaction.redact"]
"""

APP = """\
from dataclasses import dataclass

import consents
import openai
import redaction

@dataclass
class User:
    id: int
    email: str

def send(text):
    openai.OpenAI().responses.create(input=text)

"""

LETTERS = {
    "may": "def letter(user: User):\n    if consents.may(user):\n        send(user.email)\n",
    "refused": "def letter(user: User):\n    if not consents.refused(user):\n        send(user.email)\n",
    "state": "def letter(user: User):\n    if consents.state(user) == 'granted':\n        send(user.email)\n",
    "require": "def letter(user: User):\n    consents.require(user)\n    send(user.email)\n",
}

VACUOUS = [
    ("may", "def may(user):  # expect: DU501\n    return True\n"),
    ("may", "def may(user):  # expect: DU501\n    if user.id > 3:\n        return 'yes'\n    return 1\n"),
    ("may", "OPEN = True\ndef may(user):  # expect: DU501\n    return OPEN\n"),
    ("may", "OPEN = True\ndef may(user):  # expect: DU501\n    return OPEN or user.id in load()\ndef load(): ...\n"),
    ("refused", "def refused(user):  # expect: DU501\n    return None\n"),
    ("state", "def state(user):  # expect: DU501\n    return 'granted'\n"),
    ("require", "def require(user):  # expect: DU501\n    pass\n"),
    ("require", "def require(user):  # expect: DU501\n    print('asked', user.id)\n"),
    ("require", "ON = False\ndef require(user):  # expect: DU501\n    if ON:\n        raise ValueError\n"),
    ("require", "ON = False\ndef require(user):  # expect: DU501\n    if not ON:\n        return\n    check(user)\n"),
]

REAL = [
    ("may", "def may(user):\n    return user.id in load()\ndef load(): ...\n"),
    ("may", "def may(user):\n    if user.id == 3:\n        return False\n    return True\n"),
    ("may", "def may(user) -> bool: ...\n"),
    ("may", "import service\nOPEN = service.flag()\ndef may(user):\n    return OPEN\n"),
    ("refused", "def refused(user):\n    return user.id\n"),
    ("state", "def state(user):\n    return 'granted' if user.id else 'refused'\n"),
    ("require", "def require(user):\n    if not user.id:\n        raise ValueError\n"),
    ("require", "import service\ndef require(user):\n    service.check(user.id)\n"),
    ("require", "import os\nON = os.environ.get('ON')\ndef require(user):\n    if ON:\n        raise ValueError\n"),
]


@pytest.mark.parametrize(("check", "consents"), [*VACUOUS, *REAL])
def test_a_declared_check_that_never_refuses_is_a_finding(check: str, consents: str) -> None:
    assert_labels({"app.py": APP + LETTERS[check], "consents.py": consents}, POLICY)


def test_a_method_that_never_refuses_is_a_finding() -> None:
    consents = """\
    class Registry:
        def may(self, user):  # expect: DU501
            return True
    """
    letter = """
def letter(user: User):
    registry = consents.Registry()
    if registry.may(user):
        send(user.email)
"""
    assert_labels({"app.py": APP + letter, "consents.py": consents}, POLICY)


def test_a_check_that_permits_nothing_is_none() -> None:
    nobody = "def f(user: User):\n    consents.may(user)\n"
    assert_labels({"app.py": APP + nobody, "consents.py": "def may(user):\n    return True\n"}, POLICY)


def test_it_says_what_the_check_permits() -> None:
    (finding,) = check_program({"app.py": APP + LETTERS["may"], "consents.py": VACUOUS[0][1]}, POLICY)
    assert finding.function == "consents.may"
    assert finding.data == ("user.contact.email",)
    assert [step.location.path for flow in finding.flows for step in flow] == ["app.py", "app.py", "app.py"]
    assert [guard.guard for guard in finding.guards] == ["asked"]


OPEN = [
    """
    def clean(text):
        try:
            return redaction.redact(text)  # expect: DU502
        except Exception:
            return text

    def letter(user: User):
        send(clean(user.email))  # expect: DU101
    """,
    """
    def letter(user: User):
        text = user.email
        try:
            text = redaction.redact(text)  # expect: DU502
        except (ValueError, OSError) as error:
            print(error)
        send(text)  # expect: DU101
    """,
]

CLOSED = [
    """
    def letter(user: User):
        try:
            text = redaction.redact(user.email)
        except Exception:
            return
        send(text)
    """,
    """
    def letter(user: User):
        try:
            text = redaction.redact(user.email)
        finally:
            print("done")
        send(text)
    """,
    """
    def letter(user: User):
        try:
            redaction.redact(user.email)
        except Exception:
            print("failed")
        send(user.email)  # expect: DU101
    """,
    """
    def letter(user: User):
        if not consents.may(user):
            return
        try:
            text = redaction.redact(user.email)
        except Exception:
            text = user.email
        send(text)
    """,
]


@pytest.mark.parametrize("code", [*OPEN, *CLOSED])
def test_redaction_that_fails_open_is_a_finding(code: str) -> None:
    assert_labels({"app.py": APP + dedent(code)}, POLICY)


def test_each_redaction_answers_for_what_it_lets_through() -> None:
    code = """
    def first(user: User):
        text = user.email
        try:
            text = redaction.redact(text)
        except Exception:
            pass
        send(text)

    def second(user: User):
        text = user.email
        try:
            text = redaction.redact(text)
        except Exception:
            pass
        send(text)
    """
    found = [one for one in check_program({"app.py": APP + dedent(code)}, POLICY) if one.rule == "DU502"]
    assert [(one.function, len(one.flows)) for one in found] == [("app.first", 1), ("app.second", 1)]


def test_a_policy_can_leave_these_rules_out_or_change_them() -> None:
    rule = '[[rule]]\nid = "DU502"\nreplace = true\nabout = "sanitizer"\ndata = ["user"]\nuse = ["ai.training"]\n'
    found = check_program({"app.py": APP + dedent(OPEN[0])}, POLICY + rule)
    assert [one.rule for one in found] == ["DU101"]
