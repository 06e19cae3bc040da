"""Functions, lambdas and classes: each body becomes a function of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from datause_lint.frontend.annotations import annotation
from datause_lint.frontend.builder import FunctionBuilder, lowers_expression, lowers_statement
from datause_lint.frontend.expressions import call, items
from datause_lint.ir.instructions import Argument, MakeClass, MakeFunction, Register, Return
from datause_lint.ir.module import FunctionKind, Parameter, ParameterKind
from datause_lint.ir.types import TypeExpr
from datause_lint.names import ClassId, FunctionId

Definition = ast.FunctionDef | ast.AsyncFunctionDef
Defaults = tuple[tuple[str, Register], ...]


@lowers_statement(ast.FunctionDef, ast.AsyncFunctionDef)
def lower_function(b: FunctionBuilder, node: Definition) -> None:
    decorators = [b.expression(decorator) for decorator in node.decorator_list]
    name, span = b.mangle(node.name), b.span(node)
    with type_parameters(b, node):
        defaults = _defaults(b, node.args)
        child = _nested(b, node) or _lower_function_body(b, node)
    made = b.register()
    b.emit(MakeFunction(made, child.id, defaults, span))
    b.methods[name] = child.id
    b.bind(name, _decorate(b, node.decorator_list, decorators, made), span)


def _decorate(
    b: FunctionBuilder, nodes: Sequence[ast.expr], decorators: Sequence[Register], made: Register
) -> Register:
    """The innermost decorator is called first, with what was made."""
    for node, decorator in zip(reversed(nodes), reversed(decorators), strict=True):
        made = call(b, decorator, [Argument(made)], b.span(node))
    return made


def _nested(b: FunctionBuilder, node: ast.AST) -> FunctionBuilder | None:
    """The builder of a definition that was lowered before, in another copy of a ``finally`` body."""
    if node not in b.nested:
        return None
    child, blocks = b.nested[node]
    blocks.append(b.current)
    return child


def _qualified(b: FunctionBuilder, name: str) -> str:
    return name if name in b.names.globals else b.inside + name


def _lower_function_body(b: FunctionBuilder, node: Definition) -> FunctionBuilder:
    identifier = FunctionId(b.module.unique(_qualified(b, node.name)))
    child = FunctionBuilder(b.module, identifier, node.name, FunctionKind.FUNCTION, b.span(node), b)
    b.nested[node] = child, [b.current]
    child.parameters = _parameters(b, child, node.args)
    child.returns = annotation(b, node.returns) if node.returns else None
    child.is_async = isinstance(node, ast.AsyncFunctionDef)
    child.decorators = tuple(b.span(decorator) for decorator in node.decorator_list)
    child.statements(node.body)
    child.finish()
    return child


def lower_generator(b: FunctionBuilder, node: ast.GeneratorExp, function: ast.FunctionDef) -> Register:
    """The generator that the function, which is the expression, makes of what is iterated over."""
    given = b.expression(node.generators[0].iter)
    child = _nested(b, node)
    if child is None:
        child = _lower_function_body(b, function)
        b.nested[node] = b.nested.pop(function)
    made = b.register()
    b.emit(MakeFunction(made, child.id, (), b.span(node)))
    return call(b, made, [Argument(given)], b.span(node))


@lowers_expression(ast.Lambda)
def lower_lambda(b: FunctionBuilder, node: ast.Lambda) -> Register:
    defaults = _defaults(b, node.args)
    child = _nested(b, node) or _lower_lambda_body(b, node)
    target = b.register()
    b.emit(MakeFunction(target, child.id, defaults, b.span(node)))
    return target


def _lower_lambda_body(b: FunctionBuilder, node: ast.Lambda) -> FunctionBuilder:
    identifier = FunctionId(b.module.unique(b.inside + "<lambda>"))
    child = FunctionBuilder(b.module, identifier, "<lambda>", FunctionKind.LAMBDA, b.span(node), b)
    b.nested[node] = child, [b.current]
    child.parameters = _parameters(b, child, node.args)
    child.terminate(Return(child.expression(node.body), b.span(node.body)))
    return child


@lowers_statement(ast.ClassDef)
def lower_class(b: FunctionBuilder, node: ast.ClassDef) -> None:
    decorators = [b.expression(decorator) for decorator in node.decorator_list]
    name, span = b.mangle(node.name), b.span(node)
    with type_parameters(b, node):
        bases = tuple(items(b, node.bases))
        keywords = tuple((keyword.arg or "", b.expression(keyword.value)) for keyword in node.keywords)
        child = _nested(b, node) or _lower_class_body(b, node)
    assert child.class_id is not None
    made = b.register()
    b.emit(MakeClass(made, child.class_id, bases, keywords, span))
    b.bind(name, _decorate(b, node.decorator_list, decorators, made), span)


def _lower_class_body(b: FunctionBuilder, node: ast.ClassDef) -> FunctionBuilder:
    class_id = ClassId(b.module.unique(_qualified(b, node.name)))
    body = FunctionId(f"{class_id}.<body>")
    child = FunctionBuilder(b.module, body, node.name, FunctionKind.CLASS_BODY, b.span(node), b, class_id)
    child.private = node.name.lstrip("_")
    b.nested[node] = child, [b.current]
    child.statements(node.body)
    child.finish()
    return child


# Parameters


def _defaults(b: FunctionBuilder, arguments: ast.arguments) -> Defaults:
    """Evaluates the default values, in order."""
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    pairs: list[tuple[ast.arg, ast.expr | None]] = [*zip(with_default, arguments.defaults, strict=True)]
    pairs += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return tuple((b.mangle(parameter.arg), b.expression(value)) for parameter, value in pairs if value is not None)


def _parameters(b: FunctionBuilder, child: FunctionBuilder, arguments: ast.arguments) -> tuple[Parameter, ...]:
    """Parameters in the order of the definition; their annotations belong to the enclosing function ``b``."""
    parameters = []

    def add(node: ast.arg, kind: ParameterKind, has_default: bool) -> None:
        name = b.mangle(node.arg)
        child.names.bound.add(name)
        declared = annotation(b, node.annotation) if node.annotation else None
        parameters.append(Parameter(name, kind, declared, has_default, b.span(node)))

    required = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    for index, node in enumerate(arguments.posonlyargs):
        add(node, ParameterKind.POSITIONAL_ONLY, index >= required)
    for index, node in enumerate(arguments.args, start=len(arguments.posonlyargs)):
        add(node, ParameterKind.POSITIONAL, index >= required)
    if arguments.vararg:
        add(arguments.vararg, ParameterKind.VAR_POSITIONAL, False)
    for node, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        add(node, ParameterKind.KEYWORD_ONLY, default is not None)
    if arguments.kwarg:
        add(arguments.kwarg, ParameterKind.VAR_KEYWORD, False)
    return tuple(parameters)


# Type parameters, of Python 3.12 and later


@contextmanager
def type_parameters(b: FunctionBuilder, node: ast.AST) -> Iterator[None]:
    """Brings ``[T: bound]`` in sight: as a variable that holds the bound, and in annotations as the bound itself."""
    declared: list[Any] = getattr(node, "type_params", [])
    if not declared:
        yield
        return
    saved = b.type_bounds
    with b.in_sight(node, [b.mangle(parameter.name) for parameter in declared]):
        bounds: dict[str, TypeExpr] = {}
        for parameter in declared:
            bound: ast.expr | None = getattr(parameter, "bound", None)
            name, span = b.mangle(parameter.name), b.span(parameter)
            b.store(name, b.expression(bound) if bound else b.constant(..., span), span)
            if bound:
                bounds[name] = annotation(b, bound)
        b.type_bounds = {**saved, **bounds}
        yield
    b.type_bounds = saved
