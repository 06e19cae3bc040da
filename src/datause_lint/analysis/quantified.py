"""What it would prove that every element of a comprehension is true, or that some element is."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.consent_rows import said_of_people
from datause_lint.analysis.everybody import of_everybody
from datause_lint.analysis.facts import Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import truths_of
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Implied, Value
from datause_lint.ir import instructions as ir

OF_ALL: Final = "@every"  # of a container: what it would prove that all of its elements are true
OF_SOME: Final = "@some"  # and that some element is


def note_quantified(frame: Frame, state: State, base: Value, value: Value) -> None:
    """An element is added: what all that there are prove of each person that the loop runs over, and what whichever is
    true proves of those outside of it."""
    only = base.only_object()
    if only is None:
        return
    implied = truths_of(value)
    true, false = (
        of_everybody(frame, state, facts, lambda loop: _unconditional(frame, loop))
        for facts in (implied.true, implied.false)
    )
    _add(state, only, OF_ALL, true, false)
    _add(state, only, OF_SOME, said_of_people(frame, state, state.facts | implied.true))


def _add(state: State, container: Obj, key: str, true: Truths, false: Truths = frozenset()) -> None:
    before = state.stored(container, key)
    if before is not None:
        true, false = common(before.implied.true, true), common(before.implied.false, false)
    state.store(container, key, Value({}, Implied(true=true, false=false)))


def _unconditional(frame: Frame, loop: Obj) -> bool:
    """Whether the comprehension adds an element in every round."""
    for block in frame.function.blocks:
        terminator = block.terminator
        if isinstance(terminator, ir.ForNext) and frame.site(terminator.span) == loop.key:
            return terminator.body == frame.block
    return False
