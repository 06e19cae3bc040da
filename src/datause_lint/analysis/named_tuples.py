"""Fields of a named tuple that somebody else has made, by their places: ``email, agreed = row``."""

from __future__ import annotations

from datause_lint.analysis.access import read, stored_value
from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.facts import NOTHING, Probe, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.named_data import add_field
from datause_lint.analysis.objects import Obj, attribute, index
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value, of
from datause_lint.ir.instructions import Span


def field_at(frame: Frame, state: State, obj: Obj, place: int, span: Span) -> Value | None:
    """What stands at the place, as by its name; None where nothing is known of that, or something was put there."""
    if stored_value(frame, state, obj, index(place)) is not None:
        return None
    names = _names(frame, state, obj)
    if not -len(names) <= place < len(names):
        return None
    name = names[place]
    found = read(frame, state, of(obj), attribute(name))
    atoms: dict[Atom, Truths] = dict(found.atoms)
    probes: dict[Probe, None] = dict.fromkeys(found.probes)
    add_field(frame, state, obj, attribute(name), name, found, NOTHING, atoms, probes, span, "")
    return Value(atoms, found.implied, tuple(probes))


def _names(frame: Frame, state: State, obj: Obj) -> list[str]:
    kinds = types_of(frame, state, obj)
    cls = kinds[0].cls if len(kinds) == 1 else None
    if cls is None or not any(last_name(base) == "NamedTuple" for base in frame.world.outer_bases(cls)):
        return []
    bodies = [frame.world.class_ir(each) for each in frame.world.hierarchy(cls)]
    return [field.name for ir in bodies if ir is not None for field in ir.fields]
