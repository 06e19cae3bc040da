"""A report that has one of everything, and the files that it is about."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from datause_lint.findings.finding import (
    FileError,
    Finding,
    GuardSeen,
    Location,
    Notice,
    Report,
    Role,
    Stats,
    Step,
    SuppressedBy,
    Suppression,
    Verdict,
    Why,
)
from datause_lint.findings.fingerprint import fingerprint
from datause_lint.names import CategoryKey, RuleId, UseKey
from datause_lint.policy.entries import (
    ArgumentRef,
    Confidence,
    Evidence,
    Guard,
    GuardKind,
    Origin,
    Rule,
    Severity,
    Unless,
)
from datause_lint.reporters.base import Context, Coverage

SNAPSHOTS = Path(__file__).with_name("snapshots")
ORIGIN = Origin("policy.toml", 1)

AI = """\
from app.llm import ask
from app.models import User


def summarise(user: User) -> str:
    note = user.note
    if user.newsletter:
        return ask(note)
    return ""


def score(user: User) -> str:
\tanswer = ask("名前 " + user.full_name); assert user.ai_consent
\treturn answer
"""

LLM = """\
from openai import OpenAI

client = OpenAI()


def ask(text: str) -> str:
    return client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": text}]
    ).output
"""

FILES = {"app/ai.py": AI, "app/llm.py": LLM, "app/größe.py": "train(läufe)  # \x1b[31m\n"}


@dataclass(frozen=True)
class Files:
    """Sources in memory."""

    texts: dict[str, str]

    def line(self, path: str, number: int) -> str | None:
        lines = self.texts.get(path, "").split("\n")
        return lines[number - 1] if 0 < number <= len(lines) else None


def place(path: str, line: int, code: str) -> Location:
    """The location of some code on a line."""
    column = FILES[path].split("\n")[line - 1].index(code) + 1
    return Location(path, line, column, line, column + len(code))


def make_rule(identifier: str, **changes: object) -> Rule:
    values: dict[str, object] = {
        "id": RuleId(identifier),
        "title": "Personal data sent to an external model without consent",
        "data": (CategoryKey("user"),),
        "use": (UseKey("ai.inference"),),
        "recipient": ("*",),
        "person_consent_only": False,
        "unless": Unless.CONSENT,
        "severity": Severity.ERROR,
        "unproven_severity": Severity.WARNING,
        "min_confidence": Confidence.MEDIUM,
        "message": "",
        "help": "Ask first.",
        "references": ("GDPR Art. 6(1)(a)",),
        "origin": ORIGIN,
    }
    return Rule(**{**values, **changes})  # type: ignore[arg-type]  # values of several types


def make_guard(identifier: str, kind: GuardKind, *matches: str, **changes: object) -> Guard:
    values: dict[str, object] = {
        "subject": None,
        "any_subject": False,
        "allows": (UseKey("ai.inference"),),
        "purpose": None,
        "evidence": Evidence.TRUE,
        "values": (),
        "arguments": (),
        "null_allows": False,
        "person": "",
        "where": (),
        "organisation": False,
        "origin": ORIGIN,
    }
    return Guard(id=identifier, kind=kind, matches=matches, **{**values, **changes})  # type: ignore[arg-type]


def make_finding(location: Location, data: str, flows: tuple[tuple[Step, ...], ...], **changes: object) -> Finding:
    values: dict[str, object] = {
        "rule": RuleId("DU101"),
        "verdict": Verdict.VIOLATION,
        "severity": Severity.ERROR,
        "confidence": Confidence.HIGH,
        "location": location,
        "function": "app.ai.summarise",
        "message": f"{data} reaches openai.chat (OpenAI) for ai.inference without a consent check",
        "data": (CategoryKey(data),),
        "use": UseKey("ai.inference"),
        "recipient": "OpenAI",
        "sink": "openai.chat",
        "flows": flows,
        "guards": (),
        "fingerprint": fingerprint(RuleId("DU101"), location.path, "app.ai", "openai.chat", [CategoryKey(data)]),
    }
    return Finding(**{**values, **changes})  # type: ignore[arg-type]  # values of several types


def through_wrapper() -> Finding:
    sink = Step(Role.SINK, Location("app/llm.py", 7, 12, 9, 6), "sink openai.chat, sent to OpenAI", None)
    call = place("app/ai.py", 8, "ask(note)")
    note = CategoryKey("user.content.private")
    source = Step(Role.SOURCE, place("app/ai.py", 6, "user.note"), "the field note of a User is read", note)
    passed = Step(Role.STEP, call, "passed to ask as text", None)
    seen = GuardSeen(
        place("app/ai.py", 7, "user.newsletter"),
        "acme.newsletter",
        False,
        Why.USE,
        "allows marketing, the flow is for ai.inference",
    )
    other = Step(Role.SOURCE, place("app/ai.py", 13, "user.full_name"), "the field full_name of a User is read", note)
    return make_finding(
        call, note, ((source, passed, sink), (other, passed, sink)), guards=(seen,), severity=Severity.ERROR
    )


def checked_too_late() -> Finding:
    call = place("app/ai.py", 13, 'ask("名前 " + user.full_name)')
    name = CategoryKey("user.name")
    source = Step(Role.SOURCE, place("app/ai.py", 13, "user.full_name"), "the field full_name of a User is read", name)
    sink = Step(Role.SINK, Location("app/llm.py", 7, 12, 9, 6), "sink openai.chat, sent to OpenAI", None)
    seen = GuardSeen(
        place("app/ai.py", 13, "user.ai_consent"), "acme.consent", False, Why.ORDER, "checked after the call"
    )
    return make_finding(
        call,
        name,
        ((source, sink),),
        guards=(seen,),
        verdict=Verdict.UNPROVEN,
        severity=Severity.WARNING,
        function="app.ai.score",
    )


def waived() -> Finding:
    call = place("app/größe.py", 1, "train(läufe)")
    data = CategoryKey("user.health_and_medical")
    step = Step(Role.SOURCE, place("app/größe.py", 1, "läufe"), "läufe holds records", data)
    return make_finding(
        call,
        data,
        ((step, Step(Role.SINK, call, "trained on", None)),),
        rule=RuleId("DU201"),
        function="app.größe.<module>",
        use=UseKey("ai.training"),
        suppressed=Suppression(SuppressedBy.WAIVER, "DPIA-112 (owner privacy@acme.example)"),
    )


@pytest.fixture
def report() -> Report:
    return Report(
        findings=(through_wrapper(), checked_too_late(), waived()),
        errors=(FileError("app/broken.py", 3, "invalid syntax"), FileError("app/dir", 0, "is a directory")),
        notices=(Notice("app/ai.py", 8, "unused ignore"),),
        stats=Stats(files=1200, parsed=31, lines=20412, cut=1),
    )


@pytest.fixture
def clean_report() -> Report:
    return Report((), (), (), Stats(files=120, parsed=31, lines=20412, cut=0))


@pytest.fixture
def context() -> Context:
    guards = (
        make_guard("acme.consent", GuardKind.FIELD, "ai_consent"),
        make_guard("acme.may", GuardKind.TEST, "app.models.User().may", allows=(), purpose=ArgumentRef(positions=(0,))),
        make_guard("acme.train", GuardKind.ENFORCE, "app.consent.require", allows=(UseKey("ai.training"),)),
    )
    return Context(
        sources=Files(FILES),
        rules={rule.id: rule for rule in (make_rule("DU101"), make_rule("DU201", severity=Severity.NOTE))},
        guards=guards,
        purposes={"assistant": (UseKey("ai.inference"),), "mail": (UseKey("marketing"),)},
        coverage=Coverage(sinks_reached=3, flows_guarded=5),
        version="0.1.0",
    )


@pytest.fixture
def same_as_snapshot() -> Callable[[str, str], None]:
    """Compares with a file of ``snapshots``; ACCEPT_SNAPSHOTS=1 writes it."""

    def compare(text: str, name: str) -> None:
        file = SNAPSHOTS / name
        if os.environ.get("ACCEPT_SNAPSHOTS"):
            file.write_text(text, encoding="utf-8", newline="\n")
        assert text == file.read_bytes().decode("utf-8")

    return compare
