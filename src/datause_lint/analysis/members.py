"""What an instance has under a name by its class, of the program or outside of it: fields, methods, properties."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import (
    CONTAINERS,
    DICT,
    TUPLE,
    read_object,
    stored_value,
)
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import (
    ApiAtom,
    Atom,
    BoundAtom,
    ClassAtom,
    Const,
    Data,
    FunctionAtom,
    Label,
    MethodAtom,
)
from datause_lint.analysis.built_in_bases import bound_method, inherited_from_container
from datause_lint.analysis.class_fields import set_by_methods
from datause_lint.analysis.descriptors import DEFERRED, bound_later, read_by_class
from datause_lint.analysis.facts import Truths
from datause_lint.analysis.frame import EVERY, EXACT, HELD, SHAPE, Frame
from datause_lint.analysis.handed import filled, filling
from datause_lint.analysis.marks import (
    CLASS,
    PROPERTY,
    STATIC,
    is_column,
    is_marked,
    is_property,
    is_setter,
)
from datause_lint.analysis.models.registry import Caller
from datause_lint.analysis.objects import ROW, Kind, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.types import SCALARS, Type
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

HOOKS: Final = ("__setattr__", "__getattr__")


def of_type(
    frame: Frame, state: State, obj: Obj, kind: Type, name: str, span: Span, caller: Caller, *, several: bool
) -> tuple[Value | None, State | None]:
    """What an instance of one of its types has there; None where that says nothing. The state is None where a property
    never comes back."""
    world = frame.world
    if kind.cls is None:
        return _of_outer_type(frame, state, obj, kind, name, span), state
    modelled = world.wiring.instance_attribute(frame, state, obj, kind.cls, name, span)
    if modelled is not None:
        return modelled, state
    if several:
        obj = obj.narrowed(kind.cls)
    classes = _dispatch_classes(frame, obj, kind.cls, name)
    parts: list[Value] = []
    after: State | None = state
    for cls in classes:
        found = world.class_attribute(cls, name)
        if found is None:
            continue
        receiver = obj if cls == kind.cls or obj.cls is not None else obj.narrowed(cls)
        value, after = bind_member(frame, state, receiver, found[0], span, caller)
        if after is None:
            return None, None
        state = after
        settled = cls == kind.cls and _is_answered_by_property(frame, found[0])
        parts.append(value if settled else _of_any_instance(frame, state, obj, cls, name, value))
    if parts:
        return join_all(parts), state
    given = _given_to_instances(frame, state, obj, kind.cls, name)
    if given is not None and not keeps_elsewhere(frame, kind.cls):
        return given, state
    other, after = _undefined(frame, state, obj, kind.cls, name, span, caller)
    return (other, after) if given is None else (join(given, other or EMPTY), after or state)


def keeps_elsewhere(frame: Frame, cls: ClassId) -> bool:
    """Whether what is set on an instance is where ``__setattr__`` has put it, and ``__getattr__`` finds it."""
    if frame.function.name in HOOKS:
        return False
    return all(frame.world.class_attribute(cls, name) is not None for name in HOOKS)


def _given_to_instances(frame: Frame, state: State, obj: Obj, cls: ClassId, name: str) -> Value | None:
    """What code has put there, into whichever instance; None where nobody has."""
    world = frame.world
    known = world.shared.read(world.objects.any_instance(cls), attribute(name))
    if known is None:
        known = world.attribute_of_instances(cls, name)
    if known is not None and not _is_field_of_record(frame, cls):
        known = world.resolve(known)
        child = obj.child(attribute(name))
        if (_differs(known) or _holds_tables(frame, state, known)) and frame.is_input(obj) and frame.ask(child, SHAPE):
            return of(child)  # the caller knows which instance it is
        if frame.is_input(obj) and frame.ask(child, HELD):
            return of(child)
        symbolic = of(child, *world.instance_fields(cls, name))
        return join(Value(known.atoms), symbolic)
    return None


def _undefined(
    frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span, caller: Caller
) -> tuple[Value | None, State | None]:
    """What no class of the program defines: a method of a container that it derives from, what ``__getattr__`` gives,
    or what a base outside of the program has."""
    world = frame.world
    bases = world.outer_bases(cls) or [ApiPath(cls)]  # what wraps a container, ``self.data``, is of a class outside
    inherited = inherited_from_container(bases, obj, name)
    if inherited is not None:
        return inherited, state
    fallback = fallback_getattr(frame, cls, obj, name)
    if fallback is not None:
        arguments = Arguments([of(Const(name, str))])
        if not _is_declared(frame, cls, name) and name not in set_by_methods(world, cls):
            return caller(frame, state, fallback, arguments, span)
        field = of(obj.child(attribute(name)))
        if _is_field_of_record(frame, cls) or (frame.is_input(obj) and frame.ask(obj.child(attribute(name)), HELD)):
            return field, state  # it has been filled: Python looks no further
        value, after = caller(frame, state.copy(), fallback, arguments, span)
        return (field, state) if after is None else (join(field, value), after)
    outer = [
        of(ApiAtom(world.api(path).path, obj), obj.child(attribute(name)))
        for path in (f"{base}().{name}" for base in world.outer_bases(cls))
        if world.policy.knows_prefix(path) or path in world.models or world.wiring.knows(path)
    ]
    return (join_all(outer) if outer else None), state


def _is_answered_by_property(frame: Frame, member: Value) -> bool:
    """Whether the class answers itself, whatever an instance holds: not where an instance keeps the first answer."""
    return bool(member.atoms) and all(
        isinstance(atom, FunctionAtom) and is_marked(frame, atom, PROPERTY) for atom in member.atoms
    )


def _of_any_instance(frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, value: Value) -> Value:
    """A class's attribute, where an instance may have its own: one that was made elsewhere may hold anything there."""
    if obj.kind is Kind.NEW or any(isinstance(atom, ClassAtom) for atom in value.atoms):
        return value
    some_have = frame.world.shared.read(frame.world.objects.any_instance(cls), attribute(name)) is not None
    own = obj.child(attribute(name))
    if any(isinstance(atom, (FunctionAtom, BoundAtom)) for atom in value.atoms):
        if not some_have or (has := filling(frame, state, obj, attribute(name))) == ():
            return value
        given = read_object(frame, state, obj, attribute(name))
        return given if has == EVERY else join(value, given)
    return join(value, of(own)) if some_have or _is_declared(frame, cls, name) else value


