"""Methods of columns."""

from __future__ import annotations

from datause_lint.analysis import guards
from datause_lint.analysis.access import LIST, TUPLE, known_keys, read
from datause_lint.analysis.atoms import Data, Label
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.frameworks.dataframes import masks
from datause_lint.analysis.frameworks.dataframes.calls import (
    COUNTING,
    is_function,
    is_set,
    series_method,
)
from datause_lint.analysis.frameworks.dataframes.frames import (
    TESTED,
    condition,
    make_series,
    series_in,
    series_value,
)
from datause_lint.analysis.frameworks.dataframes.joining import are_of_others, identifies_people
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import Obj, index
from datause_lint.analysis.values import EMPTY, NONE, Value, carrying, join, of

# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _column(call: ModelCall) -> tuple[Value, Value]:
    return series_value(call.frame, call.state, call.receiver)


@series_method(
    "copy",
    "reset_index",
    "sort_values",
    "sort_index",
    "head",
    "tail",
    "sample",
    "drop_duplicates",
    "dropna",
    "ffill",
    "bfill",
    "convert_dtypes",
    "infer_objects",
    "nlargest",
    "nsmallest",
    "truncate",
    "clone",
    "rechunk",
    "slice",
    "limit",
    "sort",
    "reverse",
    "shuffle",
    "alias",
    "rename",
    "squeeze",
    "to_frame",
    "astype",
    "cast",
    "compute",
    "persist",
    "drop_nulls",
    "implode",
    "set_axis",
    "reindex",
    "rename_axis",
    "to_series",
    "view",
    "ravel",
    "repeat",
)
def same_column(call: ModelCall) -> Value:
    data, rows = _column(call)
    return make_series(call, data, rows)


@series_method("where", "mask")
def where(call: ModelCall) -> Value:
    data, rows = _column(call)
    kept, instead = masks.kept_where(call)
    return make_series(call, join(carrying(Value(data.atoms), kept), instead), rows)


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
    says_no = constant is not None and not (masks.means_consent(data, constant) if data.probes else constant.value)
    probes = data.probes if says_no else ()
    answers = bool(data.probes) or data.implied is not NO_IMPLICATION
    # A column of answers in which a missing one is now a yes is no longer the column that was read.
    kept = {a: c for a, c in data.atoms.items() if says_no or not answers or type(a) is not Obj}
    result = Value(
        join(Value(kept), given).atoms,
        implied if not probes and any(implied) else data.implied if probes else NO_IMPLICATION,
        probes,
    )
    if is_set(call, "inplace"):
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
    known, theirs = _names_of(call, call.receiver), _names_of(call, call.argument(0, "values"))
    people = [each for each in known if identifies_people(each)]
    same = not any(are_of_others(one, other) for one in people for other in theirs)
    about = rows if same and (people or not known) else EMPTY
    return _mask(call, masks.membership(call.frame, call.state, data, call.argument(0, "values"), about), rows)


def _names_of(call: ModelCall, series: Value) -> list[str]:
    """The names of the columns, as far as they are known."""
    names = [read(call.frame, call.state, of(obj), "@name").constant() for obj in series.objects()]
    return [str(each.value) for each in names if each is not None]


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
    if is_function(function):
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
    "mean",
    "sum",
    "count",
    "std",
    "var",
    "sem",
    "median",
    "nunique",
    "n_unique",
    "describe",
    "corr",
    "quantile",
    "skew",
    "any",
    "all",
    "is_empty",
    "null_count",
    "size",
    "len",
    "idxmax",
    "idxmin",
    "argmax",
    "argmin",
    "info",
    "kurt",
    "hasnans",
    "memory_usage",
    "equals",
    "prod",
    "cov",
    "rank",
)
def counted_column(call: ModelCall) -> Value:
    return EMPTY


@series_method("groupby", "rolling", "resample", "expanding")
def grouped_column(call: ModelCall) -> Value:
    data, rows = _column(call)
    return make_series(call, Value(data.atoms), rows)
