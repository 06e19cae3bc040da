"""Middleware: what it has checked of a request before it lets the request through to a view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, ClassAtom, FunctionAtom
from datause_lint.analysis.facts import NOTHING, Fact, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import truths_of
from datause_lint.analysis.models.registry import Caller, ModelCall, models
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.renaming import moved
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, of
from datause_lint.names import ApiPath

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

GET_RESPONSE: Final = "django.core.handlers.base.BaseHandler().get_response"

# The world keeps under this name what holds wherever a function lets a request through, by function.
_LET_THROUGH: Final = "django middleware"


@models(GET_RESPONSE)
def let_through(call: ModelCall) -> Value:
    """``self.get_response(request)``: from here on the view runs, or the next middleware."""
    if call.frame.collecting:
        known = call.frame.world.kept.setdefault(_LET_THROUGH, {})
        facts, name = call.state.facts, call.frame.function.id
        known[name] = common(known[name], facts) if name in known else facts
    return of(call.external("django.http.HttpResponse()"))


def enter(frame: Frame, state: State, request: Value, caller: Caller) -> None:
    """All of the program's middleware has let the request through that the view answers."""
    only = request.only_object()
    if only is None:
        return
    for middleware in _installed(frame.world):
        state.learn(_Passing(frame, state, only, caller).through(middleware))


def _installed(world: World) -> list[Atom]:
    found: list[Atom] = []
    for module in world.program.mentioning(["MIDDLEWARE"]):
        listed = world.global_value(module, "MIDDLEWARE")
        for obj in listed.objects() if listed is not None else ():
            position = 0
            while (item := world.shared.read(obj, f"[{position}]")) is not None:
                constant = item.constant()
                path = constant.value if constant is not None and isinstance(constant.value, str) else ""
                holder, _, name = path.rpartition(".")
                inner = world.program.find(holder, module) if holder else None
                value = world.global_value(inner, name) if inner is not None else None
                found.extend(value.atoms if value is not None else ())
                position += 1
    return found


class _Passing:
    """A request on its way through one middleware."""

    def __init__(self, frame: Frame, state: State, request: Obj, caller: Caller) -> None:
        self.frame = frame
        self.state = state
        self.request = request
        self.caller = caller

    def through(self, middleware: Atom) -> Truths:
        response = of(ApiAtom(ApiPath(GET_RESPONSE)))
        if isinstance(middleware, FunctionAtom):
            return self._through_all(self._call(of(middleware), [response]))
        if not isinstance(middleware, ClassAtom):
            return NOTHING
        made = self._call(of(middleware), [response])
        facts = self._through_all(self._methods(made, "__call__"))
        for name in ("process_request", "process_view"):
            answer = self._call(self._methods(made, name), [of(self.request), Value({}), Value({}), Value({})])
            facts |= truths_of(answer).none
        return facts

    def _methods(self, made: Value, name: str) -> Value:
        world = self.frame.world
        bound: dict[Atom, Truths] = {}
        for obj in made.objects():
            stated = world.class_attribute(obj.cls, name) if obj.cls is not None else None
            for atom in stated[0].atoms if stated is not None else ():
                if isinstance(atom, FunctionAtom):
                    bound[BoundAtom(atom.function, atom.environment, obj)] = NOTHING
        return Value(bound)

    def _through_all(self, functions: Value) -> Truths:
        """What every one of the functions has checked where it passes the request on."""
        found: Truths | None = None
        for atom in functions.atoms:
            if isinstance(atom, (FunctionAtom, BoundAtom)):
                facts = self._let_through_by(atom)
                found = facts if found is None else common(found, facts)
        return found or NOTHING

    def _let_through_by(self, atom: FunctionAtom | BoundAtom) -> Truths:
        world = self.frame.world
        self._call(of(atom), [of(self.request)])
        function = world.function(atom.function)
        known = world.kept.get(_LET_THROUGH, {})
        facts = known.get(atom.function)
        position = 1 if isinstance(atom, BoundAtom) else 0
        if facts is None or function is None or len(function.parameters) <= position:
            return NOTHING
        given = world.objects.parameter(function.id, function.parameters[position].name)
        return frozenset(
            fact
            for fact in (moved(each, given, self.request) for each in facts)
            if type(fact) is Fact and (fact.subject is None or fact.subject.root is self.request.root)
        )

    def _call(self, function: Value, given: list[Value]) -> Value:
        if not function.atoms:
            return Value({})
        value, _ = self.caller(self.frame, self.state, function, Arguments(given), self.frame.function.span)
        return value
