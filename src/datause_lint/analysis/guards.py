"""Evidence of consent: reading it, and what is proven by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, Atom, Const
from datause_lint.analysis.consent_rows import completed, probes_of_row
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.facts import NOTHING, Fact, Probe, Same, Truths, common
from datause_lint.analysis.frame import OTHER, SHAPE, Frame
from datause_lint.analysis.given_by_code import is_given
from datause_lint.analysis.objects import BY_KEY, FULL, KEY, KEYS_OF, OUTCOME, Kind, Obj, attribute
from datause_lint.analysis.own_numbers import numbers_of_class, of_different_classes
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import identities, key_objects
from datause_lint.analysis.summary import GuardSite
from datause_lint.analysis.sure_truth import maybe_false
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import Parameter
from datause_lint.names import UseKey, covers
from datause_lint.policy.entries import ConstantCondition, Evidence, Guard, GuardKind


def field_probes(frame: Frame, state: State, record: Obj, name: str, span: Span) -> tuple[Probe, ...]:
    """Evidence that a field of a record is, by its name."""
    probes = tuple(
        Probe(guard, guard.allows, None if guard.any_subject else record, frame.location(span))
        for guard in frame.world.policy.field_guards(name)
        if guard.purpose is None and not is_given(frame, state, guard.id)
    )
    for probe in probes:
        _note(frame, probe)
    return (*probes, *probes_of_row(frame, state, record, name, span))


def purpose_probes(frame: Frame, row: Obj, guard: Guard, span: Span) -> Iterator[Probe]:
    """What it proves that the purpose of a row of consent is this one, or that one."""
    whose = None if guard.any_subject else row
    for purpose in frame.world.policy.purposes:
        uses = frame.world.policy.uses_of_purpose(purpose)
        is_this_one = replace(
            guard, kind=GuardKind.FIELD, allows=uses, purpose=None, evidence=Evidence.EQUALS, values=(purpose,)
        )
        probe = Probe(is_this_one, uses, whose, frame.location(span))
        _note(frame, probe)
        yield probe


def note_written(frame: Frame, record: Obj, name: str, span: Span) -> None:
    """A look at a field that would be evidence, had the code not put there itself what it finds."""
    for guard in frame.world.policy.field_guards(name):
        fact = Fact(guard.id, guard.allows, record, frame.location(span), guard.organisation)
        frame.note_guard(GuardSite(fact, frame.function.id, written=True))


def is_answered(holder: Obj, content: Value) -> bool:
    """Whether the code has put there what a check of the holder says, or the opposite: then the name says nothing."""
    return any(type(truth) is Fact and truth.subject is holder for facts in content.implied for truth in facts)


def attribute_probes(frame: Frame, state: State, record: Obj, paths: list[str], span: Span) -> tuple[Probe, ...]:
    """Evidence that an attribute is, by a ``test`` entry that names its path."""
    found: dict[Probe, None] = {}
    for path in paths:
        for guard in frame.world.policy.guards_at(GuardKind.TEST, path):
            if guard.purpose is None and not guard.arguments:
                subject = None if guard.any_subject else record
                found[Probe(guard, guard.allows, subject, frame.location(span))] = None
    for probe in found:
        _note(frame, probe)
    return tuple(found)


def _note(frame: Frame, probe: Probe) -> None:
    fact = Fact(probe.guard.id, probe.uses, probe.subject, probe.location, probe.guard.organisation)
    frame.note_guard(GuardSite(fact, frame.function.id))


# ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def call_guards(
    frame: Frame,
    state: State,
    kind: GuardKind,
    paths: list[str],
    receiver: Value | None,
    arguments: Arguments,
    parameters: tuple[Parameter, ...],
    span: Span,
) -> list[tuple[Guard, Fact]]:
    """The guards of a kind that a call is, each with what it proves of whom."""
    found: list[tuple[Guard, Fact]] = []
    seen: set[str] = set()
    for path in paths:
        for guard in frame.world.policy.guards_at(kind, path):
            if guard.id in seen or not constants_match(frame, guard.arguments, arguments, parameters):
                continue
            seen.add(guard.id)
            uses = uses_of(frame, guard, arguments, parameters)
            subject, known = subject_of_call(guard, receiver, arguments, parameters)
            fact = Fact(guard.id, uses, subject, frame.location(span), guard.organisation)
            if not known:
                fact = fact._replace(uses=())
            frame.note_guard(GuardSite(fact, frame.function.id, unknown=not known))
            found.append((guard, fact))
    return found


def uses_of(frame: Frame, guard: Guard, arguments: Arguments, parameters: tuple[Parameter, ...]) -> tuple[UseKey, ...]:
    """What the guard allows: fixed uses, or those of the purpose that the call names by a constant."""
    if guard.purpose is None:
        return guard.allows
    value = arguments.get(guard.purpose, parameters)
    constants = fold(frame, value) if value is not None else None
    if not constants:
        return ()
    allowed: list[tuple[UseKey, ...]] = []
    for constant in constants:
        uses = frame.world.policy.uses_of_purpose(str(constant.value))
        allowed.append(uses or frame.world.policy.uses_of_purpose(constant.name))
    every = dict.fromkeys(use for uses in allowed for use in uses)
    return tuple(use for use in every if all(any(covers(wider, use) for wider in uses) for uses in allowed))


def subject_of_call(
    guard: Guard, receiver: Value | None, arguments: Arguments, parameters: tuple[Parameter, ...]
) -> tuple[Obj | None, bool]:
    """Whom the check is about; and whether that is known at all."""
    if guard.any_subject:
        return None, True
    if guard.subject is None:
        if guard.kind in (GuardKind.DECORATOR, GuardKind.CONTEXT):
            return None, True
        value = receiver if receiver is not None and receiver.objects() else arguments.first()
    elif guard.subject.receiver:
        value = receiver
    else:
        value = arguments.get(guard.subject, parameters)
    subjects = key_objects(value) if value is not None else []
    return (subjects[0], True) if subjects else (None, False)


def constants_match(
    frame: Frame,
    conditions: tuple[ConstantCondition, ...],
    arguments: Arguments,
    parameters: tuple[Parameter, ...] = (),
) -> bool:
    return all(condition_holds(frame, condition, arguments, parameters) for condition in conditions)


def condition_holds(
    frame: Frame, condition: ConstantCondition, arguments: Arguments, parameters: tuple[Parameter, ...] = ()
) -> bool:
    value = arguments.get(condition.argument, parameters)
    constants = fold(frame, value) if value is not None else None
    if not constants:
        return value is not None and _instances_match(value, condition)
    return all(any(matches(constant, pattern) for pattern in condition.patterns) for constant in constants)


def _instances_match(value: Value, condition: ConstantCondition) -> bool:
    """Whether the value is an instance whose path fits a pattern that is a path: ``embed_model = "pkg.local.*"``."""
    patterns = [pattern for pattern in condition.patterns if isinstance(pattern, str) and "." in pattern.strip("*.")]
    objects = value.objects()
    return bool(objects) and all(
        obj.api is not None and any(wildcard(pattern, obj.api) for pattern in patterns) for obj in objects
    )


def matches(constant: Const, pattern: object) -> bool:
    if isinstance(pattern, str):
        text = constant.value if isinstance(constant.value, str) else constant.name
        return isinstance(text, str) and wildcard(pattern, text)
    return type(pattern) is type(constant.value) and pattern == constant.value


def wildcard(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern in which ``*`` stands for any run of characters."""
    if "*" not in pattern:
        return pattern == text
    head, *middle, tail = pattern.split("*")
    if not text.startswith(head) or len(text) < len(head) + len(tail) or not text.endswith(tail):
        return False
    position, end = len(head), len(text) - len(tail)
    for part in middle:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def fold(frame: Frame, value: Value) -> list[Const] | None:
    """The constants that the value is one of; None when it may be anything else."""
    found: list[Const] = []
    for atom in value.atoms:
        if type(atom) is Const:
            found.append(atom)
        elif type(atom) is Obj and frame.is_input(atom):
            known = frame.known_atoms(atom)
            if not known or not all(type(each) is Const for each in known) or OTHER in frame.ask(atom, SHAPE):
                return None
            found.extend(each for each in known if type(each) is Const)
        elif not _names_what_is_beside(atom, value):
            return None
    return found or None


