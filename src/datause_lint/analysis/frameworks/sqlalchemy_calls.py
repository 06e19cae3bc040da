"""The calls of SQLAlchemy: expressions, statements, sessions and what they give back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import LIST, read
from datause_lint.analysis.frameworks.sqlalchemy_expressions import (
    COLUMN,
    CONDITION,
    LABEL,
    compare,
    conjunction,
    disjunction,
    equality,
    expression,
    field_of,
    is_expression,
    negation,
    truth_of,
)
from datause_lint.analysis.frameworks.sqlalchemy_queries import (
    ALIAS,
    ENTITIES,
    FACTS,
    LAST,
    QUERY,
    ROWS,
    SCALARS,
    SELECT,
    Answer,
    Statement,
    class_of,
    is_placeholder,
    is_statement,
    many,
    placeholder_of,
    rows_that_prove,
)
from datause_lint.analysis.loops import replaced
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, KEY, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import attribute_types
from datause_lint.analysis.values import (
    EMPTY,
    NOTHING,
    Const,
    Fact,
    Implied,
    Same,
    Truths,
    Value,
    join,
    join_all,
    of,
)
from datause_lint.ir.instructions import Span
from datause_lint.names import ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame

RESULT: Final = "sqlalchemy.engine.Result()"
SCALAR_RESULT: Final = "sqlalchemy.engine.ScalarResult()"
MODULES: Final = ("sqlalchemy", "flask_sqlalchemy", "sqlmodel")
SESSIONS: Final = ("Session()", "AsyncSession()", "Connection()", "AsyncConnection()", "scoped_session()", ".session", "sessionmaker()()")
STATEMENTS: Final = ("Select()", "Query()", ".select()", "SelectOfScalar()", "BaseQuery()")
RESULTS: Final = ("Result()", "ScalarResult()", "MappingResult()", "TupleResult()", "CursorResult()", "ChunkedIteratorResult()")
# Functions of SQL whose result says nothing of the single row.
AGGREGATES: Final = frozenset(
    """count sum avg stddev stddev_pop stddev_samp variance var_pop now current_timestamp current_date random
    row_number rank dense_rank length char_length date_trunc extract""".split()
)

Table = dict[str, Model]
FUNCTIONS: Table = {}
OF_EXPRESSION: Table = {}
OF_STATEMENT: Table = {}
OF_SESSION: Table = {}
OF_RESULT: Table = {}


def model_of(path: str) -> Model | None:
    """The model of a call by its path: what stands before the last dot tells the kind of receiver."""
    head, _, name = path.rpartition(".")
    if head.partition(".")[0] not in MODULES:
        return None
    if head in (COLUMN, CONDITION):
        return OF_EXPRESSION.get(name, computed)
    if ".func" in path:
        return sql_function
    if head.endswith(SESSIONS) and name in OF_SESSION:
        return OF_SESSION[name]
    if head.endswith(STATEMENTS):
        return OF_STATEMENT.get(name)
    if head.endswith(RESULTS):
        return OF_RESULT.get(name)
    return FUNCTIONS.get(name) if "()" not in head or head.endswith("SQLAlchemy()") else None


def unknown_receiver(name: str) -> Model | None:
    """Of a method of something of unknown class: a session, where it is given a statement or a model."""
    return session_by_argument if name in OF_SESSION else None


def of_kind(table: Table, *names: str) -> Callable[[Model], Model]:
    def register(model: Model) -> Model:
        for name in names:
            table[name] = model
        return model

    return register


# ── expressions ───────────────────────────────────────────────────────────────────────────────────────────────────


def made(call: ModelCall, implied: Implied = Implied(), *parts: Value) -> Value:
    return expression(call.frame, call.state, call.site(), parts, implied)


def computed(call: ModelCall) -> Value:
    """A value computed from columns: ``Account.email.concat(…)``, ``cast(Account.email, String)``."""
    return made(call, Implied(), call.receiver, *call.arguments.all())


def sql_function(call: ModelCall) -> Value:
    if call.path.rpartition(".")[2] in AGGREGATES:
        return made(call)
    return computed(call)


def truths(call: ModelCall, values: list[Value]) -> list[Implied]:
    return [truth_of(call.frame, call.state, each, call.span) for each in values]


@of_kind(FUNCTIONS, "and_")
def and_(call: ModelCall) -> Value:
    parts = truths(call, call.arguments.positional)
    if call.arguments.more is not None:
        parts.append(Implied())
    return made(call, conjunction(parts))


@of_kind(FUNCTIONS, "or_")
def or_(call: ModelCall) -> Value:
    given = [each for each in call.arguments.positional if each.constant() != Const(False, bool)]
    parts = truths(call, given)
    if call.arguments.more is not None:
        parts.append(Implied())
    return made(call, disjunction(parts))


@of_kind(FUNCTIONS, "not_")
def not_(call: ModelCall) -> Value:
    return made(call, negation(truth_of(call.frame, call.state, call.argument(0), call.span)))


@of_kind(FUNCTIONS, "col", "distinct", "asc", "desc", "type_coerce")
def same_expression(call: ModelCall) -> Value:
    return call.argument(0) if is_expression(call.argument(0)) else computed(call)


@of_kind(FUNCTIONS, "cast", "case", "literal_column", "extract", "null", "literal", "true", "false", "bindparam")
def function_of_columns(call: ModelCall) -> Value:
    return computed(call)


@of_kind(OF_EXPRESSION, "asc", "desc", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "self_group", "of_type")
def same_column(call: ModelCall) -> Value:
    return call.receiver


@of_kind(OF_EXPRESSION, "label")
def label(call: ModelCall) -> Value:
    result = made(call, truth_of(call.frame, call.state, call.receiver, call.span), call.receiver)
    for obj in result.objects():
        call.state.store(obj, LABEL, call.argument(0, "name"))
    return result


@of_kind(OF_EXPRESSION, "is_", "is_not_distinct_from", "isnot_distinct_from")
def is_(call: ModelCall) -> Value:
    return made(call, _equality(call, null_counts=True))


@of_kind(OF_EXPRESSION, "is_not", "isnot", "is_distinct_from")
def is_not(call: ModelCall) -> Value:
    return made(call, negation(_equality(call, null_counts=True)))


def _equality(call: ModelCall, *, null_counts: bool) -> Implied:
    field = field_of(call.frame, call.state, call.receiver)
    if field is None:
        return _comparison_of_condition(call)
    return equality(call.frame, call.state, field, call.argument(0, "other"), call.span, null_counts=null_counts)


def _comparison_of_condition(call: ModelCall) -> Implied:
    """``(condition).is_(True)``."""
    constant = call.argument(0, "other").constant()
    if constant == Const(True, bool):
        return Implied(call.receiver.implied.true)
    return Implied(call.receiver.implied.false) if constant == Const(False, bool) else Implied()


@of_kind(OF_EXPRESSION, "__eq__")
def equals(call: ModelCall) -> Value:
    return compare(call.frame, call.state, "==", call.receiver, call.argument(0), call.span) or made(call)


@of_kind(OF_EXPRESSION, "in_")
def in_(call: ModelCall) -> Value:
    return made(call, _membership(call))


@of_kind(OF_EXPRESSION, "not_in", "notin_")
def not_in(call: ModelCall) -> Value:
    return made(call, negation(_membership(call)))


def _membership(call: ModelCall) -> Implied:
    frame, state = call.frame, call.state
    field, given = field_of(frame, state, call.receiver), call.argument(0, "other")
    if field is None:
        return Implied()
    if is_statement(frame, state, given):
        return _among_rows(call, field, given)
    members = call.elements(given)
    if guards.fold(frame, members) is not None:
        return equality(frame, state, field, members, call.span)
    true, _ = guards.compare(frame, state, "in", of(field), given)
    return Implied(true)


def _among_rows(call: ModelCall, field: Obj, subquery: Value) -> Implied:
    """``Note.owner_id.in_(select(Account.id).where(…))``: it is one of those rows."""
    answer = Answer(call.frame, call.state, subquery, call.site("~in"), call.span)
    facts = answer.facts.implied.true
    theirs = guards.key_objects(Value({a: c for a, c in answer.scalars.atoms.items() if type(a) is Obj}))
    if theirs:
        facts = facts | frozenset((Same(field, theirs[0]),))
    return Implied(facts)


@of_kind(OF_EXPRESSION, "has", "any")
def has(call: ModelCall) -> Value:
    """``Note.owner.has(Account.ai_consent)``: a related row satisfies the condition."""
    field = field_of(call.frame, call.state, call.receiver)
    if field is None or field.base is None:
        return made(call)
    criterion = call.optional(0, "criterion")
    parts = truths(call, [criterion]) if criterion is not None else []
    target = related_class(call, field)
    holder = call.frame.world.objects.class_object(target) if target is not None else None
    if holder is not None:
        parts.extend(
            equality(call.frame, call.state, holder.child(attribute(name)), value, call.span)
            for name, value in call.arguments.keywords.items()
            if name != "criterion"
        )
    facts: Truths = frozenset().union(*(each.true for each in parts)) if parts else NOTHING
    if holder is None:
        return made(call)
    if call.path.endswith(".any"):
        back = call.frame.world.wiring.inverse_of(call.frame, class_of(field.base) or "", field.key[1:])
        if back is not None:
            facts = facts | frozenset((Same(holder.child(attribute(back)), field.base),))
        facts = facts | rows_that_prove(call.frame, call.state, facts, call.span)
        return made(call, Implied(facts))
    return made(call, Implied(_about(facts, holder, field)))


def _about(facts: Truths, old: Obj, new: Obj) -> Truths:
    found = set()
    for truth in facts:
        if type(truth) is Fact:
            found.add(truth._replace(subject=replaced(truth.subject, old, new)) if truth.subject is not None else truth)
        elif isinstance(truth, Same):
            found.add(Same(replaced(truth.left, old, new), replaced(truth.right, old, new)))  # type: ignore[arg-type]
    return frozenset(found)


def related_class(call: ModelCall, field: Obj) -> ClassId | None:
    """The class that a relation leads to, to one or to many."""
    cls = class_of(field.base) if field.base is not None else None
    for kind in attribute_types(call.frame, cls, field.key[1:]) if cls is not None else ():
        if kind.cls is not None:
            return kind.cls
        for inner in kind.arguments[-1] if kind.arguments else ():
            if inner.cls is not None:
                return inner.cls
    return None


def _leads_to_one(call: ModelCall, field: Obj) -> bool:
    cls = class_of(field.base) if field.base is not None else None
    return cls is not None and any(kind.cls is not None for kind in attribute_types(call.frame, cls, field.key[1:]))


@of_kind(FUNCTIONS, "exists")
@of_kind(OF_STATEMENT, "exists")
def exists(call: ModelCall) -> Value:
    """True where the statement has a row."""
    statement = call.receiver if is_statement(call.frame, call.state, call.receiver) else call.argument(0)
    implied = Implied()
    if is_statement(call.frame, call.state, statement):
        implied = Implied(read(call.frame, call.state, statement, FACTS).implied.true)
    return made(call, implied)


@of_kind(OF_EXPRESSION, "where", "filter")
def exists_where(call: ModelCall) -> Value:
    """``exists().where(…)``."""
    facts = frozenset().union(call.receiver.implied.true, *(each.true for each in truths(call, call.arguments.positional)))
    facts = facts | rows_that_prove(call.frame, call.state, facts, call.span)
    return made(call, Implied(facts))


@of_kind(OF_EXPRESSION, "select", "correlate", "select_from")
def exists_select(call: ModelCall) -> Value:
    if call.path.endswith(".select"):
        statement = Statement(call.frame, call.state, call.span, SELECT)
        statement.select([call.receiver])
        return statement.value
    return call.receiver


@of_kind(FUNCTIONS, "aliased")
def aliased(call: ModelCall) -> Value:
    placeholder = placeholder_of(call.frame, call.state, call.argument(0))
    if placeholder is None:
        return call.argument(0)
    result = call.external(cls=class_of(placeholder))
    call.state.store(result, ALIAS, of(Const(True, bool)))
    return of(result)


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
    api = QUERY if any(obj.api == QUERY for obj in call.receiver.objects()) else SELECT
    return Statement(call.frame, call.state, call.span, api, call.receiver)


@of_kind(OF_STATEMENT, "where", "filter")
def where(call: ModelCall) -> Value:
    statement = _next(call)
    for part in truths(call, call.arguments.positional):
        statement.require(part.true)
    return statement.value


@of_kind(OF_STATEMENT, "filter_by")
def filter_by(call: ModelCall) -> Value:
    statement = _next(call)
    element = read(call.frame, call.state, call.receiver, LAST).only_object()
    for name, value in call.arguments.keywords.items() if element is not None else ():
        assert element is not None
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
    if _leads_to_one(call, relation):
        statement.join(place, holder.child(relation.key))
        return
    element = statement.join(place)
    back = call.frame.world.wiring.inverse_of(call.frame, class_of(relation.base) or "", relation.key[1:])
    if back is not None:
        statement.require(frozenset((Same(element.child(attribute(back)), holder),)))


def _join_class(call: ModelCall, statement: Statement, placeholder: Obj) -> Obj | None:
    """``join(Account)``: along the one relation or foreign key that there is."""
    cls = class_of(placeholder)
    holder = read(call.frame, call.state, call.receiver, LAST).only_object()
    theirs = class_of(holder) if holder is not None else None
    if cls is None or theirs is None or holder is None:
        return statement.join(placeholder)
    forth = _relations(call, theirs, cls)
    if len(forth) == 1:
        return statement.join(placeholder, holder.child(attribute(forth[0])))
    element = statement.join(placeholder)
    back = _relations(call, cls, theirs)
    if len(back) == 1:
        statement.require(frozenset((Same(element.child(attribute(back[0])), holder),)))
    return element


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
    *"""options order_by group_by distinct limit offset having with_for_update execution_options correlate
    correlate_except enable_eagerloads populate_existing yield_per slice params prefix_with suffix_with
    set_label_style with_hint with_statement_hint fetch reset_joinpoint autoflush enable_assertions with_session
    reduce_columns cache_ok scalars unique""".split(),
)
def same_rows(call: ModelCall) -> Value:
    return call.receiver


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


# ── running ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_run(call: ModelCall, statement: Value) -> bool:
    return is_statement(call.frame, call.state, statement)


def answer(call: ModelCall, statement: Value) -> Answer:
    return Answer(call.frame, call.state, statement, call.site(), call.span)


def result_of(call: ModelCall, api: str, rows: Value, scalars: Value, facts: Value) -> Value:
    made_here = call.external(api, part="~result")
    for key, value in ((ELEMENT, rows), (SCALARS, scalars), (FACTS, facts)):
        call.state.store(made_here, key, value)
    return of(made_here)


def one(value: Value, facts: Value) -> Value:
    """A single answer: that there is one proves what the conditions say."""
    implied, known = value.settled().implied, facts.implied.true
    proves = Implied(implied.true | known, implied.false, implied.none, implied.some | known)
    return Value(value.atoms, proves, value.probes)


@of_kind(OF_SESSION, "execute", "stream")
def execute(call: ModelCall) -> Value:
    statement = call.argument(0, "statement")
    if not _is_run(call, statement):
        return NotImplemented  # SQL text, an update
    found = answer(call, statement)
    return result_of(call, RESULT, found.rows, found.scalars, found.facts)


@of_kind(OF_SESSION, "scalars", "stream_scalars")
def scalars(call: ModelCall) -> Value:
    statement = call.argument(0, "statement")
    if not _is_run(call, statement):
        return NotImplemented
    found = answer(call, statement)
    return result_of(call, SCALAR_RESULT, found.scalars, found.scalars, found.facts)


@of_kind(OF_SESSION, "exec")
def exec_(call: ModelCall) -> Value:
    """SQLModel: elements, or rows where several columns are selected."""
    statement = call.argument(0, "statement")
    if not _is_run(call, statement):
        return NotImplemented
    found = answer(call, statement)
    return result_of(call, SCALAR_RESULT, join(found.entities, found.scalars), found.scalars, found.facts)


@of_kind(OF_SESSION, "scalar")
def scalar(call: ModelCall) -> Value:
    statement = call.argument(0, "statement")
    if not _is_run(call, statement):
        return NotImplemented
    found = answer(call, statement)
    return one(found.scalars, found.facts)


@of_kind(FUNCTIONS, "get_or_404", "first_or_404", "one_or_404")
@of_kind(OF_SESSION, "get", "get_one")
def get(call: ModelCall) -> Value:
    """By primary key."""
    statement = call.argument(0)
    if _is_run(call, statement):  # Flask-SQLAlchemy: db.one_or_404(select(…))
        found = answer(call, statement)
        call.state.learn(found.facts.implied.true)
        return found.scalars
    placeholder = placeholder_of(call.frame, call.state, call.argument(0, "entity"))
    if placeholder is None or class_of(placeholder) is None:
        return NotImplemented
    return _fetched(call, class_of(placeholder), call.argument(1, "ident"))


def _fetched(call: ModelCall, cls: ClassId | None, key: Value) -> Value:
    only = key.only_object()
    if only is not None and only.api == "builtins.dict":
        key = call.elements(join_all([read(call.frame, call.state, key, ELEMENT)]))
    found = call.external(cls=cls)
    if guards.key_objects(key):
        call.state.store(found, KEY, key)
    return of(found)


@of_kind(OF_SESSION, "merge")
def merge(call: ModelCall) -> Value:
    return call.argument(0, "instance")


@of_kind(OF_SESSION, "begin", "begin_nested", "no_autoflush")
def begin(call: ModelCall) -> Value:
    return call.receiver if call.receiver.objects() else NotImplemented


@of_kind(OF_SESSION, "refresh", "expire", "expunge", "flush", "commit", "rollback", "close", "add", "add_all", "delete")
def nothing(call: ModelCall) -> Value:
    return EMPTY


def session_by_argument(call: ModelCall) -> Value:
    """A method of something unknown: a session, if what it is given says so."""
    name = call.path.rpartition(".")[2]
    given = call.argument(0)
    if name in ("execute", "scalars", "scalar", "exec", "stream", "stream_scalars") and _is_run(call, given):
        return OF_SESSION[name](call)
    if name in ("query", "get", "get_one") and given.atoms and call.arguments.positional:
        placeholder = placeholder_of(call.frame, call.state, given)
        mapped = placeholder is not None and is_placeholder(call.frame, call.state, placeholder)
        if is_expression(given) or (mapped and _is_model(call, placeholder)):
            return OF_SESSION[name](call)
    return NotImplemented


def _is_model(call: ModelCall, placeholder: Obj | None) -> bool:
    cls = class_of(placeholder) if placeholder is not None else None
    return cls is not None and call.frame.world.class_attribute(cls, "__tablename__") is not None


# ── queries that run themselves ───────────────────────────────────────────────────────────────────────────────────


@of_kind(OF_STATEMENT, "all", "__iter__", "values", "yield_per")
def all_of_query(call: ModelCall) -> Value:
    found = answer(call, call.receiver)
    rows = join_all([found.rows]) if call.path.endswith(".values") else found.entities
    return one(call.container(LIST, many(call.state, rows)), found.facts)


@of_kind(OF_STATEMENT, "first", "one_or_none", "scalar", "scalar_one_or_none")
def first_of_query(call: ModelCall) -> Value:
    found = answer(call, call.receiver)
    return one(found.scalars if "scalar" in call.path.rpartition(".")[2] else found.entities, found.facts)


@of_kind(OF_STATEMENT, "one", "first_or_404", "one_or_404", "scalar_one")
def one_of_query(call: ModelCall) -> Value:
    found = answer(call, call.receiver)
    call.state.learn(found.facts.implied.true)
    return found.entities


@of_kind(OF_STATEMENT, "get", "get_or_404")
def get_of_query(call: ModelCall) -> Value:
    element = read(call.frame, call.state, call.receiver, LAST).only_object()
    return _fetched(call, class_of(element) if element is not None else None, call.argument(0, "ident"))


@of_kind(OF_STATEMENT, "paginate")
def paginate(call: ModelCall) -> Value:
    found = answer(call, call.receiver)
    page = call.external("flask_sqlalchemy.pagination.Pagination()", part="~page")
    call.state.store(page, attribute("items"), call.container(LIST, many(call.state, found.entities)))
    call.state.store(page, ELEMENT, found.entities)
    return of(page)


@of_kind(OF_STATEMENT, "count")
def count(call: ModelCall) -> Value:
    """A number; that it is not zero proves that there are rows."""
    found = answer(call, call.receiver)
    return one(of(call.external("builtins.int", part="~count")), found.facts)


@of_kind(OF_STATEMENT, "delete", "update")
def changed(call: ModelCall) -> Value:
    return EMPTY


# ── results ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _facts(call: ModelCall) -> Value:
    return read(call.frame, call.state, call.receiver, FACTS)


def _rows(call: ModelCall) -> Value:
    return read(call.frame, call.state, call.receiver, ELEMENT)


@of_kind(OF_RESULT, "all", "fetchall", "fetchmany", "partitions")
def all_rows(call: ModelCall) -> Value:
    rows = _rows(call)
    if call.path.endswith(".partitions"):
        rows = call.container(LIST, rows, "~part")
    return one(call.container(LIST, many(call.state, rows)), _facts(call))


@of_kind(OF_RESULT, "first", "one_or_none", "fetchone")
def first_row(call: ModelCall) -> Value:
    return one(_rows(call), _facts(call))


@of_kind(OF_RESULT, "one")
def one_row(call: ModelCall) -> Value:
    call.state.learn(_facts(call).implied.true)
    return _rows(call)


@of_kind(OF_RESULT, "scalar", "scalar_one_or_none")
def one_scalar(call: ModelCall) -> Value:
    return one(read(call.frame, call.state, call.receiver, SCALARS), _facts(call))


@of_kind(OF_RESULT, "scalar_one")
def exactly_one_scalar(call: ModelCall) -> Value:
    call.state.learn(_facts(call).implied.true)
    return read(call.frame, call.state, call.receiver, SCALARS)


@of_kind(OF_RESULT, "scalars")
def scalars_of_result(call: ModelCall) -> Value:
    position = call.argument(0, "index").constant()
    first = read(call.frame, call.state, call.receiver, SCALARS)
    chosen = first if position is None or position.value == 0 else call.read(_rows(call), f"[{position.value!r}]")
    return result_of(call, SCALAR_RESULT, chosen, chosen, _facts(call))


@of_kind(OF_RESULT, "mappings", "tuples", "unique", "yield_per", "columns", "freeze", "t", "close")
def same_result(call: ModelCall) -> Value:
    return call.receiver

