"""What the conditions of a statement prove of everybody whose rows it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from datause_lint.analysis.evidence import OTHER, outcomes
from datause_lint.analysis.sql.logic import EITHER, NO, YES, Assumption, Logic, Outcomes, Place, placeholder_name
from datause_lint.analysis.sql.names import tables_of
from datause_lint.analysis.sql.scopes import Scope, Scopes, Table, group_of, scope_of
from datause_lint.analysis.sql.selection import NONE, Proof, Proofs
from datause_lint.analysis.sql.trees import conjuncts
from datause_lint.names import UseKey
from datause_lint.policy.compiled import CompiledPolicy
from datause_lint.policy.entries import Guard

if TYPE_CHECKING:
    from sqlglot import exp


class Proving(Scopes):
    """Holds conditions against what a policy calls consent."""

    def __init__(self, constants: Mapping[str, object], policy: CompiledPolicy) -> None:
        super().__init__()
        self.constants = constants
        self.policy = policy

    def _proofs(self, scope: Scope, tables: dict[str, None], beside: exp.Expr | None = None) -> Proofs:
        """What holds of everybody of the tables whose rows are kept."""
        if beside is not None:
            scope = replace(scope, conditions=[*scope.conditions, beside])
            self._open_subqueries(beside, scope, {})
        found: list[Proofs] = [self._proofs_of(scope, table) for table in (tables or {"": None})]
        return frozenset.intersection(*found)

    def _proofs_of(self, scope: Scope, table: str) -> Proofs:
        group = group_of(table, scope.links)
        proven: set[Proof] = set()
        for place in self._places(scope):
            if place.table and table and place.table not in group:
                continue
            for guard in self.policy.field_guards(self._tested(scope, place)):
                if guard.purpose is None and self._holds(scope, guard, place):
                    proven.add(Proof(guard, guard.allows))
        for each in self._all_tables(scope):
            if table and each.key not in group:
                continue
            inner = each.selected.proven if each.selected is not None else NONE
            if inner and (each.key == table or True not in self._kept(scope, Assumption(absent=each.key))):
                proven.update(inner)
            proven.update(self._row_proofs(scope, each))
        return frozenset(proven)

    def _tested(self, scope: Scope, place: Place) -> str:
        """The table column that a subquery's column is."""
        for table in self._all_tables(scope):
            if table.key == place.table and table.selected is not None:
                found = next((each for each in table.selected.columns if each.name.lower() == place.column), None)
                return found.tested if found is not None else place.column
        return place.column

    def _holds(self, scope: Scope, guard: Guard, place: Place) -> bool:
        """Whether no row is kept whose column holds anything else than consent."""
        domain, consenting = outcomes(guard)
        refusing = [value for value in domain if not any(value is each or value == each for each in consenting)]
        named = tuple(value for value in domain if value is not OTHER)
        return bool(refusing) and all(
            True not in self._kept(scope, Assumption(place, value, named)) for value in refusing
        )

    def _row_proofs(self, scope: Scope, table: Table) -> Iterator[Proof]:
        """A row of consent that must be there."""
        for guard in self._rows_there(scope, table):
            uses = guard.allows if guard.purpose is None else self._purpose(scope, table, guard)
            if uses:
                yield Proof(guard, uses)

    def _rows_there(self, scope: Scope, table: Table) -> Iterator[Guard]:
        """The rows of consent that must be there, for whatever purpose."""
        for guard in self.policy.row_guards if table.name else ():
            if table.name not in tables_of(guard):
                continue
            if True in self._kept(scope, Assumption(absent=table.key)):
                continue
            if all(self._demands(scope, Place(table.key, name.lower()), wanted) for name, wanted in guard.where):
                yield guard

    def _permitting(self, scope: Scope, place: Place) -> tuple[Guard, ...]:
        """The rows of consent of which the column says for which purpose they are."""
        return tuple(
            guard
            for table in scope.tables.values()
            if table.key == place.table
            for guard in self._rows_there(scope, table)
            if guard.purpose is not None and place.column in map(str.lower, guard.purpose.names)
        )

    def _demands(self, scope: Scope, place: Place, wanted: object) -> bool:
        if wanted == "null":
            others: list[object] = [OTHER]
        elif wanted == "not null":
            others = [None]
        elif isinstance(wanted, bool):
            others = [not wanted, None]
        else:
            others = [OTHER, None]
        named = () if wanted in ("null", "not null") else (wanted,)
        return all(True not in self._kept(scope, Assumption(place, other, named)) for other in others)

    def _purpose(self, scope: Scope, table: Table, guard: Guard) -> tuple[UseKey, ...]:
        assert guard.purpose is not None
        place = Place(table.key, guard.purpose.names[0].lower() if guard.purpose.names else "")
        for constant in self._constants_in(scope):
            if isinstance(constant, str) and self._demands(scope, place, constant):
                return self.policy.uses_of_purpose(constant)
        return ()

    def _constants_in(self, scope: Scope) -> Iterator[object]:
        for node in self._nodes(scope):
            if type(node).__name__ == "Literal":
                yield str(node.this)
            elif type(node).__name__ in ("Placeholder", "Parameter"):
                yield self.constants.get(placeholder_name(node))

    def _all_tables(self, scope: Scope) -> list[Table]:
        found = list(scope.tables.values())
        inside = {id(node) for node in self._nodes(scope)}
        for name, (_, inner) in self._scopes.items():
            if name in inside:
                found.extend(inner.tables.values())
        return found

    def _places(self, scope: Scope) -> dict[Place, None]:
        """Every column that the conditions look at."""
        found: dict[Place, None] = {}
        inside = list(self._nodes(scope))
        inner_of: dict[int, Scope] = {}
        for node in inside:
            known = self._scopes.get(id(node))
            if known is not None:
                inner_of[id(node)] = known[1]
        for node in inside:
            if type(node).__name__ == "Column":
                found[scope_of(node, inner_of, scope).place_of(node)] = None  # type: ignore[arg-type]  # a Column
        return found

    def _nodes(self, scope: Scope) -> Iterator[exp.Expr]:
        for condition in (*scope.conditions, *(each.matching for each in scope.tables.values() if each.matching)):
            yield from condition.walk()
        for name, (_, inner) in list(self._scopes.items()):
            if inner.outer is scope or any(id(node) == name for node in _walk_all(scope.conditions)):
                for condition in inner.conditions:
                    yield from condition.walk()

    def _exists(self, query: exp.Expr, logic: Logic) -> Outcomes:
        while type(query).__name__ in ("Subquery", "Paren"):
            query = query.this
        known = self._scopes.get(id(query))
        if known is None:
            return EITHER
        _, scope = known
        outcome = self._kept(scope, logic.assumption)
        if True not in outcome:
            return NO
        # The assumption is about the very row that the subquery finds.
        tables = {each.key for each in scope.tables.values()}
        place = logic.assumption.place
        return YES if outcome == YES and place is not None and place.table in tables else EITHER

    def _kept(self, scope: Scope, assumption: Assumption) -> Outcomes:
        """Whether a row of the scope's tables may be kept."""
        assumption = self._unmatched(scope, assumption)
        if any(table.always and table.key == assumption.absent for table in scope.tables.values()):
            return NO
        logic = Logic(assumption, self.constants, scope.place_of, self._exists)
        total: Outcomes = YES
        for condition in scope.conditions:
            for conjunct in conjuncts(condition):
                outcome = YES if self._is_link(conjunct, scope) else logic.truth(conjunct)
                total = frozenset(a is True and b is True for a in total for b in outcome)
        return total

    def _unmatched(self, scope: Scope, assumption: Assumption) -> Assumption:
        """A row of an outer join that does not match is none."""
        for table in scope.tables.values():
            if table.matching is None or assumption.place is None or assumption.place.table != table.key:
                continue
            if True not in Logic(assumption, self.constants, scope.place_of, self._exists).truth(table.matching):
                return Assumption(absent=table.key)
        return assumption

    def _is_link(self, node: exp.Expr, scope: Scope) -> bool:
        if type(node).__name__ != "EQ" or scope.outer is None:
            return False
        sides = [node.this, node.args["expression"]]
        return (
            all(type(side).__name__ == "Column" for side in sides)
            and len({scope.place_of(side).table for side in sides}) == 2
        )


def _walk_all(conditions: list[exp.Expr]) -> Iterator[exp.Expr]:
    for condition in conditions:
        yield from condition.walk()
