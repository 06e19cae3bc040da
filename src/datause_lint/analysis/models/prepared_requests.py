"""HTTP requests that are made first and sent later: preparing one changes neither where it goes nor what it carries."""

from __future__ import annotations

from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.values import Value


@models("requests.Request().prepare")
def prepare(call: ModelCall) -> Value:
    return call.receiver


@models("requests.Session().prepare_request")
def prepare_request(call: ModelCall) -> Value:
    return call.argument(0, "request")
