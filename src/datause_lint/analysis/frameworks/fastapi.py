"""FastAPI and Starlette: who calls a handler, with what, and what has been checked before it runs.

Django Ninja registers its handlers, and fills their parameters, in the same way.

A handler, or any function with dependencies, that nobody in the program calls is called by the framework: its
dependencies run first, each once for a request, and what they prove by returning holds in the handler.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import origin, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import BoundAtom, FunctionAtom
from datause_lint.analysis.frameworks.asgi_middleware import (
    ADDED,
    installed,
    is_middleware,
    pass_through,
    request_of,
)
from datause_lint.analysis.frameworks.fastapi_requests import DEPENDS, Request, names_of
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.types import Type, Types, last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import NONE, Value, of
from datause_lint.analysis.ways import is_on_every_way
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.module import FunctionIR, FunctionKind, Parameter
from datause_lint.names import ApiPath, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

PACKAGES: Final = ("fastapi.", "starlette.", "ninja.", "ninja_extra.")
ROUTES: Final = frozenset(
    [
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "trace",
        "api_route",
        "websocket",
        "websocket_route",
        "route",
        "api_operation",
        *(f"http_{verb}" for verb in ("get", "post", "put", "patch", "delete", "generic")),
    ]
)
HOOKS: Final = frozenset(["middleware", "exception_handler", "on_event"])
REGISTERING: Final = frozenset(["add_api_route", "add_api_websocket_route", "add_route", "add_websocket_route"])
ENDPOINTS: Final = frozenset(["Route", "WebSocketRoute", "APIRoute", "APIWebSocketRoute"])
APPLICATIONS: Final = (
    "Router()",
    "FastAPI()",
    "Starlette()",
    ".router",
    "NinjaAPI()",
    "NinjaExtraAPI()",
    "ninja_extra",
    "ninja_extra.route",
)
REQUESTS: Final = (
    "starlette.requests.Request", "starlette.websockets.WebSocket", "starlette.datastructures.UploadFile",
    "starlette.requests.HTTPConnection",
)  # fmt: skip
CALLS: Final = frozenset({"include_router", "add_task", "BackgroundTask", "add_middleware"})
RECEIVER: Final = "@receiver"
INCLUDED: Final = "@included"  # of a router: the calls that include it in another one
MAXIMAL_WAYS: Final = 8


class FastApi(Framework):
    words: tuple[str, ...] = (
        "include_router", "add_api_route", "add_route", "add_api_websocket_route", "add_middleware",
    )  # fmt: skip

    def __init__(self) -> None:
        self._people: dict[Obj, None] = {}  # whom a dependency has found behind the request
        self._content: dict[Obj, None] = {}  # what the request brings
        self._dependencies: dict[FunctionId, None] = {}

    # ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def model_of(self, path: str) -> Model | None:
        if not path.startswith(PACKAGES):
            return None
        head, _, name = path.rpartition(".")
        if path in DEPENDS:
            return remembered
        if head.endswith(APPLICATIONS) and (name in ROUTES or name in HOOKS):
            return remembered
        if name == "include_router":
            return include
        if name in REGISTERING or name in ENDPOINTS:
            return register
        if name in ("add_task", "BackgroundTask"):
            return add_task
        if name == "add_middleware":
            return add_middleware
        return application if name in ("Starlette", "Mount") else None

    def never_decorates(self, path: str) -> bool:
        name = last_name(path)
        return path in DEPENDS or (
            path.startswith(PACKAGES) and (name in CALLS or name in REGISTERING or name in ENDPOINTS)
        )

    def function_decorated(self, frame: Frame, state: State, decorated: Value, mark: Obj) -> Value | None:
        """``@app.middleware("http")``."""
        path = (mark.api or "").removesuffix("()")
        if (
            path.startswith(PACKAGES)
            and last_name(path) == "middleware"
            and is_on_every_way(frame.function, frame.block)
        ):
            holder = stored_value(frame, state, mark, RECEIVER)
            for obj in holder.objects() if holder is not None else ():
                frame.world.shared.write(obj, ADDED, decorated)
        return None

    def parameter_types(self, world: World, function: FunctionIR, parameter: Parameter) -> Types:
        """``async def home(request)``, as Starlette calls it."""
        if parameter.name not in ("request", "websocket"):
            return ()
        owner = function.owner_class
        endpoint = owner is not None and any("starlette.endpoints" in base for base in world.outer_bases(owner))
        if not endpoint and not any(_is_route(mark) for mark in world.marks_of(function.id)):
            return ()
        path = "starlette.websockets.WebSocket" if parameter.name == "websocket" else "starlette.requests.Request"
        return (Type(None, ApiPath(path)),)

    # ── entries ───────────────────────────────────────────────────────────────────────────────────────────────────

    def entries(self, world: World) -> Iterable[FunctionId]:
        routed = [name for name in world.marks if any(_is_route(mark) for mark in world.marks[name])]
        return [*routed, *self._dependencies]

    def enter(self, frame: Frame, state: State) -> None:
        function = frame.function
        if function.kind is not FunctionKind.FUNCTION:
            return
        routes = [mark for mark in frame.world.marks_of(function.id) if _is_route(mark)]
        ways = [way for mark in routes for way in _ways(frame, state, mark)][:MAXIMAL_WAYS] or [[]]
        if not routes and not Request(frame, state.copy(), {}).needs_dependencies(function):
            return
        states = [
            self._prepare(Request(frame, state.copy(), self._content), way, routes[0] if routes else None)
            for way in ways
        ]
        joined = states[0]
        for other in states[1:]:
            joined = join_states(joined, other)
        state.variables, state.heap, state.facts = joined.variables, joined.heap, joined.facts

    def _prepare(self, request: Request, way: list[Value], route: Obj | None) -> State:
        for step in way:
            if route is not None and is_middleware(step):
                asked = request_of(request.frame, request.state, route)
                request.state, people = pass_through(request.frame, request.state, step, asked)
                self._people.update(dict.fromkeys(people))
            else:
                request.provide(step, None)
        request.fill(routed=route is not None)
        self._people.update(request.people)
        self._dependencies.update(request.called)
        return request.state

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────

    def is_requester(self, frame: Frame, state: State, obj: Obj) -> bool:
        return self._is_requester(frame, state, obj, 0)

    def _is_requester(self, frame: Frame, state: State, obj: Obj, depth: int) -> bool:
        if obj in self._people or obj.root in self._content:
            return True
        if obj.root.of_a_round and depth < 3:
            stands = origin(frame, state, obj).objects()
            return bool(stands) and all(self._is_requester(frame, state, each, depth + 1) for each in stands)
        path = obj.root.api
        if path is not None:
            return path.startswith(REQUESTS) and ".query_params" not in path and ".path_params" not in path
        kinds = types_of(frame, state, obj.root) if obj.root.kind is Kind.PARAMETER else ()
        return bool(kinds) and all(frame.world.policy.canonical(f"{kind.api}()")[:-2] in REQUESTS for kind in kinds)

    def is_another(self, frame: Frame, state: State, obj: Obj) -> bool:
        """``trip.companion``: somebody whom the content of the request is about, who need not be who sends it."""
        return self._is_another(frame, state, obj, 0)

    def _is_another(self, frame: Frame, state: State, obj: Obj, depth: int) -> bool:
        if obj.root.of_a_round and depth < 3:
            return any(self._is_another(frame, state, each, depth + 1) for each in origin(frame, state, obj).objects())
        inside = obj
        while inside.root in self._content and inside.base is not None:
            classes = [kind.cls for kind in types_of(frame, state, inside) if kind.cls is not None]
            if classes and all(frame.world.records.is_somebody(frame, cls) for cls in classes):
                return True
            inside = inside.base
        return False


# ── models ────────────────────────────────────────────────────────────────────────────────────────────────────────


def remembered(call: ModelCall) -> Value:
    """An object that knows what it was made with: a dependency, a route's decorator."""
    made = call.external(f"{call.path}()")
    for position, value in enumerate(call.arguments.positional):
        call.state.store(made, f"@argument{position}", value)
    for name, value in call.arguments.keywords.items():
        call.state.store(made, f"@argument:{name}", value)
    if call.receiver.atoms:
        call.state.store(made, RECEIVER, call.receiver)
    return of(made)


