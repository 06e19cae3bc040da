"""``match`` statements: every pattern is a chain of tests that branch to the next case."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from datause_lint.frontend.builder import FunctionBuilder, lowers_statement
from datause_lint.frontend.expressions import condition
from datause_lint.ir.instructions import (
    BlockIndex,
    BuildDict,
    Compare,
    DeleteItem,
    Entry,
    GetAttribute,
    GetItem,
    MatchClass,
    MatchMapping,
    MatchPosition,
    MatchSequence,
    Register,
    Span,
    Unpack,
)

Captures = dict[str, tuple[Register, Span]]
"""What a pattern binds, if the whole of it matches."""


@lowers_statement(ast.Match)
def lower_match(b: FunctionBuilder, node: ast.Match) -> None:
    subject = b.expression(node.subject)
    done = b.new_block()
    for case in node.cases:
        following = b.new_block()
        captures: Captures = {}
        _pattern(b, case.pattern, subject, following, captures)
        for name, (register, span) in captures.items():
            b.store(name, register, span)
        if case.guard:
            body = b.new_block()
            condition(b, case.guard, body, following)
            b.enter(body)
        b.statements(case.body)
        b.jump(done)
        b.enter(following)
    b.goto(done)


def _pattern(b: FunctionBuilder, node: ast.pattern, subject: Register, fail: BlockIndex, captures: Captures) -> None:
    """Tests the subject: goes on in a block where it matches, and to ``fail`` where it does not."""
    PATTERNS[type(node)](b, node, subject, fail, captures)


def _test(b: FunctionBuilder, test: Register, fail: BlockIndex, span: Span) -> None:
    passed = b.new_block()
    b.branch(test, passed, fail, span)
    b.enter(passed)


def _equals(
    b: FunctionBuilder, operator: str, subject: Register, value: Register, fail: BlockIndex, span: Span
) -> None:
    test = b.register()
    b.emit(Compare(test, operator, subject, value, span))
    _test(b, test, fail, span)


def _value(b: FunctionBuilder, node: ast.MatchValue, subject: Register, fail: BlockIndex, captures: Captures) -> None:
    _equals(b, "==", subject, b.expression(node.value), fail, b.span(node))


def _singleton(
    b: FunctionBuilder, node: ast.MatchSingleton, subject: Register, fail: BlockIndex, captures: Captures
) -> None:
    span = b.span(node)
    _equals(b, "is", subject, b.constant(node.value, span), fail, span)


def _sequence(
    b: FunctionBuilder, node: ast.MatchSequence, subject: Register, fail: BlockIndex, captures: Captures
) -> None:
    span, test = b.span(node), b.register()
    star = next((index for index, item in enumerate(node.patterns) if isinstance(item, ast.MatchStar)), -1)
    b.emit(MatchSequence(test, subject, len(node.patterns) - (star >= 0), star >= 0, span))
    _test(b, test, fail, span)
    registers = tuple(b.register() for _ in node.patterns)
    b.emit(Unpack(registers, subject, star, span))
    for pattern, register in zip(node.patterns, registers, strict=True):
        _pattern(b, pattern, register, fail, captures)


def _star(b: FunctionBuilder, node: ast.MatchStar, subject: Register, fail: BlockIndex, captures: Captures) -> None:
    if node.name:
        captures[b.mangle(node.name)] = subject, b.span(node)


def _mapping(
    b: FunctionBuilder, node: ast.MatchMapping, subject: Register, fail: BlockIndex, captures: Captures
) -> None:
    span, test = b.span(node), b.register()
    keys = tuple(b.expression(key) for key in node.keys)
    b.emit(MatchMapping(test, subject, keys, span))
    _test(b, test, fail, span)
    for key, pattern in zip(keys, node.patterns, strict=True):
        value = b.register()
        b.emit(GetItem(value, subject, key, b.span(pattern)))
        _pattern(b, pattern, value, fail, captures)
    if node.rest:
        rest = b.register()
        b.emit(BuildDict(rest, (Entry(None, subject),), span))
        for key in keys:
            b.emit(DeleteItem(rest, key, span))
        captures[b.mangle(node.rest)] = rest, span


def _class(b: FunctionBuilder, node: ast.MatchClass, subject: Register, fail: BlockIndex, captures: Captures) -> None:
    kind, test = b.expression(node.cls), b.register()
    b.emit(MatchClass(test, subject, kind, b.span(node)))
    _test(b, test, fail, b.span(node))
    for index, pattern in enumerate(node.patterns):
        value = b.register()
        b.emit(MatchPosition(value, subject, kind, index, b.span(pattern)))
        _pattern(b, pattern, value, fail, captures)
    for name, pattern in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
        value = b.register()
        b.emit(GetAttribute(value, subject, b.mangle(name), b.span(pattern)))
        _pattern(b, pattern, value, fail, captures)


def _as(b: FunctionBuilder, node: ast.MatchAs, subject: Register, fail: BlockIndex, captures: Captures) -> None:
    if node.pattern:
        _pattern(b, node.pattern, subject, fail, captures)
    if node.name and isinstance(node.pattern, ast.MatchClass):  # ``case str() as text``: what is left of the subject
        kind, itself = b.expression(node.pattern.cls), b.register()
        b.emit(MatchPosition(itself, subject, kind, -1, b.span(node)))
        subject = itself
    if node.name:
        captures[b.mangle(node.name)] = subject, b.span(node)


def _or(b: FunctionBuilder, node: ast.MatchOr, subject: Register, fail: BlockIndex, captures: Captures) -> None:
    """Each alternative captures the same names, in registers of its own: hidden variables bring them together."""
    matched = b.new_block()
    variables: dict[str, tuple[str, Span]] = {}
    for pattern in node.patterns:
        following = fail if pattern is node.patterns[-1] else b.new_block()
        own: Captures = {}
        _pattern(b, pattern, subject, following, own)
        for name, (register, span) in own.items():
            variable, _ = variables.setdefault(name, (b.hidden(), span))
            b.store_hidden(variable, register, span)
        b.jump(matched)
        b.enter(following)
    b.enter(matched)
    for name, (variable, span) in variables.items():
        captures[name] = b.load_hidden(variable, span), span


PATTERNS: dict[type[ast.pattern], Callable[[FunctionBuilder, Any, Register, BlockIndex, Captures], None]] = {
    ast.MatchValue: _value,
    ast.MatchSingleton: _singleton,
    ast.MatchSequence: _sequence,
    ast.MatchStar: _star,
    ast.MatchMapping: _mapping,
    ast.MatchClass: _class,
    ast.MatchAs: _as,
    ast.MatchOr: _or,
}
