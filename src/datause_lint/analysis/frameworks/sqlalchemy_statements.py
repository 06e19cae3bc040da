"""SQLAlchemy's calls that make statements, and join models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datause_lint.analysis.access import LIST, read
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.facts import Same
from datause_lint.analysis.frameworks.sqlalchemy_calls import (
    in_lists,
    leads_to_one,
    related_class,
    truths,
)
from datause_lint.analysis.frameworks.sqlalchemy_expressions import (
    equality,
    field_of,
    truth_of,
)
from datause_lint.analysis.frameworks.sqlalchemy_models import foreign_keys, table_names
from datause_lint.analysis.frameworks.sqlalchemy_queries import (
    ALIAS,
    DELETE,
    ENTITIES,
    LAST,
    QUERY,
    ROWS,
    SCALARS,
    SELECT,
    UPDATE,
    Statement,
    class_of,
    placeholder_of,
)
from datause_lint.analysis.frameworks.sqlalchemy_tables import (
    FUNCTIONS,
    OF_SESSION,
    OF_STATEMENT,
    of_kind,
)
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import attribute_types
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame

# ── statements ────────────────────────────────────────────────────────────────────────────────────────────────────


def _columns(call: ModelCall) -> list[Value]:
    """The columns that are selected; a list of them, as SQLAlchemy 1.3 had it, too."""
    given: list[Value] = []
    for value in call.arguments.positional:
        only = value.only_object()
        if only is not None and only.api in (LIST, "builtins.tuple"):
            given.append(call.elements(value))
        else:
            given.append(value)
    if call.arguments.more is not None:
        given.append(call.arguments.more)
    return given


@of_kind(FUNCTIONS, "select")
def select(call: ModelCall) -> Value:
    statement = Statement(call.frame, call.state, call.span, SELECT)
    statement.select(_columns(call))
    return statement.value


@of_kind(OF_SESSION, "query")
def query(call: ModelCall) -> Value:
    statement = Statement(call.frame, call.state, call.span, QUERY)
    statement.select(_columns(call))
    return statement.value


def query_of(frame: Frame, state: State, cls: ClassId, span: Span) -> Value:
    """``Model.query``."""
    statement = Statement(frame, state, span, QUERY)
    statement.select([of(frame.world.objects.class_object(cls))])
    return statement.value


def _next(call: ModelCall) -> Statement:
    kinds = [obj.api for obj in call.receiver.objects() if obj.api in (QUERY, DELETE, UPDATE)]
    api = kinds[0] if kinds and kinds[0] is not None else SELECT
    return Statement(call.frame, call.state, call.span, api, call.receiver)


@of_kind(OF_STATEMENT, "where", "filter")
def where(call: ModelCall) -> Value:
    statement = _next(call)
    for part in truths(call, [*call.arguments.positional, *in_lists(call)]):
        statement.require(part.true)
    return statement.value


@of_kind(OF_STATEMENT, "filter_by")
def filter_by(call: ModelCall) -> Value:
    statement = _next(call)
    element = read(call.frame, call.state, call.receiver, LAST).only_object()
    for name, value in call.arguments.keywords.items() if element is not None else ():
        assert element is not None
        if name in call.arguments.maybe:
            continue
        field = element.child(attribute(name))
        statement.require(equality(call.frame, call.state, field, value, call.span).true)
    return statement.value


@of_kind(OF_STATEMENT, "with_only_columns", "with_entities", "add_columns", "add_column", "add_entity")
def other_columns(call: ModelCall) -> Value:
    statement = _next(call)
    columns = _columns(call)
    if call.path.rpartition(".")[2].startswith("add_"):
        before = read(call.frame, call.state, call.receiver, ROWS)
        statement.select(columns)
        rows = call.state.stored(statement.obj, ROWS)
        call.state.store(statement.obj, ROWS, join(before, rows) if rows is not None else before)
    else:
        statement.select(columns)
    return statement.value


@of_kind(OF_STATEMENT, "join", "outerjoin", "join_from", "outerjoin_from")
def joined(call: ModelCall) -> Value:
    statement = _next(call)
    given = call.arguments.positional[1:] if call.path.endswith("_from") else call.arguments.positional
    on = given[1] if len(given) > 1 else call.arguments.keywords.get("onclause")
    outer = "outerjoin" in call.path or any(
        name in call.arguments.keywords and call.arguments.keywords[name].constant() != Const(False, bool)
        for name in ("isouter", "full")
    )
    target = given[0] if given else EMPTY
    _join(call, statement, target, on if on is not None and not outer else None)
    return statement.value


def _join(call: ModelCall, statement: Statement, target: Value, on: Value | None) -> None:
    frame, state = call.frame, call.state
    relation = field_of(frame, state, target)
    if relation is None and on is not None:
        relation = field_of(frame, state, on)
        on = None if relation is not None else on
    placeholder = placeholder_of(frame, state, target)
    if relation is not None:
        _join_relation(call, statement, relation, placeholder)
        return
    if placeholder is None:
        return
    element = statement.join(placeholder) if on is not None else _join_class(call, statement, placeholder)
    if on is not None and element is not None:
        statement.require(truth_of(frame, state, on, call.span).true)


def _join_relation(call: ModelCall, statement: Statement, relation: Obj, placeholder: Obj | None) -> None:
    """``join(Note.owner)``: the joined element is the note's own owner."""
    target = related_class(call, relation)
    if relation.base is None or (target is None and placeholder is None):
        return
    holder = statement.entity(relation.base) or statement.add_entity(relation.base)
    place = placeholder or call.frame.world.objects.class_object(target)  # type: ignore[arg-type]
    if leads_to_one(call, relation):
        statement.join(place, holder.child(relation.key))
        return
    element = statement.join(place)
    back = call.frame.world.wiring.inverse_of(call.frame, class_of(relation.base) or "", relation.key[1:])
    if back is not None:
        statement.require(frozenset((Same(element.child(attribute(back)), holder),)))


