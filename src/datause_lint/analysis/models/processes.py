"""``subprocess``: what a process says, and the errors that tell of it."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.exceptions import keep_arguments
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall, models
from datause_lint.analysis.objects import attribute
from datause_lint.analysis.values import EMPTY, Value, of

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


def _raise_error(call: ModelCall, name: str) -> None:
    made = call.external(f"subprocess.{name}()", part=f"~{name}")
    command, said = call.argument(0, "args"), call.data(*call.arguments.all())
    keep_arguments(call.frame, call.state, made, [], Arguments([command]), call.span)
    call.state.store(made, attribute("cmd"), command)
    call.state.store(made, attribute("returncode"), EMPTY)
    for stream in ("output", "stdout", "stderr"):
        call.state.store(made, attribute(stream), said)
    call.frame.raise_value(call.state, of(made))
