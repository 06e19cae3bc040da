"""Web sockets that call back: the functions get the socket itself, to send with."""

from __future__ import annotations

from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.values import EMPTY, Value, of

CALLBACKS = ("on_open", "on_reconnect", "on_message", "on_data", "on_error", "on_close", "on_ping", "on_pong")


@models("websocket.WebSocketApp")
def web_socket_app(call: ModelCall) -> Value:
    """``WebSocketApp(url, on_open=opened)``: calls ``opened(app)`` when it runs."""
    made = call.external(f"{call.path}()")
    for position, value in enumerate(call.arguments.positional):
        call.state.store(made, f"@argument{position}", value)
    for name, value in call.arguments.keywords.items():
        call.state.store(made, f"@argument:{name}", value)
    for name in CALLBACKS:
        if name in call.arguments.keywords:
            call.maybe(call.arguments.keywords[name], of(made), EMPTY, EMPTY)
    return of(made)
