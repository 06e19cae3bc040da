"""What is known to stand in a record: what code has put there, and the tables that a row comes from."""

from __future__ import annotations

from datause_lint.analysis.access import origin, stored_value
from datause_lint.analysis.atoms import Const, Label
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import WRITTEN_BY, Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import grounds
from datause_lint.analysis.values import Value
from datause_lint.policy.entries import Confidence


def is_followed(obj: Obj, stored: Value) -> bool:
    """Whether what was put into a record that the program makes is known: else its name says what it is."""
    return obj.kind is Kind.NEW and any(type(atom) is not Obj or atom.kind is not Kind.FIELD for atom in stored.atoms)


def only_constants(value: Value) -> bool:
    """Whether the code itself says what is there."""
    return bool(value.atoms) and all(type(atom) is Const for atom in value.atoms)


def tables_of_row(frame: Frame, state: State, record: Obj) -> list[str]:
    """The tables of people, or of what they have written, that a row with further columns comes from."""
    stands = grounds(frame, state, record) if record.root.of_a_round else [record]
    tables = [stored.constant() for each in stands if (stored := state.stored(each, WRITTEN_BY)) is not None]
    return [str(table.value) for table in tables if table is not None]


def of_row(frame: Frame, state: State, record: Obj, key: str, content: Value) -> Value:
    """What rows that the code itself has made hold there: of them it is known that there is nothing else."""
    own = record.child(key)
    if not record.root.of_a_round or own not in content.atoms or len(content.atoms) < 2:
        return content
    rows = origin(frame, state, record).objects()
    if not rows or any(row.symbolic or stored_value(frame, state, row, key) is None for row in rows):
        return content
    return Value({atom: carried for atom, carried in content.atoms.items() if atom is not own})


def put_there(record: Obj, key: str, content: Value, confidence: Confidence) -> bool:
    """Whether the content is data that was read elsewhere and stored here: it keeps the name of where it was read."""
    if record.child(key) in content.atoms:
        return False
    return any(type(atom) is Label and atom.confidence >= min(confidence, Confidence.MEDIUM) for atom in content.atoms)
