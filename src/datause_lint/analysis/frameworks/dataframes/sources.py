"""Functions that make frames, and those that take and give whole frames, columns and arrays."""

from __future__ import annotations

from dataclasses import replace

from datause_lint.analysis.access import DICT, LIST, known_keys, read
from datause_lint.analysis.atoms import Atom, Const, Label
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.facts import NOTHING, Fact, Truths, common
from datause_lint.analysis.frameworks.dataframes import masks
from datause_lint.analysis.frameworks.dataframes.frames import (
    Table,
    condition,
    frames_in,
    make_frame,
    make_series,
    series_in,
    series_value,
    table_of,
)
from datause_lint.analysis.frameworks.dataframes.joining import joined_elements, merge_tables
from datause_lint.analysis.frameworks.dataframes.readers import (
    LAZY,
    api_of,
    names_or_keys,
    source,
)
from datause_lint.analysis.items import read_item
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall
from datause_lint.analysis.objects import ELEMENT, Obj, index
from datause_lint.analysis.tables import TABLE_ROW
from datause_lint.analysis.values import EMPTY, Value, carrying, const, join, join_all, of

# ── frames from other things ──────────────────────────────────────────────────────────────────────────────────────


@source(
    "pandas.DataFrame",
    "polars.DataFrame",
    "polars.from_dicts",
    "polars.from_dict",
    "polars.from_pandas",
    "pandas.DataFrame.from_records",
    "pandas.DataFrame.from_dict",
    "pandas.json_normalize",
    "polars.from_records",
    "datasets.Dataset.from_list",
    "datasets.Dataset.from_dict",
    "datasets.Dataset.from_pandas",
    "datasets.Dataset.from_polars",
    "datasets.Dataset.from_spark",
    "pyspark.sql.SparkSession().createDataFrame",
    "dask.dataframe.from_pandas",
    "pyarrow.Table.from_pylist",
    "pyarrow.Table.from_pydict",
    "pyarrow.Table.from_pandas",
    "pyarrow.table",
    "polars.LazyFrame",
)
def from_values(call: ModelCall) -> Value:
    given = call.optional(0, "data") or call.optional(0, "mapping") or call.argument(0, "df")
    api = LAZY if call.path == LAZY else "pyarrow.Table" if call.path.startswith("pyarrow.") else api_of(call.path)
    if frames_in(call.frame, call.state, given):
        return make_frame(call, replace(table_of(call.frame, call.state, given), api=api))
    columns = _columns_of(call, given)
    stated = [call.arguments.keywords[word] for word in ("columns", "schema") if word in call.arguments.keywords]
    names = [name for value in stated for name in names_or_keys(call, value)]
    if not columns and names:
        columns = _by_position(call, given, names)
    rest = EMPTY if columns else call.data(given, elements(call.frame, call.state, given))
    return _filled(call, columns, rest, api, given)


def frame_of_rows(call: ModelCall, rows: Value, api: str) -> Value:
    """The frame that a sequence of rows fills, each of them a dict."""
    columns = _columns_of(call, rows)
    rest = EMPTY if columns else call.data(elements(call.frame, call.state, rows), rows)
    return _filled(call, columns, rest, api, rows)


def _filled(call: ModelCall, columns: dict[str, Value], rest: Value, api: str, given: Value) -> Value:
    members = elements(call.frame, call.state, given)
    row = _row_of_query(members) or call.external(TABLE_ROW, part="~row")
    adopted = _adopted({**columns, **({"": rest} if rest.atoms else {})}, row)
    rest = adopted.pop("", EMPTY)
    known = members.atoms[row] if row in members.atoms else NOTHING if columns else _of_all_rows(members, row)
    return make_frame(call, Table(adopted, Value({row: known}), not columns, rest, api))


def _row_of_query(members: Value) -> Obj | None:
    """The rows of a frame that an SQL query fills are those of the query: what it asked for holds for them."""
    only = members.only_object()
    return only if only is not None and only.api == TABLE_ROW else None


def _of_all_rows(members: Value, row: Obj) -> Truths:
    """What each of the members carries of itself: ``DataFrame([row for row in rows if row["ai_consent"]])``."""
    found: list[Truths] = []
    for atom, carried in members.atoms.items():
        if type(atom) is not Obj:
            return NOTHING
        own = (fact for fact in carried if type(fact) is Fact and fact.subject is atom and not fact.every)
        found.append(frozenset(fact._replace(subject=row) for fact in own))
    return common(*found)


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
        members = elements(frame, state, of(obj)).atoms if obj.api != DICT else {}
        for item, carried in members.items():
            for name in known_keys(frame, state, item) if type(item) is Obj else ():
                if isinstance(name, str):
                    data = read_item(
                        frame, state, Value({item: carried}), const(name), call.span
                    )  # of an SQL row, as its query says
                    columns[name] = join(columns[name], data) if name in columns else data
    return columns


def _by_position(call: ModelCall, given: Value, names: list[str]) -> dict[str, Value]:
    rows = elements(call.frame, call.state, given)
    return {
        name: read_item(call.frame, call.state, rows, const(position), call.span) for position, name in enumerate(names)
    }


def _adopted(columns: dict[str, Value], row: Obj) -> dict[str, Value]:
    """The columns as those of one row, which is about whom its data is about, where that is one person."""
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
        return UNMODELLED  # nothing is known of what is put together
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
        return UNMODELLED  # nothing is known of what is put together
    given = call.optional(2, "how")
    constant = given.constant() if given is not None else None
    default = {"pandas.merge_asof": "left", "pandas.merge_ordered": "outer"}.get(call.path, "inner")
    how = default if given is None else str(constant.value) if constant is not None else "unknown"
    return make_frame(call, merge_tables(call, joined_elements(call, left), joined_elements(call, right), how))


@source(
    "pandas.get_dummies",
    "pandas.melt",
    "pandas.wide_to_long",
    "pandas.pivot",
    "sklearn.utils.shuffle",
    "sklearn.utils.resample",
    "pandas.to_datetime",
    "pandas.to_numeric",
    "pandas.Categorical",
    "pandas.cut",
    "pandas.qcut",
    "pandas.to_timedelta",
    "pandas.unique",
    "pandas.array",
)
def same(call: ModelCall) -> Value:
    given = call.optional(0, "data") or call.argument(0, "arg")
    if frames_in(call.frame, call.state, given):
        return make_frame(call, table_of(call.frame, call.state, given))
    if series_in(call.frame, call.state, given):
        data, rows = series_value(call.frame, call.state, given)
        return make_series(call, Value(data.atoms), rows)
    return UNMODELLED  # nothing is known of what is given


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


@source("numpy.where")
def where(call: ModelCall) -> Value:
    """``np.where(condition, one, other)``: of each row, one of the two."""
    if len(call.arguments.positional) != 3:
        return UNMODELLED
    asked = condition(call.frame, call.state, call.argument(0))
    if not series_in(call.frame, call.state, call.argument(0)):
        return UNMODELLED
    implied = masks.implied_by(asked)
    sides = [series_value(call.frame, call.state, value) for value in call.arguments.positional[1:]]
    data = [
        carrying(call.data(value), facts)
        for (value, _), facts in zip(sides, (implied.true, implied.false), strict=True)
    ]
    return make_series(call, join_all(data), join_all([rows for _, rows in sides]))


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
