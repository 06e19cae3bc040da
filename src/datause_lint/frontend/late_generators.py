"""Generator expressions that are kept: a function each, as Python has them, since they draw when somebody asks."""

from __future__ import annotations

import ast
from typing import Final

from datause_lint.frontend.builder import FunctionBuilder
from datause_lint.frontend.definitions import lower_generator
from datause_lint.ir.instructions import Register
from datause_lint.ir.module import FunctionKind

_ITERABLE: Final = ".0"  # the parameter, as CPython calls it
_INLINE: Final = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)  # binds in, or stops, the function around it


def kept(b: FunctionBuilder, node: ast.expr) -> Register:
    """A value that is stored or returned."""
    if not isinstance(node, ast.GeneratorExp) or b.kind is FunctionKind.CLASS_BODY or b.environment:
        return b.expression(node)
    is_async = any(generator.is_async for generator in node.generators)
    if is_async or any(isinstance(each, _INLINE) for each in ast.walk(node)):
        return b.expression(node)
    return lower_generator(b, node, _as_function(node))


def _as_function(node: ast.GeneratorExp) -> ast.FunctionDef:
    """``def <genexpr>(.0): for … in .0: if …: yield …``."""
    body: ast.stmt = ast.copy_location(ast.Expr(ast.copy_location(ast.Yield(node.elt), node.elt)), node.elt)
    for generator in reversed(node.generators):
        for test in reversed(generator.ifs):
            body = ast.copy_location(ast.If(test, [body], []), test)
        first = generator is node.generators[0]
        source = ast.copy_location(ast.Name(_ITERABLE, ast.Load()), generator.iter) if first else generator.iter
        body = ast.copy_location(ast.For(generator.target, source, [body], []), generator.target)
    parameters = ast.arguments([], [ast.copy_location(ast.arg(_ITERABLE), node)], None, [], [], None, [])
    return ast.copy_location(ast.FunctionDef("<genexpr>", parameters, [body], []), node)
