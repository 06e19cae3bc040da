"""Ids of those who have refused: whoever a loop has come by, and is not among them, has consented."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.everybody import as_any, is_one_of
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import NOTHING, Fact, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.loops import bodies
from datause_lint.analysis.objects import ELEMENT, FULL, Kind, Obj, attribute
from datause_lint.analysis.renaming import replaced
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.values import UNKNOWN_BOOLEAN, Value, of
from datause_lint.analysis.ways import following
from datause_lint.ir.instructions import ForNext

ADDED: Final = "@added"  # of a container: what was put into it, as said of any element of what loops ran over
OTHER: Final = UNKNOWN_BOOLEAN  # beside that, or instead of it, something else was put in, or taken out


def note_added(frame: Frame, state: State, container: Value, value: Value) -> None:
    """Something is put into a container: the id, say, of whom a loop is at that comes by everybody."""
    only = container.only_object()
    if only is None or len(container.atoms) != 1 or only.symbolic:
        return
    ids = key_objects(value)
    loop = ids[0].root if ids and ids[0].root.kind is Kind.CURRENT else None
    anybody = as_any(frame, state, _plain(ids[0])) if loop is not None and _comes_by_all(frame, loop) else None
    before = state.stored(only, ADDED)
    empty = before is None and stored_value(frame, state, only, ELEMENT) is None
    if anybody is None or not (empty or before == of(anybody)):
        state.store(only, ADDED, OTHER)
    else:
        state.store(only, ADDED, of(anybody))


def note_those(state: State, container: Obj, anybody: Obj, spared: Truths) -> None:
    """The container holds all of those, as said of any of many, of whom some who are not in it have consented."""
    if spared:
        state.store(container, ADDED, of(_plain(anybody)))
        state.store(container, FULL, Value(UNKNOWN_BOOLEAN.atoms, Implied(false=spared)))


def note_copied(frame: Frame, state: State, made: Value, given: Value) -> None:
    """``set(refused)``: of those whom it was made from."""
    source, copy = given.only_object(), made.only_object()
    if source is None or copy is None or len(given.atoms) != 1:
        return
    for key in (ADDED, FULL):
        stored = stored_value(frame, state, source, key)
        if stored is not None and stored_value(frame, state, source, ADDED) is not None:
            state.store(copy, key, stored)


def _plain(number: Obj) -> Obj:
    """``user.pk`` is ``user.id``."""
    return number.base.child(attribute("id")) if number.base is not None and number.key == ".pk" else number


def note_other(state: State, container: Value) -> None:
    """Something else is done to what a container holds."""
    for obj in container.objects():
        if obj.symbolic or state.stored(obj, ADDED) is not None:
            state.store(obj, ADDED, OTHER)


def consent_of_others(frame: Frame, state: State, person: Obj, container: Value) -> Truths:
    """What it proves that somebody, or his id, is not in a container."""
    only, person = container.only_object(), _plain(person)
    added = stored_value(frame, state, only, ADDED) if only is not None and len(container.atoms) == 1 else None
    anybody = added.only_object() if added is not None and len(added.atoms) == 1 else None
    full = stored_value(frame, state, only, FULL) if only is not None and anybody is not None else None
    if anybody is None or full is None or not is_one_of(frame, state, anybody, person):
        return NOTHING
    any_element, element = anybody, person
    while any_element.key != ELEMENT:
        if any_element.base is None or element.base is None:
            return NOTHING
        any_element, element = any_element.base, element.base
    said = (fact for fact in full.implied.false if type(fact) is Fact and fact.every and fact.subject is not None)
    moved = {fact: replaced(fact.subject, any_element, element) for fact in said if fact.subject is not None}
    return frozenset(
        fact._replace(subject=subject, every=False) for fact, subject in moved.items() if subject is not fact.subject
    )


def _comes_by_all(frame: Frame, loop: Obj) -> bool:
    """Whether the loop is left only when all its rounds are over."""
    blocks = frame.function.blocks
    for head, body in bodies(frame).items():
        drawing = blocks[head].terminator
        if isinstance(drawing, ForNext) and frame.site(drawing.span) == loop.key:
            inside = [blocks[number] for number in body if number != head]
            ways = (way for block in inside for way in (*following(block.terminator, block.handler), block.handler))
            return all(way in body for way in ways if way >= 0)
    return False
