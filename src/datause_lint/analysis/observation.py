"""What the analysis sees of the calls on one line: for whoever asks why a line is no finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datause_lint.analysis.atoms import Data, Label
from datause_lint.analysis.values import Value
from datause_lint.findings.finding import Location
from datause_lint.ir.instructions import Span
from datause_lint.names import CategoryKey, FunctionId
from datause_lint.policy.entries import Sink

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame


@dataclass(slots=True)
class SinkSeen:
    """A sink that a call is, and what arrives there."""

    sink: Sink
    applies: bool  # whether the conditions of the policy's entry hold
    data: dict[CategoryKey, None] = field(default_factory=dict)
    of_callers: bool = False  # something arrives of which only the callers know what it is


@dataclass(slots=True)
class CallSeen:
    """A call on the line. Without ``names``, under which a policy can speak of it, nobody knows what is called."""

    location: Location
    names: dict[str, None] = field(default_factory=dict)
    sinks: dict[str, SinkSeen] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observed:
    calls: tuple[CallSeen, ...]  # by place
    functions: frozenset[FunctionId]  # all that were run


class Observer:
    """Watches one line of one file."""

    def __init__(self, path: str, line: int) -> None:
        self._path = path
        self._line = line
        self._calls: dict[Location, CallSeen] = {}

    def called(self, frame: Frame, span: Span, names: list[str]) -> None:
        call = self._at(frame, span)
        if call is not None:
            call.names.update(dict.fromkeys(name for name in names if not name.startswith("?.")))

    def sink(self, frame: Frame, span: Span, sink: Sink, *, applies: bool) -> None:
        call = self._at(frame, span)
        if call is not None:
            seen = call.sinks.setdefault(sink.id, SinkSeen(sink, applies))
            seen.applies = seen.applies or applies

    def arrived(self, frame: Frame, span: Span, sink: Sink, content: Value) -> None:
        """``content`` is the data that the sink is given."""
        call = self._at(frame, span)
        if call is None:
            return
        seen = call.sinks.setdefault(sink.id, SinkSeen(sink, True))
        for atom in content.atoms:
            if isinstance(atom, Label):
                seen.data[atom.category] = None
            elif isinstance(atom, Data):
                seen.of_callers = True

    def observed(self, functions: frozenset[FunctionId]) -> Observed:
        return Observed(tuple(call for _, call in sorted(self._calls.items())), functions)

    def _at(self, frame: Frame, span: Span) -> CallSeen | None:
        if not span.line <= self._line <= span.end_line or frame.module.path != self._path:
            return None
        location = frame.location(span)
        return self._calls.setdefault(location, CallSeen(location))
