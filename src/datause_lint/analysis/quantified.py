"""What it would prove that every element of a comprehension is true, or that some element is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from datause_lint.analysis.access import DICT, indexed, stored_value, surely_holds
from datause_lint.analysis.consent_rows import said_of_people
from datause_lint.analysis.everybody import of_everybody, whole
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.facts import NOTHING, Fact, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import truths_of
from datause_lint.analysis.objects import BY_KEY, ELEMENT, IN, PROVES, RESULT, Kind, Obj
from datause_lint.analysis.state import BESIDE, State
from datause_lint.analysis.values import Value
from datause_lint.ir import instructions as ir

OF_ALL: Final = "@every"  # of a container: what it would prove that all of its elements are true
OF_SOME: Final = "@some"  # and that some element is
OF_AWAITED: Final = "@every_awaited"  # the first, once all have been awaited, and what it proves that they have


def note_quantified(frame: Frame, state: State, base: Value, value: Value) -> None:
    """An element is added: what all that there are prove of each person that the loop runs over, and what whichever is
    true proves of those outside of it."""
    only = base.only_object()
    if only is None:
        return
    implied = truths_of(value)

    def counts(loop: Obj) -> bool:
        return _unconditional(frame, loop)

    _add(state, only, OF_ALL, *_of_all(frame, state, implied, counts))
    awaited = answers_awaited(frame, state, value)
    if awaited is not None:
        note_awaited(frame, state, only, awaited, counts)
    _note_beside(frame, state, only, awaited if awaited is not None else implied)
    _add(state, only, OF_SOME, said_of_people(frame, state, state.facts | implied.true))


def _of_all(frame: Frame, state: State, implied: Implied, counts: Callable[[Obj], bool]) -> tuple[Truths, Truths]:
    true, false = (of_everybody(frame, state, facts, counts) for facts in (implied.true, implied.false))
    return true, false


def answers_awaited(frame: Frame, state: State, value: Value) -> Implied | None:
    """What the result of a coroutine proves, and, as ``some``, what it proves that it has come to its end."""
    only = value.only_object()
    result = stored_value(frame, state, only, RESULT) if only is not None and len(value.atoms) == 1 else None
    if only is None or result is None:
        return None
    proven = stored_value(frame, state, only, PROVES)
    return truths_of(result)._replace(some=proven.implied.true if proven is not None else NOTHING)


def note_awaited(frame: Frame, state: State, container: Obj, awaited: Implied, counts: Callable[[Obj], bool]) -> None:
    """Coroutines are collected, to be awaited together."""
    true, false = _of_all(frame, state, awaited, counts)
    some = of_everybody(frame, state, awaited.some, counts)
    before = state.stored(container, OF_AWAITED)
    if before is not None:
        told = before.implied
        true, false, some = common(told.true, true), common(told.false, false), common(told.some, some)
    state.store(container, OF_AWAITED, Value({}, Implied(true=true, false=false, some=some)))


def gather_answers(frame: Frame, state: State, results: Obj, given: Obj) -> Truths:
    """``await gather(*tasks)``: the results stand in the order of the tasks. Gives what is known of everybody then."""
    told = stored_value(frame, state, given, OF_AWAITED) or stored_value(frame, state, given, OF_ALL)
    beside = stored_value(frame, state, given, BESIDE)
    if told is not None:
        state.store(results, OF_ALL, Value({}, told.implied._replace(some=NOTHING)))
    if told is not None and beside is not None:
        state.store(results, BESIDE, beside)
    return told.implied.some if told is not None else NOTHING


def _note_beside(frame: Frame, state: State, container: Obj, implied: Implied) -> None:
    """The collection whose elements have, in their order, each an answer in the container."""
    loops = {
        fact.subject.root
        for facts in implied
        for fact in facts
        if type(fact) is Fact and fact.subject is not None and fact.subject.root.kind is Kind.CURRENT
    }
    one = loops.pop() if len(loops) == 1 else None
    if one is not None and _unconditional(frame, one):
        stand_beside(state, container, one)


def stand_beside(state: State, container: Obj, loop: Obj) -> None:
    """One answer is added for each element of a loop."""
    drawn_from = state.stored(loop, IN)
    before = state.stored(container, BESIDE)
    if drawn_from is not None and drawn_from.atoms and (before is None or before == drawn_from):
        state.store(container, BESIDE, drawn_from)


def note_all_of(frame: Frame, state: State, made: Value, given: Value) -> None:
    """``checks.values()``: that all of them are true proves what each of those does that are surely there."""
    only, copy = given.only_object(), made.only_object()
    facts = what_all_prove(frame, state, only) if only is not None and len(given.atoms) == 1 else NOTHING
    if copy is not None and facts:
        state.store(copy, OF_ALL, Value({}, Implied(true=facts)))


def what_all_prove(frame: Frame, state: State, container: Obj) -> Truths:
    """What it proves that all that is in the container is true."""
    stored = stored_value(frame, state, container, OF_ALL)
    proven = stored.implied.true if stored is not None and _has_all(state, container) else NOTHING
    for key, value in indexed(frame, state, container):
        if surely_holds(frame, state, container, key):
            proven |= truths_of(value).true
    return proven


def said_of_those_beside(frame: Frame, state: State, answers: Value, beside: Sequence[Value]) -> Implied:
    """``zip(users, [user.ai_consent for user in users])``: each answer is about the one beside it."""
    only = answers.only_object()
    told = stored_value(frame, state, only, OF_ALL) if only is not None else None
    drawn = state.stored(only, BESIDE) if only is not None else None
    if told is None or drawn is None:
        return NO_IMPLICATION
    collections = [whole(frame, state, each) for each in beside if each.atoms.keys() == drawn.atoms.keys()]
    people = {each.child(ELEMENT) for each in collections if each is not None}

    def one_by_one(facts: Truths) -> Truths:
        return frozenset(
            fact._replace(every=False)
            for fact in facts
            if type(fact) is Fact
            and fact.every
            and fact.subject is not None
            and not people.isdisjoint(_path(fact.subject))
        )

    return Implied(true=one_by_one(told.implied.true), false=one_by_one(told.implied.false))


def _path(obj: Obj) -> Iterator[Obj]:
    step: Obj | None = obj
    while step is not None:
        yield step
        step = step.base


def _has_all(state: State, container: Obj) -> bool:
    """Not a dict under whose keys one answer may have taken the place of another's."""
    by_key = state.stored(container, BY_KEY)
    return container.api != DICT or (by_key is not None and any(by_key.implied))


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