def include(call: ModelCall) -> Value:
    """``app.include_router(router, dependencies=[…])``."""
    world, inclusion = call.frame.world, remembered(call)
    world.publisher.publish_contents(call.frame, call.state, inclusion, {})
    for router in call.argument(0, "router").objects():
        world.shared.write(router, INCLUDED, inclusion)
    return NONE


def application(call: ModelCall) -> Value:
    """``Starlette(routes=[…])``, ``Mount("/ai", routes=[…])``: what is around each of the routes."""
    made, world = remembered(call), call.frame.world
    inclusion = call.external(f"{call.path}()", part="~inclusion")
    call.state.store(inclusion, RECEIVER, made)
    world.publisher.publish_contents(call.frame, call.state, of(inclusion), {})
    for route in call.elements(call.argument(1, "routes")).objects():
        world.shared.write(route, INCLUDED, of(inclusion))
    return made


def add_middleware(call: ModelCall) -> Value:
    """``app.add_middleware(ConsentMiddleware)``."""
    added = remembered(call)
    call.frame.world.publisher.publish_contents(call.frame, call.state, added, {})
    always = is_on_every_way(call.frame.function, call.frame.block)  # else not every request comes by it
    for app in call.receiver.objects() if always else ():
        call.frame.world.shared.write(app, ADDED, added)
    return NONE


