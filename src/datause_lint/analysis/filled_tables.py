"""Tables that the program fills itself: what it puts into a column is what it selects from it later.

As with files, a name stands for one thing in the whole program. A column whose name says what it holds is data anyway,
wherever its rows are from; what was put into another one is, once it is selected, read from the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from datause_lint.analysis import sql
from datause_lint.analysis.access import indexed, stored_value
from datause_lint.analysis.atoms import Label
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import ELEMENT, OPAQUE, Obj, attribute, index
from datause_lint.analysis.values import EMPTY, Value, const, join_all

COLUMNS: Final = "@columns"  # of a table that the program has made: the names of its columns
Columns = tuple[tuple[str, tuple[str, ...]], ...]  # by their names: the placeholders of what goes there


def note_written(call: ModelCall, text: str, parameters: Mapping[str, Value], beside: Value) -> None:
    """A statement is run: ``beside`` is data that stands in its text."""
    _note_created(call, text)
    statement = sql.written(text)
    if statement is None:
        return
    table = _table(call.frame, statement.table)
    for name, placeholders in _named(call, table, statement.columns):
        found = [parameters.get(each, beside) for each in placeholders]
        value = data_of(call.frame, call.state, join_all(found))
        if value.atoms:
            key = index(name.lower()) if name else ELEMENT
            call.frame.world.shared.write(_all_tables(call.frame), statement.table, EMPTY)
            call.state.store_weakly(table, key, value)
            call.frame.world.publisher.publish(call.frame, call.state, table, key, value)


def _note_created(call: ModelCall, text: str) -> None:
    """Which columns a table has, in their order."""
    statement = sql.created(text)
    if statement is not None:
        table, names = _table(call.frame, statement.table), const("\n".join(statement.columns))
        call.state.store_weakly(table, COLUMNS, names)
        call.frame.world.publisher.publish(call.frame, call.state, table, COLUMNS, names)


def _named(call: ModelCall, table: Obj, columns: Columns) -> Columns:
    """``INSERT INTO people VALUES (?, ?)``: the values are those of the columns as the program has made the table."""
    stated = stored_value(call.frame, call.state, table, COLUMNS)
    known = stated.constant() if stated is not None else None
    names = str(known.value).split("\n") if known is not None else []
    if any(name for name, _ in columns) or len(names) != len(columns):
        return columns
    return tuple((name, placeholders) for name, (_, placeholders) in zip(names, columns, strict=True))


def fill_row(call: ModelCall, row: Obj, selection: sql.Selection) -> None:
    """What the program has put into the columns that the row is made from."""
    tables = [_table(call.frame, name.lower()) for name in selection.tables]
    for position, column in enumerate(selection.columns):
        if column.sources and not _says_itself(call.frame, (*column.sources, column.name)):
            held = _held(call, tables, [index(source.lower()) for source in column.sources])
            _put(call, row, (index(position), index(column.name), attribute(column.name)), held)
    if selection.whole:
        known = [
            (key, value)
            for table in tables
            for key, value in indexed(call.frame, call.state, table)
            if not _says_itself(call.frame, (key[2:-2],))
        ]
        for key, value in known:
            _put(call, row, (key, attribute(key[2:-2])), value)
        _put(call, row, (OPAQUE,), join_all([_held(call, tables, []), *(value for _, value in known)]))


def _says_itself(frame: Frame, names: Iterable[str]) -> bool:
    """Whether a column's name is enough for its content to be reported."""
    found = (frame.world.policy.classify(name) for name in names)
    return any(each is not None and each.confidence >= frame.world.least_confidence for each in found)


def _held(call: ModelCall, tables: list[Obj], keys: list[str]) -> Value:
    found = [stored_value(call.frame, call.state, table, key) for table in tables for key in (*keys, ELEMENT)]
    return join_all([value for value in found if value is not None])


def clear_column(call: ModelCall, row: Obj, position: int, name: str) -> None:
    """What is there is what a function of the program makes, and no longer what it is made of."""
    for key in (index(position), index(name), attribute(name)):
        call.state.store(row, key, EMPTY)


def put_into_row(call: ModelCall, row: Obj, position: int, name: str, value: Value) -> None:
    """Something stands in a column beside what is there by its name."""
    _put(call, row, (index(position), index(name), attribute(name)), value)


def text_of_tables(call: ModelCall) -> Value:
    """Whatever the program has put into any table."""
    names = call.frame.world.shared.keys(_all_tables(call.frame))
    tables = [_table(call.frame, name) for name in names]
    return join_all(
        [_held(call, tables, []), *(value for each in tables for _, value in indexed(call.frame, call.state, each))]
    )


def _put(call: ModelCall, row: Obj, keys: tuple[str, ...], value: Value) -> None:
    """Under each of the keys, beside what is there, as something of the row's own."""
    own = {atom.read_from(row) if isinstance(atom, Label) else atom: carried for atom, carried in value.atoms.items()}
    for key in keys if own else ():
        before = call.state.stored(row, key) or EMPTY
        call.state.store(row, key, Value({**before.atoms, **own}, before.implied, before.probes))


def _all_tables(frame: Frame) -> Obj:
    """Its keys are the names of all tables that the program fills."""
    return frame.world.objects.external("tables", None)


def _table(frame: Frame, name: str) -> Obj:
    found = frame.world.objects.external(f"table {name}", None)
    frame.world.shared.announce(found)
    return found
