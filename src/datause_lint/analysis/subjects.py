"""Who is who: when the person of a consent check is the person that data is about."""

from __future__ import annotations

from typing import NamedTuple

from datause_lint.analysis import identifiers
from datause_lint.analysis.access import TUPLE, origin, read_object, stored_value
from datause_lint.analysis.atoms import Data, Label
from datause_lint.analysis.everybody import is_one_of
from datause_lint.analysis.facts import Fact, Same, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.many import is_of_others, is_single
from datause_lint.analysis.objects import ELEMENT, KEY, MANY, OWN_NUMBER, OWN_NUMBERS, Kind, Obj, attribute, name_in
from datause_lint.analysis.own_numbers import (
    NUMBER_IN,
    are_apart,
    classes_of,
    number_in,
    of_two_tables,
    tables_of,
)
from datause_lint.analysis.parts_of_people import PARTS_OF_PEOPLE, owner_of_part
from datause_lint.analysis.rows_of_records import fields_of_record, is_row
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import attribute_types, types_of
from datause_lint.analysis.values import Value, of

OWN_IDS = (attribute("id"), attribute("pk"))  # of an instance: what it was made with
PARTS_OF_ANSWERS = frozenset([".data", ".rows", ".row", ".result", ".results", "['data']", "['Item']", "[0]", ELEMENT])
MAXIMAL_IDENTITIES = 24


def subjects_of_label(frame: Frame, state: State, label: Label) -> list[Obj]:
    return _along(frame, state, label.record, label.relations)


def doubtful_subjects(frame: Frame, state: State, label: Label) -> list[Obj]:
    return _along(frame, state, label.record, label.doubtful)


def _along(frame: Frame, state: State, record: Obj, relations: tuple[tuple[str, ...], ...]) -> list[Obj]:
    found: dict[Obj, None] = {}
    for relation in relations:
        value = of(record)
        for key in relation:
            value = Value(
                {
                    atom: carried
                    for obj in value.objects()
                    for atom, carried in _led_to(frame, state, obj, key).atoms.items()
                }
            )
        only = value.only_object()
        if only is not None:
            found[only] = None
    return list(found)


def _led_to(frame: Frame, state: State, record: Obj, key: str) -> Value:
    """Whom a relation of the record leads to; of a row that stands for a record, that record's."""
    found = read_object(frame, state, record, key)
    if found.objects() or not record.root.of_a_round or not key.startswith("."):
        return found
    rows = origin(frame, state, record).objects()
    return of(record.child(key)) if rows and all(is_row(row) and row.cls is None for row in rows) else found


def identities(
    frame: Frame, state: State, obj: Obj, truths: Truths, apart: frozenset[Obj] = frozenset()
) -> dict[Obj, None]:
    """Everything that is known to be, or to identify, the same person as the object.

    Ids that stand *apart* are here nothing but numbers in the tables of whatever was fetched by them.
    """
    found: dict[Obj, None] = {obj: None}
    pending = [obj]
    equal = [truth for truth in truths if type(truth) is Same]
    while pending and len(found) < MAXIMAL_IDENTITIES:
        current = pending.pop()
        for other in _same_as(frame, state, current, _Known(equal, found, apart)):
            if other not in found:
                found[other] = None
                pending.append(other)
    return found


class _Known(NamedTuple):
    """What is known while the names of somebody are looked for."""

    equal: list[Same]
    found: dict[Obj, None]
    apart: frozenset[Obj]


