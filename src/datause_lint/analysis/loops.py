"""Rounds of a loop: the current element is one object, whatever it stands for."""

from __future__ import annotations

from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import OF
from datause_lint.analysis.state import State, age
from datause_lint.analysis.values import NOTHING, Atom, Truths, Value
from datause_lint.analysis.objects import Obj
from datause_lint.ir.instructions import Span


def next_element(frame: Frame, state: State, elements: Value, site: str, span: Span) -> Value:
    """The element of this round. That of the round before is now one of the past."""
    current = frame.world.objects.current(site)
    if current in state.heap:
        age(state, current)
    objects: dict[Atom, Truths] = {}
    others: dict[Atom, Truths] = {}
    for atom, carried in elements.atoms.items():
        (objects if type(atom) is Obj else others)[atom] = carried
    if not objects:
        return elements
    shared = frozenset.intersection(*objects.values()) if objects else NOTHING
    state.heap[current] = {OF: Value(objects)}
    frame.world.places.setdefault(current, frame.location(span))
    return Value({current: shared, **others}, elements.implied, elements.probes)


def leave_element(frame: Frame, state: State, site: str) -> None:
    """The round is over, and so is the loop."""
    current = frame.world.objects.current(site)
    if current in state.heap:
        age(state, current)
