"""Rows and columns of tables, wherever they come from: which are data, and what is proven about their people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from datause_lint.analysis import guards, identifiers
from datause_lint.analysis.atoms import Atom, Const, Label
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.facts import NOTHING, Fact, Probe, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import KEY, LENGTH, WRITTEN_BY, Obj, attribute, index
from datause_lint.analysis.sql import Column, Proof, Selection
from datause_lint.analysis.state import State
from datause_lint.analysis.summary import GuardSite
from datause_lint.analysis.values import Value, const, of
from datause_lint.findings.finding import Role, Step
from datause_lint.ir.instructions import Span
from datause_lint.names import CategoryKey, ClassId, covers
from datause_lint.policy.entries import Confidence

TABLE_ROW: Final = "table.row[]"  # the API path of a row
WHOLE: Final = "#whole"  # of a row: that it is about a person, though its columns are not known
USER: Final = CategoryKey("user")
CONTENT: Final = CategoryKey("user.content")
NOT_SELECTED: Final = Selection()
COMPUTED: Final = of(Const(0, int), Const(1, int), Const(None, type(None)))  # nobody's data, whatever it is


def named_columns(names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(Column(name, (name,), name) for name in names)


def make_row(call: ModelCall, selection: Selection, cls: ClassId | None = None, part: str = "~row") -> Obj:
    """An object that stands for each row of a selection."""
    row = call.external(TABLE_ROW if cls is None else None, cls, part)
    state = call.state
    for position, column in enumerate(selection.columns):
        value = column_value(call.frame, row, column, call.span, selection)
        state.store(row, index(position), value)
        plain = _as_named(call, row, column, value)
        state.store(row, attribute(column.name), plain)
        if cls is None:
            state.store(row, index(column.name), plain)
    if not selection.whole and cls is None:
        state.store(row, LENGTH, const(len(selection.columns)))
    if selection.whole and _leads_to_somebody(selection):
        state.store(row, WRITTEN_BY, const(selection.tables[0] if len(selection.tables) == 1 else ""))
    if selection.whole and any(identifiers.is_person(table) for table in selection.tables):
        state.store(row, WHOLE, of(_label(call.frame, row, "", USER, "a row", call.span, Confidence.MEDIUM)))
    return row


def _as_named(call: ModelCall, row: Obj, column: Column, value: Value) -> Value:
    """What a row holds under the column's name: the name says itself what it can, when it is read."""
    policy = call.frame.world.policy
    if policy.field_guards(column.name) and (column.constant or column.tested.lower() != column.name.lower()):
        named = Fact(column.name, (), row, call.frame.location(call.span))  # the name says nothing of what is there
        return Value(COMPUTED.atoms, Implied(value.implied.true | {named}, frozenset({named})))
    if not column.sources and not column.tested:
        return value if value.implied is not NO_IMPLICATION else COMPUTED
    match = policy.classify(column.name)
    if match is not None and match.confidence < Confidence.MEDIUM:
        return value  # of a weak name the table says more
    if column.name in column.sources or match is not None:
        plain: dict[Atom, Truths] = {
            atom: carried for atom, carried in value.atoms.items() if not isinstance(atom, Label)
        }
        return Value(plain, value.implied, value.probes if column.permits else ())
    return value


def column_value(frame: Frame, row: Obj, column: Column, span: Span, selection: Selection = NOT_SELECTED) -> Value:
    """What stands in a column of the row: data by the names of what it is made from; evidence of consent."""
    atoms: dict[Atom, Truths] = {row.child(index(column.name)): NOTHING}
    for label in column_labels(frame, row, column, span, selection):
        atoms[label] = NOTHING
    probes: tuple[Probe, ...] = guards.field_probes(frame, State({}, {}, NOTHING), row, column.tested, span)
    probes += tuple(each for guard in column.permits for each in guards.purpose_probes(frame, row, guard, span))
    implied = Implied(true=facts_of(frame, column.implied, row, span)) if column.implied else NO_IMPLICATION
    return Value(atoms, implied, probes)


def column_labels(
    frame: Frame, row: Obj, column: Column, span: Span, selection: Selection = NOT_SELECTED
) -> list[Label]:
    found: dict[CategoryKey, Label] = {}
    for name in (*column.sources, *([column.name] if column.sources else ())):
        match = frame.world.policy.classify(name)
        if match is not None:
            says_enough = _is_of_somebody(selection, name, match.category)
            confidence = max(match.confidence, Confidence.MEDIUM) if says_enough else match.confidence
            label = _label(frame, row, index(column.name), match.category, name, span, confidence)
            found.setdefault(match.category, label)
    return list(found.values())


def _is_of_somebody(selection: Selection, name: str, category: CategoryKey) -> bool:
    """Whether a weak name says enough: ``name`` of ``users``; ``body`` of ``messages`` with a ``user_id``."""
    if len(selection.tables) == 1 and identifiers.is_person(selection.tables[0]):
        return True
    if not covers(CONTENT, category) or any(identifiers.is_set_up(name, table) for table in selection.tables):
        return False
    if identifiers.is_of_things(name) and not any(map(identifiers.is_writing, selection.tables)):
        return False
    return _leads_to_somebody(selection)


def _leads_to_somebody(selection: Selection) -> bool:
    """Whether a person's table is asked, or rows that have the id of one."""
    columns = [*(column.name for column in selection.columns), *(key for key, _ in selection.keys)]
    relations = [identifiers.relation_of_id(column) for column in columns]
    return any(identifiers.is_person(each) for each in (*selection.tables, *filter(None, relations)))


def _label(
    frame: Frame, row: Obj, field: str, category: CategoryKey, name: str, span: Span, confidence: Confidence
) -> Label:
    step = Step(Role.SOURCE, frame.location(span), f"{name} of a table", category)
    return Label(category, step, row, field, ((),), (), confidence)


def facts_of(frame: Frame, proofs: Iterable[Proof], row: Obj, span: Span) -> Truths:
    """What the selection proves of everybody whose row it gives."""
    facts = frozenset(
        Fact(
            proof.guard.id,
            proof.uses,
            None if proof.guard.any_subject else row,
            frame.location(span),
            proof.guard.organisation,
        )
        for proof in proofs
    )
    for fact in sorted(facts, key=lambda fact: fact.guard):
        frame.note_guard(GuardSite(fact, frame.function.id))
    return facts


def store_key(state: State, row: Obj, keys: Iterable[Value]) -> None:
    """The id by which the row was asked for."""
    found = [value for value in keys if value.atoms]
    if len(found) == 1:
        state.store(row, KEY, found[0])
