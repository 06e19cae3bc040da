"""What it proves that a comparison comes out true, or false."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import LIST, TUPLE, indexed, opaque, read_object, stored_value
from datause_lint.analysis.atoms import ApiAtom, Const
from datause_lint.analysis.consent_rows import probes_of_row, said_of_people
from datause_lint.analysis.evidence import TEXT_FALSE, comparison
from datause_lint.analysis.facts import NOTHING, Fact, Probe, Same, Truth, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import fold, tested, truths_of, with_contents
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.objects import ELEMENT, FULL, Obj, name_in
from datause_lint.analysis.own_numbers import of_different_classes
from datause_lint.analysis.spared import consent_of_others
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import identities, is_id_of_what_is_shared, key_objects
from datause_lint.analysis.values import Value, const
from datause_lint.ir.instructions import Span
from datause_lint.policy.entries import Evidence, GuardKind

JUST_MADE: Final = {FULL: const(False)}  # what an empty display of a list, a set or a dict holds


def compare(
    frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span | None = None
) -> tuple[Truths, Truths]:
    """What a comparison's truth and its falsehood prove."""
    if operator in ("!=", "is not", "not in"):
        positive = {"!=": "==", "is not": "is", "not in": "in"}[operator]
        true, false = compare(frame, state, positive, left, right, span)
        return false, true
    if operator in ("==", "is"):
        if operator == "==" and (is_empty := _emptiness(state, left, right)) is not None:
            return is_empty
        return _equality(frame, state, left, right, strict=operator == "is")
    if operator == "in":
        return _membership(frame, state, left, right, span)
    if operator in ORDERINGS:
        return _ordering(frame, operator, left, right)
    return NOTHING, NOTHING


def _emptiness(state: State, left: Value, right: Value) -> tuple[Truths, Truths] | None:
    """``problems(user) == []``: whatever equals an empty display has nothing in it."""
    for one, other in ((left, right), (right, left)):
        only = other.only_object()
        if only is not None and len(other.atoms) == 1 and state.heap.get(only) == JUST_MADE:
            implied = with_contents(state, one).settled().implied
            return implied.false, implied.true
    return None


ORDERINGS: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}  # with what each is when its sides are swapped


def _ordering(frame: Frame, operator: str, left: Value, right: Value) -> tuple[Truths, Truths]:
    """``found > 0``; and whatever has an order is not None."""
    constants = fold(frame, right)
    if constants is None:
        constants, left, operator = fold(frame, left), right, ORDERINGS[operator]
    implied = truths_of(left)
    there = implied.some
    if constants is None or len(constants) != 1 or not isinstance(constants[0].value, (int, float)):
        return there, there
    least = constants[0].value
    if (operator == ">" and least >= 0) or (operator == ">=" and least > 0):
        counted = least == (0 if operator == ">" else 1) and not left.atoms  # a length, which is never below zero
        return there | implied.true, there | implied.false if counted else there
    if (operator == "<" and 0 < least <= 1) or (operator == "<=" and least == 0):
        return there | implied.false, there | implied.true if not left.atoms and least == (
            1 if operator == "<" else 0
        ) else there
    return there, there


def _equality(frame: Frame, state: State, left: Value, right: Value, *, strict: bool) -> tuple[Truths, Truths]:
    constants = fold(frame, right)
    if constants is None:
        constants = fold(frame, left)
        left, right = right, left
    if constants is None:
        return _identity(frame, state, right, left) | _anything(right, left), NOTHING
    true, false = _probe_equality(left, constants)
    if len(constants) == 1:
        more_true, more_false = _constant_equality(frame, left, constants[0], strict=strict)
        true, false = true | more_true, false | more_false
    return true, false


def _anything(left: Value, right: Value) -> Truths:
    """``equals = ["*"]``: a version that equals the current one, whatever that is."""
    found: set[Truth] = set()
    for probe in (*left.probes, *right.probes):
        if probe.guard.evidence is Evidence.EQUALS and "*" in probe.guard.values and not probe.negated:
            found.add(_fact(probe))
    return frozenset(found)


def _fact(probe: Probe) -> Fact:
    return Fact(probe.guard.id, probe.uses, probe.subject, probe.location, probe.guard.organisation)


