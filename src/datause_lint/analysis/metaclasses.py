"""Metaclasses of the program: what they put into the classes that they make, and what they do when one is called."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import DICT, TUPLE, known_keys, read, stored_keys, stored_value
from datause_lint.analysis.arguments import Arguments, Caller
from datause_lint.analysis.atoms import BoundAtom, ClassAtom, Const, FunctionAtom
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import attribute, index
from datause_lint.analysis.records import class_name
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, of
from datause_lint.ir import instructions as ir
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

PREPARED: Final = "@prepared:"  # of a class, followed by a name: what its body finds under that from the start
CLASS: Final = "@class"  # of the namespace that a metaclass is given: the class that is made of it


def metaclass_of(frame: Frame, cls: ClassId) -> ClassId | None:
    for each in frame.world.hierarchy(cls):
        stated = frame.world.shared.read(frame.world.objects.class_object(each), "@metaclass")
        for atom in stated.atoms if stated is not None else ():
            if isinstance(atom, ClassAtom):
                return atom.cls
    return None


def prepare_names(frame: Frame, state: State, i: ir.MakeClass, call: Caller) -> None:
    """``__prepare__`` of the metaclass gives the namespace in which the body of the class runs."""
    metaclass = metaclass_of(frame, i.class_id)
    functions = _functions(frame, metaclass, "__prepare__") if metaclass is not None else []
    if metaclass is None or not functions:
        return
    world, holder = frame.world, frame.world.objects.class_object(i.class_id)
    named = {name: frame.registers[register] for name, register in i.keywords if name and name != "metaclass"}
    given = [of(ClassAtom(metaclass)), of(Const(class_name(i.class_id), str)), of()]
    space, _ = call(frame, state, of(*functions), Arguments(given, named), i.span)
    for obj in space.objects():
        for key in known_keys(frame, state, obj):
            value = world.resolve(read(frame, state, of(obj), index(key)))
            world.shared.write(holder, f"{PREPARED}{key}", value)
            world.publisher.publish_contents(frame, state, value, {})
            if attribute(str(key)) not in world.shared.keys(holder):
                world.shared.write(holder, attribute(str(key)), value)


def prepared_name(frame: Frame, name: str) -> Value | None:
    """What a name is in the body of a class, of which the metaclass says so."""
    cls = frame.function.id.removesuffix(".<body>")
    return frame.world.shared.read(frame.world.objects.class_object(ClassId(cls)), f"{PREPARED}{name}")


def let_metaclass_make(frame: Frame, state: State, i: ir.MakeClass, call: Caller) -> None:
    """``__new__`` and ``__init__`` of the metaclass: they see the namespace of the class, and may add to it."""
    metaclass = metaclass_of(frame, i.class_id)
    if metaclass is None:
        return
    world, holder = frame.world, frame.world.objects.class_object(i.class_id)
    space = world.objects.new(f"{frame.site(i.span)}~namespace", api=ApiPath(DICT))
    bases = world.objects.new(f"{frame.site(i.span)}~bases", api=ApiPath(TUPLE))
    for made in (space, bases):
        state.allocate(made)
    for key in world.shared.keys(holder):
        if key.startswith("."):
            state.store(space, index(key[1:]), world.shared.read(holder, key) or of())
    before = dict(state.heap[space])
    state.store(space, CLASS, of(ClassAtom(i.class_id)))
    given = [of(Const(class_name(i.class_id), str)), of(bases), of(space)]
    named = {name: frame.registers[register] for name, register in i.keywords if name and name != "metaclass"}
    for function in _functions(frame, metaclass, "__new__"):
        call(frame, state, of(function), Arguments([of(ClassAtom(metaclass)), *given], dict(named)), i.span)
    for function in _functions(frame, metaclass, "__init__"):
        bound = BoundAtom(function.function, function.environment, holder)
        call(frame, state, of(bound), Arguments(list(given), dict(named)), i.span)
    for key in stored_keys(frame, state, space):
        value = stored_value(frame, state, space, key) if key.startswith("['") else None
        if value is not None and value is not before.get(key):
            state.store_weakly(holder, attribute(key[2:-2]), value)
            world.publisher.publish(frame, state, holder, attribute(key[2:-2]), value)


def _functions(frame: Frame, metaclass: ClassId, name: str) -> list[FunctionAtom]:
    found = frame.world.class_attribute(metaclass, name)
    return [atom for atom in found[0].atoms if isinstance(atom, FunctionAtom)] if found is not None else []


def call_metaclass(
    frame: Frame, state: State, cls: ClassId, arguments: Arguments, span: Span, call: Caller
) -> tuple[Value, State | None] | None:
    """What ``__call__`` of the metaclass gives; None where there is none."""
    metaclass = metaclass_of(frame, cls)
    functions = _functions(frame, metaclass, "__call__") if metaclass is not None else []
    if not functions:
        return None
    holder = frame.world.objects.class_object(cls)
    return call(frame, state, of(*(BoundAtom(f.function, f.environment, holder) for f in functions)), arguments, span)
