"""What a framework hands over to a function that it calls: objects of its classes, texts of people, a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from datause_lint.analysis.arguments import POSITIONAL
from datause_lint.analysis.atoms import Label
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.framework_facts import EntryPoint, Registration, people_of
from datause_lint.analysis.frameworks.described.naming import types_named
from datause_lint.analysis.objects import Kind, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Types, holds_texts
from datause_lint.analysis.values import Value
from datause_lint.findings.finding import Role, Step
from datause_lint.ir.module import FunctionIR, Parameter
from datause_lint.names import CategoryKey, FunctionId
from datause_lint.policy.entries import Confidence, Place
from datause_lint.policy.notation import input_place

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

HandsOver = EntryPoint | Registration


def given_by_position(function: FunctionIR) -> list[Parameter]:
    """The parameters that a caller of the function, or of the bound method, fills by position."""
    return _without_self(function, [each for each in function.parameters if each.kind in POSITIONAL])


def stated_types(world: World, facts: Iterable[HandsOver], function: FunctionIR, parameter: Parameter) -> Types:
    for fact in facts:
        path = _stated(fact, function, parameter)
        if path is not None:
            return types_named(world, path)
    return ()


def fill(frame: Frame, state: State, facts: Iterable[HandsOver]) -> None:
    """Texts that people wrote become data."""
    for fact in facts:
        if not fact.delivers:
            continue
        for parameter in _without_self(frame.function, list(frame.function.parameters)):
            if _stated(fact, frame.function, parameter) is None and _may_be_text(frame, parameter):
                _deliver(frame, state, fact, parameter)


def _deliver(frame: Frame, state: State, fact: HandsOver, parameter: Parameter) -> None:
    own = frame.world.objects.parameter(frame.function.id, parameter.name)
    category = CategoryKey(fact.delivers)
    step = Step(Role.SOURCE, frame.location(parameter.span), f"{parameter.name} is what somebody wrote", category)
    record = frame.world.objects.requester if fact.person else own
    label = Label(category, step, record, "", ((),), (), Confidence.HIGH)
    value = Value({own: NOTHING, label: NOTHING})
    if parameter.name in frame.function.cells:
        state.store(frame.cells, attribute(parameter.name), value)
    else:
        state.variables[parameter.name] = value


def is_person(world: World, facts: Iterable[HandsOver], obj: Obj) -> bool:
    """Whether the object is who a fact says makes the request: a parameter of a handler, or a place in one."""
    if obj.root.kind is not Kind.PARAMETER:
        return False
    name, _, parameter = obj.root.key.rpartition("(")
    function = world.function(FunctionId(name))
    if function is None:
        return False
    path: list[str] = []
    base: Obj | None = obj
    while base is not None and base.base is not None:
        path.insert(0, base.key)
        base = base.base
    places = [input_place(place) for fact in facts for place in people_of(fact)]
    return any(_is_at(place, function, parameter[:-1], tuple(path)) for place in places)


def _is_at(place: Place, function: FunctionIR, parameter: str, path: tuple[str, ...]) -> bool:
    assert place.base is not None  # of an input place
    positional = [each.name for each in given_by_position(function)]
    names = [*place.base.names, *(positional[each] for each in place.base.positions if each < len(positional))]
    return parameter in names and place.path == path


def _stated(fact: HandsOver, function: FunctionIR, parameter: Parameter) -> str | None:
    if parameter.name in fact.parameters:
        return fact.parameters[parameter.name]
    own = given_by_position(function)
    return fact.parameters.get(str(own.index(parameter))) if parameter in own else None


def _may_be_text(frame: Frame, parameter: Parameter) -> bool:
    if parameter.annotation is None:
        return True
    kinds = frame.world.annotations.declared(parameter.annotation, frame.world.module_of(frame.function.id))
    return any(map(holds_texts, kinds))


def _without_self(function: FunctionIR, parameters: list[Parameter]) -> list[Parameter]:
    is_method = function.owner_class is not None and parameters and parameters[0].name in ("self", "cls")
    return parameters[1:] if is_method else parameters