def _names_what_is_beside(atom: Atom, value: Value) -> bool:
    """The API path of an attribute, beside the object that is there: ``Request().method`` of a request."""
    if type(atom) is not ApiAtom or atom.receiver is None:
        return False
    return atom.receiver.child(attribute(last_name(atom.path))) in value.atoms


# ── tests ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def truths_of(value: Value) -> Implied:
    """What the value's truth and falsehood prove: of itself, and as it then comes from where the truth was proven."""
    implied = value.settled().implied
    if not any(value.atoms.values()):
        return implied
    # What an object carries may be said of it only where it is there at all: a row that a query may not have found.
    ways = [(Value({atom: NOTHING}), carried) for atom, carried in value.atoms.items()]
    absent = [(way, carried if way.constant() is not None else NOTHING) for way, carried in ways]
    return Implied(
        implied.true | common(*(carried for way, carried in ways if way.may_be_true())),
        implied.false | common(*(carried for way, carried in absent if way.may_be_false())),
        implied.none | common(*(carried for way, carried in absent if way.may_be_none())),
        implied.some | common(*(carried for way, carried in ways if way.may_be_some())),
    )


def refusals(implied: Implied, outcome: bool) -> Truths:
    """Where a test has the outcome that is not the one that proves consent: that proves nothing, and explains."""
    here, there = (implied.true, implied.false) if outcome else (implied.false, implied.true)
    missing = [fact for fact in there - here if type(fact) is Fact and not fact.refused]
    return frozenset(fact._replace(uses=(), refused=True) for fact in missing)


