"""Tables that the program fills itself: what it puts into a column is what it selects from it later.

As with files, a name stands for one thing in the whole program. A column whose name says what it holds is data anyway,
wherever its rows are from; what was put into another one is, once it is selected, read from the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datause_lint.analysis import sql
from datause_lint.analysis.access import indexed, stored_value
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import ELEMENT, OPAQUE, Obj, attribute, index
from datause_lint.analysis.values import EMPTY, Label, Value, join_all


def note_written(call: ModelCall, text: str, parameters: Mapping[str, Value], beside: Value) -> None:
    """A statement is run: ``beside`` is data that stands in its text."""
    statement = sql.written(text)
    if statement is None:
        return
    table = _table(call.frame, statement.table)
    for name, placeholders in statement.columns:
        found = [parameters.get(each, beside) for each in placeholders]
        value = data_of(call.frame, call.state, join_all(found))
        if value.atoms:
            key = index(name.lower()) if name else ELEMENT
            call.frame.world.shared.write(_all_tables(call.frame), statement.table, EMPTY)
            call.state.store_weakly(table, key, value)
            call.frame.world.publish(call.frame, call.state, table, key, value)


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
