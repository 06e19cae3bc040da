"""What things without a type are called: ``user.email`` is data of a person by the noun alone.

A callee may have another name for it, so it asks: ``text_of(user)`` of a function that takes an ``item``.
"""

from __future__ import annotations

from datause_lint.analysis import identifiers
from datause_lint.analysis.frame import CALLED, Frame
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import grounds, types_of

PERSON, RECORD = "person", "record"


def called(frame: Frame, obj: Obj) -> tuple[str, ...]:
    """Of an input: whether somebody who hands it in calls it a person, or a record."""
    if not frame.is_input(obj):
        return ()
    return tuple(str(each) for each in frame.ask(obj, CALLED))


def told_of_name(frame: Frame, state: State, obj: Obj) -> tuple[str, ...]:
    """What a callee is told of the name of something whose class is not known."""
    if any(kind.cls is not None for kind in types_of(frame, state, obj)):
        return ()
    names = [name_of(each) for each in (grounds(frame, state, obj) if obj.root.of_a_round else [obj])]
    if names and all(map(identifiers.is_person, names)):
        return (PERSON,)
    return (RECORD,) if names and all(map(identifiers.is_record, names)) else called(frame, obj)


def is_one_of_records(frame: Frame, state: State, obj: Obj) -> bool:
    """``for each in reversed(users)``: whatever it is called where it is drawn, it is a user."""
    if not obj.root.of_a_round:
        return False
    stands = grounds(frame, state, obj)
    return bool(stands) and all(identifiers.is_record(name_of(each)) for each in stands)


def name_of(obj: Obj) -> str:
    if obj.kind is Kind.PARAMETER:
        return obj.key.rpartition("(")[2][:-1]
    return field_name(obj.key) or (name_of(obj.base) if obj.base is not None and obj.key == "[]" else "")


def field_name(key: str) -> str | None:
    if key.startswith("."):
        return key[1:]
    if key.startswith(("['", '["')):
        return key[2:-2]
    return None
