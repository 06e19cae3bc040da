"""Groups of exceptions: what ``except*`` and ``split()`` take of them, and what they leave."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import LIST, stored_value
from datause_lint.analysis.exceptions import ARGS, split_by_kind
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.objects import ELEMENT, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, Value, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath

GROUP: Final = ApiPath("builtins.ExceptionGroup()")
MEMBERS: Final = attribute("exceptions")
MAXIMAL_DEPTH: Final = 3  # of groups in groups


def split_group(frame: Frame, state: State, raised: Value, kind: Value, span: Span) -> tuple[Value, Value]:
    """Of what may be in flight, the groups that ``except* kind`` takes, and what it leaves."""
    taken, left = _Split(frame, state, kind, span).parts(raised, "", 0)
    alone = of(*(obj for obj in taken.objects() if _members(frame, state, obj) is None))
    grouped = Value({atom: carried for atom, carried in taken.atoms.items() if atom not in alone.atoms})
    if alone.atoms:
        grouped = join_all([grouped, make_group(frame, state, alone, EMPTY, f"{frame.site(span)}~alone")])
    return grouped, left


def split_members(frame: Frame, state: State, group: Value, kind: Value, span: Span) -> tuple[Value, Value]:
    """What ``group.split(kind)`` gives."""
    return _Split(frame, state, kind, span).parts(group, "", 0)


class _Split:
    def __init__(self, frame: Frame, state: State, kind: Value, span: Span) -> None:
        self.frame = frame
        self.state = state
        self.kind = kind
        self.site = frame.site(span)

    def parts(self, raised: Value, part: str, depth: int) -> tuple[Value, Value]:
        """Groups are split into groups of their members; of anything else, what is taken, and what is left."""
        taken: list[Value] = []
        left: list[Value] = []
        for number, (atom, carried) in enumerate(raised.atoms.items()):
            one = Value({atom: carried})
            members = _members(self.frame, self.state, atom) if type(atom) is Obj and depth < MAXIMAL_DEPTH else None
            if members is None:
                found = split_by_kind(self.frame, self.state, one, self.kind)
                sides = [found[0], found[1]]
            else:
                inner = elements(self.frame, self.state, members)
                found = self.parts(inner, f"{part}~{number}", depth + 1)
                sides = [self._like(one, side, f"{part}~{number}.{place}") for place, side in enumerate(found)]
            taken.append(sides[0])
            left.append(sides[1])
        return join_all(taken), join_all(left)

    def _like(self, group: Value, members: Value, part: str) -> Value:
        return (
            make_group(self.frame, self.state, members, group, f"{self.site}~group{part}") if members.atoms else EMPTY
        )


def make_group(frame: Frame, state: State, members: Value, like: Value, site: str) -> Value:
    """A group of these exceptions, with the message and the notes of another one."""
    made = frame.world.objects.external(site, GROUP)
    state.allocate(made)
    for key in (ARGS, attribute("message"), attribute("__notes__")):
        kept = [stored_value(frame, state, obj, key) for obj in like.objects()]
        if any(value is not None for value in kept):
            state.store(made, key, join_all([value for value in kept if value is not None]))
    held = frame.world.objects.new(f"{site}~members", api=ApiPath(LIST))
    state.allocate(held)
    state.store(held, ELEMENT, members)
    state.store(made, MEMBERS, of(held))
    return of(made)


def _members(frame: Frame, state: State, exception: Obj) -> Value | None:
    return stored_value(frame, state, exception, MEMBERS)
