"""What objects are instances of."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis import types
from datause_lint.analysis.access import origin
from datause_lint.analysis.atoms import Atom, ClassAtom, Const
from datause_lint.analysis.facts import Truths
from datause_lint.analysis.frame import SHAPE, Frame
from datause_lint.analysis.objects import ELEMENT, NARROWED, PART, USED_AS, Kind, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, Types
from datause_lint.analysis.values import Value
from datause_lint.ir import instructions
from datause_lint.ir.instructions import Register
from datause_lint.ir.module import ClassIR, FunctionIR, ParameterKind
from datause_lint.names import ApiPath, ClassId

WRAPPERS = frozenset({"Mapped", "DynamicMapped", "WriteOnlyMapped"})  # SQLAlchemy: an attribute of this type
TO_ONE = frozenset({"ForeignKey", "OneToOneField", "ForeignKeyField", "OneToOneRel"})
TO_MANY = frozenset({"ManyToManyField", "ManyToManyRel"})


def types_of(frame: Frame, state: State, obj: Obj) -> Types:
    """The types that the object may have; () where nothing is known."""
    now: object = (frame.world.shared.changes, len(frame.hints))
    if obj.root.of_a_round:  # the state says what it stands for: the same all through a block
        now = (now, frame.block, _Same(state.heap.get(obj.root)))
    known = frame.types.get(obj)
    if known is not None and known[0] == now:
        return known[1]
    found = _find_types(frame, state, obj)
    frame.types[obj] = (now, found)
    return found


def _find_types(frame: Frame, state: State, obj: Obj) -> Types:
    if obj.key.startswith(NARROWED):
        return (Type(ClassId(obj.key.removeprefix(NARROWED)), None),)
    if obj.is_part:
        return types_of(frame, state, obj.plain)
    if obj.cls is not None:
        return (Type(obj.cls, None),)
    hinted = frame.hints.get(obj, ())
    if obj.api is not None:
        made = Type(None, ApiPath(obj.api.removesuffix("()")))
        return hinted if hinted and not frame.world.policy.knows_prefix(obj.api) else (*hinted, made)
    if hinted:
        return hinted
    if obj.root.of_a_round:
        return types_of_objects(frame, state, grounds(frame, state, obj))
    told = _told(frame, obj) if frame.is_input(obj) else ()
    if any(kind.cls is not None for kind in told):
        return told
    if any(is_class(frame, kind.api or "") for kind in told):  # of what its elements are, only the declaration speaks
        declared = _declared_types(frame, state, obj)
        return declared if {kind.api for kind in declared} == {kind.api for kind in told} else told
    return _declared_types(frame, state, obj) or told


def is_class(frame: Frame, path: str) -> bool:
    """Whether it is known of what class outside the program something is, by the path of what has made it."""
    return types.names_class(path) or frame.world.policy.knows_prefix(f"{path.removesuffix('()')}()")


def _declared_types(frame: Frame, state: State, obj: Obj) -> Types:
    if obj.kind is Kind.PARAMETER:
        return parameter_types(frame, obj)
    if obj.kind is Kind.FIELD and obj.base is not None:
        found = field_types(frame, types_of(frame, state, obj.base), obj.key)
        found = found or _elements_of_attribute(frame, state, obj.base, obj.key)
        return found or (frame.world.wiring.element_types(frame, state, obj.base) if obj.key == ELEMENT else ())
    return ()


class _Same:
    """Equal to another one of the very same thing, which it keeps alive."""

    __slots__ = ("thing",)

    def __init__(self, thing: object) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.thing is other.thing

    __hash__ = None  # type: ignore[assignment]  # compared only


def grounds(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """What an element of a loop stands for in the end, when loops run over the elements of other loops."""
    seen: dict[Obj, None] = {obj: None}
    pending, found = [obj], []
    with frame.one_look():
        while pending:
            for each in origin(frame, state, pending.pop()).objects():
                if each in seen:
                    continue
                seen[each] = None
                if each.root.of_a_round and each.cls is None and each.api is None:
                    pending.append(each)
                else:
                    found.append(each)
    return found


def types_of_objects(frame: Frame, state: State, objects: list[Obj]) -> Types:
    found: dict[Type, None] = {}
    for obj in objects:
        found.update(dict.fromkeys(types_of(frame, state, obj)))
    return tuple(found)


def types_of_value(frame: Frame, state: State, value: Value) -> Types:
    return types_of_objects(frame, state, value.objects())


def _told(frame: Frame, obj: Obj) -> Types:
    found: dict[Type, None] = {}
    for descriptor in frame.ask(obj, SHAPE):
        assert isinstance(descriptor, tuple)
        if descriptor[0] == "instance":
            found[Type(descriptor[1] or None, descriptor[2] or None)] = None
    return tuple(found)


OF_CLASSES: Final = frozenset(["__init_subclass__", "__class_getitem__"])  # class methods that nobody marks as such


def parameter_types(frame: Frame, obj: Obj) -> Types:
    """By the annotation of the parameter, or, of ``self``, by the class that the method stands in."""
    world = frame.world
    name = obj.key.rpartition("(")[2][:-1]
    function = world.function(obj.key.rpartition("(")[0])  # type: ignore[arg-type]
    if function is None:
        return ()
    module = world.module_of(function.id)
    for position, parameter in enumerate(function.parameters):
        if parameter.name != name:
            continue
        declared = world.annotations.declared(parameter.annotation, module) if parameter.annotation is not None else ()
        if parameter.kind is ParameterKind.VAR_POSITIONAL:
            return (Type(None, ApiPath("builtins.tuple"), (declared, ())),)
        if parameter.kind is ParameterKind.VAR_KEYWORD:
            return (Type(None, ApiPath("builtins.dict"), ((), declared)),)
        if parameter.annotation is not None:
            told = world.wiring.parameter_types(world, function, parameter) if _is_any_dict(declared) else ()
            return told or declared
        if position == 0 and function.owner_class is not None and name in ("self", "cls"):
            if function.name in OF_CLASSES:
                return ()
            return (Type(function.owner_class, None),)
        told = world.wiring.parameter_types(world, function, parameter)
        used = world.shared.read(obj, USED_AS) if not told and function.frees else None
        return told or tuple(
            Type(atom.cls, None) for atom in (used.atoms if used else ()) if isinstance(atom, ClassAtom)
        )
    return ()


def _is_any_dict(declared: Types) -> bool:
    """Whether an annotation says no more than that it is a dict: a framework knows better what it hands over."""
    return all(kind.api is not None and types.last_name(kind.api) in types.MAPPINGS for kind in declared)


def field_types(frame: Frame, base: Types, key: str) -> Types:
    found: dict[Type, None] = dict.fromkeys(
        types.element_types(base, key) if types.is_element_key(key) or key == "@result" else ()
    )
    for kind in base:
        if kind.cls is not None:
            name = key[1:] if key.startswith(".") else _string_key(key)
            if name is not None:
                found.update(dict.fromkeys(attribute_types(frame, kind.cls, name)))
        elif kind.api is not None:
            found.update(dict.fromkeys(_outer_field_types(frame, kind.api, key)))
    return tuple(found)


def _outer_field_types(frame: Frame, holder: ApiPath, key: str) -> Types:
    """By what a policy says an attribute, or an element, of instances of a class outside the program is."""
    step = key if key.startswith(".") else "[]" if types.is_element_key(key) else ""
    instance = holder if holder.endswith("[]") else f"{holder}()"
    path = frame.world.policy.canonical(f"{instance}{step}") if step else ""
    if path.endswith("()") and frame.world.policy.knows_prefix(path):
        return (Type(None, ApiPath(path.removesuffix("()"))),)
    if step == "[]" and (frame.world.policy.model_sources(path) or frame.world.policy.leads_to_source(path)):
        return (Type(None, ApiPath(path)),)  # rows of a cursor, mails of a box: what they are has no name of its own
    return frame.world.wiring.outer_attribute_types(frame.world, holder, key[1:]) if key.startswith(".") else ()


def _elements_of_attribute(frame: Frame, state: State, held: Obj, key: str) -> Types:
    """By what a policy says of the elements of an attribute, though it says nothing of what that is itself."""
    if held.base is None or not held.key.startswith(".") or not types.is_element_key(key):
        return ()
    found: dict[Type, None] = {}
    for kind in types_of(frame, state, held.base):
        bases = [kind.path] if kind.cls is None else [f"{base}()" for base in frame.world.outer_bases(kind.cls)]
        for path in (frame.world.policy.canonical(f"{base}{held.key}[]") for base in bases):
            if path.endswith("()") and frame.world.policy.knows_prefix(path):
                found[Type(None, ApiPath(path.removesuffix("()")))] = None
            elif path.endswith("[]") and frame.world.policy.leads_to_source(path):
                found[Type(None, ApiPath(path))] = None
    return tuple(found)


def _string_key(key: str) -> str | None:
    return key[2:-2] if key.startswith(("['", '["')) else None


def declared_attribute(frame: Frame, cls: ClassId, name: str) -> Types:
    """By the annotation in a class body."""
    for each in frame.world.hierarchy(cls):
        ir = frame.world.class_ir(each)
        declared = _declared_field(frame, ir, name) if ir is not None else ()
        if declared:
            return unwrapped(declared)
    return ()


def attribute_types(frame: Frame, cls: ClassId, name: str) -> Types:
    """By the annotation in a class body, a column or relation that a framework makes, or what instances were given."""
    world = frame.world
    for each in world.hierarchy(cls):
        ir = world.class_ir(each)
        declared = _declared_field(frame, ir, name) if ir is not None else ()
        if declared:
            return unwrapped(declared)
        related = related_class(frame, each, name)
        if related is not None:
            return (Type(related, None),)
    instances = world.shared.read(world.objects.any_instance(cls), attribute(name))
    if instances is not None:
        found: dict[Type, None] = {}
        for obj in instances.objects():
            if obj.cls is not None:
                found[Type(obj.cls, None)] = None
            elif obj.api is not None:
                found[Type(None, ApiPath(obj.api.removesuffix("()")))] = None
        if found:
            return tuple(found)
    given = world.remembered("given to", (cls, name), lambda: _given_to_initialiser(frame, cls, name))
    return given or world.wiring.reverse_relation(frame, cls, name)


def _given_to_initialiser(frame: Frame, cls: ClassId, name: str) -> Types:
    """What ``__init__`` declares of the parameter that it keeps under the name: a framework may make the instances."""
    world = frame.world
    for each in world.hierarchy(cls):
        ir = world.class_ir(each)
        method = dict(ir.methods).get("__init__") if ir is not None else None
        function = world.function(method) if method is not None else None
        if function is None:
            continue
        kept = _kept_under(function, name)
        for parameter in function.parameters:
            if parameter.name == kept and parameter.annotation is not None:
                return unwrapped(world.annotations.declared(parameter.annotation, world.module_of(function.id)))
        return ()
    return ()


def _kept_under(method: FunctionIR, name: str) -> str | None:
    """``self.name = parameter``: which parameter."""
    receiver = method.parameters[0].name if method.parameters else ""
    for block in method.blocks:
        loaded: dict[Register, str] = {}
        for each in block.instructions:
            if isinstance(each, instructions.Load):
                loaded[each.target] = each.name
            elif (
                isinstance(each, instructions.SetAttribute)
                and each.name == name
                and loaded.get(each.base) == receiver
                and each.source in loaded
            ):
                return loaded[each.source]
    return None


def _declared_field(frame: Frame, ir: ClassIR, name: str) -> Types:
    for field in ir.fields:
        if field.name == name:
            return frame.world.annotations.declared(field.annotation, frame.world.module_of(ir.id))
    return ()


def unwrapped(declared: Types) -> Types:
    found: dict[Type, None] = {}
    for kind in declared:
        if kind.api is not None and types.last_name(kind.api) in WRAPPERS and kind.arguments:
            found.update(dict.fromkeys(kind.arguments[0]))
        else:
            found[kind] = None
    return tuple(found)


def related_class(frame: Frame, cls: ClassId, name: str) -> ClassId | None:
    """The class that ``name = ForeignKey(Other)`` leads to."""
    world = frame.world
    value = world.shared.read(world.objects.class_object(cls), attribute(name))
    for obj in value.objects() if value is not None else ():
        if obj.api is None or types.last_name(obj.api.removesuffix("()")) not in TO_ONE:
            continue
        target = constructor_argument(frame, obj, 0, "to")
        return class_meant(frame, target, cls) if target is not None else None
    return None


def constructor_argument(frame: Frame, obj: Obj, position: int, name: str) -> Value | None:
    """What an external object of the shared state was made with."""
    found = frame.world.shared.read(obj, f"@argument{position}")
    return found if found is not None else frame.world.shared.read(obj, f"@argument:{name}")


def class_meant(frame: Frame, target: Value, near: ClassId) -> ClassId | None:
    """The class of a relation's target: itself, or named by a string, or the user model of the settings."""
    world = frame.world
    for atom in world.resolve(target).atoms:
        if isinstance(atom, ClassAtom):
            return atom.cls
        if isinstance(atom, Const) and isinstance(atom.value, str):
            return near if atom.value == "self" else world.wiring.model_named(world, atom.value, near)
        path = getattr(atom, "path", "")
        if str(path).endswith("AUTH_USER_MODEL"):
            return world.wiring.user_model(world)
    return None


