"""Methods that compute columns: by functions of the program, by groups."""

from __future__ import annotations

from dataclasses import replace

from datause_lint.analysis import guards
from datause_lint.analysis.access import known_keys, read
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Const, Label
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.frameworks.dataframes import expressions, masks
from datause_lint.analysis.frameworks.dataframes.calls import (
    COUNTING,
    axis_is_columns,
    call_on_row,
    facts_about_rows,
    frame_method,
    is_function,
    names_in,
    receiver_table,
)
from datause_lint.analysis.frameworks.dataframes.frames import (
    GROUPS,
    Table,
    column_of,
    frames_in,
    make_frame,
    make_series,
    row_of,
    series_in,
    series_value,
    write_frame,
)
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import ELEMENT, index
from datause_lint.analysis.values import EMPTY, NONE, Value, join, join_all, of

# ── computing columns ─────────────────────────────────────────────────────────────────────────────────────────────


@frame_method("assign", "insert")
def assign(call: ModelCall) -> Value:
    table = receiver_table(call)
    columns = dict(table.columns)
    if call.path.endswith("insert"):
        for name in names_in(call, call.argument(1, "column")):
            columns[name] = series_value(call.frame, call.state, call.argument(2, "value"))[0]
        for obj in frames_in(call.frame, call.state, call.receiver):
            write_frame(call.state, obj, replace(table, columns=columns))
        return NONE
    for number, (name, given) in enumerate(call.arguments.keywords.items()):
        value = given
        if is_function(given):
            value = call.call(given, make_frame(call, replace(table, columns=dict(columns)), f"~given{number}"))
        columns[name] = series_value(call.frame, call.state, value)[0]
    return make_frame(call, replace(table, columns=columns))


@frame_method("add_column")
def add_column(call: ModelCall) -> Value:
    table = receiver_table(call)
    data = series_value(call.frame, call.state, call.argument(1, "column"))[0]
    columns = dict(table.columns)
    for name in names_in(call, call.argument(0, "name")):
        columns[name] = data
    return make_frame(call, replace(table, columns=columns))


@frame_method(
    "apply",
    "transform",
    "agg",
    "aggregate",
    "applymap",
    "map_rows",
    "map_elements",
    "map_partitions",
    "map_groups",
    "map_batches",
)
def apply(call: ModelCall) -> Value:
    table = receiver_table(call)
    function = call.optional(0, "func") or call.argument(0, "function")
    if any(expressions.is_expression(value) for value in call.arguments.all()):
        columns: dict[str, Value] = {}
        for value in call.arguments.all():
            columns.update(expressions.named_columns(call, table, value))
        return make_frame(call, Table(columns, table.rows, False, table.keys, "polars.DataFrame"))
    if not is_function(function):
        return _aggregated(call, table, function)
    if table.api == GROUPS or call.path.endswith(("map_groups", "map_batches", "map_partitions")):
        result = call.maybe(function, make_frame(call, replace(table, api="pandas.DataFrame"), "~group"))
    elif axis_is_columns(call, 1) or call.path.endswith(("map_rows",)):
        return _applied_to_rows(call, table, function)
    elif call.path.endswith(("applymap", "map_elements")):
        result = call.maybe(function, table.everything())
    else:
        result = call.maybe(function, make_series(call, table.everything(), table.rows))
    if frames_in(call.frame, call.state, result) or series_in(call.frame, call.state, result):
        return result
    data = call.data(result)
    return make_frame(call, Table({}, table.rows, True, data, table.api if table.api != GROUPS else "pandas.DataFrame"))


def _applied_to_rows(call: ModelCall, table: Table, function: Value) -> Value:
    result = call.maybe(function, row_of(call, table))
    implied = masks.implied_by(result)
    moved = Implied(facts_about_rows(implied.true | implied.some, table), facts_about_rows(implied.false, table))
    data = _back_to_rows(call, table, call.data(result))
    return make_series(call, Value(data.atoms, moved if any(moved) else NO_IMPLICATION), table.rows, part="~applied")


def _back_to_rows(call: ModelCall, table: Table, data: Value) -> Value:
    """What was read from one row, as read from any."""
    rows = table.rows.objects()
    atoms = {}
    for atom, carried in data.atoms.items():
        if isinstance(atom, Label) and atom.record.key.endswith("~each") and len(rows) == 1:
            atom = atom.read_from(rows[0])
            carried |= facts_about_rows(carried, table) | table.rows.atoms[rows[0]]
        atoms[atom] = carried
    return Value(atoms)


def _aggregated(call: ModelCall, table: Table, function: Value) -> Value:
    """``agg("mean")``, ``agg({"fee": ["mean", "max"]})``: averages and counts are about nobody."""
    words = guards.fold(call.frame, function) or []
    for obj in function.objects():
        inner = read(call.frame, call.state, of(obj), ELEMENT)
        words = [
            *words,
            *(guards.fold(call.frame, join(inner, elements(call.frame, call.state, inner))) or [Const("", str)]),
        ]
    if words and all(each.value in COUNTING for each in words):
        return make_frame(call, Table({}, table.rows, False, table.keys, "pandas.DataFrame"))
    return make_frame(call, replace(table, api="pandas.DataFrame" if table.api == GROUPS else table.api))


@frame_method("map")
def map_(call: ModelCall) -> Value:
    """pandas: of every cell; data sets: of every row, or batch of rows."""
    table = receiver_table(call)
    function = call.optional(0, "function") or call.argument(0, "func")
    if not table.api.startswith("datasets."):
        data = call.data(call.maybe(function, table.everything()))
        return make_frame(call, Table({}, table.rows, True, data, table.api))
    result = call_on_row(call, table, function)
    columns = dict(table.columns)
    known = False
    for obj in result.objects():
        for key in known_keys(call.frame, call.state, obj):
            if isinstance(key, str):
                known = True
                columns[key] = _back_to_rows(call, table, call.data(read(call.frame, call.state, of(obj), index(key))))
    rest = table.rest if known else join(table.rest, _back_to_rows(call, table, call.data(result)))
    removed = call.arguments.keywords.get("remove_columns")
    names = names_in(call, removed) if removed is not None else []
    kept = {name: value for name, value in columns.items() if name not in names or name not in table.columns}
    return make_frame(call, replace(table, columns=kept, rest=rest))


@frame_method("pipe")
def pipe(call: ModelCall) -> Value:
    given = call.arguments
    return call.call_with(
        call.argument(0, "func"),
        Arguments([call.receiver, *given.positional[1:]], given.keywords, given.more, given.more_keywords),
    )


@frame_method("groupby", "group_by", "groupBy", "rolling", "resample", "expanding", "partition_by")
def groupby(call: ModelCall) -> Value:
    table = receiver_table(call)
    names = [name for value in call.arguments.all() for name in names_in(call, value)]
    columns = [column_of(call.frame, call.state, table, name, call.span) for name in names]
    keys = join_all([Value(each.atoms) for each in columns])
    by = Value({}, columns[0].implied, columns[0].probes) if len(columns) == 1 else EMPTY
    return make_frame(call, replace(table, api=GROUPS, keys=keys, by=by))
