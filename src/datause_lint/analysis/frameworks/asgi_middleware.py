"""Middleware of Starlette and FastAPI: what it has checked of a request before it lets that through to a handler.

The middleware runs with the request, and with something in place of what comes next: whoever calls that leaves behind,
with the request, what holds there.
"""

from __future__ import annotations

from typing import Final

from datause_lint.analysis import identifiers
from datause_lint.analysis.access import stored_keys, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, BoundAtom, ClassAtom, FunctionAtom
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.facts import NOTHING, Fact, Truths
from datause_lint.analysis.frame import Frame, carried_by_results
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import Kind, Obj, attribute, index
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, const, of
from datause_lint.names import ApiPath

REQUEST: Final = "starlette.requests.Request"
LISTED: Final = frozenset({"starlette.middleware.Middleware", "fastapi.middleware.Middleware"})
ADDED: Final = "@middleware"  # of an application: what is run before each of its handlers
CALL_NEXT: Final = "starlette.middleware.base.call_next"
PASSED: Final = "@passed"  # of a request: the answer that comes from behind, with what held where it was let through
_ANSWER: Final = "starlette.responses.Response()"
_METHODS: Final = frozenset(["get", "post", "put", "patch", "delete"])


@models(CALL_NEXT)
def let_through(call: ModelCall) -> Value:
    """``await call_next(request)``, ``await self.app(scope, receive, send)``."""
    answer = Value({call.external(_ANSWER): call.state.facts})
    for obj in call.argument(0, "request").objects():
        call.state.store_weakly(obj, PASSED, answer)
    return answer


def installed(frame: Frame, state: State, application: Obj) -> list[Value]:
    """The middleware of an application or of a part of one, each by itself."""
    listed = stored_value(frame, state, application, "@argument:middleware")
    named = elements(frame, state, listed).objects() if listed is not None else []
    added = frame.world.shared.read(application, ADDED)
    return [
        *(of(obj) for obj in named if (obj.api or "").removesuffix("()") in LISTED),
        *(of(atom) for atom in (added.atoms if added is not None else ())),
    ]


def is_middleware(value: Value) -> bool:
    for atom in value.atoms:
        if isinstance(atom, (FunctionAtom, BoundAtom)):
            return True
        if type(atom) is Obj and last_name((atom.api or "").removesuffix("()")) in ("Middleware", "add_middleware"):
            return True
    return False


def request_of(frame: Frame, state: State, mark: Obj) -> Obj:
    """The request that a route's handler is called with: its own parameter, or one that it does not ask for."""
    function, world = frame.function, frame.world
    for parameter in function.parameters:
        own = world.objects.parameter(function.id, parameter.name)
        if any(world.policy.canonical(f"{kind.api}()")[:-2] == REQUEST for kind in types_of(frame, state, own)):
            return own
    made = world.objects.external(f"{frame.site(function.span)}~request", ApiPath(f"{REQUEST}()"))
    state.heap.setdefault(made, {})
    verb = last_name((mark.api or "").removesuffix("()"))
    if verb in _METHODS:
        state.store(made, attribute("method"), const(verb.upper()))
    state.store(made, index("type"), const("websocket" if "websocket" in verb else "http"))
    world.places[made] = frame.location(function.span)
    return made


def pass_through(frame: Frame, state: State, middleware: Value, request: Obj) -> tuple[State, list[Obj]]:
    """The state in which the request comes out behind it, and the people whom it has found behind the request."""
    before = stored_value(frame, state, request, PASSED)
    state.store(request, PASSED, EMPTY)
    function, given = _entry(frame, state, middleware, request)
    value, after = call_values(frame, state, function, Arguments(given), frame.function.span)
    outcome = awaited(frame, after, value) if after is not None else None
    if outcome is None or outcome.state is None:
        return state, []
    state = outcome.state
    facts = _facts_behind(state, request)
    state.store(request, PASSED, before if before is not None else EMPTY)
    state.learn(facts)
    return state, [obj for obj in _subjects(facts) if obj.root is not request and _is_person(frame, state, obj)]


def _entry(frame: Frame, state: State, middleware: Value, request: Obj) -> tuple[Value, list[Value]]:
    """What is called, with what: ``dispatch(request, call_next)``, or the middleware itself as an application."""
    inner = of(ApiAtom(ApiPath(CALL_NEXT)))
    functions = Value({a: NOTHING for a in middleware.atoms if isinstance(a, (FunctionAtom, BoundAtom))})
    if functions.atoms:
        return functions, [of(request), inner]
    for obj in middleware.objects():
        handed = stored_value(frame, state, obj, "@argument:dispatch")
        if handed is not None:
            return frame.world.resolve(handed), [of(request), inner]
        cls = stored_value(frame, state, obj, "@argument0") or stored_value(
            frame, state, obj, "@argument:middleware_class"
        )
        cls = frame.world.resolve(cls) if cls is not None else EMPTY
        made, _ = call_values(frame, state, cls, Arguments([inner], _options(frame, state, obj)), frame.function.span)
        dispatch = _method(frame, made, "dispatch") if _has_base(frame, cls) else EMPTY
        if dispatch.atoms:
            return dispatch, [of(request), inner]
        return _method(frame, made, "__call__"), [of(request), of(), of()]
    return EMPTY, []


def _options(frame: Frame, state: State, added: Obj) -> dict[str, Value]:
    """What the class is made with, beside what comes next."""
    found = {}
    for key in stored_keys(frame, state, added):
        value = stored_value(frame, state, added, key) if key.startswith("@argument:") else None
        if value is not None and key != "@argument:middleware_class":
            found[key.removeprefix("@argument:")] = value
    return found


def _has_base(frame: Frame, cls: Value) -> bool:
    classes = [atom.cls for atom in cls.atoms if isinstance(atom, ClassAtom)]
    return any(base.endswith(".BaseHTTPMiddleware") for each in classes for base in frame.world.outer_bases(each))


def _method(frame: Frame, made: Value, name: str) -> Value:
    bound: list[BoundAtom] = []
    for obj in made.objects():
        found = frame.world.class_attribute(obj.cls, name) if obj.cls is not None else None
        functions = [atom for atom in found[0].atoms if isinstance(atom, FunctionAtom)] if found is not None else []
        bound.extend(BoundAtom(each.function, each.environment, obj) for each in functions)
    return of(*bound)


def _facts_behind(state: State, request: Obj) -> Truths:
    """What held wherever the request was let through."""
    return carried_by_results(state.stored(request, PASSED), _ANSWER)


def _subjects(facts: Truths) -> list[Obj]:
    return sorted(
        {fact.subject for fact in facts if type(fact) is Fact and fact.subject is not None}, key=lambda obj: str(obj)
    )


def _is_person(frame: Frame, state: State, obj: Obj) -> bool:
    names = [kind.cls.rpartition(":")[2] for kind in types_of(frame, state, obj) if kind.cls is not None]
    return obj.root.kind is not Kind.PARAMETER and any(map(identifiers.is_person, names))
