"""Verdicts: which flows count as guarded, by which check, and about whom."""

from __future__ import annotations

from textwrap import dedent

from tests.consent.people import HEAD, MODELS, POLICY
from tests.programs import analyse_program

from datause_lint.analysis import AnalysisResult


def result_of(code: str) -> AnalysisResult:
    return analyse_program({"people.py": MODELS, "app.py": HEAD + dedent(code)}, POLICY)


def evidence(code: str) -> list[tuple[str, str, str]]:
    """Of each guarded flow the function, the check that counts, and whom that is about."""
    return [
        (verdict.function, guard.guard, guard.subject)
        for verdict in result_of(code).verdicts
        for guard in verdict.guards
        if guard.counts
    ]


def test_a_check_in_a_helper_for_everybody_is_evidence_where_the_data_comes_from() -> None:
    code = """
    @registry.consent_required
    def tell(text):
        send(text)

    def letter(user: User):
        tell(user.email)
    """
    assert evidence(code) == [("app.letter", "decorated", "everybody")]


def test_two_checks_at_one_place_are_two_verdicts() -> None:
    code = """
    def letter(user: User, other: User):
        if user.ai_consent and other.has_ai_consent():
            send(user.email + other.email)
    """
    assert evidence(code) == [("app.letter", "ai", "user"), ("app.letter", "method", "other")]


def test_beside_data_that_is_not_guarded_what_is_guarded_is_still_known() -> None:
    code = """
    def letter(user: User, other: User):
        if user.ai_consent:
            send(user.email + other.email)
    """
    assert evidence(code) == [("app.letter", "ai", "user")]
    assert [(one.function, len(one.flows)) for one in result_of(code).findings] == [("app.letter", 1)]


def test_the_subject_is_named_as_the_code_names_it() -> None:
    code = """
    def one(note: Note):
        if note.author.ai_consent:
            send(note.body + note.author.email)

    def each(users: list[User]):
        for user in users:
            if user.ai_consent:
                send(user.email)

    def everybody(users: list[User]):
        if all(user.ai_consent for user in users):
            for user in users:
                send(user.email)
    """
    assert evidence(code) == [
        ("app.one", "ai", "note.author"),
        ("app.each", "ai", "the element of the loop in app, line 9"),
        ("app.everybody", "ai", "each element of users"),
    ]
