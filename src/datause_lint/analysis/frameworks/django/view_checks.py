"""What has been checked before a view's code runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import BoundAtom, FunctionAtom
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django import middleware
from datause_lint.analysis.frameworks.django.order import is_behind_view, reached_attribute
from datause_lint.analysis.frameworks.django.requests import is_view_class
from datause_lint.analysis.frameworks.django.views import HANDLERS, HOOKS, exposed_classes
from datause_lint.analysis.guards import truths_of
from datause_lint.analysis.models.registry import Caller
from datause_lint.analysis.objects import Kind, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.ir.module import FunctionKind
from datause_lint.names import ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

PREPARING: Final = {"setup": "", "initial": "rest_framework."}  # what runs before a view's method, and in whose views
TEST_MIXIN: Final = "UserPassesTestMixin"
USER_TEST: Final = "django.contrib.auth.decorators.user_passes_test()"


def enter(frame: Frame, state: State, caller: Caller) -> None:
    """What mixins and decorators of Django's own have checked."""
    function = frame.function
    request = request_value(frame, state)
    _passed_user_tests(frame, state, request, caller)
    cls = function.owner_class
    if _is_view(frame, state, request):
        middleware.enter(frame, state, request, caller)
    if cls is None or function.name not in {*HANDLERS, *HOOKS} or not function.parameters:
        return
    if not is_view_class(frame.world, cls):
        return
    view = frame.world.objects.parameter(function.id, function.parameters[0].name)
    exposed = exposed_classes(frame.world, cls, function) or [cls]  # of a base that nobody routes, the class itself
    _prepared(frame, state, exposed, view, request, caller)
    proven: Truths | None = None
    for each in exposed:
        facts = _passed_test_func(frame, state, each, view, caller)
        proven = facts if proven is None else common(proven, facts)
    state.learn(proven or NOTHING)


def _is_view(frame: Frame, state: State, request: Value) -> bool:
    """Whether the function answers requests, and stands not before those who do."""
    function = frame.function
    if function.owner_class is not None:
        return function.name in {*HANDLERS, *HOOKS} and is_view_class(frame.world, function.owner_class)
    only = request.only_object()
    return only is not None and only.kind is Kind.PARAMETER and "<locals>" not in function.id


def request_value(frame: Frame, state: State) -> Value:
    """The request that the function answers: its parameter, or that of its view."""
    function = frame.function
    for parameter in function.parameters[:2]:
        obj = frame.world.objects.parameter(function.id, parameter.name)
        if any(
            kind.api is not None and last_name(kind.api) in ("HttpRequest", "Request")
            for kind in types_of(frame, state, obj)
        ):
            return of(obj)
    if function.owner_class is not None and function.parameters:
        view = frame.world.objects.parameter(function.id, function.parameters[0].name)
        return of(view.child(attribute("request")))
    return EMPTY


def _passed_user_tests(frame: Frame, state: State, request: Value, caller: Caller) -> None:
    """``@user_passes_test(lambda user: user.ai_consent)``."""
    function = frame.function
    if "<locals>" in function.id or function.kind is not FunctionKind.FUNCTION:
        return  # one wrapper serves many views
    for mark in frame.world.marks_of(function.id):
        if mark.api != USER_TEST:
            continue
        test = frame.world.shared.read(mark, "@argument0") or frame.world.shared.read(mark, "@argument:test_func")
        users = of(*(obj.child(attribute("user")) for obj in request.objects()))
        if test is not None and users.atoms:
            answer, _ = caller(frame, state.copy(), test, Arguments([users]), function.span)
            state.learn(truths_of(answer).true)


def _prepared(frame: Frame, state: State, exposed: list[ClassId], view: Obj, request: Value, caller: Caller) -> None:
    """What ``setup`` and ``initial`` of the program do before the handler runs, where all its classes have the same."""
    for name, framework in PREPARING.items():
        if not all(any(base.startswith(framework) for base in frame.world.outer_bases(each)) for each in exposed):
            continue
        methods = [_own_method(frame.world, each, name) for each in exposed]
        if not methods or methods[0] is None or any(each != methods[0] for each in methods):
            continue
        bound = of(BoundAtom(methods[0].function, methods[0].environment, view))
        _, after = caller(frame, state, bound, Arguments([request]), frame.function.span)
        if after is not None:
            state.variables, state.heap, state.facts = after.variables, after.heap, after.facts


def _own_method(world: World, cls: ClassId, name: str) -> FunctionAtom | None:
    found = reached_attribute(world, cls, name)
    methods = [atom for atom in (found.atoms if found is not None else ()) if isinstance(atom, FunctionAtom)]
    return methods[0] if len(methods) == 1 else None


def _passed_test_func(frame: Frame, state: State, cls: ClassId, view: Obj, caller: Caller) -> Truths:
    """``UserPassesTestMixin``: the view runs where its test_func, or what get_test_func names, is true."""
    world = frame.world
    mixins = [base for base in world.outer_bases(cls) if last_name(base) == TEST_MIXIN]
    if not mixins or is_behind_view(world, cls, mixins[0]):
        return NOTHING
    test = world.class_attribute(cls, "test_func")
    bound = [
        BoundAtom(atom.function, atom.environment, view)
        for atom in (test[0].atoms if test is not None else ())
        if isinstance(atom, FunctionAtom)
    ]
    if not bound:
        return NOTHING
    answer, _ = caller(frame, state.copy(), of(*bound), Arguments(), frame.function.span)
    return truths_of(answer).true
