"""Numbers of records: ``note.id`` and ``user.id`` say nothing of each other even where they are equal."""

from __future__ import annotations

from datause_lint.analysis import identifiers
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import OWN_NUMBERS, Kind, Obj, name_in
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.names import ClassId

RELATIONS = ("OneToOneField", "ForeignKey")
NUMBER_IN = "@number_in:"  # followed by a class: of an id, that it is the number of a record of that class


def number_in(number: Obj, table: str | None) -> Obj:
    """An id as the number of a record in a table, which may be another one's in the next table."""
    return number.child(NUMBER_IN + table) if table is not None and ":" in table else number


def of_two_tables(frame: Frame, mine: dict[Obj, None], theirs: dict[Obj, None]) -> frozenset[Obj]:
    """``Note.objects.get(pk=pk)``, ``User.objects.get(pk=pk)``: who wrote the one need not be the other."""
    one, other = tables_of(mine), tables_of(theirs)
    return frozenset(number for number in one if number in other and are_apart(frame, one[number], other[number]))


def tables_of(names: dict[Obj, None]) -> dict[Obj, list[ClassId]]:
    found: dict[Obj, list[ClassId]] = {}
    for each in names:
        if each.base is not None and each.key.startswith(NUMBER_IN):
            found.setdefault(each.base, []).append(ClassId(each.key.removeprefix(NUMBER_IN)))
    return found


def of_different_classes(frame: Frame, state: State, one: Obj, other: Obj) -> bool:
    """``note.id`` and ``user.id``: numbers of two tables, which say nothing of each other even where they are equal."""
    if _is_of_a_thing(frame, state, one, other) or _is_of_a_thing(frame, state, other, one):
        return True
    if one.key not in OWN_NUMBERS or other.key not in OWN_NUMBERS or one.base is None or other.base is None:
        return False
    mine, theirs = classes_of(frame, state, one.base), classes_of(frame, state, other.base)
    return are_apart(frame, mine, theirs)


def are_apart(frame: Frame, mine: list[ClassId], theirs: list[ClassId]) -> bool:
    """Whether the numbers of these classes say nothing of each other."""
    if not mine or not theirs or any(_shares_key(frame, cls) for cls in (*mine, *theirs)):
        return False
    hierarchy = frame.world.hierarchy
    return not any(left in hierarchy(right) or right in hierarchy(left) for left in mine for right in theirs)


def numbers_of_class(frame: Frame, state: State, number: Obj) -> list[Obj]:
    """``user.id`` as the number of any record of the class that the user is of."""
    if number.key not in OWN_NUMBERS or number.base is None:
        return []
    return [frame.world.objects.class_object(cls).child(number.key) for cls in classes_of(frame, state, number.base)]


def _is_of_a_thing(frame: Frame, state: State, number: Obj, other: Obj) -> bool:
    """``note.id`` beside ``consent.user_id``: the number of something that is written by somebody, and no person."""
    relation = identifiers.relation_of_id(name_in(other.key)) if other.base is not None else None
    if number.key not in OWN_NUMBERS or number.base is None or not relation or not identifiers.is_person(relation):
        return False
    classes = classes_of(frame, state, number.base)
    return bool(classes) and all(
        frame.world.records.holds_content(frame, cls)
        and not frame.world.records.is_somebody(frame, cls)
        and not _shares_key(frame, cls)
        for cls in classes
    )


def classes_of(frame: Frame, state: State, record: Obj) -> list[ClassId]:
    """Of what class the record is, which may also be given as the class; nothing where that is not sure."""
    if record.kind is Kind.CLASS:
        return [ClassId(record.key)]
    kinds = types_of(frame, state, record)
    return [kind.cls for kind in kinds if kind.cls is not None] if all(kind.cls is not None for kind in kinds) else []


def _shares_key(frame: Frame, cls: ClassId) -> bool:
    """Whether its records have the numbers of those of another table that they belong to."""
    return frame.world.remembered("shares key", cls, lambda: _find_shared_key(frame, cls))


def _find_shared_key(frame: Frame, cls: ClassId) -> bool:
    shared = frame.world.shared
    holders = [frame.world.objects.class_object(each) for each in frame.world.hierarchy(cls)]
    columns = [obj for each in holders for key in shared.keys(each) for obj in _held(frame, each, key)]
    for column in columns:
        stated = shared.read(column, "@argument:primary_key")
        constant = stated.constant() if stated is not None else None
        if constant is not None and constant.value is True:
            given = [obj for key in shared.keys(column) for obj in _held(frame, column, key)]
            if any((each.api or "").removesuffix("()").endswith(RELATIONS) for each in (column, *given)):
                return True
    return False


def _held(frame: Frame, holder: Obj, key: str) -> list[Obj]:
    found = frame.world.shared.read(holder, key)
    return found.objects() if found is not None else []
