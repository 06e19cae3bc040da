"""What a callee has done to what its caller holds."""

from __future__ import annotations

from collections.abc import Callable

from datause_lint.analysis.access import grounds, read_object, stored_value
from datause_lint.analysis.adding import add_opaque
from datause_lint.analysis.atoms import BoundAtom, FunctionAtom, Label
from datause_lint.analysis.class_attributes import class_of, put_on_class
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.many import is_single
from datause_lint.analysis.objects import ANYWHERE, ELEMENT, OPAQUE, SENT, SHUFFLED, Kind, Obj
from datause_lint.analysis.positions import forget_positions
from datause_lint.analysis.reachable import reachable
from datause_lint.analysis.state import Fields, State
from datause_lint.analysis.summary import Summary
from datause_lint.analysis.values import EMPTY, Value, join, of
from datause_lint.analysis.withdrawal import note_overwritten
from datause_lint.analysis.writing import comes_from, write


def write_field(frame: Frame, state: State, target: Obj, key: str, value: Value, *, certain: bool) -> None:
    """Of an object that the callee did not make. What is put into an element of a loop is in what that stands for."""
    target = target.plain
    note_overwritten(frame, state, [target], key, value)
    if key == SENT and not target.symbolic:
        frame.woken[target] = None
    if key.startswith("[-"):  # counted from an end that is known here
        write(frame, state, of(target), key, value)
    elif key == OPAQUE and target.kind is Kind.EXTERNAL:
        add_opaque(frame, state, of(target), value)  # of a file, also on disk
    elif certain and is_single(target) and not comes_from(frame, state, value, target, key):
        state.store(target, key, value)
    elif target.static:
        state.store_weakly(target, key, value)
        frame.world.publisher.publish(frame, state, target, key, value)
    else:
        before = read_object(frame, state, target, key)
        if target.symbolic or stored_value(frame, state, target, key) is not None:
            value = join(before, value)
        state.store(target, key, value)
    for each in grounds(frame, state, target):
        write_field(frame, state, each, key, value, certain=False)
        frame.world.publisher.publish_if_shared(frame, state, each)


def unsettle(frame: Frame, state: State, targets: Value, fields: Fields) -> Fields:
    """Does what the callee has done at places that it does not know; the other fields are left."""
    if SHUFFLED in fields:
        forget_positions(frame, state, targets)
    if ANYWHERE in fields:
        write(frame, state, targets, ELEMENT, fields[ANYWHERE])
    return {key: value for key, value in fields.items() if key not in (SHUFFLED, ANYWHERE)}


def write_definitions(
    frame: Frame, state: State, targets: Value, fields: Fields, is_certain: Callable[[str], bool]
) -> None:
    """Attributes that are set on a class, or function, that was handed over: by a decorator, say."""
    classes = [cls for cls in map(class_of, targets.atoms) if cls is not None]
    for cls in classes:
        for key, value in fields.items():
            put_on_class(frame, state, cls, key, value, certain=len(classes) == 1 and is_certain(key))
    for atom in targets.atoms:
        if isinstance(atom, (FunctionAtom, BoundAtom)):
            for key in (key for key in fields if key.startswith(".")):
                frame.world.publisher.publish(
                    frame, state, frame.world.objects.function_object(atom.function), key, fields[key]
                )


def speaks_of(summary: Summary) -> list[Obj]:
    """The objects that the summary's results, effects and obligations are about."""
    found: dict[Obj, None] = dict.fromkeys(obj.root for obj, _ in summary.writes)
    for value in (summary.returns, summary.raises, summary.yields or EMPTY):
        found.update(dict.fromkeys(obj.root for obj in reachable(value)))
    for obligation in summary.obligations:
        data = obligation.data
        found[(data.record if isinstance(data, Label) else data.of).root] = None
    return list(found)


def without_facts(value: Value) -> Value:
    """What is known of it in the end: data that was in it may have gone before that was found out."""
    return Value(dict.fromkeys(value.atoms, NOTHING), value.implied, value.probes)
