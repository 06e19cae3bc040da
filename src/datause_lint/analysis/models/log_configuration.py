"""``dictConfig``: handlers of loggers that a dict names."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import DICT, known_keys
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.models.dotted_names import named
from datause_lint.analysis.models.logs import attach_handler
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import index
from datause_lint.analysis.values import EMPTY, NONE, Value, join_all, of

SETTINGS: Final = frozenset(
    {"class", "()", "level", "formatter", "filters", "."}
)  # of a handler, which are no arguments


@models("logging.config.dictConfig")
def configured(call: ModelCall) -> Value:
    given = call.argument(0, "config")
    handlers = {name: _made(call, each) for name, each in _entries(call, _part(call, given, "handlers"))}
    loggers = [("", _part(call, given, "root")), *_entries(call, _part(call, given, "loggers"))]
    for name, settings in loggers:
        listed = _texts(call.elements(_part(call, settings, "handlers")))
        attach_handler(call, name, join_all([handlers.get(each, EMPTY) for each in listed]))
    return NONE


def _entries(call: ModelCall, value: Value) -> list[tuple[str, Value]]:
    dicts = [obj for obj in value.objects() if obj.api == DICT]
    return [
        (str(key), call.read(of(obj), index(key))) for obj in dicts for key in known_keys(call.frame, call.state, obj)
    ]


def _part(call: ModelCall, value: Value, key: str) -> Value:
    return call.read(of(*(obj for obj in value.objects() if obj.api == DICT)), index(key))


def _texts(value: Value) -> list[str]:
    return [atom.value for atom in value.atoms if isinstance(atom, Const) and isinstance(atom.value, str)]


def _made(call: ModelCall, settings: Value) -> Value:
    """``{"class": "app.logs.Forwarding", "url": …}``, or ``{"()": make_handler}``."""
    stated = join_all([_part(call, settings, key) for key in ("class", "()")])
    code = [named(call, text) for text in _texts(stated)]
    made_by = Value({atom: carried for atom, carried in stated.atoms.items() if not isinstance(atom, Const)})
    given = {name: value for name, value in _entries(call, settings) if name not in SETTINGS}
    return call.call_with(join_all([made_by, *code]), Arguments([], given))