def _identity(frame: Frame, state: State, left: Value, right: Value) -> Truths:
    """``note.owner_id == account.id``: the two are one."""
    one, other = key_objects(left), key_objects(right)
    if not one or not other or one[0] is other[0] or of_different_classes(frame, state, one[0], other[0]):
        return NOTHING
    return frozenset((Same(one[0], other[0]),))


def _probe_equality(value: Value, constants: list[Const]) -> tuple[Truths, Truths]:
    true: Truths = NOTHING
    false: Truths = NOTHING
    for probe in value.probes:
        if_equal, if_not = comparison(probe, constants)
        true, false = true | if_equal, false | if_not
    return true, false


def _constant_equality(frame: Frame, value: Value, constant: Const, *, strict: bool) -> tuple[Truths, Truths]:
    """By what the value's own constants carry, and by what its truth or its absence implies."""
    true, false = _by_own_constants(value, [constant], [constant])
    more_true, more_false = _by_implication(frame, value, constant, strict=strict)
    return true | more_true, false | more_false


def _by_own_constants(value: Value, possible: list[Const], certain: list[Const]) -> tuple[Truths, Truths]:
    """A value that is one of some constants: what those carry that may be meant, and those that are left."""
    if not all(type(atom) is Const for atom in value.atoms):
        return NOTHING, NOTHING
    meant = [carried for atom, carried in value.atoms.items() if atom in possible]
    left = [carried for atom, carried in value.atoms.items() if atom not in certain]
    return common(*meant), common(*left)


def _by_implication(frame: Frame, value: Value, constant: Const, *, strict: bool) -> tuple[Truths, Truths]:
    true: Truths = NOTHING
    false: Truths = NOTHING
    implied = tested(frame, value)
    if constant.value is None:
        return implied.none, implied.some
    if constant.value is True:
        true |= implied.true
        false |= implied.false if _only_booleans(value) else NOTHING
    elif constant.value is False:
        true |= implied.false
        false |= implied.true if _only_booleans(value) else NOTHING
    elif constant.value == 0 and not value.atoms:  # a length
        true |= implied.false
        false |= implied.true
    elif constant.value and not says_no(constant.value):
        true |= implied.true
    if constant.value is not None:
        true |= implied.some
    return true, false


def says_no(constant: object) -> bool:
    """Texts by which files and forms write false."""
    return isinstance(constant, str) and constant.strip().lower() in TEXT_FALSE


def _only_booleans(value: Value) -> bool:
    return bool(value.atoms) and all(type(atom) is Const and atom.kind is bool for atom in value.atoms)


def _membership(frame: Frame, state: State, left: Value, right: Value, span: Span | None) -> tuple[Truths, Truths]:
    constants = _constant_elements(frame, state, right)
    if constants is not None:
        return _among_constants(frame, state, left, right, constants)
    true = set(_like_a_member(frame, state, left, right, span))
    people = key_objects(left)
    if people:
        for probe in (*right.probes, *_declared_members(frame, right, span)):
            if probe.guard.evidence is Evidence.MEMBER:
                true.add(_fact(probe)._replace(subject=people[0]))
        true.update(consent_of_members(frame, state, people[0], right))
    return frozenset(true), consent_of_others(frame, state, people[0], right) if people else NOTHING


def _like_a_member(frame: Frame, state: State, left: Value, right: Value, span: Span | None) -> Truths:
    """``"ai" in {row.purpose for row in rows}``: there is a row that says so, of which all holds that the set asks."""
    constants = fold(frame, left) if frame.world.policy.row_guards and span is not None else None
    if constants is None or span is None:
        return NOTHING
    found: list[Truths] = []
    for atom, carried in elements(frame, state, right).atoms.items():
        probes = _probes_of_field(frame, state, atom, span) if type(atom) is Obj and atom.base is not None else []
        says = frozenset(truth for probe in probes for truth in comparison(probe, constants)[0])
        found.append(said_of_people(frame, state, carried | says) if says else NOTHING)
    return common(*found)


def _probes_of_field(frame: Frame, state: State, field: Obj, span: Span) -> list[Probe]:
    """What the field of a row may say of its being a consent: by its class, or by the text that selected it."""
    assert field.base is not None
    selected = read_object(frame, state, field.base, field.key).probes
    return [*probes_of_row(frame, state, field.base, name_in(field.key), span), *selected]


