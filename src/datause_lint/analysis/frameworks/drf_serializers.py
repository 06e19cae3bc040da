"""Serializers of Django REST framework: what they show of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import DICT, LIST, stored_value
from datause_lint.analysis.atoms import BoundAtom, Const, Data, FunctionAtom, Label
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.schema import Target, type_of
from datause_lint.analysis.frameworks.django.views import (
    meta_attribute,
    meta_model,
)
from datause_lint.analysis.frameworks.validation import proven_of_serializer
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, Obj, attribute, index
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.types import Type, last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of
from datause_lint.names import ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

SERIALIZER: Final = "rest_framework.serializers.Serializer()"
SHOWN: Final = frozenset({"data", "validated_data", "initial_data"})
MAXIMAL_DEPTH: Final = 8

# ── serializers ───────────────────────────────────────────────────────────────────────────────────────────────────


def is_serializer(world: World, cls: ClassId) -> bool:
    return any(
        base.startswith(("rest_framework.serializers.", "rest_framework_")) and "erializer" in base
        for base in world.outer_bases(cls)
    )


def shown(call: ModelCall, obj: Obj, cls: ClassId, name: str) -> Value:
    """``serializer.data``: the fields of what it was made with; else what it was given to check."""
    instance = given(call, obj, 0, "instance")
    data = given(call, obj, 1, "data")
    parts: list[Value] = []
    if name == "data" and instance is not None:
        many = given(call, obj, -1, "many")
        if many is not None and not _is_false(call, many):
            parts.append(call.container(LIST, _record(call, call.elements(instance), cls, 0, "~many"), "~list"))
        else:
            parts.append(_record(call, instance, cls, 0, "~one"))
    if data is not None:
        parts.append(data)
    if not parts:
        parts.append(of(obj.child(attribute(name))))
    return join_all(parts)


def _is_false(call: ModelCall, value: Value) -> bool:
    constants = fold(call.frame, value)
    return constants is not None and not any(each.value for each in constants)


def given(call: ModelCall, obj: Obj, position: int, name: str) -> Value | None:
    """An argument of the call that made the serializer."""
    for key in (f"@argument:{name}", f"@argument{position}"):
        found = stored_value(call.frame, call.state, obj, key)
        if found is not None:
            return found
    return None


def _record(call: ModelCall, instance: Value, cls: ClassId, depth: int, part: str) -> Value:
    """The dict that a serializer makes of a record."""
    own = call.frame.world.class_attribute(cls, "to_representation")
    made = call.new(DICT, f"{part}{depth}")
    for name in field_names(call.frame, cls):
        call.state.store(made, index(name), _field(call, instance, cls, name, depth, part))
    functions = [atom for atom in own[0].atoms if isinstance(atom, FunctionAtom)] if own is not None else []
    if functions and depth == 0:
        receiver = call.frame.world.objects.new(f"{call.site()}~{cls}", cls)
        call.state.store(receiver, "@shown", of(made))
        return call.call(of(*(BoundAtom(each.function, each.environment, receiver) for each in functions)), instance)
    return of(made)


def field_names(frame: Frame, cls: ClassId) -> list[str]:
    """Declared fields, and those of ``Meta.fields``: all, or all but ``Meta.exclude``."""
    world = frame.world
    names: dict[str, None] = {}
    for each in reversed(world.hierarchy(cls)):
        holder = world.objects.class_object(each)
        for key in world.shared.keys(holder):
            value = world.shared.read(holder, key) if key.startswith(".") else None
            if value is not None and any(_is_field(frame, obj) for obj in value.objects()):
                names[key[1:]] = None
    listed = meta_attribute(world, cls, "fields")
    constant = listed.constant() if listed is not None else None
    left_out = meta_attribute(world, cls, "exclude")
    model = meta_model(world, cls)
    if listed is not None and constant is None:
        names.update(dict.fromkeys(_constants(frame, listed)))
    elif (constant is not None or left_out is not None) and model is not None and ":" in model:
        hidden = _constants(frame, left_out) if left_out is not None else []
        names.update(
            (name, None) for name in frame.world.records.field_names(frame, ClassId(model)) if name not in hidden
        )
    return list(names)


def _is_field(frame: Frame, obj: Obj) -> bool:
    if obj.cls is not None:
        return is_serializer(frame.world, obj.cls)
    return (obj.api or "").startswith("rest_framework.")


def _constants(frame: Frame, value: Value) -> list[str]:
    found: list[str] = []
    for obj in value.objects():
        position = 0
        while (item := frame.world.shared.read(obj, index(position))) is not None:
            constant = item.constant()
            if constant is not None and isinstance(constant.value, str):
                found.append(constant.value)
            position += 1
    return found


def _field(call: ModelCall, instance: Value, cls: ClassId, name: str, depth: int, part: str) -> Value:
    stated = call.frame.world.class_attribute(cls, name)
    for obj in stated[0].objects() if stated is not None else ():
        if last_name((obj.api or "").removesuffix("()")) == "SerializerMethodField":
            return _by_method(call, instance, cls, name, obj)
        source = call.frame.world.shared.read(obj, "@argument:source")
        constant = source.constant() if source is not None else None
        path = str(constant.value) if constant is not None else name
        found = _along(call, instance, path)
        if obj.cls is not None and depth < MAXIMAL_DEPTH:
            return _nested(call, found, obj, depth, f"{part}.{name}")
        return join(found, call.data(found)) if (obj.api or "").endswith("StringRelatedField()") else found
    return _along(call, instance, name)


def _nested(call: ModelCall, found: Value, obj: Obj, depth: int, part: str) -> Value:
    assert obj.cls is not None
    many = call.frame.world.shared.read(obj, "@argument:many")
    if many is None:
        return _record(call, found, obj.cls, depth + 1, part)
    return call.container(LIST, _record(call, _members(call, found), obj.cls, depth + 1, part), f"{part}~list{depth}")


def _members(call: ModelCall, found: Value) -> Value:
    """The records of a related manager, or of a list."""
    members = call.elements(found)
    return members if members.atoms else Value({obj.child(ELEMENT): NOTHING for obj in found.objects()})


def _by_method(call: ModelCall, instance: Value, cls: ClassId, name: str, field: Obj) -> Value:
    stated = call.frame.world.shared.read(field, "@argument:method_name") or call.frame.world.shared.read(
        field, "@argument0"
    )
    constant = stated.constant() if stated is not None else None
    method = str(constant.value) if constant is not None else f"get_{name}"
    member = call.frame.world.class_attribute(cls, method)
    receiver = call.frame.world.objects.new(f"{call.site()}~{cls}", cls)
    bound = [
        BoundAtom(atom.function, atom.environment, receiver)
        for atom in (member[0].atoms if member is not None else ())
        if isinstance(atom, FunctionAtom)
    ]
    return call.call(of(*bound), instance) if bound else EMPTY


def _along(call: ModelCall, instance: Value, path: str) -> Value:
    value = instance
    for name in path.split(".") if path != "*" else ():
        value, _ = read_attribute(call.frame, call.state, value, name, call.span, "", call.caller)
    return Value(
        {atom: carried for atom, carried in value.atoms.items() if isinstance(atom, (Obj, Label, Data, Const))}
    )


# ── methods of serializers ────────────────────────────────────────────────────────────────────────────────────────


def _saved(call: ModelCall) -> Value:
    """``serializer.save()``: the record that its own create or update makes, else one of its model."""
    found: list[Value] = []
    for obj in call.receiver.objects():
        instance = given(call, obj, 0, "instance")
        if instance is not None:
            found.append(instance)
            continue
        for kind in types_of(call.frame, call.state, obj):
            model = meta_model(call.frame.world, kind.cls) if kind.cls is not None else None
            if model is not None:
                found.append(of(_instance_of(call, model)))
    result = join_all(found)
    if call.path.endswith(".save"):
        _fill_in(call, result)
    return result if result.atoms else of(call.external())


def _fill_in(call: ModelCall, saved: Value) -> None:
    """``serializer.save(author=request.user)`` sets a field of the record, which is the serializer's from then on."""
    for name, value in call.arguments.keywords.items():
        call.write(saved, attribute(name), value)
    for obj in call.receiver.objects() if saved.atoms else ():
        call.state.store(obj, attribute("instance"), saved)


def _instance_of(call: ModelCall, model: Target) -> Obj:
    kind: Type = type_of(model)
    return call.external(f"{kind.api}()" if kind.api is not None else None, kind.cls, "~saved")


def _represented(call: ModelCall) -> Value:
    """``super().to_representation(instance)``."""
    instance = call.argument(0, "instance")
    parts: list[Value] = []
    for obj in call.receiver.objects():
        for kind in types_of(call.frame, call.state, obj):
            if kind.cls is not None:
                parts.append(_record(call, instance, kind.cls, 1, "~super"))
    return join_all(parts) if parts else data_of(call.frame, call.state, instance)


def _validity(call: ModelCall) -> Value:
    """``serializer.is_valid(raise_exception=True)``."""
    only = call.receiver.only_object()
    proven = proven_of_serializer(call.frame, call.state, only, call.span) if only is not None else NOTHING
    raises = call.argument(0, "raise_exception").constant()
    if raises is not None and raises.value is True:
        call.state.learn(proven)
    return Value({}, Implied(true=proven))


SERIALIZER_METHODS: dict[str, Model] = {
    "save": _saved,
    "create": _saved,
    "update": _saved,
    "is_valid": _validity,
    "to_representation": _represented,
}