def _join_class(call: ModelCall, statement: Statement, placeholder: Obj) -> Obj | None:
    """``join(Account)``: along the one relation or foreign key that leads to it, or back."""
    cls = class_of(placeholder)
    holders = [each for each in statement.elements() if each is not statement.entity(placeholder)]
    for holder in holders if cls is not None else ():
        theirs = class_of(holder)
        assert cls is not None
        if theirs is None:
            continue
        forth, back = _relations(call, theirs, cls), _relations(call, cls, theirs)
        if len(forth) == 1:
            return statement.join(placeholder, holder.child(attribute(forth[0])))
        element = statement.join(placeholder)
        if not forth and _along_foreign_key(call, statement, holder, element):
            return element
        if len(back) == 1:
            statement.require(frozenset((Same(element.child(attribute(back[0])), holder),)))
            return element
    return statement.join(placeholder)


def _along_foreign_key(call: ModelCall, statement: Statement, one: Obj, other: Obj) -> bool:
    """The one column of either that leads to the other's table."""
    for holder, element in ((one, other), (other, one)):
        cls, theirs = class_of(holder), class_of(element)
        if cls is None or theirs is None:
            continue
        tables = table_names(call.frame, theirs)
        leading = [name for name, found in foreign_keys(call.frame, cls).items() if tables & set(found)]
        if len(leading) == 1:
            statement.require(frozenset((Same(holder.child(attribute(leading[0])), element.child(attribute("id"))),)))
            return True
    return False


def _relations(call: ModelCall, cls: ClassId, target: ClassId) -> list[str]:
    names = call.frame.world.records.field_names(call.frame, cls)
    return [name for name in names if any(kind.cls == target for kind in attribute_types(call.frame, cls, name))]


@of_kind(OF_STATEMENT, "select_from")
def select_from(call: ModelCall) -> Value:
    statement = _next(call)
    for value in call.arguments.positional:
        placeholder = placeholder_of(call.frame, call.state, value)
        if placeholder is not None and statement.entity(placeholder) is None:
            statement.add_entity(placeholder)
    return statement.value


@of_kind(
    OF_STATEMENT,
    *[
        "options",
        "order_by",
        "distinct",
        "limit",
        "offset",
        "having",
        "with_for_update",
        "execution_options",
        "correlate",
        "correlate_except",
        "enable_eagerloads",
        "populate_existing",
        "yield_per",
        "slice",
        "params",
        "prefix_with",
        "suffix_with",
        "set_label_style",
        "with_hint",
        "with_statement_hint",
        "fetch",
        "reset_joinpoint",
        "autoflush",
        "enable_assertions",
        "with_session",
        "reduce_columns",
        "cache_ok",
        "scalars",
        "unique",
    ],
)
def same_rows(call: ModelCall) -> Value:
    return call.receiver


@of_kind(OF_STATEMENT, "group_by")
def group_by(call: ModelCall) -> Value:
    statement = _next(call)
    statement.group()
    return statement.value


@of_kind(OF_STATEMENT, "subquery", "cte", "alias", "lateral", "scalar_subquery", "as_scalar", "from_self")
def subquery(call: ModelCall) -> Value:
    statement = _next(call)
    call.state.store(statement.obj, ALIAS, of(Const(True, bool)))
    return statement.value


@of_kind(FUNCTIONS, "union", "union_all")
@of_kind(OF_STATEMENT, "union", "union_all")
def union(call: ModelCall) -> Value:
    """Rows of several statements: what holds of each stays with its rows."""
    parts = [each for each in (call.receiver, *call.arguments.all()) if each.objects()]
    statement = _next(call)
    for key in (ROWS, SCALARS, ENTITIES):
        call.state.store(statement.obj, key, join_all([read(call.frame, call.state, each, key) for each in parts]))
    statement.forget()
    return statement.value


@of_kind(OF_STATEMENT, "except_", "intersect")
def fewer(call: ModelCall) -> Value:
    return call.receiver
