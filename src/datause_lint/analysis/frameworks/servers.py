"""Servers, forms and functions in a cloud whose handlers are named in a call, or found by what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.arguments import POSITIONAL
from datause_lint.analysis.framework_facts import EntryPoint, FrameworkFact, Registration
from datause_lint.analysis.objects import Kind, Obj, name_in
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, Types
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.module import FunctionIR, Parameter
from datause_lint.names import ApiPath

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

CONTENT: Final = "user.content"
VERBS: Final = ("get", "post", "put", "patch", "delete")
EVENT: Final = Type(None, ApiPath("aws_lambda.Event"))
FALCON_REQUEST: Final = Type(None, ApiPath("falcon.Request"))
REQUESTS: Final = {
    "aiohttp.web.Request": frozenset(["match_info", "query", "rel_url", "path"]),
    "sanic.Request": frozenset(["args", "match_info", "query_args"]),
    "falcon.Request": frozenset(["params", "get_param"]),
    "http.server.Body": frozenset(),
    "socketserver.BaseRequestHandler": frozenset(),
}
"""What of a request its URL says: whoever makes the request may have chosen somebody else."""
HANDLERS: Final = frozenset(
    [
        "aiohttp.web.View",
        *(f"http.server.{kind}HTTPRequestHandler" for kind in ("Base", "Simple", "CGI")),
        *(f"socketserver.{kind}RequestHandler" for kind in ("Base", "Stream", "Datagram")),
    ]
)
RESPONDERS: Final = frozenset(f"on_{verb}" for verb in VERBS)


class ByConvention(Framework):
    """``def lambda_handler(event, context)``; ``def on_post(self, req, resp)`` of Falcon."""

    def parameter_types(self, world: World, function: FunctionIR, parameter: Parameter) -> Types:
        given = [each.name for each in function.parameters if each.kind in POSITIONAL]
        if function.owner_class is None:
            is_handler = function.name == "lambda_handler" or given == ["event", "context"]
            return (EVENT,) if is_handler and len(given) == 2 and parameter.name == given[0] else ()
        if function.name not in RESPONDERS or given[1:2] != [parameter.name]:
            return ()
        return (FALCON_REQUEST,) if world.module_of(function.id) in world.program.importing(["falcon"]) else ()

    def is_requester(self, frame: Frame, state: State, obj: Obj) -> bool:
        """What a request brings, and who is behind it; not what its URL chooses."""
        if _is_handler(frame, state, obj):
            return True
        holder, chosen = _request_behind(frame, state, obj)
        if chosen is None:
            return False
        step: Obj | None = obj
        while step is not None and step is not holder:
            if name_in(step.key) in chosen:
                return False
            step = step.base
        return not any(f".{part}" in (holder.api or "") for part in chosen)


def _is_handler(frame: Frame, state: State, obj: Obj) -> bool:
    """What is made for one request: what it has read of that is its own."""
    kinds = types_of(frame, state, obj) if obj.kind is Kind.PARAMETER else ()
    return any(kind.cls is not None and not HANDLERS.isdisjoint(frame.world.outer_bases(kind.cls)) for kind in kinds)


def _request_behind(frame: Frame, state: State, obj: Obj) -> tuple[Obj, frozenset[str] | None]:
    """The request that an object is, or is in, with what of it its URL says: also as ``self.request``."""
    step: Obj | None = obj.root if obj.root.api else obj
    while step is not None:
        path = step.api or ""
        if not path and step.kind in (Kind.PARAMETER, Kind.FIELD):
            kinds = [kind.path for kind in types_of(frame, state, step)]
            path = kinds[0] if len(kinds) == 1 else ""
        chosen = next((parts for request, parts in REQUESTS.items() if path.startswith(f"{request}()")), None)
        if chosen is not None:
            return step, chosen
        step = step.base
    return obj, None


def server_facts() -> tuple[FrameworkFact, ...]:
    return (*_aiohttp(), *_sanic(), *_litestar(), *_gradio(), *_others())


def _aiohttp() -> Iterator[FrameworkFact]:
    request = {"0": "aiohttp.web.Request"}
    router = "aiohttp.web.Application().router"
    for verb in VERBS:
        yield Registration(f"{router}.add_{verb}", "handler|1", parameters=request)
        yield Registration(f"aiohttp.web.{verb}", "handler|1", parameters=request)
        yield Registration(f"aiohttp.web.RouteTableDef().{verb}", parameters=request)
    for call in (f"{router}.add_route", "aiohttp.web.route"):
        yield Registration(call, "handler|2", parameters=request)
    yield Registration("aiohttp.web.RouteTableDef().route", parameters=request)


def _sanic() -> Iterator[FrameworkFact]:
    request = {"0": "sanic.Request"}
    for application in ("sanic.Sanic()", "sanic.Blueprint()"):
        for name in (*VERBS, "route", "websocket"):
            yield Registration(f"{application}.{name}", parameters=request)
        yield Registration(f"{application}.add_route", "handler|0", parameters=request)
    for verb in VERBS:
        yield EntryPoint(f"sanic.views.HTTPMethodView().{verb}", request)


def _litestar() -> Iterator[FrameworkFact]:
    for module in ("litestar", "starlite"):
        for verb in VERBS:
            yield Registration(
                f"{module}.{verb}", parameters={"request": "starlette.requests.Request"}, delivers=CONTENT
            )


def _gradio() -> Iterator[FrameworkFact]:
    """What is in the boxes, when a button is pressed."""
    for interface in ("Interface", "ChatInterface"):
        yield Registration(f"gradio.{interface}", "fn|0", delivers=CONTENT)
    for event in (
        "click",
        "submit",
        "change",
        "input",
        "upload",
        "select",
        "blur",
        "stop_recording",
        "then",
        "success",
    ):
        for holder in ("gradio.*()", f"gradio.*().{event}()", "gradio.*().click()", "gradio.*().submit()"):
            yield Registration(f"{holder}.{event}", "fn|0", delivers=CONTENT)
    yield Registration("gradio.on", "fn|1", delivers=CONTENT)


def _others() -> Iterator[FrameworkFact]:
    yield Registration("functions_framework.http", parameters={"0": "flask.Request"})
    for call in ("modal.fastapi_endpoint", "modal.web_endpoint", "bentoml.api", "bentoml.Service().api"):
        yield Registration(call, delivers=CONTENT)
    for call in ("dash.callback", "dash.Dash().callback"):
        yield Registration(call, delivers=CONTENT)
    yield Registration("panel.chat.ChatInterface", "callback", delivers=CONTENT)
    for server in ("flask", "django", "aiohttp", "falcon", "bottle", "tornado", "pyramid"):
        for name in ("use_args", "use_kwargs"):
            yield Registration(f"webargs.{server}parser.{name}", delivers=CONTENT)
