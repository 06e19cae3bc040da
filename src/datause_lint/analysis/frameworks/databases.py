"""Databases that are asked in SQL text: drivers of the DB-API and their asynchronous kin, and the rows they give."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis import sql
from datause_lint.analysis.access import LIST, read, stored_value
from datause_lint.analysis.atoms import Atom, ClassAtom
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.filled_tables import fill_row, note_written
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.database_callbacks import CONNECTION, put_made, through_factory, trace
from datause_lint.analysis.given_by_code import without_given
from datause_lint.analysis.guards import fold
from datause_lint.analysis.handed import filled
from datause_lint.analysis.many import many
from datause_lint.analysis.models.containers import METHODS, call_method, method
from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, KEY, Obj, attribute, index
from datause_lint.analysis.sinks import texts
from datause_lint.analysis.state import State
from datause_lint.analysis.tables import TABLE_ROW, facts_of, make_row, store_key
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.values import EMPTY, NONE, Value, join_all, of
from datause_lint.analysis.wiring import Framework
from datause_lint.analysis.withdrawal_by_sql import withdraw_by_text
from datause_lint.ir.instructions import Span
from datause_lint.names import ClassId

TEXT_CLAUSES: Final = frozenset(
    {"sqlalchemy.text()", "sqlalchemy.sql.text()", "psycopg.sql.SQL()", "psycopg2.sql.SQL()"}
)
RUNNING: Final = frozenset({"execute", "exec", "stream", "scalar", "scalars", "executemany"})
ALL_ROWS: Final = frozenset(
    {
        "fetch",
        "fetchall",
        "fetchmany",
        "fetch_all",
        "fetch_many",
        "iterate",
        "all",
        "execute_fetchall",
        "partitions",
        "fetch_all_dicts",
        "get_records",
    }
)
ONE_ROW: Final = frozenset(
    {"get_first", "fetchone", "fetchrow", "fetch_one", "first", "one", "one_or_none", "next", "single"}
)
ONE_VALUE: Final = frozenset({"fetchval", "fetch_val", "scalar", "scalar_one", "scalar_one_or_none"})
SAME_ROWS: Final = frozenset(
    {"mappings", "tuples", "unique", "yield_per", "fetch_df_rows", "result", "execution_options"}
)
FACTORY: Final = "row_factory"
OPENING: Final = frozenset(
    {"acquire", "cursor", "connect", "connection", "getconn", "begin", "dict_cursor", "transaction"}
)
ROW_METHODS: Final = frozenset({"_asdict", "_mapping", "dict", "as_dict", "_tuple", "copy", "keys", "_fields"})
HOLDERS: Final = ("connection", "pool", "database", "engine", "session", "client", "keyspace")


class Databases(Framework):
    goes_by_last_name = True

    def model_of(self, path: str) -> Model | None:
        if path.startswith((f"{TABLE_ROW}.", f"{TABLE_ROW}().")):
            return _row_method
        name = path.rpartition(".")[2]
        if name in ALL_ROWS | ONE_ROW | ONE_VALUE | SAME_ROWS and name not in RUNNING:
            return _fetch_or_run
        return _run

    def outer_attribute(self, frame: Frame, state: State, obj: Obj, path: str, name: str, span: Span) -> Value | None:
        """A row's column; its methods are left to the models."""
        if path != TABLE_ROW or name in METHODS or name in ROW_METHODS:
            return None
        return read(frame, state, of(obj), attribute(name))


# ── running statements ────────────────────────────────────────────────────────────────────────────────────────────


def _run(call: ModelCall) -> Value:
    """A call that hands SQL text to a database: its rows are what the text selects."""
    name = call.path.rpartition(".")[2]
    if name in OPENING and _is_connected(call):
        return _opened(call)
    runs = _is_sql_call(call) or (name in RUNNING and _clauses(call))
    if f"{call.path}()" in TEXT_CLAUSES or not runs:
        return UNMODELLED
    return run_text(call, name)


def _is_connected(call: ModelCall) -> bool:
    """Whether what the call gives is something that statements run on."""
    made = call.frame.world.policy.canonical(f"{call.path}()")
    return any(call.frame.world.policy.knows_prefix(f"{made}.{verb}") for verb in ("execute", "fetch", "cursor"))


def _opened(call: ModelCall) -> Value:
    """A connection or cursor: it holds no data yet, and gives rows as its maker was told to."""
    made = call.external(call.frame.world.policy.canonical(f"{call.path}()"), part="~opened")
    for position, value in enumerate(call.arguments.positional):
        call.state.store(made, f"@argument{position}", value)
    for name, value in call.arguments.keywords.items():
        call.state.store(made, f"@argument:{name}", value)
    call.state.store(made, CONNECTION, call.receiver)
    if FACTORY not in call.arguments.keywords:
        inherited = [stored for obj in call.receiver.objects() if (stored := _factory_of(call, obj)) is not None]
        if inherited:
            call.state.store(made, f"@argument:{FACTORY}", join_all(inherited))
    return of(made)


