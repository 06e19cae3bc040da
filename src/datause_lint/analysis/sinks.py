"""Calls that use data for AI."""

from __future__ import annotations

from datause_lint.analysis.access import read_object, stored_keys, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Const, Pattern
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import condition_holds, fold
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.obligations import reach_sink
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, Value, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import Parameter
from datause_lint.names import ApiPath
from datause_lint.policy.entries import ConstantCondition, Sink

HTTP_METHODS = ("post", "put", "patch", "get", "delete")
# Calls of HTTP clients, with the position of the URL.
HTTP_CALLS: dict[str, int] = {
    **{f"requests.{method}": 0 for method in HTTP_METHODS},
    **{f"requests.Session().{method}": 0 for method in HTTP_METHODS},
    **{f"httpx.{method}": 0 for method in HTTP_METHODS},
    **{f"httpx.Client().{method}": 0 for method in HTTP_METHODS},
    **{f"httpx.AsyncClient().{method}": 0 for method in HTTP_METHODS},
    **{f"aiohttp.ClientSession().{method}": 0 for method in HTTP_METHODS},
    "requests.request": 1,
    "requests.Session().request": 1,
    "httpx.request": 1,
    "httpx.stream": 1,
    "httpx.Client().request": 1,
    "httpx.Client().stream": 1,
    "httpx.AsyncClient().request": 1,
    "httpx.AsyncClient().stream": 1,
    "aiohttp.ClientSession().request": 1,
    "aiohttp.ClientSession().ws_connect": 0,
    "aiohttp.request": 1,
    "urllib.request.urlopen": 0,
    "http.client.HTTPSConnection().request": 1,
    "http.client.HTTPConnection().request": 1,
    "urllib3.request": 1,
    "urllib3.PoolManager().request": 1,
    "websockets.connect": 0,
    "websocket.create_connection": 0,
    "websocket.WebSocketApp": 0,
    "httpx_ws.connect_ws": 0,
}
# Requests that are made first and sent later, with the position of the URL, and what sends them.
PREPARED: dict[str, int] = {
    "urllib.request.Request()": 0,
    "requests.Request()": 1,
    "httpx.Request()": 1,
    "httpx.Client().build_request()": 1,
    "httpx.AsyncClient().build_request()": 1,
}
SENDING_PREPARED = frozenset(
    {"urllib.request.urlopen", "requests.Session().send", "httpx.Client().send", "httpx.AsyncClient().send"}
    | {"urllib.request.OpenerDirector().open", "urllib.request.build_opener().open"}
)
# What an open web socket sends with; the call that opened it says where to, in its first argument.
SOCKETS = (
    "websockets.connect()",
    "aiohttp.ClientSession().ws_connect()",
    "websocket.create_connection()",
    "websocket.WebSocketApp()",
    "httpx_ws.connect_ws()",
)
SENDING = ("send", "send_str", "send_text", "send_json", "send_bytes", "send_binary")
SOCKET_CALLS = frozenset(f"{socket}.{method}" for socket in SOCKETS for method in SENDING)
CLIENTS = frozenset(path.rpartition(".")[0] for path in (*HTTP_CALLS, *SOCKET_CALLS) if "()" in path)
TELLING_POSITIONS = 2  # of a constructor: conditions look no further
CONTENT = ("json", "data", "content", "files", "params", "body", "fields", "form")


def is_client(frame: Frame, api: str) -> bool:
    """Whether requests, or prompts, are sent by it."""
    return api in CLIENTS or (api.endswith("()") and frame.world.policy.leads_to_sink(ApiPath(api)))


def asks_others(frame: Frame, api: str) -> bool:
    """Whether the call is a request, a prompt, or makes a client that sends them."""
    return api in HTTP_CALLS or bool(frame.world.policy.sinks_at(api)) or is_client(frame, f"{api}()")


