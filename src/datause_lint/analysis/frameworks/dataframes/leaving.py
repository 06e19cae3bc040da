"""Methods that take data out of a frame: rows, arrays, texts, numbers."""

from __future__ import annotations

from dataclasses import replace

from datause_lint.analysis.access import DICT, LIST, TUPLE
from datause_lint.analysis.frameworks.dataframes import masks
from datause_lint.analysis.frameworks.dataframes.calls import (
    frame_method,
    receiver_table,
)
from datause_lint.analysis.frameworks.dataframes.frames import (
    FRAME,
    GROUPS,
    Table,
    make_frame,
    make_series,
    row_of,
)
from datause_lint.analysis.many import many
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import OPAQUE, index
from datause_lint.analysis.values import EMPTY, Value, of

# ── out of the frame ──────────────────────────────────────────────────────────────────────────────────────────────


@frame_method("iterrows", "items", "iteritems")
def iterrows(call: ModelCall) -> Value:
    pair = call.new(TUPLE, "~pair")
    table = receiver_table(call)
    call.state.store(pair, index(0), EMPTY)
    second = (
        row_of(call, table) if call.path.endswith("iterrows") else make_series(call, table.everything(), table.rows)
    )
    call.state.store(pair, index(1), many(call.state, second))
    return call.container(LIST, of(pair), "~pairs")


@frame_method(
    "itertuples", "iter_rows", "rows", "to_dicts", "to_pylist", "to_records", "iter", "toLocalIterator", "to_list"
)
def rows(call: ModelCall) -> Value:
    return call.container(LIST, many(call.state, row_of(call, receiver_table(call))), "~rows")


@frame_method("get_group")
def one_group(call: ModelCall) -> Value:
    table = receiver_table(call)
    chosen = masks.comparison(call.frame, "==", table.by, call.argument(0, "name"))
    return make_frame(call, replace(table.proving(chosen.true), api=FRAME, by=EMPTY))


@frame_method("row", "first", "last")
def one_row(call: ModelCall) -> Value:
    """Of a frame, or of each group of one: a frame again."""
    table = receiver_table(call)
    return make_frame(call, replace(table, api=FRAME)) if table.api == GROUPS else row_of(call, table)


@frame_method("iter_slices", "iter_batches", "to_batches", "to_delayed")
def batches(call: ModelCall) -> Value:
    return call.container(LIST, make_frame(call, receiver_table(call)), "~batches")


@frame_method("to_dict")
def to_dict(call: ModelCall) -> Value:
    table = receiver_table(call)
    given = call.optional(0, "orient")
    orient = given.constant() if given is not None else None
    if orient is not None and orient.value in ("records", "index"):
        return call.container(
            LIST if orient.value == "records" else DICT, many(call.state, row_of(call, table)), "~records"
        )
    made = call.new(DICT, "~dict")
    for name, value in table.columns.items():
        call.state.store(made, index(name), call.container(LIST, Value(value.atoms), f"~{name}"))
    if table.rest.atoms:
        call.state.store(made, OPAQUE, table.rest)
    return of(made)


@frame_method("to_numpy", "as_matrix", "to_torch", "to_jax", "to_array", "flatten_values", "to_arrow", "to_tf_dataset")
def to_numpy(call: ModelCall) -> Value:
    return receiver_table(call).everything()


@frame_method("to_string", "to_markdown", "to_html", "to_latex", "write_ndjson", "to_clipboard", "show", "glimpse")
def to_text(call: ModelCall) -> Value:
    return call.data(receiver_table(call).everything())


@frame_method(
    "count",
    "mean",
    "sum",
    "std",
    "var",
    "sem",
    "median",
    "nunique",
    "n_unique",
    "describe",
    "corr",
    "cov",
    "info",
    "memory_usage",
    "quantile",
    "skew",
    "kurt",
    "any",
    "all",
    "isna",
    "isnull",
    "notna",
    "notnull",
    "duplicated",
    "size",
    "is_empty",
    "null_count",
    "estimated_size",
    "printSchema",
    "cumcount",
    "ngroup",
    "pct_change",
    "keys",
    "num_rows",
    "len",
    "equals",
)
def counted(call: ModelCall) -> Value:
    table = receiver_table(call)
    return make_frame(call, Table({}, table.rows, False, table.keys, "pandas.DataFrame"), "~counts")


@frame_method("value_counts")
def value_counts(call: ModelCall) -> Value:
    return make_frame(call, receiver_table(call))


@frame_method("train_test_split", "random_split", "randomSplit")
def split(call: ModelCall) -> Value:
    """The parts of a data set, by name or by place."""
    table = receiver_table(call)
    part = make_frame(call, table, "~part")
    made = call.new(DICT, "~parts")
    for key in ("train", "test", 0, 1, 2):
        call.state.store(made, index(key), part)
    return of(made)
