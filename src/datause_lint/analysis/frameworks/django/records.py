"""One record of a query: whom it was asked for, and what the query proves of it."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.answers import answer_of
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.frame import Frame, carried_by
from datause_lint.analysis.frameworks.django.conditions import FROM, NAMED, NATURAL, PLUS, Query, person_path, proven
from datause_lint.analysis.frameworks.django.managers import (
    QUERYSET,
    elements_of,
    model_of,
    query_for,
)
from datause_lint.analysis.frameworks.django.rows import (
    consenting_rows,
    related_rows,
    remembered,
    simple,
)
from datause_lint.analysis.frameworks.django.stated_conditions import Condition, split
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import KEY, OWN_NUMBER, OWN_NUMBERS, Kind, Obj, attribute
from datause_lint.analysis.own_numbers import of_different_classes
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.renaming import moved
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value, carrying, const, join_all
from datause_lint.names import ClassId

MAXIMAL_STEPS: Final = 8  # from a query back to the one whose column it gives


def single(call: ModelCall, sources: list[Obj], conditions: Condition, part: str = "") -> Value:
    """One record of a query: with what the query proves of it, and whom it was asked for."""
    frame, state = call.frame, call.state
    column = _single_column(call, sources, conditions, part)
    if column is not None:
        return column
    rows = [elements_of(frame, state, source) for source in sources]
    if any(not row.objects() or holds_columns(frame, state, row) for row in rows):
        return join_all(rows)
    model = next((each for each in (model_of(frame, state, source) for source in sources) if each is not None), None)
    cls = ClassId(model) if model is not None and ":" in model else None
    made = call.external(f"{model}()" if model is not None and cls is None else None, cls, part)
    facts: Truths | None = None
    known: dict[str, Value] = {}
    for source in sources:
        known = remembered(frame, state, source)
        for atom, carried in elements_of(frame, state, source).atoms.items():
            if type(atom) is not Obj:
                continue
            query = query_for(call, source, made)
            own = frozenset(moved(truth, atom, made) for truth in carried)
            own |= proven(query, conditions) | related_rows(query, conditions)
            facts = own if facts is None else common(facts, own)
            _copy_notes(frame, state, atom, made)
    known = {**known, **dict(simple(conditions))}
    query = Query(frame, state, model, made, frame.location(call.span))
    _identify(call, query, made, known)
    for key, value in known.items():
        state.store(made, key, value)
    return Value({made: (facts or NOTHING) | consenting_rows(query, known)})


def _single_column(call: ModelCall, sources: list[Obj], conditions: Condition, part: str) -> Value | None:
    """``values_list("ai_consent", flat=True).get(pk=pk)``: the field of the one record."""
    only = sources[0] if len(sources) == 1 else None
    found = _flattened(call.frame, call.state, only) if only is not None else None
    if only is None or found is None:
        return None
    records, name = found
    since = _narrowed_since(call.frame, call.state, only, records)
    record = single(call, [records], Condition("and", (*since, conditions)), part)
    value, after = read_attribute(call.frame, call.state, record, name, call.span, "", call.caller)
    return carrying(value, carried_by(record)) if after is not None else None


def _flattened(frame: Frame, state: State, query: Obj) -> tuple[Obj, str] | None:
    """Of a query of one column: the query that the column was taken from, and its name."""
    current: Obj | None = query
    for _ in range(MAXIMAL_STEPS):
        before = stored_value(frame, state, current, FROM) if current is not None else None
        if current is None or before is None:
            return None
        named = stored_value(frame, state, current, NAMED)
        name = named.constant() if named is not None else None
        records = before.only_object()
        if name is not None:
            is_field = isinstance(name.value, str) and "__" not in name.value
            return (records, str(name.value)) if records is not None and is_field else None
        current = records
    return None


def _narrowed_since(frame: Frame, state: State, query: Obj, records: Obj) -> tuple[Condition, ...]:
    """What a query demands beside what the one demands that it was made from."""
    before = remembered(frame, state, records)
    demanded = {key: value for key, value in remembered(frame, state, query).items() if key not in before}
    return tuple(
        Condition("leaf", (), *split(key.removeprefix(PLUS)), value)
        for key, value in demanded.items()
        if key.startswith(PLUS)
    )


def _copy_notes(frame: Frame, state: State, element: Obj, made: Obj) -> None:
    for key, value in state.heap.get(element, {}).items():
        if key.startswith("."):
            state.store(made, key, answer_of(element, made, value))


def _identify(call: ModelCall, query: Query, made: Obj, conditions: dict[str, Value]) -> None:
    """``get(pk=user_id)`` is whom the id stands for; ``get(user=user)`` is a record of the user."""
    for key, value in conditions.items():
        if not key.startswith(PLUS) or not key_objects(value):
            continue
        path, lookup = split(key.removeprefix(PLUS))
        if lookup not in ("exact", "iexact"):
            continue
        person = person_path(query, path)
        own = made.child(attribute(path[-1]))
        if any(of_different_classes(call.frame, call.state, own, each) for each in key_objects(value)):
            continue
        if person is made or (path[-1] in NATURAL and len(path) == 1):
            call.state.store(made, KEY, value)
            if len(path) == 1 and own.key in OWN_NUMBERS:
                call.state.store(made, OWN_NUMBER, const(True))
        elif person is not None and person.base is made and value.objects() and _is_record(call, value):
            call.state.store(made, person.key, value)


def _is_record(call: ModelCall, value: Value) -> bool:
    """Not an id."""
    only = value.only_object()
    return only is not None and not (
        (only.kind is Kind.FIELD and only.key in (".id", ".pk")) or only.key.endswith("_id")
    )


def holds_columns(frame: Frame, state: State, elements: Value) -> bool:
    """Whether the elements are rows of columns, as values() gives them."""
    return any(
        obj.base is not None and obj.base.api == QUERYSET and not types_of(frame, state, obj)
        for obj in elements.objects()
    )
