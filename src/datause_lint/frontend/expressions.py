"""Expressions and conditions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from datause_lint.frontend.builder import FunctionBuilder, lowers_expression
from datause_lint.ir.instructions import (
    Argument,
    ArgumentKind,
    Await,
    Binary,
    BlockIndex,
    Build,
    BuildDict,
    BuildKind,
    Call,
    Compare,
    Const,
    Entry,
    GetAttribute,
    GetItem,
    Item,
    Register,
    Span,
    Unary,
    Yield,
    YieldFrom,
)

BINARY_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.MatMult: "@",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.FloorDiv: "//",
}
UNARY_OPERATORS: dict[type[ast.unaryop], str] = {ast.Invert: "~", ast.Not: "not", ast.UAdd: "+", ast.USub: "-"}
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


@lowers_expression(ast.Name)
def lower_name(b: FunctionBuilder, node: ast.Name) -> Register:
    name = node.id
    if b.private and name[:2] == "__":
        name = b.mangle(name)
    return b.load(name, b.span(node))


@lowers_expression(ast.Constant)
def lower_constant(b: FunctionBuilder, node: ast.Constant) -> Register:
    target = b.registers
    b.registers = target + 1
    b.emit(Const(target, node.value, b.span(node)))
    return target


@lowers_expression(ast.Attribute)
def lower_attribute(b: FunctionBuilder, node: ast.Attribute) -> Register:
    base = b.expression(node.value)
    name = node.attr
    if b.private and name[:2] == "__":
        name = b.mangle(name)
    target = b.registers
    b.registers = target + 1
    b.emit(GetAttribute(target, base, name, b.span(node)))
    return target


@lowers_expression(ast.Subscript)
def lower_subscript(b: FunctionBuilder, node: ast.Subscript) -> Register:
    base = b.expression(node.value)
    key = b.expression(node.slice)
    target = b.register()
    b.emit(GetItem(target, base, key, b.span(node)))
    return target


@lowers_expression(ast.Slice)
def lower_slice(b: FunctionBuilder, node: ast.Slice) -> Register:
    span = b.span(node)
    parts = [b.expression(part) if part else b.constant(None, span) for part in (node.lower, node.upper, node.step)]
    return build(b, BuildKind.SLICE, [Item(part) for part in parts], span)


@lowers_expression(ast.Call)
def lower_call(b: FunctionBuilder, node: ast.Call) -> Register:
    function = b.expression(node.func)
    arguments = []
    for argument in node.args:
        if type(argument) is ast.Starred:
            arguments.append(Argument(b.expression(argument.value), ArgumentKind.STAR))
        else:
            arguments.append(Argument(b.expression(argument)))
    for keyword in node.keywords:
        value = b.expression(keyword.value)
        if keyword.arg is None:
            arguments.append(Argument(value, ArgumentKind.DOUBLE_STAR))
        else:
            arguments.append(Argument(value, ArgumentKind.KEYWORD, keyword.arg))
    return call(b, function, arguments, b.span(node))


def call(b: FunctionBuilder, function: Register, arguments: Sequence[Argument], span: Span) -> Register:
    """Emits a call: the register of its result."""
    target = b.registers
    b.registers = target + 1
    b.emit(Call(target, function, tuple(arguments), span))
    return target


def build(b: FunctionBuilder, kind: BuildKind, items: Sequence[Item], span: Span) -> Register:
    """Emits a display: the register of the new object."""
    target = b.register()
    b.emit(Build(target, kind, tuple(items), span))
    return target


def items(b: FunctionBuilder, nodes: Sequence[ast.expr]) -> list[Item]:
    """Lowers the elements of a display, or the bases of a class."""
    return [
        Item(b.expression(node.value), starred=True) if isinstance(node, ast.Starred) else Item(b.expression(node))
        for node in nodes
    ]


@lowers_expression(ast.Tuple)
def lower_tuple(b: FunctionBuilder, node: ast.Tuple) -> Register:
    return build(b, BuildKind.TUPLE, items(b, node.elts), b.span(node))


@lowers_expression(ast.List)
def lower_list(b: FunctionBuilder, node: ast.List) -> Register:
    return build(b, BuildKind.LIST, items(b, node.elts), b.span(node))


@lowers_expression(ast.Set)
def lower_set(b: FunctionBuilder, node: ast.Set) -> Register:
    return build(b, BuildKind.SET, items(b, node.elts), b.span(node))


@lowers_expression(ast.Dict)
def lower_dict(b: FunctionBuilder, node: ast.Dict) -> Register:
    entries = []
    for key, value in zip(node.keys, node.values, strict=True):
        key_register = b.expression(key) if key is not None else None
        entries.append(Entry(key_register, b.expression(value)))
    target = b.register()
    b.emit(BuildDict(target, tuple(entries), b.span(node)))
    return target


@lowers_expression(ast.Starred)
def lower_starred(b: FunctionBuilder, node: ast.Starred) -> Register:
    """Outside of displays, calls and targets: ``a[*b]`` before it is a tuple. The value itself stands for it."""
    return b.expression(node.value)


class StringNode(Protocol):
    """An f-string or, in newer Pythons, a t-string."""

    values: list[ast.expr]


class InterpolationNode(Protocol):
    """``{value:spec}`` in an f-string or a t-string."""

    value: ast.expr
    conversion: int  # the letter's code; without one, zero or less
    format_spec: ast.expr | None


@lowers_expression(ast.JoinedStr, "TemplateStr")
def lower_string(b: FunctionBuilder, node: ast.JoinedStr) -> Register:
    return build(b, BuildKind.STRING, _parts(b, node), b.span(node))


def _parts(b: FunctionBuilder, node: StringNode) -> list[Item]:
    """Constants and values in order, each value followed by the expressions in its format."""
    parts: list[Item] = []
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(Item(b.expression(value)))
        else:
            parts.extend(_interpolated(b, value))  # type: ignore[arg-type]  # a FormattedValue or Interpolation
    return parts


def _interpolated(b: FunctionBuilder, node: InterpolationNode) -> list[Item]:
    items = [Item(b.expression(node.value), conversion=chr(node.conversion) if node.conversion > 0 else "")]
    if isinstance(node.format_spec, ast.JoinedStr):
        for value in node.format_spec.values:
            if not isinstance(value, ast.Constant):
                inner = _interpolated(b, value)  # type: ignore[arg-type]  # a FormattedValue
                items.extend(item._replace(of_format=True) for item in inner)
    return items


@lowers_expression(ast.FormattedValue, "Interpolation")
def lower_interpolation(b: FunctionBuilder, node: ast.FormattedValue) -> Register:
    return build(b, BuildKind.STRING, _interpolated(b, node), b.span(node))


@lowers_expression(ast.BinOp)
def lower_binary(b: FunctionBuilder, node: ast.BinOp) -> Register:
    left = b.expression(node.left)
    right = b.expression(node.right)
    target = b.register()
    b.emit(Binary(target, BINARY_OPERATORS[type(node.op)], left, right, False, b.span(node)))
    return target


@lowers_expression(ast.UnaryOp)
def lower_unary(b: FunctionBuilder, node: ast.UnaryOp) -> Register:
    operand = b.expression(node.operand)
    target = b.register()
    b.emit(Unary(target, UNARY_OPERATORS[type(node.op)], operand, b.span(node)))
    return target


@lowers_expression(ast.Await)
def lower_await(b: FunctionBuilder, node: ast.Await) -> Register:
    source = b.expression(node.value)
    target = b.register()
    b.emit(Await(target, source, b.span(node)))
    return target


@lowers_expression(ast.Yield)
def lower_yield(b: FunctionBuilder, node: ast.Yield) -> Register:
    b.is_generator = True
    span = b.span(node)
    source = b.expression(node.value) if node.value else b.constant(None, span)
    target = b.register()
    b.emit(Yield(target, source, span))
    return target


@lowers_expression(ast.YieldFrom)
def lower_yield_from(b: FunctionBuilder, node: ast.YieldFrom) -> Register:
    b.is_generator = True
    source = b.expression(node.value)
    target = b.register()
    b.emit(YieldFrom(target, source, b.span(node)))
    return target


@lowers_expression(ast.NamedExpr)
def lower_walrus(b: FunctionBuilder, node: ast.NamedExpr) -> Register:
    value = b.expression(node.value)
    b.bind(b.mangle(node.target.id), value, b.span(node.target))
    return value


# Values that several blocks give


@lowers_expression(ast.BoolOp)
def lower_and_or(b: FunctionBuilder, node: ast.BoolOp) -> Register:
    span = b.span(node)
    result = b.hidden()
    done = b.new_block()
    for operand in node.values[:-1]:
        value = b.expression(operand)
        b.store_hidden(result, value, b.span(operand))
        following = b.new_block()
        then, otherwise = (following, done) if type(node.op) is ast.And else (done, following)
        b.branch(value, then, otherwise, b.span(operand))
        b.enter(following)
    last = node.values[-1]
    b.store_hidden(result, b.expression(last), b.span(last))
    b.goto(done)
    return b.load_hidden(result, span)


@lowers_expression(ast.IfExp)
def lower_ternary(b: FunctionBuilder, node: ast.IfExp) -> Register:
    result = b.hidden()
    then, otherwise, done = b.new_block(), b.new_block(), b.new_block()
    condition(b, node.test, then, otherwise)
    for block, value in ((then, node.body), (otherwise, node.orelse)):
        b.enter(block)
        b.store_hidden(result, b.expression(value), b.span(value))
        b.jump(done)
    b.enter(done)
    return b.load_hidden(result, b.span(node))


@lowers_expression(ast.Compare)
def lower_compare(b: FunctionBuilder, node: ast.Compare) -> Register:
    span = b.span(node)
    left = b.expression(node.left)
    if len(node.ops) == 1:
        return _compare(b, node.ops[0], left, _compared_with(b, node.ops[0], node.comparators[0]), span)
    result = b.hidden()
    done = b.new_block()
    for operator, comparator in zip(node.ops[:-1], node.comparators[:-1], strict=True):
        right = _compared_with(b, operator, comparator)
        value = _compare(b, operator, left, right, span)
        b.store_hidden(result, value, span)
        following = b.new_block()
        b.branch(value, following, done, span)
        b.enter(following)
        left = right
    right = _compared_with(b, node.ops[-1], node.comparators[-1])
    b.store_hidden(result, _compare(b, node.ops[-1], left, right, span), span)
    b.goto(done)
    return b.load_hidden(result, span)


def _compared_with(b: FunctionBuilder, operator: ast.cmpop, node: ast.expr) -> Register:
    """A list or set that is only asked for a member is a tuple, as Python makes it one: nobody can change it."""
    if isinstance(operator, (ast.In, ast.NotIn)) and isinstance(node, (ast.List, ast.Set)):
        return build(b, BuildKind.TUPLE, items(b, node.elts), b.span(node))
    return b.expression(node)


def _compare(b: FunctionBuilder, operator: ast.cmpop, left: Register, right: Register, span: Span) -> Register:
    target = b.register()
    b.emit(Compare(target, COMPARISONS[type(operator)], left, right, span))
    return target


# Conditions


def condition(b: FunctionBuilder, node: ast.expr, then: BlockIndex, otherwise: BlockIndex) -> None:
    """Lowers an expression that is only tested. Ends the current block; the caller enters another one."""
    lower = CONDITIONS.get(type(node))
    if lower:
        lower(b, node, then, otherwise)
    else:
        b.branch(b.expression(node), then, otherwise, b.span(node))


def _constant_condition(b: FunctionBuilder, node: ast.Constant, then: BlockIndex, otherwise: BlockIndex) -> None:
    b.jump(then if node.value else otherwise)


def _and_or_condition(b: FunctionBuilder, node: ast.BoolOp, then: BlockIndex, otherwise: BlockIndex) -> None:
    for operand in node.values[:-1]:
        following = b.new_block()
        if type(node.op) is ast.And:
            condition(b, operand, following, otherwise)
        else:
            condition(b, operand, then, following)
        b.enter(following)
    condition(b, node.values[-1], then, otherwise)


def _unary_condition(b: FunctionBuilder, node: ast.UnaryOp, then: BlockIndex, otherwise: BlockIndex) -> None:
    if type(node.op) is ast.Not:
        condition(b, node.operand, otherwise, then)
    else:
        b.branch(b.expression(node), then, otherwise, b.span(node))


def _ternary_condition(b: FunctionBuilder, node: ast.IfExp, then: BlockIndex, otherwise: BlockIndex) -> None:
    first, second = b.new_block(), b.new_block()
    condition(b, node.test, first, second)
    b.enter(first)
    condition(b, node.body, then, otherwise)
    b.enter(second)
    condition(b, node.orelse, then, otherwise)


def _compare_condition(b: FunctionBuilder, node: ast.Compare, then: BlockIndex, otherwise: BlockIndex) -> None:
    span = b.span(node)
    left = b.expression(node.left)
    for operator, comparator in zip(node.ops[:-1], node.comparators[:-1], strict=True):
        right = _compared_with(b, operator, comparator)
        following = b.new_block()
        b.branch(_compare(b, operator, left, right, span), following, otherwise, span)
        b.enter(following)
        left = right
    last = _compared_with(b, node.ops[-1], node.comparators[-1])
    b.branch(_compare(b, node.ops[-1], left, last, span), then, otherwise, span)


LowerCondition = Callable[[FunctionBuilder, Any, BlockIndex, BlockIndex], None]  # each takes the kind beside it
CONDITIONS: dict[type[ast.expr], LowerCondition] = {
    ast.Constant: _constant_condition,
    ast.BoolOp: _and_or_condition,
    ast.UnaryOp: _unary_condition,
    ast.IfExp: _ternary_condition,
    ast.Compare: _compare_condition,
}