def _is_declared(frame: Frame, cls: ClassId, name: str) -> bool:
    """Whether the body of the class, or of a base, has an annotation for the name."""
    bodies = (frame.world.class_ir(each) for each in frame.world.hierarchy(cls))
    return any(field.name == name for ir in bodies if ir is not None for field in ir.fields)


def _holds_tables(frame: Frame, state: State, known: Value) -> bool:
    """Whether what instances have there are tables: each of them may be filtered in its own way."""
    return any(stored_value(frame, state, obj, ROW) is not None for obj in known.objects())


def _differs(known: Value) -> bool:
    """Whether instances have different constants there."""
    return sum(type(atom) is Const for atom in known.atoms) > 1


def _is_field_of_record(frame: Frame, cls: ClassId) -> bool:
    return frame.world.records.is_record_class(frame, cls)


def fallback_getattr(frame: Frame, cls: ClassId, obj: Obj, name: str) -> Value | None:
    if name.startswith("__"):
        return None
    found = frame.world.class_attribute(cls, "__getattr__") or frame.world.class_attribute(cls, "__getattribute__")
    if found is None:
        return None
    functions = [atom for atom in found[0].atoms if isinstance(atom, FunctionAtom)]
    bound: list[Atom] = [BoundAtom(each.function, each.environment, obj) for each in functions]
    inherited = [bound_method(atom.path, obj) for atom in found[0].atoms if type(atom) is ApiAtom]
    bound += [each for each in inherited if each is not None]
    return of(*bound) if bound else None