def with_contents(state: State, value: Value) -> Value:
    """A container that began empty: whether something is in it tells what was found on the way."""
    only = value.only_object()
    full = state.stored(only, FULL) if only is not None and len(value.atoms) == 1 else None
    told = truths_of(full) if full is not None else NO_IMPLICATION
    if not any(told):
        return value
    return Value(value.atoms, Implied(*(a | b for a, b in zip(value.implied, told, strict=True))), value.probes)


def note_by_key(frame: Frame, state: State, holder: Obj, key: Value, value: Value) -> None:
    """``consents[user.id] = user.ai_consent``: evidence about whoever the key stands for."""
    people = key_objects(key)
    names = identities(frame, state, people[0], state.facts) if people else {}
    implied = truths_of(value)

    def of_the_key(facts: Truths) -> Truths:
        return frozenset(
            fact._replace(subject=holder)
            for fact in facts
            if type(fact) is Fact and fact.subject in names and not fact.every
        )

    true = completed(frame, state, implied.true | state.facts) if implied.true else NOTHING
    told = Implied(of_the_key(true), of_the_key(implied.false))
    before, field = state.stored(holder, BY_KEY), _own_field(key, value)
    if before is not None:
        told = Implied(common(before.implied.true, told.true), common(before.implied.false, told.false))
        field = {atom: NOTHING for atom in field if atom in before.atoms}
    state.store(holder, BY_KEY, Value(field, told))
    for number in numbers_of_class(frame, state, people[0]) if people else ():
        state.store_weakly(holder, KEYS_OF, of(number))


def _own_field(key: Value, value: Value) -> dict[Atom, Truths]:
    """``consents[consent.user_id] = consent``: the field of each record that is its key."""
    record, name = value.only_object(), key.only_object()
    own = record is not None and name is not None and name.base is record and name.key.startswith((".", "["))
    return {Const(name.key, str): NOTHING} if own and name is not None else {}


def forget_keys(state: State, base: Value) -> None:
    """Something else was put into a dict of evidence, or of somebody."""
    for obj in base.objects():
        if obj.kind is Kind.NEW and state.stored(obj, KEY) is not None:
            state.store(obj, KEY, EMPTY)
        if state.stored(obj, BY_KEY) is not None:
            state.store(obj, BY_KEY, Value({}))


def with_keys_person(frame: Frame, state: State, base: Value, key: Value, found: Value) -> Value:
    """A dict's value, with what it proves of the person whom the key stands for."""
    only, people = base.only_object(), key_objects(key)
    told = state.stored(only, BY_KEY) if only is not None and people else None
    if only is None or told is None:
        return found
    field, record = told.constant(), found.only_object()
    if field is not None and record is not None and record.kind is Kind.CURRENT:
        own = record.child(str(field.value))
        if not of_different_classes(frame, state, own, people[0]):
            state.learn(frozenset((Same(own, people[0]),)))
    tables = state.stored(only, KEYS_OF)
    is_other = tables is not None and any(
        of_different_classes(frame, state, number, people[0]) for number in tables.objects()
    )
    if is_other or not any(told.implied):  # ``agreed[note.id]``, of a dict with the ids of people
        return found

    def of_the_person(facts: Truths) -> Truths:
        return frozenset(
            fact._replace(subject=people[0]) if type(fact) is Fact and fact.subject is only else fact for fact in facts
        )

    implied = Implied(
        found.implied.true | of_the_person(told.implied.true),
        found.implied.false | of_the_person(told.implied.false),
        found.implied.none,
        found.implied.some,
    )
    return Value(found.atoms, implied, found.probes)


EVIDENCE: Final = "evidence"  # asked of a caller: whether a test of what it hands over proves anything


def tested(frame: Frame, value: Value) -> Implied:
    """What a test of the value proves; of the caller's own, the outcome of the test: the caller knows the rest."""
    implied = truths_of(value)
    rest = maybe_false(frame, value)
    if rest is not value and rest.atoms:
        implied = implied._replace(false=implied.false | truths_of(rest).false)
    only = value.only_object()
    if only is None or not frame.is_input(only) or any(type(atom) is Const for atom in value.atoms):
        return implied
    if not frame.ask(only, EVIDENCE):
        return implied
    outcomes = [only.child(OUTCOME + name) for name in Implied._fields]
    return Implied(*(facts | frozenset((Same(each, each),)) for facts, each in zip(implied, outcomes, strict=True)))
