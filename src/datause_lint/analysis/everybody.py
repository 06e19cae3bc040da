"""What is known of everybody in a collection: by ``all()``, or by a loop that goes on only past those who consent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from datause_lint.analysis.access import origin, stored_value
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import COMPLETE, ELEMENT, IN, WHOLE, Kind, Obj
from datause_lint.analysis.renaming import replaced
from datause_lint.analysis.state import State
from datause_lint.analysis.values import NOTHING, Fact, Truths, Value

MAXIMAL_LOOPS: Final = 4  # over what other loops have collected
MAXIMAL_COPIES: Final = 4  # of copies


def of_everybody(frame: Frame, state: State, facts: Truths, counts: Callable[[Obj], bool]) -> Truths:
    """What is known of the person of every round of a loop that counts, as said of all whom it runs over."""
    proven: set[Fact] = set()
    for truth in facts:
        if type(truth) is Fact and truth.subject is not None and truth.subject.root.kind is Kind.CURRENT:
            everybody = _as_any(frame, state, truth.subject) if counts(truth.subject.root) else None
            if everybody is not None:
                proven.add(truth._replace(subject=everybody, every=True))
    return frozenset(proven)


def _as_any(frame: Frame, state: State, person: Obj) -> Obj | None:
    """The element of a loop as any element of the collection that it runs over."""
    drawn_from = state.stored(person.root, IN)
    if drawn_from is not None and drawn_from.atoms:
        collection = whole(frame, state, drawn_from)
        if collection is None:
            return None
        if stored_value(frame, state, collection, COMPLETE) is None:
            return replaced(person, person.root, collection.child(ELEMENT))
    stands = origin(frame, state, person).objects()
    return stands[0] if len(stands) == 1 else None


def any_of(obj: Obj, known_as: Callable[[Obj], Obj | None]) -> Obj | None:
    """Any element of a collection, as any of the one that it is elsewhere: others may have a part of its elements."""
    if obj.base is None:
        return None
    holder = known_as(obj.base) if obj.key == ELEMENT else any_of(obj.base, known_as)
    return holder.child(obj.key) if holder is not None else None


def whole(frame: Frame, state: State, value: Value) -> Obj | None:
    """The collection that the value is, or is made of in another order."""
    only = value.only_object()
    for _ in range(MAXIMAL_COPIES):
        of_whom = stored_value(frame, state, only, WHOLE) if only is not None else None
        if of_whom is None:
            return only
        only = of_whom.only_object()
    return only


def is_one_of(frame: Frame, state: State, every: Obj, person: Obj, depth: int = 0) -> bool:
    """Whether the person is one of those whom a fact about every element covers."""
    if person is every:
        return True
    if person.root.kind not in (Kind.CURRENT, Kind.PAST) or depth >= MAXIMAL_LOOPS:
        return False
    drawn_from = state.stored(person.root, IN)
    collection = whole(frame, state, drawn_from) if drawn_from is not None else None
    if collection is not None and replaced(person, person.root, collection.child(ELEMENT)) is every:
        return True
    stands = [each for each in origin(frame, state, person).objects() if each is not person]
    return bool(stands) and all(is_one_of(frame, state, every, each, depth + 1) for each in stands)


# ── loops ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def so_far(state: State, current: Obj) -> Truths:
    """What is known of each element that a loop has drawn up to now, as said of those of its past."""
    past = current.past()
    is_first = past not in state.heap
    found: set[Fact] = set()
    for truth in state.facts:
        if type(truth) is Fact and truth.subject is not None and truth.subject.root is current and not truth.every:
            said = truth._replace(subject=replaced(truth.subject, current, past), every=True)
            if is_first or said in state.facts:
                found.add(said)
    return frozenset(found)


def after_all(frame: Frame, state: State, current: Obj) -> Truths:
    """What a loop that came to its end has found of all that it ran over."""
    known = so_far(state, current) if current in state.heap else NOTHING
    past = current.past()
    of_rounds = {
        fact._replace(subject=replaced(fact.subject, past, current), every=False)
        for fact in known
        if type(fact) is Fact and fact.subject is not None
    }
    return of_everybody(frame, state, frozenset(of_rounds), lambda loop: loop is current)


def without_past(facts: Truths, past: Obj) -> Truths:
    return frozenset(
        truth
        for truth in facts
        if not (type(truth) is Fact and truth.every and truth.subject is not None and truth.subject.root is past)
    )
