"""Exceptions as objects: what they were made with stands in ``args``, which is what their text shows."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Final

from datause_lint.analysis.access import TUPLE
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import ELEMENT, Obj, attribute, index
from datause_lint.analysis.state import State
from datause_lint.analysis.values import of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath

ARGS: Final = attribute("args")
GROUPS: Final = frozenset({"BaseExceptionGroup", "ExceptionGroup"})
EXCEPTIONS: Final = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException) and name not in GROUPS
)
"""Those of Python itself, by name."""

# Attributes that are one of the arguments, by its position.
POSITIONS: Final = {
    "StopIteration": {"value": 0},
    "StopAsyncIteration": {"value": 0},
    "SystemExit": {"code": 0},
    "ImportError": {"msg": 0},
    "SyntaxError": {"msg": 0},
    "UnicodeDecodeError": {"object": 1, "reason": 4},
    "UnicodeEncodeError": {"object": 1, "reason": 4},
    "OSError": {"errno": 0, "strerror": 1, "filename": 2},
}


def names_of_exceptions(paths: Iterable[str]) -> list[str]:
    """The exceptions of Python itself among the paths, by name."""
    return [name for path in paths if path.startswith("builtins.") and (name := path[len("builtins.") :]) in EXCEPTIONS]


def keep_arguments(
    frame: Frame, state: State, made: Obj, names: Iterable[str], arguments: Arguments, span: Span
) -> None:
    """``args``, and the attributes that exceptions of these names have."""
    given = frame.world.objects.new(frame.site(span) + "~args", api=ApiPath(TUPLE))
    state.allocate(given)
    for position, value in enumerate(arguments.positional):
        state.store(given, index(position), value)
    if arguments.more is not None:
        state.store(given, ELEMENT, arguments.more)
    state.store(made, ARGS, of(given))
    for name, value in arguments.keywords.items():
        state.store(made, attribute(name), value)
    for kind in names:
        found = getattr(builtins, kind)
        for base in POSITIONS:
            if issubclass(found, getattr(builtins, base)):
                for name, position in POSITIONS[base].items():
                    if position < len(arguments.positional):
                        state.store(made, attribute(name), arguments.positional[position])
