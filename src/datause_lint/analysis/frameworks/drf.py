"""Django REST framework: permissions that are asked before a view's code runs, and serializers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import LIST, TUPLE, indexed, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, ClassAtom, Const, FunctionAtom
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django import views
from datause_lint.analysis.frameworks.django.requests import is_rest_base, is_rest_view, reached
from datause_lint.analysis.frameworks.django.schema import type_of
from datause_lint.analysis.frameworks.django.view_checks import request_value
from datause_lint.analysis.frameworks.django.views import (
    HANDLERS,
    HOOKS,
    exposed_classes,
    meta_model,
)
from datause_lint.analysis.frameworks.drf_filters import as_the_view_filters, filter_queryset
from datause_lint.analysis.frameworks.drf_serializers import (
    MAXIMAL_DEPTH,
    SERIALIZER,
    SERIALIZER_METHODS,
    SHOWN,
    given,
    is_serializer,
    shown,
)
from datause_lint.analysis.frameworks.validation import enter_validator
from datause_lint.analysis.guards import truths_of
from datause_lint.analysis.models.registry import UNMODELLED, Caller, Model, ModelCall
from datause_lint.analysis.objects import Obj, attribute, index
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Types, last_name
from datause_lint.analysis.values import EMPTY, NONE, Value, of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR, FunctionKind
from datause_lint.names import ApiPath, ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

OPERANDS: Final = {"&": "rest_framework.permissions.AND()", "|": "rest_framework.permissions.OR()"}
NOT: Final = "rest_framework.permissions.NOT()"
API_VIEW: Final = "rest_framework.decorators.api_view()"
PERMISSIONS: Final = "rest_framework.decorators.permission_classes()"
SAFE_METHODS: Final = "rest_framework.permissions.SAFE_METHODS"
OVERRIDDEN: Final = "@argument:permission_classes"  # of an ``@action``: what is asked instead of the view's own
METHOD_OF_ACTION: Final = {
    "list": "GET",
    "retrieve": "GET",
    "create": "POST",
    "update": "PUT",
    "partial_update": "PATCH",
    "destroy": "DELETE",
}


class RestFramework(Framework):
    def enter(self, frame: Frame, state: State) -> None:
        """Permissions are asked before the method that the request is for."""
        from datause_lint.analysis.calling import call_values

        if frame.function.kind is FunctionKind.FUNCTION:
            enter_validator(frame, state)
            _enter(frame, state, call_values)

    def entries(self, world: World) -> Iterable[FunctionId]:
        return [
            function.id
            for module in world.modules_run()
            for function in module.functions.values()
            if _action_of(world, function) is not None
        ]

    def model_of(self, path: str) -> Model | None:
        holder, _, name = path.rpartition(".")
        if holder.startswith("rest_framework.") and holder.endswith("()"):
            if "serializers" in holder:
                return SERIALIZER_METHODS.get(name)
            if name == "check_object_permissions":
                return check_object_permissions
            if name == "get_object":
                return get_object
            if name == "filter_queryset":
                return filter_queryset
        return None

    def exported(self, world: World, path: str) -> Value | None:
        if path != SAFE_METHODS:
            return None
        made = world.objects.external(path, ApiPath(TUPLE))
        for position, verb in enumerate(("GET", "HEAD", "OPTIONS")):
            world.shared.write(made, index(position), of(Const(verb, str)))
        return of(made)

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
            return given(call, obj, 0, "instance") or of(obj.child(attribute(name)))
        if name in SERIALIZER_METHODS:
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

    def __init__(
        self, frame: Frame, state: State, caller: Caller, request: Value, view: Value, about: Value | None = None
    ) -> None:
        self.frame = frame
        self.state = state
        self.caller = caller
        self.request = request
        self.view = view
        self.method = "has_permission" if about is None else "has_object_permission"
        self.object = about

    def granted_by_all(self, permissions: Value) -> Truths:
        """Of a list of permissions, each of which must be given; of several lists, any may be meant."""
        found: Truths | None = None
        for obj in permissions.objects():
            facts: Truths = NOTHING
            for _, each in indexed(self.frame, self.state, obj):
                facts |= self.outcome(each, 0)[0]
            found = facts if found is None else common(found, facts)
        return found or NOTHING

    def outcome(self, permission: Value, depth: int) -> tuple[Truths, Truths]:
        """What the permission's being given, and its being refused, prove."""
        results = [self._of_atom(atom, depth) for atom in self.frame.world.resolve(permission).atoms]
        if not results:
            return NOTHING, NOTHING
        return common(*(true for true, _ in results)), common(*(no for _, no in results))

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
            return (left | right, common(no_left, no_right)) if both else (common(left, right), no_left | no_right)
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
    if function.name not in {*HANDLERS, *HOOKS} and action is None:
        return
    view = of(world.objects.parameter(function.id, function.parameters[0].name))
    request = request_value(frame, state)
    asking = _Asking(frame, _told_of_request(state, function.name, action, request, view), caller, request, view)
    if stated is None and action is not None:
        stated = world.shared.read(action, OVERRIDDEN)
    if stated is not None:
        state.learn(asking.granted_by_all(stated))
        return
    exposed = exposed_classes(world, cls, function) or [cls]  # of a base that nobody routes, the class itself
    state.learn(common(*(_of_view(asking, each) for each in exposed)))


