"""Rounds of a loop: the current element is one object, whatever it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from datause_lint.analysis.access import origin
from datause_lint.analysis.asked_for_each import are_purposes
from datause_lint.analysis.atoms import Atom, BoundAtom, Data, FunctionAtom, Label
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.everybody import next_round
from datause_lint.analysis.facts import Fact, Same, Truth, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import ALLOCATED, IN, OF, OWN_KEY, Kind, Obj, index, own_name
from datause_lint.analysis.renaming import moved, replaced
from datause_lint.analysis.state import State, age, age_to, concerns
from datause_lint.analysis.subjects import identities
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.analysis.ways import loops_of
from datause_lint.ir.instructions import ForNext, Span

MAXIMAL_LOOPS: Final = 64  # of a function, whose rounds are told apart
MADE_IN_ROUNDS: Final = ALLOCATED | {Kind.CURRENT, Kind.PAST}
_PART: Final = re.compile(r"[~*#]")  # begins the part of an object's name that tells it from others of its place


def next_element(
    frame: Frame, state: State, elements: Value, site: str, span: Span, drawn_from: Value | None = None
) -> Value:
    """The element of this round. That of the round before is now one of the past."""
    current = frame.world.objects.current(site)
    if current in state.heap:
        pasts = {current: current.past(), **_made_in_round(frame, state, site)}
        next_round(state, current, lambda: age_to(state, pasts))
    objects: dict[Atom, Truths] = {}
    others: dict[Atom, Truths] = {}
    for atom, carried in elements.atoms.items():
        (objects if type(atom) is Obj else others)[atom] = carried
    if not objects:
        are_functions = all(type(atom) is FunctionAtom or type(atom) is BoundAtom for atom in others)
        if len(others) > 1 and (are_functions or are_purposes(frame, elements)):
            state.heap[current] = {OF: elements, IN: of(*drawn_from.objects()) if drawn_from is not None else EMPTY}
        return elements
    about = [
        _about(frame, state, atom, current, carried) if type(atom) is Obj else carried
        for atom, carried in objects.items()
    ]
    shared = common(*about)
    state.heap[current] = {OF: Value(objects), IN: of(*drawn_from.objects()) if drawn_from is not None else EMPTY}
    frame.world.places.setdefault(current, frame.location(span))
    if not others:  # else this round may have no such element, and prove nothing of anybody
        state.learn(frozenset(truth for truth in shared if concerns(truth, (current,))))
    return Value({current: shared, **others}, elements.implied, elements.probes)


def _made_in_round(frame: Frame, state: State, site: str) -> dict[Obj, Obj]:
    """The objects that the loop's body made, and the elements of loops inside it; each with what it is from now on."""
    loops = _body_sites(frame)
    sites = loops.get(site, frozenset())
    found: dict[Obj, Obj] = {}
    for obj in state.heap if sites else ():
        place = _site_of(obj) if obj.kind in MADE_IN_ROUNDS else ""
        if place in sites and place != site:
            inside = sum(place in others and (loop == site or loop in sites) for loop, others in loops.items())
            past = obj.past(inside if obj.kind in ALLOCATED else inside + 1)
            if past is not obj:
                found[obj] = past
    return found


def _site_of(obj: Obj) -> str:
    """The place in the function where the object was made, or the call that made it."""
    return _PART.split(obj.chain[0] if obj.chain else own_name(obj), maxsplit=1)[0]


def bodies(frame: Frame) -> Mapping[int, frozenset[int]]:
    """The blocks of each loop of the function, by its head."""
    known = frame.world.loops.get(frame.function.id)
    if known is None:
        known = frame.world.loops[frame.function.id] = loops_of(frame.function)
    return known


def in_loop(frame: Frame) -> bool:
    return any(frame.block in body for body in bodies(frame).values())


def _body_sites(frame: Frame) -> dict[str, frozenset[str]]:
    """The places inside each loop of the function, by the loop's own place."""
    known = frame.world.places_in_loops.get(frame.function.id)
    if known is None:
        blocks = frame.function.blocks
        heads = [number for number, block in enumerate(blocks) if isinstance(block.terminator, ForNext)]
        known = {}
        for head in heads[:MAXIMAL_LOOPS]:
            terminator = blocks[head].terminator
            assert isinstance(terminator, ForNext)
            inside = bodies(frame).get(head, frozenset()) - {head}
            spans = {instruction.span for number in inside for instruction in blocks[number].instructions}
            inner = {last.span for number in inside if isinstance(last := blocks[number].terminator, ForNext)}
            known[frame.site(terminator.span)] = frozenset(map(frame.site, spans | inner))
        frame.world.places_in_loops[frame.function.id] = known
    return known


def _about(frame: Frame, state: State, element: Obj, current: Obj, carried: Truths) -> Truths:
    """What an element carries, as facts about the object that stands for it: also what it carries about its own id."""
    found: set[Truth] = {moved(truth, element, current) for truth in carried}
    others = [truth for truth in carried if type(truth) is Fact and truth.subject is not None and not truth.every]
    if others:
        names = identities(frame, state, element, carried)
        for truth in others:
            holders = [each for each in _holders(truth.subject) if each in names]
            if holders and truth.subject is not None:
                found.add(truth._replace(subject=replaced(truth.subject, holders[0], current)))
    told = state.stored(element, OWN_KEY)
    field = told.constant() if told is not None else None
    if field is not None and field.value:  # ``for key, user in by_id.items()``, where the key is the user's own ``id``
        found.add(Same(current.child(index(0)), current.child(index(1)).child(str(field.value))))
    return frozenset(found)


def _holders(obj: Obj | None) -> Iterator[Obj]:
    """The object, and whatever it is in."""
    while obj is not None:
        yield obj
        obj = obj.base


def leave_element(frame: Frame, state: State, site: str) -> None:
    """The round is over, and so is the loop."""
    current = frame.world.objects.current(site)
    if current in state.heap:
        age(state, current)


def grounded(frame: Frame, state: State, atom: Atom, facts: Truths) -> dict[Atom, Truths]:
    """What an element of a loop stands for, or what data in it is: nobody but the function itself knows its loops."""
    if type(atom) is Data:
        return _data_grounded(frame, state, atom, facts) if atom.of.root.of_a_round else {atom: facts}
    return _grounded(frame, state, atom, facts) if type(atom) is Obj and atom.root.of_a_round else {atom: facts}


def _data_grounded(frame: Frame, state: State, data: Data, facts: Truths) -> dict[Atom, Truths]:
    found: dict[Atom, Truths] = {}
    for each, carried in _grounded(frame, state, data.of, facts).items():
        if type(each) is Obj and each.symbolic:
            found[Data(each, whole=data.whole)] = carried
        else:
            found.update(data_of(frame, state, Value({each: carried})).atoms)
    return found


def _grounded(frame: Frame, state: State, element: Obj, facts: Truths) -> dict[Atom, Truths]:
    found: dict[Atom, Truths] = {}
    seen: dict[Obj, None] = {element: None}
    pending = [element]
    frame.world.summaries.spend(1)
    with frame.one_look():
        while pending:
            for each, carried in origin(frame, state, pending.pop()).atoms.items():
                if type(each) is Obj and each.root.of_a_round:
                    if each not in seen:
                        seen[each] = None
                        pending.append(each)
                    continue
                person = each.record if isinstance(each, Label) else each if type(each) is Obj else None
                about = frozenset(
                    truth._replace(subject=person) if type(truth) is Fact and truth.subject is element else truth
                    for truth in facts
                )
                found[each] = carried | about
    return found or {element: facts}
