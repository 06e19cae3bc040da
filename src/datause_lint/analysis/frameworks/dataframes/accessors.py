"""What stands between a frame or column and its data: ``frame.loc``, ``column.str``."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import read
from datause_lint.analysis.atoms import Data, Label
from datause_lint.analysis.frameworks.dataframes import masks
from datause_lint.analysis.frameworks.dataframes.frames import (
    condition,
    make_series,
    series_in,
    series_value,
)
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.values import EMPTY, Value, carrying, join, join_all, of

LOCATOR: Final = "table.locator"  # what ``frame.loc`` and its kin are
ACCESSOR: Final = "table.accessor"  # what ``column.str`` and its kin are
OF_TABLE: Final = "@table"
LOCATORS: Final = frozenset({"loc", "iloc", "at", "iat"})
ACCESSORS: Final = frozenset({"str", "dt", "cat", "list", "struct", "arr", "bin", "name"})
WITHOUT_ROWS: Final = frozenset(
    {
        "columns",
        "dtypes",
        "shape",
        "size",
        "ndim",
        "empty",
        "axes",
        "nbytes",
        "schema",
        "column_names",
        "features",
        "num_rows",
        "height",
        "width",
        "dtype",
        "flags",
        "attrs",
    }
)
ARRAYS: Final = frozenset({"values", "array"})


def holder_of(call: ModelCall, api: str, obj: Obj, part: str) -> Value:
    made = call.external(api, part=f"{part}#{obj.key}")
    call.state.store(made, OF_TABLE, of(obj))
    return of(made)


def attribute_of_series(call: ModelCall, obj: Obj, name: str) -> Value | None:
    if name in LOCATORS:
        return holder_of(call, LOCATOR, obj, f"~{name}")
    if name in ACCESSORS:
        return holder_of(call, ACCESSOR, obj, f"~{name}")
    if name in WITHOUT_ROWS:
        return EMPTY
    if name in ARRAYS:
        return series_value(call.frame, call.state, of(obj))[0]
    if name == "T":
        return of(obj)
    return None


def item_of_series(call: ModelCall, base: Value, key: Value) -> Value:
    frame, state = call.frame, call.state
    data, rows = series_value(frame, state, base)
    implied = masks.implied_by(condition(frame, state, key))
    if series_in(frame, state, key) or any(implied):
        return make_series(call, carrying(data, implied.true), carrying(rows, implied.true), part="~kept")
    if guards.fold(frame, key) is not None:
        return data
    return make_series(call, data, rows, part="~slice")


def through(call: ModelCall, column_value: Value) -> Value:
    """``column.str[-1]``."""
    data, rows = series_value(call.frame, call.state, column_value)
    return make_series(call, Value(data.atoms), rows, part="~through")


TEXT_TESTS: Final = frozenset(
    {
        "len",
        "contains",
        "startswith",
        "endswith",
        "isdigit",
        "isalpha",
        "isnumeric",
        "count",
        "match",
        "fullmatch",
        "find",
        "starts_with",
        "ends_with",
        "len_chars",
        "len_bytes",
        "isalnum",
        "islower",
        "isupper",
        "lengths",
    }
)
SAME_TEXT: Final = frozenset(
    {
        "lower",
        "upper",
        "strip",
        "lstrip",
        "rstrip",
        "casefold",
        "to_lowercase",
        "to_uppercase",
        "strip_chars",
        "normalize",
    }
)


def accessor_method(call: ModelCall) -> Value:
    """``column.str.lower()``."""
    name = call.path.rpartition(".")[2]
    held = join_all([read(call.frame, call.state, of(obj), OF_TABLE) for obj in call.receiver.objects()])
    data, rows = series_value(call.frame, call.state, held)
    if name in TEXT_TESTS:
        return make_series(call, EMPTY, rows, part="~text")
    given = join_all([Value(series_value(call.frame, call.state, each)[0].atoms) for each in call.arguments.all()])
    if name in SAME_TEXT:
        return make_series(call, data, rows, part="~text")
    return make_series(
        call,
        join(Value(data.atoms), Value({a: c for a, c in given.atoms.items() if isinstance(a, (Label, Data))})),
        rows,
        part="~text",
    )
