"""Objects that a callee is given under two names."""

from __future__ import annotations

from collections.abc import Mapping

from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.summary import Summary
from datause_lint.analysis.values import Value


def given_twice(state: State, inputs: Mapping[Obj, Value], summary: Summary) -> bool:
    """Whether the callee writes into something that it has by another of its inputs, too."""
    written = {obj.root: None for obj in summary.fields if obj.root.kind is Kind.PARAMETER}
    for root in written:
        given = inputs.get(root)
        own = _near(state, given) if given is not None else {}
        for other, value in inputs.items() if own else ():
            if other is not root and other.kind is Kind.PARAMETER and not own.keys().isdisjoint(_near(state, value)):
                return True
    return False


def _near(state: State, value: Value) -> dict[Obj, None]:
    """The objects, and those that they hold."""
    found = dict.fromkeys(value.objects())
    for obj in value.objects():
        for held in state.heap.get(obj, {}).values():
            found.update(dict.fromkeys(held.objects()))
    return found
