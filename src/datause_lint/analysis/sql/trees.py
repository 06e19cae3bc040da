"""Parts of statements: conjuncts, subqueries, and the columns whose content stands in a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlglot import exp

AGGREGATES: Final = frozenset(
    {"Count", "Sum", "Avg", "CountIf", "ApproxDistinct", "Stddev", "Variance", "Median", "Exists"}
)
COLUMNS: Final = frozenset({"Column"})
PLACEHOLDERS: Final = frozenset({"Placeholder", "Parameter"})
FUNCTIONS: Final = frozenset({"Anonymous", "AnonymousAggFunc"})  # that SQL itself does not know
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
    return standing_in(node, COLUMNS)  # type: ignore[return-value]  # by their kind


def standing_in(node: exp.Expr, kinds: frozenset[str]) -> list[exp.Expr]:
    """The expressions of these kinds whose content stands in the expression's value."""
    kind = type(node).__name__
    if kind in WITHOUT_DATA:
        return []
    if kind == "Select":
        return [each for item in node.expressions for each in standing_in(unaliased(item), kinds)]
    if kind == "If":
        branches = [node.args.get("true"), node.args.get("false")]
        return [each for branch in branches if branch is not None for each in standing_in(branch, kinds)]
    own = [node] if kind in kinds else []
    if kind in COLUMNS:
        return own
    return own + [each for child in node.iter_expressions() for each in standing_in(child, kinds)]


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
