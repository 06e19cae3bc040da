"""Answers that stand beside people: ``(user, user.ai_consent)`` is about one person, whoever that is by now."""

from __future__ import annotations

from collections.abc import Mapping

from datause_lint.analysis.atoms import Label
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import Fact, Truths
from datause_lint.analysis.objects import ALLOCATED, ELEMENT, OWN_NUMBERS, Obj
from datause_lint.analysis.renaming import replaced
from datause_lint.analysis.values import Value

Fields = Mapping[str, Value]


def with_answers(row: Obj, aged: Obj, fields: Fields, renamed: Fields) -> Fields:
    """The fields of a row of an earlier round, ``aged``, with what their tests say of the people in the same row."""
    told = {key: value.settled().implied for key, value in fields.items() if value.probes or any(value.implied)}
    places = _places(row, aged, fields) if told else {}
    if not places:
        return renamed
    found = dict(renamed)
    for key, implied in told.items():
        found[key] = _saying(found[key], implied, places)
    return found


def answer_in(row: Obj, current: Obj, fields: Fields, key: str, value: Value) -> Value:
    """What is read in the row that ``current`` stands for, with what its test says of the people in it."""
    is_row = row.kind in ALLOCATED or (row.key == ELEMENT and row.root.kind in ALLOCATED)  # of a query: any of its rows
    return _saying(value, value.settled().implied, _places(row, current, fields)) if is_row else value


def answer_of(row: Obj, one: Obj, value: Value) -> Value:
    """What stands in any row of a query, as one of them says it of itself."""
    return _saying(value, value.settled().implied, {row: one})


def _saying(value: Value, implied: Implied, places: Mapping[Obj, Obj]) -> Value:
    said = Implied(*(_moved(facts, places) for facts in implied))
    if not any(said):
        return value
    return Value(value.atoms, Implied(*(a | b for a, b in zip(value.implied, said, strict=True))), value.probes)


def _places(row: Obj, aged: Obj, fields: Fields) -> dict[Obj, Obj]:
    """Who stands where in the row; the row itself stands for the one person whose data it holds."""
    found: dict[Obj, Obj] = {row: aged}
    records: dict[Obj, None] = {}
    numbered: dict[Obj, Obj] = {}
    for key, value in fields.items():
        only = value.only_object() if not key.startswith("@") else None
        if only is not None:
            found[only] = aged.child(key)
            if only.base is not None and only.key in OWN_NUMBERS:
                numbered[only.base] = aged.child(key)
        records.update((atom.record, None) for atom in value.atoms if isinstance(atom, Label))
    if len(records) == 1:
        found.setdefault(next(iter(records)), aged)
    for person, number in numbered.items():  # whoever the number is of is known by it
        found.setdefault(person, number)
    return found


def _moved(facts: Truths, places: Mapping[Obj, Obj]) -> Truths:
    moved: set[Fact] = set()
    for fact in facts:
        if type(fact) is Fact and fact.subject is not None and not fact.every:
            others = [replaced(fact.subject, person, place) for person, place in places.items()]
            moved.update(fact._replace(subject=other) for other in others if other is not fact.subject)
    return frozenset(moved)
