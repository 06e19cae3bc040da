"""What functions may cost: first each the same share of the whole budget, then more for those that need it.

Otherwise the functions that happen to be asked first would use up what the others need. Work is counted in
instructions, not in seconds: a report is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from datause_lint.analysis.summaries import OVERDRAFT, Summaries

ROOT_BUDGET = 8_000  # instructions that are run for one function, with all that it calls
TOTAL_BUDGET = 300_000  # instructions that are run for the whole program
A_FILE = 100  # of these, that are not run: to look through a large program takes the time of that many for each file
MOST_FOR_FILES = 120_000  # beyond that, an even larger one takes longer
LEAST_SHARE = 80
MORE = 8  # times as much in the next turn, for those for which their share was not enough
LARGEST_SHARE = MORE * ROOT_BUDGET  # where the whole program has not used up what it may cost
FOR_MORE = 3  # a third of the whole is kept for those
WORTH_A_ROUND = 1_000  # what has to be left
FOR_A_ROUND = (
    12  # a twelfth of the whole, where another turn follows, in which it will do more: a round looks through all
)
SMALL = 30_000  # what a program costs in which nothing need be given up to save the rest


class Turns:
    def __init__(self, summaries: Summaries, files: int) -> None:
        self._summaries = summaries
        self._whole = TOTAL_BUDGET - min(files * A_FILE, MOST_FOR_FILES)
        self._left = self._whole
        self._share = ROOT_BUDGET
        self._kept_back = 0  # of what is left, in this round

    def shares(self, functions: int) -> Iterator[int]:
        """What each of so many functions may cost, turn by turn."""
        share = max(self._whole // max(functions, 1), LEAST_SHARE)
        while share < ROOT_BUDGET:
            yield share
            share = ROOT_BUDGET if self.is_used_up else share * MORE
        yield ROOT_BUDGET
        if not self.is_used_up:
            yield LARGEST_SHARE

    def begin(self, share: int) -> None:
        self._share, self._summaries.overdraft = share, min(OVERDRAFT, share)
        self._summaries.left_out.clear()

    def begin_round(self) -> None:
        """A part of the whole budget is for those that need more than their share, and of the rest one half for those
        that this round finds."""
        for_more = self._for_more()
        self._kept_back = 0 if self.is_last else for_more + max(self._left - for_more, 0) // 2

    @property
    def largest_share(self) -> int:
        return LARGEST_SHARE

    @property
    def is_last(self) -> bool:
        return self._share >= ROOT_BUDGET

    @property
    def is_another_needed(self) -> bool:
        return not self.is_last and bool(self._summaries.left_out)

    @property
    def is_used_up(self) -> bool:
        return self._left <= (WORTH_A_ROUND if self.is_last else self._for_more() + self._whole // FOR_A_ROUND)

    @property
    def is_small(self) -> bool:
        """Whether the whole program has cost little so far."""
        return self._left >= self._whole - SMALL

    @contextmanager
    def spending(self) -> Iterator[None]:
        """What a function costs that is asked about meanwhile counts, and is limited."""
        granted = self._summaries.budget = max(min(self._share, self._left - self._kept_back), 0)
        try:
            yield
        finally:
            self._left -= granted - self._summaries.budget

    def _for_more(self) -> int:
        return 0 if self.is_last else self._whole // FOR_MORE
