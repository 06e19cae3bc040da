"""The instructions of a block, one after the other."""

from __future__ import annotations

from datause_lint.analysis.frame import Frame
from datause_lint.analysis.raising import CHANGING, end_may_raise, may_raise
from datause_lint.analysis.state import State
from datause_lint.analysis.transfers import TRANSFERS
from datause_lint.ir.module import Block


def run_block(frame: Frame, block: Block, state: State) -> State | None:
    """The state at the block's end; a handler has those in which something may be raised."""
    after: State | None = state
    news = frame.handler >= 0  # for the handler: it has not seen this state
    for instruction in block.instructions:
        if after is None:
            return None
        if news and may_raise(frame, after, instruction):
            frame.may_raise(after)
            news = False
        after = TRANSFERS[type(instruction)](frame, after, instruction)
        news = frame.handler >= 0 and (news or type(instruction) in CHANGING)
    if after is not None and news and end_may_raise(frame, block.terminator):
        frame.may_raise(after)
    return after
