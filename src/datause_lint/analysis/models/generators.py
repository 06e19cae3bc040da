"""Methods of generators and iterators."""

from __future__ import annotations

from datause_lint.analysis.access import GENERATOR, stored_value
from datause_lint.analysis.exceptions import may_raise_with, raise_as_drawn
from datause_lint.analysis.generators import send_into
from datause_lint.analysis.models.containers import method
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import ELEMENT, RETURNED
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.values import EMPTY, Value, join_all, of


@method("send", "asend", "throw", "athrow")
def send(call: ModelCall) -> Value:
    """Into a generator: it gives its next element."""
    throws = "throw" in call.path
    given = call.argument(1 if throws and len(call.arguments.positional) > 1 else 0)
    generators = [obj for obj in call.receiver.objects() if obj.api == GENERATOR or obj.symbolic]
    found = [call.read(call.receiver, ELEMENT)] if any(obj.api == GENERATOR for obj in generators) else []
    for obj in generators:
        outcome = send_into(call.frame, call.state, obj, given, call.span, call.caller)
        if outcome is not None and call.go_on(outcome[1]):
            found.append(call.read(outcome[0], ELEMENT))
        call.returns = True
    may_end(call, call.receiver)
    if throws:
        call.frame.raise_value(call.state, given)
    if found:
        return join_all(found)
    result, _ = unknown_call(
        call.frame, call.state, None, EMPTY, call.arguments, call.span, call.caller, call.receiver, "send"
    )
    return result


@method("__next__", "__anext__")
def next_of(call: ModelCall) -> Value:
    may_end(call, call.receiver)
    return call.elements(call.receiver)


def may_end(call: ModelCall, iterators: Value) -> None:
    """``StopIteration`` brings what a generator returns to whoever asks it by hand."""
    raise_as_drawn(call.frame, call.state, iterators)
    for obj in iterators.objects():
        stored = stored_value(call.frame, call.state, obj, RETURNED)
        returned = of(obj.child(RETURNED)) if stored is None and obj.symbolic else stored
        if returned is not None and call.data(returned).atoms:
            may_raise_with(call.frame, call.state, "StopIteration", call.span, returned)
