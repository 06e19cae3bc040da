"""Methods that keep a frame's rows, or some of them, and its columns, or some of them."""

from __future__ import annotations

from dataclasses import replace

from datause_lint.analysis import guards
from datause_lint.analysis.access import DICT, LIST, known_keys, read, stored_value
from datause_lint.analysis.facts import Truths, common
from datause_lint.analysis.frameworks.dataframes import expressions, masks
from datause_lint.analysis.frameworks.dataframes.calls import (
    axis_is_columns,
    call_on_row,
    done,
    facts_about_rows,
    frame_method,
    is_function,
    names_in,
    receiver_table,
)
from datause_lint.analysis.frameworks.dataframes.frames import (
    GROUPS,
    OUTSIDE,
    Table,
    column_of,
    frames_in,
    make_frame,
    make_series,
    row_of,
    write_frame,
)
from datause_lint.analysis.many import many
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall
from datause_lint.analysis.objects import index
from datause_lint.analysis.values import EMPTY, Value, join_all, of

# ── the same rows and columns, or some of the rows ────────────────────────────────────────────────────────────────


@frame_method(
    "copy",
    "reset_index",
    "set_index",
    "sort_values",
    "sort_index",
    "head",
    "tail",
    "sample",
    "drop_duplicates",
    "ffill",
    "bfill",
    "astype",
    "round",
    "convert_dtypes",
    "infer_objects",
    "nlargest",
    "nsmallest",
    "truncate",
    "clip",
    "replace",
    "shift",
    "interpolate",
    "repartition",
    "persist",
    "compute",
    "cache",
    "clone",
    "rechunk",
    "slice",
    "limit",
    "sort",
    "reverse",
    "shuffle",
    "unique",
    "with_row_count",
    "with_row_index",
    "to_pandas",
    "transpose",
    "explode",
    "stack",
    "unstack",
    "set_axis",
    "squeeze",
    "cast",
    "fill_nan",
    "orderBy",
    "distinct",
    "dropDuplicates",
    "repartitionByRange",
    "coalesce",
    "alias",
    "hint",
    "toPandas",
    "toDF",
    "select_dtypes",
    "add_prefix",
    "add_suffix",
    "drop_index",
    "get_chunk",
    "to_frame",
    "to_polars",
    "bottom_k",
    "top_k",
    "sort_by",
    "unnest",
    "with_format",
    "set_format",
    "flatten",
    "skip",
    "take",
    "shard",
    "repeat",
    "cast_column",
    "flatten_indices",
    "swaplevel",
    "droplevel",
    "rename_axis",
    "reindex",
    "tz_localize",
    "gather_every",
    "lazy",
    "pad",
    "to_lazy",
    "swapaxes",
    "first_valid_index",
    "to_iterable_dataset",
    "class_encode_column",
    "data",
    "asfreq",
    "at_time",
    "between_time",
    "reindex_like",
    "reorder_levels",
    "set_flags",
    "tz_convert",
    "xs",
    "backfill",
    "drop_nans",
    "set_sorted",
    "upsample",
    "collect_async",
    "inspect",
    "match_to_schema",
    "checkpoint",
    "localCheckpoint",
    "intersect",
    "intersectAll",
    "subtract",
    "exceptAll",
    "melt",
    "unpivot",
    "pivot",
    "pivot_table",
    "eval",
)
def same(call: ModelCall) -> Value:
    if not frames_in(call.frame, call.state, call.receiver):
        return UNMODELLED  # nothing is known of the receiver
    return done(call, receiver_table(call))


@frame_method("fillna", "fill_null")
def fillna(call: ModelCall) -> Value:
    """A missing answer counts as what is put there now, in each column that may hold answers."""
    table = receiver_table(call)
    given = call.argument(0, "value")
    columns = dict(table.columns)
    for name in call.frame.world.policy.evidence_fields():
        constant = _put_into(call, given, name).constant() if table.open or name in columns else None
        if constant is None:
            continue
        column = column_of(call.frame, call.state, table, name, call.span)
        if masks.means_consent(column, constant):
            columns[name] = Value({constant: frozenset()}, masks.filled(column, constant.value))
    return done(call, replace(table, columns=columns))


def _put_into(call: ModelCall, given: Value, name: str) -> Value:
    """What a column is filled with: the one value, or what a dict has under its name."""
    dicts = [obj for obj in given.objects() if obj.api == DICT]
    return read(call.frame, call.state, of(*dicts), index(name)) if dicts else given


@frame_method("where", "mask")
def where(call: ModelCall) -> Value:
    """What a condition does not hold for is replaced."""
    table = receiver_table(call)
    if not frames_in(call.frame, call.state, call.receiver):
        return UNMODELLED  # nothing is known of the receiver
    if call.path == "pyspark.sql.DataFrame().where":
        return filter_(call)
    kept, instead = masks.kept_where(call)
    return done(call, replace(table.proving(kept), rest=join_all([table.proving(kept).rest, instead])))


@frame_method("collect")
def collect(call: ModelCall) -> Value:
    table = receiver_table(call)
    if table.api == "pyspark.sql.DataFrame":
        return call.container(LIST, many(call.state, row_of(call, table)), "~rows")
    return make_frame(call, replace(table, api="polars.DataFrame"))


@frame_method("select", "select_seq")
def select(call: ModelCall) -> Value:
    """polars and Spark: the named columns and expressions; a data set: the rows at some places."""
    table = receiver_table(call)
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