def _among_constants(
    frame: Frame, state: State, left: Value, right: Value, constants: list[Const]
) -> tuple[Truths, Truths]:
    certain = _certain_members(frame, state, right) or []
    true, false = _probe_equality(left, constants)
    own_true, own_false = _by_own_constants(left, constants, certain)
    each = {constant: _by_implication(frame, left, constant, strict=False) for constant in constants}
    in_any = common(*(found for found, _ in each.values()))
    in_none = frozenset(truth for one in certain for truth in each[one][1])
    return true | own_true | in_any, false | own_false | in_none


def known_membership(frame: Frame, state: State, left: Value, right: Value) -> bool | None:
    """Whether one constant is among others, where both are known: ``request.method in ("GET", "HEAD")``."""
    given = fold(frame, left)
    members = _listed(frame, state, right)
    if given is None or members is None:
        return None
    certain = _certain_members(frame, state, right)
    if certain is not None and all(each in certain for each in given):
        return True
    return None if any(one.value == other.value for one in given for other in members) else False


def _certain_members(frame: Frame, state: State, container: Value) -> list[Const] | None:
    """The constants of a tuple: from anything else, somebody may have taken some."""
    only = container.only_object()
    return _listed(frame, state, container) if only is not None and only.api == TUPLE else None


def _listed(frame: Frame, state: State, container: Value) -> list[Const] | None:
    """The constants that a container holds at known places, where it holds nothing else."""
    only = container.only_object()
    if only is None or len(container.atoms) != 1 or only.symbolic or only.api not in (TUPLE, LIST):
        return None
    if stored_value(frame, state, only, ELEMENT) is not None or opaque(frame, state, only) is not None:
        return None
    found = [fold(frame, value) for _, value in indexed(frame, state, only)]
    single = [each[0] for each in found if each is not None and len(each) == 1]
    return single if found and len(single) == len(found) else None


def _declared_members(frame: Frame, container: Value, span: Span | None) -> list[Probe]:
    """``in registry.CONSENTING``: a collection of a module that a policy names."""
    found: list[Probe] = []
    if span is None:
        return found
    for atom in container.atoms:
        if isinstance(atom, ApiAtom) and atom.receiver is None:
            for guard in frame.world.policy.guards_at(GuardKind.TEST, atom.path):
                if guard.purpose is None:
                    found.append(Probe(guard, guard.allows, None, frame.location(span)))
    return found


def _constant_elements(frame: Frame, state: State, container: Value) -> list[Const] | None:
    found = elements(frame, state, container)
    return fold(frame, found) if found.atoms else None


def consent_of_members(frame: Frame, state: State, person: Obj, container: Value) -> Truths:
    """Who is in a collection of people, or of their ids, each of whom has consented, has consented."""
    members = elements(frame, state, container)
    if not all(any(type(truth) is Fact for truth in carried) for carried in members.atoms.values()):
        return NOTHING
    proven: Truths | None = None
    for atom, carried in members.atoms.items():
        ids = key_objects(Value({atom: carried}))
        if ids and any(of_different_classes(frame, state, each, ids[0]) for each in _known_as(state, person)):
            return NOTHING
        own = _about_itself(frame, state, Value({atom: carried}), carried)
        moved = frozenset(fact._replace(subject=person, every=False) for fact in own)
        proven = moved if proven is None else common(proven, moved)
    return proven or NOTHING


def _known_as(state: State, obj: Obj) -> list[Obj]:
    """The object, and what it has been found to be."""
    sides = [(truth.left, truth.right) for truth in state.facts if type(truth) is Same]
    return [obj, *(right for left, right in sides if left is obj), *(left for left, right in sides if right is obj)]


def _about_itself(frame: Frame, state: State, member: Value, carried: Truths) -> list[Fact]:
    objects = key_objects(member)
    if not objects:
        return []
    names = identities(frame, state, objects[0], carried)
    shared = objects[0].base if is_id_of_what_is_shared(frame, state, objects[0]) else None
    names = {each: None for each in names if each is not shared}
    return [fact for fact in carried if type(fact) is Fact and (fact.subject is None or fact.subject in names)]
