"""The tables that a statement speaks of, under the names that it gives them, and which rows are one person's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.sql.logic import Place
from datause_lint.analysis.sql.names import is_same_person
from datause_lint.analysis.sql.selection import Selection
from datause_lint.analysis.sql.trees import conjuncts, joins_inside, subqueries, unaliased

if TYPE_CHECKING:
    from sqlglot import exp

MAXIMAL_TABLES: Final = 40  # of one statement, with all its subqueries


@dataclass(slots=True)
class Table:
    """A table of a FROM clause under the name by which the statement calls it."""

    key: str
    name: str  # of the table itself; empty for a subquery
    selected: Selection | None = None  # of a subquery
    always: bool = True  # no row of the result is without one of it
    matching: exp.Expr | None = None  # of an outer join: what a row of it satisfies, where there is one


@dataclass(slots=True)
class Scope:
    number: int
    outer: Scope | None
    tables: dict[str, Table] = field(default_factory=dict)
    conditions: list[exp.Expr] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # tables whose rows are about the same person

    def place_of(self, column: exp.Column) -> Place:
        """The table that the column is of; with no table where several may be meant."""
        name, table = column.name.lower(), column.table.lower()
        scope: Scope | None = self
        while scope is not None:
            if table and table in scope.tables:
                return Place(scope.tables[table].key, name)
            if not table and scope.tables:
                return Place(scope._only_table_with(name), name)
            scope = scope.outer
        return Place("", name)

    def _only_table_with(self, name: str) -> str:
        if len(self.tables) == 1:
            return next(iter(self.tables.values())).key
        having = [
            each
            for each in self.tables.values()
            if each.selected and any(c.name == name for c in each.selected.columns)
        ]
        return having[0].key if len(having) == 1 else ""


class Scopes:
    """Opens the scopes of a statement."""

    def __init__(self) -> None:
        self._count = 0
        self._scopes: dict[int, tuple[exp.Expr, Scope]] = {}  # of subqueries in conditions, by their node

    def select(self, node: exp.Expr | None, named: Mapping[str, Selection], outer: Scope | None) -> Selection | None:
        """What a subquery of a FROM clause selects."""
        raise NotImplementedError

    def _common_tables(
        self, node: exp.Expr, named: Mapping[str, Selection], outer: Scope | None
    ) -> dict[str, Selection]:
        clause = node.args.get("with_") or node.args.get("with")
        found: dict[str, Selection] = {}
        for each in clause.expressions if clause is not None else ():
            selected = self.select(each.this, {**named, **found}, outer)
            if selected is not None:
                found[each.alias.lower()] = _renamed(selected, each)
        return found

    def _scope(self, node: exp.Expr, named: Mapping[str, Selection], outer: Scope | None) -> Scope:
        self._count += 1
        scope = Scope(self._count, outer)
        start = node.args.get("from_") or node.args.get("from")
        first = start.this if start is not None else node.this if type(node).__name__ != "Select" else None
        if first is not None:
            self._add_table(first, scope, named, kept=True)
        for join in [*joins_inside(first), *(node.args.get("joins") or [])]:
            self._add_join(join, scope, named)
        where = node.args.get("where")
        if where is not None:
            scope.conditions.append(where.this)
        having = node.args.get("having")
        if having is not None:
            scope.conditions.append(having.this)
        for condition in scope.conditions:
            self._open_subqueries(condition, scope, named)
            self._link(condition, scope)
        return scope

    def _add_table(self, node: exp.Expr, scope: Scope, named: Mapping[str, Selection], *, kept: bool) -> Table | None:
        kind = type(node).__name__
        if kind == "Table":
            name = node.name.lower()
            selected = named.get(name) if not node.args.get("db") else None
            table = Table(self._key(scope, name), "" if selected else name, selected, kept)
        elif kind in ("Subquery", "Lateral"):
            table = Table(self._key(scope, "subquery"), "", self.select(node.this, named, scope), kept)
        elif kind == "Schema":
            return self._add_table(node.this, scope, named, kept=kept)
        else:
            return None
        if len(scope.tables) < MAXIMAL_TABLES:
            scope.tables[(node.alias or node.name or table.key).lower()] = table
        return table

    def _key(self, scope: Scope, name: str) -> str:
        return f"{scope.number}:{len(scope.tables)}:{name}"

    def _add_join(self, join: exp.Expr, scope: Scope, named: Mapping[str, Selection]) -> None:
        side = str(join.args.get("side") or "").upper()
        kind = str(join.args.get("kind") or "").upper()
        if side in ("RIGHT", "FULL"):  # rows may be without all that stood before
            for each in scope.tables.values():
                each.always = False
            scope.conditions.clear()
        table = self._add_table(
            join.this, scope, named, kept=side not in ("LEFT", "FULL") and kind not in ("ANTI", "OUTER")
        )
        condition = join.args.get("on")
        if table is None:
            return
        if condition is not None:
            self._open_subqueries(condition, scope, named)
            self._link(condition, scope)
            table.matching = condition if side == "LEFT" else None
            if side not in ("LEFT", "RIGHT", "FULL") and kind not in ("ANTI", "OUTER"):
                scope.conditions.append(condition)
        using = [str(each.name).lower() for each in join.args.get("using") or []]
        if (
            any(is_same_person(name, "", name, "") for name in using)
            or str(join.args.get("method") or "").upper() == "NATURAL"
        ):
            scope.links.extend((each.key, table.key) for each in scope.tables.values() if each is not table)

    def _open_subqueries(self, condition: exp.Expr, scope: Scope, named: Mapping[str, Selection]) -> None:
        """The tables of ``EXISTS (…)`` and ``x IN (…)`` belong to the statement, too."""
        for query in subqueries(condition):
            if id(query) in self._scopes or len(self._scopes) >= MAXIMAL_TABLES:
                continue
            inner_named = {**named, **self._common_tables(query, named, scope)}
            inner = self._scope(query, inner_named, scope)
            self._scopes[id(query)] = (query, inner)
            parent = query.parent
            while parent is not None and type(parent).__name__ in ("Subquery", "Paren"):
                parent = parent.parent
            if parent is not None and type(parent).__name__ == "In" and query.expressions:
                self._link_pair(parent.this, scope, unaliased(query.expressions[0]), inner, inner)
            scope.links.extend(inner.links)

    def _link(self, condition: exp.Expr, scope: Scope) -> None:
        """``a.user_id = b.id``: both rows are about the same person."""
        for node in conjuncts(condition):
            if type(node).__name__ == "EQ":
                self._link_pair(node.this, scope, node.args["expression"], scope, scope)

    def _link_pair(self, left: exp.Expr, left_scope: Scope, right: exp.Expr, right_scope: Scope, into: Scope) -> None:
        if type(left).__name__ != "Column" or type(right).__name__ != "Column":
            return
        one, other = left_scope.place_of(left), right_scope.place_of(right)  # type: ignore[arg-type]  # columns
        if one.table != other.table and is_same_person(one.column, _table_name(one), other.column, _table_name(other)):
            into.links.append((one.table, other.table))


def _table_name(place: Place) -> str:
    return place.table.rpartition(":")[2]


def group_of(table: str, links: list[tuple[str, str]]) -> set[str]:
    """All tables whose rows are about the same person as the table's."""
    found = {table}
    grown = True
    while grown:
        grown = False
        for left, right in links:
            if (left in found) != (right in found):
                found.update((left, right))
                grown = True
    return found


def scope_of(node: exp.Expr, inner_of: Mapping[int, Scope], scope: Scope) -> Scope:
    parent: exp.Expr | None = node
    while parent is not None:
        if id(parent) in inner_of:
            return inner_of[id(parent)]
        parent = parent.parent
    return scope


def _renamed(selected: Selection, node: exp.Expr) -> Selection:
    """``WITH agreed (a, b) AS (…)``."""
    alias = node.args.get("alias")
    names = [each.name for each in (alias.args.get("columns") or [])] if alias is not None else []
    if not names or len(names) != len(selected.columns):
        return selected
    return replace(
        selected, columns=tuple(replace(c, name=name) for c, name in zip(selected.columns, names, strict=True))
    )
