"""What a function starts, and leaves running when it returns, runs beside its caller."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.frame import Frame, Later
from datause_lint.analysis.late import note_beside
from datause_lint.analysis.state import State
from datause_lint.analysis.substitution import Substitution
from datause_lint.analysis.summary import Started
from datause_lint.analysis.world import reachable
from datause_lint.ir.instructions import Span

MAXIMAL_STARTED: Final = 4  # calls of one function that its caller is told of


def started_in(frame: Frame) -> tuple[Started, ...]:
    """By places: of what is started in a loop, the last. What has nothing that others hold nobody else can change."""
    found: dict[tuple[Span, Span | None], Started] = {}
    for later in frame.later:
        given = later.arguments
        started = Started(
            later.function, tuple(given.positional), dict(given.keywords), given.more, later.span, later.future
        )
        if any(reachable(value) for value in started.values()):
            found[later.span, later.origin] = started
    return tuple(found.values())[:MAXIMAL_STARTED]


def go_on_beside(frame: Frame, state: State, substitution: Substitution, span: Span) -> None:
    for started in substitution.summary.started:
        arguments = Arguments(
            [substitution.value(value) for value in started.positional],
            {name: substitution.value(value) for name, value in started.keywords.items()},
            substitution.value(started.more) if started.more is not None else None,
        )
        later = Later(substitution.value(started.function), arguments, span, state.facts, started.span)
        if started.future is not None:
            later.future = substitution.object(started.future).only_object()
        note_beside(frame, state, later)