def is_exact(frame: Frame, obj: Obj) -> bool:
    """Whether the object is of the class that is known of it, and of none below."""
    return obj.cls is not None or (frame.is_input(obj) and EXACT in frame.ask(obj, SHAPE))


def _dispatch_classes(frame: Frame, obj: Obj, cls: ClassId, name: str) -> list[ClassId]:
    """The classes whose method may run: the object's own, or, where only a base is known, those below it too."""
    if is_exact(frame, obj):
        return [cls]
    below = [each for each in frame.world.subclasses(cls) if frame.world.defines(each, name)]
    return [cls, *below]


def _of_outer_type(frame: Frame, state: State, obj: Obj, kind: Type, name: str, span: Span) -> Value | None:
    own = obj.api is not None and obj.api.endswith(("()", "[]")) and kind.api == obj.api.removesuffix("()")
    path = obj.api if own and obj.api is not None else kind.path
    modelled = frame.world.wiring.outer_attribute(frame, state, obj, path, name, span)
    if modelled is not None:
        return modelled
    if kind.api is not None:
        modelled = frame.world.wiring.outer_attribute(frame, state, obj, kind.api, name, span)
        if modelled is not None:
            return modelled
    if kind.api == TUPLE and obj.symbolic and not name.startswith("_") and not hasattr(tuple, name):
        return of(obj.child(attribute(name)))  # of a named tuple, which the caller has made
    put = filled(frame, state, obj, attribute(name)) if obj.symbolic and kind.api not in SCALARS else None
    if put is not None:
        return put
    if obj.api in CONTAINERS or kind.api in CONTAINERS or kind.api in SCALARS:
        return of(MethodAtom(name, obj, kind.api in SCALARS))
    full = frame.world.api(f"{path}.{name}").path
    if frame.world.policy.knows_prefix(full) or full in frame.world.models:
        return of(ApiAtom(full, obj), obj.child(attribute(name)))
    if kind.api == DICT:
        return of(MethodAtom(name, obj, False))
    return of(ApiAtom(full, obj), obj.child(attribute(name)))


def bind_member(
    frame: Frame, state: State, obj: Obj, member: Value, span: Span, caller: Caller
) -> tuple[Value, State | None]:
    """A class's attribute as an instance has it: methods bound, properties called."""
    atoms: dict[Atom, Truths] = {}
    results: list[Value] = []
    after: State | None = state
    described = any(type(atom) is Obj and is_column(frame, state, obj, atom) for atom in member.atoms)
    for atom, carried in member.atoms.items():
        if type(atom) is Obj and atom.api in DEFERRED:
            atoms[bound_later(frame, state, obj, atom, span)] = carried
            continue
        described_by = read_by_class(frame, state, atom, of(obj), obj.cls, span, caller) if type(atom) is Obj else None
        if described_by is not None:
            value, after = described_by
            if after is not None:
                state = after
                results.append(value)
            continue
        if type(atom) is ApiAtom and (inherited := bound_method(atom.path, obj)) is not None:
            atoms[inherited] = carried
            continue
        if not isinstance(atom, FunctionAtom):
            if isinstance(atom, (Label, Data)) and described:
                continue  # of how the column is made: ``Column(db.Text)``
            if isinstance(atom, ClassAtom) or type(atom) is not Obj or not is_column(frame, state, obj, atom):
                atoms[atom] = carried
            continue
        bound = BoundAtom(atom.function, atom.environment, obj)
        if is_setter(frame, atom):
            continue
        if is_property(frame, atom):
            value, after = caller(frame, state, of(bound), Arguments(), span)
            if after is None:
                return EMPTY, None
            state = after
            results.append(value)
        elif is_marked(frame, atom, STATIC):
            atoms[atom] = carried
        elif is_marked(frame, atom, CLASS):
            owner = frame.world.objects.class_object(obj.cls) if obj.cls is not None else obj
            atoms[BoundAtom(atom.function, atom.environment, owner)] = carried
        else:
            atoms[bound] = carried
    if not atoms and not results:
        return EMPTY, state
    own = Value(atoms, member.implied, member.probes)
    return (join_all([own, *results]) if atoms else join_all(results)), state