@frame_method("with_columns", "with_columns_seq", "with_column", "withColumn", "withColumns")
def with_columns(call: ModelCall) -> Value:
    table = receiver_table(call)
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
    table = receiver_table(call)
    given = call.arguments.keywords.get("columns") or call.arguments.keywords.get("column_names")
    pandas_rows = table.api == "pandas.DataFrame" and given is None and not axis_is_columns(call, 1)
    if given is None and call.arguments.positional and not pandas_rows:
        given = join_all(
            call.arguments.positional if table.api != "pandas.DataFrame" else call.arguments.positional[:1]
        )
    names = names_in(call, given) if given is not None else []
    gone = call.arguments.keywords.get("index") or (call.optional(0, "labels") if pandas_rows else None)
    kept = _outside_of(call, gone) if gone is not None else frozenset()
    return done(call, table.without(names).proving(kept))


def _outside_of(call: ModelCall, index: Value) -> Truths:
    """``frame.drop(frame[~frame["agreed"]].index)``: what is known of the rows that stay."""
    only, dropped_from = index.only_object(), call.receiver.only_object()
    outside = stored_value(call.frame, call.state, only, OUTSIDE) if only is not None else None
    if outside is None or dropped_from is None or outside.only_object() is not dropped_from:
        return frozenset()
    return outside.implied.true


@frame_method("pop")
def pop(call: ModelCall) -> Value:
    table = receiver_table(call)
    names = names_in(call, call.argument(0, "item"))
    found = [column_of(call.frame, call.state, table, name, call.span) for name in names]
    for obj in frames_in(call.frame, call.state, call.receiver):
        if len(names) == 1 and not call.frame.is_input(obj):
            write_frame(call.state, obj, table.without(names))
    return make_series(call, join_all(found), table.rows)


@frame_method("get", "get_column", "column", "select_columns", "to_series")
def get(call: ModelCall) -> Value:
    table = receiver_table(call)
    names = names_in(call, call.argument(0, "key"))
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
    table = receiver_table(call)
    given = call.optional(0, "columns") or call.arguments.keywords.get("mapper")
    pairs = _pairs(call, given) if given is not None else {}
    if call.path.rpartition(".")[2] in ("rename_column", "withColumnRenamed"):
        old, new = names_in(call, call.argument(0)), names_in(call, call.argument(1))
        pairs = dict(zip(old, new, strict=True)) if len(old) == len(new) == 1 else {}
    columns: dict[str, Value] = {}
    for name, value in table.columns.items():
        columns[pairs.get(name, name)] = _with_evidence(call, table, name, value) if name in pairs else value
    for name, other in pairs.items():
        if name not in table.columns and table.open:
            columns[other] = column_of(call.frame, call.state, table, name, call.span)
    return done(call, replace(table, columns=columns))


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

    table = receiver_table(call)
    found = [
        masks.queried(call.frame, call.state, table, text, call.span)
        for text in texts(call.frame, call.argument(0, "expr"))
    ]
    proven = common(*(each.true for each in found))
    return done(call, table.proving(proven))


@frame_method("filter")
def filter_(call: ModelCall) -> Value:
    """polars: rows where every condition holds; data sets: rows for which a function says so; pandas: columns."""
    table = receiver_table(call)
    if table.api in ("pandas.DataFrame", GROUPS):
        names = names_in(call, call.argument(0, "items"))
        return make_frame(call, table.only(names) if names else table)
    function = call.optional(0, "function")
    if function is not None and is_function(function):
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


@frame_method("remove")
def remove(call: ModelCall) -> Value:
    """polars: rows of which every condition is true go, those of which nothing is known stay."""
    table = receiver_table(call)
    if not frames_in(call.frame, call.state, call.receiver):
        return UNMODELLED
    left = [masks.implied_by(expressions.evaluated(call, table, given)).false for given in call.arguments.positional]
    return make_frame(call, table.proving(common(*left)) if not call.arguments.keywords else table)


def _as_query(text: str) -> str:
    import re

    words = {"AND": "and", "OR": "or", "NOT": "not", "TRUE": "True", "FALSE": "False"}
    plain = re.sub(r"\b(AND|OR|NOT|TRUE|FALSE)\b", lambda match: words[match[1].upper()], text, flags=re.I)
    return re.sub(r"(?<![=!<>])=(?!=)", "==", plain)


def _row_function(call: ModelCall, table: Table, function: Value) -> Truths:
    """What it proves of the rows that the function is true for one of them."""
    answer = call_on_row(call, table, function)
    implied = masks.implied_by(answer)
    return facts_about_rows(implied.true | implied.some, table)


@frame_method("dropna", "drop_nulls", "na_drop")
def dropna(call: ModelCall) -> Value:
    """Rows in which none of the columns is missing: a proof where a date of consent is one of them."""
    table = receiver_table(call)
    subset = call.optional(-1, "subset") or (call.argument(0) if table.api != "pandas.DataFrame" else None)
    how = call.arguments.keywords.get("how")
    every = how is None or (how.constant() is not None and how.constant().value != "all")  # type: ignore[union-attr]
    thresh = "thresh" in call.arguments.keywords
    names = names_in(call, subset) if subset is not None else list(table.columns)
    proven: Truths = frozenset()
    for name in names if every and not thresh and not axis_is_columns(call, 0) else ():
        proven |= masks.missing(column_of(call.frame, call.state, table, name, call.span)).false
    return done(call, table.proving(proven))
