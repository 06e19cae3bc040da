"""Checks out of a table, ``for check in CHECKS: check(user)``: a loop that comes by all of them has made each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from datause_lint.analysis.access import indexed, origin, read, surely_holds
from datause_lint.analysis.arguments import known_length
from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.everybody import as_any, whole
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import Fact, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import ELEMENT, IN, Kind, Obj, index
from datause_lint.analysis.state import IS, MEANS, State
from datause_lint.analysis.values import Value, of

MAXIMAL_CHECKS: Final = 16


def made_by_all(frame: Frame, state: State, function: Value, proven: dict[Atom, Truths], site: str) -> Truths:
    """What a call of one of a table proves, as said of the table: where it is this check, that. Whoever knows it of
    every element knows it of each that is surely in the table."""
    if not any(proven.values()) or len(proven) > MAXIMAL_CHECKS:
        return frozenset()
    element = _drawn(frame, state, function)
    if element is None:
        return frozenset()
    there = list(_surely_in(frame, state, element))
    found: set[Fact] = set()
    for number, (target, facts) in enumerate(proven.items()):
        about = [fact for fact in facts if type(fact) is Fact]
        anybody = as_any(frame, state, element) if about and target in there else None
        if anybody is None:
            continue
        key = f"{IS}{site} {number}"
        state.store(anybody.child(key), MEANS, Value({}, Implied(true=frozenset(about))))
        found.update(fact._replace(subject=element.child(key)) for fact in about)
    return frozenset(found)


def _drawn(frame: Frame, state: State, function: Value) -> Obj | None:
    """The element of a loop, or the second of a pair that is one, which the function is."""
    only = function.only_object()
    if only is not None and only.root.kind is Kind.CURRENT and len(function.atoms) == 1:
        return only
    current = [obj for obj in state.heap if obj.kind is Kind.CURRENT]
    places = [place for obj in current for place in (obj, obj.child(index(1)))]
    found = [place for place in places if origin(frame, state, place).atoms.keys() == function.atoms.keys()]
    return found[0] if len(found) == 1 else None


def _surely_in(frame: Frame, state: State, element: Obj) -> Iterator[Atom]:
    """The functions that the table of which this is an element has for certain."""
    drawn_from = state.stored(element.root, IN)
    table = whole(frame, state, drawn_from) if drawn_from is not None else None
    for place in _told(frame, state, table) if table is not None else ():
        yield from place
    for key, value in indexed(frame, state, table) if table is not None else ():
        if table is not None and key != ELEMENT and surely_holds(frame, state, table, key) and len(value.atoms) == 1:
            held = value if element is element.root else read(frame, state, value, element.key)
            if len(held.atoms) == 1:
                yield from held.atoms


def _told(frame: Frame, state: State, table: Obj) -> Iterator[tuple[Atom, ...]]:
    """What the caller has at each place of its table."""
    length = known_length(frame, state, of(table)) if frame.is_input(table) else None
    for place in range(length or 0):
        held = frame.known_atoms(table.child(index(place)))
        if len(held) == 1:
            yield held
