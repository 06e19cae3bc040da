from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

import pytest

from datause_lint.errors import PolicyError
from datause_lint.findings.finding import Finding, Location, SuppressedBy, Suppression, Verdict
from datause_lint.ir.module import Directive, DirectiveKind
from datause_lint.names import CategoryKey, RuleId, UseKey
from datause_lint.policy.compiled import CompiledPolicy
from datause_lint.policy.entries import Confidence, Origin, Severity, Waiver
from datause_lint.suppressions.apply import apply_suppressions

TODAY = date(2027, 3, 31)


@dataclass(frozen=True)
class NamedRule:
    id: RuleId


@dataclass(frozen=True)
class FewRules:
    """As much of a policy as suppressions look at."""

    waivers: tuple[Waiver, ...] = ()
    rules: tuple[NamedRule, ...] = (NamedRule(RuleId("DU101")), NamedRule(RuleId("DU201")))
    categories: dict[str, None] = field(default_factory=lambda: {"user.contact.email": None, "user.name": None})


def finding(line: int = 4, end_line: int | None = None, **changes: object) -> Finding:
    values: dict[str, object] = {
        "rule": RuleId("DU101"),
        "verdict": Verdict.VIOLATION,
        "severity": Severity.ERROR,
        "confidence": Confidence.HIGH,
        "location": Location("app/legacy/ai.py", line, 5, end_line or line, 9),
        "function": "app.legacy.ai.f",
        "message": "",
        "data": (CategoryKey("user"),),
        "use": UseKey("ai.inference"),
        "recipient": "OpenAI",
        "sink": "openai.chat",
        "flows": (),
        "guards": (),
        "fingerprint": "f1",
    }
    return Finding(**{**values, **changes})  # type: ignore[arg-type]  # values of several types


def ignore(line: int, *rules: str, reason: str = "DPIA-112") -> Directive:
    return Directive(DirectiveKind.IGNORE, line, 20, "", rules, reason, "datause: ignore…")


def waiver(rule: str = "DU101", **changes: object) -> Waiver:
    values: dict[str, object] = {
        "rule": RuleId(rule),
        "path": None,
        "fingerprint": None,
        "sink": None,
        "recipient": None,
        "reason": "DPIA-112",
        "owner": "privacy@acme.example",
        "expires": TODAY,
        "origin": Origin("policy.toml", 7),
    }
    return Waiver(**{**values, **changes})  # type: ignore[arg-type]  # values of several types


def decide(
    findings: Sequence[Finding],
    directives: Sequence[Directive] = (),
    waivers: Sequence[Waiver] = (),
    today: date = TODAY,
) -> tuple[list[Suppression | None], list[str]]:
    policy = cast(CompiledPolicy, FewRules(tuple(waivers)))
    decided, notices = apply_suppressions(findings, {"app/legacy/ai.py": tuple(directives)}, policy, today)
    assert len(decided) == len(findings)
    return (
        [one.suppressed for one in decided],
        [f"{notice.path}:{notice.line}: {notice.message}" for notice in notices],
    )


def by_ignore(directives: Sequence[Directive], **changes: object) -> tuple[bool, list[str]]:
    (suppressed,), notices = decide([finding(**changes)], directives)  # type: ignore[arg-type]  # passed through
    return suppressed is not None, notices


def by_waiver(one: Waiver, today: date = TODAY) -> tuple[bool, list[str]]:
    (suppressed,), notices = decide([finding()], waivers=[one], today=today)
    return suppressed is not None, notices


def test_an_ignore_on_the_first_line_of_the_call() -> None:
    assert decide([finding()], [ignore(4, "DU101")]) == ([Suppression(SuppressedBy.IGNORE, "DPIA-112")], [])


def test_an_ignore_on_a_later_line_of_the_call() -> None:
    assert by_ignore([ignore(6, "DU101")], end_line=6) == (True, [])


def test_an_ignore_beside_the_call_is_unused() -> None:
    suppressed, notices = by_ignore([ignore(3, "DU101")])
    assert not suppressed
    assert notices == [
        "app/legacy/ai.py:3: unused ignore: DU101 finds nothing at a call on this line; remove the comment"
    ]


