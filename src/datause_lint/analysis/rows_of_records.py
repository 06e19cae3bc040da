"""Rows that are made of one record: ``(note.user_id, note.text)``. What else stands in them is that record's, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from datause_lint.analysis.atoms import Const, Label
from datause_lint.analysis.objects import ALLOCATED, ELEMENT, MADE_OF, MANY, Kind, Obj
from datause_lint.analysis.values import Value, of

Fields = Mapping[str, Value]
Items = frozenset[tuple[str, tuple[str, ...]]]
"""The keys of items, each with the way on which one comes from the record to what stands there."""

ROWS: Final = frozenset({"builtins.dict", "builtins.tuple"})
OF_ANY_ROUND: Final = frozenset({Kind.PAST, Kind.EARLIER})  # nobody knows which one it is
_NO_ITEMS: Final[Items] = frozenset()


def with_mark(row: Obj, fields: Fields, renamed: Fields, heap: Mapping[Obj, Fields]) -> Fields:
    """The fields of a row whose record is about to be one of the past, or one of the caller's: once it is, nobody can
    tell any more that all that stands in the row comes of the same one."""
    if MADE_OF in fields or not is_row(row):
        return renamed
    return {**renamed, MADE_OF: _mark(_own_items(fields, heap))}


def unmarked() -> Value:
    """Something else was put into the row, or may have been."""
    return _mark(_NO_ITEMS)


def is_row(obj: Obj) -> bool:
    return obj.kind in ALLOCATED and (obj.api in ROWS or obj.cls is not None)


def fields_of_record(row: Obj, current: Obj, key: str, heap: Mapping[Obj, Fields]) -> set[Obj]:
    """What an item of a row is of the record that all its data is of; ``current`` stands for the row and the record."""
    fields = heap.get(row, {})
    mark = fields.get(MADE_OF)
    items = _own_items(fields, heap) if mark is None else _marked(mark)
    found: set[Obj] = set()
    for name, way in items:
        if name == key:
            field = current
            for step in way:
                field = field.child(step)
            found.add(field)
    return found


def _mark(items: Items) -> Value:
    return of(Const("\n".join(sorted("\t".join((key, *way)) for key, way in items)), str))


def _marked(mark: Value) -> Items:
    """What all the rows have in common that one object stands for."""
    found: list[Items] = []
    for atom in mark.atoms:
        lines = atom.value.splitlines() if type(atom) is Const and isinstance(atom.value, str) else []
        found.append(frozenset((parts[0], tuple(parts[1:])) for parts in (line.split("\t") for line in lines)))
    return frozenset.intersection(*found) if found else _NO_ITEMS


def _own_items(fields: Fields, heap: Mapping[Obj, Fields]) -> Items:
    record = _record_of(fields)
    if record is None or not _is_single(record, heap):
        return _NO_ITEMS
    return frozenset((key, way) for key, item in _items(fields) if (way := _way(record, item)))


def _record_of(fields: Fields) -> Obj | None:
    """The one record that all data in the row is of."""
    found = {
        atom.record
        for key, value in fields.items()
        if not key.startswith("@")
        for atom in value.atoms
        if isinstance(atom, Label)
    }
    return next(iter(found)) if len(found) == 1 else None


def _is_single(record: Obj, heap: Mapping[Obj, Fields]) -> bool:
    """Whether it is the same one wherever it is named: neither any of a collection nor any of the past."""
    holder: Obj | None = record
    while holder is not None:
        if holder.key == ELEMENT or holder.kind in OF_ANY_ROUND or MANY in heap.get(holder, {}):
            return False
        holder = holder.base
    return True


def _items(fields: Fields) -> Iterator[tuple[str, Obj]]:
    for key, value in fields.items():
        objects = value.objects() if key.startswith(("[", ".")) else []
        if len(objects) == 1:
            yield key, objects[0]


def _way(record: Obj, item: Obj) -> tuple[str, ...]:
    """From the record to something in it; empty if it is not."""
    steps: list[str] = []
    holder: Obj | None = item
    while holder is not None and holder is not record:
        steps.append(holder.key)
        holder = holder.base
    return tuple(reversed(steps)) if holder is record and ELEMENT not in steps else ()
