"""Comparisons that the program's classes answer: ``__eq__``, ``__lt__``, ``__contains__``."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import CONTAINERS
from datause_lint.analysis.arguments import Caller
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.special_methods import call_special, iterated
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value
from datause_lint.ir.instructions import Span

COMPARISONS: Final = {
    "==": (("__eq__", False), ("__eq__", True)),
    "!=": (("__ne__", False), ("__eq__", False), ("__eq__", True)),
    "<": (("__lt__", False), ("__gt__", True), ("__ge__", False), ("__le__", False), ("__gt__", False)),
    ">": (("__gt__", False), ("__lt__", True), ("__le__", False), ("__ge__", False), ("__lt__", False)),
    "<=": (("__le__", False), ("__ge__", True), ("__gt__", False), ("__lt__", False), ("__ge__", False)),
    ">=": (("__ge__", False), ("__le__", True), ("__lt__", False), ("__gt__", False), ("__le__", False)),
    "in": (("__contains__", True),),
    "not in": (("__contains__", True),),
}
"""The methods that answer a comparison, the first that is defined; and whether it is the right operand's. Where none of
the operator's own is, ``functools.total_ordering`` has made it of another."""


def compared(
    frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span, caller: Caller
) -> tuple[Value, State | None] | None:
    """The answer of a class of the program to a comparison; None where no class says anything."""
    for method, reflected in COMPARISONS.get(operator, ()):
        receiver, other = (right, left) if reflected else (left, right)
        outcome = call_special(frame, state, receiver, method, [other], span, caller)
        if outcome is not None:
            value, after = outcome
            if operator in ("in", "not in", "!="):
                return EMPTY, after
            return Value({atom: held for atom, held in value.atoms.items() if type(atom) is not Const}), after
    return _found_among(frame, state, left, right, span, caller) if operator in ("in", "not in") else None


def _found_among(
    frame: Frame, state: State, left: Value, right: Value, span: Span, caller: Caller
) -> tuple[Value, State | None] | None:
    """What a container, or an instance of a class of the program, is drawn from is looked through for what equals the
    value, as a class may say."""
    told = _is_told(frame, state, right)
    if not told and not any(obj.api in CONTAINERS for obj in right.objects()):
        return None
    drawn, after = iterated(frame, state, right, span, caller) if told else (right, state)
    inner = elements(frame, after, drawn) if after is not None else EMPTY
    if after is not None and (_is_told(frame, after, left) or _is_told(frame, after, inner)):
        answer = compared(frame, after, "==", left, inner, span, caller)
        after = answer[1] if answer is not None else after
    return (EMPTY, after) if told or after is not state else None


def _is_told(frame: Frame, state: State, value: Value) -> bool:
    """Whether classes of the program may say what is done with it."""
    return any(kind.cls is not None for obj in value.objects() for kind in types_of(frame, state, obj))