def check_sinks(
    frame: Frame,
    state: State,
    paths: list[str],
    receiver: Value | None,
    arguments: Arguments,
    parameters: tuple[Parameter, ...],
    span: Span,
) -> None:
    """Takes on an obligation for each data that a sink is given here."""
    if not frame.collecting:
        return
    observer = frame.world.observer
    if observer is not None:
        observer.called(frame, span, paths)
    seen: set[str] = set()
    for path in paths:
        for sink in frame.world.policy.sinks_at(path):
            if sink.id in seen:
                continue
            holds = applies(frame, state, sink, receiver, arguments, parameters)
            if observer is not None:
                observer.sink(frame, span, sink, applies=holds)
            if holds:
                seen.add(sink.id)
                reach_sink(
                    frame, state, sink, content_of(frame, state, sink, receiver, arguments, parameters), span, path
                )
            elif sink.when and receiver is not None and any(map(frame.is_input, receiver.objects())):
                frame.world.note_possible(frame.function.id)  # the caller's client may be one that the sink means
        if path in SENDING_PREPARED:
            _check_prepared(frame, state, path, receiver, arguments, span)
        if path in HTTP_CALLS:
            _check_request(frame, state, path, receiver, arguments, span)
        elif path in SOCKET_CALLS and receiver is not None:
            _check_message(frame, state, path, receiver, arguments, span)


def content_of(
    frame: Frame,
    state: State,
    sink: Sink,
    receiver: Value | None,
    arguments: Arguments,
    parameters: tuple[Parameter, ...],
) -> Value:
    values: list[Value] = []
    for ref in sink.args:
        found = receiver if ref.receiver else arguments.get(ref, parameters)
        if found is not None:
            values.append(found)
    if sink.constructor_args and receiver is not None:
        for made in constructions(frame, state, receiver):
            values.extend(value for ref in sink.constructor_args if (value := made.get(ref)) is not None)
        values.extend(_callers_constructions(frame, sink, receiver))
    return join_all(values)


def _callers_constructions(frame: Frame, sink: Sink, receiver: Value) -> list[Value]:
    """What the caller has given to the call that made a receiver of his."""
    keys = [
        key
        for ref in sink.constructor_args
        for key in (*(f"@argument:{name}" for name in ref.names), *(f"@argument{number}" for number in ref.positions))
    ]
    return [of(obj.child(key)) for obj in receiver.objects() if frame.is_input(obj) for key in keys]


def applies(
    frame: Frame,
    state: State,
    entry: Sink,
    receiver: Value | None,
    arguments: Arguments,
    parameters: tuple[Parameter, ...] = (),
) -> bool:
    """Whether the entry's conditions on constants hold, of the call or of the call that made the receiver."""
    made = constructions(frame, state, receiver) if receiver is not None and (entry.when or entry.unless) else []
    return all(_some(frame, condition, arguments, parameters, made) for condition in entry.when) and not any(
        _some(frame, condition, arguments, parameters, made) for condition in entry.unless
    )


def _some(
    frame: Frame,
    condition: ConstantCondition,
    arguments: Arguments,
    parameters: tuple[Parameter, ...],
    made: list[Arguments],
) -> bool:
    if condition_holds(frame, condition, arguments, parameters):
        return True
    return bool(made) and all(condition_holds(frame, condition, each) for each in made)


def constructions(frame: Frame, state: State, receiver: Value) -> list[Arguments]:
    """The arguments of the calls that made the receiver, as far as they are known."""
    found: list[Arguments] = []
    for obj in receiver.objects():
        arguments = construction(frame, state, obj)
        if arguments is not None:
            found.append(arguments)
    return found


def construction(frame: Frame, state: State, obj: Obj) -> Arguments | None:
    """What the object was made with; None where nothing is known of it."""
    keys = [key for key in stored_keys(frame, state, obj) if key.startswith("@argument")]
    values = {key: stored_value(frame, state, obj, key) or EMPTY for key in keys}
    if frame.is_input(obj):  # the caller is asked for what the policy's conditions look at
        for name in frame.world.wiring.telling_arguments:
            told = read_object(frame, state, obj, f"@argument:{name}")
            if fold(frame, told) or texts(frame, told):
                values[f"@argument:{name}"] = told
        for position in range(TELLING_POSITIONS):
            told = read_object(frame, state, obj, f"@argument{position}")
            if fold(frame, told) or texts(frame, told):
                values[f"@argument{position}"] = told
    arguments = Arguments()
    for key in sorted(values):
        if key.startswith("@argument:"):
            arguments.keywords[key.partition(":")[2]] = values[key]
        else:
            position = int(key.removeprefix("@argument"))
            while len(arguments.positional) <= position:
                arguments.positional.append(EMPTY)
            arguments.positional[position] = values[key]
    return arguments if values else None


