"""Patterns of ``match``. That one surely fits may be known; that it does not is never claimed, for a number leaves no
trace in a value."""

from __future__ import annotations

from collections.abc import Callable

from datause_lint.analysis import guards, registration
from datause_lint.analysis.access import DICT, SEQUENCES, origin, stored_value, surely_holds
from datause_lint.analysis.arguments import known_length
from datause_lint.analysis.atoms import ApiAtom, ClassAtom, Const
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.declared_clients import note_tested
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.kinds import without_instances
from datause_lint.analysis.objects import ALLOCATED, Obj, index
from datause_lint.analysis.reading import definitions, read_attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.transfers.registry import transfers
from datause_lint.analysis.types import SCALARS
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import UNKNOWN_BOOLEAN, Value, const, of
from datause_lint.ir import instructions as ir
from datause_lint.names import ClassId


@transfers(ir.MatchClass)
def _match_class(frame: Frame, state: State, i: ir.MatchClass) -> State:
    kinds = _classes(frame, state, frame.registers[i.kind])

    def fits(obj: Obj) -> bool:
        return obj.kind in ALLOCATED and obj.cls is not None and kinds[0] in frame.world.hierarchy(obj.cls)

    subject = frame.registers[i.subject]
    note_tested(frame, state, subject, frame.registers[i.kind])
    if _is_constant_of(subject, frame.registers[i.kind]):
        frame.registers[i.target] = const(True)
    else:
        frame.registers[i.target] = _outcome(frame, state, subject, fits) if len(kinds) == 1 else UNKNOWN_BOOLEAN
    return state


def _classes(frame: Frame, state: State, kind: Value) -> list[ClassId]:
    """The classes of a pattern, also those that a function has from the one around it."""
    inside = [each for obj in kind.objects() for each in definitions(frame, state, obj)]
    return [atom.cls for atom in (*kind.atoms, *inside) if isinstance(atom, ClassAtom)]


def _is_constant_of(subject: Value, kind: Value) -> bool:
    """``case str()``, of constants."""
    names = [atom.path if isinstance(atom, ApiAtom) else None for atom in kind.atoms]
    found = {f"builtins.{atom.kind.__name__}" if isinstance(atom, Const) else "" for atom in subject.atoms}
    return len(names) == 1 and found == {names[0]}


def _is_scalar(kind: Value) -> bool:
    return bool(kind.atoms) and all(isinstance(atom, ApiAtom) and atom.path in SCALARS for atom in kind.atoms)


@transfers(ir.MatchPosition)
def _match_position(frame: Frame, state: State, i: ir.MatchPosition) -> State | None:
    subject, kind = frame.registers[i.subject], frame.registers[i.kind]
    if i.index <= 0 and _is_scalar(kind):
        frame.registers[i.target] = without_instances(frame, subject)
        return state
    names = None
    for cls in _classes(frame, state, kind):
        names = registration.match_arguments(frame, cls)
    if names is None or not 0 <= i.index < len(names):
        frame.registers[i.target] = subject
        return state
    value, after = read_attribute(frame, state, subject, names[i.index], i.span, "", call_values)
    frame.registers[i.target] = value
    return after


@transfers(ir.MatchSequence)
def _match_sequence(frame: Frame, state: State, i: ir.MatchSequence) -> State:
    def fits(obj: Obj) -> bool:
        kinds = {obj.api} if obj.api is not None else {kind.api for kind in types_of(frame, state, obj)}
        length = known_length(frame, state, of(obj)) if kinds and kinds <= SEQUENCES else None
        return length is not None and (length >= i.length if i.has_star else length == i.length)

    frame.registers[i.target] = _outcome(frame, state, frame.registers[i.subject], fits)
    return state


@transfers(ir.MatchMapping)
def _match_mapping(frame: Frame, state: State, i: ir.MatchMapping) -> State:
    names = [guards.fold(frame, frame.registers[key]) for key in i.keys]
    places = [index(each[0].value) for each in names if each is not None and len(each) == 1]

    def fits(obj: Obj) -> bool:
        return obj.api == DICT and len(places) == len(names) and all(_holds(frame, state, obj, key) for key in places)

    frame.registers[i.target] = _outcome(frame, state, frame.registers[i.subject], fits)
    return state


def _holds(frame: Frame, state: State, obj: Obj, key: str) -> bool:
    return stored_value(frame, state, obj, key) is not None and surely_holds(frame, state, obj, key)


def _outcome(frame: Frame, state: State, subject: Value, fits: Callable[[Obj], bool]) -> Value:
    """True where everything fits that the subject may be; an element of a loop is what it stands for."""
    if not subject.atoms or len(subject.objects()) < len(subject.atoms):
        return UNKNOWN_BOOLEAN
    objects = [each for obj in subject.objects() for each in _meant(frame, state, obj)]
    return const(True) if all(map(fits, objects)) else UNKNOWN_BOOLEAN


def _meant(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    if not obj.root.of_a_round:
        return [obj]
    stands = origin(frame, state, obj)
    found = stands.objects()
    return found if found and len(found) == len(stands.atoms) else [obj]