def _factory_of(call: ModelCall, obj: Obj) -> Value | None:
    stored = filled(call.frame, call.state, obj, attribute(FACTORY))
    return stored if stored is not None else stored_value(call.frame, call.state, obj, f"@argument:{FACTORY}")


def _is_sql_call(call: ModelCall) -> bool:
    return any(source.sql for source in call.frame.world.policy.sources_at(f"{call.path}()"))


def run_text(call: ModelCall, name: str) -> Value:
    _note_written(call)
    rows = rows_of(call)
    if rows is None:
        for obj in call.receiver.objects():
            if stored_value(call.frame, call.state, obj, ELEMENT) is not None:
                call.state.store(obj, ELEMENT, EMPTY)
        return UNMODELLED  # a statement that cannot be read
    value, counts = rows
    if name in ALL_ROWS:
        return call.container(LIST, _marked_many(call, value), "~rows")
    if name in ONE_ROW:
        return _one_of(value, counts)
    if name in ONE_VALUE:
        return _first_column(call, value)
    _marked_many(call, value)
    cursor = call.external(call.frame.world.policy.canonical(f"{call.path}()"), part="~cursor")
    for holder in (cursor, *(obj for obj in call.receiver.objects() if not _is_connection(obj, call.path))):
        call.state.store(holder, ELEMENT, value)
        call.state.store(holder, "@counts", Value({}, Implied(true=NOTHING)) if not counts else NONE)
    return of(cursor)


def _marked_many(call: ModelCall, rows: Value) -> Value:
    """Rows that were not asked for by somebody's id are about many."""
    asked_for = any(stored_value(call.frame, call.state, row, KEY) is not None for row in rows.objects())
    return rows if asked_for else many(call.state, rows)


def _is_connection(obj: Obj, path: str) -> bool:
    kind = (obj.api or path.rpartition(".")[0]).rpartition(".")[2].lower()
    return any(word in kind for word in HOLDERS)


def _note_written(call: ModelCall) -> None:
    given = _statement_given(call)
    if given is None:
        return
    trace(call, join_all([given, *call.arguments.positional[1:]]))
    many = call.path.endswith("executemany")
    parameters = _parameters(call, [call.elements(each) for each in call.arguments.positional[1:2]] if many else None)
    for text in statement_texts(call, given):
        note_written(call, text, parameters, call.data(given))
        withdraw_by_text(call, text, parameters)


def _statement_given(call: ModelCall) -> Value | None:
    given = call.optional(0, "sql")
    for word in ("query", "statement", "operation", "stmt", "query_string"):
        if given is None:
            given = call.arguments.keywords.get(word)
    return given


def rows_of(call: ModelCall) -> tuple[Value, bool] | None:
    """The rows that the call's statement gives, and whether they only count; None where it cannot be read."""
    given = _statement_given(call)
    selected = selections(call, given) if given is not None else []
    if not selected:
        return None
    cls, parameters = _row_class(call), _parameters(call)
    atoms: dict[Atom, Truths] = {}
    for number, (selection, keys) in enumerate(selected):
        row = make_row(call, selection, cls, f"~row{number}")
        fill_row(call, row, selection)
        put_made(call, row, selection, parameters)
        store_key(call.state, row, keys)
        proven = (
            frozenset() if selection.counts else selection.proven
        )  # a count of none is a row, too: its column speaks
        atoms[row] = without_given(call.frame, call.state, facts_of(call.frame, proven, row, call.span))
    rows = through_factory(call, Value(atoms), join_all(_factories(call)))
    return rows, any(selection.counts for selection, _ in selected)


def selections(call: ModelCall, statement: Value) -> list[tuple[sql.Selection, list[Value]]]:
    """What each text that the statement may be selects, with the values that its rows are asked for by."""
    found: list[tuple[sql.Selection, list[Value]]] = []
    parameters = _parameters(call)
    constants: dict[str, object] = {}
    for name, value in parameters.items():
        known = fold(call.frame, value)
        if known is not None and len(known) == 1:
            constants[name] = known[0].value
    for text in statement_texts(call, statement):
        selection = sql.read(text, constants, call.frame.world.policy)
        if selection is None:
            return []
        found.append((selection, [parameters[key] for _, key in selection.keys if key in parameters]))
    return found


def statement_texts(call: ModelCall, statement: Value) -> list[str]:
    """The texts that a statement may be: plain, or in a clause made from it."""
    found = texts(call.frame, statement)
    for obj in statement.objects():
        if obj.api in TEXT_CLAUSES:
            inner = stored_value(call.frame, call.state, obj, "@argument0")
            found.extend(texts(call.frame, inner) if inner is not None else [])
    return found


def _clauses(call: ModelCall) -> bool:
    given = call.optional(0, "statement")
    return given is not None and any(obj.api in TEXT_CLAUSES for obj in given.objects())


