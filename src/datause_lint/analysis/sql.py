"""What SQL text selects, and what its conditions prove about the people whose rows it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from datause_lint.analysis import identifiers
from datause_lint.analysis.sql_logic import (
    EITHER,
    NO,
    YES,
    Assumption,
    Logic,
    Outcomes,
    Place,
    placeholder_name,
)
from datause_lint.analysis.sql_tables import is_same_person, tables_of
from datause_lint.analysis.values import OTHER, outcomes
from datause_lint.names import UseKey
from datause_lint.policy.compiled import CompiledPolicy
from datause_lint.policy.entries import Guard

if TYPE_CHECKING:
    from sqlglot import exp

MAXIMAL_TEXT: Final = 20_000
MAXIMAL_NESTING: Final = 60  # of parentheses
MAXIMAL_OPERATORS: Final = 400
MAXIMAL_TABLES: Final = 40  # of one statement, with all its subqueries


class Proof(NamedTuple):
    """A guard that holds for everybody whose row is kept."""

    guard: Guard
    uses: tuple[UseKey, ...]


Proofs = frozenset[Proof]
NONE: Final[Proofs] = frozenset()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the result. ``sources`` are the table columns that stand in it; ``tested`` the one that it is."""

    name: str
    sources: tuple[str, ...] = ()
    tested: str = ""
    implied: Proofs = NONE  # what holds where its value is true


@dataclass(frozen=True, slots=True)
class Selection:
    """``whole``: there are further columns, under names that nobody states.

    ``keys`` are the columns that identify whose rows they are, with the placeholders that they equal. A row of a
    selection that ``counts`` is there whether or not anything was found.
    """

    columns: tuple[Column, ...] = ()
    whole: bool = False
    proven: Proofs = NONE
    keys: tuple[tuple[str, str], ...] = ()
    tables: tuple[str, ...] = ()
    counts: bool = False


# ── reading text ──────────────────────────────────────────────────────────────────────────────────────────────────

_TOKENS = re.compile(
    r"""'(?:[^']|'')*' | "[^"]*" | `[^`]*` | --[^\n]* | /\*.*?\*/
    | %\((?P<named>\w+)\)s | (?P<percent>%s) | (?P<escaped>%%) | \$(?P<number>\d+) | (?P<mark>\?) | (?P<unknown>\{\})
    | :: | :(?P<colon>[A-Za-z_]\w*) | @(?P<at>[A-Za-z_]\w*)""",
    re.VERBOSE | re.DOTALL,
)


def with_named_placeholders(text: str) -> str:
    """The statement with every placeholder in one style: ``:p0`` by position, ``:name`` by name."""
    count = 0

    def named(match: re.Match[str]) -> str:
        nonlocal count
        kind = match.lastgroup
        if kind is None:
            return match[0]
        if kind in ("percent", "mark"):
            count += 1
            return f":p{count - 1}"
        if kind == "number":
            return f":p{int(match[kind]) - 1}"
        if kind == "unknown":
            return ":unknown"
        return "%" if kind == "escaped" else f":{match[kind]}"

    return _TOKENS.sub(named, text)


def looks_like_sql(text: str) -> bool:
    return (
        re.match(
            r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(?:select|with|insert|update|delete|values|table)\b",
            text[:2000],
            re.I | re.S,
        )
        is not None
    )


@lru_cache(maxsize=512)
def parse(text: str) -> exp.Expr | None:
    """The statement; None for text that is none, or too large to be looked at."""
    if len(text) > MAXIMAL_TEXT or not looks_like_sql(text) or _nesting(text) > MAXIMAL_NESTING:
        return None
    if len(re.findall(r"\b(?:and|or|not|union|select|case|join)\b|[-+/|~<>=]", text, re.I)) > MAXIMAL_OPERATORS:
        return None
    import logging

    import sqlglot
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    plain = with_named_placeholders(text)
    for dialect in (None, "postgres", "mysql", "tsql", "snowflake"):
        try:
            found = sqlglot.parse_one(plain, dialect=dialect)
        except (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError):
            continue
        if type(found).__name__ != "Command":
            return found
    return None


def _nesting(text: str) -> int:
    deepest = depth = 0
    for character in text:
        if character == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif character == ")":
            depth -= 1
    return deepest


def read(text: str, constants: Mapping[str, object], policy: CompiledPolicy) -> Selection | None:
    """What the statement selects, given the constants that its placeholders stand for; None where it is not known."""
    tree = parse(text)
    if tree is None:
        return None
    try:
        return _Statement(constants, policy).select(tree, {}, None)
    except RecursionError:
        return None


