"""What a name of an instruction means, which is known only when the whole function has been read."""

from __future__ import annotations

from datause_lint.ir.instructions import Annotate, Delete, Load, Scope, Store

NameInstruction = Load | Store | Delete | Annotate


def settle_name(instruction: NameInstruction, scope: Scope, variable: str | None = None) -> None:
    """For the front-end alone: to everybody else, instructions are as they are."""
    object.__setattr__(instruction, "scope", scope)
    if variable is not None:
        object.__setattr__(instruction, "name", variable)
