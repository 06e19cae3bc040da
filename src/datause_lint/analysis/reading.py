"""Attributes and items as code reads them: with what classes, policies and names say about them."""

from __future__ import annotations

from datause_lint.analysis import guards
from datause_lint.analysis.access import (
    CONTAINERS,
    known_as,
    opaque,
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
    ModuleAtom,
    Pattern,
)
from datause_lint.analysis.class_attributes import first_defined, found_on_class
from datause_lint.analysis.class_fields import declares_fields
from datause_lint.analysis.classes import GENERATED_INITIALISER
from datause_lint.analysis.computed_names import put_by_computed_name, put_in_dict
from datause_lint.analysis.descriptors import read_by_class
from datause_lint.analysis.enums import is_enum, members_among, members_by_name, members_handed_in, with_methods
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import NOTHING, Probe, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.handed import filled
from datause_lint.analysis.marks import CLASS, PARTS_OF_PROPERTIES, is_marked, is_of_property, part_of_property
from datause_lint.analysis.members import bind_member, fallback_getattr, keeps_elsewhere, of_type
from datause_lint.analysis.metaclasses import metaclass_of
from datause_lint.analysis.models.registry import Caller, ModelCall
from datause_lint.analysis.named_data import add_field, add_sources, says_nothing
from datause_lint.analysis.next_in_order import next_definitions
from datause_lint.analysis.objects import ALLOCATED, DELETED, MAYBE, Kind, Obj, attribute, is_part_of
from datause_lint.analysis.promised import as_declared
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.types import Type
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, NONE, Choice, Value, carrying, join, join_all, merge_atoms, of
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionKind
from datause_lint.names import ApiPath, ClassId

READ = "@read"  # followed by a number: the variable that holds what has been read of one object, while others are read

# Methods with which text and containers are read: of an object of unknown class, they are taken to be those.
OF_BUILTINS = frozenset(
    "get keys values items pop popitem setdefault copy index count sort reverse split rsplit splitlines partition "
    "strip lstrip rstrip join format replace lower upper title encode decode startswith endswith find isdigit".split()
)


# ── attributes ────────────────────────────────────────────────────────────────────────────────────────────────────


def read_attribute(
    frame: Frame, state: State, base: Value, name: str, span: Span, hint: str, caller: Caller
) -> tuple[Value, State | None]:
    """``base.name``."""
    parts: list[Value] = []
    beside: list[Value] = []  # of the data that went into what the objects are
    proven: dict[Obj, Implied] = {}
    after: State | None = state
    for atom, carried in frame.world.resolve(base).atoms.items():
        _hold(state, parts)
        value, after = _of_atom(frame, state, atom, carried, base, name, span, hint, caller)
        if after is not None and after is not state:
            state.variables, state.heap, state.facts = after.variables, after.heap, after.facts
        parts = _held(state, parts)
        if after is None:
            continue
        (beside if isinstance(atom, (Label, Data)) else parts).append(value)
        if type(atom) is Obj and (value.probes or any(value.implied)):
            proven[atom] = guards.truths_of(value)
    if base.atoms and not parts and not beside:
        return EMPTY, None
    found = join_all([part for part in parts if part.atoms])  # what has no such attribute is not meant
    if beside:
        found = Value(merge_atoms(found.atoms, join_all(beside).atoms), found.implied, found.probes)
    if len(proven) > 1:
        found = Value(found.atoms, found.implied, found.probes, Choice(base, proven))
    if name == "value" and base.probes:  # of an enum's member: evidence as the member is
        found = Value(found.atoms, found.implied, (*found.probes, *base.probes))
    return found, state


def _hold(state: State, parts: list[Value]) -> None:
    """A property that is run again, for another object that this may be, makes things at the same places: what it has
    given before is then of an earlier time, as all is that the state knows of."""
    for number, part in enumerate(parts):
        if any(root.kind in ALLOCATED for root in part.roots):
            state.variables[f"{READ}{number}"] = part


def _held(state: State, parts: list[Value]) -> list[Value]:
    return [state.variables.pop(f"{READ}{number}", part) for number, part in enumerate(parts)]


