"""Annotations as type expressions. Strings in the place of a type are parsed: they are forward references."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from datause_lint.frontend.builder import FunctionBuilder
from datause_lint.ir.types import (
    TypeAttribute,
    TypeCall,
    TypeConstant,
    TypeExpr,
    TypeItem,
    TypeList,
    TypeName,
    TypeUnion,
    TypeUnknown,
)

DEPTH = 40
"""Deeper annotations are unknown: every stage that reads these trees walks them recursively."""

UNKNOWN = TypeUnknown()


def annotation(b: FunctionBuilder, node: ast.expr) -> TypeExpr:
    """The annotation as a tree, and its names as uses in the function that is being lowered."""
    return _type(b, node, DEPTH)


def _type(b: FunctionBuilder, node: ast.expr, depth: int) -> TypeExpr:
    """A node that stands for a type."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        parsed = _parsed(node.value)
        return _type(b, parsed, depth - 1) if parsed and depth else UNKNOWN
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return TypeUnion(tuple(_type(b, member, depth - 1) for member in _members(node))) if depth else UNKNOWN
    return _tree(b, node, depth, strings_are_types=True)


def _value(b: FunctionBuilder, node: ast.expr, depth: int) -> TypeExpr:
    """A node that stands for itself: what ``Literal`` lists and ``Annotated`` carries."""
    return _tree(b, node, depth, strings_are_types=False)


def _tree(b: FunctionBuilder, node: ast.expr, depth: int, strings_are_types: bool) -> TypeExpr:
    if not depth:
        return UNKNOWN
    inner = _type if strings_are_types else _value
    if isinstance(node, ast.Name):
        return _name(b, node)
    if isinstance(node, ast.Attribute):
        return TypeAttribute(_value(b, node.value, depth - 1), node.attr)
    if isinstance(node, ast.Constant):
        return UNKNOWN if isinstance(node.value, complex) else TypeConstant(node.value)
    if isinstance(node, ast.Subscript):
        return _item(b, node, depth - 1)
    if isinstance(node, (ast.List, ast.Tuple)):
        return TypeList(tuple(inner(b, element, depth - 1) for element in node.elts))
    if isinstance(node, ast.Call):
        return _call(b, node, depth - 1)
    if isinstance(node, ast.UnaryOp):
        return _negative(node)
    return UNKNOWN


def _name(b: FunctionBuilder, node: ast.Name) -> TypeExpr:
    name = b.mangle(node.id)
    b.uses[name]  # so that nested functions capture what their annotations name
    return b.type_bounds.get(name) or TypeName(name)


def _item(b: FunctionBuilder, node: ast.Subscript, depth: int) -> TypeExpr:
    base = _value(b, node.value, depth)
    arguments: Sequence[ast.expr] = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    form = base.name if isinstance(base, (TypeName, TypeAttribute)) else ""
    types = 0 if form == "Literal" else 1 if form == "Annotated" else len(arguments)
    return TypeItem(
        base,
        tuple((_type if index < types else _value)(b, node, depth) for index, node in enumerate(arguments)),
    )


def _call(b: FunctionBuilder, node: ast.Call, depth: int) -> TypeExpr:
    keywords = [(keyword.arg, _value(b, keyword.value, depth)) for keyword in node.keywords if keyword.arg]
    arguments = [_value(b, argument, depth) for argument in node.args]
    return TypeCall(_value(b, node.func, depth), tuple(arguments), tuple(keywords))


def _negative(node: ast.UnaryOp) -> TypeExpr:
    """``Literal[-1]``."""
    operand = node.operand
    if isinstance(node.op, ast.USub) and isinstance(operand, ast.Constant) and isinstance(operand.value, (int, float)):
        return TypeConstant(-operand.value)
    return UNKNOWN


def _members(node: ast.expr) -> list[ast.expr]:
    """The operands of ``a | b | c``, however many."""
    members = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        members.append(node.right)
        node = node.left
    members.append(node)
    return members[::-1]


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
