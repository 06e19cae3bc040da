"""``subprocess``: what a process says, and the errors that tell of it."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import TUPLE, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.exceptions import keep_arguments
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall, models
from datause_lint.analysis.objects import attribute, index
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.values import EMPTY, NONE, Value, const, of

ERRORS: Final = 5  # the position of ``stderr``
WITHOUT_ERRORS: Final = "@given:silent"  # of a process: that nobody reads its errors
CHECKING: Final = ("subprocess.check_call", "subprocess.check_output")


@models("subprocess.run", "subprocess.call", *CHECKING)
def run(call: ModelCall) -> Value:
    """Where it is checked, or may take too long, an exception may tell what was run and what came out."""
    check = call.arguments.keywords.get("check", EMPTY)
    if call.path in CHECKING or (check.atoms and check.may_be_true()):
        _raise_error(call, "CalledProcessError")
    if "timeout" in call.arguments.keywords:
        _raise_error(call, "TimeoutExpired")
    return UNMODELLED


@models("subprocess.Popen")
def started(call: ModelCall) -> Value:
    """Whether what it says as an error can be read: only through a pipe."""
    made, _ = unknown_call(call.frame, call.state, call.path, EMPTY, call.arguments, call.span, call.caller)
    given = call.arguments
    if call.optional(ERRORS, "stderr") is None and given.more is None and given.more_keywords is None:
        for obj in made.objects():
            call.state.store(obj, WITHOUT_ERRORS, const(True))
    return made


@models("subprocess.Popen().communicate")
def communicated(call: ModelCall) -> Value:
    """What a process is told, it may say: as output, and as errors where these can be read."""
    said = call.data(call.receiver, *call.arguments.all())
    silent = [stored_value(call.frame, call.state, obj, WITHOUT_ERRORS) for obj in call.receiver.objects()]
    made = call.new(TUPLE)
    call.state.store(made, index(0), said)
    call.state.store(made, index(1), said if None in silent or not silent else NONE)
    return of(made)


def _raise_error(call: ModelCall, name: str) -> None:
    made = call.external(f"subprocess.{name}()", part=f"~{name}")
    command, said = call.argument(0, "args"), call.data(*call.arguments.all())
    keep_arguments(call.frame, call.state, made, [], Arguments([command]), call.span)
    call.state.store(made, attribute("cmd"), command)
    call.state.store(made, attribute("returncode"), EMPTY)
    for stream in ("output", "stdout", "stderr"):
        call.state.store(made, attribute(stream), said)
    call.frame.raise_value(call.state, of(made))
