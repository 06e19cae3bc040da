"""What a statement writes: which placeholders go into which columns of which table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from datause_lint.analysis.sql.logic import placeholder_name
from datause_lint.analysis.sql.text import makes_table, parse

if TYPE_CHECKING:
    from sqlglot import exp

ANY: Final = ""  # a column of which the statement does not tell the name


class Written(NamedTuple):
    table: str
    columns: tuple[tuple[str, tuple[str, ...]], ...]  # the name of each, and the placeholders of what goes there


class Created(NamedTuple):
    table: str
    columns: tuple[str, ...]  # in their order


def created(text: str) -> Created | None:
    """None for a statement that makes no table of which it names the columns."""
    tree = parse(text) if makes_table(text) else None
    if tree is None or type(tree).__name__ != "Create" or type(tree.this).__name__ != "Schema":
        return None
    columns = (each.name.lower() for each in tree.this.expressions if type(each).__name__ == "ColumnDef")
    return Created(tree.this.this.name.lower(), tuple(columns))


def written(text: str) -> Written | None:
    """None for a statement that puts nothing of its own anywhere."""
    tree = parse(text)
    kind = type(tree).__name__
    if tree is None or kind not in ("Insert", "Update") or tree.this is None:
        return None
    columns = _inserted(tree) if kind == "Insert" else _set(tree.expressions)
    table = tree.this.this if type(tree.this).__name__ == "Schema" else tree.this
    return Written(table.name.lower(), tuple((name, _placeholders(value)) for name, value in columns))


def _inserted(tree: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    names = [each.name for each in tree.this.expressions] if type(tree.this).__name__ == "Schema" else []
    for row in _rows(tree.args.get("expression")):
        for position, value in enumerate(row.expressions):
            yield (names[position] if position < len(names) else ANY), value
    conflict = tree.args.get("conflict")
    if conflict is not None:
        yield from _set(conflict.expressions)


def _rows(source: exp.Expr | None) -> list[exp.Expr]:
    if source is None or type(source).__name__ not in ("Select", "Values"):
        return []
    return [source] if type(source).__name__ == "Select" else source.expressions


def _set(assignments: list[exp.Expr]) -> Iterator[tuple[str, exp.Expr]]:
    for each in assignments:
        if type(each).__name__ == "EQ":
            yield each.this.name, each.args["expression"]


def _placeholders(value: exp.Expr) -> tuple[str, ...]:
    return tuple(placeholder_name(each) for each in value.walk() if type(each).__name__ in ("Placeholder", "Parameter"))
