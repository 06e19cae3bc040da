"""Requests of Django and of its REST framework: what they are, and who makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.atoms import Label
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.schema import schema_of, type_of
from datause_lint.analysis.models.containers import call_method
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import Kind, Obj, attribute
from datause_lint.analysis.resolution_order import order_of
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, Types, last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value, of
from datause_lint.ir.module import FunctionIR, FunctionKind, Parameter
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

REQUEST: Final = ApiPath("django.http.HttpRequest")
REST_REQUEST: Final = ApiPath("rest_framework.request.Request")
REQUESTS: Final = frozenset({REQUEST, REST_REQUEST})
OTHER_FRAMEWORKS: Final = (
    "fastapi",
    "flask",
    "starlette",
    "aiohttp",
    "sanic",
    "tornado",
    "litestar",
    "falcon",
    "bottle",
    "pyramid",
)

# What a request brings: it is about whoever makes the request.
BROUGHT: Final = frozenset("POST GET FILES COOKIES META body data query_params user _request session headers".split())


def is_view_class(world: World, cls: ClassId) -> bool:
    return any(is_view_base(base) for base in world.outer_bases(cls))


def is_mixed_into_views(world: World, cls: ClassId) -> bool:
    """A class with methods for views, which is none itself."""
    return any(is_view_class(world, below) for below in world.subclasses(cls))


def is_view_base(base: str) -> bool:
    return base.startswith(
        ("django.views.", "django.contrib.auth.mixins.", "django.contrib.auth.views.")
    ) or is_rest_base(base)


def is_rest_base(base: str) -> bool:
    if not base.startswith("rest_framework"):
        return False
    name = last_name(base)
    return name.endswith(("View", "ViewSet", "ViewSetMixin", "ModelMixin", "APIView"))


def reached(
    world: World, cls: ClassId, name: str, is_base: Callable[[str], bool] = is_view_base
) -> tuple[Value, ClassId] | None:
    """What a view has under a name: nothing of a mixin that comes behind a view of the framework, which has it, too.

    ``class Summary(View, Consenting)``: ``View.dispatch`` calls no other one, and that of the mixin never runs.
    """
    found = world.class_attribute(cls, name)
    return None if found is None or is_behind_view(world, cls, found[1], is_base) else found


def is_behind_view(world: World, cls: ClassId, mixin: str, is_base: Callable[[str], bool] = is_view_base) -> bool:
    """Whether the views of the framework come before a mixin in the order in which methods are looked for."""
    order: tuple[str, ...] = order_of(world, cls)
    views = [place for place, each in enumerate(order) if is_base(each) and not last_name(each).endswith("Mixin")]
    return bool(views) and mixin in order and views[-1] < order.index(mixin)


def is_rest_view(world: World, cls: ClassId) -> bool:
    return any(is_rest_base(base) for base in world.outer_bases(cls))


def request_of(world: World, cls: ClassId) -> ApiPath:
    return REST_REQUEST if any(is_rest_view(world, each) for each in (cls, *world.subclasses(cls))) else REQUEST


def parameter_types(world: World, function: FunctionIR, parameter: Parameter) -> Types:
    """``request``, first or after ``self``: that of a view, or of what stands around one, and may be of either kind."""
    names = [each.name for each in function.parameters[:2]]
    if parameter.name not in ("request", "req") or parameter.name not in names or function.kind is FunctionKind.LAMBDA:
        return ()
    if function.owner_class is not None and is_view_class(world, function.owner_class):
        return (Type(None, request_of(world, function.owner_class)),)
    marks = {last_name((mark.api or "").removesuffix("()")) for mark in world.marks_of(function.id)}
    if "api_view" in marks:
        return (Type(None, REST_REQUEST),)
    if not _is_of_django(world, function):
        return ()
    either = function.parent is not None and world.program.mentioning(["rest_framework"])
    return (Type(None, REQUEST), Type(None, REST_REQUEST)) if either else (Type(None, REQUEST),)


def _is_of_django(world: World, function: FunctionIR) -> bool:
    """Whether the module may be one of a Django program, and is none of another framework's."""
    module = world.module_of(function.id)
    if module in world.program.mentioning(OTHER_FRAMEWORKS):
        return False
    return bool(world.program.mentioning(["django", "rest_framework"]))


