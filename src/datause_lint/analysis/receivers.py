"""Methods that nobody in the program calls, told apart by the class of their receiver.

A method of a base asks its receiver for what classes below have in their own ways: a field, a check, the step that
sends. What one class has in place of a check says nothing of the step of another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from datause_lint.analysis.atoms import FunctionAtom
from datause_lint.analysis.frame import EXACT, SHAPE
from datause_lint.analysis.memo import Answer, Context
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.stubs import is_abstract
from datause_lint.analysis.summary import Obligation, Summary
from datause_lint.analysis.world import World
from datause_lint.ir.module import FunctionIR
from datause_lint.names import ClassId, FunctionId

MAXIMAL_CLASSES: Final = 12  # of a base with more of them its methods are run once, for all

Ask = Callable[[FunctionId, Context], Summary | None]


class ReceiverContext:
    """Nobody calls, but it is known of which class the receiver is."""

    root = True

    def __init__(self, receiver: Obj, cls: ClassId) -> None:
        self._receiver = receiver
        self._cls = cls

    def answer(self, obj: Obj, question: str) -> Answer:
        return (EXACT, ("instance", self._cls, "")) if obj is self._receiver and question == SHAPE else ()


def owed_by_each_class(world: World, function: FunctionIR, ask: Ask) -> tuple[Obligation, ...] | None:
    """What the method owes for receivers of each class that has it; None where they are not told apart."""
    classes = _classes_with(world, function)
    if not 0 < len(classes) <= MAXIMAL_CLASSES:
        return None
    receiver = world.objects.parameter(function.id, function.parameters[0].name)
    owed: dict[Obligation, None] = {}
    for cls in classes:
        summary = ask(function.id, ReceiverContext(receiver, cls))
        if summary is None or summary.cut or summary.opaque:
            return None
        owed.update(dict.fromkeys(summary.obligations))
    return tuple(owed)


def _classes_with(world: World, function: FunctionIR) -> list[ClassId]:
    """The method's class and those below that have not put another in its place, and of which there are instances."""
    cls = function.owner_class
    if cls is None or function.decorators or not function.parameters:
        return []  # a decorated one may have no receiver
    found = [cls, *(each for each in world.subclasses(cls) if _has(world, each, function))]
    return [each for each in found if not _leaves_open(world, each)] if len(found) > 1 else []


def _has(world: World, cls: ClassId, function: FunctionIR) -> bool:
    found = world.class_attribute(cls, function.name)
    return found is not None and any(
        isinstance(atom, FunctionAtom) and atom.function == function.id for atom in found[0].atoms
    )


def _leaves_open(world: World, cls: ClassId) -> bool:
    """Whether the class has a method that only those below it fill in."""
    names = {
        name: None
        for each in world.hierarchy(cls)
        if (ir := world.class_ir(each)) is not None
        for name, _ in ir.methods
    }
    members = [world.class_attribute(cls, name) for name in names]
    return any(
        isinstance(atom, FunctionAtom) and is_abstract(world, atom.function)
        for member in members
        if member is not None
        for atom in member[0].atoms
    )