def _same_as(frame: Frame, state: State, obj: Obj, known: _Known) -> list[Obj]:
    found: list[Obj] = [obj.plain] if obj.plain is not obj else []
    found.extend(_stated(frame, state, obj, known))
    if obj.base is not None:
        found.extend([obj.base] if obj.key.startswith(NUMBER_IN) and obj.base not in known.apart else [])
        found.extend(_by_holder(frame, state, obj, known))
        found.extend(_by_name_of_id(obj))
        found.extend(_by_column(frame, state, obj))
        found.extend(owner_of_part(frame, state, obj))
        found.extend(_by_one_to_one(frame, state, obj))
        found.extend(_by_stated_subject(frame, state, obj))
        found.extend(_by_inverse_relation(frame, state, obj))
        found.extend(_by_answer(frame, state, obj))
        found.extend(_by_fetched_record(frame, state, obj))
        found.extend(_beside_data(frame, state, obj))
    for key in (KEY, *(OWN_IDS if obj.cls is not None else ())):
        told = stored_value(frame, state, obj, key)
        if told is not None:
            found.extend(_fetched_by(frame, state, obj, key_objects(told), known))
    if obj.root.of_a_round and (obj.base is None or obj.base is obj.root):
        found.extend(_single_elements(frame, state, obj))
    if is_requester(frame, state, obj):
        found.append(frame.world.objects.requester)
    return found


def _fetched_by(frame: Frame, state: State, obj: Obj, keys: list[Obj], known: _Known) -> list[Obj]:
    """The ids that it was fetched by."""
    if stored_value(frame, state, obj, OWN_NUMBER) is None:
        return keys
    return [each for key in keys for each in _as_number(frame, state, obj, key, known)]


def _stated(frame: Frame, state: State, obj: Obj, known: _Known) -> list[Obj]:
    found = [
        each
        for same in known.equal
        if obj in _denoted(same.left)
        for each in _stated_by(frame, state, same.left, same.right, known)
    ]
    return [
        *found,
        *(
            each
            for same in known.equal
            if obj in _denoted(same.right)
            for each in _stated_by(frame, state, same.right, same.left, known)
        ),
    ]


def _stated_by(frame: Frame, state: State, one: Obj, other: Obj, known: _Known) -> list[Obj]:
    """What is named by the other of two that are equal."""
    if one.base is not None and one.key in OWN_NUMBERS:
        return _as_number(frame, state, one.base, other, known)
    if other.base is not None and other.key in OWN_NUMBERS:
        tables = tables_of(known.found).get(one)
        if tables is not None and are_apart(frame, tables, classes_of(frame, state, other.base)):
            return []
    return [other]


def _as_number(frame: Frame, state: State, record: Obj, number: Obj, known: _Known) -> list[Obj]:
    """An id that is a record's own number: with the table in which it is."""
    tables = [number_in(number, cls) for cls in classes_of(frame, state, record)]
    return [*tables, *([number] if number not in known.apart else [])]


def _by_holder(frame: Frame, state: State, obj: Obj, known: _Known) -> list[Obj]:
    """``ticket.team.owner`` is ``team.owner``, where ``ticket.team`` is ``team``."""
    assert obj.base is not None
    if obj.base.base is None or not obj.key.startswith("."):
        return []
    holders = [*_stated(frame, state, obj.base, known), *_by_inverse_relation(frame, state, obj.base)]
    return [each.child(obj.key) for each in holders]


def key_objects(value: Value) -> list[Obj]:
    """The objects that an id is, or is made from, when it is one only, or known to be one under two names.

    What stands beside an object is the data that went into it: it says nothing about who it is.
    """
    found: dict[Obj, None] = dict.fromkeys(value.objects())
    for atom in value.atoms if not found else ():
        if type(atom) is Data:
            found[atom.of] = None
        elif type(atom) is Label:
            found[atom.record.child(atom.field) if atom.field else atom.record] = None
    return list(found) if len(found) == 1 or _are_one(value, list(found)) else []


def _are_one(value: Value, objects: list[Obj]) -> bool:
    """``args[0]`` and ``kwargs["user_id"]``, of which only one is there."""
    if len(objects) != 2:
        return False
    one, other = objects
    same = (Same(one, other), Same(other, one))
    return all(each in value.atoms and any(truth in value.atoms[each] for truth in same) for each in objects)


def is_id(value: Value) -> bool:
    """Whether the value is, by its name, the id of somebody."""
    objects = key_objects(value)
    if len(objects) != 1:
        return False
    obj = objects[0]
    name = obj.key.rpartition("(")[2][:-1] if obj.kind is Kind.PARAMETER else obj.key.strip(".[]'")
    return identifiers.relation_of_id(name) is not None


