"""Expressions over columns that are named before there is a frame: ``pl.col("c") == 1``, ``F.col("c")``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import stored_value
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.frameworks.dataframes import masks
from datause_lint.analysis.frameworks.dataframes.frames import Table, column_of, condition, series_in, series_value
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.values import EMPTY, Value, const, join, join_all, of

EXPRESSION: Final = "table.Expression()"
COLUMNS: Final = frozenset(
    {
        "polars.col",
        "polars.column",
        "pyspark.sql.functions.col",
        "pyspark.sql.functions.column",
        "dask.col",
        "ibis._",
        "pandas.col",
    }
)
LITERALS: Final = frozenset({"polars.lit", "pyspark.sql.functions.lit"})
EVERY: Final = frozenset({"polars.all_horizontal"})
SOME: Final = frozenset({"polars.any_horizontal"})
STARS: Final = frozenset({"polars.all"})
COUNTING: Final = frozenset(
    [
        "mean",
        "sum",
        "count",
        "std",
        "var",
        "median",
        "n_unique",
        "len",
        "null_count",
        "any",
        "all",
        "approx_n_unique",
        "countDistinct",
        "avg",
        "size",
        "product",
    ]
)
OPERATION: Final = "@operation"
OPERAND: Final = "@operand"


def is_expression(value: Value) -> bool:
    return any(obj.api == EXPRESSION for obj in value.objects())


def model_of(path: str) -> Model | None:
    if path in COLUMNS:
        return _column
    if path in LITERALS:
        return _literal
    if path in EVERY or path in SOME:
        return _horizontal
    if path in STARS:
        return lambda call: node(call, "all")
    if path.startswith(EXPRESSION):
        return _method
    if path.startswith(("polars.", "pyspark.sql.functions.")) and path.count(".") == (
        1 if path.startswith("polars.") else 3
    ):
        return _function
    return None


# ── building ──────────────────────────────────────────────────────────────────────────────────────────────────────


def node(call: ModelCall, operation: str, *operands: Value) -> Value:
    made = call.external(EXPRESSION, part=f"~{operation}")
    call.state.store(made, OPERATION, const(operation))
    for position, operand in enumerate(operands):
        call.state.store(made, f"{OPERAND}{position}", operand)
    return of(made)


def _column(call: ModelCall) -> Value:
    return node(call, "column", *call.arguments.positional)


def _literal(call: ModelCall) -> Value:
    return call.argument(0)


def _horizontal(call: ModelCall) -> Value:
    operator = "&" if call.path in EVERY else "|"
    given = call.arguments.positional
    result = given[0] if given else EMPTY
    for each in given[1:]:
        result = node(call, operator, result, each)
    return result


def _function(call: ModelCall) -> Value:
    """A function over expressions, or over anything else, in which case nothing is said of it."""
    if not any(is_expression(value) for value in call.arguments.all()):
        return UNMODELLED  # no expression
    return node(call, call.path.rpartition(".")[2], *call.arguments.positional)


def _method(call: ModelCall) -> Value:
    name = call.path.rpartition(".")[2]
    return node(call, f".{name}", call.receiver, *call.arguments.positional, *call.arguments.keywords.values())


def attribute_of(call: ModelCall, obj: Obj, name: str) -> Value | None:
    """``expression.str``, ``expression.dt``: what follows is about the same column."""
    return of(obj) if name in ("str", "dt", "list", "struct", "cat", "name", "arr") else None


# ── evaluating ────────────────────────────────────────────────────────────────────────────────────────────────────


def evaluated(call: ModelCall, table: Table, value: Value) -> Value:
    """What the expression is, and proves, over the table: its data, with implications about the rows."""
    parts: list[Value] = []
    for obj in value.objects():
        if obj.api == EXPRESSION:
            parts.append(_node(call, table, obj, 0))
    if not parts:
        if series_in(call.frame, call.state, value):
            return series_value(call.frame, call.state, value)[0]
        known = condition(call.frame, call.state, value)
        return Value(series_value(call.frame, call.state, value)[0].atoms, known.implied, known.probes)
    return join_all(parts)


def _node(call: ModelCall, table: Table, obj: Obj, depth: int) -> Value:
    operation = _operation(call, obj)
    operands = _operands(call, obj)
    if depth > 40 or not operation:
        return table.everything()
    if operation == "column":
        return (
            join_all([_named(call, table, name) for operand in operands for name in _names(call, operand)])
            if operands
            else EMPTY
        )
    if operation == "all":
        return table.everything()

    def value(position: int) -> Value:
        operand = operands[position] if position < len(operands) else EMPTY
        inner = [each for each in operand.objects() if each.api == EXPRESSION]
        return join_all([_node(call, table, each, depth + 1) for each in inner]) if inner else operand

    return _operated(call, operation, operands, value)


def _operated(call: ModelCall, operation: str, operands: list[Value], value: Callable[[int], Value]) -> Value:
    first = value(0)
    if operation in masks.COMPARISONS:
        return _truth(masks.comparison(call.frame, operation, first, value(1)))
    if operation in ("&", "|"):
        combine = masks.both if operation == "&" else masks.either
        return _truth(combine(masks.implied_by(first), masks.implied_by(value(1))))
    name = operation.removeprefix(".")
    if operation in ("~", "not") or name == "not_":
        return _truth(masks.negated(masks.implied_by(first)))
    if name in ("and_", "or_"):
        combine = masks.both if name == "and_" else masks.either
        return _truth(combine(masks.implied_by(first), masks.implied_by(value(1))))
    if name in masks.BY_METHOD:
        return _truth(masks.comparison(call.frame, masks.BY_METHOD[name], first, value(1)))
    if name in ("is_null", "isNull", "is_nan"):
        return _truth(masks.missing(first))
    if name in ("is_not_null", "isNotNull", "is_not_nan"):
        return _truth(masks.negated(masks.missing(first)))
    if name in ("is_in", "isin"):
        return _truth(masks.membership(call.frame, call.state, first, value(1), EMPTY))
    if name in ("fill_null", "fill_nan", "coalesce"):
        constant = value(1).constant()
        return Value(first.atoms, masks.filled(first, constant.value)) if constant is not None else Value(first.atoms)
    if name in (
        "cast",
        "alias",
        "lower",
        "upper",
        "to_lowercase",
        "to_uppercase",
        "strip_chars",
        "trim",
        "over",
        "astype",
        "strip",
        "name",
    ):
        return first
    if name in COUNTING or name in (
        "len_chars",
        "len_bytes",
        "contains",
        "starts_with",
        "ends_with",
        "is_between",
        "length",
        "startswith",
        "endswith",
        "like",
        "rlike",
    ):
        return EMPTY
    return Value(join_all([Value(value(position).atoms) for position in range(len(operands))]).atoms)


def _truth(implied: Implied) -> Value:
    return Value({}, implied if any(implied) else NO_IMPLICATION)


def _operation(call: ModelCall, obj: Obj) -> str:
    stored = stored_value(call.frame, call.state, obj, OPERATION)
    constant = stored.constant() if stored is not None else None
    return str(constant.value) if constant is not None else ""


def _operands(call: ModelCall, obj: Obj) -> list[Value]:
    found: list[Value] = []
    while (operand := stored_value(call.frame, call.state, obj, f"{OPERAND}{len(found)}")) is not None:
        found.append(operand)
    return found


def _names(call: ModelCall, operand: Value) -> list[str]:
    constants = guards.fold(call.frame, operand)
    if constants is None:
        constants = guards.fold(call.frame, elements(call.frame, call.state, operand))
    return [str(each.value) for each in constants or ()]


def _named(call: ModelCall, table: Table, name: str) -> Value:
    return column_of(call.frame, call.state, table, name, call.span) if name != "*" else table.everything()


# ── columns of a selection ────────────────────────────────────────────────────────────────────────────────────────


def named_columns(call: ModelCall, table: Table, value: Value) -> dict[str, Value]:
    """The columns that an argument of ``select`` or ``with_columns`` makes, by their names."""
    found: dict[str, Value] = {}
    for obj in value.objects():
        if obj.api == EXPRESSION:
            for name in _output_names(call, obj):
                made = _named(call, table, name) if _operation(call, obj) == "column" else _node(call, table, obj, 0)
                found[name] = join(found[name], made) if name in found else made
        elif obj.api is not None and obj.api.startswith("builtins."):
            found.update(named_columns(call, table, elements(call.frame, call.state, of(obj))))
    for name in _names(call, Value({atom: c for atom, c in value.atoms.items() if type(atom) is not Obj})):
        if name != "*":
            found[name] = _named(call, table, name)
    return found


def _output_names(call: ModelCall, obj: Obj, depth: int = 0) -> list[str]:
    operation, operands = _operation(call, obj), _operands(call, obj)
    if operation == ".alias" and len(operands) > 1:
        return _names(call, operands[1]) or ["literal"]
    if operation == "column":
        return [name for operand in operands for name in _names(call, operand)]
    inner = [each for operand in operands[:1] for each in operand.objects() if each.api == EXPRESSION]
    return (
        [name for each in inner for name in _output_names(call, each, depth + 1)]
        if inner and depth < 40
        else ["literal"]
    )


def is_star(call: ModelCall, value: Value) -> bool:
    for obj in value.objects():
        if obj.api == EXPRESSION and (_operation(call, obj) == "all" or "*" in _output_names(call, obj)):
            return True
    constant = value.constant()
    return constant is not None and constant.value == "*"