# ── one statement ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Table:
    """A table of a FROM clause under the name by which the statement calls it."""

    key: str
    name: str  # of the table itself; empty for a subquery
    selected: Selection | None = None  # of a subquery
    always: bool = True  # no row of the result is without one of it
    matching: exp.Expr | None = None  # of an outer join: what a row of it satisfies, where there is one


@dataclass(slots=True)
class _Scope:
    number: int
    outer: _Scope | None
    tables: dict[str, _Table] = field(default_factory=dict)
    conditions: list[exp.Expr] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # tables whose rows are about the same person

    def place_of(self, column: exp.Column) -> Place:
        """The table that the column is of; with no table where several may be meant."""
        name, table = column.name.lower(), column.table.lower()
        scope: _Scope | None = self
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


class _Statement:
    def __init__(self, constants: Mapping[str, object], policy: CompiledPolicy) -> None:
        self.constants = constants
        self.policy = policy
        self._count = 0
        self._scopes: dict[int, tuple[exp.Expr, _Scope]] = {}  # of subqueries in conditions, by their node

    def select(self, node: exp.Expr | None, named: Mapping[str, Selection], outer: _Scope | None) -> Selection | None:
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

    def _common_tables(
        self, node: exp.Expr, named: Mapping[str, Selection], outer: _Scope | None
    ) -> dict[str, Selection]:
        clause = node.args.get("with_") or node.args.get("with")
        found: dict[str, Selection] = {}
        for each in clause.expressions if clause is not None else ():
            selected = self.select(each.this, {**named, **found}, outer)
            if selected is not None:
                found[each.alias.lower()] = _renamed(selected, each)
        return found

    def _combined(
        self, kind: str, node: exp.Expr, named: Mapping[str, Selection], outer: _Scope | None
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

    # ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _scope(self, node: exp.Expr, named: Mapping[str, Selection], outer: _Scope | None) -> _Scope:
        self._count += 1
        scope = _Scope(self._count, outer)
        start = node.args.get("from_") or node.args.get("from")
        first = start.this if start is not None else node.this if type(node).__name__ != "Select" else None
        if first is not None:
            self._add_table(first, scope, named, kept=True)
        for join in [*_joins_inside(first), *(node.args.get("joins") or [])]:
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

    def _add_table(self, node: exp.Expr, scope: _Scope, named: Mapping[str, Selection], *, kept: bool) -> _Table | None:
        kind = type(node).__name__
        if kind == "Table":
            name = node.name.lower()
            selected = named.get(name) if not node.args.get("db") else None
            table = _Table(self._key(scope, name), "" if selected else name, selected, kept)
        elif kind in ("Subquery", "Lateral"):
            table = _Table(self._key(scope, "subquery"), "", self.select(node.this, named, scope), kept)
        elif kind == "Schema":
            return self._add_table(node.this, scope, named, kept=kept)
        else:
            return None
        if len(scope.tables) < MAXIMAL_TABLES:
            scope.tables[(node.alias or node.name or table.key).lower()] = table
        return table

    def _key(self, scope: _Scope, name: str) -> str:
        return f"{scope.number}:{len(scope.tables)}:{name}"

    def _add_join(self, join: exp.Expr, scope: _Scope, named: Mapping[str, Selection]) -> None:
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

    # ── subqueries of conditions ──────────────────────────────────────────────────────────────────────────────────

    def _open_subqueries(self, condition: exp.Expr, scope: _Scope, named: Mapping[str, Selection]) -> None:
        """The tables of ``EXISTS (…)`` and ``x IN (…)`` belong to the statement, too."""
        for query in _subqueries(condition):
            if id(query) in self._scopes or len(self._scopes) >= MAXIMAL_TABLES:
                continue
            inner_named = {**named, **self._common_tables(query, named, scope)}
            inner = self._scope(query, inner_named, scope)
            self._scopes[id(query)] = (query, inner)
            parent = query.parent
            while parent is not None and type(parent).__name__ in ("Subquery", "Paren"):
                parent = parent.parent
            if parent is not None and type(parent).__name__ == "In" and query.expressions:
                self._link_pair(parent.this, scope, _unaliased(query.expressions[0]), inner, inner)
            scope.links.extend(inner.links)

    def _link(self, condition: exp.Expr, scope: _Scope) -> None:
        """``a.user_id = b.id``: both rows are about the same person."""
        for node in _conjuncts(condition):
            if type(node).__name__ == "EQ":
                self._link_pair(node.this, scope, node.args["expression"], scope, scope)

    def _link_pair(
        self, left: exp.Expr, left_scope: _Scope, right: exp.Expr, right_scope: _Scope, into: _Scope
    ) -> None:
        if type(left).__name__ != "Column" or type(right).__name__ != "Column":
            return
        one, other = left_scope.place_of(left), right_scope.place_of(right)  # type: ignore[arg-type]  # columns
        if one.table != other.table and is_same_person(one.column, _table_name(one), other.column, _table_name(other)):
            into.links.append((one.table, other.table))

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

    def _kept(self, scope: _Scope, assumption: Assumption) -> Outcomes:
        """Whether a row of the scope's tables may be kept."""
        assumption = self._unmatched(scope, assumption)
        if any(table.always and table.key == assumption.absent for table in scope.tables.values()):
            return NO
        logic = Logic(assumption, self.constants, scope.place_of, self._exists)
        total: Outcomes = YES
        for condition in scope.conditions:
            for conjunct in _conjuncts(condition):
                outcome = YES if self._is_link(conjunct, scope) else logic.truth(conjunct)
                total = frozenset(a is True and b is True for a in total for b in outcome)
        return total

    def _unmatched(self, scope: _Scope, assumption: Assumption) -> Assumption:
        """A row of an outer join that does not match is none."""
        for table in scope.tables.values():
            if table.matching is None or assumption.place is None or assumption.place.table != table.key:
                continue
            if True not in Logic(assumption, self.constants, scope.place_of, self._exists).truth(table.matching):
                return Assumption(absent=table.key)
        return assumption

    def _is_link(self, node: exp.Expr, scope: _Scope) -> bool:
        if type(node).__name__ != "EQ" or scope.outer is None:
            return False
        sides = [node.this, node.args["expression"]]
        return (
            all(type(side).__name__ == "Column" for side in sides)
            and len({scope.place_of(side).table for side in sides}) == 2
        )

    # ── results ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _selected(self, node: exp.Expr, scope: _Scope, expressions: list[exp.Expr]) -> Selection:
        columns: list[Column] = []
        people: dict[str, None] = {}  # tables whose columns are selected
        whole = False
        for each in expressions:
            tables = self._starred(each, scope)
            if tables is None:
                columns.append(self._column(each, scope))
                people.update(dict.fromkeys(scope.place_of(column).table for column in _columns_in(each)))
                continue
            for table in tables:
                people[table.key] = None
                whole = whole or table.selected is None or table.selected.whole
                columns.extend(table.selected.columns if table.selected is not None else ())
        counts = (
            bool(expressions) and node.args.get("group") is None and all(_is_aggregate(each) for each in expressions)
        )
        personal = self._tables_of_personal(expressions, scope, people)
        return Selection(
            tuple(columns),
            whole,
            self._proofs(scope, personal),
            tuple(self._keys(scope)),
            tuple(table.name for table in scope.tables.values() if table.name),
            counts,
        )

    def _starred(self, node: exp.Expr, scope: _Scope) -> list[_Table] | None:
        """The tables all of whose columns are meant; None for any other expression."""
        if type(node).__name__ == "Star":
            return list(scope.tables.values())
        if type(node).__name__ == "Column" and type(node.this).__name__ == "Star":
            table = scope.tables.get(node.table.lower())  # type: ignore[attr-defined]  # a Column
            return [table] if table is not None else list(scope.tables.values())
        return None

    def _column(self, node: exp.Expr, scope: _Scope) -> Column:
        inner = _unaliased(node)
        name = node.alias_or_name if node.alias_or_name not in ("", "*") else type(inner).__name__.lower()
        tested = inner.name if type(inner).__name__ == "Column" else ""
        derived = self._derived(inner, scope)
        if derived is not None:
            return replace(derived, name=name)
        kind = type(inner).__name__
        implied = NONE
        if kind in ("Exists", "Count") or kind in ("GT", "NEQ", "GTE") and _is_aggregate(inner):
            implied = self._proofs(scope, {}, inner if kind == "Exists" else None)
        return Column(name, tuple(dict.fromkeys(each.name for each in _data_in(inner))), tested, implied)

    def _derived(self, node: exp.Expr, scope: _Scope) -> Column | None:
        """A column of a subquery: what that says of it."""
        if type(node).__name__ != "Column":
            return None
        key = scope.place_of(node).table  # type: ignore[arg-type]  # a Column
        for table in scope.tables.values():
            if table.key == key and table.selected is not None:
                return next((each for each in table.selected.columns if each.name.lower() == node.name.lower()), None)
        return None

    def _tables_of_personal(
        self, expressions: list[exp.Expr], scope: _Scope, people: dict[str, None]
    ) -> dict[str, None]:
        """The tables whose rows the data is about: those of columns that are data by name; of a star, all."""
        found: dict[str, None] = {}
        for each in expressions:
            if self._starred(each, scope) is not None:
                return people
            for column in _data_in(_unaliased(each)):
                if self.policy.classify(column.name) is not None:
                    found[scope.place_of(column).table] = None
        return found or people

    # ── proofs ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _proofs(self, scope: _Scope, tables: dict[str, None], beside: exp.Expr | None = None) -> Proofs:
        """What holds of everybody of the tables whose rows are kept."""
        if beside is not None:
            scope = replace(scope, conditions=[*scope.conditions, beside])
            self._open_subqueries(beside, scope, {})
        found: list[Proofs] = [self._proofs_of(scope, table) for table in (tables or {"": None})]
        return frozenset.intersection(*found)

    def _proofs_of(self, scope: _Scope, table: str) -> Proofs:
        group = _group(table, scope.links)
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
            if each.selected is not None and each.selected.proven:
                if each.key == table or True not in self._kept(scope, Assumption(absent=each.key)):
                    proven.update(each.selected.proven)
            proven.update(self._row_proofs(scope, each))
        return frozenset(proven)

    def _tested(self, scope: _Scope, place: Place) -> str:
        """The table column that a subquery's column is."""
        for table in self._all_tables(scope):
            if table.key == place.table and table.selected is not None:
                found = next((each for each in table.selected.columns if each.name.lower() == place.column), None)
                return found.tested if found is not None else place.column
        return place.column

    def _holds(self, scope: _Scope, guard: Guard, place: Place) -> bool:
        """Whether no row is kept whose column holds anything else than consent."""
        domain, consenting = outcomes(guard)
        refusing = [value for value in domain if not any(value is each or value == each for each in consenting)]
        named = tuple(value for value in domain if value is not OTHER)
        return bool(refusing) and all(
            True not in self._kept(scope, Assumption(place, value, named)) for value in refusing
        )

    def _row_proofs(self, scope: _Scope, table: _Table) -> Iterator[Proof]:
        """A row of consent that must be there."""
        for guard in self.policy.row_guards if table.name else ():
            if table.name not in tables_of(guard):
                continue
            if True in self._kept(scope, Assumption(absent=table.key)):
                continue
            if not all(self._demands(scope, Place(table.key, name.lower()), wanted) for name, wanted in guard.where):
                continue
            uses = guard.allows if guard.purpose is None else self._purpose(scope, table, guard)
            if uses:
                yield Proof(guard, uses)

    def _demands(self, scope: _Scope, place: Place, wanted: object) -> bool:
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

    def _purpose(self, scope: _Scope, table: _Table, guard: Guard) -> tuple[UseKey, ...]:
        assert guard.purpose is not None
        place = Place(table.key, guard.purpose.names[0].lower() if guard.purpose.names else "")
        for constant in self._constants_in(scope):
            if isinstance(constant, str) and self._demands(scope, place, constant):
                return self.policy.uses_of_purpose(constant)
        return ()

    def _constants_in(self, scope: _Scope) -> Iterator[object]:
        for node in self._nodes(scope):
            if type(node).__name__ == "Literal":
                yield str(node.this)
            elif type(node).__name__ in ("Placeholder", "Parameter"):
                yield self.constants.get(placeholder_name(node))

    def _all_tables(self, scope: _Scope) -> list[_Table]:
        found = list(scope.tables.values())
        inside = {id(node) for node in self._nodes(scope)}
        for name, (_, inner) in self._scopes.items():
            if name in inside:
                found.extend(inner.tables.values())
        return found

    def _places(self, scope: _Scope) -> dict[Place, None]:
        """Every column that the conditions look at."""
        found: dict[Place, None] = {}
        inside = list(self._nodes(scope))
        inner_of: dict[int, _Scope] = {}
        for node in inside:
            known = self._scopes.get(id(node))
            if known is not None:
                inner_of[id(node)] = known[1]
        for node in inside:
            if type(node).__name__ == "Column":
                found[_scope_of(node, inner_of, scope).place_of(node)] = None  # type: ignore[arg-type]  # a Column
        return found

    def _nodes(self, scope: _Scope) -> Iterator[exp.Expr]:
        for condition in (*scope.conditions, *(each.matching for each in scope.tables.values() if each.matching)):
            yield from condition.walk()
        for name, (query, inner) in list(self._scopes.items()):
            if inner.outer is scope or any(id(node) == name for node in _walk_all(scope.conditions)):
                for condition in inner.conditions:
                    yield from condition.walk()

    def _keys(self, scope: _Scope) -> Iterator[tuple[str, str]]:
        """``WHERE id = :p0``."""
        for condition in scope.conditions:
            for node in _conjuncts(condition):
                if type(node).__name__ != "EQ":
                    continue
                sides = [node.this, node.args["expression"]]
                for column, other in (sides, sides[::-1]):
                    if type(column).__name__ == "Column" and type(other).__name__ in ("Placeholder", "Parameter"):
                        if _identifies(column.name, scope):
                            yield column.name, placeholder_name(other)


# ── expressions ───────────────────────────────────────────────────────────────────────────────────────────────────

AGGREGATES: Final = frozenset(
    {"Count", "Sum", "Avg", "CountIf", "ApproxDistinct", "Stddev", "Variance", "Median", "Exists"}
)
WITHOUT_DATA: Final = frozenset(
    {
        *AGGREGATES,
        "EQ",
        "NEQ",
        "GT",
        "GTE",
        "LT",
        "LTE",
        "Is",
        "In",
        "Like",
        "ILike",
        "Not",
        "And",
        "Or",
        "Between",
        "Length",
    }
)


def _walk_all(conditions: list[exp.Expr]) -> Iterator[exp.Expr]:
    for condition in conditions:
        yield from condition.walk()


def _unaliased(node: exp.Expr) -> exp.Expr:
    while type(node).__name__ in ("Alias", "Paren"):
        node = node.this
    return node


def _is_aggregate(node: exp.Expr) -> bool:
    inner = _unaliased(node)
    if type(inner).__name__ in WITHOUT_DATA - AGGREGATES or type(inner).__name__ in ("Coalesce", "Cast"):
        return _is_aggregate(inner.this)
    return type(inner).__name__ in AGGREGATES or type(inner).__name__ in ("Max", "Min", "ArrayAgg", "GroupConcat")


def _data_in(node: exp.Expr) -> list[exp.Column]:
    """The columns whose content stands in the expression's value."""
    kind = type(node).__name__
    if kind == "Column":
        return [node]  # type: ignore[list-item]  # by its kind
    if kind in WITHOUT_DATA:
        return []
    if kind == "Select":
        return [each for item in node.expressions for each in _data_in(_unaliased(item))]
    if kind == "If":
        branches = [node.args.get("true"), node.args.get("false")]
        return [each for branch in branches if branch is not None for each in _data_in(branch)]
    return [each for child in node.iter_expressions() for each in _data_in(child)]


def _columns_in(node: exp.Expr) -> list[exp.Column]:
    return [each for each in node.walk() if type(each).__name__ == "Column"]  # type: ignore[misc]  # by their kind


def _conjuncts(node: exp.Expr) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    pending = [node]
    while pending:
        each = pending.pop()
        if type(each).__name__ == "And":
            pending.extend((each.args["expression"], each.this))
        elif type(each).__name__ == "Paren":
            pending.append(each.this)
        else:
            found.append(each)
    return found


def _subqueries(condition: exp.Expr) -> list[exp.Expr]:
    """The outermost SELECTs inside a condition."""
    found: list[exp.Expr] = []
    pending = [condition]
    while pending:
        node = pending.pop()
        if type(node).__name__ == "Select":
            found.append(node)
        else:
            pending.extend(node.iter_expressions())
    return found


def _joins_inside(first: exp.Expr | None) -> list[exp.Expr]:
    return list(first.args.get("joins") or []) if first is not None else []


def _scope_of(node: exp.Expr, inner_of: Mapping[int, _Scope], scope: _Scope) -> _Scope:
    parent: exp.Expr | None = node
    while parent is not None:
        if id(parent) in inner_of:
            return inner_of[id(parent)]
        parent = parent.parent
    return scope


def _table_name(place: Place) -> str:
    return place.table.rpartition(":")[2]


def _group(table: str, links: list[tuple[str, str]]) -> set[str]:
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


def _identifies(column: str, scope: _Scope) -> bool:
    """Whether the column says whose row it is."""
    name = column.lower()
    relation = identifiers.relation_of_id(name)
    if relation is None:
        return name in ("email", "username", "login", "slug")
    singulars = {identifiers.singular(table.name) for table in scope.tables.values()}
    return relation == "" or relation in singulars or identifiers.is_person(relation)


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


def _renamed(selected: Selection, node: exp.Expr) -> Selection:
    """``WITH agreed (a, b) AS (…)``."""
    alias = node.args.get("alias")
    names = [each.name for each in (alias.args.get("columns") or [])] if alias is not None else []
    if not names or len(names) != len(selected.columns):
        return selected
    return replace(selected, columns=tuple(replace(c, name=name) for c, name in zip(selected.columns, names)))