def _parameters(call: ModelCall, given: list[Value] | None = None) -> dict[str, Value]:
    """The values of the statement's placeholders, by the names that they have after reading."""
    given = call.arguments.positional[1:] if given is None else given
    for word in ("params", "parameters", "vars", "args", "values", "query_params"):
        if word in call.arguments.keywords:
            given = [*given, call.arguments.keywords[word]]
    found: dict[str, Value] = {f"p{position}": value for position, value in enumerate(given)}
    for value in given[:1]:
        for obj in value.objects():
            for key, item in _items(call, obj):
                found[f"p{key}" if isinstance(key, int) else key] = item
    return found


def _items(call: ModelCall, obj: Obj) -> list[tuple[str | int, Value]]:
    from datause_lint.analysis.access import known_keys

    return [(key, read(call.frame, call.state, of(obj), index(key))) for key in known_keys(call.frame, call.state, obj)]


# ── row factories ─────────────────────────────────────────────────────────────────────────────────────────────────

CLASS_ROWS: Final = frozenset({"psycopg.rows.class_row()", "psycopg.rows.args_row()", "psycopg.rows.kwargs_row()"})


def _row_class(call: ModelCall) -> ClassId | None:
    """The class of the program whose instances the rows are."""
    for value in _factories(call):
        for atom in value.atoms:
            if isinstance(atom, ClassAtom):
                return atom.cls
            if type(atom) is Obj and atom.api in CLASS_ROWS:
                made_of = stored_value(call.frame, call.state, atom, "@argument0")
                for inner in made_of.atoms if made_of is not None else ():
                    if isinstance(inner, ClassAtom):
                        return inner.cls
    return None


def _factories(call: ModelCall) -> list[Value]:
    """What makes the rows: as the call says, or what it is made on."""
    stated = [call.arguments.keywords[word] for word in ("record_class", FACTORY) if word in call.arguments.keywords]
    stored = [_factory_of(call, obj) for obj in call.receiver.objects()]
    return [*stated, *(each for each in stored if each is not None)]


# ── fetching ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _fetch_or_run(call: ModelCall) -> Value:
    """``cursor.fetchall()``; or ``connection.fetch("SELECT …")``."""
    name = call.path.rpartition(".")[2]
    if _is_sql_call(call):
        return run_text(call, name)
    return fetch(call, name)


def fetch(call: ModelCall, name: str) -> Value:
    rows = join_all([value for obj in call.receiver.objects() if (value := _rows_behind(call, obj)) is not None])
    if not rows.atoms:
        return UNMODELLED  # a receiver whose rows are not known
    if name in ALL_ROWS:
        return call.container(LIST, _marked_many(call, rows), "~rows")
    if name in ONE_ROW:
        counts = any(_counts(call, obj) for obj in call.receiver.objects())
        return _one_of(call.one_of(rows, call.receiver), counts)
    if name in ONE_VALUE:
        return _first_column(call, rows)
    return call.receiver


def _rows_behind(call: ModelCall, obj: Obj) -> Value | None:
    rows = stored_value(call.frame, call.state, obj, ELEMENT)
    if rows is not None:
        has_run = stored_value(call.frame, call.state, obj, "@counts") is not None
        return (
            rows if has_run or any(each.api == TABLE_ROW or each.cls is not None for each in rows.objects()) else None
        )
    return (
        of(obj.child(ELEMENT))
        if call.frame.is_input(obj) and call.path.rpartition(".")[2].startswith("fetch")
        else None
    )


def _counts(call: ModelCall, obj: Obj) -> bool:
    stored = stored_value(call.frame, call.state, obj, "@counts")
    return stored is not None and bool(stored.atoms)


def _one_of(rows: Value, counts: bool) -> Value:
    """One row, or None: that there is one proves what the statement demands of it."""
    proven = common(*rows.atoms.values())
    if counts or not proven:
        return rows
    return Value({**rows.atoms, **NONE.atoms}, Implied(true=proven, some=proven))


def _first_column(call: ModelCall, rows: Value) -> Value:
    return call.read(rows, index(0))


@method(
    "execute",
    "fetchall",
    "fetchone",
    "fetchmany",
    "fetchrow",
    "fetchval",
    "fetch",
    "fetch_all",
    "fetch_one",
    "fetch_val",
    of_data=True,
)
def of_unknown(call: ModelCall) -> Value:
    """On a receiver of which nothing is known, the SQL text speaks for itself."""
    name = call.path.rpartition(".")[2]
    found: Value = UNMODELLED
    given = call.optional(0, "query")
    if given is not None and any(sql.looks_like_sql(text) for text in statement_texts(call, given)):
        found = run_text(call, name)
    elif name != "execute":
        found = fetch(call, name)
    if found is not UNMODELLED:
        return found
    value, _ = unknown_call(
        call.frame, call.state, None, EMPTY, call.arguments, call.span, call.caller, call.receiver, name
    )
    return value


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _row_method(call: ModelCall) -> Value:
    """``row.get("email")``, ``row._asdict()``, ``row.items()``."""
    name = call.path.rpartition(".")[2]
    if name in ROW_METHODS:
        return call.receiver
    if name in METHODS:
        value, _ = call_method(call.frame, call.state, name, call.receiver, call.arguments, call.span, call.caller)
        return value
    return UNMODELLED