def _by_answer(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """``answer.data[0]``: the row of an answer that was asked for by somebody's id."""
    answer = obj
    while answer.base is not None and answer.key in PARTS_OF_ANSWERS:
        answer = answer.base
    told = stored_value(frame, state, answer, KEY) if answer is not obj else None
    return key_objects(told) if told is not None else []


def _by_fetched_record(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """``get(pk=pk).author``: the author of whatever record of that class the id stands for, each time it is fetched."""
    assert obj.base is not None
    told = stored_value(frame, state, obj.base, KEY) if obj.key.startswith(".") else None
    if told is None:
        return []
    kinds = "|".join(sorted(str(kind.cls or kind.api) for kind in types_of(frame, state, obj.base)))
    return [key.child(f"@{kinds}{obj.key}") for key in key_objects(told)]


def _beside_data(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """``for user_id, text in rows``, where every row was made of a record's user and of its text."""
    assert obj.base is not None
    if obj.base is not obj.root or not obj.root.of_a_round:
        return []
    rows = origin(frame, state, obj.base).objects()
    if not rows or not all(is_row(row) and row in state.heap for row in rows):
        return []
    told = [
        fields_of_record(row, obj.base, obj.key, state.heap)
        for row in rows
        if not frame.world.shared.told_by_others(row)
    ]
    return list(set.intersection(*told)) if len(told) == len(rows) else []


def _denoted(obj: Obj) -> list[Obj]:
    """The object, and what it is the id of."""
    return [obj, *_by_name_of_id(obj)]


def _by_name_of_id(obj: Obj) -> list[Obj]:
    """``user.id`` identifies ``user``; ``note.owner_id`` identifies ``note.owner``."""
    name = name_in(obj.key)
    relation = identifiers.relation_of_id(name) if name else None
    if relation is None or obj.base is None:
        return []
    if name == "user_id":  # of a row, what it is about; of a record, its user
        return [obj.base, obj.base.child(attribute("user"))]
    return [obj.base if relation == "" else obj.base.child(attribute(relation))]


def _by_column(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """``row[0]``, where the first of the columns that each row has is its ``id``."""
    assert obj.base is not None
    if not obj.key.startswith("[") or name_in(obj.key) or not obj.root.of_a_round:
        return []
    column = origin(frame, state, obj).only_object()
    if column is None or column.base not in origin(frame, state, obj.base).objects():
        return []
    return _by_name_of_id(obj.base.child(column.key))


def is_id_of_what_is_shared(frame: Frame, state: State, obj: Obj) -> bool:
    """``user.team_id``: the number of something that other people have, too, and so nobody's in particular."""
    relation = identifiers.relation_of_id(name_in(obj.key)) if obj.base is not None else None
    if not relation or obj.base is None or identifiers.is_person(relation) or relation in PARTS_OF_PEOPLE:
        return False
    holders = [kind.cls for kind in types_of(frame, state, obj.base) if kind.cls is not None]
    one_to_one = any(frame.world.wiring.is_one_to_one(frame.world, each, relation) for each in holders)
    return not one_to_one and any(frame.world.records.is_somebody(frame, each) for each in holders)


def _by_one_to_one(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """``user.membership``, ``membership.user``: records that belong to each other are about one person."""
    assert obj.base is not None
    if not obj.key.startswith("."):
        return []
    holders = [kind.cls or kind.api for kind in types_of(frame, state, obj.base)]
    belongs = any(holder and frame.world.wiring.is_one_to_one(frame.world, holder, obj.key[1:]) for holder in holders)
    return [obj.base] if belongs else []


def _by_stated_subject(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """``event["user"]``: of a record outside of the program, of which the policy says whom it is about."""
    assert obj.base is not None
    if obj.base.cls is not None or not name_in(obj.key):
        return []
    paths = [kind.api for kind in types_of(frame, state, obj.base) if kind.api is not None]
    subjects = [name for path in paths for record in frame.world.policy.records_of(path) for name in record.subject]
    return [obj.base] if name_in(obj.key) in subjects else []


def _by_inverse_relation(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """``account.notes[].owner`` is the account, where ``owner`` is the one relation behind ``notes``."""
    assert obj.base is not None
    holder, element = obj.base, obj.key
    if not element.startswith("."):
        return []
    if holder.base is not None and holder.key.startswith("."):  # ``account.profile.account``
        for kind in types_of(frame, state, holder.base):
            if kind.cls is not None and frame.world.wiring.inverse_of(frame, kind.cls, holder.key[1:]) == element[1:]:
                return [holder.base]
    for stands in _elements_behind(frame, state, holder):
        collection = stands.base
        if collection is None or collection.base is None or not collection.key.startswith("."):
            continue
        person = collection.base
        for kind in types_of(frame, state, person):
            if kind.cls is None:
                continue
            for inner in types_of(frame, state, stands):
                if inner.cls is not None and _is_inverse(frame, kind.cls, collection.key[1:], inner.cls, element[1:]):
                    return [person]
    return []


def _elements_behind(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    candidates = [obj]
    if obj.root.of_a_round:
        candidates = origin(frame, state, obj).objects()
    return [each for each in candidates if each.kind is Kind.FIELD and each.key == ELEMENT]


def _is_inverse(frame: Frame, person: str, many: str, record: str, one: str) -> bool:
    world = frame.world
    stated = world.wiring.inverse_of(frame, person, many)
    if stated is not None:
        return stated == one or world.wiring.is_foreign_key(frame, record, one, person)
    leading = [
        name
        for name in world.records.field_names(frame, record)  # type: ignore[arg-type]
        if any(kind.cls == person for kind in attribute_types(frame, record, name))  # type: ignore[arg-type]
    ]
    return leading == [one]


def _single_elements(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """A loop over what holds one single object, as its element or at a place of a tuple."""
    if obj.base is not None and not all(row.api == TUPLE for row in origin(frame, state, obj.base).objects()):
        return []
    stands = origin(frame, state, obj)
    only = stands.only_object()
    if only is None or not is_single(only) or is_of_others(frame, only) or len(stands.atoms) != 1:
        return []
    return [only] if stored_value(frame, state, only, MANY) is None else []


def is_requester(frame: Frame, state: State, obj: Obj) -> bool:
    """Whether the object is the person behind the request being answered: ``request.user`` and its like."""
    wiring = frame.world.wiring
    return wiring.is_requester(frame, state, obj) and not wiring.is_another(frame, state, obj)


def allows(frame: Frame, state: State, fact: Fact, people: list[Obj], truths: Truths) -> bool:
    """Whether the fact is about one of the people."""
    if fact.subject is None:
        return bool(fact.uses)
    if fact.every:
        return any(is_one_of(frame, state, each, person) for each in _denoted(fact.subject) for person in people)
    theirs = whose_consent(frame, state, fact.subject, truths) if people else {}
    return any(_is_among(frame, state, person, theirs, truths) for person in people)


def _is_among(frame: Frame, state: State, person: Obj, others: dict[Obj, None], truths: Truths) -> bool:
    names = identities(frame, state, person, truths)
    if others.keys().isdisjoint(names):
        return False
    apart = of_two_tables(frame, names, others)
    return not apart or not others.keys().isdisjoint(identities(frame, state, person, truths, apart))


def whose_consent(frame: Frame, state: State, record: Obj, truths: Truths) -> dict[Obj, None]:
    """Everything that is, or identifies, the person whose consent the record says."""
    consenting = [record, *_people_of_answer(frame, state, record)]
    return {each: None for one in consenting for each in identities(frame, state, one, truths)}


def _people_of_answer(frame: Frame, state: State, record: Obj) -> list[Obj]:
    """Whose answer a record is that says of consent: its person's, unless it has content that it may speak of, or is
    somebody itself."""
    records = frame.world.records
    relations, _ = records.subjects(frame, state, record)
    classes = [kind.cls for kind in types_of(frame, state, record) if kind.cls is not None]
    if any(records.holds_content(frame, cls) or records.is_somebody(frame, cls) for cls in classes):
        relations = tuple(way for way in relations if way and _by_one_to_one(frame, state, record.child(way[0])))
    return _along(frame, state, record, tuple(way for way in relations if way))
