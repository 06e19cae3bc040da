"""Iterators, and what runs beside, see what there is when somebody draws or waits, not when they were made."""

from __future__ import annotations

from typing import Final, NamedTuple

from datause_lint.analysis.arguments import Arguments, Caller
from datause_lint.analysis.frame import Frame, Later
from datause_lint.analysis.objects import RESULT, Obj
from datause_lint.analysis.reachable import reachable
from datause_lint.analysis.state import Fields, State, join_states
from datause_lint.analysis.values import Value
from datause_lint.ir.instructions import Span

LATE: Final = frozenset(
    {
        *(f"builtins.{name}" for name in ("enumerate", "filter", "iter", "map", "reversed", "zip")),
        *(
            f"itertools.{name}"
            for name in (
                "accumulate", "batched", "chain", "chain.from_iterable", "compress", "cycle", "dropwhile",
                "filterfalse", "groupby", "islice", "pairwise", "starmap", "takewhile", "tee", "zip_longest",
            )
        ),
    }
)  # fmt: skip
"""What these give, they have not looked at yet."""

VIEWS: Final = frozenset({"items", "keys", "values"})
MAXIMAL_SOURCES: Final = 8


Sources = dict[Obj, Fields | None]
"""Objects, with what was in them when somebody last looked."""


class Drawn(NamedTuple):
    """How an iterator was made, and what stood in what it draws from when that was last looked at."""

    made_by: Later
    sources: Sources


def note_late(frame: Frame, state: State, made: Value, function: Value, arguments: Arguments, span: Span) -> None:
    """The call has made an iterator: it is made anew where somebody draws from it, if there is something else then."""
    sources = _drawn_from(frame, state, function, arguments)
    own = [obj for obj in made.objects() if obj in state.heap and not obj.symbolic and obj not in sources]
    if own and 0 < len(sources) <= MAXIMAL_SOURCES:
        seen = {obj: state.heap.get(obj) for obj in sources}
        for obj in own:
            frame.late[obj] = Drawn(Later(function, arguments, span, state.facts), seen)


def _drawn_from(frame: Frame, state: State, function: Value, arguments: Arguments) -> list[Obj]:
    """What the iterator is given, with what is in that if it is little: a generator may look at ``self.rows``."""
    given = [obj for value in (function, *arguments.all()) for obj in reachable(value)]
    inside = [
        each
        for obj in given
        for key, value in state.heap.get(obj, {}).items()
        if key.startswith(".")
        for each in value.objects()
        if each not in frame.late
    ]
    found = list(dict.fromkeys([*given, *inside]))
    return found if len(found) <= MAXIMAL_SOURCES else given


def note_made(frame: Frame, state: State, made: Obj, by: Later) -> None:
    """A callee has made the iterator."""
    sources = _drawn_from(frame, state, by.function, by.arguments)
    if made in state.heap and 0 < len(sources) <= MAXIMAL_SOURCES:
        frame.late[made] = Drawn(by, {obj: state.heap.get(obj) for obj in sources if obj is not made})


def catch_up(frame: Frame, state: State, values: list[Value], caller: Caller) -> None:
    """Makes the iterators anew that somebody may draw from, by one of the values, if there is something else now."""
    changed = [made for made in frame.late if _has_changed(frame, state, made)] if frame.late else []
    reached = _within(state, values) if changed else {}
    for made in changed:
        if made in reached and made in frame.late and made in state.heap:
            _make_anew(frame, state, made, caller)


def _has_changed(frame: Frame, state: State, made: Obj, above: tuple[Obj, ...] = ()) -> bool:
    above = (*above, made)
    for obj, before in frame.late[made].sources.items():
        now = state.heap.get(obj)
        if (now is not before and now != before) or (
            obj in frame.late and obj not in above and _has_changed(frame, state, obj, above)
        ):
            return True
    return False


def _within(state: State, values: list[Value]) -> dict[Obj, None]:
    """All objects that one can come to by the values."""
    found: dict[Obj, None] = {}
    pending = [obj for value in values for obj in reachable(value)]
    while pending:
        obj = pending.pop()
        if obj not in found:
            found[obj] = None
            pending.extend(each for value in state.heap.get(obj, {}).values() for each in reachable(value))
    return found


def _make_anew(frame: Frame, state: State, made: Obj, caller: Caller) -> None:
    before = frame.late.pop(made)
    for source in before.sources:
        if source in frame.late and source in state.heap and _has_changed(frame, state, source):
            _make_anew(frame, state, source, caller)
    kept = state.heap.pop(made)  # it is the same object, not one more of its place
    again = state.copy()
    value, after = caller(frame, again, before.made_by.function, before.made_by.arguments, before.made_by.span)
    if after is not None and made not in after.heap and before.made_by.origin is not None:
        after.heap[made] = dict(kept)  # a callee had made it, under a name of its own
        _take_in(after, made, value, state)
    if after is None or made not in after.heap:
        state.heap[made] = kept
        return
    state.variables, state.heap, state.facts = after.variables, after.heap, after.facts


def _take_in(after: State, made: Obj, drawn: Value, before: State) -> None:
    """What is drawn goes into the iterator; what the call itself has made, and lends its name here, stays as it is."""
    for obj in drawn.objects():
        for key, held in after.heap.get(obj, {}).items():
            after.store_weakly(made, key, held)
        if obj in before.heap:
            after.heap[obj] = before.heap[obj]


# ── what runs beside ──────────────────────────────────────────────────────────────────────────────────────────────


def note_beside(frame: Frame, state: State, later: Later) -> None:
    """A thread or task has been started, and sees what there is now, and what there is when somebody waits."""
    frame.later[later] = _seen_by(state, later)


def wait(frame: Frame, state: State, caller: Caller) -> None:
    """Somebody waits: what runs beside may have seen all that has been done since it was started."""
    if not frame.later:
        return
    running, frame.later = frame.later, {}  # what runs beside may wait itself
    _run_again(frame, state, running, caller)
    frame.later = {**running, **frame.later}


def _run_again(frame: Frame, state: State, running: dict[Later, Sources], caller: Caller) -> None:
    for later in {(each.span, each.origin): each for each in running}.values():
        now = _seen_by(state, later)
        before = running[later]
        if all(fields is before.get(obj) or fields == before.get(obj) for obj, fields in now.items()):
            continue
        beside = state.copy()
        beside.learn(later.facts)
        frame.goes_on = later.origin is not None
        result, after = caller(frame, beside, later.function, later.arguments, later.span)
        frame.goes_on = False
        if after is not None:
            if later.future is not None and later.future in after.heap:
                after.store_weakly(later.future, RESULT, result)
            both = join_states(state, after)
            state.variables, state.heap, state.facts = both.variables, both.heap, both.facts
        running[later] = _seen_by(state, later)


def _seen_by(state: State, later: Later) -> Sources:
    return {obj: state.heap.get(obj) for obj in _within(state, [later.function, *later.arguments.all()])}
