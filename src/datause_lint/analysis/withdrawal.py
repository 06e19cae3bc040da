"""Evidence that code overwrites: what was proven by it before, it proves no longer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from datause_lint.analysis.consent_rows import guards_of_rows
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj, name_in
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import allows
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import OTHER, UNKNOWN_BOOLEAN, Atom, Const, Fact, Truths, Value, outcomes
from datause_lint.policy.entries import Guard, GuardKind

WITHDRAWN: Final = "@withdrawn:"  # and a guard: of somebody whose row of consent is gone


def withdraw(frame: Frame, state: State, guard: Guard, people: list[Obj]) -> None:
    """Rows that may have been these people's consents are gone, or changed; nobody's in particular: anybody's."""
    for person in people:
        _forget(frame, state, guard.id, person)
        state.store(person, WITHDRAWN + guard.id, UNKNOWN_BOOLEAN)
    if not people:
        _forget(frame, state, guard.id, None)


def _forget(frame: Frame, state: State, guard: str, person: Obj | None) -> None:
    gone = {
        fact
        for fact in state.facts
        if type(fact) is Fact
        and fact.subject is not None
        and (_is_test_of_row(frame, state, fact, guard) or fact.guard == guard)
        and (person is None or not fact.uses or allows(frame, state, fact, [person], state.facts))
    }
    state.facts -= gone
    frame.overwritten.update((fact.guard, fact.location) for fact in gone if type(fact) is Fact)


def _is_test_of_row(frame: Frame, state: State, fact: Fact, guard: str) -> bool:
    row = fact.subject.base if fact.subject is not None and not fact.uses else None
    return row is not None and any(each.id == guard for each in guards_of_rows(frame, state, row))


def note_overwritten(frame: Frame, state: State, holders: list[Obj], key: str, value: Value) -> None:
    """``user.ai_consent = False``, ``settings["ai_consent"] = False``; ``users[0] = somebody``."""
    for holder in holders if key.startswith("[") else ():
        state.forget_everybody(holder)
    for holder in holders if key.startswith(WITHDRAWN) else ():
        _forget(frame, state, key.removeprefix(WITHDRAWN), holder)
    name = name_in(key)
    state.facts -= {
        fact for fact in state.facts if type(fact) is Fact and fact.subject in [holder.child(key) for holder in holders]
    }
    known = [fact for fact in state.facts if type(fact) is Fact and fact.subject is not None and fact.uses]
    if not name or not known:
        return
    for holder in holders:
        guards = _evidence(frame, state, holder, name)
        overwritten = {guard.id for guard in guards if not is_consent(guard, value, holder.child(key))}
        asked = [fact for fact in known if fact.guard in overwritten]
        gone = {fact for fact in asked if allows(frame, state, fact, [holder], state.facts)}
        state.facts -= gone
        frame.overwritten.update((fact.guard, fact.location) for fact in gone)


def _evidence(frame: Frame, state: State, holder: Obj, name: str) -> Iterator[Guard]:
    """The policy's guards that the field is evidence of."""
    policy = frame.world.policy
    yield from policy.field_guards(name)
    paths = [path for kind in types_of(frame, state, holder) if kind.cls for path in frame.world.class_paths(kind.cls)]
    for path in (*(f"{path}().{name}" for path in paths), f"?.{name}"):
        yield from policy.guards_at(GuardKind.TEST, path)


def is_consent(guard: Guard, value: Value, before: Obj) -> bool:
    """Whether whatever was put there is evidence as good as what was there before, or is that."""
    _, consenting = outcomes(guard)

    def is_one(atom: Atom) -> bool:
        if isinstance(atom, Const):
            return any(each == atom.value for each in consenting)
        return atom is before or OTHER in consenting

    return all(map(is_one, value.atoms))


def end_scope(frame: Frame, state: State, facts: Truths) -> None:
    """What held in a scope holds no longer, neither here nor of data that has been collected there."""
    scopes = {(fact.guard, fact.location) for fact in facts if type(fact) is Fact}

    def rest(truths: Truths) -> Truths:
        gone = {each for each in truths if type(each) is Fact and (each.guard, each.location) in scopes}
        return truths - gone if gone else truths

    def left_of(value: Value) -> Value:
        kept = {atom: rest(carried) for atom, carried in value.atoms.items()}
        if all(kept[atom] is carried for atom, carried in value.atoms.items()):
            return value
        return Value(kept, value.implied, value.probes)

    state.facts = rest(state.facts)
    state.variables = {name: left_of(value) for name, value in state.variables.items()}
    state.heap = {obj: {key: left_of(value) for key, value in fields.items()} for obj, fields in state.heap.items()}
    frame.registers = [left_of(value) for value in frame.registers]
