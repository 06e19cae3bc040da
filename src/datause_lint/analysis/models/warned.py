"""``warnings``: what is warned of is recorded, or raised, where the program asks for that."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import LIST, stored_value
from datause_lint.analysis.adding import add_element
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, ClassAtom
from datause_lint.analysis.exceptions import ARGS, keep_arguments
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import FULL, Obj, attribute
from datause_lint.analysis.standard_streams import TARGET
from datause_lint.analysis.values import EMPTY, NONE, UNKNOWN_BOOLEAN, Value, of

RAISED: Final = "@raised"  # of the recording: that warnings are made errors somewhere


@models("warnings.catch_warnings().__enter__")
def recording(call: ModelCall) -> Value:
    made = call.new(LIST, "~recorded")
    call.state.store(made, FULL, UNKNOWN_BOOLEAN)
    _record_in(call, of(made))
    return of(made)


@models("warnings.catch_warnings().__exit__")
def recorded(call: ModelCall) -> Value:
    call.state.store(_recording(call.frame), TARGET, EMPTY)
    return NONE


def _record_in(call: ModelCall, target: Value) -> None:
    call.state.store(_recording(call.frame), TARGET, target)
    call.frame.world.publisher.publish(call.frame, call.state, _recording(call.frame), TARGET, target)


@models("warnings.simplefilter", "warnings.filterwarnings")
def filtered(call: ModelCall) -> Value:
    if any(each.value == "error" for each in fold(call.frame, call.argument(0, "action")) or ()):
        call.frame.world.shared.write(_recording(call.frame), RAISED, UNKNOWN_BOOLEAN)
    return NONE


@models("warnings.warn", "warnings.warn_explicit")
def warned(call: ModelCall) -> Value:
    warning = _warning(call)
    made = call.external("warnings.WarningMessage()", part="~message")
    call.state.store(made, attribute("message"), warning)
    call.state.store(made, attribute("category"), call.argument(1, "category"))
    target = stored_value(call.frame, call.state, _recording(call.frame), TARGET)
    if target is not None and target.atoms:
        add_element(call.frame, call.state, target, of(made))
    if call.frame.world.shared.read(_recording(call.frame), RAISED) is not None:
        call.frame.raise_value(call.state, warning)
    return NONE


def _warning(call: ModelCall) -> Value:
    """The warning itself, or a text, of which the class that is named makes one."""
    message = call.argument(0, "message")
    if any(stored_value(call.frame, call.state, obj, ARGS) is not None for obj in message.objects()):
        return message
    category = call.optional(1, "category")
    if category is not None and any(isinstance(atom, (ClassAtom, ApiAtom)) for atom in category.atoms):
        return call.call(category, message)
    made = call.external("builtins.UserWarning()", part="~warning")
    keep_arguments(call.frame, call.state, made, ["UserWarning"], Arguments([message]), call.span)
    return of(made)


def _recording(frame: Frame) -> Obj:
    """What knows where warnings are recorded: one thing for the whole program."""
    found = frame.world.objects.external("recording of warnings", None)
    frame.world.shared.announce(found)
    return found
