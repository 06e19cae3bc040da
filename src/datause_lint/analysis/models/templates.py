"""``string.Template``: what goes into a text is what it names."""

from __future__ import annotations

import re
from typing import Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall, models
from datause_lint.analysis.objects import attribute
from datause_lint.analysis.special_methods import item_by_class
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value
from datause_lint.names import ClassId

TEMPLATE: Final = "string.Template()"
TEXT: Final = attribute("template")
NAME: Final = "(?a:[_a-z][_a-z0-9]*)"
OWN_SYNTAX: Final = ("pattern", "idpattern", "braceidpattern", "flags")


@models(f"{TEMPLATE}.substitute", f"{TEMPLATE}.safe_substitute")
def substituted(call: ModelCall) -> Value:
    """The text, and what stands under the names in it: in the keywords, or else in the mapping."""
    names = _names_in_text(call)
    if names is None or call.arguments.more is not None or call.arguments.more_keywords is not None:
        return UNMODELLED
    mapping = call.argument(0)
    found = [call.arguments.keywords.get(name) or _under(call, mapping, name) for name in names]
    return call.data(*(call.spelled_out(value) for value in found))


def _under(call: ModelCall, mapping: Value, name: str) -> Value:
    value, after = item_by_class(call.frame, call.state, mapping, name, call.span, call.caller)
    return value if call.go_on(after) else EMPTY


def _names_in_text(call: ModelCall) -> list[str] | None:
    """None where the text is not known, or what a name looks like in it."""
    only = call.receiver.only_object()
    if only is None or len(call.receiver.atoms) != 1 or stored_value(call.frame, call.state, only, TEXT) is not None:
        return None
    delimiter = _delimiter(call, [kind.cls for kind in types_of(call.frame, call.state, only) if kind.cls is not None])
    text = _constant(call, stored_value(call.frame, call.state, only, "@argument0"))
    return _names(text, delimiter) if text is not None and delimiter is not None else None


def _delimiter(call: ModelCall, classes: list[ClassId]) -> str | None:
    """What stands before a name, as a class of the program may say; None where it says more, or what is not known."""
    found: str | None = "$"
    for cls in classes:
        if any(call.frame.world.class_attribute(cls, name) is not None for name in OWN_SYNTAX):
            return None
        own = call.frame.world.class_attribute(cls, "delimiter")
        found = _constant(call, own[0]) if own is not None else found
    return found or None


def _constant(call: ModelCall, value: Value | None) -> str | None:
    constants = fold(call.frame, value) if value is not None else None
    only = constants[0].value if constants is not None and len(constants) == 1 else None
    return only if isinstance(only, str) else None


def _names(text: str, delimiter: str) -> list[str]:
    sign = re.escape(delimiter)
    matches = re.findall(rf"{sign}(?:{sign}|({NAME})|\{{({NAME})\}})", text, re.IGNORECASE)
    return [plain or braced for plain, braced in matches if plain or braced]
