"""What stands in the place of standard output, and of standard errors: ``sys.stdout = buffer``, ``redirect_stdout``."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.adding import add_opaque
from datause_lint.analysis.atoms import ApiAtom, Atom
from datause_lint.analysis.facts import Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, Value

TARGET: Final = "@target"
STREAMS: Final = {"stdout": "out", "stderr": "err"}


def set_stream(frame: Frame, state: State, name: str, value: Value) -> None:
    """What the stream itself is put back in its place with, ``sys.stdout = before``, is no target."""
    own: dict[Atom, Truths] = {atom: carried for atom, carried in value.atoms.items() if not isinstance(atom, ApiAtom)}
    direct(frame, state, STREAMS[name], Value(own))


def direct(frame: Frame, state: State, stream: str, target: Value) -> None:
    output = _output(frame, stream)
    state.store(output, TARGET, target)
    if target.atoms:
        frame.world.publisher.publish(frame, state, output, TARGET, target)


def print_out(frame: Frame, state: State, shown: Value, stream: str = "out") -> None:
    """Into what stands in the place of standard output, or of standard errors."""
    target = standard_target(frame, state, stream)
    if target.atoms:
        add_opaque(frame, state, target, shown)


def standard_target(frame: Frame, state: State, stream: str = "out") -> Value:
    """What stands in the place of standard output, or of standard errors."""
    return stored_value(frame, state, _output(frame, stream), TARGET) or EMPTY


def _output(frame: Frame, stream: str) -> Obj:
    found = frame.world.objects.external(f"standard {stream}", None)
    frame.world.shared.announce(found)
    return found