def test_each_rule_of_an_ignore_must_be_used() -> None:
    suppressed, notices = by_ignore([ignore(4, "DU101", "DU201")])
    assert suppressed
    assert notices == [
        "app/legacy/ai.py:4: unused ignore: DU201 finds nothing at a call on this line; remove the comment"
    ]


def test_an_ignore_of_every_rule() -> None:
    assert by_ignore([ignore(4)]) == (True, [])


def test_an_ignore_without_a_reason_has_no_effect() -> None:
    assert by_ignore([ignore(4, "DU101", reason=" ")]) == (
        False,
        ['app/legacy/ai.py:4: the ignore gives no reason and has no effect; add: reason="…"'],
    )


def test_an_ignore_of_an_unknown_rule() -> None:
    assert by_ignore([ignore(4, "DU102")]) == (
        False,
        ['app/legacy/ai.py:4: the ignore names an unknown rule DU102; did you mean "DU101"?'],
    )


def test_a_malformed_comment_has_no_effect() -> None:
    malformed = Directive(DirectiveKind.MALFORMED, 4, 20, "", (), "", "datause : ignore")
    suppressed, notices = by_ignore([malformed])
    assert not suppressed
    assert notices[0].startswith("app/legacy/ai.py:4: cannot read this comment, it has no effect: 'datause : ignore'")


def test_data_of_an_unknown_category() -> None:
    comments = [
        Directive(DirectiveKind.DATA, line, 1, category, (), "", "")
        for line, category in enumerate(["user.contact.email", "user.contact", "user", "user.contact.emial"], 1)
    ]
    assert decide([], comments)[1] == [
        'app/legacy/ai.py:4: unknown data category user.contact.emial; did you mean "user.contact.email"?'
    ]


def test_a_waiver_holds_through_its_last_day() -> None:
    assert by_waiver(waiver(path="app/legacy/*.py")) == (True, [])
    suppressed, notices = by_waiver(waiver(path="app/legacy/*.py"), today=date(2027, 4, 1))
    assert not suppressed
    assert notices == [
        "policy.toml:7: the waiver of DU101 (DPIA-112) expired on 2027-03-31: 1 finding is back; "
        "ask privacy@acme.example"
    ]


def test_a_waiver_names_its_reason_and_owner() -> None:
    assert decide([finding()], waivers=[waiver(sink="openai.*")])[0] == [
        Suppression(SuppressedBy.WAIVER, "DPIA-112 (owner privacy@acme.example)")
    ]


def test_every_condition_of_a_waiver_must_hold() -> None:
    for fitting in ({"path": "app/"}, {"path": "*.py"}, {"fingerprint": "f1"}, {"recipient": "Open*"}):
        assert by_waiver(waiver(**fitting)) == (True, []), fitting
    unused = ["policy.toml:7: unused waiver of DU101 (DPIA-112): no finding is its subject; remove it"]
    for other in ({"path": "app/*.py"}, {"fingerprint": "f2"}, {"recipient": "openai"}, {"path": "app/", "sink": "x"}):
        assert by_waiver(waiver(**other)) == (False, unused), other


def test_an_expired_waiver_does_not_hide_one_in_force() -> None:
    suppressions, notices = decide(
        [finding()], waivers=[waiver(path="app/", expires=date(2020, 1, 1)), waiver(fingerprint="f1", reason="later")]
    )
    assert suppressions == [Suppression(SuppressedBy.WAIVER, "later (owner privacy@acme.example)")]
    assert len(notices) == 1


def test_an_ignore_comes_before_a_waiver_and_both_count_as_used() -> None:
    suppressions, notices = decide([finding()], [ignore(4, "DU101")], [waiver(path="app/")])
    assert suppressions == [Suppression(SuppressedBy.IGNORE, "DPIA-112")]
    assert notices == []


def test_a_waiver_whose_path_is_no_pattern() -> None:
    with pytest.raises(
        PolicyError, match=r"^policy.toml:7: \[waiver\] path '\[z-a\]' is no pattern as in .gitignore: "
    ):
        by_waiver(waiver(path="[z-a]"))
