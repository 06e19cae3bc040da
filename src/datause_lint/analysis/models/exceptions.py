"""Making an exception of Python itself, and initialising the part that it is of a class of the program."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import LIST, stored_value
from datause_lint.analysis.adding import add_element
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.exceptions import EXCEPTIONS, keep_arguments
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import attribute
from datause_lint.analysis.values import NONE, Value, of

NOTES: Final = attribute("__notes__")
_NAMES = sorted(EXCEPTIONS)


@models(*(f"builtins.{name}" for name in _NAMES))
def make_exception(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()")
    name = call.path.rpartition(".")[2]
    keep_arguments(call.frame, call.state, made, [name], call.arguments, call.span)
    return of(made)


@models(*(f"builtins.{name}().__init__" for name in _NAMES))
def initialise_exception(call: ModelCall) -> Value:
    """``super().__init__(message)``."""
    name = call.path.split(".")[1].removesuffix("()")
    for obj in call.receiver.objects():
        keep_arguments(call.frame, call.state, obj, [name], call.arguments, call.span)
    return NONE


@models(*(f"builtins.{name}().add_note" for name in _NAMES))
def note(call: ModelCall) -> Value:
    """What is noted on an exception stands beside what its text shows."""
    for obj in call.receiver.objects():
        held = stored_value(call.frame, call.state, obj, NOTES)
        if held is None:
            held = of(call.new(LIST, "~notes"))
            call.state.store(obj, NOTES, held)
        add_element(call.frame, call.state, held, call.argument(0))
    return NONE


@models("builtins.ExceptionGroup", "builtins.BaseExceptionGroup")
def make_group(call: ModelCall) -> Value:
    """Its text is the message, not what the exceptions in it say."""
    made = call.external(f"{call.path}()")
    message, members = call.argument(0, "message"), call.argument(1, "exceptions")
    keep_arguments(call.frame, call.state, made, [], Arguments([message]), call.span)
    call.state.store(made, attribute("message"), message)
    call.state.store(made, attribute("exceptions"), members)
    return of(made)
