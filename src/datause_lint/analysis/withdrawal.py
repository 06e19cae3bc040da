"""Evidence that code overwrites: what was proven by it before, it proves no longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from datause_lint.analysis.access import read_object, stood_for
from datause_lint.analysis.atoms import Atom, Const
from datause_lint.analysis.consent_rows import guards_of_rows
from datause_lint.analysis.evidence import OTHER, Implied, implications, outcomes
from datause_lint.analysis.facts import Fact, Truth, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.given_by_code import EVERYBODY, everybody
from datause_lint.analysis.guards import fold
from datause_lint.analysis.objects import Obj, attribute, name_in
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import allows, identities
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import UNKNOWN_BOOLEAN, Value
from datause_lint.policy.entries import Guard, GuardKind, Scalar

WITHDRAWN: Final = "@withdrawn:"  # and a guard: of somebody whose row of consent is gone


def withdraw(frame: Frame, state: State, guard: Guard, people: list[Obj]) -> None:
    """Rows that may have been these people's consents are gone, or changed; nobody's in particular: anybody's."""
    for person in people or [everybody(frame)]:
        _forget(frame, state, guard.id, person)
        state.store(person, WITHDRAWN + guard.id, UNKNOWN_BOOLEAN)


def withdraw_row(frame: Frame, state: State, row: Obj, guards: Iterable[Guard]) -> None:
    """A row that was fetched is no consent any more."""
    for guard in guards:
        withdraw(frame, state, guard, _people_of(frame, state, row, guard))


def _people_of(frame: Frame, state: State, row: Obj, guard: Guard) -> list[Obj]:
    return read_object(frame, state, row, attribute(guard.person)).objects() if guard.person else []


def _forget(frame: Frame, state: State, guard: str, person: Obj) -> None:
    known = [fact for fact in _facts_of(state) if _is_test_of_row(frame, state, fact, guard) or fact.guard == guard]
    if person.key == EVERYBODY:
        _unlearn(frame, state, set(known))
    else:
        _unlearn_of(frame, state, known, person)


def _unlearn_of(frame: Frame, state: State, known: Iterable[Fact], person: Obj) -> None:
    """What is known of the person; of an element of a loop also what was read by what it stands for."""
    truths = _all_truths(state)
    names = identities(frame, state, person, truths)
    stands_for = [other for each in names for other in stood_for(frame, state, each)]
    gone = {fact for fact in known if not fact.uses or allows(frame, state, fact, [person], truths)}
    read = {fact for fact in known if stands_for and allows(frame, state, fact, stands_for, truths)}
    _unlearn(frame, state, gone)
    for name, value in state.variables.items() if read else ():
        state.variables[name] = _without(value, read)


def _facts_of(state: State) -> set[Fact]:
    """What is known of single people."""
    return {fact for fact in _all_truths(state) if type(fact) is Fact and fact.subject is not None}


def _all_truths(state: State) -> Truths:
    """What is known here, or goes with what is held here, or would be known once that is tested."""
    found: set[Truth] = set(state.facts)
    for value in _values(state):
        found.update(*value.settled().implied, *value.atoms.values())
    return frozenset(found)


def _values(state: State) -> Iterator[Value]:
    yield from state.variables.values()
    for fields in state.heap.values():
        yield from fields.values()


def _unlearn(frame: Frame, state: State, gone: set[Fact]) -> None:
    if not gone:
        return
    state.facts -= gone
    state.change_values(lambda value: _without(value, gone))
    frame.overwritten.update((fact.guard, fact.location) for fact in gone)


def _without(value: Value, gone: set[Fact]) -> Value:
    """The value, of which the facts are no longer known, nor would be once it is tested."""
    probes = tuple(probe for probe in value.probes if gone.isdisjoint(_all_facts(implications(probe))))
    if len(probes) == len(value.probes) and gone.isdisjoint(_all_facts(value.implied, *value.atoms.values())):
        return value
    implied = Implied(*(facts - gone for facts in value.implied))
    return Value({atom: carried - gone for atom, carried in value.atoms.items()}, implied, probes)


def _all_facts(implied: Implied, *carried: Truths) -> set[Truth]:
    return set().union(*implied, *carried)


def _is_test_of_row(frame: Frame, state: State, fact: Fact, guard: str) -> bool:
    row = fact.subject.base if fact.subject is not None and not fact.uses else None
    return row is not None and any(each.id == guard for each in guards_of_rows(frame, state, row))


def note_overwritten(frame: Frame, state: State, holders: list[Obj], key: str, value: Value) -> None:
    """``user.ai_consent = False``, ``settings["ai_consent"] = False``; ``users[0] = somebody``."""
    for holder in holders if key.startswith("[") else ():
        state.forget_everybody(holder)
    for holder in holders if key.startswith(WITHDRAWN) else ():
        _forget(frame, state, key.removeprefix(WITHDRAWN), holder)
    _note_changed_rows(frame, state, holders, key, value)
    name = name_in(key)
    state.facts -= {
        fact for fact in state.facts if type(fact) is Fact and fact.subject in [holder.child(key) for holder in holders]
    }
    known = any(type(fact) is Fact and fact.uses for fact in state.facts)
    if not name or not (known or frame.world.policy.field_guards(name)):
        return
    for holder in holders:
        guards = _evidence(frame, state, holder, name)
        overwritten = {guard.id for guard in guards if not is_consent(guard, value, holder.child(key))}
        asked = [fact for fact in _facts_of(state) if fact.guard in overwritten and fact.uses] if overwritten else []
        if asked:
            _unlearn_of(frame, state, asked, holder)


def _note_changed_rows(frame: Frame, state: State, holders: list[Obj], key: str, value: Value) -> None:
    """``row.granted = False``."""
    if not frame.world.policy.row_guards or not key.startswith("."):
        return
    for row in holders:
        guards = [each for each in guards_of_rows(frame, state, row) if revokes(frame, each, key[1:], value)]
        withdraw_row(frame, state, row, guards)


def revokes(frame: Frame, guard: Guard, name: str, value: Value) -> bool:
    """Whether a row of consent may be none any more once the field holds the value."""
    wanted = dict(guard.where)
    return name in wanted and not _surely_is(frame, value, wanted[name])


def _surely_is(frame: Frame, value: Value, wanted: Scalar) -> bool:
    constants = fold(frame, value)
    if wanted == "not null":
        return constants is None or all(each.value is not None for each in constants)
    if constants is None:
        return False
    if wanted in ("null", None):
        return all(each.value is None for each in constants)
    return all(wanted in (each.value, each.name) for each in constants)


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
    state.change_values(left_of)
    frame.registers = [left_of(value) for value in frame.registers]
