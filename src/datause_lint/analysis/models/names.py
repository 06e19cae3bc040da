"""``globals()``: the module's names by texts, read and written."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import indexed
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.registration import store_global
from datause_lint.analysis.state import State
from datause_lint.analysis.transfers.names import load_global
from datause_lint.analysis.values import NONE, Value, join, join_all, of

GLOBALS: Final = "builtins.globals()"


@models("builtins.globals")
def all_names(call: ModelCall) -> Value:
    return of(call.external(GLOBALS))


def are_globals(value: Value) -> bool:
    return any(obj.api == GLOBALS for obj in value.objects())


def named(frame: Frame, state: State, name: Value) -> Value | None:
    """What the module calls so; None where it is not known how."""
    names = fold(frame, name)
    return join_all([load_global(frame, state, str(each.value)) for each in names]) if names is not None else None


def name_globally(frame: Frame, state: State, name: Value, value: Value) -> None:
    for each in fold(frame, name) or ():
        store_global(frame, state, str(each.value), value)


@models(f"{GLOBALS}.get", f"{GLOBALS}.pop", f"{GLOBALS}.setdefault")
def get(call: ModelCall) -> Value:
    found, default = named(call.frame, call.state, call.argument(0)), call.optional(1)
    if call.path.endswith("setdefault") and default is not None:
        name_globally(call.frame, call.state, call.argument(0), default)
    known = found if found is not None else NONE
    return join(known, default) if default is not None else known


@models(f"{GLOBALS}.update")
def update(call: ModelCall) -> Value:
    for name, value in call.arguments.keywords.items():
        store_global(call.frame, call.state, name, value)
    for given in call.arguments.positional:
        for obj in given.objects():
            for key, value in indexed(call.frame, call.state, obj):
                store_global(call.frame, call.state, key[2:-2], value)
    return NONE
