"""``sys.exc_info`` and ``traceback``: the exception that is being handled, and the texts of exceptions."""

from __future__ import annotations

from datause_lint.analysis.access import TUPLE
from datause_lint.analysis.adding import add_opaque
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import index
from datause_lint.analysis.standard_streams import print_out
from datause_lint.analysis.values import EMPTY, NONE, Value, join_all, of


@models("sys.exception")
def exception_in_flight(call: ModelCall) -> Value:
    return _in_flight(call)


@models("sys.exc_info")
def triple_in_flight(call: ModelCall) -> Value:
    made = call.new(TUPLE)
    for position, value in enumerate((EMPTY, _in_flight(call), EMPTY)):
        call.state.store(made, index(position), value)
    return of(made)


@models("traceback.format_exc")
def text_in_flight(call: ModelCall) -> Value:
    return call.shown(_in_flight(call), "__str__", "__repr__")


@models("traceback.print_exc", "traceback.print_exception")
def printed(call: ModelCall) -> Value:
    """The text goes to standard errors, or into a file that is named."""
    of_one = call.path.endswith("exception")
    shown = call.shown(join_all(call.arguments.positional) if of_one else _in_flight(call), "__str__", "__repr__")
    file = call.arguments.keywords.get("file")
    if file is not None:
        add_opaque(call.frame, call.state, file, shown)
    else:
        print_out(call.frame, call.state, shown, "err")
    return NONE


def _in_flight(call: ModelCall) -> Value:
    return call.frame.in_flight(call.state)
