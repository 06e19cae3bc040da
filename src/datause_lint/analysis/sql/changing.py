"""What a statement takes away from a table, or puts in the place of something else there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from datause_lint.analysis.sql.logic import placeholder_name
from datause_lint.analysis.sql.text import parse
from datause_lint.analysis.sql.trees import conjuncts

if TYPE_CHECKING:
    from sqlglot import exp

PLACEHOLDERS: Final = ("Placeholder", "Parameter")


class Given(NamedTuple):
    """What stands on the other side of a column."""

    placeholder: str = ""
    constant: str | int | bool | None = None
    known: bool = True  # as a constant


class Changed(NamedTuple):
    table: str
    columns: tuple[tuple[str, Given], ...] | None  # those that get another content; None: whole rows go
    asked: tuple[tuple[str, Given], ...]  # what columns of the rows must hold


def changed(text: str) -> Changed | None:
    """None for a statement that leaves alone what is there."""
    tree = parse(text)
    if tree is None or type(tree).__name__ not in ("Delete", "Update") or tree.this is None:
        return None
    columns = tuple(_equalities(tree.expressions)) if type(tree).__name__ == "Update" else None
    where = tree.args.get("where")
    asked = tuple(_equalities(conjuncts(where.this))) if where is not None else ()
    return Changed(tree.this.name.lower(), columns, asked)


def _equalities(nodes: list[exp.Expr]) -> Iterator[tuple[str, Given]]:
    for node in nodes:
        if type(node).__name__ == "EQ" and type(node.this).__name__ == "Column":
            yield node.this.name.lower(), _given(node.args["expression"])


def _given(node: exp.Expr) -> Given:
    kind = type(node).__name__
    if kind in PLACEHOLDERS:
        return Given(placeholder_name(node), known=False)
    if kind == "Boolean":
        return Given(constant=bool(node.this))
    if kind == "Literal":
        return Given(constant=str(node.this) if node.is_string or not str(node.this).isdigit() else int(node.this))
    return Given(known=kind == "Null")
