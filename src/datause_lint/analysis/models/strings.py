"""Methods of constant strings that take a name apart: ``"app.jobs.send".rpartition(".")``."""

from __future__ import annotations

from datause_lint.analysis.access import LIST, TUPLE
from datause_lint.analysis.call_results import unknown_call
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.containers import method
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import index
from datause_lint.analysis.values import EMPTY, Const, Value, const, of

MAXIMAL_PARTS = 16


@method("partition", "rpartition", "split", "rsplit", of_data=True)
def taken_apart(call: ModelCall) -> Value:
    """The parts of a constant, each at its place; of any other text, its data."""
    name = call.path.rpartition(".")[2]
    text, given = _constant(call, call.receiver), [_constant(call, each) for each in call.arguments.positional]
    parts = _parts(name, text, given) if isinstance(text, str) and not call.arguments.keywords else None
    if parts is None:
        value, _ = unknown_call(
            call.frame, call.state, None, EMPTY, call.arguments, call.span, call.caller, call.receiver, name
        )
        return value
    made = call.new(TUPLE if name.endswith("partition") else LIST)
    for place, part in enumerate(parts):
        call.state.store(made, index(place), const(part))
    return of(made)


def _parts(name: str, text: str, given: list[object]) -> list[str] | None:
    """None where the call is not one that is known to succeed."""
    if name.endswith("partition"):
        if len(given) != 1 or not isinstance(given[0], str) or not given[0]:
            return None
        return list(text.partition(given[0]) if name == "partition" else text.rpartition(given[0]))
    separator = given[0] if given else None
    most = given[1] if len(given) > 1 else -1
    if not (separator is None or (isinstance(separator, str) and separator)) or not isinstance(most, int):
        return None
    parts = text.split(separator, most) if name == "split" else text.rsplit(separator, most)
    return parts if len(parts) <= MAXIMAL_PARTS else None


def _constant(call: ModelCall, value: Value) -> object:
    """The one constant that the value is; an object that equals none where it is not known."""
    found = fold(call.frame, value)
    return found[0].value if found is not None and len(found) == 1 and isinstance(found[0], Const) else object()
