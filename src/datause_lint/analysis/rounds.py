"""The loops of a function while it runs. What follows a ``for`` loop comes after what all its rounds do. What follows a
loop that surely has a round is what the last one left behind."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from operator import ge, gt, le, lt, ne
from typing import Final

from datause_lint.analysis.arguments import surely_filled
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.everybody import leave_loop
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.identifiers import singular
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.late import catch_up
from datause_lint.analysis.loops import next_element
from datause_lint.analysis.paths import joined
from datause_lint.analysis.state import State
from datause_lint.ir import instructions as ir

ORDERINGS: Final = {"<": lt, "<=": le, ">": gt, ">=": ge, "!=": ne}


class Rounds:
    """Loops are named by the blocks in which they draw, or test."""

    def __init__(self, frame: Frame, loops: Mapping[int, frozenset[int]]) -> None:
        self._frame = frame
        self._loops = loops
        self._before: dict[int, State] = {}  # how a ``while`` loop is come by whose first test is known to hold
        self._entered: dict[int, None] = {}  # those not left yet
        self._left: set[int] = set()
        self._sure: dict[int, bool] = {}  # whether a loop has a round, however it is come by
        self._behind: dict[int, State] = {}  # what the rounds of such a loop leave behind

    def draw(self, state: State, loop: ir.ForNext) -> list[tuple[int, State]]:
        """Into the next round, and past the loop."""
        frame, head = self._frame, self._frame.block
        drawn = frame.registers[loop.iterator]
        catch_up(frame, state, [drawn], call_values)
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

    def arrive(self, head: int, state: State, *, comes_back: bool) -> bool:
        """A loop is come by, or a round is over. Whether what follows the loop has not seen what is left behind."""
        if head not in self._loops:
            return False
        if comes_back and (self._sure.get(head, False) or head in self._before):
            return self._add(self._behind, head, state) and (head in self._left or head in self._before)
        return not comes_back and head in self._before and self._add(self._before, head, state)

    def _add(self, states: dict[int, State], head: int, state: State) -> bool:
        before = states.get(head)
        after = joined(self._frame, before, state) if before is not None else state
        states[head] = after
        return before is None or not after.same_as(before)

    def entries(self, number: int, entry: State) -> list[State]:
        """The states in which a block is to be run: those that come by a ``while`` loop, and those that come back."""
        if number in self._before:
            behind = self._behind.get(number)
            return [*([behind] if behind is not None else []), self._before[number]]
        if number in self._loops and number not in self._sure and self._test(number) is not None:
            self._sure[number] = False
            self._before[number] = entry
        return [entry]

    def ways(self, number: int, entry: State, ways: list[tuple[int, State]]) -> list[tuple[int, State]]:
        """Where a block leads; not past a ``while`` loop that is come by, if its first test surely holds."""
        if self._before.get(number) is not entry:
            return ways
        if not self._holds(number):
            del self._before[number]  # then they need not be told apart
            return ways
        test = self._frame.function.blocks[number].terminator
        assert isinstance(test, ir.Branch)
        return [way for way in ways if way[0] == test.then]

    def _test(self, number: int) -> ir.Compare | None:
        """The comparison that a block ends with."""
        block = self._frame.function.blocks[number]
        last = block.instructions[-1] if block.instructions else None
        decides = isinstance(last, ir.Compare) and isinstance(block.terminator, ir.Branch)
        return last if decides and last.target == block.terminator.condition else None  # type: ignore[union-attr,return-value]  # as decides says

    def _holds(self, number: int) -> bool:
        test = self._test(number)
        sides = [self._frame.registers[side].constant() for side in (test.left, test.right)] if test is not None else []
        numbers = [each.value for each in sides if each is not None and isinstance(each.value, int)]
        return (
            test is not None and len(numbers) == 2 and test.operator in ORDERINGS and ORDERINGS[test.operator](*numbers)
        )

    def leave(self, pending: AbstractSet[int]) -> int | None:
        """The head of the loop that was entered last, when its rounds have come to rest: for what follows it."""
        head = next(reversed(self._entered), None)
        if head is None or not pending.isdisjoint(self._loops.get(head, frozenset())):
            return None
        del self._entered[head]
        self._left.add(head)
        return head
