"""Django: models and queries, requests and views, signals, and what they check before a view runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from datause_lint.analysis.atoms import ApiAtom
from datause_lint.analysis.frameworks.django import (
    admin,
    columns,  # noqa: F401  # it registers itself
    decorators,  # noqa: F401  # so does this
    fields,
    forms,
    making,  # noqa: F401  # likewise
    managers,
    querysets,
    requests,
    settings,
    shortcuts,
    signals,
    view_checks,
    views,
    withdrawing,  # noqa: F401  # likewise
)
from datause_lint.analysis.frameworks.django.schema import STOCK_USER, USER_FIELDS, base_behind, schema_of
from datause_lint.analysis.models import asgiref  # noqa: F401  # it registers itself
from datause_lint.analysis.models.registry import Model
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Types
from datause_lint.analysis.values import Value, of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR, FunctionKind, Parameter
from datause_lint.names import ApiPath, ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World


class Django(Framework):
    def parameter_types(self, world: World, function: FunctionIR, parameter: Parameter) -> Types:
        return (
            requests.parameter_types(world, function, parameter)
            or signals.parameter_types(world, function, parameter)
            or fields.parameter_types(world, function, parameter)
            or admin.parameter_types(world, function, parameter)
        )

    def enter(self, frame: Frame, state: State) -> None:
        if frame.function.kind is FunctionKind.FUNCTION:
            from datause_lint.analysis.calling import call_values

            signals.enter(frame, state)
            forms.enter(frame, state)
            view_checks.enter(frame, state, call_values)

    def model_of(self, path: str) -> Model | None:
        return (
            managers.model_for(path)
            or views.model_for(path)
            or fields.model_for(path)
            or forms.model_for(path)
            or signals.model_for(path)
            or requests.model_for(path)
        )

    def never_decorates(self, path: str) -> bool:
        return signals.model_for(path) is not None or path == admin.REGISTER

    # ── classes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def inherited_fields(self, base: ApiPath) -> Iterable[str]:
        return USER_FIELDS if base in (STOCK_USER, "django.contrib.auth.models.AbstractUser") else ()

    def reverse_relation(self, frame: Frame, cls: ClassId, name: str) -> Types:
        if requests.is_view_class(frame.world, cls):
            return views.attribute_types(frame.world, cls, name)
        if name == "request" and requests.is_mixed_into_views(frame.world, cls):
            return views.attribute_types(frame.world, cls, name)
        return fields.attribute_types(frame, cls, name)

    def inverse_of(self, frame: Frame, person: str, many: str) -> str | None:
        relation = schema_of(frame.world).reverse(ClassId(person), many)
        return relation.name if relation is not None and not relation.many else None

    def is_one_to_one(self, world: World, holder: str, name: str) -> bool:
        return schema_of(world).is_one_to_one(ClassId(holder), name)

    def model_named(self, world: World, name: str, near: ClassId) -> ClassId | None:
        schema = schema_of(world)
        return schema.named(name, near) if schema.is_model(near) else None

    def user_model(self, world: World) -> ClassId | None:
        user = schema_of(world).user()
        return ClassId(user) if ":" in user else None

    def base_behind(self, world: World, cls: ClassId) -> ApiPath | None:
        return base_behind(world, cls)

    def class_attribute(self, frame: Frame, state: State, cls: ClassId, name: str, span: Span) -> Value | None:
        if name == "as_view" and requests.is_view_class(frame.world, cls):
            return of(ApiAtom(ApiPath("django.views.View.as_view"), frame.world.objects.class_object(cls)))
        return fields.class_attribute(frame, state, cls, name, span)

    def instance_attribute(
        self, frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span
    ) -> Value | None:
        if requests.is_view_class(frame.world, cls):
            return views.instance_attribute(frame, state, obj, cls, name)
        return fields.instance_attribute(frame, state, obj, cls, name, span)

    def exported(self, world: World, path: str) -> Value | None:
        return settings.stated(world, path)

    def outer_attribute(self, frame: Frame, state: State, obj: Obj, path: str, name: str, span: Span) -> Value | None:
        return fields.outer_attribute(frame, state, obj, path, name)

    def outer_attribute_types(self, world: World, api: ApiPath, name: str) -> Types:
        return requests.outer_attribute_types(world, api, name) or fields.outer_attribute_types(world, api, name)

    def element_types(self, frame: Frame, state: State, collection: Obj) -> Types:
        return managers.element_types(frame, state, collection)

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────

    def is_requester(self, frame: Frame, state: State, obj: Obj) -> bool:
        return requests.is_requester(frame, state, obj)

    # ── what is called ────────────────────────────────────────────────────────────────────────────────────────────

    def entries(self, world: World) -> Iterable[FunctionId]:
        return [
            function.id
            for module in world.modules_run()
            for function in module.functions.values()
            if views.entries(world, function)
        ]

    def is_wrapped(self, world: World, function: FunctionIR) -> bool:
        return views.is_wrapped(world, function)

    def callers_words(self, world: World, function: FunctionId) -> Iterable[str]:
        ir = world.function(function)
        return [*signals.callers_words(world, function), *(views.callers_words(world, ir) if ir is not None else ())]

    # ── operators ─────────────────────────────────────────────────────────────────────────────────────────────────

    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        from datause_lint.analysis.calling import call_values

        return querysets.item(frame, state, base, key, span, call_values)

    def compare(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        return shortcuts.compare_count(operator, left, right) or shortcuts.compare_membership(
            frame, state, operator, left, right, span
        )

    def binary(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        from datause_lint.analysis.calling import call_values

        return shortcuts.binary(frame, state, operator, left, right, span, call_values)

    def unary(self, frame: Frame, state: State, operator: str, operand: Value, span: Span) -> Value | None:
        return shortcuts.invert(frame, state, operand, span) if operator == "~" else None