def _of_atom(
    frame: Frame,
    state: State,
    atom: Atom,
    carried: Truths,
    base: Value,
    name: str,
    span: Span,
    hint: str,
    caller: Caller,
) -> tuple[Value, State | None]:
    if type(atom) is Obj:
        defined = definitions(frame, state, atom)
        known = bool(defined) or any(
            isinstance(each, ApiAtom) and is_part_of(atom, each.receiver) for each in base.atoms
        )
        value, after = _of_object(frame, state, atom, name, span, hint, caller, known)
        for each in (*defined, *members_among(frame, state, atom, name)):
            if after is None:
                break
            if isinstance(each, ApiAtom):
                value = join(value, _of_api(frame, after, each, atom, name, span))
                continue
            more, after = _of_atom(frame, after, each, NOTHING, base, name, span, hint, caller)
            value = join(value, more)
            if isinstance(each, ClassAtom):  # whoever is handed a class may be the one who replaces what it has
                value = join(value, frame.world.resolve(first_defined(frame, each.cls, name)))
        return carrying(value, carried), after
    if isinstance(atom, (Label, Data)):
        if says_nothing(atom, name):
            return EMPTY, state
        return Value({atom: carried, MethodAtom(name, None, True): NOTHING}), state
    if isinstance(atom, Const):
        member = with_methods(frame, state, atom, name)
        if member is not None:
            return read_attribute(frame, state, of(member), name, span, hint, caller)
        return _of_constant(atom, carried, name), state
    if isinstance(atom, Pattern):
        return Value({MethodAtom(name, None, True): carried, atom: carried}), state
    if isinstance(atom, ModuleAtom):
        return _of_module(frame, state, atom, name, span, caller)
    if isinstance(atom, ClassAtom):
        return _of_class(frame, state, atom.cls, name, span, caller), state
    if isinstance(atom, ApiAtom):
        return _of_api(frame, state, atom, _object_beside(base, atom), name, span), state
    if isinstance(atom, (FunctionAtom, BoundAtom)):
        return _of_function(frame, state, atom, name), state
    return EMPTY, state


def definitions(frame: Frame, state: State, obj: Obj) -> list[Atom]:
    """The modules, classes and functions that an input is known to be: a captured name, a parameter."""
    return [atom for atom in known_as(frame, state, obj) if isinstance(atom, DEFINITIONS)]


DEFINITIONS = (ModuleAtom, ClassAtom, FunctionAtom, ApiAtom)
MADE_OF_ELEMENTS = ApiPath("typing.NamedTuple._make")
MAXIMAL_PATH = 1000  # characters: longer than what any policy names


def _of_module(
    frame: Frame, state: State, atom: ModuleAtom, name: str, span: Span, caller: Caller
) -> tuple[Value, State | None]:
    """A name of a module, or what its ``__getattr__`` gives for it."""
    if name == "__dict__" and atom.module == frame.module.name:
        return caller(frame, state, of(frame.world.api("builtins.globals")), Arguments(), span)
    holder = frame.world.objects.module(atom.module)
    found, here = frame.world.global_value(atom.module, name), state.stored(holder, attribute(name))
    if here is not None:  # others may have put something there as well
        found = join(frame.world.resolve(here), found or EMPTY)
    if found is not None or name.startswith("__"):
        return (found if found is not None else EMPTY), state
    lazy = frame.world.global_value(atom.module, "__getattr__")
    if lazy is None:
        return EMPTY, state
    return caller(frame, state, lazy, Arguments([of(Const(name, str))]), span)


def classes_of(frame: Frame, state: State, value: Value) -> Value:
    """The classes of the program that the objects may be instances of: ``type(value)``."""
    kinds = [kind.cls for obj in value.objects() for kind in types_of(frame, state, obj)]
    return of(*(ClassAtom(cls) for cls in kinds if cls is not None))


def _of_constant(atom: Const, carried: Truths, name: str) -> Value:
    if atom.value is None:
        return EMPTY
    if name == "value":
        return Value({Const(atom.value, atom.kind): carried})
    if name == "name" and atom.name:
        return Value({Const(atom.name, str): carried})
    return Value({MethodAtom(name, None, True): carried, atom: carried})


