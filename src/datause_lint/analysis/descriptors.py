"""Properties and descriptors: attributes of which the class says what reading, setting and deleting them does."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import stored_keys, stored_value
from datause_lint.analysis.arguments import Arguments, Caller
from datause_lint.analysis.atoms import Atom, BoundAtom, ClassAtom, Const, FunctionAtom
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.special_methods import call_special, special_methods
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ClassId


def read_by_class(
    frame: Frame, state: State, member: Obj, instance: Value, cls: ClassId | None, span: Span, call: Caller
) -> tuple[Value, State | None] | None:
    """What ``__get__`` of something that stands in a class gives; None where it has none."""
    if member.cls is None:
        return None
    owner = of(ClassAtom(cls)) if cls is not None else EMPTY
    return call_special(frame, state, of(member), "__get__", [instance, owner], span, call)


def set_by_class(frame: Frame, state: State, base: Value, name: str, value: Value, span: Span, call: Caller) -> bool:
    """Whether a property, or ``__set__``, takes what is set."""
    return _told_class(frame, state, base, name, ".setter()", "__set__", [value], span, call)


def delete_by_class(frame: Frame, state: State, base: Value, name: str, span: Span, call: Caller) -> bool:
    return _told_class(frame, state, base, name, ".deleter()", "__delete__", [], span, call)


def _told_class(
    frame: Frame,
    state: State,
    base: Value,
    name: str,
    mark: str,
    method: str,
    given: list[Value],
    span: Span,
    call: Caller,
) -> bool:
    found = False
    for obj in base.objects():
        bound: dict[Atom, Truths] = {}
        for member in _members(frame, state, obj, name):
            if isinstance(member, FunctionAtom) and _is_marked(frame, member, mark):
                bound[BoundAtom(member.function, member.environment, obj)] = NOTHING
            elif type(member) is Obj and member.cls is not None:
                taking = special_methods(frame, state, of(member), method)
                if taking.atoms:
                    call(frame, state, taking, Arguments([of(obj), *given]), span)
                    found = True
        if bound:
            call(frame, state, Value(bound), Arguments(given), span)
            found = True
        _tell_some_class(frame, state, obj, name, mark, given, span, call)
    return found


def _tell_some_class(
    frame: Frame, state: State, obj: Obj, name: str, mark: str, given: list[Value], span: Span, call: Caller
) -> None:
    """Properties on a way to a sink: an object of which nothing is known may have one of them."""
    functions = [FunctionAtom(each, None) for each in frame.world.methods_named(name)]
    taking = [BoundAtom(each.function, None, obj) for each in functions if _is_marked(frame, each, mark)]
    if taking and not types_of(frame, state, obj):
        call(frame, state.copy(), of(*taking), Arguments(given), span)


def _members(frame: Frame, state: State, obj: Obj, name: str) -> list[Atom]:
    classes = [kind.cls for kind in types_of(frame, state, obj) if kind.cls is not None]
    found = [frame.world.class_attribute(cls, name) for cls in classes]
    return [atom for each in found if each is not None for atom in each[0].atoms]


def _is_marked(frame: Frame, function: FunctionAtom, mark: str) -> bool:
    return any((each.api or "").endswith(mark) for each in frame.world.marks_of(function.function))


def name_descriptors(frame: Frame, state: State, cls: ClassId, span: Span, call: Caller) -> None:
    """``__set_name__`` of what stands in a class hears how it is called there."""
    shared, holder = frame.world.shared, frame.world.objects.class_object(cls)
    for key in shared.keys(holder):
        value = shared.read(holder, key) if key.startswith(attribute("")) else None
        described = [obj for obj in value.objects() if obj.cls is not None] if value is not None else []
        if described:
            name = [of(ClassAtom(cls)), of(Const(key[1:], str))]
            call_special(frame, state, of(*described), "__set_name__", name, span, call)


DEFERRED: Final = {
    "functools.partialmethod()": ("functools.partial()", "@partial"),
    "functools.singledispatchmethod()": ("functools.singledispatch()", "@implementations"),
}
"""What stands in a class for methods: what an instance has instead, and the key of the functions that it calls."""


def bound_later(frame: Frame, state: State, obj: Obj, member: Obj, span: Span) -> Obj:
    api, key = DEFERRED[member.api or ""]
    made = frame.world.objects.external(f"{frame.site(span)}~bound", frame.world.api(api).path)
    state.heap[made] = {}
    for each in stored_keys(frame, state, member):
        value = stored_value(frame, state, member, each) or EMPTY
        if each == key:
            functions = [atom for atom in value.atoms if isinstance(atom, FunctionAtom)]
            value = of(*(BoundAtom(atom.function, atom.environment, obj) for atom in functions))
        state.store(made, each, value)
    return made
