"""asgiref, asyncer and their like: functions that wait, called by ones that do not, and the other way round."""

from __future__ import annotations

from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.values import EMPTY, Value, of

TO_ASYNC = (
    *("asgiref.sync.sync_to_async", "channels.db.database_sync_to_async"),
    *("asyncer.asyncify", "chainlit.make_async", "chainlit.sync.make_async"),
)
TO_SYNC = "asgiref.sync.async_to_sync"


@models(*TO_ASYNC)
def sync_to_async(call: ModelCall) -> Value:
    """The function, whose result may be awaited; without one, a decorator."""
    given = call.optional(0, "func")
    return given if given is not None else of(call.external(f"{call.path}()"))


@models(*(f"{path}()" for path in TO_ASYNC))
def decorated(call: ModelCall) -> Value:
    return call.argument(0)


@models(TO_SYNC)
def async_to_sync(call: ModelCall) -> Value:
    made = call.external(f"{TO_SYNC}()")
    call.state.store(made, "@function", call.argument(0, "awaitable"))
    return of(made)


@models(f"{TO_SYNC}()")
def waited_for(call: ModelCall) -> Value:
    """Calls the function, and waits for what it gives."""
    functions = [call.read(of(obj), "@function") for obj in call.receiver.objects()]
    result = EMPTY
    for function in functions:
        outcome = awaited(call.frame, call.state, call.call_with(function, call.arguments))
        if outcome.state is None:
            call.returns = False
        result = outcome.value
    return result