def _of_function(frame: Frame, state: State, atom: FunctionAtom | BoundAtom, name: str) -> Value:
    """A method that a decorator gave the function: ``task.delay``; or an attribute that code set on it."""
    if name in PARTS_OF_PROPERTIES and isinstance(atom, FunctionAtom) and is_of_property(frame, atom):
        return part_of_property(frame, atom, name)
    marks = frame.world.marks_of(atom.function)
    if name == "__func__" and isinstance(atom, BoundAtom):
        return of(FunctionAtom(atom.function, atom.environment))
    if name == "__self__" and isinstance(atom, BoundAtom):
        return of(atom.receiver)
    found = [of(ApiAtom(frame.world.api(f"{mark.api}.{name}").path, mark)) for mark in marks if mark.api is not None]
    holder = frame.world.objects.function_object(atom.function)
    stored = stored_value(frame, state, holder, attribute(name))
    if name == "__wrapped__" and stored is None:
        return of(atom)
    return join_all([*found, *([stored] if stored is not None else [])])


def _object_beside(base: Value, path: ApiAtom) -> Obj | None:
    """The object that an API path stands for: ``message.author`` beside ``discord.Message().author`` of a message."""
    for atom in base.atoms:
        if type(atom) is Obj:
            holder = atom.base
            while holder is not None and holder is not path.receiver:
                holder = holder.base
            if holder is not None:
                return atom
    return path.receiver


def _of_api(frame: Frame, state: State, atom: ApiAtom, holder: Obj | None, name: str, span: Span) -> Value:
    if len(atom.path) > MAXIMAL_PATH:
        return of(atom)
    path = frame.world.api(f"{atom.path}.{name}").path
    exported = frame.world.wiring.exported(frame.world, path) if atom.receiver is None else None
    if exported is not None:
        return exported
    atoms: dict[Atom, Truths] = {ApiAtom(path, atom.receiver): NOTHING}
    add_sources(frame, state, path, holder, NOTHING, atoms, span, name)
    probes: tuple[Probe, ...] = ()
    if holder is not None:
        atoms[holder.child(attribute(name))] = NOTHING
        probes = (
            *guards.field_probes(frame, state, holder, name, span),
            *guards.attribute_probes(frame, state, holder, [path, f"?.{name}"], span),
        )
    return Value(atoms, probes=probes)


def _of_class(frame: Frame, state: State, cls: ClassId, name: str, span: Span, caller: Caller) -> Value:
    world = frame.world
    owner = world.objects.class_object(cls)
    found = found_on_class(frame, state, cls, name)
    modelled = world.wiring.class_attribute(frame, state, cls, name, span)
    if modelled is not None:
        return modelled
    if name == "__members__" and is_enum(frame, cls):
        return members_by_name(frame, state, cls, span)
    if found is None and name == "__init__" and declares_fields(world, world.hierarchy(cls)):
        return of(ApiAtom(GENERATED_INITIALISER))
    if found is None and name == "_make" and "typing.NamedTuple" in world.outer_bases(cls):
        return of(ApiAtom(MADE_OF_ELEMENTS, owner))
    if found is None and (named := opaque(frame, state, owner)) is not None and not name.startswith("__"):
        return named  # set under a name that is made at run time
    if found is None:
        of_metaclass = _of_metaclass(frame, state, cls, owner, name, span, caller)
        return join_all([of_metaclass, *(of(world.api(f"{base}.{name}")) for base in world.outer_bases(cls))])
    value = world.resolve(found[0])
    atoms: dict[Atom, Truths] = {}
    for atom, carried in value.atoms.items():
        if isinstance(atom, FunctionAtom) and is_marked(frame, atom, CLASS):
            receiver = owner
            atoms[BoundAtom(atom.function, atom.environment, receiver)] = carried
        elif type(atom) is Obj and (read := read_by_class(frame, state, atom, NONE, cls, span, caller)) is not None:
            atoms.update(read[0].atoms)
        else:
            atoms[atom] = carried
    return Value(atoms, value.implied, value.probes)