def register(call: ModelCall) -> Value:
    """``app.add_api_route(path, handler)``, ``Route(path, endpoint=handler)``."""
    mark = remembered(call)
    call.frame.world.publisher.publish_contents(call.frame, call.state, mark, {})
    handler = call.optional(1, "endpoint") or call.argument(1, "route")
    for atom in call.frame.world.resolve(handler).atoms:
        if isinstance(atom, (FunctionAtom, BoundAtom)):
            for obj in mark.objects():
                call.frame.world.mark(atom.function, obj)
    return mark if not call.receiver.atoms else NONE


def add_task(call: ModelCall) -> Value:
    """A task that runs after the response, with the arguments that follow it."""
    given = call.arguments
    function = call.argument(0, "func")
    positional = given.positional[1:] if given.positional else []
    keywords = {name: value for name, value in given.keywords.items() if name != "func"}
    call.call_with(function, Arguments(positional, keywords, given.more, given.more_keywords))
    call.returns = True
    return NONE


# ── routes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_route(mark: Obj) -> bool:
    path = (mark.api or "").removesuffix("()")
    name = last_name(path)
    return path.startswith(PACKAGES) and (name in ROUTES or name in REGISTERING or name in ENDPOINTS)


def _ways(frame: Frame, state: State, mark: Obj) -> list[list[Value]]:
    """The dependencies that run before the handler, in order: one list for each way in which its router is included."""
    own = [*installed(frame, state, mark), *_dependencies(frame, state, mark)]
    router = stored_value(frame, state, mark, RECEIVER)
    holders = router.objects() if router is not None else []
    if not holders:  # ``Route(…)``, in the list of an application
        listed = stored_value(frame, state, mark, INCLUDED)
        holders = [
            each for obj in (listed.objects() if listed is not None else ()) for each in _around(frame, state, obj)
        ]
    ways = [way for holder in holders for way in _ways_to(frame, state, holder, 0)] or [[]]
    return [[*way, *own] for way in ways]


def _ways_to(frame: Frame, state: State, router: Obj, depth: int) -> list[list[Value]]:
    own = [*installed(frame, state, router), *_dependencies(frame, state, router)]
    included = stored_value(frame, state, router, INCLUDED)
    ways: list[list[Value]] = []
    for inclusion in included.objects() if included is not None and depth < 6 else ():
        parents = stored_value(frame, state, inclusion, RECEIVER)
        more = _dependencies(frame, state, inclusion)
        for parent in parents.objects() if parents is not None else ():
            ways.extend([*way, *more, *own] for way in _ways_to(frame, state, parent, depth + 1))
    return ways[:MAXIMAL_WAYS] or [own]


def _around(frame: Frame, state: State, inclusion: Obj) -> list[Obj]:
    around = stored_value(frame, state, inclusion, RECEIVER)
    return around.objects() if around is not None else []


def _dependencies(frame: Frame, state: State, holder: Obj) -> list[Value]:
    """``dependencies=[Depends(f), …]``, each by itself."""
    given = stored_value(frame, state, holder, "@argument:dependencies")
    if given is None:
        return []
    return [of(obj) for obj in elements(frame, state, given).objects() if names_of(obj) in DEPENDS]
