"""Django REST framework: permissions that are asked before a view's code runs, and serializers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import DICT, LIST, data_of, indexed, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django import views
from datause_lint.analysis.frameworks.django.requests import is_rest_view
from datause_lint.analysis.frameworks.django.schema import Target, type_of
from datause_lint.analysis.frameworks.django.views import (
    HANDLERS,
    HOOKS,
    exposed_classes,
    meta_attribute,
    meta_model,
    request_value,
)
from datause_lint.analysis.guards import fold, truths_of
from datause_lint.analysis.models.registry import Caller, Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, Obj, attribute, index
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, Types, last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import (
    EMPTY,
    NONE,
    NOTHING,
    ApiAtom,
    Atom,
    BoundAtom,
    ClassAtom,
    Const,
    Data,
    FunctionAtom,
    Label,
    Truths,
    Value,
    join,
    join_all,
    of,
)
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR, FunctionKind
from datause_lint.names import ApiPath, ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

OPERANDS: Final = {"&": "rest_framework.permissions.AND()", "|": "rest_framework.permissions.OR()"}
NOT: Final = "rest_framework.permissions.NOT()"
ACTION: Final = "rest_framework.decorators.action()"
PERMISSIONS: Final = "rest_framework.decorators.permission_classes()"
SERIALIZER: Final = "rest_framework.serializers.Serializer()"
SHOWN: Final = frozenset({"data", "validated_data", "initial_data"})
MAXIMAL_DEPTH: Final = 8


class RestFramework(Framework):
    def enter(self, frame: Frame, state: State) -> None:
        """Permissions are asked before the method that the request is for."""
        from datause_lint.analysis.calling import call_values

        if frame.function.kind is FunctionKind.FUNCTION:
            _enter(frame, state, call_values)

    def entries(self, world: World) -> Iterable[FunctionId]:
        return [
            function.id
            for module in world.loaded()
            if (ir := world.module(module)) is not None
            for function in ir.functions.values()
            if _action_of(world, function) is not None
        ]

    def model_of(self, path: str) -> Model | None:
        holder, _, name = path.rpartition(".")
        if holder.startswith("rest_framework.") and holder.endswith("()"):
            if "serializers" in holder:
                return _SERIALIZER_METHODS.get(name)
            if name == "check_object_permissions":
                return check_object_permissions
            if name == "get_object":
                return get_object
        return None

    def reverse_relation(self, frame: Frame, cls: ClassId, name: str) -> Types:
        if name == "instance" and is_serializer(frame.world, cls):
            model = meta_model(frame.world, cls)
            return (type_of(model),) if model is not None else ()
        return ()

    def instance_attribute(
        self, frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span
    ) -> Value | None:
        if (
            name == "check_object_permissions"
            and is_rest_view(frame.world, cls)
            and not frame.world.class_attribute(cls, name)
        ):
            return of(ApiAtom(ApiPath("rest_framework.views.APIView().check_object_permissions"), obj))
        if not is_serializer(frame.world, cls) or frame.world.class_attribute(cls, name) is not None:
            return None
        from datause_lint.analysis.calling import call_values

        call = ModelCall(frame, state, f"{SERIALIZER}.{name}", of(obj), Arguments(), span, call_values)
        if name in SHOWN:
            return shown(call, obj, cls, name)
        if name == "instance":
            return _given(call, obj, 0, "instance") or of(obj.child(attribute(name)))
        if name in _SERIALIZER_METHODS:
            return of(ApiAtom(ApiPath(f"{SERIALIZER}.{name}"), obj))
        return None

    # ── permissions put together ──────────────────────────────────────────────────────────────────────────────────

    def binary(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        if operator not in OPERANDS or not (_is_permission(frame, left) or _is_permission(frame, right)):
            return None
        return of(_operation(frame, state, OPERANDS[operator], [left, right], span))

    def unary(self, frame: Frame, state: State, operator: str, operand: Value, span: Span) -> Value | None:
        if operator != "~" or not _is_permission(frame, operand):
            return None
        return of(_operation(frame, state, NOT, [operand], span))


# ── permissions ───────────────────────────────────────────────────────────────────────────────────────────────────


def _is_permission(frame: Frame, value: Value) -> bool:
    for atom in frame.world.resolve(value).atoms:
        if isinstance(atom, ClassAtom) and any(
            "permission" in base.lower() for base in frame.world.outer_bases(atom.cls)
        ):
            return True
        path = atom.path if isinstance(atom, ApiAtom) else (atom.api or "") if type(atom) is Obj else ""
        if path.startswith(("rest_framework.permissions.", "rest_framework_api_key.permissions.")):
            return True
    return False


def _operation(frame: Frame, state: State, api: str, operands: list[Value], span: Span) -> Obj:
    made = frame.world.objects.external(frame.site(span), ApiPath(api))
    state.allocate(made)
    for position, operand in enumerate(operands):
        state.store(made, f"@operand{position}", operand)
    return made


class _Asking:
    """What it proves that permissions are given, to the request that a function answers."""

    def __init__(self, frame: Frame, state: State, caller: Caller, request: Value, view: Value) -> None:
        self.frame = frame
        self.state = state
        self.caller = caller
        self.request = request
        self.view = view
        self.method = "has_permission"
        self.object: Value | None = None

    def granted_by_all(self, permissions: Value) -> Truths:
        """Of a list of permissions, each of which must be given; of several lists, any may be meant."""
        found: Truths | None = None
        for obj in permissions.objects():
            facts: Truths = NOTHING
            for _, each in indexed(self.frame, self.state, obj):
                facts |= self.outcome(each, 0)[0]
            found = facts if found is None else found & facts
        return found or NOTHING

    def outcome(self, permission: Value, depth: int) -> tuple[Truths, Truths]:
        """What the permission's being given, and its being refused, prove."""
        results = [self._of_atom(atom, depth) for atom in self.frame.world.resolve(permission).atoms]
        if not results:
            return NOTHING, NOTHING
        return frozenset.intersection(*(true for true, _ in results)), frozenset.intersection(
            *(no for _, no in results)
        )

    def _of_atom(self, atom: Atom, depth: int) -> tuple[Truths, Truths]:
        if isinstance(atom, ClassAtom):
            return self._of_class(atom.cls)
        if type(atom) is not Obj or depth > MAXIMAL_DEPTH:
            return NOTHING, NOTHING
        if atom.cls is not None:
            return self._of_instance(atom, atom.cls)
        operands = [
            self.outcome(value, depth + 1)
            for position in range(2)
            if (value := stored_value(self.frame, self.state, atom, f"@operand{position}")) is not None
        ]
        if atom.api == NOT and operands:
            return operands[0][1], operands[0][0]
        if len(operands) == 2 and atom.api in OPERANDS.values():
            (left, no_left), (right, no_right) = operands
            both = atom.api == OPERANDS["&"]
            return (left | right, no_left & no_right) if both else (left & right, no_left | no_right)
        return NOTHING, NOTHING

    def _of_class(self, cls: ClassId) -> tuple[Truths, Truths]:
        made = self.frame.world.objects.new(f"{self.frame.function.id}~{cls}", cls)
        return self._of_instance(made, cls)

    def _of_instance(self, made: Obj, cls: ClassId) -> tuple[Truths, Truths]:
        stated = self.frame.world.class_attribute(cls, self.method)
        bound = [
            BoundAtom(atom.function, atom.environment, made)
            for atom in (stated[0].atoms if stated is not None else ())
            if isinstance(atom, FunctionAtom)
        ]
        if not bound:
            return NOTHING, NOTHING
        given = [self.request, self.view, *([self.object] if self.object is not None else [])]
        before = self.state.copy()
        answer, after = self.caller(self.frame, before, of(*bound), Arguments(given), self.frame.function.span)
        if after is None:
            return NOTHING, NOTHING
        implied = truths_of(answer)
        learned = after.facts - self.state.facts
        return implied.true | learned, implied.false


