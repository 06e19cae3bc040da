"""What a connection calls while statements run: functions that SQL text names, traces, makers of rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from datause_lint.analysis import sql
from datause_lint.analysis.access import LIST, known_as, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Atom, BoundAtom, FunctionAtom, MethodAtom
from datause_lint.analysis.filled_tables import clear_column, put_into_row, text_of_tables
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import Obj, index
from datause_lint.analysis.special_methods import special_methods
from datause_lint.analysis.values import EMPTY, NONE, Value, join, join_all, of

CONNECTION: Final = "@argument:connection"  # of a cursor: what it runs on
FUNCTION: Final = "@given:function:"  # of a connection, followed by a name in SQL: what is called
AGGREGATE: Final = "@given:aggregate:"  # likewise: the class of which an instance is told of each row
TRACE: Final = "@given:trace"  # of a connection: what is told the text of each statement
CALLABLE: Final = (FunctionAtom, BoundAtom, MethodAtom)
_CONNECTION: Final = "sqlite3.Connection()"


@models(f"{_CONNECTION}.create_function", f"{_CONNECTION}.create_aggregate", f"{_CONNECTION}.create_window_function")
def create_function(call: ModelCall) -> Value:
    kind = FUNCTION if call.path.endswith("create_function") else AGGREGATE
    for name in fold(call.frame, call.argument(0, "name")) or ():
        call.write(call.receiver, f"{kind}{str(name.value).lower()}", call.argument(2))
    return NONE


@models(f"{_CONNECTION}.set_trace_callback")
def set_trace(call: ModelCall) -> Value:
    call.write(call.receiver, TRACE, call.argument(0))
    return NONE


@models(f"{_CONNECTION}.iterdump")
def dumped(call: ModelCall) -> Value:
    return call.container(LIST, text_of_tables(call))


def trace(call: ModelCall, texts: Value) -> None:
    """The statement, with what its placeholders stand for."""
    for function in _kept(call, TRACE):
        call.maybe(function, call.data(texts))


def put_made(call: ModelCall, row: Obj, selection: sql.Selection, parameters: Mapping[str, Value]) -> None:
    """What stands in columns beside the table's: what placeholders stand for, and what functions make of that."""
    for position, column in enumerate(selection.columns):
        given = join_all([parameters[name] for name in column.given if name in parameters])
        made = [_made(call, name, join(given, call.read(of(row), index(position)))) for name in column.called]
        if column.made_by and _kept(call, f"{FUNCTION}{column.made_by}"):
            clear_column(call, row, position, column.name)
            given = EMPTY
        put_into_row(call, row, position, column.name, call.data(given, *made))


def _made(call: ModelCall, name: str, given: Value) -> Value:
    arguments = Arguments(more=call.data(given))
    parts = [call.call_with(function, arguments) for function in _kept(call, f"{FUNCTION}{name}")]
    for cls in _kept(call, f"{AGGREGATE}{name}"):
        instance = call.call(cls)
        step = special_methods(call.frame, call.state, instance, "step")
        call.call_with(step, arguments)
        parts.append(call.special(instance, "finalize") or EMPTY)
    return join_all(parts)


def through_factory(call: ModelCall, rows: Value, factory: Value) -> Value:
    """Rows as a function of the program makes them."""
    makers = Value({atom: carried for atom, carried in factory.atoms.items() if _is_code(call, atom)})
    return call.call(makers, call.receiver, rows) if makers.atoms else rows


def _is_code(call: ModelCall, atom: Atom) -> bool:
    known = known_as(call.frame, call.state, atom) if type(atom) is Obj else [atom]
    return any(isinstance(each, CALLABLE) for each in known)


def _kept(call: ModelCall, key: str) -> list[Value]:
    """What the connection has under the key, or the one of the cursor."""
    holders = call.receiver.objects()
    holders += [
        each for obj in holders for each in (stored_value(call.frame, call.state, obj, CONNECTION) or EMPTY).objects()
    ]
    found = [stored_value(call.frame, call.state, obj, key) for obj in holders]
    return [value for value in found if value is not None]
