"""Parts of statements: conjuncts, subqueries, and the columns whose content stands in a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlglot import exp

AGGREGATES: Final = frozenset(
    {"Count", "Sum", "Avg", "CountIf", "ApproxDistinct", "Stddev", "Variance", "Median", "Exists"}
)
WITHOUT_DATA: Final = frozenset(
    {
        *AGGREGATES,
        "EQ",
        "NEQ",
        "GT",
        "GTE",
        "LT",
        "LTE",
        "Is",
        "In",
        "Like",
        "ILike",
        "Not",
        "And",
        "Or",
        "Between",
        "Length",
    }
)


def unaliased(node: exp.Expr) -> exp.Expr:
    while type(node).__name__ in ("Alias", "Paren"):
        node = node.this
    return node


def is_aggregate(node: exp.Expr) -> bool:
    inner = unaliased(node)
    if type(inner).__name__ in WITHOUT_DATA - AGGREGATES or type(inner).__name__ in ("Coalesce", "Cast"):
        return is_aggregate(inner.this)
    return type(inner).__name__ in AGGREGATES or type(inner).__name__ in ("Max", "Min", "ArrayAgg", "GroupConcat")


def data_in(node: exp.Expr) -> list[exp.Column]:
    """The columns whose content stands in the expression's value."""
    kind = type(node).__name__
    if kind == "Column":
        return [node]  # type: ignore[list-item]  # by its kind
    if kind in WITHOUT_DATA:
        return []
    if kind == "Select":
        return [each for item in node.expressions for each in data_in(unaliased(item))]
    if kind == "If":
        branches = [node.args.get("true"), node.args.get("false")]
        return [each for branch in branches if branch is not None for each in data_in(branch)]
    return [each for child in node.iter_expressions() for each in data_in(child)]


def columns_in(node: exp.Expr) -> list[exp.Column]:
    return [each for each in node.walk() if type(each).__name__ == "Column"]  # type: ignore[misc]  # by their kind


def conjuncts(node: exp.Expr) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    pending = [node]
    while pending:
        each = pending.pop()
        if type(each).__name__ == "And":
            pending.extend((each.args["expression"], each.this))
        elif type(each).__name__ == "Paren":
            pending.append(each.this)
        else:
            found.append(each)
    return found


def subqueries(condition: exp.Expr) -> list[exp.Expr]:
    """The outermost SELECTs inside a condition."""
    found: list[exp.Expr] = []
    pending = [condition]
    while pending:
        node = pending.pop()
        if type(node).__name__ == "Select":
            found.append(node)
        else:
            pending.extend(node.iter_expressions())
    return found


def joins_inside(first: exp.Expr | None) -> list[exp.Expr]:
    return list(first.args.get("joins") or []) if first is not None else []
