"""From the blocks that lowering opened to those of the IR: the reachable ones, renumbered in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from datause_lint.ir.instructions import BlockIndex, Branch, ForNext, Instruction, Jump, Return, Terminator
from datause_lint.ir.module import Block

OUT: BlockIndex = -1


def prune(
    code: Sequence[Sequence[Instruction]], terminators: Sequence[Terminator | None], handlers: Sequence[BlockIndex]
) -> tuple[tuple[Block, ...], dict[BlockIndex, BlockIndex]]:
    """
    The blocks that the entry reaches, in reverse postorder, and their new index for each old one.

    Blocks that only jump on are left out. A block that cannot raise has no handler.
    """
    resolve = _resolver(code, terminators)
    ends: dict[BlockIndex, tuple[Terminator, BlockIndex]] = {}

    def successors(index: BlockIndex) -> list[BlockIndex]:
        terminator = terminators[index]
        assert terminator is not None, "a block that code reaches has an end"
        silent = not code[index] and isinstance(terminator, (Jump, Return))
        handler = OUT if silent or handlers[index] == OUT else resolve(handlers[index])
        terminator = _redirect(terminator, resolve)
        ends[index] = terminator, handler
        return [*_targets(terminator), handler] if handler != OUT else [*_targets(terminator)]

    order = _reverse_postorder(resolve(0), successors)
    renumbered = {old: new for new, old in enumerate(order)}
    blocks = []
    for old in order:
        terminator, handler = ends[old]
        end = _redirect(terminator, renumbered.__getitem__)
        blocks.append(Block(tuple(code[old]), end, renumbered.get(handler, OUT)))
    return tuple(blocks), renumbered


def _reverse_postorder(entry: BlockIndex, successors: Callable[[BlockIndex], list[BlockIndex]]) -> list[BlockIndex]:
    """What the entry reaches, each block before those that only it leads to: the order in which data flows."""
    seen = {entry}
    path = [(entry, successors(entry))]
    order = []
    while path:
        index, following = path[-1]
        if not following:
            order.append(index)
            path.pop()
            continue
        successor = following.pop()
        if successor not in seen:
            seen.add(successor)
            path.append((successor, successors(successor)))
    return order[::-1]


def _resolver(
    code: Sequence[Sequence[Instruction]], terminators: Sequence[Terminator | None]
) -> Callable[[BlockIndex], BlockIndex]:
    def resolve(index: BlockIndex) -> BlockIndex:
        """Where a jump to the block ends up."""
        seen = set()
        while not code[index] and index not in seen:
            terminator = terminators[index]
            if type(terminator) is not Jump:
                break
            seen.add(index)
            index = terminator.target
        return index

    return resolve


def _redirect(terminator: Terminator, where: Callable[[BlockIndex], BlockIndex]) -> Terminator:
    if type(terminator) is Jump:
        return Jump(where(terminator.target))
    if type(terminator) is Branch:
        return Branch(terminator.condition, where(terminator.then), where(terminator.otherwise), terminator.span)
    if type(terminator) is ForNext:
        return ForNext(
            terminator.iterator, terminator.target, where(terminator.body), where(terminator.done), terminator.span
        )
    return terminator


def _targets(terminator: Terminator) -> tuple[BlockIndex, ...]:
    if type(terminator) is Jump:
        return (terminator.target,)
    if type(terminator) is Branch:
        return terminator.then, terminator.otherwise
    if type(terminator) is ForNext:
        return terminator.body, terminator.done
    return ()
