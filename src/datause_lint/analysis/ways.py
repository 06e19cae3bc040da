"""The ways through a function's blocks, whatever they compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from datause_lint.ir import instructions as ir
from datause_lint.ir.module import FunctionIR


def loops_of(function: FunctionIR) -> dict[int, frozenset[int]]:
    """The blocks of each loop, by its head.

    A head is reached from itself or from a later block: blocks are numbered in reverse postorder.
    """
    comers: dict[int, list[int]] = {}
    for number, block in enumerate(function.blocks):
        for way in {block.handler, *following(block.terminator, block.handler)}:
            if way >= 0:
                comers.setdefault(way, []).append(number)
    return {head: _body(head, comers) for head in sorted(comers) if any(number >= head for number in comers[head])}


def _body(head: int, comers: Mapping[int, Sequence[int]]) -> frozenset[int]:
    """What leads back to the head of a loop without passing it."""
    body = {head}
    pending = [number for number in comers[head] if number >= head]
    while pending:
        number = pending.pop()
        if number not in body:
            body.add(number)
            pending.extend(comers.get(number, ()))
    return frozenset(body)


def may_swallow(function: FunctionIR) -> bool:
    """Whether a generator may come to its end after an exception was thrown in where it yields."""
    seen = {
        block.handler
        for block in function.blocks
        if block.handler >= 0 and any(isinstance(i, (ir.Yield, ir.YieldFrom)) for i in block.instructions)
    }
    pending = list(seen)
    while pending:
        block = function.blocks[pending.pop()]
        if isinstance(block.terminator, ir.Return):
            return True
        news = [each for each in following(block.terminator, block.handler) if each not in seen]
        seen.update(news)
        pending.extend(news)
    return False


def is_on_every_way(function: FunctionIR, number: int) -> bool:
    """Whether nobody comes to a return without the block, as long as nothing is raised."""
    seen = {0}
    pending = [] if number == 0 else [0]
    while pending:
        block = function.blocks[pending.pop()]
        if isinstance(block.terminator, ir.Return):
            return False
        news = [each for each in following(block.terminator, -1) if each not in seen and each != number]
        seen.update(news)
        pending.extend(news)
    return True


def following(terminator: ir.Terminator, handler: int) -> Iterator[int]:
    match terminator:
        case ir.Jump(target):
            yield target
        case ir.Branch(_, then, otherwise, _):
            yield from (then, otherwise)
        case ir.ForNext():
            yield from (terminator.body, terminator.done)
        case ir.Raise() if handler >= 0:
            yield handler
