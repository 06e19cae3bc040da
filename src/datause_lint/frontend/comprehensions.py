"""Comprehensions and generator expressions: loops in the function that holds them, over variables of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from datause_lint.frontend.builder import FunctionBuilder, lowers_expression
from datause_lint.frontend.expressions import build, condition
from datause_lint.frontend.targets import assign
from datause_lint.ir.instructions import (
    Append,
    BlockIndex,
    BuildDict,
    BuildKind,
    ForNext,
    Iterate,
    Register,
)

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp

KINDS = {ast.ListComp: BuildKind.LIST, ast.SetComp: BuildKind.SET, ast.GeneratorExp: BuildKind.GENERATOR}


@lowers_expression(ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
def lower_comprehension(b: FunctionBuilder, node: Comprehension) -> Register:
    span = b.span(node)
    first = _iterate(b, node.generators[0])
    if isinstance(node, ast.DictComp):
        container = b.register()
        b.emit(BuildDict(container, (), span))
    else:
        container = build(b, KINDS[type(node)], (), span)
    b.comprehensions += 1
    with b.in_sight(node, _bound(node.generators)):
        heads: list[tuple[BlockIndex, BlockIndex]] = []
        for generator in node.generators:
            iterator = _iterate(b, generator) if heads else first
            heads.append(_enter_loop(b, generator, iterator))
        _append(b, container, node)
        for head, done in reversed(heads):
            b.jump(head)
            b.enter(done)
    b.comprehensions -= 1
    return container


def _iterate(b: FunctionBuilder, generator: ast.comprehension) -> Register:
    source = b.expression(generator.iter)
    target = b.register()
    b.emit(Iterate(target, source, bool(generator.is_async), b.span(generator.iter)))
    return target


def _enter_loop(b: FunctionBuilder, generator: ast.comprehension, iterator: Register) -> tuple[BlockIndex, BlockIndex]:
    """Opens a loop and its conditions: where its head is, and what follows it."""
    head, body, done = b.new_block(), b.new_block(), b.new_block()
    element = b.register()
    b.goto(head)
    b.terminate(ForNext(iterator, element, body, done, b.span(generator.target)))
    b.enter(body)
    assign(b, generator.target, element)
    for test in generator.ifs:
        passed = b.new_block()
        condition(b, test, passed, head)
        b.enter(passed)
    return head, done


def _append(b: FunctionBuilder, container: Register, node: Comprehension) -> None:
    if isinstance(node, ast.DictComp):
        key: Register | None = b.expression(node.key)
        value, span = b.expression(node.value), b.span(node.value)
    else:
        key, value, span = None, b.expression(node.elt), b.span(node.elt)
    b.emit(Append(container, value, key, span))


def _bound(generators: Sequence[ast.comprehension]) -> Iterator[str]:
    """The names that the targets bind."""
    pending: list[ast.expr] = [generator.target for generator in generators]
    while pending:
        target = pending.pop()
        if isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, (ast.Tuple, ast.List)):
            pending.extend(target.elts)
        elif isinstance(target, ast.Starred):
            pending.append(target.value)