def _check_request(
    frame: Frame, state: State, path: str, receiver: Value | None, arguments: Arguments, span: Span
) -> None:
    position = HTTP_CALLS[path]
    url = arguments.keywords.get("url")
    if url is None and position < len(arguments.positional):
        url = arguments.positional[position]
    if url is None:
        return
    rest = [value for name, value in arguments.keywords.items() if name in CONTENT]
    rest.extend(arguments.positional[position + 1 :])
    rest.extend(value for value in (arguments.more, arguments.more_keywords) if value is not None)
    request = Arguments([url], {**arguments.keywords, "url": url})
    _reach_url(frame, state, path, receiver, request, join_all([*rest, url]), span)


def _check_prepared(
    frame: Frame, state: State, path: str, receiver: Value | None, arguments: Arguments, span: Span
) -> None:
    """``urlopen(request)``, ``session.send(request)``: the request knows where to."""
    named = (arguments.keywords.get(name) for name in ("request", "url", "fullurl"))
    given = join_all([*arguments.positional[:1], *(value for value in named if value is not None)])
    for obj in given.objects():
        made = construction(frame, state, obj)
        url = made.keywords.get("url") if made is not None else None
        position = PREPARED.get(obj.api or "", 0 if path.startswith("urllib.") else 1)
        if made is not None and url is None and position < len(made.positional):
            url = made.positional[position]
        if url is not None:
            _reach_url(frame, state, path, receiver, Arguments([url], {"url": url}), given, span)


def _check_message(frame: Frame, state: State, path: str, receiver: Value, arguments: Arguments, span: Span) -> None:
    for opened in constructions(frame, state, receiver):
        url = opened.keywords.get("url") or opened.keywords.get("uri")
        if url is None and opened.positional:
            url = opened.positional[0]
        if url is not None:
            request = Arguments([url], {"url": url})
            _reach_url(frame, state, path, None, request, join_all(arguments.all()), span)


def _reach_url(
    frame: Frame, state: State, path: str, receiver: Value | None, request: Arguments, content: Value, span: Span
) -> None:
    texts = urls(frame, state, request.keywords["url"], receiver)
    known = [text for text in texts if not text.startswith("{}")]
    for candidates in (known, [text for text in texts if text not in known]):
        reached = {
            sink.id: sink
            for text in candidates
            for sink in frame.world.policy.url_sinks(text)
            if applies(frame, state, sink, receiver, _to_url(request, text))
        }
        for sink in reached.values():
            reach_sink(frame, state, sink, content, span, path)
        if reached:  # a host that is known says more than a path beneath any host
            return


def _to_url(request: Arguments, text: str) -> Arguments:
    url = of(Pattern(text) if "{}" in text else Const(text, str))
    return Arguments([url], {**request.keywords, "url": url})


def urls(frame: Frame, state: State, url: Value, receiver: Value | None) -> list[str]:
    """The URLs that the request may go to, with ``{}`` for what is not constant."""
    bases = [""]
    for made in constructions(frame, state, receiver) if receiver is not None else []:
        base = made.keywords.get("base_url") or made.keywords.get("host") or next(iter(made.positional), None)
        if base is not None:
            bases = [_as_base(text) for text in texts(frame, base)] or bases
    found = texts(frame, url)
    return [text if "://" in text else base.rstrip("/") + "/" + text.lstrip("/") for text in found for base in bases]


def _as_base(text: str) -> str:
    """``HTTPSConnection("api.openai.com")`` is told a host."""
    return text if "://" in text or text.startswith("{}") else f"https://{text}"


def texts(frame: Frame, value: Value) -> list[str]:
    """The strings that the value may be, as far as they are constant."""
    found: list[str] = []
    for atom in value.atoms:
        if isinstance(atom, Pattern):
            found.append(atom.text)
            continue
        constants = fold(frame, Value({atom: frozenset()}))
        if constants is not None:
            found.extend(constant.value for constant in constants if isinstance(constant.value, str))
        elif type(atom) is Obj:
            known = frame.known_atoms(atom)
            found.extend(each.text for each in known if isinstance(each, Pattern))
            found.extend(each.value for each in known if isinstance(each, Const) and isinstance(each.value, str))
    return found
