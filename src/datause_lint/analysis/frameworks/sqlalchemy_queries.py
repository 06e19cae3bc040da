"""SQLAlchemy's statements and queries: which rows they select, and what holds of each.

A statement keeps an object for each model that it selects from (its *elements*), the rows made of them, and the facts
that its conditions prove. Each run of a statement has elements of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import read, stored_keys, stored_value
from datause_lint.analysis.atoms import ApiAtom, Atom, ClassAtom, Const
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.consent_rows import rows_that_prove
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import Fact, Same, Truth, Truths
from datause_lint.analysis.frameworks.sqlalchemy_expressions import (
    CONDITION,
    LABEL,
    RENAMED,
    columns_in,
    field_of,
    is_aggregate,
)
from datause_lint.analysis.objects import ELEMENT, Kind, Obj, attribute, index
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.renaming import moved, replaced
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, UNKNOWN_BOOLEAN, Value, carrying, const, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame

SELECT: Final = "sqlalchemy.select()"
QUERY: Final = "sqlalchemy.orm.Query()"
DELETE: Final = "sqlalchemy.delete()"
UPDATE: Final = "sqlalchemy.update()"
STATEMENT_TYPES: Final = frozenset(
    [
        "sqlalchemy.select",
        "sqlalchemy.orm.Query",
        "sqlalchemy.Select",
        "sqlalchemy.sql.Select",
        "sqlalchemy.sql.selectable.Select",
        "sqlalchemy.sql.expression.Select",
        "sqlalchemy.orm.query.Query",
        "sqlmodel.sql.expression.SelectOfScalar",
        "sqlmodel.sql.expression.Select",
    ]
)
ROW: Final = "sqlalchemy.engine.Row()"
TABLE: Final = "sqlalchemy.Table()"
ALIAS: Final = "@alias"  # of an alias: that it is one

ROWS: Final = "@rows"
SCALARS: Final = "@scalars"
ENTITIES: Final = "@entities"  # what a query gives: the elements themselves where it selects nothing else, else rows
SINGLE: Final = "@single"  # whether one thing only is selected
FACTS: Final = "@facts"
TOGETHER: Final = "@together"  # whether what is selected is one row about all that the conditions leave, also of none
ENTITY: Final = "@entity:"  # followed by the placeholder's key: the element that stands for it
LAST: Final = "@last"  # the element that filter_by() and the next join() speak of


def is_statement(frame: Frame, state: State, value: Value) -> bool:
    return any(_is_statement(frame, state, obj) for obj in value.objects())


def is_of_all(frame: Frame, state: State, statement: Value) -> bool:
    constant = read(frame, state, statement, TOGETHER).constant()
    return constant is not None and constant.value is True


def is_change(value: Value) -> bool:
    return any(obj.api in (DELETE, UPDATE) for obj in value.objects())


def _is_statement(frame: Frame, state: State, obj: Obj) -> bool:
    if obj.api in (DELETE, UPDATE):
        return False
    if obj.api in (SELECT, QUERY) or stored_value(frame, state, obj, ROWS) is not None:
        return True
    return obj.symbolic and any(kind.api in STATEMENT_TYPES for kind in types_of(frame, state, obj))


def facts_of(frame: Frame, state: State, statement: Value) -> Value:
    return read(frame, state, statement, FACTS)


class Statement:
    """A statement under construction: a copy of the one before, at the place of the call."""

    def __init__(self, frame: Frame, state: State, span: Span, api: str, before: Value = EMPTY, part: str = "") -> None:
        self.frame, self.state, self.span = frame, state, span
        self.site = frame.site(span) + part
        self.obj = frame.world.objects.external(f"{self.site}~statement", ApiPath(api))
        fields = {key: read(frame, state, before, key) for key in self._keys(before)}
        state.allocate(self.obj)
        for key, value in fields.items():
            state.store(self.obj, key, value)

    def _keys(self, before: Value) -> list[str]:
        keys = dict.fromkeys((ROWS, SCALARS, ENTITIES, SINGLE, TOGETHER, FACTS, LAST) if before.objects() else ())
        for obj in before.objects():
            keys.update(
                dict.fromkeys(key for key in stored_keys(self.frame, self.state, obj) if key.startswith(ENTITY))
            )
        self._before = before
        return list(keys)

    @property
    def value(self) -> Value:
        return of(self.obj)

    # ── entities ──────────────────────────────────────────────────────────────────────────────────────────────────

    def entity(self, placeholder: Obj) -> Obj | None:
        """The element that stands for the placeholder, where the statement selects from it."""
        found = self.state.stored(self.obj, ENTITY + placeholder.key)
        if found is None and any(obj.symbolic for obj in self._before.objects()):
            found = read(self.frame, self.state, self._before, ENTITY + placeholder.key)
        return found.only_object() if found is not None else None

    def elements(self) -> list[Obj]:
        """Those that the statement selects from, the last one first."""
        found: dict[Obj, None] = {}
        fields = self.state.heap.get(self.obj, {})
        for key in (LAST, *(key for key in fields if key.startswith(ENTITY))):
            found.update(dict.fromkeys(fields[key].objects() if key in fields else ()))
        return list(found)

    def add_entity(self, placeholder: Obj, element: Obj | None = None) -> Obj:
        """Selects from one more model, whose rows the element stands for: a new one where none is given."""
        inner = stored_value(self.frame, self.state, placeholder, ROWS)
        if element is None and inner is not None:  # a subquery: its rows, of which its conditions hold
            element = inner.only_object()
            self.require(facts_of(self.frame, self.state, of(placeholder)).implied.true)
        if element is None:
            element = self.element(placeholder.key, class_of(placeholder))
        self.state.store(self.obj, ENTITY + placeholder.key, of(element))
        self.state.store(self.obj, LAST, of(element))
        return element

    def join(self, placeholder: Obj, related: Obj | None = None) -> Obj:
        """Joins a model; ``related`` is the one row of it that belongs to the rows so far, where it is known."""
        known = self.entity(placeholder)
        if known is None:
            return self.add_entity(placeholder, related)
        self.state.store(self.obj, LAST, of(known))
        if related is not None:
            self.require(frozenset((Same(known, related),)))
        return known

    def element(self, name: str, cls: ClassId | None) -> Obj:
        api = None if cls is not None else ApiPath("sqlalchemy.Table()[]")
        made = self.frame.world.objects.external(f"{self.site}~of {name}", api, cls)
        self.state.allocate(made)
        self.frame.world.places[made] = self.frame.location(self.span)
        return made

    # ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def select(self, columns: list[Value]) -> None:
        """What the rows hold: whole elements, columns of them, what is computed from columns."""
        items = [self._item(each) for each in columns]
        elements = {obj for each in items if each[2] is not None for obj in (each[2],)}
        whole = any(each[3] for each in items)
        if len(elements) == 1 and not whole and all(each[2] is not None for each in items):
            row = next(iter(elements))
        else:
            row = self.frame.world.objects.new(f"{self.site}~row", api=ApiPath(ROW))
            self.state.allocate(row)
        is_table = len(items) == 1 and row in items[0][1].atoms
        if is_table:  # its rows hold the columns themselves
            items = [self._column_of(row, name) for name in self._columns_of_table(columns[0])]
        for position, (name, value, _, _) in enumerate(items):
            self.state.store(row, index(position), value)
            if name and not is_table:
                self.state.store(row, index(name), value)
                if row.api == ROW or not self._is_field(name, columns[position]):
                    self.state.store(row, attribute(name), value)
        together = bool(columns) and all(is_aggregate(self.frame, self.state, each) for each in columns)
        self.state.store(self.obj, TOGETHER, const(together))
        self.state.store(self.obj, ROWS, of(row))
        first = items[0][1] if items else EMPTY
        self.state.store(self.obj, SCALARS, first)
        self.state.store(self.obj, SINGLE, of(Const(len(items) == 1, bool)))
        self.state.store(self.obj, ENTITIES, first if whole and len(items) == 1 else of(row))
        self._carry()

    def _columns_of_table(self, table: Value) -> list[str]:
        """The names of ``Table("leads", metadata, Column("email", Text), …)``, in order, until one is not known."""
        names: list[str] = []
        only = placeholder_of(self.frame, self.state, table)
        while only is not None:
            stated = stored_value(self.frame, self.state, only, f"@argument{len(names) + 2}")
            column = stated.only_object() if stated is not None else None
            name = stored_value(self.frame, self.state, column, "@argument0") if column is not None else None
            constant = name.constant() if name is not None else None
            if constant is None or not isinstance(constant.value, str):
                break
            names.append(constant.value)
        return names

    def _column_of(self, row: Obj, name: str) -> tuple[str, Value, Obj | None, bool]:
        return name, self._field_value(row, row.child(attribute(name))), row, False

    def _is_field(self, name: str, column: Value) -> bool:
        field = field_of(self.frame, self.state, column)
        return field is not None and field.key == attribute(name)

    def _item(self, column: Value) -> tuple[str, Value, Obj | None, bool]:
        """Name, value, element, and whether it is the whole element."""
        placeholder = placeholder_of(self.frame, self.state, column)
        if placeholder is not None:
            element = self.entity(placeholder) or self.add_entity(placeholder)
            return class_name(placeholder), of(element), element, placeholder.api != TABLE
        field = field_of(self.frame, self.state, column)
        if field is not None and field.base is not None:
            element = self.entity(field.base) or self.add_entity(field.base)
            return field.key[1:], self._field_value(element, field), element, False
        return self._computed(column)

    def _field_value(self, element: Obj, field: Obj) -> Value:
        value, _ = read_attribute(self.frame, self.state, of(element), field.key[1:], self.span, "", call_values)
        atoms: dict[Atom, Truths] = {a: carried for a, carried in value.atoms.items() if not isinstance(a, ApiAtom)}
        return Value(atoms, value.implied, value.probes)  # what a column holds is no part of a library

    def _computed(self, column: Value) -> tuple[str, Value, Obj | None, bool]:
        parts: list[Value] = []
        for obj in columns_in(self.frame, self.state, column):
            field = field_of(self.frame, self.state, of(obj))
            if field is not None and field.base is not None:
                element = self.entity(field.base) or self.add_entity(field.base)
                parts.append(self._field_value(element, field))
        name = ""
        for obj in column.objects():
            label = stored_value(self.frame, self.state, obj, LABEL)
            constant = label.constant() if label is not None else None
            name = str(constant.value) if constant is not None else name
        renamed = [stored_value(self.frame, self.state, obj, RENAMED) for obj in column.objects()]
        only_label = len(parts) == 1 and name and all(each is not None for each in renamed)
        data = parts[0] if only_label else data_of(self.frame, self.state, join_all([*parts, column]))
        truth = {} if parts or not any(obj.api == CONDITION for obj in column.objects()) else UNKNOWN_BOOLEAN.atoms
        implied = self._mapped(column.implied)
        return name, Value({**truth, **data.atoms}, data.implied if only_label else implied, data.probes), None, False

    # ── conditions ────────────────────────────────────────────────────────────────────────────────────────────────

    def _mapped(self, implied: Implied) -> Implied:
        return Implied(*(self.mapped(facts) for facts in implied))

    def mapped(self, truths: Truths) -> Truths:
        """Facts of placeholders as facts of the statement's elements."""
        return frozenset(self._mapped_truth(truth) for truth in truths)

    def _mapped_truth(self, truth: Truth) -> Truth:
        if type(truth) is Fact:
            return truth._replace(subject=self._placed(truth.subject)) if truth.subject is not None else truth
        assert isinstance(truth, Same)
        return Same(self._placed(truth.left), self._placed(truth.right))

    def _placed(self, obj: Obj) -> Obj:
        element = self.entity(obj.root) if is_placeholder(self.frame, self.state, obj.root) else None
        return replaced(obj, obj.root, element) if element is not None else obj

    def require(self, truths: Truths) -> None:
        """The rows satisfy a condition that proves this."""
        if truths:
            before = read(self.frame, self.state, self.value, FACTS)
            known = before.implied.true | self.mapped(truths)
            known = known | rows_that_prove(self.frame, self.state, known, self.span)
            self.state.store(self.obj, FACTS, Value(before.atoms, Implied(true=known)))
        self._carry()

    def forget(self) -> None:
        """Other rows come in, of which nothing is known."""
        self.state.store(self.obj, FACTS, EMPTY)

    def group(self) -> None:
        """``group_by``: a row for each group, of which there is one only if somebody is in it."""
        self.state.store(self.obj, TOGETHER, const(False))
        self._carry()

    def _carry(self) -> None:
        if is_of_all(self.frame, self.state, self.value):
            return  # there is a row also where none is as the conditions say
        facts = read(self.frame, self.state, self.value, FACTS).implied.true
        facts = facts | frozenset(each._replace(every=True) for each in facts if type(each) is Fact and each.uses)
        for key in (ROWS, SCALARS, ENTITIES):
            before = self.state.stored(self.obj, key)
            if before is not None:
                self.state.store(self.obj, key, carrying(before, facts | self._of_items(before, facts)))
        entities = self.state.stored(self.obj, ENTITIES)
        if self.obj.api == QUERY and entities is not None:
            self.state.store(self.obj, ELEMENT, entities)

    def _of_items(self, rows: Value, facts: Truths) -> Truths:
        """The same, of the elements as items of their row."""
        found: set[Truth] = set()
        for row in rows.objects():
            for key, value in self.state.heap.get(row, {}).items() if row.api == ROW else ():
                element = value.only_object()
                if element is not None and len(value.atoms) == 1 and not key.startswith("@"):
                    found.update(moved(fact, element, row.child(key)) for fact in facts)
        return frozenset(found)


# ── placeholders ──────────────────────────────────────────────────────────────────────────────────────────────────


def placeholder_of(frame: Frame, state: State, value: Value) -> Obj | None:
    """What stands for a model in expressions: its class object, or an alias."""
    for atom in frame.world.resolve(value).atoms:
        if isinstance(atom, ClassAtom):
            return frame.world.objects.class_object(atom.cls)
        if type(atom) is Obj and is_placeholder(frame, state, atom):
            return atom
        if type(atom) is Obj:
            for known in frame.known_atoms(atom):
                if isinstance(known, ClassAtom):
                    return frame.world.objects.class_object(known.cls)
    return None


def is_placeholder(frame: Frame, state: State, obj: Obj) -> bool:
    return obj.kind is Kind.CLASS or obj.api == TABLE or stored_value(frame, state, obj, ALIAS) is not None


def class_of(placeholder: Obj) -> ClassId | None:
    return ClassId(placeholder.key) if placeholder.kind is Kind.CLASS else placeholder.cls


def class_name(placeholder: Obj) -> str:
    cls = class_of(placeholder)
    return cls.rpartition(":")[2].rpartition(".")[2] if cls is not None else ""
