"""Functions that somebody outside was told of before a decorator of the program put another in their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.frameworks.tasks.things import PERIODIC
from datause_lint.analysis.types import last_name

if TYPE_CHECKING:
    from datause_lint.analysis.world import World
    from datause_lint.names import FunctionId

# Decorators that only wrap (``retry``, ``memoize``, ``limit``) are called by nobody but who calls what they give.
REGISTERING: Final = PERIODIC | {
    "shared_task",
    "task",
    "actor",
    "db_task",
    "command",
    "event",
    "on_event",
    "listener",
    "message_handler",
    "callback_query_handler",
    "subscriber",
    "tool",
    "hybrid_command",
    "slash_command",
}


def registered_below(world: World) -> Iterator[FunctionId]:
    """``@consent`` over ``@app.task``: the worker runs the function as the lower decorator has found it."""
    for name, marks in world.marks.items():
        names = {last_name((mark.api or "").removesuffix("()")) for mark in marks}
        if not names.isdisjoint(REGISTERING) and world.is_replaced(name):
            yield name
