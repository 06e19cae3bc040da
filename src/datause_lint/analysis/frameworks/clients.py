"""Clients of model providers and of HTTP: what their constructors say about where data goes."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall, models
from datause_lint.analysis.objects import attribute
from datause_lint.analysis.values import Value, of
from datause_lint.analysis.wiring import Framework

TELLING_ARGUMENTS: Final = (
    "base_url",
    "host",
    "url",
    "api_base",
    "azure_endpoint",
    "endpoint_url",
    "service_name",
    "provider",
    "model",
    "path",
)


class Clients(Framework):
    """Also the methods that give a client back, with other settings."""

    telling_arguments: tuple[str, ...] = TELLING_ARGUMENTS

    def model_of(self, path: str) -> Model | None:
        holder, _, name = path.rpartition(".")
        if name in ("with_options", "copy", "with_raw_response", "with_streaming_response") and holder.endswith("()"):
            return _with_options
        return None


def _with_options(call: ModelCall) -> Value:
    """``client.with_options(timeout=3)``: the same client, unless it gets another place to talk to."""
    policy = call.frame.world.policy
    given = call.arguments
    elsewhere = given.positional or given.more_keywords or given.keywords.keys() & set(TELLING_ARGUMENTS)
    return call.receiver if policy.knows_prefix(call.path.rpartition(".")[0]) and not elsewhere else UNMODELLED


@models("types.SimpleNamespace", "argparse.Namespace")
def namespace(call: ModelCall) -> Value:
    """An object that holds what it was given, by name."""
    made = call.external(f"{call.path}()")
    for name, value in call.arguments.keywords.items():
        call.state.store(made, attribute(name), value)
    return of(made)
