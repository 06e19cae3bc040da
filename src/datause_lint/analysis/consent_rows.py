"""Rows that are consents: what is known of a row, by the query that found it and by tests of its fields, and whether
that is all that a policy asks of a consent.

A test is a fact that proves nothing by itself: ``= None`` of ``row.withdrawn_at``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from datause_lint.analysis.facts import Fact, Probe, Same, Truth, Truths
from datause_lint.analysis.objects import Kind, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import whose_consent
from datause_lint.analysis.summary import GuardSite
from datause_lint.analysis.typing_of import types_of
from datause_lint.findings.finding import Location
from datause_lint.ir.instructions import Span
from datause_lint.names import ClassId, UseKey
from datause_lint.policy.entries import Evidence, Guard, GuardKind, Scalar
from datause_lint.policy.wildcards import matches

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame


# ── what a policy asks ────────────────────────────────────────────────────────────────────────────────────────────


def guards_of_rows(frame: Frame, state: State, row: Obj) -> tuple[Guard, ...]:
    """The policy's guards that are rows of the object's class."""
    if not frame.world.policy.row_guards:
        return ()
    named = ClassId(row.key) if row.kind is Kind.CLASS else row.cls
    classes = [named] if named is not None else [kind.cls for kind in types_of(frame, state, row)]
    paths = [path for cls in classes if cls is not None for path in frame.world.class_paths(cls)]
    found = {guard.id: guard for path in paths for guard in frame.world.policy.guards_at(GuardKind.ROW, path)}
    return tuple(found.values())


def probes_of_row(frame: Frame, state: State, row: Obj, name: str, span: Span) -> Iterator[Probe]:
    """What a field of a fetched row may say of its being a consent, once it is tested."""
    if row.kind is Kind.CLASS:
        return
    for guard in guards_of_rows(frame, state, row):
        asked = [expected for field, expected in guard.where if field == name]
        if guard.purpose is not None and name in guard.purpose.names:
            asked.extend(frame.world.policy.purposes)
        for expected in asked:
            yield Probe(_test(guard, expected), (), row.child(attribute(name)), frame.location(span))


def asks_rows_for(frame: Frame, state: State, row: Obj, name: str) -> bool:
    """Whether the field says something of the row's being a consent."""
    return any(
        any(field == name for field, _ in guard.where) or (guard.purpose is not None and name in guard.purpose.names)
        for guard in guards_of_rows(frame, state, row)
    )


def _test(guard: Guard, expected: Scalar) -> Guard:
    """A guard that allows nothing, and says only what the field holds."""
    evidence = _evidence_of(expected)
    return replace(
        guard,
        id=text_of(expected),
        kind=GuardKind.FIELD,
        allows=(),
        purpose=None,
        evidence=evidence,
        values=(expected,) if evidence is Evidence.EQUALS else (),
        organisation=False,
    )


def _evidence_of(expected: Scalar) -> Evidence:
    if expected in ("null", None) or expected is False:
        return Evidence.FALSE
    if expected == "not null":
        return Evidence.SET
    return Evidence.TRUE if expected is True else Evidence.EQUALS


def text_of(expected: Scalar) -> str:
    """The test that a field holds what the policy expects there."""
    if expected in ("null", None):
        return "= None"
    return "!= None" if expected == "not null" else f"= {expected!r}"


# ── what is known of a row ────────────────────────────────────────────────────────────────────────────────────────


def tests_on(truths: Truths, field: Obj) -> list[str]:
    """What the field has been found to hold: that it does not hold it explains, and proves nothing."""
    return [
        truth.guard
        for truth in truths
        if type(truth) is Fact and not truth.uses and not truth.refused and truth.subject is field
    ]


def completed(frame: Frame, state: State, truths: Truths) -> Truths:
    """What rows prove that were found by a part of what is asked, and tested for the rest."""
    if not frame.world.policy.row_guards:
        return truths
    rows: dict[Obj, Location] = {}
    for truth in truths:
        if type(truth) is Fact and not truth.uses and truth.subject is not None and truth.subject.base is not None:
            row = truth.subject.base
            rows[row] = max(rows.get(row, truth.location), truth.location)
    found: set[Truth] = set()
    for row, location in rows.items():
        for guard in guards_of_rows(frame, state, row):
            fact = fact_of_row(frame, guard, row, truths, location)
            if fact is not None and fact.uses:
                found.add(fact)
    return truths | found if found else truths


def said_of_people(frame: Frame, state: State, truths: Truths) -> Truths:
    """What is known of some row, whichever it is, as said of those outside of the loop whose consent it is."""
    found: set[Truth] = set()
    for truth in completed(frame, state, truths):
        if type(truth) is Fact and truth.uses and truth.subject is not None and not truth.every:
            people = whose_consent(frame, state, truth.subject, truths)
            found.update(truth._replace(subject=each) for each in people if not each.root.of_a_round)
    return frozenset(found)


def rows_that_prove(frame: Frame, state: State, truths: Truths, span: Span) -> Truths:
    """What it proves of people that rows exist of which so much is known."""
    holders: dict[Obj, None] = {}
    for truth in sorted(truths, key=repr):
        if type(truth) is Fact and truth.subject is not None and truth.subject.base is not None and not truth.uses:
            holders[truth.subject.base] = None
        elif type(truth) is Same:
            holders.update(dict.fromkeys(side.base for side in (truth.left, truth.right) if side.base is not None))
    found: set[Truth] = set()
    for holder in holders:
        for guard in guards_of_rows(frame, state, holder):
            fact = fact_of_row(frame, guard, holder, truths, frame.location(span))
            if fact is not None:
                frame.note_guard(GuardSite(fact, frame.function.id))
            if fact is not None and fact.uses:
                found.add(fact)
    return frozenset(found)


def fact_of_row(frame: Frame, guard: Guard, row: Obj, truths: Truths, location: Location) -> Fact | None:
    """The consent that the row is: to no use where its purpose is not known; None where it need not be one."""
    if not all(_satisfied(tests_on(truths, row.child(attribute(name))), expected) for name, expected in guard.where):
        return None
    uses = guard.allows
    if guard.purpose is not None:
        named = tests_on(truths, row.child(attribute(guard.purpose.names[0]))) if guard.purpose.names else []
        uses = _uses(frame, named)
    return Fact(guard.id, uses, row.child(attribute(guard.person)), location, guard.organisation)


def _satisfied(tests: list[str], expected: Scalar) -> bool:
    if isinstance(expected, str) and expected not in ("null", "not null"):
        return any(matches(expected, test[3:-1]) for test in tests if test.startswith(("= '", '= "')))
    return text_of(expected) in tests


def _uses(frame: Frame, tests: list[str]) -> tuple[UseKey, ...]:
    for test in sorted(tests):
        if test.startswith(("= '", '= "')):
            uses = frame.world.policy.uses_of_purpose(test[3:-1])
            if uses:
                return uses
    return ()
