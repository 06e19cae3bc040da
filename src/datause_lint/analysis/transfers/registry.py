"""The table of transfer functions, by instruction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from datause_lint.analysis.frame import Frame
from datause_lint.analysis.state import State

Transfer = Callable[[Frame, State, Any], "State | None"]
TRANSFERS: dict[type, Transfer] = {}


def transfers(kind: type) -> Callable[[Transfer], Transfer]:
    """Registers what an instruction does: to the state, which it may change in place, and to the frame's registers.
    Without a state it does not come back."""

    def register(function: Transfer) -> Transfer:
        TRANSFERS[kind] = function
        return function

    return register