def _of_metaclass(frame: Frame, state: State, cls: ClassId, owner: Obj, name: str, span: Span, caller: Caller) -> Value:
    """What the class has of its metaclass: methods, properties, what ``__getattr__`` gives."""
    metaclass = metaclass_of(frame, cls)
    if metaclass is None:
        return EMPTY
    found = frame.world.class_attribute(metaclass, name)
    if found is not None:
        return bind_member(frame, state, owner, found[0], span, caller)[0]
    lazy = frame.world.class_attribute(metaclass, "__getattr__") if not name.startswith("__") else None
    functions = [atom for atom in lazy[0].atoms if isinstance(atom, FunctionAtom)] if lazy is not None else []
    bound = of(*(BoundAtom(each.function, each.environment, owner) for each in functions))
    return caller(frame, state, bound, Arguments([of(Const(name, str))]), span)[0] if functions else EMPTY


def _of_object(
    frame: Frame, state: State, obj: Obj, name: str, span: Span, hint: str, caller: Caller, known_api: bool
) -> tuple[Value, State | None]:
    key = attribute(name)
    if obj.kind is Kind.CLASS:
        return _of_class(frame, state, ClassId(obj.key), name, span, caller), state
    if obj.api == "builtins.super":
        return _of_next(frame, state, obj, name, span, caller)
    if members := members_handed_in(frame, obj, name):
        return join_all(_of_constant(each, NOTHING, name) for each in members), state
    types = types_of(frame, state, obj)
    if name == "__class__" and (classes := classes_of(frame, state, of(obj))).atoms:
        return classes, state
    if name == "__dict__":
        return _fields_as_dict(frame, state, obj, span, caller), state
    own = _instance_value(frame, state, obj, key)
    own = as_declared(frame, state, obj, name, own) if own is not None else None
    at_large = _of_instances_at_large(frame, obj, name, own) if own is not None else EMPTY
    if own is not None and at_large.atoms:
        own = join(own, at_large)
    if own is not None and (put := put_in_dict(frame, state, obj, name)) is not None:
        own = join(own, put)
    parts: list[Value] = [own] if own is not None else put_by_computed_name(frame, state, obj, types, name)
    after: State | None = state
    if own is not None and not own.atoms and state.stored(obj, DELETED + key) is not None:
        return _by_fallback(frame, state, obj, types, name, span, caller)  # neither it nor its class has it any more
    if own is not None and any(kind.cls is not None and keeps_elsewhere(frame, kind.cls) for kind in types):
        kept, behind = _by_fallback(frame, state.copy(), obj, types, name, span, caller)
        parts, state, after = ([*parts, kept], behind, behind) if behind is not None else (parts, state, after)
    for kind in types if own is None or state.stored(obj, MAYBE + key) is not None else ():
        value, after = of_type(frame, state, obj, kind, name, span, caller, several=len(types) > 1)
        if after is None:
            return EMPTY, None
        state = after
        if value is not None:
            parts.append(value)
    if own is None and not _settles(parts):
        value, state = _unknown_attribute(frame, state, obj, name, types, known_api, span, caller)
        parts.append(value)
    found = join_all(parts)
    atoms: dict[Atom, Truths] = dict(found.atoms)
    probes: dict[Probe, None] = dict.fromkeys(found.probes)
    for path in _paths(frame, types, name, obj):
        add_sources(frame, state, path, obj, NOTHING, atoms, span, name)
    add_field(frame, state, obj, key, name, found, NOTHING, atoms, probes, span, hint)
    paths = [*_paths(frame, types, name, obj), f"?.{name}"]
    if not found.atoms or not all(isinstance(atom, (FunctionAtom, BoundAtom)) for atom in found.atoms):
        probes.update(dict.fromkeys(guards.attribute_probes(frame, state, obj, paths, span)))
    return Value(atoms, found.implied, tuple(probes)), state


def _of_next(frame: Frame, state: State, obj: Obj, name: str, span: Span, caller: Caller) -> tuple[Value, State | None]:
    """What ``super()`` finds: as the receiver has it, which may be a class."""
    parts: list[Value] = []
    for receiver, member in next_definitions(frame, state, obj, name):
        after: State | None = state
        if receiver.kind is not Kind.CLASS:
            member, after = bind_member(frame, state, receiver, member, span, caller)
        if after is None:
            return EMPTY, None
        state = after
        parts.append(member)
    return join_all(parts), state


