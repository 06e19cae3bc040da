"""The ``for`` loops of a function while it runs: what follows a loop comes after what all its rounds do, and of a loop
that surely has a round it is what the last one left behind."""

from __future__ import annotations

from datause_lint.analysis.access import elements
from datause_lint.analysis.arguments import surely_filled
from datause_lint.analysis.everybody import leave_loop
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.identifiers import singular
from datause_lint.analysis.loops import next_element
from datause_lint.analysis.paths import joined
from datause_lint.analysis.state import State
from datause_lint.ir import instructions as ir


class Rounds:
    """Loops are named by the blocks in which they draw."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._entered: dict[int, None] = {}  # those not left yet
        self._left: set[int] = set()
        self._sure: dict[int, bool] = {}  # whether a loop has a round, however it is come by
        self._behind: dict[int, State] = {}  # what the rounds of such a loop leave behind

    def draw(self, state: State, loop: ir.ForNext) -> list[tuple[int, State]]:
        """Into the next round, and past the loop."""
        frame, head = self._frame, self._frame.block
        drawn = frame.registers[loop.iterator]
        self._sure[head] = self._sure.get(head, True) and surely_filled(frame, state, drawn)
        body, site = state.copy(), frame.site(loop.span)
        frame.registers[loop.target] = next_element(frame, body, elements(frame, body, drawn), site, loop.span, drawn)
        frame.register_names[loop.target] = singular(frame.register_names.get(loop.iterator, ""))
        if head not in self._left:
            self._entered[head] = None
            return [(loop.body, body)]
        after = self._behind.get(head) if self._sure[head] else state
        if after is None:
            return [(loop.body, body)]
        after = after.copy()
        leave_loop(frame, after, frame.world.objects.current(site))
        return [(loop.body, body), (loop.done, after)]

    def come_back(self, head: int, state: State) -> bool:
        """A round is over. Whether what follows the loop has not seen what it leaves behind."""
        if not self._sure.get(head, False):
            return False
        before = self._behind.get(head)
        after = joined(self._frame, before, state) if before is not None else state
        if before is not None and after.same_as(before):
            return False
        self._behind[head] = after
        return head in self._left

    def leave_one(self) -> list[int]:
        """The head of the loop that was entered last, for what follows it."""
        if not self._entered:
            return []
        head, _ = self._entered.popitem()
        self._left.add(head)
        return [head]
