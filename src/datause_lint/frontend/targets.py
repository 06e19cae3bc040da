"""What assignment, deletion and augmented assignment do to their targets."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from datause_lint.frontend.builder import FunctionBuilder
from datause_lint.frontend.expressions import BINARY_OPERATORS
from datause_lint.ir.instructions import (
    Binary,
    DeleteAttribute,
    DeleteItem,
    GetAttribute,
    GetItem,
    Register,
    SetAttribute,
    SetItem,
    Span,
    Unpack,
)


def assign(b: FunctionBuilder, target: ast.expr, source: Register) -> None:
    """Assigns a value to any form of target."""
    if isinstance(target, ast.Name):
        b.store(b.mangle(target.id), source, b.span(target))
    elif isinstance(target, ast.Attribute):
        b.emit(SetAttribute(b.expression(target.value), b.mangle(target.attr), source, b.span(target)))
    elif isinstance(target, ast.Subscript):
        base, key = b.expression(target.value), b.expression(target.slice)
        b.emit(SetItem(base, key, source, b.span(target)))
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(b, target.elts, source, b.span(target))
    elif isinstance(target, ast.Starred):
        assign(b, target.value, source)


def _unpack(b: FunctionBuilder, targets: Sequence[ast.expr], source: Register, span: Span) -> None:
    registers = tuple(b.register() for _ in targets)
    star = next((index for index, target in enumerate(targets) if isinstance(target, ast.Starred)), -1)
    b.emit(Unpack(registers, source, star, span))
    for target, register in zip(targets, registers, strict=True):
        assign(b, target, register)


def delete(b: FunctionBuilder, target: ast.expr) -> None:
    """``del target``."""
    if isinstance(target, ast.Name):
        b.delete(b.mangle(target.id), b.span(target))
    elif isinstance(target, ast.Attribute):
        b.emit(DeleteAttribute(b.expression(target.value), b.mangle(target.attr), b.span(target)))
    elif isinstance(target, ast.Subscript):
        base, key = b.expression(target.value), b.expression(target.slice)
        b.emit(DeleteItem(base, key, b.span(target)))
    elif isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            delete(b, element)


def augment(b: FunctionBuilder, node: ast.AugAssign) -> None:
    """``target += value``: the target's parts are evaluated once."""
    target, span = node.target, b.span(node.target)
    if isinstance(target, ast.Name):
        name = b.mangle(target.id)
        b.bind(name, _operate(b, node, b.load(name, span)), span)
    elif isinstance(target, ast.Attribute):
        base, name, old = b.expression(target.value), b.mangle(target.attr), b.register()
        b.emit(GetAttribute(old, base, name, span))
        b.emit(SetAttribute(base, name, _operate(b, node, old), span))
    else:
        base, key, old = b.expression(target.value), b.expression(target.slice), b.register()
        b.emit(GetItem(old, base, key, span))
        b.emit(SetItem(base, key, _operate(b, node, old), span))


def _operate(b: FunctionBuilder, node: ast.AugAssign, old: Register) -> Register:
    value = b.expression(node.value)
    target = b.register()
    b.emit(Binary(target, BINARY_OPERATORS[type(node.op)], old, value, True, b.span(node)))
    return target
