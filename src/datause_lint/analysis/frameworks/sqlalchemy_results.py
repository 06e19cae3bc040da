"""SQLAlchemy's sessions, and what running a statement gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datause_lint.analysis.access import LIST, read
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.consent_rows import guards_of_rows
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.frameworks.sqlalchemy_answers import Answer
from datause_lint.analysis.frameworks.sqlalchemy_expressions import (
    is_expression,
)
from datause_lint.analysis.frameworks.sqlalchemy_queries import (
    FACTS,
    LAST,
    SCALARS,
    SINGLE,
    class_of,
    is_change,
    is_placeholder,
    is_statement,
    placeholder_of,
)
from datause_lint.analysis.frameworks.sqlalchemy_tables import (
    FUNCTIONS,
    OF_RESULT,
    OF_SESSION,
    OF_STATEMENT,
    RESULT,
    SCALAR_RESULT,
    of_kind,
)
from datause_lint.analysis.frameworks.sqlalchemy_withdrawing import run_change, with_values
from datause_lint.analysis.many import many
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall
from datause_lint.analysis.objects import ELEMENT, KEY, OWN_NUMBER, Obj, attribute
from datause_lint.analysis.own_numbers import of_different_classes
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.values import EMPTY, Value, const, join_all, of
from datause_lint.names import ClassId

if TYPE_CHECKING:
    pass

# ── running ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_run(call: ModelCall, statement: Value) -> bool:
    return is_statement(call.frame, call.state, statement)


def _unselected(call: ModelCall, statement: Value) -> Value:
    """SQL text; or what deletes or updates rows."""
    run_change(call, statement)
    return UNMODELLED


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
        return _unselected(call, statement)
    found = answer(call, statement)
    return result_of(call, RESULT, found.rows, found.scalars, found.facts)


@of_kind(OF_SESSION, "scalars", "stream_scalars")
def scalars(call: ModelCall) -> Value:
    statement = call.argument(0, "statement")
    if not _is_run(call, statement):
        return _unselected(call, statement)
    found = answer(call, statement)
    return result_of(call, SCALAR_RESULT, found.scalars, found.scalars, found.facts)


@of_kind(OF_SESSION, "exec")
def exec_(call: ModelCall) -> Value:
    """SQLModel: elements, or rows where several columns are selected."""
    statement = call.argument(0, "statement")
    if not _is_run(call, statement):
        return _unselected(call, statement)
    found = answer(call, statement)
    single = read(call.frame, call.state, statement, SINGLE).constant()
    rows = found.rows if single == Const(False, bool) else found.scalars
    return result_of(call, SCALAR_RESULT, rows, found.scalars, found.facts)


@of_kind(OF_SESSION, "scalar")
def scalar(call: ModelCall) -> Value:
    statement = call.argument(0, "statement")
    if not _is_run(call, statement):
        return _unselected(call, statement)
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
        return UNMODELLED
    return _fetched(call, class_of(placeholder), call.argument(1, "ident"))


def _fetched(call: ModelCall, cls: ClassId | None, key: Value) -> Value:
    only = key.only_object()
    if only is not None and only.api == "builtins.dict":
        key = call.elements(join_all([read(call.frame, call.state, key, ELEMENT)]))
    found = call.external(cls=cls)
    ids = key_objects(key)
    if ids and not of_different_classes(call.frame, call.state, found.child(attribute("id")), ids[0]):
        call.state.store(found, KEY, key)
        call.state.store(found, OWN_NUMBER, const(True))
    return of(found)


@of_kind(OF_SESSION, "merge")
def merge(call: ModelCall) -> Value:
    return call.argument(0, "instance")


def new_session(call: ModelCall) -> Value:
    """``with Factory.begin() as session``."""
    kind = "sqlalchemy.ext.asyncio.AsyncSession()" if "async" in call.path else "sqlalchemy.orm.Session()"
    return of(call.external(kind))


@of_kind(OF_SESSION, "begin", "begin_nested", "no_autoflush")
def begin(call: ModelCall) -> Value:
    return call.receiver if call.receiver.objects() else UNMODELLED


@of_kind(OF_SESSION, "refresh", "expire", "expunge", "flush", "commit", "rollback", "close", "add", "add_all")
def nothing(call: ModelCall) -> Value:
    return EMPTY


def session_by_argument(call: ModelCall) -> Value:
    """A method of something unknown: a session, if what it is given says so."""
    name = call.path.rpartition(".")[2]
    given = call.argument(0)
    if name in ("execute", "scalars", "scalar", "exec", "stream", "stream_scalars"):
        return OF_SESSION[name](call) if _is_run(call, given) or is_change(given) else UNMODELLED
    if name == "delete" and any(guards_of_rows(call.frame, call.state, row) for row in given.objects()):
        return OF_SESSION[name](call)
    if name in ("query", "get", "get_one") and given.atoms and call.arguments.positional:
        placeholder = placeholder_of(call.frame, call.state, given)
        mapped = placeholder is not None and is_placeholder(call.frame, call.state, placeholder)
        if is_expression(given) or (mapped and _is_model(call, placeholder)):
            return OF_SESSION[name](call)
    return UNMODELLED


def _is_model(call: ModelCall, placeholder: Obj | None) -> bool:
    cls = class_of(placeholder) if placeholder is not None else None
    return cls is not None and call.frame.world.class_attribute(cls, "__tablename__") is not None


# ── queries that run themselves ───────────────────────────────────────────────────────────────────────────────────


@of_kind(OF_STATEMENT, "all", "__iter__", "yield_per")
def all_of_query(call: ModelCall) -> Value:
    found = answer(call, call.receiver)
    rows = join_all([found.rows]) if call.path.endswith(".values") else found.entities
    return one(call.container(LIST, many(call.state, rows)), found.facts)


@of_kind(OF_STATEMENT, "values")
def values(call: ModelCall) -> Value:
    """``update(Account).values(…)``; of a query, it runs."""
    return with_values(call) if is_change(call.receiver) else all_of_query(call)


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
