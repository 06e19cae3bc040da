"""Functions without a body of their own: what they do stands elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.ir.instructions import Const, Load, Raise, Return
from datause_lint.ir.module import FunctionIR, FunctionKind
from datause_lint.ir.types import TypeConstant, TypeName
from datause_lint.names import FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

MAXIMAL_INSTRUCTIONS: Final = 4  # of ``raise NotImplementedError("…")``


def is_stub(function: FunctionIR) -> bool:
    """Whether the body is ``...``, or ``pass`` or a docstring in place of the value that the signature promises, or it
    only raises NotImplementedError.
    """
    if function.kind is not FunctionKind.FUNCTION or len(function.blocks) != 1 or function.is_generator:
        return False
    instructions, end = function.blocks[0].instructions, function.blocks[0].terminator
    if isinstance(end, Return):
        return is_empty(function) and (len(instructions) > 1 or _promises_a_value(function))
    first = instructions[0] if instructions else None
    return (
        isinstance(end, Raise)
        and len(instructions) <= MAXIMAL_INSTRUCTIONS
        and isinstance(first, Load)
        and first.name == "NotImplementedError"
    )


def is_empty(function: FunctionIR) -> bool:
    """Whether the body does nothing: ``...``, ``pass``, a docstring."""
    instructions, end = function.blocks[0].instructions, function.blocks[0].terminator
    if len(function.blocks) != 1 or not isinstance(end, Return) or not instructions:
        return False
    *before, last = instructions
    implicit = isinstance(last, Const) and last.value is None and last.span.column == last.span.end_column
    return implicit and all(isinstance(each, Const) and each.value is ... for each in before)


def is_abstract(world: World, name: FunctionId) -> bool:
    """Whether classes below are to fill the method in."""
    function = world.function(name)
    marked = any((mark.api or "").startswith("abc.abstract") for mark in world.marks_of(name))
    return marked or (function is not None and is_stub(function))


def _promises_a_value(function: FunctionIR) -> bool:
    match function.returns:
        case None | TypeConstant(None) | TypeName("None"):
            return False
    return True
