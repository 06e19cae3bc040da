"""What a function that nobody calls leaves where others see it: no caller adds what he has handed it."""

from __future__ import annotations

from datause_lint.analysis.atoms import Atom, Data
from datause_lint.analysis.facts import Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.lost_facts import attach
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.own_facts import own_facts
from datause_lint.analysis.renaming import replaced
from datause_lint.analysis.state import State
from datause_lint.analysis.summary import Summary
from datause_lint.analysis.typing_of import parameter_types
from datause_lint.analysis.values import Value
from datause_lint.ir.module import FunctionKind
from datause_lint.names import ClassId


def commit(frame: Frame, summary: Summary) -> None:
    """Puts it into what all code shares."""
    world, left = frame.world, _state_after(summary)
    seen: dict[Obj, Obj] = {}
    own_names = world.objects.module(frame.module.name) if frame.function.kind is FunctionKind.MODULE_BODY else None
    for (obj, key), value in summary.writes.items():
        if key.startswith("@") or obj is own_names:  # what names a body has left is settled at its end
            continue
        value = _as_left(frame, left, attach(value, summary.proves))
        if obj.root.static or world.shared.knows(obj):
            world.publisher.publish_contents(frame, left, value, {})
            for name in world.shared.names_of(obj) or (obj,):
                world.shared.write(name, key, world.publisher.as_known(value), by_maker=frame.builds(obj))
        elif obj.root.kind is Kind.PARAMETER and obj is not obj.root:
            for kind in parameter_types(frame, obj.root):
                if kind.cls is not None:
                    holder = replaced(obj, obj.root, world.objects.any_instance(kind.cls))
                    world.shared.write(holder, key, world.publisher.abstracted(frame, left, value, seen))


def _state_after(summary: Summary) -> State:
    heap: dict[Obj, dict[str, Value]] = {}
    for (obj, key), value in summary.writes.items():
        heap.setdefault(obj, {})[key] = value
    return State({}, dict(heap), summary.proves)


def _as_left(frame: Frame, state: State, value: Value) -> Value:
    """Nobody hands the function data, so none is in it; and its receiver is some instance of the class."""
    atoms: dict[Atom, Truths] = {}
    for atom, carried in value.atoms.items():
        if type(atom) is Data and atom.of.root.kind is Kind.PARAMETER:
            continue
        known = carried | own_facts(frame, state, atom, carried)
        if type(atom) is Obj and not known and (cls := _class_of_receiver(frame, atom)) is not None:
            atom = replaced(atom, atom.root, frame.world.objects.any_instance(cls))
        atoms[atom] = common(atoms[atom], known) if atom in atoms else known
    return Value(atoms)


def _class_of_receiver(frame: Frame, obj: Obj) -> ClassId | None:
    """The class of whose instances it is a field, seen from a method."""
    parameters = frame.function.parameters
    if frame.function.owner_class is None or obj.base is None or not parameters:
        return None
    if obj.root is not frame.world.objects.parameter(frame.function.id, parameters[0].name):
        return None
    return next((kind.cls for kind in parameter_types(frame, obj.root) if kind.cls is not None), None)
