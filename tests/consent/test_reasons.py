"""Why a guard that is there does not count, and when a flow is unproven only."""

from __future__ import annotations

from textwrap import dedent

import pytest
from tests.consent.people import HEAD, MODELS, POLICY, findings
from tests.programs import check_program

from datause_lint.findings.finding import Verdict, Why
from datause_lint.policy.entries import Severity

REASONS = {
    "stale": """
        def f(user: User, friend: User):
            if user.ai_consent:
                user = friend
                send(user.email)
    """,
    "order": """
        def f(user: User):
            send(user.email)
            if not user.ai_consent:
                return
    """,
    "branch": """
        def f(user: User):
            if user.ai_consent:
                print(user.id)
            send(user.email)
    """,
    "negated": """
        def f(user: User):
            if user.ai_consent:
                return
            send(user.email)
    """,
    "subject": """
        def f(user: User, friend: User):
            if friend.ai_consent:
                send(user.email)
    """,
    "use": """
        def f(user: User):
            if user.training_consent:
                send(user.email)
    """,
}

OTHERS = {
    "order": """
        def f(user: User):
            try:
                send(user.email)
            finally:
                registry.require(user)
    """,
    "negated": """
        def f(user: User):
            if user.ai_opt_out:
                send(user.email)
    """,
    "use": """
        def f(user: User):
            if user.has_consent("newsletter"):
                send(user.email)
    """,
    "branch": """
        def f(user: User, flag):
            if flag:
                registry.require(user)
            send(user.email)
    """,
    "subject": """
        def f(user: User, friend: User):
            registry.require(friend)
            send(user.email)
    """,
}


@pytest.mark.parametrize(("why", "code"), [*REASONS.items(), *OTHERS.items()])
def test_why(why: str, code: str) -> None:
    (finding,) = findings(code)
    assert finding.verdict is Verdict.VIOLATION
    (guard,) = finding.guards
    assert not guard.counts
    assert guard.why is not None and guard.why.value == why


@pytest.mark.parametrize("person", ["sender", "receiver"])
def test_one_of_several_people_leaves_a_flow_unproven(person: str) -> None:
    (finding,) = findings(
        f"""
        def f(message: Message):
            if message.{person}.ai_consent:
                send(message.email)
        """
    )
    assert finding.verdict is Verdict.UNPROVEN
    assert finding.severity is Severity.WARNING
    (guard,) = finding.guards
    assert guard.why is not None and guard.why.value == "subject"
    assert guard.note == (
        f"is about message.{person}; no [[record]] says whose data it is of several people: sender, receiver"
    )


def test_a_record_entry_closes_the_hole() -> None:
    files = {"people.py": MODELS, "app.py": HEAD + dedent(OF_A_MESSAGE)}
    stated = '[[record]]\nmodel = ["people.Message"]\nsubject = ["sender"]\n'
    assert [one.verdict for one in check_program(files, POLICY)] == [Verdict.UNPROVEN]
    assert not check_program(files, POLICY + stated)


OF_A_MESSAGE = """
def f(message: Message):
    if message.sender.ai_consent:
        send(message.email)
"""


def test_of_a_check_of_somebody_unknown_the_report_says_so() -> None:
    (finding,) = findings(
        """
        def f(user: User):
            registry.require(who_knows)
            send(user.email)
        """
    )
    (guard,) = finding.guards
    assert guard.why is Why.SUBJECT
    assert guard.note == "is made of somebody of whom the analysis does not know who it is"


def test_without_any_guard_it_is_a_violation() -> None:
    (finding,) = findings(
        """
        def f(message: Message, user: User):
            send(message.email)
        """
    )
    assert finding.verdict is Verdict.VIOLATION
    assert not finding.guards


def test_the_data_of_one_of_them_needs_his_consent() -> None:
    (finding,) = findings(
        """
        def f(message: Message):
            if message.sender.ai_consent:
                send(message.receiver.email)
        """
    )
    assert finding.verdict is Verdict.VIOLATION


def test_an_assert_counts_and_says_what_strips_it() -> None:
    assert not findings(
        """
        def f(user: User):
            assert user.ai_consent
            send(user.email)
        """
    )


NOTES = {
    "is about everybody in another collection, or in a part of this one": """
        def f(users: list[User]):
            if all(user.ai_consent for user in users[:3]):
                for user in users:
                    send(user.email)
    """,
    "held when it was made: the code has put something else there since": """
        def f(user: User):
            if not user.ai_consent:
                return
            user.ai_consent = False
            send(user.email)
    """,
    "asks what the code itself has put there: nobody has answered": """
        def f(user: User):
            user.ai_consent = True
            if user.ai_consent:
                send(user.email)
    """,
}


@pytest.mark.parametrize("note", NOTES)
def test_what_the_reason_says(note: str) -> None:
    (found,) = findings(NOTES[note])
    assert [guard.note for guard in found.guards] == [note]