def _fields_as_dict(frame: Frame, state: State, obj: Obj, span: Span, caller: Caller) -> Value:
    """``obj.__dict__``: what its fields hold, and the place where things that are put into it are looked for."""
    model = frame.world.models["builtins.vars"]
    fields = model(ModelCall(frame, state, "builtins.vars", EMPTY, Arguments([of(obj)]), span, caller))
    assert isinstance(fields, Value)
    return fields


def _by_fallback(
    frame: Frame, state: State, obj: Obj, types: tuple[Type, ...], name: str, span: Span, caller: Caller
) -> tuple[Value, State | None]:
    """What ``__getattr__`` gives."""
    found = [fallback_getattr(frame, kind.cls, obj, name) for kind in types if kind.cls is not None]
    fallback = join_all([each for each in found if each is not None])
    return caller(frame, state, fallback, Arguments([of(Const(name, str))]), span) if fallback.atoms else (EMPTY, state)


def _settles(parts: list[Value]) -> bool:
    """Whether what was found is a method, property or the like, which needs nothing beside it."""
    return any(part.atoms for part in parts)


def _instance_value(frame: Frame, state: State, obj: Obj, key: str) -> Value | None:
    """What was put into this very object."""
    stored = state.stored(obj, key)
    if stored is not None:
        return stored
    if obj.kind in ALLOCATED:
        return stored_value(frame, state, obj, key)
    if obj.root.of_a_round:
        return filled(frame, state, obj, key)
    return None


def _of_instances_at_large(frame: Frame, obj: Obj, name: str, own: Value) -> Value:
    """What methods have put into a container of the instance that did not know which instance it was."""
    shared = frame.world.shared
    if obj.cls is None or obj.kind is not Kind.NEW or not any(each.api in CONTAINERS for each in own.objects()):
        return EMPTY
    if not shared.knows(obj) or (frame.function.kind is FunctionKind.MODULE_BODY and frame.owns(obj)):
        return EMPTY
    known = [
        shared.read(frame.world.objects.any_instance(cls), attribute(name)) for cls in frame.world.hierarchy(obj.cls)
    ]
    containers = [each for value in known if value is not None for each in value.objects() if each.kind is Kind.EARLIER]
    return of(*containers, *frame.world.instance_fields(obj.cls, name))


def _unknown_attribute(
    frame: Frame,
    state: State,
    obj: Obj,
    name: str,
    types: tuple[Type, ...],
    known_api: bool,
    span: Span,
    caller: Caller,
) -> tuple[Value, State]:
    if obj.api in CONTAINERS:
        return Value({MethodAtom(name, obj, False): NOTHING}), state
    content = read_object(frame, state, obj, attribute(name))
    if types or known_api:  # the API path beside it says what can be called
        return content, state
    members, after = _of_some_class(frame, state, obj, name, span, caller)
    method: dict[Atom, Truths] = {MethodAtom(name, obj, False): NOTHING}
    return Value({**content.atoms, **members.atoms, **method}, content.implied, content.probes), after


def _of_some_class(frame: Frame, state: State, obj: Obj, name: str, span: Span, caller: Caller) -> tuple[Value, State]:
    """Methods of that name on a way to a sink, and what properties on one give: the object may be of their class."""
    functions = frame.world.methods_named(name) if name not in OF_BUILTINS else []
    if not functions:
        return EMPTY, state
    there = state.copy()
    members = of(*(FunctionAtom(each, None) for each in functions))
    value, after = bind_member(frame, there, obj, members, span, caller)
    return value, state if after is None or after is there else join_states(state, after)


def _paths(frame: Frame, types: tuple[Type, ...], name: str, obj: Obj) -> list[str]:
    found: dict[str, None] = {}
    for kind in types:
        if kind.cls is not None:
            found.update(dict.fromkeys(f"{path}().{name}" for path in frame.world.class_paths(kind.cls)))
        elif obj.api is not None:
            found[frame.world.api(f"{obj.api}.{name}").path] = None
        else:
            found[frame.world.api(f"{kind.path}.{name}").path] = None
    return list(found)
