"""What a function starts, and leaves running when it returns, runs beside its caller; the iterators that it has made
look at what there is when the caller draws from them."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.applied import Applied
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.frame import Frame, Later
from datause_lint.analysis.late import note_beside, note_made
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.reachable import reachable
from datause_lint.analysis.state import State
from datause_lint.analysis.summary import Started
from datause_lint.analysis.values import Value
from datause_lint.ir.instructions import Span

MAXIMAL_STARTED: Final = 4  # calls of one function that its caller is told of


def started_in(frame: Frame) -> tuple[Started, ...]:
    """By places: of what is started in a loop, the last. What has nothing that others hold nobody else can change."""
    found: dict[tuple[Span, Span | None], Started] = {}
    for later in frame.later:
        started = _started(later, later.future)
        if any(reachable(value) for value in started.values()):
            found[later.span, later.origin] = started
    return tuple(found.values())[:MAXIMAL_STARTED]


def drawn_late_in(frame: Frame, state: State, returned: Value) -> tuple[Started, ...]:
    """How the iterators were made that the function hands out, or keeps in something."""
    if not frame.late:
        return ()
    held = {obj for fields in state.heap.values() for value in fields.values() for obj in value.objects()}
    held.update(returned.objects())
    found = [_started(drawn.made_by, made) for made, drawn in frame.late.items() if made in held]
    return tuple(found[:MAXIMAL_STARTED])


def _started(later: Later, future: Obj | None) -> Started:
    given = later.arguments
    return Started(later.function, tuple(given.positional), dict(given.keywords), given.more, later.span, future)


def draw_late(frame: Frame, state: State, applied: Applied, span: Span) -> None:
    """The iterators that the callee has made are the caller's to draw from."""
    for kept in applied.summary.drawn_late:
        made = applied.object(kept.future).only_object() if kept.future is not None else None
        if made is not None:
            note_made(frame, state, made, _later(applied, kept, state, span))


def _later(applied: Applied, started: Started, state: State, span: Span) -> Later:
    arguments = Arguments(
        [applied.value(value) for value in started.positional],
        {name: applied.value(value) for name, value in started.keywords.items()},
        applied.value(started.more) if started.more is not None else None,
    )
    return Later(applied.value(started.function), arguments, span, state.facts, started.span)


def go_on_beside(frame: Frame, state: State, applied: Applied, span: Span) -> None:
    for started in applied.summary.started:
        later = _later(applied, started, state, span)
        if started.future is not None:
            later.future = applied.object(started.future).only_object()
        note_beside(frame, state, later)
