"""What holds for every function that lowering makes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from datause_lint.ir.instructions import Branch, Const, ForNext, Instruction, Jump, Terminator, Unpack
from datause_lint.ir.module import Block, FunctionIR

REGISTER_FIELDS = {"base", "key", "source", "container", "value", "left", "right", "operand", "manager", "exception"}
REGISTER_FIELDS |= {"cause", "kind", "subject", "function", "condition", "iterator"}


def check_function(function: FunctionIR) -> None:
    """
    Every register is written by one instruction, before every use on every path; every block can be reached; targets
    and handlers exist.
    """
    written: set[int] = set()
    for block in function.blocks:
        assert -1 <= block.handler < len(function.blocks), function.id
        for step in steps(block):
            for register in defined(step):
                assert 0 <= register < function.registers and register not in written, (function.id, step)
                written.add(register)
    before = _written_before(function)
    assert before.keys() == set(range(len(function.blocks))), f"{function.id} has unreachable blocks"
    for index, block in enumerate(function.blocks):
        known = before[index]
        for step in steps(block):
            for register in used(step):
                assert known >> register & 1, (function.id, index, step)
            known |= _mask(defined(step))


def _written_before(function: FunctionIR) -> dict[int, int]:
    """For each block that the entry reaches, a bit set of the registers that are written on every path to it."""
    before = {0: 0}
    pending = [0]
    while pending:
        index = pending.pop()
        block, known = function.blocks[index], before[index]
        after = known | _mask([register for step in steps(block) for register in defined(step)])
        edges = [(target, after) for target in targets(block.terminator)]
        if block.handler >= 0:
            edges.append((block.handler, known))
        for target, value in edges:
            merged = before[target] & value if target in before else value
            if before.get(target) != merged:
                before[target] = merged
                pending.append(target)
    return before


def _mask(registers: Sequence[int]) -> int:
    mask = 0
    for register in registers:
        mask |= 1 << register
    return mask


def steps(block: Block) -> Iterator[Instruction | Terminator]:
    yield from block.instructions
    yield block.terminator


def targets(terminator: Terminator) -> tuple[int, ...]:
    if isinstance(terminator, Jump):
        return (terminator.target,)
    if isinstance(terminator, Branch):
        return terminator.then, terminator.otherwise
    if isinstance(terminator, ForNext):
        return terminator.body, terminator.done
    return ()


def defined(step: Instruction | Terminator) -> tuple[int, ...]:
    if isinstance(step, Unpack):
        return step.targets
    target = None if isinstance(step, Jump) else getattr(step, "target", None)
    return () if target is None else (target,)


def used(step: Instruction | Terminator) -> Iterator[int]:
    if isinstance(step, Const):
        return
    for field in dataclasses.fields(step):
        value = getattr(step, field.name)
        if field.name in ("items", "arguments", "bases"):
            yield from (item.register for item in value)
        elif field.name in ("defaults", "keywords"):
            yield from (register for _, register in value)
        elif field.name == "entries":
            yield from (register for entry in value for register in entry if register is not None)
        elif field.name in REGISTER_FIELDS and type(value) is int:
            yield value
