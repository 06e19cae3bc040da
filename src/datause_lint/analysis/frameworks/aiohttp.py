"""Middleware of aiohttp: what it has checked of a request before it lets that through to a handler."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.frameworks.asgi_middleware import pass_through
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value, of
from datause_lint.analysis.wiring import Framework
from datause_lint.names import ModuleName

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame

APPLICATION: Final = "aiohttp.web.Application"
SERVERS: Final = ModuleName("aiohttp.app")
APPLICATIONS: Final = "@applications"


class Aiohttp(Framework):
    words: tuple[str, ...] = ("middlewares",)

    def model_of(self, path: str) -> Model | None:
        return application if path == APPLICATION else None

    def enter(self, frame: Frame, state: State) -> None:
        """What every application of the program has checked: which of them a handler belongs to is not known."""
        if not any((mark.api or "").startswith("aiohttp.web.") for mark in frame.world.marks_of(frame.function.id)):
            return
        request = next((each for each in _parameters(frame) if _is_request(frame, state, each)), None)
        made = frame.world.shared.read(frame.world.objects.module(SERVERS), APPLICATIONS)
        if request is None or made is None:
            return
        states = [self._behind(frame, state.copy(), app, request) for app in made.objects()]
        if states:
            joined = reduce(join_states, states)
            state.variables, state.heap, state.facts = joined.variables, joined.heap, joined.facts

    def _behind(self, frame: Frame, state: State, app: Obj, request: Obj) -> State:
        listed = stored_value(frame, state, app, "@argument:middlewares")
        for each in elements(frame, state, listed).atoms if listed is not None else ():
            state, _ = pass_through(frame, state, of(each), request)
        return state


def application(call: ModelCall) -> Value:
    """``web.Application(middlewares=[…])``."""
    made = call.external(f"{call.path}()")
    for name, value in call.arguments.keywords.items():
        call.state.store(made, f"@argument:{name}", value)
    world = call.frame.world
    world.publisher.publish_contents(call.frame, call.state, of(made), {})
    world.shared.write(world.objects.module(SERVERS), APPLICATIONS, of(made))
    return of(made)


def _parameters(frame: Frame) -> list[Obj]:
    function = frame.function
    return [frame.world.objects.parameter(function.id, each.name) for each in function.parameters]


def _is_request(frame: Frame, state: State, obj: Obj) -> bool:
    return any(kind.api == "aiohttp.web.Request" for kind in types_of(frame, state, obj))
