"""Settings from outside of the program: what they are where nothing is set is known."""

from __future__ import annotations

from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.values import Value, join, of


@models("os.environ.get", "os.getenv", "os.environ.setdefault", "decouple.config")
def setting(call: ModelCall) -> Value:
    """``os.environ.get(name, default)``: anything, or the default."""
    made = of(call.external(f"{call.path}()"))
    default = call.optional(1, "default")
    return join(made, default) if default is not None else made