def variant_of(frame: Frame, state: State, value: Value, obj: Obj) -> Value:
    """The value, as an instance of some class, or as the part of it, that the object is of something."""
    if not obj.is_part:
        return narrowed_value(frame, state, value, ClassId(obj.key.removeprefix(NARROWED)))
    bounds = obj.key.removeprefix(PART)
    return Value({atom.part(bounds) if type(atom) is Obj else atom: carried for atom, carried in value.atoms.items()})


def narrowed_value(frame: Frame, state: State, value: Value, cls: ClassId) -> Value:
    """The value, where it is an instance of the class: other instances are left out."""
    kept: dict[Atom, Truths] = {}
    for atom, carried in value.atoms.items():
        if type(atom) is not Obj:
            kept[atom] = carried
            continue
        kinds = types_of(frame, state, atom)
        if not kinds or (len(kinds) == 1 and _may_be(frame, kinds[0], cls)):
            kept[atom] = carried
        elif any(_may_be(frame, kind, cls) for kind in kinds):
            kept[atom.narrowed(cls)] = carried
    return Value(kept, value.implied, value.probes)


def _may_be(frame: Frame, kind: Type, cls: ClassId) -> bool:
    return kind.cls is None or cls in frame.world.hierarchy(kind.cls) or kind.cls in frame.world.hierarchy(cls)