def _told_of_request(state: State, handler: str, action: Obj | None, request: Value, view: Value) -> State:
    """What permissions may ask of the request that this very handler answers: its method, and the view's action."""
    told = state.copy()
    if action is not None or handler in METHOD_OF_ACTION:
        for obj in view.objects():
            told.store(obj, attribute("action"), of(Const(handler, str)))
    verb = METHOD_OF_ACTION.get(handler, handler.upper() if handler in HANDLERS else None)
    for obj in request.objects() if verb is not None else ():
        told.store(obj, attribute("method"), of(Const(verb, str)))
    return told


def _of_view(asking: _Asking, cls: ClassId) -> Truths:
    """By the class's get_permissions, else its permission_classes, else those of the settings."""
    world = asking.frame.world
    own = reached(world, cls, "get_permissions", is_rest_base)
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
        inner = _Asking(asking.frame, after, asking.caller, asking.request, asking.view, asking.object)
        return inner.granted_by_all(given)
    stated = reached(world, cls, "permission_classes", is_rest_base)
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
    """``@permission_classes([Consented])``, below ``@api_view``: above it, nobody looks at them."""
    for mark in world.marks_of(function.id):  # from the inside out
        if mark.api == API_VIEW:
            return None
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
    query = call.optional(0, "queryset")
    if query is None and (own := views.own_queryset(call)) is not UNMODELLED:
        query = as_the_view_filters(call, own)
    given = Arguments([query]) if query is not None else Arguments()
    found = views.get_object(ModelCall(call.frame, call.state, call.path, call.receiver, given, call.span, call.caller))
    requests = of(*(obj.child(attribute("request")) for obj in call.receiver.objects()))
    _ask_about(call, requests, found)
    return found


def _ask_about(call: ModelCall, request: Value, about: Value) -> None:
    frame, world = call.frame, call.frame.world
    asking = _Asking(frame, call.state, call.caller, request, call.receiver, about)
    action = _action_of(world, frame.function)
    stated = world.shared.read(action, OVERRIDDEN) if action is not None else None
    if stated is not None:
        call.state.learn(asking.granted_by_all(stated))
        return
    proven = [_of_view(asking, cls) for cls in views.classes_of(call)]
    if action is None and frame.function.name not in HANDLERS:  # a helper, which any action may call
        proven += [asking.granted_by_all(each) for each in _overridden_by_actions(call)]
    call.state.learn(common(*proven))


def _overridden_by_actions(call: ModelCall) -> list[Value]:
    """The permissions that actions of the view's classes state instead of the class's own."""
    world = call.frame.world
    functions = [
        function
        for cls in views.classes_of(call)
        for each in world.hierarchy(cls)
        if (module := world.module(world.module_of(each))) is not None
        for function in module.functions.values()
        if function.owner_class == each
    ]
    actions = [action for function in functions if (action := _action_of(world, function)) is not None]
    return [stated for action in actions if (stated := world.shared.read(action, OVERRIDDEN)) is not None]
