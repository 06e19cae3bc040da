"""Functions that make frames, and those that take and give whole frames, columns and arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from datause_lint.analysis.access import DICT, LIST, elements, known_keys, read
from datause_lint.analysis.frameworks.databases import selections
from datause_lint.analysis.frameworks.dataframes import masks
from datause_lint.analysis.frameworks.dataframes.frames import (
    Table,
    column_names,
    condition,
    frames_in,
    make_frame,
    make_series,
    selected_frame,
    series_in,
    series_value,
    table_of,
    unknown_frame,
)
from datause_lint.analysis.frameworks.dataframes.methods import joined_elements, merge_tables
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, Obj, index
from datause_lint.analysis.sql import Selection
from datause_lint.analysis.tables import TABLE_ROW, named_columns
from datause_lint.analysis.values import (
    EMPTY,
    NO_IMPLICATION,
    NOTHING,
    Atom,
    Const,
    Fact,
    Implied,
    Label,
    Truths,
    Value,
    join,
    join_all,
    of,
)

SOURCES: dict[str, Model] = {}
PANDAS, POLARS, LAZY, DATASET, SPARK = (
    "pandas.DataFrame", "polars.DataFrame", "polars.LazyFrame", "datasets.Dataset", "pyspark.sql.DataFrame",
)  # fmt: skip


def source(*paths: str) -> Callable[[Model], Model]:
    def register(model: Model) -> Model:
        for path in paths:
            SOURCES[path] = model
        return model

    return register


def _api_of(path: str) -> str:
    if path.startswith("polars.scan"):
        return LAZY
    return next(
        (
            api
            for prefix, api in (("polars.", POLARS), ("datasets.", DATASET), ("pyspark.", SPARK))
            if path.startswith(prefix)
        ),
        PANDAS,
    )


# ── SQL ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@source(
    "pandas.read_sql", "pandas.read_sql_query", "pandas.read_gbq", "polars.read_database", "polars.read_database_uri",
    "awswrangler.athena.read_sql_query", "awswrangler.redshift.read_sql_query", "datasets.Dataset.from_sql",
    "pyspark.sql.SparkSession().sql", "dask.dataframe.read_sql_query", "pandas_gbq.read_gbq",
)  # fmt: skip
def from_sql(call: ModelCall) -> Value:
    given = call.optional(0, "sql") or call.argument(0, "query")
    api = _api_of(call.path)
    found = [
        selected_frame(call, selection, api, str(number))
        for number, (selection, _) in enumerate(selections(call, given))
    ]
    if not found:
        return _chunked(call, unknown_frame(call, api))
    return _chunked(call, join_all(found))


def _chunked(call: ModelCall, made: Value) -> Value:
    """With ``chunksize``, an iterator over frames."""
    chunks = any(name in call.arguments.keywords for name in ("chunksize", "batch_size", "iter_batches", "iterator"))
    return call.container(LIST, made, "~chunks") if chunks and call.path.startswith("pandas.") else made


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FILES: Final = (
    *(f"pandas.read_{kind}" for kind in "csv table excel json parquet feather orc pickle xml stata spss sas hdf fwf clipboard sql_table".split()),
    *(f"polars.read_{kind}" for kind in "csv parquet json ndjson excel ipc avro ods delta".split()),
    *(f"polars.scan_{kind}" for kind in "csv parquet ndjson ipc delta".split()),
    *(f"datasets.Dataset.from_{kind}" for kind in "csv json parquet text".split()),
    *(f"pyspark.sql.SparkSession().read.{kind}" for kind in "csv json parquet load table jdbc orc".split()),
    "pyspark.sql.SparkSession().table", "dask.dataframe.read_csv", "dask.dataframe.read_parquet", "datasets.load_dataset",
    "datasets.load_from_disk", "awswrangler.s3.read_csv", "awswrangler.s3.read_parquet", "geopandas.read_file",
)  # fmt: skip


@source(*FILES)
def from_file(call: ModelCall) -> Value:
    """The columns that the call names; of any other file nothing is known before its columns are read."""
    stated: list[str] | None = None
    for word in ("usecols", "columns", "names", "schema", "dtype", "parse_dates"):
        given = call.arguments.keywords.get(word)
        if given is None:
            continue
        names = _names(call, given)
        if word in ("dtype", "parse_dates", "schema"):
            stated = stated if stated is not None else None
        elif names:
            stated = names if stated is None or word == "usecols" else stated
    api = _api_of(call.path)
    content = call.data(call.argument(0, "filepath_or_buffer"))
    if stated is None:
        made = unknown_frame(call, api, content)
    else:
        made = selected_frame(call, Selection(named_columns(stated)), api)
    return _chunked(call, made)


def _names(call: ModelCall, given: Value) -> list[str]:
    found = column_names(call.frame, call.state, given)
    if found is None:
        found = [
            key for obj in given.objects() for key in known_keys(call.frame, call.state, obj) if isinstance(key, str)
        ]
    return found


# ── frames from other things ──────────────────────────────────────────────────────────────────────────────────────


@source(
    "pandas.DataFrame", "polars.DataFrame", "polars.from_dicts", "polars.from_dict", "polars.from_pandas",
    "pandas.DataFrame.from_records", "pandas.DataFrame.from_dict", "pandas.json_normalize", "polars.from_records",
    "datasets.Dataset.from_list", "datasets.Dataset.from_dict", "datasets.Dataset.from_pandas",
    "datasets.Dataset.from_polars", "datasets.Dataset.from_spark", "pyspark.sql.SparkSession().createDataFrame",
    "dask.dataframe.from_pandas", "pyarrow.Table.from_pylist", "pyarrow.Table.from_pydict", "pyarrow.Table.from_pandas",
    "pyarrow.table", "polars.LazyFrame",
)  # fmt: skip
def from_values(call: ModelCall) -> Value:
    given = call.optional(0, "data") or call.optional(0, "mapping") or call.argument(0, "df")
    api = LAZY if call.path == LAZY else "pyarrow.Table" if call.path.startswith("pyarrow.") else _api_of(call.path)
    if frames_in(call.frame, call.state, given):
        return make_frame(call, replace(table_of(call.frame, call.state, given), api=api))
    columns = _columns_of(call, given)
    stated = [call.arguments.keywords[word] for word in ("columns", "schema") if word in call.arguments.keywords]
    names = [name for value in stated for name in _names(call, value)]
    if not columns and names:
        columns = _by_position(call, given, names)
    return _filled(call, columns, EMPTY if columns else call.data(given), api)


def frame_of_rows(call: ModelCall, rows: Value, api: str) -> Value:
    """The frame that a sequence of rows fills, each of them a dict."""
    columns = _columns_of(call, rows)
    return _filled(call, columns, EMPTY if columns else call.data(elements(call.frame, call.state, rows), rows), api)


def _filled(call: ModelCall, columns: dict[str, Value], rest: Value, api: str) -> Value:
    row = call.external(TABLE_ROW, part="~row")
    adopted = _adopted({**columns, **({"": rest} if rest.atoms else {})}, row)
    rest = adopted.pop("", EMPTY)
    return make_frame(call, Table(adopted, of(row), not columns, rest, api))


def _columns_of(call: ModelCall, given: Value) -> dict[str, Value]:
    """Of a dict of columns, or of a list of rows that are dicts."""
    frame, state = call.frame, call.state
    columns: dict[str, Value] = {}
    for obj in given.objects():
        keys = [key for key in known_keys(frame, state, obj) if isinstance(key, str)]
        if keys:
            for key in keys:
                inner = read(frame, state, of(obj), index(key))
                data, _ = series_value(frame, state, inner)
                columns[key] = join(columns[key], data) if key in columns else data
            continue
        for item in elements(frame, state, of(obj)).objects() if obj.api != DICT else ():
            for name in known_keys(frame, state, item):
                if isinstance(name, str):
                    data = read(frame, state, of(item), index(name))
                    columns[name] = join(columns[name], data) if name in columns else data
    return columns


def _by_position(call: ModelCall, given: Value, names: list[str]) -> dict[str, Value]:
    rows = elements(call.frame, call.state, given)
    return {name: read(call.frame, call.state, rows, index(position)) for position, name in enumerate(names)}


def _adopted(columns: dict[str, Value], row: Obj) -> dict[str, Value]:
    """The columns as those of one row: where all that stands in it is about one person, the row is about that person."""
    records = {atom.record.root.past() for value in columns.values() for atom in value.atoms if isinstance(atom, Label)}
    found: dict[str, Value] = {}
    for name, value in columns.items():
        constant = bool(value.atoms) and all(isinstance(atom, Const) for atom in value.atoms)
        atoms: dict[Atom, Truths] = {} if constant else {row.child(index(name)): NOTHING}
        adopts = len(records) == 1 and any(isinstance(atom, Label) for atom in value.atoms)
        for atom, carried in value.atoms.items():
            if adopts and type(atom) is Obj:
                continue
            if adopts and isinstance(atom, Label):
                carried = _of_row(carried, atom.record, row)
                atom = Label(atom.category, atom.source, row, atom.field, ((),), (), atom.confidence)
            atoms[atom] = carried
        found[name] = Value(atoms, value.implied, value.probes)
    return found


def _of_row(carried: Truths, record: Obj, row: Obj) -> Truths:
    about = [
        fact
        for fact in carried
        if type(fact) is Fact and fact.subject is not None and fact.subject.root.past() is record.root.past()
    ]
    return carried | frozenset(fact._replace(subject=row) for fact in about)


@source("pandas.Series", "polars.Series")
def series(call: ModelCall) -> Value:
    given = (
        call.optional(1, "values")
        if call.path.startswith("polars.") and len(call.arguments.positional) > 1
        else call.optional(0, "data")
    )
    if given is None:
        return make_series(call, EMPTY, EMPTY)
    data, rows = series_value(call.frame, call.state, given)
    return make_series(call, data, rows)


# ── whole frames ──────────────────────────────────────────────────────────────────────────────────────────────────


@source(
    "pandas.concat",
    "polars.concat",
    "datasets.concatenate_datasets",
    "datasets.interleave_datasets",
    "dask.dataframe.concat",
    "polars.union",
)
def concat(call: ModelCall) -> Value:
    """The rows of all; with ``axis=1``, their columns."""
    given = call.optional(0, "objs") or call.optional(0, "items") or call.argument(0, "dsets")
    axis = call.optional(1, "axis")
    members = elements(call.frame, call.state, given)
    if not frames_in(call.frame, call.state, members):
        if series_in(call.frame, call.state, members):
            data, rows = series_value(call.frame, call.state, members)
            return make_series(call, data, rows)
        return NotImplemented  # type: ignore[no-any-return]  # nothing is known of what is put together
    constant = axis.constant() if axis is not None else None
    table = joined_elements(call, given)
    if constant is not None and constant.value in (1, "columns"):
        data = series_value(
            call.frame, call.state, Value({o: members.atoms[o] for o in series_in(call.frame, call.state, members)})
        )[0]
        table = replace(table, rest=join(table.rest, Value(data.atoms)))
    return make_frame(call, table)


@source("pandas.merge", "dask.dataframe.merge", "pandas.merge_asof", "pandas.merge_ordered")
def merge(call: ModelCall) -> Value:
    left, right = call.argument(0, "left"), call.argument(1, "right")
    if not frames_in(call.frame, call.state, left) or not frames_in(call.frame, call.state, right):
        return NotImplemented  # type: ignore[no-any-return]  # nothing is known of what is put together
    given = call.optional(2, "how")
    constant = given.constant() if given is not None else None
    default = {"pandas.merge_asof": "left", "pandas.merge_ordered": "outer"}.get(call.path, "inner")
    how = default if given is None else str(constant.value) if constant is not None else "unknown"
    return make_frame(call, merge_tables(call, joined_elements(call, left), joined_elements(call, right), how))


@source(
    "pandas.get_dummies", "pandas.melt", "pandas.wide_to_long", "pandas.pivot", "sklearn.utils.shuffle",
    "sklearn.utils.resample", "pandas.to_datetime", "pandas.to_numeric", "pandas.Categorical", "pandas.cut",
    "pandas.qcut", "pandas.to_timedelta", "pandas.unique", "pandas.array",
)  # fmt: skip
def same(call: ModelCall) -> Value:
    given = call.optional(0, "data") or call.argument(0, "arg")
    if frames_in(call.frame, call.state, given):
        return make_frame(call, table_of(call.frame, call.state, given))
    if series_in(call.frame, call.state, given):
        data, rows = series_value(call.frame, call.state, given)
        return make_series(call, Value(data.atoms), rows)
    return NotImplemented  # type: ignore[no-any-return]  # nothing is known of what is given


@source("pandas.isna", "pandas.isnull", "pandas.notna", "pandas.notnull")
def isna(call: ModelCall) -> Value:
    given = call.argument(0, "obj")
    if not series_in(call.frame, call.state, given):
        return EMPTY
    data, rows = series_value(call.frame, call.state, given)
    implied = masks.missing(data)
    if "not" in call.path:
        implied = masks.negated(implied)
    return make_series(call, Value({}, implied if any(implied) else NO_IMPLICATION), rows, part="~mask")


@source(
    "numpy.logical_and",
    "numpy.logical_or",
    "numpy.logical_not",
    "numpy.bitwise_and",
    "numpy.bitwise_or",
    "numpy.invert",
)
def logical(call: ModelCall) -> Value:
    sides = [masks.implied_by(condition(call.frame, call.state, value)) for value in call.arguments.positional[:2]]
    if len(sides) == 2:
        implied = masks.either(*sides) if call.path.endswith("_or") else masks.both(*sides)
    else:
        implied = masks.negated(sides[0]) if sides else Implied()
    rows = join_all([series_value(call.frame, call.state, value)[1] for value in call.arguments.positional[:2]])
    return make_series(call, Value({}, implied if any(implied) else NO_IMPLICATION), rows, part="~mask")


@source("sklearn.model_selection.train_test_split")
def train_test_split(call: ModelCall) -> Value:
    """Two parts of each argument, in turn."""
    made = call.new("builtins.list", "~parts")
    for number, value in enumerate(call.arguments.positional):
        part = _part(call, value, number)
        call.state.store(made, index(2 * number), part)
        call.state.store(made, index(2 * number + 1), part)
    if call.arguments.more is not None:
        call.state.store(made, ELEMENT, call.arguments.more)
    return of(made)


def _part(call: ModelCall, value: Value, number: int) -> Value:
    if frames_in(call.frame, call.state, value):
        return make_frame(call, table_of(call.frame, call.state, value), f"~part{number}")
    if series_in(call.frame, call.state, value):
        data, rows = series_value(call.frame, call.state, value)
        return make_series(call, data, rows, part=f"~part{number}")
    inner = elements(call.frame, call.state, value)
    if inner.objects() and all(obj.api in ("builtins.list", "builtins.tuple") for obj in value.objects()):
        return call.container(LIST, inner, f"~part{number}")
    return value
