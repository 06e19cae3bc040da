"""What a dotted name in a text stands for: ``import_string("app.backends.Hosted")``."""

from __future__ import annotations

from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.values import EMPTY, Value, join_all


@models(
    "django.utils.module_loading.import_string", "werkzeug.utils.import_string", "pydoc.locate",
    "pkgutil.resolve_name", "kombu.utils.imports.symbol_by_name", "hydra.utils.get_class", "hydra.utils.get_method",
    "hydra.utils.get_object",
)  # fmt: skip
def imported(call: ModelCall) -> Value:
    names = fold(call.frame, call.arguments.all()[0]) if call.arguments.all() else None
    return join_all([named(call, each.value) for each in names or () if isinstance(each.value, str)])


def named(call: ModelCall, text: str) -> Value:
    """A module's name, or an attribute of it: ``app.backends:Hosted`` is another way to write it."""
    module, _, name = text.replace(":", ".").rpartition(".")
    if not module:
        return EMPTY
    holder = call.frame.world.module_value(module, call.frame.module.name)
    found, _ = read_attribute(call.frame, call.state, holder, name, call.span, "", call.caller)
    return found
