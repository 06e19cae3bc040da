"""``all(allowed(user, each) for each in ("assistant", "training"))``: asked of each of a few things that are listed."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from datause_lint.frontend.builder import FunctionBuilder, lowers_expression
from datause_lint.frontend.expressions import CONDITIONS, condition, lower_call
from datause_lint.ir.instructions import BlockIndex, Register


class _Question(NamedTuple):
    """``all(asked for target in … if …)``, of elements that are listed; or ``any(…)``."""

    node: ast.Call
    asked: ast.expr
    generator: ast.comprehension
    elements: Sequence[ast.expr]
    of_all: bool


def _question_of_each(b: FunctionBuilder, node: ast.Call) -> _Question | None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in ("all", "any") or len(node.args) != 1 or node.keywords:
        return None
    asked = node.args[0]
    if not isinstance(asked, (ast.GeneratorExp, ast.ListComp)) or len(asked.generators) != 1:
        return None
    generator = asked.generators[0]
    if generator.is_async or not isinstance(generator.target, ast.Name):
        return None
    elements = b.module.listed.elements(generator.iter, asked.elt, *generator.ifs)
    if not elements or not b.module.listed.is_built_in(name):
        return None
    return _Question(node, asked.elt, generator, elements, name == "all")


def _lower_answer(b: FunctionBuilder, question: _Question) -> Register:
    span, result = b.span(question.node), b.hidden()
    yes, no, done = b.new_block(), b.new_block(), b.new_block()
    _branch_by_answer(b, question, yes, no)
    for block, answer in ((yes, True), (no, False)):
        b.enter(block)
        b.store_hidden(result, b.constant(answer, span), span)
        b.jump(done)
    b.enter(done)
    return b.load_hidden(result, span)


def _branch_by_answer(b: FunctionBuilder, question: _Question, then: BlockIndex, otherwise: BlockIndex) -> None:
    """Asks of one element after the other, until one decides."""
    target = question.generator.target
    assert isinstance(target, ast.Name)
    b.comprehensions += 1
    with b.in_sight(question.node, [target.id]):
        for element in question.elements:
            following = b.new_block()
            b.store(b.mangle(target.id), b.expression(element), b.span(target))
            for test in question.generator.ifs:
                passed = b.new_block()
                condition(b, test, passed, following)
                b.enter(passed)
            if question.of_all:
                condition(b, question.asked, following, otherwise)
            else:
                condition(b, question.asked, then, following)
            b.enter(following)
    b.comprehensions -= 1
    b.jump(then if question.of_all else otherwise)


@lowers_expression(ast.Call)
def lower_question(b: FunctionBuilder, node: ast.Call) -> Register:
    question = _question_of_each(b, node)
    return lower_call(b, node) if question is None else _lower_answer(b, question)


def _call_condition(b: FunctionBuilder, node: ast.Call, then: BlockIndex, otherwise: BlockIndex) -> None:
    question = _question_of_each(b, node)
    if question is None:
        b.branch(lower_call(b, node), then, otherwise, b.span(node))
    else:
        _branch_by_answer(b, question, then, otherwise)


CONDITIONS[ast.Call] = _call_condition