def _enter(frame: Frame, state: State, caller: Caller) -> None:
    function, world = frame.function, frame.world
    stated = _marked_permissions(world, function)
    cls = function.owner_class
    if cls is None:
        if stated is not None:
            asking = _Asking(frame, state, caller, request_value(frame, state), EMPTY)
            state.learn(asking.granted_by_all(stated))
        return
    if not is_rest_view(world, cls) or not function.parameters:
        return
    action = _action_of(world, function)
    if function.name not in (*HANDLERS, *HOOKS) and action is None:
        return
    view = of(world.objects.parameter(function.id, function.parameters[0].name))
    asking = _Asking(frame, state, caller, request_value(frame, state), view)
    if stated is None and action is not None:
        stated = world.shared.read(action, "@argument:permission_classes")
    if stated is not None:
        state.learn(asking.granted_by_all(stated))
        return
    facts = [_of_view(asking, each) for each in exposed_classes(world, cls, function)]
    if facts:
        state.learn(frozenset.intersection(*facts))


def _of_view(asking: _Asking, cls: ClassId) -> Truths:
    """By the class's get_permissions, else its permission_classes, else those of the settings."""
    world = asking.frame.world
    own = world.class_attribute(cls, "get_permissions")
    bound = [
        BoundAtom(atom.function, atom.environment, obj)
        for atom in (own[0].atoms if own is not None else ())
        if isinstance(atom, FunctionAtom)
        for obj in asking.view.objects()
    ]
    if bound:
        before = asking.state.copy()
        given, after = asking.caller(asking.frame, before, of(*bound), Arguments(), asking.frame.function.span)
        if after is None:
            return NOTHING
        inner = _Asking(asking.frame, after, asking.caller, asking.request, asking.view)
        return inner.granted_by_all(given)
    stated = world.class_attribute(cls, "permission_classes")
    return asking.granted_by_all(stated[0] if stated is not None else _of_settings(asking))