def user_types(world: World) -> Types:
    return (type_of(schema_of(world).user()),)


def outer_attribute_types(world: World, api: ApiPath, name: str) -> Types:
    if api in REQUESTS:
        if name == "user":
            return user_types(world)
        if name in ("_request",):
            return (Type(None, REQUEST),)
    return ()


def model_for(path: str) -> Model | None:
    if path.endswith(".session.get") and path.startswith(tuple(f"{request}()" for request in REQUESTS)):
        return _kept_in_session
    return (
        _requester
        if path in ("django.http.HttpRequest().auser", "django.contrib.auth.get_user", "django.contrib.auth.aget_user")
        else None
    )


def _kept_in_session(call: ModelCall) -> Value:
    """A session is a dict: what stands there may be data, or evidence."""
    value, _ = call_method(call.frame, call.state, "get", call.receiver, call.arguments, call.span, call.caller)
    return value


def _requester(call: ModelCall) -> Value:
    """``await request.auser()``, ``get_user(request)``."""
    given = call.receiver if call.receiver.objects() else call.argument(0, "request")
    return of(*(obj.child(attribute("user")) for obj in given.objects()))


def is_request(frame: Frame, state: State, obj: Obj) -> bool:
    return any(kind.api in REQUESTS for kind in types_of(frame, state, obj))


def is_requester(frame: Frame, state: State, obj: Obj) -> bool:
    """``request.user``; and what a request brings, which is about the same person."""
    if obj.root.of_a_round:
        return False
    if is_request(frame, state, obj):
        return True
    if obj.kind is Kind.FIELD and obj.base is not None:
        name = obj.key[1:] if obj.key.startswith(".") else ""
        if name in BROUGHT and is_request(frame, state, obj.base):
            return True
        if name in ("cleaned_data", "validated_data", "data", "initial_data", "files"):
            return _is_filled_by_requester(frame, state, obj.base)
        return False
    return _is_filled_by_requester(frame, state, obj)


def _is_filled_by_requester(frame: Frame, state: State, obj: Obj) -> bool:
    """A form or serializer made with what the request brought."""
    if not _is_form(frame, state, obj):
        return False
    if obj.kind is Kind.PARAMETER:
        return _is_of_view(frame, obj)
    for key in ("@argument0", "@argument1", "@argument:data", "@argument:files"):
        given = stored_value(frame, state, obj, key)
        if given is not None and _is_of_request(frame, state, given):
            return True
    return obj.key.endswith("~form")


def _is_of_request(frame: Frame, state: State, value: Value) -> bool:
    records = [
        atom.record if isinstance(atom, Label) else atom for atom in value.atoms if isinstance(atom, (Label, Obj))
    ]
    return any(
        (obj.kind is Kind.FIELD and obj.base is not None and obj.key != ".user" and is_request(frame, state, obj.base))
        or is_request(frame, state, obj)
        for obj in records
    )


def _is_form(frame: Frame, state: State, obj: Obj) -> bool:
    for kind in types_of(frame, state, obj):
        bases = frame.world.outer_bases(kind.cls) if kind.cls is not None else [kind.api or ""]
        if any(base.startswith(("django.forms.", "rest_framework.serializers.")) for base in bases):
            return True
    return False


def _is_of_view(frame: Frame, obj: Obj) -> bool:
    """The form, or serializer, that the framework hands to a view's method."""
    function = frame.world.function(obj.key.rpartition("(")[0])  # type: ignore[arg-type]  # a function's id, by its making
    return (
        function is not None and function.owner_class is not None and is_view_class(frame.world, function.owner_class)
    )
