"""Attributes of models, managers and forms: relations and the ways back, managers, names for choices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.atoms import ApiAtom, ClassAtom
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.conditions import Query
from datause_lint.analysis.frameworks.django.managers import (
    CALLED_ELSEWHERE,
    MANAGER,
    METHODS,
    QUERYSET,
    is_manager_class,
    is_queryset_class,
    manager_of,
    related_manager,
)
from datause_lint.analysis.frameworks.django.requests import REQUESTS, is_view_class
from datause_lint.analysis.frameworks.django.rows import completed_rows, remembered, row_guards
from datause_lint.analysis.frameworks.django.schema import (
    STOCK_USER,
    Relation,
    Target,
    is_asked_itself,
    schema_of,
    type_of,
)
from datause_lint.analysis.frameworks.django.views import meta_model
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, Types
from datause_lint.analysis.values import Value, of
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR, Parameter
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

_MANAGER: Final = ApiPath("django.db.models.Manager")
_DISPLAY: Final = re.compile(r"django\.db\.models\.Model\(\)\.get_(\w+)_display$")
_DISPLAYED: Final = re.compile(r"get_(\w+)_display$")
_OF_FORMS: Final = frozenset({"cleaned_data", "data", "files", "instance", "changed_data", "errors"})
_FULL_NAME: Final = ("get_full_name", "get_short_name", "get_username")


# ── types ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def attribute_types(frame: Frame, cls: ClassId, name: str) -> Types:
    """Of a relation, or of the way back from one."""
    world = frame.world
    schema = schema_of(world)
    if not schema.is_model(cls):
        return _of_form(world, cls, name)
    relation = schema.relation(cls, name)
    if relation is not None:
        return _manager_types(world, relation.target) if relation.many else (type_of(relation.target),)
    back = schema.reverse(cls, name)
    return _back_types(world, back) if back is not None else ()


def _back_types(world: World, back: Relation) -> Types:
    return (Type(back.owner, None),) if back.one_to_one else _manager_types(world, back.owner)


def _manager_types(world: World, model: Target) -> Types:
    """A manager of the model's records: of the class that the model's own default manager has."""
    own = related_manager(world, ClassId(model)) if ":" in model else None
    arguments = ((type_of(model),),)
    return (Type(own, None, arguments),) if own is not None else (Type(None, _MANAGER, arguments),)


def _of_form(world: World, cls: ClassId, name: str) -> Types:
    if name == "instance" and any(base.startswith("django.forms.") for base in world.outer_bases(cls)):
        model = meta_model(world, cls)
        return (type_of(model),) if model is not None else ()
    return ()


def outer_attribute_types(world: World, api: ApiPath, name: str) -> Types:
    """What relations of the program's models put on a model of a library."""
    if not api.startswith("django.contrib."):
        return ()
    back = schema_of(world).reverse(api, name)
    return _back_types(world, back) if back is not None else ()


def parameter_types(world: World, function: FunctionIR, parameter: Parameter) -> Types:
    """``form`` of ``form_valid(self, form)``, by the class that the view names."""
    cls = function.owner_class
    if cls is None or parameter.name not in ("form", "serializer") or not is_view_class(world, cls):
        return ()
    stated = world.class_attribute(cls, "form_class" if parameter.name == "form" else "serializer_class")
    for atom in stated[0].atoms if stated is not None else ():
        if isinstance(atom, ClassAtom):
            return (Type(atom.cls, None),)
    outer = "django.forms.Form" if parameter.name == "form" else "rest_framework.serializers.Serializer"
    return (Type(None, ApiPath(outer)),)


# ── attributes ────────────────────────────────────────────────────────────────────────────────────────────────────


def class_attribute(frame: Frame, state: State, cls: ClassId, name: str, span: Span) -> Value | None:
    world = frame.world
    if name == "as_manager" and is_queryset_class(world, cls):
        return of(ApiAtom(ApiPath("django.db.models.QuerySet.as_manager"), world.objects.class_object(cls)))
    if name.startswith("__") or not schema_of(world).is_model(cls):
        return None
    if name == "DoesNotExist":
        return None
    if (
        (name in METHODS or name in CALLED_ELSEWHERE)
        and any(map(is_asked_itself, world.outer_bases(cls)))
        and not world.defines(cls, name)
    ):
        manager = manager_of(frame, state, cls, "objects", span)
        found = manager.objects() if manager is not None else []
        return of(*(ApiAtom(ApiPath(f"{MANAGER}.{name}"), obj) for obj in found))
    return manager_of(frame, state, cls, name, span)


def instance_attribute(frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span) -> Value | None:
    world = frame.world
    if is_queryset_class(world, cls) or is_manager_class(world, cls):
        if name in METHODS and world.class_attribute(cls, name) is None:
            return of(ApiAtom(ApiPath(f"{QUERYSET}.{name}"), obj))
        if name == "model":
            stated = stored_value(frame, state, obj, attribute("model"))
            return stated if stated is not None else of(obj.child(attribute("model")))
        return None
    if name in _OF_FORMS and any(base.startswith("django.forms.") for base in world.outer_bases(cls)):
        stored = state.stored(obj, attribute(name))
        return stored if stored is not None else of(obj.child(attribute(name)))
    if not schema_of(world).is_model(cls):
        return None
    completed = _of_consent(frame, state, obj, cls, name, span)
    if completed is not None:
        return completed
    shown = _DISPLAYED.match(name)
    if shown is not None and world.class_attribute(cls, name) is None:
        return of(ApiAtom(ApiPath(f"django.db.models.Model().{name}"), obj))
    return None


def _of_consent(frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span) -> Value | None:
    """The field of a fetched row that says, with what the query asked for, whether it is a consent."""
    if not row_guards(frame, cls) or state.stored(obj, attribute(name)) is not None:
        return None
    asked = remembered(frame, state, obj)
    if not asked:
        return None
    implied = completed_rows(Query(frame, state, cls, obj, frame.location(span)), asked, name)
    return Value({obj.child(attribute(name)): NOTHING}, implied) if any(implied) else None


def outer_attribute(frame: Frame, state: State, obj: Obj, path: str, name: str) -> Value | None:
    if path in REQUESTS and name == "user":
        stored = state.stored(obj, attribute(name))
        return stored if stored is not None else of(obj.child(attribute(name)))
    if path == STOCK_USER and name not in _FULL_NAME:
        return of(obj.child(attribute(name)))
    return None


def model_for(path: str) -> Model | None:
    if _DISPLAY.match(path) is not None:
        return _displayed
    holder, _, name = path.rpartition(".")
    if holder == f"{STOCK_USER}()" and name in _FULL_NAME:
        return _full_name
    return None


def _displayed(call: ModelCall) -> Value:
    """``get_gender_display()``: the field, in words."""
    shown = _DISPLAY.match(call.path)
    assert shown is not None
    return call.data(_read(call, shown[1]))


def _full_name(call: ModelCall) -> Value:
    names = {"get_full_name": ("first_name", "last_name"), "get_short_name": ("first_name",)}
    fields = names.get(call.path.rpartition(".")[2], ("username",))
    return call.data(*(_read(call, name) for name in fields))


def _read(call: ModelCall, name: str) -> Value:
    value, _ = read_attribute(call.frame, call.state, call.receiver, name, call.span, "", call.caller)
    return value