def _of_settings(asking: _Asking) -> Value:
    """``REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["app.permissions.Consented"]}``."""
    world = asking.frame.world
    for module in world.program.mentioning(["DEFAULT_PERMISSION_CLASSES"]):
        settings = world.global_value(module, "REST_FRAMEWORK")
        for obj in settings.objects() if settings is not None else ():
            names = world.shared.read(obj, index("DEFAULT_PERMISSION_CLASSES"))
            classes = (
                [_by_path(asking.frame, constant) for constant in _texts(asking, names)] if names is not None else []
            )
            made = world.objects.new(f"{module}~permissions", api=ApiPath(LIST))
            asking.state.heap[made] = {index(position): value for position, value in enumerate(classes)}
            return of(made)
    return EMPTY


def _texts(asking: _Asking, names: Value) -> list[str]:
    found: list[str] = []
    for obj in names.objects():
        for _, value in indexed(asking.frame, asking.state, obj):
            constant = value.constant()
            if constant is not None and isinstance(constant.value, str):
                found.append(constant.value)
    return found


def _by_path(frame: Frame, path: str) -> Value:
    module, _, name = path.rpartition(".")
    found = frame.world.program.find(module, frame.module.name) if module else None
    value = frame.world.global_value(found, name) if found is not None else None
    return value if value is not None else of(ApiAtom(ApiPath(path)))


def _marked_permissions(world: World, function: FunctionIR) -> Value | None:
    """``@permission_classes([Consented])``."""
    for mark in world.marks_of(function.id):
        if mark.api == PERMISSIONS:
            return world.shared.read(mark, "@argument0")
    return None


def _action_of(world: World, function: FunctionIR) -> Obj | None:
    """The ``@action`` that stands on a method of a view set."""
    if function.owner_class is None:
        return None
    for mark in world.marks_of(function.id):
        api = (mark.api or "").removesuffix("()")
        if api.startswith("rest_framework.decorators.") and last_name(api) in ("action", "detail_route", "list_route"):
            return mark
    return None


def check_object_permissions(call: ModelCall) -> Value:
    """``self.check_object_permissions(request, note)``: the permissions are asked about the object."""
    _ask_about(call, call.argument(0, "request"), call.argument(1, "obj"))
    return NONE


def get_object(call: ModelCall) -> Value:
    """The record that a view is for, once its permissions were asked about it."""
    found = views.get_object(call)
    requests = of(*(obj.child(attribute("request")) for obj in call.receiver.objects()))
    _ask_about(call, requests, found)
    return found


def _ask_about(call: ModelCall, request: Value, about: Value) -> None:
    asking = _Asking(call.frame, call.state, call.caller, request, call.receiver)
    asking.method = "has_object_permission"
    asking.object = about
    facts: Truths | None = None
    for cls in views.classes_of(call):
        stated = call.frame.world.class_attribute(cls, "permission_classes")
        proven = asking.granted_by_all(stated[0]) if stated is not None else NOTHING
        facts = proven if facts is None else facts & proven
    call.state.learn(facts or NOTHING)


# ── serializers ───────────────────────────────────────────────────────────────────────────────────────────────────


def is_serializer(world: World, cls: ClassId) -> bool:
    return any(
        base.startswith(("rest_framework.serializers.", "rest_framework_")) and "erializer" in base
        for base in world.outer_bases(cls)
    )


def shown(call: ModelCall, obj: Obj, cls: ClassId, name: str) -> Value:
    """``serializer.data``: the fields of what it was made with; else what it was given to check."""
    instance = _given(call, obj, 0, "instance")
    data = _given(call, obj, 1, "data")
    parts: list[Value] = []
    if name == "data" and instance is not None:
        many = _given(call, obj, -1, "many")
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


def _given(call: ModelCall, obj: Obj, position: int, name: str) -> Value | None:
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
        instance = _given(call, obj, 0, "instance")
        if instance is not None:
            found.append(instance)
            continue
        for kind in types_of(call.frame, call.state, obj):
            model = meta_model(call.frame.world, kind.cls) if kind.cls is not None else None
            if model is not None:
                found.append(of(_instance_of(call, model)))
    result = join_all(found)
    return result if result.atoms else of(call.external())


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


_SERIALIZER_METHODS: dict[str, Model] = {
    "save": _saved,
    "create": _saved,
    "update": _saved,
    "is_valid": lambda call: EMPTY,
    "to_representation": _represented,
}
