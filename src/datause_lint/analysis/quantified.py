"""What it would prove that every element of a comprehension is true, or that some element is."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import indexed, stored_value, surely_holds
from datause_lint.analysis.consent_rows import said_of_people
from datause_lint.analysis.everybody import of_everybody
from datause_lint.analysis.facts import NOTHING, Truths, common
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


def note_all_of(frame: Frame, state: State, made: Value, given: Value) -> None:
    """``checks.values()``: that all of them are true proves what each of those does that are surely there."""
    only, copy = given.only_object(), made.only_object()
    facts = what_all_prove(frame, state, only) if only is not None and len(given.atoms) == 1 else NOTHING
    if copy is not None and facts:
        state.store(copy, OF_ALL, Value({}, Implied(true=facts)))


def what_all_prove(frame: Frame, state: State, container: Obj) -> Truths:
    """What it proves that all that is in the container is true."""
    stored = stored_value(frame, state, container, OF_ALL)
    proven = stored.implied.true if stored is not None else NOTHING
    for key, value in indexed(frame, state, container):
        if surely_holds(frame, state, container, key):
            proven |= truths_of(value).true
    return proven


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
