"""Rounds of a loop: the current element is one object, whatever it stands for."""

from __future__ import annotations

from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import OF, Obj
from datause_lint.analysis.state import State, age
from datause_lint.analysis.values import NOTHING, Atom, Fact, Same, Truth, Truths, Value
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
    about = [
        frozenset(moved(truth, atom, current) for truth in carried) if type(atom) is Obj else carried
        for atom, carried in objects.items()
    ]
    shared = frozenset.intersection(*about) if about else NOTHING
    state.heap[current] = {OF: Value(objects)}
    frame.world.places.setdefault(current, frame.location(span))
    return Value({current: shared, **others}, elements.implied, elements.probes)


def moved(truth: Truth, old: Obj, new: Obj) -> Truth:
    """What is true of an element, of the object that stands for it in this round."""
    if type(truth) is Fact:
        if truth.subject is None or truth.every:
            return truth
        return truth._replace(subject=replaced(truth.subject, old, new))
    assert isinstance(truth, Same)
    return Same(replaced(truth.left, old, new), replaced(truth.right, old, new))


def replaced(obj: Obj, old: Obj, new: Obj) -> Obj:
    """The object with ``old`` on its path replaced by ``new``."""
    if obj is old:
        return new
    if obj.base is None:
        return obj
    base = replaced(obj.base, old, new)
    return obj if base is obj.base else base.child(obj.key)


def leave_element(frame: Frame, state: State, site: str) -> None:
    """The round is over, and so is the loop."""
    current = frame.world.objects.current(site)
    if current in state.heap:
        age(state, current)
