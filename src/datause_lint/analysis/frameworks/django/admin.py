"""The admin: what it hands to the hooks of its classes, and to actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.atoms import ClassAtom
from datause_lint.analysis.types import Type, Types
from datause_lint.ir.module import FunctionIR, Parameter
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

PACKAGES: Final = ("django.contrib.admin.", "django.contrib.gis.admin.")
REGISTER: Final = "django.contrib.admin.register"
QUERYSET: Final = ApiPath("django.db.models.QuerySet")


def parameter_types(world: World, function: FunctionIR, parameter: Parameter) -> Types:
    """``save_model(self, request, obj, form, change)``, ``publish(modeladmin, request, queryset)``."""
    if parameter.name not in ("obj", "queryset"):
        return ()
    owner = function.owner_class
    administers = owner is not None and any(base.startswith(PACKAGES) for base in world.outer_bases(owner))
    model = _model_of(world, owner) if owner is not None and administers else ()
    if parameter.name == "obj":
        return model
    return (Type(None, QUERYSET, (model,) if model else ()),) if administers or _is_action(world, function) else ()


def _is_action(world: World, function: FunctionIR) -> bool:
    marked = any((mark.api or "").startswith(PACKAGES) for mark in world.marks_of(function.id))
    return marked or (bool(function.parameters) and function.parameters[0].name in ("modeladmin", "model_admin"))


def _model_of(world: World, cls: ClassId) -> Types:
    """The model that ``@admin.register(Model)`` names."""
    marks = world.shared.read(world.objects.class_object(cls), "@marks")
    for mark in marks.objects() if marks is not None else ():
        stated = world.shared.read(mark, "@argument0") if (mark.api or "").startswith(PACKAGES) else None
        for atom in stated.atoms if stated is not None else ():
            if isinstance(atom, ClassAtom):
                return (Type(atom.cls, None),)
    return ()
