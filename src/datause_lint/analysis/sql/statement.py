"""What a statement selects: columns, proofs, and the ids that its rows are asked for by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from datause_lint.analysis import identifiers
from datause_lint.analysis.sql.logic import placeholder_name
from datause_lint.analysis.sql.proofs import Proving
from datause_lint.analysis.sql.scopes import Scope, Table, group_of
from datause_lint.analysis.sql.selection import NONE, Column, Selection
from datause_lint.analysis.sql.trees import (
    FUNCTIONS,
    PLACEHOLDERS,
    columns_in,
    conjuncts,
    data_in,
    is_aggregate,
    standing_in,
    subqueries,
    unaliased,
)

if TYPE_CHECKING:
    from sqlglot import exp


class Statement(Proving):
    """One statement, with its subqueries."""

    def select(self, node: exp.Expr | None, named: Mapping[str, Selection], outer: Scope | None) -> Selection | None:
        if node is None:
            return None
        named = {**named, **self._common_tables(node, named, outer)}
        kind = type(node).__name__
        if kind in ("Subquery", "Paren"):
            return self.select(node.this, named, outer)
        if kind in ("Union", "Intersect", "Except"):
            return self._combined(kind, node, named, outer)
        if kind == "Select":
            return self._selected(node, self._scope(node, named, outer), node.expressions)
        returning = node.args.get("returning")
        if kind in ("Insert", "Update", "Delete") and returning is not None:
            return self._selected(node, self._scope(node, named, outer), returning.expressions)
        return None

    def _combined(
        self, kind: str, node: exp.Expr, named: Mapping[str, Selection], outer: Scope | None
    ) -> Selection | None:
        left = self.select(node.this, named, outer)
        right = self.select(node.args.get("expression"), named, outer)
        if kind == "Except" or left is None or right is None:
            return left if kind != "Union" or right is None else right and replace(right, proven=NONE)
        proven = left.proven & right.proven if kind == "Union" else left.proven | right.proven
        return replace(
            left,
            columns=_side_by_side(left.columns, right.columns) if kind == "Union" else left.columns,
            whole=left.whole or right.whole,
            proven=proven,
            keys=tuple(key for key in left.keys if key in right.keys) if kind == "Union" else left.keys,
            tables=(*left.tables, *right.tables),
        )

    def _selected(self, node: exp.Expr, scope: Scope, expressions: list[exp.Expr]) -> Selection:
        columns: list[Column] = []
        people: dict[str, None] = {}  # tables whose columns are selected
        whole = False
        for each in expressions:
            if self._starred(each, scope) is None:
                people.update(dict.fromkeys(scope.place_of(column).table for column in columns_in(each)))
            else:
                people.update(dict.fromkeys(table.key for table in self._starred(each, scope) or ()))
        personal = self._tables_of_personal(expressions, scope, people)
        for each in expressions:
            tables = self._starred(each, scope)
            if tables is None:
                columns.append(self._column(each, scope, personal))
                continue
            for table in tables:
                whole = whole or table.selected is None or table.selected.whole
                columns.extend(table.selected.columns if table.selected is not None else ())
        counts = (
            bool(expressions) and node.args.get("group") is None and all(is_aggregate(each) for each in expressions)
        )
        return Selection(
            tuple(columns),
            whole,
            self._proofs(scope, personal),
            tuple(self._keys(scope) if scope.tables else self._keys_inside(expressions)),
            tuple(table.name for table in scope.tables.values() if table.name),
            counts,
        )

    def _starred(self, node: exp.Expr, scope: Scope) -> list[Table] | None:
        """The tables all of whose columns are meant; None for any other expression."""
        if type(node).__name__ == "Star":
            return list(scope.tables.values())
        if type(node).__name__ == "Column" and type(node.this).__name__ == "Star":
            table = scope.tables.get(node.table.lower())  # type: ignore[attr-defined]  # a Column
            return [table] if table is not None else list(scope.tables.values())
        return None

    def _column(self, node: exp.Expr, scope: Scope, people: dict[str, None]) -> Column:
        inner = unaliased(node)
        name = node.alias_or_name if node.alias_or_name not in ("", "*") else type(inner).__name__.lower()
        tested = inner.name if type(inner).__name__ == "Column" else ""
        derived = self._derived(inner, scope)
        if derived is not None:
            theirs = group_of(scope.place_of(inner).table, scope.links)  # type: ignore[arg-type]  # a Column
            return replace(derived, name=name, implied=derived.implied if theirs.issuperset(people) else NONE)
        kind = type(inner).__name__
        if kind in ("Exists", "Count") or (kind in ("GT", "NEQ", "GTE") and is_aggregate(inner)):
            implied = self._proofs(scope, {}, inner if kind == "Exists" else None)
        else:
            says_itself = kind == "Column" and bool(self.policy.field_guards(tested))
            implied = NONE if says_itself or is_aggregate(inner) else self._proofs(scope, people, inner)
        return Column(
            name,
            tuple(dict.fromkeys(each.name for each in data_in(inner))),
            tested,
            implied,
            tuple(dict.fromkeys(map(placeholder_name, standing_in(inner, PLACEHOLDERS)))),
            tuple(dict.fromkeys(each.name.lower() for each in standing_in(inner, FUNCTIONS))),
            inner.name.lower() if kind in FUNCTIONS else "",
            kind in ("Literal", "Boolean", "Null"),
            self._permitting(scope, scope.place_of(inner)) if tested else (),  # type: ignore[arg-type]  # a Column
        )

    def _derived(self, node: exp.Expr, scope: Scope) -> Column | None:
        """A column of a subquery: what that says of it."""
        if type(node).__name__ != "Column":
            return None
        key = scope.place_of(node).table  # type: ignore[arg-type]  # a Column
        for table in scope.tables.values():
            if table.key == key and table.selected is not None:
                return next((each for each in table.selected.columns if each.name.lower() == node.name.lower()), None)
        return None

    def _tables_of_personal(
        self, expressions: list[exp.Expr], scope: Scope, people: dict[str, None]
    ) -> dict[str, None]:
        """The tables whose rows the data is about: those of columns that are data by name; of a star, all."""
        found: dict[str, None] = {}
        for each in expressions:
            if self._starred(each, scope) is not None:
                return people
            for column in data_in(unaliased(each)):
                if self.policy.classify(column.name) is not None:
                    found[scope.place_of(column).table] = None
        return found or people

    def _keys_inside(self, expressions: list[exp.Expr]) -> Iterator[tuple[str, str]]:
        """``SELECT EXISTS (SELECT 1 FROM consents WHERE user_id = :p0)``: of the only row that there is."""
        inner = [self._scopes.get(id(query)) for each in expressions for query in subqueries(each)]
        if len(inner) == 1 and inner[0] is not None:
            yield from self._keys(inner[0][1])

    def _keys(self, scope: Scope) -> Iterator[tuple[str, str]]:
        """``WHERE id = :p0``."""
        for condition in scope.conditions:
            for node in conjuncts(condition):
                if type(node).__name__ != "EQ":
                    continue
                sides = [node.this, node.args["expression"]]
                for column, other in (sides, sides[::-1]):
                    asks = type(column).__name__ == "Column" and type(other).__name__ in ("Placeholder", "Parameter")
                    if asks and _identifies(column.name, scope):
                        yield column.name, placeholder_name(other)


def _identifies(column: str, scope: Scope) -> bool:
    """Whether the column says whose row it is."""
    name = column.lower()
    relation = identifiers.relation_of_id(name)
    if relation is None:
        return name in ("email", "username", "login", "slug")
    singulars = {identifiers.singular(table.name) for table in scope.tables.values()}
    if relation == "" or relation in singulars:
        return True
    of_people = any(identifiers.is_person(table) for table in singulars)  # those of one owner are not the owner
    return identifiers.is_person(relation) and (relation in ANYBODY or not of_people)


ANYBODY: Final = frozenset({"user", "account", "person", "profile", "customer", "client", "member"})
"""In whatever role: of these a row about a person says who it is."""


def _side_by_side(left: tuple[Column, ...], right: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns of a union: each holds what either side's holds, under the left one's name."""
    return tuple(
        replace(
            one,
            sources=tuple(dict.fromkeys((*one.sources, *(right[position].sources if position < len(right) else ())))),
            tested=one.tested if position < len(right) and right[position].tested == one.tested else "",
            implied=NONE,
        )
        for position, one in enumerate(left)
    )
