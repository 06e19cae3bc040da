"""Methods of frames and columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import DICT, LIST, TUPLE, elements, known_keys, read
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.frameworks.dataframes import expressions, masks
from datause_lint.analysis.frameworks.dataframes.frames import (
    GROUPS,
    TESTED,
    Table,
    column_names,
    column_of,
    condition,
    frames_in,
    identifies_people,
    make_frame,
    make_series,
    merged,
    moved_to,
    row_of,
    series_in,
    series_value,
    stacked,
    table_of,
    write_frame,
)
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, OPAQUE, index
from datause_lint.analysis.values import (
    EMPTY,
    NO_IMPLICATION,
    NONE,
    ApiAtom,
    BoundAtom,
    ClassAtom,
    Const,
    Data,
    Fact,
    FunctionAtom,
    Implied,
    Label,
    Truths,
    Value,
    join,
    join_all,
    of,
)

FRAME_METHODS: dict[str, Model] = {}
SERIES_METHODS: dict[str, Model] = {}


def frame_method(*names: str) -> Callable[[Model], Model]:
    return _register(FRAME_METHODS, names)


def series_method(*names: str) -> Callable[[Model], Model]:
    return _register(SERIES_METHODS, names)


def _register(table: dict[str, Model], names: tuple[str, ...]) -> Callable[[Model], Model]:
    def register(model: Model) -> Model:
        for name in names:
            table[name] = model
        return model

    return register


def model_for(table: Mapping[str, Model], name: str) -> Model | None:
    return table.get(name)


def _table(call: ModelCall) -> Table:
    return table_of(call.frame, call.state, call.receiver)


def _flag(call: ModelCall, name: str, position: int = -1) -> bool:
    """Whether a keyword is given as a constant that is true."""
    given = call.optional(position, name) if position >= 0 else call.arguments.keywords.get(name)
    constant = given.constant() if given is not None else None
    return constant is not None and bool(constant.value)


def _done(call: ModelCall, table: Table, part: str = "~frame") -> Value:
    """The result as a new frame; or, with ``inplace=True``, in the frame itself."""
    if not _flag(call, "inplace"):
        return make_frame(call, table, part)
    for obj in frames_in(call.frame, call.state, call.receiver):
        if len(call.receiver.objects()) == 1:
            write_frame(call.state, obj, table)
    return NONE


def _axis_is_columns(call: ModelCall, position: int = -1) -> bool:
    given = call.optional(position, "axis") if position >= 0 else call.arguments.keywords.get("axis")
    constant = given.constant() if given is not None else None
    return constant is not None and constant.value in (1, "columns")


# ── the same rows and columns, or some of the rows ────────────────────────────────────────────────────────────────


@frame_method(
    "copy", "reset_index", "set_index", "sort_values", "sort_index", "head", "tail", "sample", "drop_duplicates",
    "fillna", "ffill", "bfill", "astype", "round", "convert_dtypes", "infer_objects", "nlargest", "nsmallest",
    "truncate", "where", "clip", "replace", "shift", "interpolate", "repartition", "persist", "compute", "cache",
    "clone", "rechunk", "slice", "limit", "sort", "reverse", "shuffle", "unique", "with_row_count", "with_row_index",
    "to_pandas", "transpose", "explode", "stack", "unstack", "set_axis", "squeeze", "cast", "fill_null", "fill_nan",
    "orderBy", "distinct", "dropDuplicates", "repartitionByRange", "coalesce", "alias", "hint", "toPandas", "toDF",
    "select_dtypes", "add_prefix", "add_suffix", "drop_index", "get_chunk", "to_frame", "to_polars", "bottom_k",
    "top_k", "sort_by", "unnest", "with_format", "set_format", "flatten", "skip", "take", "shard", "repeat", "cast_column",
    "flatten_indices", "swaplevel", "droplevel", "rename_axis", "reindex", "tz_localize", "gather_every", "lazy",
    "pad", "to_lazy", "mask", "swapaxes", "first_valid_index", "to_iterable_dataset", "class_encode_column", "data",
)  # fmt: skip
def same(call: ModelCall) -> Value:
    if not frames_in(call.frame, call.state, call.receiver):
        return NotImplemented  # type: ignore[no-any-return]  # nothing is known of the receiver
    if call.path == "pyspark.sql.DataFrame().where":
        return filter_(call)
    return _done(call, _table(call))


@frame_method("collect")
def collect(call: ModelCall) -> Value:
    table = _table(call)
    if table.api == "pyspark.sql.DataFrame":
        return call.container(LIST, row_of(call, table), "~rows")
    return make_frame(call, replace(table, api="polars.DataFrame"))


@frame_method("select")
def select(call: ModelCall) -> Value:
    """polars and Spark: the named columns and expressions; a data set: the rows at some places."""
    table = _table(call)
    if table.api.startswith("datasets."):
        return make_frame(call, table)
    given = [*call.arguments.positional, *(each for each in [call.arguments.more] if each is not None)]
    columns: dict[str, Value] = {}
    for value in given:
        columns.update(expressions.named_columns(call, table, value))
    for name, value in call.arguments.keywords.items():
        columns[name] = expressions.evaluated(call, table, value)
    whole = any(expressions.is_star(call, value) for value in given)
    if whole:
        columns = {**table.columns, **columns}
    return make_frame(
        call, replace(table, columns=columns, open=whole and table.open, rest=table.rest if whole else EMPTY)
    )


@frame_method("with_columns", "with_column", "withColumn", "withColumns")
def with_columns(call: ModelCall) -> Value:
    table = _table(call)
    columns = dict(table.columns)
    constant = call.argument(0).constant()
    if constant is not None and len(call.arguments.positional) == 2:
        columns[str(constant.value)] = expressions.evaluated(call, table, call.argument(1))
    else:
        for value in call.arguments.positional:
            columns.update(expressions.named_columns(call, table, value))
    for name, value in call.arguments.keywords.items():
        columns[name] = expressions.evaluated(call, table, value)
    return make_frame(call, replace(table, columns=columns))


# ── selecting columns ─────────────────────────────────────────────────────────────────────────────────────────────


@frame_method("drop", "remove_columns", "drop_columns")
def drop(call: ModelCall) -> Value:
    table = _table(call)
    given = call.arguments.keywords.get("columns") or call.arguments.keywords.get("column_names")
    pandas_rows = table.api == "pandas.DataFrame" and given is None and not _axis_is_columns(call, 1)
    if given is None and call.arguments.positional and not pandas_rows:
        given = join_all(
            call.arguments.positional if table.api != "pandas.DataFrame" else call.arguments.positional[:1]
        )
    names = _names(call, given) if given is not None else []
    return _done(call, table.without(names))


def _names(call: ModelCall, given: Value) -> list[str]:
    """Names that are certain: constants, and lists of constants."""
    found: list[str] = []
    for atom, carried in given.atoms.items():
        names = column_names(call.frame, call.state, Value({atom: carried}))
        found.extend(names or [])
    return found


@frame_method("pop")
def pop(call: ModelCall) -> Value:
    table = _table(call)
    names = _names(call, call.argument(0, "item"))
    found = [column_of(call.frame, call.state, table, name, call.span) for name in names]
    for obj in frames_in(call.frame, call.state, call.receiver):
        if len(names) == 1 and not call.frame.is_input(obj):
            write_frame(call.state, obj, table.without(names))
    return make_series(call, join_all(found), table.rows)


@frame_method("get", "get_column", "column", "select_columns", "to_series")
def get(call: ModelCall) -> Value:
    table = _table(call)
    names = _names(call, call.argument(0, "key"))
    if not names:
        return make_frame(call, table)
    data = {name: column_of(call.frame, call.state, table, name, call.span) for name in names}
    constants = guards.fold(call.frame, call.argument(0, "key"))
    if constants is None or call.path.endswith("select_columns"):
        return make_frame(
            call, replace(table, columns={n: Value(v.atoms) for n, v in data.items()}, open=False, rest=EMPTY)
        )
    return make_series(call, join_all(data.values()), table.rows)


@frame_method("rename", "rename_columns", "rename_column", "withColumnRenamed")
def rename(call: ModelCall) -> Value:
    table = _table(call)
    given = call.optional(0, "columns") or call.arguments.keywords.get("mapper")
    pairs = _pairs(call, given) if given is not None else {}
    if call.path.rpartition(".")[2] in ("rename_column", "withColumnRenamed"):
        old, new = _names(call, call.argument(0)), _names(call, call.argument(1))
        pairs = dict(zip(old, new, strict=True)) if len(old) == len(new) == 1 else {}
    columns: dict[str, Value] = {}
    for name, value in table.columns.items():
        columns[pairs.get(name, name)] = _with_evidence(call, table, name, value) if name in pairs else value
    for name, other in pairs.items():
        if name not in table.columns and table.open:
            columns[other] = column_of(call.frame, call.state, table, name, call.span)
    return _done(call, replace(table, columns=columns))


def _with_evidence(call: ModelCall, table: Table, name: str, value: Value) -> Value:
    """Evidence of consent stays that under another name."""
    tested = column_of(call.frame, call.state, table, name, call.span)
    return Value(value.atoms, tested.implied, tested.probes)


def _pairs(call: ModelCall, given: Value) -> dict[str, str]:
    found: dict[str, str] = {}
    for obj in given.objects():
        for key in known_keys(call.frame, call.state, obj):
            constant = read(call.frame, call.state, of(obj), index(key)).constant()
            if constant is not None:
                found[str(key)] = str(constant.value)
    return found


# ── selecting rows ────────────────────────────────────────────────────────────────────────────────────────────────


@frame_method("query")
def query(call: ModelCall) -> Value:
    from datause_lint.analysis.sinks import texts

    table = _table(call)
    found = [
        masks.queried(call.frame, call.state, table, text, call.span)
        for text in texts(call.frame, call.argument(0, "expr"))
    ]
    proven = frozenset.intersection(*(each.true for each in found)) if found else frozenset()
    return _done(call, table.proving(proven))


@frame_method("filter")
def filter_(call: ModelCall) -> Value:
    """polars: rows where every condition holds; data sets: rows for which a function says so; pandas: columns."""
    table = _table(call)
    if table.api in ("pandas.DataFrame", GROUPS):
        names = _names(call, call.argument(0, "items"))
        return make_frame(call, table.only(names) if names else table)
    function = call.optional(0, "function")
    if function is not None and _is_function(function):
        return make_frame(call, table.proving(_row_function(call, table, function)))
    proven: Truths = frozenset()
    for given in call.arguments.positional:
        proven |= masks.implied_by(expressions.evaluated(call, table, given)).true
    for name, given in call.arguments.keywords.items():
        proven |= masks.comparison(
            call.frame, "==", column_of(call.frame, call.state, table, name, call.span), given
        ).true
    texts_given = call.argument(0).constant()
    if texts_given is not None and isinstance(texts_given.value, str):  # Spark takes SQL
        proven |= masks.queried(call.frame, call.state, table, _as_query(texts_given.value), call.span).true
    return make_frame(call, table.proving(proven))


def _as_query(text: str) -> str:
    import re

    words = {"AND": "and", "OR": "or", "NOT": "not", "TRUE": "True", "FALSE": "False"}
    plain = re.sub(r"\b(AND|OR|NOT|TRUE|FALSE)\b", lambda match: words[match[1].upper()], text, flags=re.I)
    return re.sub(r"(?<![=!<>])=(?!=)", "==", plain)


def _is_function(value: Value) -> bool:
    return any(isinstance(atom, (FunctionAtom, BoundAtom, ApiAtom, ClassAtom)) for atom in value.atoms)


def _row_function(call: ModelCall, table: Table, function: Value) -> Truths:
    """What it proves of the rows that the function is true for one of them."""
    answer = _call_on_row(call, table, function)
    implied = masks.implied_by(answer)
    return _facts_about_rows(implied.true | implied.some, table)


def _call_on_row(call: ModelCall, table: Table, function: Value) -> Value:
    columns = call.arguments.keywords.get("input_columns")
    names = _names(call, columns) if columns is not None else []
    if names:
        rows, row = table.rows.objects(), row_of(call, table)
        values = [column_of(call.frame, call.state, table, name, call.span) for name in names]
        return call.maybe(function, *(moved_to(value, rows, row.objects()[0]) for value in values))
    return call.maybe(function, row_of(call, table))


def _facts_about_rows(facts: Truths, table: Table) -> Truths:
    """Facts about one row, as facts about each."""
    about = [fact for fact in facts if type(fact) is Fact]
    return frozenset(
        fact._replace(subject=row)
        for fact in about
        if fact.subject is None or fact.subject.key.endswith("~each")
        for row in table.rows.objects()
    )


@frame_method("dropna", "drop_nulls", "na_drop")
def dropna(call: ModelCall) -> Value:
    """Rows in which none of the columns is missing: a proof where a date of consent is one of them."""
    table = _table(call)
    subset = call.optional(-1, "subset") or (call.argument(0) if table.api != "pandas.DataFrame" else None)
    how = call.arguments.keywords.get("how")
    every = how is None or (how.constant() is not None and how.constant().value != "all")  # type: ignore[union-attr]
    thresh = "thresh" in call.arguments.keywords
    names = _names(call, subset) if subset is not None else list(table.columns)
    proven: Truths = frozenset()
    for name in names if every and not thresh and not _axis_is_columns(call, 0) else ():
        proven |= masks.missing(column_of(call.frame, call.state, table, name, call.span)).false
    return _done(call, table.proving(proven))


# ── computing columns ─────────────────────────────────────────────────────────────────────────────────────────────


@frame_method("assign", "insert")
def assign(call: ModelCall) -> Value:
    table = _table(call)
    columns = dict(table.columns)
    if call.path.endswith("insert"):
        for name in _names(call, call.argument(1, "column")):
            columns[name] = series_value(call.frame, call.state, call.argument(2, "value"))[0]
        for obj in frames_in(call.frame, call.state, call.receiver):
            write_frame(call.state, obj, replace(table, columns=columns))
        return NONE
    for number, (name, given) in enumerate(call.arguments.keywords.items()):
        value = given
        if _is_function(given):
            value = call.call(given, make_frame(call, replace(table, columns=dict(columns)), f"~given{number}"))
        columns[name] = series_value(call.frame, call.state, value)[0]
    return make_frame(call, replace(table, columns=columns))


@frame_method("add_column")
def add_column(call: ModelCall) -> Value:
    table = _table(call)
    data = series_value(call.frame, call.state, call.argument(1, "column"))[0]
    columns = dict(table.columns)
    for name in _names(call, call.argument(0, "name")):
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
    table = _table(call)
    function = call.optional(0, "func") or call.argument(0, "function")
    if any(expressions.is_expression(value) for value in call.arguments.all()):
        columns: dict[str, Value] = {}
        for value in call.arguments.all():
            columns.update(expressions.named_columns(call, table, value))
        return make_frame(call, Table(columns, table.rows, False, table.keys, "polars.DataFrame"))
    if not _is_function(function):
        return _aggregated(call, table, function)
    if table.api == GROUPS or call.path.endswith(("map_groups", "map_batches", "map_partitions")):
        result = call.maybe(function, make_frame(call, replace(table, api="pandas.DataFrame"), "~group"))
    elif _axis_is_columns(call, 1) or call.path.endswith(("map_rows",)):
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
    moved = Implied(_facts_about_rows(implied.true | implied.some, table), _facts_about_rows(implied.false, table))
    data = _back_to_rows(call, table, call.data(result))
    return make_series(call, Value(data.atoms, moved if any(moved) else NO_IMPLICATION), table.rows, part="~applied")


def _back_to_rows(call: ModelCall, table: Table, data: Value) -> Value:
    """What was read from one row, as read from any."""
    rows = table.rows.objects()
    atoms = {}
    for atom, carried in data.atoms.items():
        if isinstance(atom, Label) and atom.record.key.endswith("~each") and len(rows) == 1:
            atom = atom.read_from(rows[0])
            carried |= _facts_about_rows(carried, table) | table.rows.atoms[rows[0]]
        atoms[atom] = carried
    return Value(atoms)


COUNTING: Final = frozenset(
    """mean sum count size std var sem median nunique prod skew kurt kurtosis corr cov any all len n_unique
    describe""".split()
)


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
    table = _table(call)
    function = call.optional(0, "function") or call.argument(0, "func")
    if not table.api.startswith("datasets."):
        data = call.data(call.maybe(function, table.everything()))
        return make_frame(call, Table({}, table.rows, True, data, table.api))
    result = _call_on_row(call, table, function)
    columns = dict(table.columns)
    known = False
    for obj in result.objects():
        for key in known_keys(call.frame, call.state, obj):
            if isinstance(key, str):
                known = True
                columns[key] = _back_to_rows(call, table, call.data(read(call.frame, call.state, of(obj), index(key))))
    rest = table.rest if known else join(table.rest, _back_to_rows(call, table, call.data(result)))
    removed = call.arguments.keywords.get("remove_columns")
    names = _names(call, removed) if removed is not None else []
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
    table = _table(call)
    names = [name for value in call.arguments.all() for name in _names(call, value)]
    keys = [Value(column_of(call.frame, call.state, table, name, call.span).atoms) for name in names]
    return make_frame(call, replace(table, api=GROUPS, keys=join_all(keys)))


# ── two frames ────────────────────────────────────────────────────────────────────────────────────────────────────


def _how(call: ModelCall, default: str) -> str:
    given = call.optional(_how_position(call), "how")
    constant = given.constant() if given is not None else None
    if given is not None and constant is None:
        return "unknown"
    how = str(constant.value) if constant is not None else default
    return {
        "full": "outer",
        "leftsemi": "semi",
        "left_semi": "semi",
        "leftanti": "anti",
        "left_anti": "anti",
        "left_outer": "left",
        "leftouter": "left",
    }.get(how, how)


def _how_position(call: ModelCall) -> int:
    name = call.path.rpartition(".")[2]
    if call.path.startswith("pandas.merge"):
        return 2
    return 1 if name == "merge" else 2


@frame_method("merge", "join", "join_asof")
def merge(call: ModelCall) -> Value:
    default = (
        "left"
        if call.path.endswith(".join")
        and not call.path.startswith(("polars.", "pyspark."))
        or call.path.endswith("join_asof")
        else "inner"
    )
    table = _table(call)
    other = call.argument(0, "right" if "right" in call.arguments.keywords else "other")
    if not frames_in(call.frame, call.state, other) and series_in(call.frame, call.state, other):
        data, rows = series_value(call.frame, call.state, other)
        right = Table({}, rows, False, Value(data.atoms))
    else:
        right = joined_elements(call, other)
    return make_frame(call, merge_tables(call, table, right, _how(call, default)))


def joined_elements(call: ModelCall, value: Value) -> Table:
    """A frame, or all the frames of a list."""
    if frames_in(call.frame, call.state, value):
        return table_of(call.frame, call.state, value)
    inner = elements(call.frame, call.state, value)
    if any(obj.api == TUPLE for obj in inner.objects()):
        inner = elements(call.frame, call.state, inner)
    return (
        table_of(call.frame, call.state, inner)
        if frames_in(call.frame, call.state, inner)
        else table_of(call.frame, call.state, value)
    )


def merge_tables(call: ModelCall, left: Table, right: Table, how: str) -> Table:
    keys = _keys(call)
    common = [name for name in left.columns if name in right.columns]
    names = keys if keys is not None else common
    by_index = _flag(call, "left_index") or _flag(call, "right_index") or call.path.endswith(".join") and keys is None
    same_people = by_index and how != "cross" or any(identifies_people(name) for name in names)
    return merged(left, right, how, names, same_people=same_people)


def _keys(call: ModelCall) -> list[str] | None:
    given = [call.arguments.keywords[word] for word in ("on", "left_on", "right_on") if word in call.arguments.keywords]
    if call.path.startswith(("polars.", "pyspark.")) and len(call.arguments.positional) > 1:
        given.append(call.argument(1))
    elif call.path.endswith("DataFrame().merge") and len(call.arguments.positional) > 2:
        given.append(call.argument(2))
    return [name for value in given for name in _names(call, value)] if given else None


@frame_method("append", "union", "unionAll", "unionByName", "vstack", "extend", "hstack")
def append(call: ModelCall) -> Value:
    return make_frame(call, stacked(_table(call), joined_elements(call, call.argument(0, "other"))))


# ── out of the frame ──────────────────────────────────────────────────────────────────────────────────────────────


@frame_method("iterrows", "items", "iteritems")
def iterrows(call: ModelCall) -> Value:
    pair = call.new(TUPLE, "~pair")
    table = _table(call)
    call.state.store(pair, index(0), EMPTY)
    second = (
        row_of(call, table) if call.path.endswith("iterrows") else make_series(call, table.everything(), table.rows)
    )
    call.state.store(pair, index(1), second)
    return call.container(LIST, of(pair), "~pairs")


@frame_method(
    "itertuples", "iter_rows", "rows", "to_dicts", "to_pylist", "to_records", "iter", "toLocalIterator", "to_list"
)
def rows(call: ModelCall) -> Value:
    return call.container(LIST, row_of(call, _table(call)), "~rows")


@frame_method("row", "first", "last")
def one_row(call: ModelCall) -> Value:
    return row_of(call, _table(call))


@frame_method("iter_slices", "iter_batches", "to_batches", "to_delayed")
def batches(call: ModelCall) -> Value:
    return call.container(LIST, make_frame(call, _table(call)), "~batches")


@frame_method("to_dict")
def to_dict(call: ModelCall) -> Value:
    table = _table(call)
    given = call.optional(0, "orient")
    orient = given.constant() if given is not None else None
    if orient is not None and orient.value in ("records", "index"):
        return call.container(LIST if orient.value == "records" else DICT, row_of(call, table), "~records")
    made = call.new(DICT, "~dict")
    for name, value in table.columns.items():
        call.state.store(made, index(name), call.container(LIST, Value(value.atoms), f"~{name}"))
    if table.rest.atoms:
        call.state.store(made, OPAQUE, table.rest)
    return of(made)


@frame_method("to_numpy", "as_matrix", "to_torch", "to_jax", "to_array", "flatten_values", "to_arrow", "to_tf_dataset")
def to_numpy(call: ModelCall) -> Value:
    return _table(call).everything()


@frame_method("to_string", "to_markdown", "to_html", "to_latex", "write_ndjson", "to_clipboard", "show", "glimpse")
def to_text(call: ModelCall) -> Value:
    return call.data(_table(call).everything())


@frame_method(
    "count", "mean", "sum", "std", "var", "sem", "median", "nunique", "n_unique", "describe", "corr", "cov", "info",
    "memory_usage", "quantile", "skew", "kurt", "any", "all", "isna", "isnull", "notna", "notnull", "duplicated", "size",
    "is_empty", "null_count", "estimated_size", "printSchema", "cumcount", "ngroup", "pct_change", "keys", "num_rows", "len", "equals",
)  # fmt: skip
def counted(call: ModelCall) -> Value:
    table = _table(call)
    return make_frame(call, Table({}, table.rows, False, table.keys, "pandas.DataFrame"), "~counts")


@frame_method("value_counts")
def value_counts(call: ModelCall) -> Value:
    return make_frame(call, _table(call))


@frame_method("train_test_split", "random_split", "randomSplit")
def split(call: ModelCall) -> Value:
    """The parts of a data set, by name or by place."""
    table = _table(call)
    part = make_frame(call, table, "~part")
    made = call.new(DICT, "~parts")
    for key in ("train", "test", 0, 1, 2):
        call.state.store(made, index(key), part)
    return of(made)


# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _column(call: ModelCall) -> tuple[Value, Value]:
    return series_value(call.frame, call.state, call.receiver)


@series_method(
    "copy", "reset_index", "sort_values", "sort_index", "head", "tail", "sample", "drop_duplicates", "dropna", "ffill",
    "bfill", "convert_dtypes", "infer_objects", "nlargest", "nsmallest", "truncate", "clone", "rechunk", "slice", "limit",
    "sort", "reverse", "shuffle", "alias", "rename", "squeeze", "to_frame", "astype", "cast", "compute", "persist",
    "drop_nulls", "implode", "set_axis", "reindex", "rename_axis", "to_series", "view", "ravel", "repeat", "where",
)  # fmt: skip
def same_column(call: ModelCall) -> Value:
    data, rows = _column(call)
    return make_series(call, data, rows)


@series_method("fillna", "fill_null")
def filled(call: ModelCall) -> Value:
    data, rows = _column(call)
    constant = call.argument(0, "value").constant()
    implied = masks.filled(data, constant.value) if constant is not None else Implied()
    given = Value(
        {
            a: c
            for a, c in series_value(call.frame, call.state, call.argument(0, "value"))[0].atoms.items()
            if isinstance(a, (Label, Data))
        }
    )
    probes = data.probes if constant is not None and not constant.value else ()
    result = Value(
        join(Value(data.atoms), given).atoms,
        implied if not probes and any(implied) else data.implied if probes else NO_IMPLICATION,
        probes,
    )
    if _flag(call, "inplace"):
        for obj in series_in(call.frame, call.state, call.receiver):
            call.state.store(obj, TESTED, Value({}, implied))
        return NONE
    return make_series(call, result, rows)


@series_method(*masks.BY_METHOD)
def compared(call: ModelCall) -> Value:
    data, rows = _column(call)
    operator = masks.BY_METHOD[call.path.rpartition(".")[2]]
    other = call.argument(0, "other")
    against = series_value(call.frame, call.state, other)[0] if series_in(call.frame, call.state, other) else other
    return _mask(call, masks.comparison(call.frame, operator, data, against), rows)


def _mask(call: ModelCall, implied: Implied, rows: Value) -> Value:
    return make_series(call, Value({}, implied if any(implied) else NO_IMPLICATION), rows, part="~mask")


@series_method("isin", "is_in")
def isin(call: ModelCall) -> Value:
    data, rows = _column(call)
    name = [read(call.frame, call.state, of(obj), "@name").constant() for obj in call.receiver.objects()]
    known = [str(each.value) for each in name if each is not None]
    about = rows if not known or any(identifies_people(each) for each in known) else EMPTY
    return _mask(call, masks.membership(call.frame, call.state, data, call.argument(0, "values"), about), rows)


@series_method("isna", "isnull", "is_null", "is_nan", "isNull")
def isna(call: ModelCall) -> Value:
    data, rows = _column(call)
    return _mask(call, masks.missing(data), rows)


@series_method("notna", "notnull", "is_not_null", "is_not_nan", "isNotNull")
def notna(call: ModelCall) -> Value:
    data, rows = _column(call)
    return _mask(call, masks.negated(masks.missing(data)), rows)


@series_method("not_", "__invert__")
def inverted(call: ModelCall) -> Value:
    data, rows = _column(call)
    return _mask(call, masks.negated(masks.implied_by(data)), rows)


@series_method("and_", "__and__", "or_", "__or__")
def combined(call: ModelCall) -> Value:
    data, rows = _column(call)
    other = masks.implied_by(condition(call.frame, call.state, call.argument(0)))
    combine = masks.either if "or_" in call.path else masks.both
    return _mask(call, combine(masks.implied_by(data), other), rows)


@series_method("between", "is_between", "str_contains", "is_unique", "is_duplicated", "duplicated", "is_first_distinct")
def tested(call: ModelCall) -> Value:
    data, rows = _column(call)
    return _mask(call, Implied(true=masks.missing(data).false), rows)


@series_method("map", "apply", "transform", "map_elements", "map_batches", "replace", "agg", "aggregate")
def mapped(call: ModelCall) -> Value:
    data, rows = _column(call)
    function = call.optional(0, "func") or call.optional(0, "arg") or call.argument(0, "function")
    if _is_function(function):
        result = call.maybe(function, Value(data.atoms))
        return make_series(call, Value(call.data(result).atoms), rows)
    table = _constant_table(call, function)
    if table:
        implied = masks.mapped(data, table)
        return make_series(call, Value({}, implied if any(implied) else NO_IMPLICATION), rows)
    names = guards.fold(call.frame, function)
    if names and all(each.value in COUNTING for each in names):
        return EMPTY
    return make_series(call, Value(data.atoms), rows)


def _constant_table(call: ModelCall, given: Value) -> dict[object, bool]:
    found: dict[object, bool] = {}
    for obj in given.objects():
        for key in known_keys(call.frame, call.state, obj):
            constant = read(call.frame, call.state, of(obj), index(key)).constant()
            if constant is None:
                return {}
            found[key] = bool(constant.value)
    return found


@series_method(
    "tolist", "to_list", "unique", "to_numpy", "to_pylist", "to_dict", "items", "iteritems", "to_numpy_array"
)
def listed(call: ModelCall) -> Value:
    data, rows = _column(call)
    name = call.path.rpartition(".")[2]
    if name in ("to_numpy",):
        return data
    if name in ("items", "iteritems"):
        pair = call.new(TUPLE, "~pair")
        call.state.store(pair, index(0), EMPTY)
        call.state.store(pair, index(1), Value(data.atoms))
        return call.container(LIST, of(pair), "~pairs")
    made = call.container(LIST, Value(data.atoms), "~list")
    del rows
    return made


@series_method(
    "item",
    "min",
    "max",
    "mode",
    "first",
    "last",
    "get",
    "pop",
    "iat",
    "to_string",
    "to_json",
    "to_csv",
    "value_counts",
    "to_markdown",
)
def taken(call: ModelCall) -> Value:
    data, _ = _column(call)
    return Value(data.atoms)


@series_method(
    "mean", "sum", "count", "std", "var", "sem", "median", "nunique", "n_unique", "describe", "corr", "quantile", "skew",
    "any", "all", "is_empty", "null_count", "size", "len", "idxmax", "idxmin", "argmax", "argmin", "info", "kurt", "hasnans",
    "memory_usage", "equals", "prod", "cov", "rank",
)  # fmt: skip
def counted_column(call: ModelCall) -> Value:
    return EMPTY


@series_method("groupby", "rolling", "resample", "expanding")
def grouped_column(call: ModelCall) -> Value:
    data, rows = _column(call)
    return make_series(call, Value(data.atoms), rows)
