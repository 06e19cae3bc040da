"""What comes back from functions that were given up for a budget."""

from __future__ import annotations

from datause_lint.analysis.atoms import Atom, Data, Label
from datause_lint.analysis.facts import Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value


def without_whole_people(frame: Frame, state: State, value: Value) -> Value:
    """A person who was handed over whole says who acts more often than what is to be said of him; what was read of him
    goes on. Whether what the caller has is a person, the caller knows."""
    kept: dict[Atom, Truths] = {}
    for atom, carried in value.atoms.items():
        if not _is_whole_person(frame, state, atom):
            part = Data(atom.of, whole=False) if isinstance(atom, Data) else atom
            kept[part] = common(kept[part], carried) if part in kept else carried
    return Value(kept, value.implied, value.probes)


def _is_whole_person(frame: Frame, state: State, atom: Atom) -> bool:
    if isinstance(atom, Label):
        record = atom.record if not atom.field else None
    else:
        record = atom.of if isinstance(atom, Data) else None
    kinds = types_of(frame, state, record) if record is not None else ()
    return any(kind.cls is not None and frame.world.records.is_person_class(frame, kind.cls) for kind in kinds)
