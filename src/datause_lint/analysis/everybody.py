"""What is known of everybody in a collection: by ``all()``, or by a loop that goes on only past those who consent."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import Final

from datause_lint.analysis.access import COROUTINE, LIST, TUPLE, indexed, origin, stored_value, surely_holds
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.facts import Fact, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.many import is_single
from datause_lint.analysis.objects import ALLOCATED, ASKED, COMPLETE, ELEMENT, IN, OF, WHOLE, Kind, Obj
from datause_lint.analysis.renaming import replaced
from datause_lint.analysis.state import State, concerns
from datause_lint.analysis.values import EMPTY, Value

Grounds = dict[tuple[Obj, int], dict[Obj, None]]
"""What objects stand for that elements of loops are, by how many steps away that was asked."""

MAXIMAL_LOOPS: Final = 4  # over what other loops have collected
MAXIMAL_COPIES: Final = 4  # of copies
MAXIMAL_PARTS: Final = 24  # of what an element of a loop holds


def of_everybody(frame: Frame, state: State, facts: Truths, counts: Callable[[Obj], bool]) -> Truths:
    """What is known of the person of every round of a loop that counts, as said of all whom it runs over."""
    proven: set[Fact] = set()
    for truth in facts:
        if type(truth) is Fact and truth.subject is not None and truth.subject.root.kind is Kind.CURRENT:
            everybody = as_any(frame, state, truth.subject) if counts(truth.subject.root) else None
            if everybody is not None:
                said = truth._replace(subject=everybody, every=True)
                proven.update((said, *in_their_places(frame, state, said)))
                proven.update(fact for fact in state.meant_by(said) if type(fact) is Fact)
    return frozenset(proven)


def in_their_places(frame: Frame, state: State, said: Fact) -> Iterator[Fact]:
    """``for each in (sender, receiver)``: what is said of every element is said of each that has a place of its own."""
    element = said.subject
    while element is not None and element.base is not None and element.key != ELEMENT:
        element = element.base
    collection = element.base if element is not None else None
    if said.subject is None or element is None or collection is None or collection.kind is not Kind.NEW:
        return
    for key, value in indexed(frame, state, collection) if collection.api in (LIST, TUPLE) else ():
        only = value.only_object()
        if only is not None and len(value.atoms) == 1 and surely_holds(frame, state, collection, key):
            yield said._replace(subject=replaced(said.subject, element, only), every=False)


def as_any(frame: Frame, state: State, person: Obj) -> Obj | None:
    """The element of a loop as any element of the collection that it runs over."""
    drawn_from = state.stored(person.root, IN)
    if drawn_from is not None and drawn_from.atoms:
        collection = whole(frame, state, drawn_from)
        if collection is None:
            return None
        if stored_value(frame, state, collection, COMPLETE) is None:
            return _asked(state, replaced(person, person.root, collection.child(ELEMENT)))
    stands = origin(frame, state, person).objects()
    return _asked(state, stands[0]) if len(stands) == 1 and not is_single(stands[0]) else None


def _asked(state: State, person: Obj) -> Obj:
    """Any element of a collection, of which something is about to be said."""
    holder = person
    while holder.base is not None and holder.key != ELEMENT:
        holder = holder.base
    if holder.base is not None:
        state.store(holder.base.plain, ASKED, EMPTY)
    return person


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
        of_whom = stored_value(frame, state, only, WHOLE) if only is not None and not only.is_part else None
        if of_whom is None:
            return only
        only = of_whom.only_object()
    return only


def is_one_of(frame: Frame, state: State, every: Obj, person: Obj, depth: int = 0) -> bool:
    """Whether the person is one of those whom a fact about every element covers."""
    if person is every:
        return True
    if not person.root.of_a_round or depth >= MAXIMAL_LOOPS:
        return False
    drawn_from = state.stored(person.root, IN)
    collection = whole(frame, state, drawn_from) if drawn_from is not None else None
    if collection is not None and replaced(person, person.root, collection.child(ELEMENT)) is every:
        return True
    stands = [each for each in origin(frame, state, person).objects() if each is not person]
    return bool(stands) and all(is_one_of(frame, state, every, each, depth + 1) for each in stands)


# ── loops ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def so_far(facts: Truths, current: Obj, *, is_first: bool) -> Truths:
    """What is known of each element that a loop has drawn up to now, as said of those of its past."""
    past = current.past()
    found: set[Fact] = set()
    for truth in facts:
        if type(truth) is Fact and truth.subject is not None and truth.subject.root is current and not truth.every:
            said = truth._replace(subject=replaced(truth.subject, current, past), every=True)
            if is_first or said in facts:
                found.add(said)
    return frozenset(found)


def next_round(state: State, current: Obj, age: Callable[[], None]) -> None:
    """Ages the element of the round that is over; what was found of it and of all before it is kept."""
    past = current.past()
    is_first = past not in state.heap
    known = so_far(state.facts, current, is_first=is_first)
    answers = [
        (place, Implied(*(so_far(facts | state.facts, current, is_first=is_first) - known for facts in value.implied)))
        for place, value in _answers_about(state, current)
    ]
    age()
    state.facts = _without_past(state.facts, past) | known
    for place, said in answers:
        value = _at(state, place)
        if value is not None:
            kept = Implied(*(_without_past(a, past) | b for a, b in zip(value.implied, said, strict=True)))
            _put(state, place, Value(value.atoms, kept, value.probes))


def leave_loop(frame: Frame, state: State, current: Obj) -> None:
    """A loop has come to its end: what it has found of every element is known of all that it ran over."""
    if current not in state.heap:
        return
    is_first = current.past() not in state.heap

    def of_all(facts: Truths) -> Truths:
        past = current.past()
        of_rounds = {
            fact._replace(subject=replaced(fact.subject, past, current), every=False)
            for fact in so_far(facts, current, is_first=is_first)
            if type(fact) is Fact and fact.subject is not None
        }
        return of_everybody(frame, state, frozenset(of_rounds), lambda loop: loop is current)

    state.learn(of_all(state.facts))
    for place, value in list(_answers_about(state, current)):
        said = Implied(*(facts | of_all(facts | state.facts) for facts in value.implied))
        _put(state, place, Value(value.atoms, said, value.probes))


Place = tuple[Obj | None, str]  # of a value: an object and the key in it, or no object and a variable


def _answers_about(state: State, current: Obj) -> Iterator[tuple[Place, Value]]:
    """The values whose truth, or falsehood, says something about elements of the loop."""
    elements = (current, current.past())
    for name, value in list(state.variables.items()):
        if value.implied is not NO_IMPLICATION and _speaks_of(value, elements):
            yield (None, name), value
    for obj, fields in list(state.heap.items()):
        for key, value in fields.items():
            if value.implied is not NO_IMPLICATION and _speaks_of(value, elements):
                yield (obj, key), value


def _speaks_of(value: Value, elements: tuple[Obj, ...]) -> bool:
    return any(concerns(truth, elements) for facts in value.implied for truth in facts)


def _at(state: State, place: Place) -> Value | None:
    obj, key = place
    return state.variables.get(key) if obj is None else state.stored(obj, key)


def _put(state: State, place: Place, value: Value) -> None:
    obj, key = place
    if obj is None:
        state.variables[key] = value
    else:
        state.store(obj, key, value)


def _without_past(facts: Truths, past: Obj) -> Truths:
    return frozenset(
        truth
        for truth in facts
        if not (type(truth) is Fact and truth.every and truth.subject is not None and truth.subject.root is past)
    )


def vacuous(state: State, other: State) -> State:
    """A state, with what another path knows of elements of loops that this one has not drawn: of none, it holds. Not
    what it knows of somebody who is there in any case, under another name."""
    drawn = [obj for obj in other.heap if obj.of_a_round and obj not in state.heap]
    drawn = [obj for obj in drawn if not _has_another_name(other, obj)]
    if not drawn:
        return state
    result = state.copy()
    result.learn(frozenset(fact for fact in other.facts if type(fact) is Fact and concerns(fact, drawn)))
    for place in [place for current in drawn for place, _ in _answers_about(other, current)]:
        mine, theirs = _at(result, place), _at(other, place)
        if mine is not None and theirs is not None:
            said = (frozenset(fact for fact in facts if concerns(fact, drawn)) for facts in theirs.implied)
            both = Implied(*(a | b for a, b in zip(mine.settled().implied, said, strict=True)))
            _put(result, place, Value(mine.atoms, both))
    return result


def _has_another_name(state: State, element: Obj) -> bool:
    """Whether an element of a loop is, or holds, what can be had without the loop. One of several is never taken for
    one of them, but all of them may hold the same."""
    drawn_from = state.stored(element, IN)
    holders = dict.fromkeys(drawn_from.objects() if drawn_from is not None else [])
    known: Grounds = {}
    pending = [[element]]
    while pending:
        group = list(_grounds(state, pending.pop(), known))
        obj = group[0] if len(group) == 1 else None
        if all(each in holders for each in group) or (obj is not None and not is_single(obj)):
            continue
        if len(holders) > MAXIMAL_PARTS:
            return True
        if obj is not None and (obj.kind not in ALLOCATED or _stands_elsewhere(state, obj, holders)):
            return True
        holders.update(dict.fromkeys(group))
        holders.update({each.past(): None for each in group if each.kind in ALLOCATED})
        pending.extend(_held_by_all(state, group))
    return False


def _grounds(state: State, group: Iterable[Obj], known: Grounds, depth: int = 0) -> dict[Obj, None]:
    """What the objects are, where elements of loops, and what those hold, stand for others. Loops may feed each other:
    what cannot be told in a few steps stands for itself."""
    found: dict[Obj, None] = {}
    seen: dict[Obj, None] = {}
    pending = list(group)
    while pending:
        obj = pending.pop()
        if not obj.root.of_a_round or depth > MAXIMAL_LOOPS:
            found[obj] = None
        elif obj not in seen:
            seen[obj] = None
            stands = _stands_for(state, obj, known, depth)
            pending.extend(stands)
            if obj in stands:
                found[obj] = None
    return found


def _stands_for(state: State, obj: Obj, known: Grounds, depth: int) -> list[Obj]:
    if obj.base is None:
        stands = state.stored(obj, OF)
        return stands.objects() if stands is not None else []
    at = (obj.base, depth)
    if at not in known:
        known[at] = _grounds(state, [obj.base], known, depth + 1)
    found: list[Obj] = []
    for holder in known[at]:
        held = state.stored(holder, obj.key)
        found.extend(held.objects() if held is not None else [holder.child(obj.key)])
    return found


def _held_by_all(state: State, group: list[Obj]) -> Iterator[list[Obj]]:
    """What the objects hold, for each name under which one of them is known to hold something."""
    keys = dict.fromkeys(key for obj in group for key in state.heap.get(obj, {}) if key.startswith((".", "[")))
    for key in keys:
        found: dict[Obj, None] = {}
        for obj in group:
            held = state.heap.get(obj, {}).get(key)
            found.update(dict.fromkeys(held.objects() if held is not None else [obj.child(key)]))
        if found:
            yield list(found)


def _stands_elsewhere(state: State, obj: Obj, holders: Container[Obj]) -> bool:
    """Whether something else holds the object than the collections, and the rows, that it was put into."""
    return any(obj in value.atoms for value in state.variables.values()) or any(
        obj in value.atoms
        for holder, fields in state.heap.items()
        if holder not in holders and not holder.of_a_round and holder.api != COROUTINE  # it is awaited but once
        for value in fields.values()
    )
