"""Decorators of views: tests of the user, and decorators of functions that stand on methods and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datause_lint.analysis.access import indexed, stored_value
from datause_lint.analysis.atoms import ApiAtom, BoundAtom, ClassAtom, Const, FunctionAtom
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.registration import decorator_facts
from datause_lint.analysis.values import Value, of
from datause_lint.names import ApiPath, ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

from datause_lint.analysis.frameworks.django.view_checks import USER_TEST
from datause_lint.analysis.frameworks.django.views import (
    BOUND,
    DECORATED,
    HANDLERS,
    HOOKS,
    METHOD_DECORATOR,
    decorated_method,
    model_for,
)

# ── decorators ────────────────────────────────────────────────────────────────────────────────────────────────────


@models(USER_TEST.removesuffix("()"), METHOD_DECORATOR.removesuffix("()"))
def make_decorator(call: ModelCall) -> Value:
    """What is given is no function to decorate: a test, or a decorator."""
    made = call.external(f"{call.path}()")
    for position, value in enumerate(call.arguments.positional):
        call.state.store(made, f"@argument{position}", value)
    for name, value in call.arguments.keywords.items():
        call.state.store(made, f"@argument:{name}", value)
    return of(made)


@models(USER_TEST)
def user_passes_test(call: ModelCall) -> Value:
    decorated = call.argument(0)
    for mark in call.receiver.objects():
        _mark(call, mark, decorated)
    return decorated


def _mark(call: ModelCall, mark: Obj, decorated: Value) -> None:
    world = call.frame.world
    for key, value in call.state.heap.get(mark, {}).items():
        world.publisher.publish(call.frame, call.state, mark, key, value)
    for atom in decorated.atoms:
        known = call.frame.known_atoms(atom) if type(atom) is Obj else (atom,)
        for each in known:
            if isinstance(each, (FunctionAtom, BoundAtom)):
                world.mark(each.function, mark)


@models(METHOD_DECORATOR)
def method_decorator(call: ModelCall) -> Value:
    """Decorators of functions, for methods: of the class that it stands on, or the one that it stands on."""
    decorators = [each for mark in call.receiver.objects() for each in _decorators(call, mark)]
    decorated = call.argument(0)
    for atom in decorated.atoms:
        if isinstance(atom, ClassAtom):
            for name in _names_of_methods(call):
                _wrap_member(call, atom.cls, name, decorators)
        elif isinstance(atom, FunctionAtom):
            return _wrap_in_body(call, atom, decorators)
    return decorated


def _decorators(call: ModelCall, mark: Obj) -> list[Value]:
    """Outermost first."""
    given = stored_value(call.frame, call.state, mark, "@argument0")
    if given is None:
        given = stored_value(call.frame, call.state, mark, "@argument:decorator")
    if given is None:
        return []
    only = given.only_object()
    if only is not None and only.api in ("builtins.list", "builtins.tuple"):
        return [value for _, value in indexed(call.frame, call.state, only)] or [
            elements(call.frame, call.state, given)
        ]
    return [given]


def _names_of_methods(call: ModelCall) -> list[str]:
    for mark in call.receiver.objects():
        for key in ("@argument:name", "@argument1"):
            stated = stored_value(call.frame, call.state, mark, key)
            constant = stated.constant() if stated is not None else None
            if constant is not None and isinstance(constant.value, str):
                return [constant.value]
    return []


def _wrap_member(call: ModelCall, cls: ClassId, name: str, decorators: list[Value]) -> None:
    world = call.frame.world
    instance = world.objects.new(f"{cls}~self", cls)
    world.shared.announce(instance)
    before = (
        decorated_method(world, cls, name)
        if world.shared.read(world.objects.class_object(cls), attribute(name + DECORATED))
        else None
    )
    member = world.class_attribute(cls, name)
    if before is not None:
        bound = before
    elif member is not None:
        bound = Value(
            {
                BoundAtom(a.function, a.environment, instance): NOTHING
                for a in member[0].atoms
                if isinstance(a, FunctionAtom)
            }
        )
    else:
        bases = [base for base in world.outer_bases(cls) if model_for(f"{base}().{name}") is not None]
        bound = of(*(ApiAtom(ApiPath(f"{base}().{name}"), instance) for base in bases[:1]))
    functions = _functions_behind(world, cls, name)
    wrapped = _wrapped(call, bound, decorators, functions)
    if wrapped is not None:
        holder = world.objects.class_object(cls)
        world.publisher.publish(call.frame, call.state, holder, attribute(name + DECORATED), wrapped)


def _functions_behind(world: World, cls: ClassId, name: str) -> list[FunctionId]:
    """The methods that run inside of the named one."""
    names = (*HANDLERS, *HOOKS) if name == "dispatch" else (name,)
    found: list[FunctionId] = []
    for each in names:
        member = world.class_attribute(cls, each)
        found.extend(
            atom.function for atom in (member[0].atoms if member is not None else ()) if isinstance(atom, FunctionAtom)
        )
    return found


def _wrap_in_body(call: ModelCall, atom: FunctionAtom, decorators: list[Value]) -> Value:
    function = call.frame.world.function(atom.function)
    cls = function.owner_class if function is not None else None
    if cls is None:
        return of(atom)
    instance = call.frame.world.objects.new(f"{cls}~self", cls)
    call.frame.world.shared.announce(instance)
    bound = of(BoundAtom(atom.function, atom.environment, instance))
    behind = [atom.function]
    if function is not None and function.name == "dispatch":
        behind.extend(_functions_behind(call.frame.world, cls, "dispatch"))
    wrapped = _wrapped(call, bound, decorators, behind)
    return wrapped if wrapped is not None else of(atom)


def _wrapped(call: ModelCall, bound: Value, decorators: list[Value], functions: list[FunctionId]) -> Value | None:
    """What the program's own decorators make of a bound method; None where there are none of these."""
    world = call.frame.world
    value, changed = bound, False
    for decorator in reversed(decorators):
        for atom in world.resolve(decorator).atoms:
            for fact, parameter in decorator_facts(call.frame, call.state, atom, call.span):
                for function in functions:
                    world.guard_body(function, fact, parameter)
            if type(atom) is Obj and atom.api == USER_TEST:
                _mark(call, atom, of(*(FunctionAtom(function, None) for function in functions)))
        inner = Value(
            {atom: NOTHING for atom in world.resolve(decorator).atoms if isinstance(atom, (FunctionAtom, BoundAtom))}
        )
        if inner.atoms and value.atoms:
            after = call.call(inner, value)
            if after.atoms:
                value, changed = after, True
            call.returns = True
    if not changed:
        return None
    for atom in value.atoms:
        if isinstance(atom, FunctionAtom) and atom.environment is not None:
            call.state.store(atom.environment, BOUND, of(Const(True, bool)))
    return value
