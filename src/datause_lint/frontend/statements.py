"""Simple statements, branches and loops."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Protocol

from datause_lint.frontend.annotations import annotation
from datause_lint.frontend.builder import FunctionBuilder, Loop, lowers_statement
from datause_lint.frontend.cleanups import Exit, leave
from datause_lint.frontend.definitions import type_parameters
from datause_lint.frontend.expressions import call, condition
from datause_lint.frontend.late_generators import kept
from datause_lint.frontend.targets import assign, augment, delete
from datause_lint.ir.instructions import (
    Annotate,
    AnnotateAttribute,
    Argument,
    Assumed,
    ForNext,
    Import,
    ImportFrom,
    ImportStar,
    Iterate,
    Load,
    Raise,
    Scope,
)
from datause_lint.ir.module import Field, FunctionKind


@lowers_statement(ast.Expr)
def lower_expression_statement(b: FunctionBuilder, node: ast.Expr) -> None:
    if isinstance(node.value, ast.GeneratorExp):  # from which nobody draws
        b.expression(node.value.generators[0].iter)
    elif type(node.value) is not ast.Constant or node.value.value is ...:  # which says that a body is yet to be written
        b.expression(node.value)


@lowers_statement(ast.Pass)
def lower_pass(b: FunctionBuilder, node: ast.Pass) -> None:
    """Nothing happens."""


# Assignment


@lowers_statement(ast.Assign)
def lower_assign(b: FunctionBuilder, node: ast.Assign) -> None:
    value = kept(b, node.value)
    for target in node.targets:
        assign(b, target, value)


@lowers_statement(ast.AugAssign)
def lower_augmented(b: FunctionBuilder, node: ast.AugAssign) -> None:
    augment(b, node)


@lowers_statement(ast.AnnAssign)
def lower_annotated(b: FunctionBuilder, node: ast.AnnAssign) -> None:
    target, declared = node.target, annotation(b, node.annotation)
    value = kept(b, node.value) if node.value else None
    if isinstance(target, ast.Name):
        name, span = b.mangle(target.id), b.span(target)
        if value is not None:
            b.bind(name, value, span)
        if node.simple:
            b.names.bound.add(name)
            if b.kind is FunctionKind.CLASS_BODY:
                b.fields[name] = Field(name, declared, value is not None, span)
        instruction = Annotate(name, b.scope, declared, span)
        b.uses[name].append(instruction)
        b.emit(instruction)
        return
    if value is not None:
        assign(b, target, value)
    if isinstance(target, ast.Attribute):
        base = b.expression(target.value)
        b.emit(AnnotateAttribute(base, b.mangle(target.attr), declared, b.span(target)))


@lowers_statement(ast.Delete)
def lower_delete(b: FunctionBuilder, node: ast.Delete) -> None:
    for target in node.targets:
        delete(b, target)


class TypeAliasNode(Protocol):
    """``type name[parameters] = value``, of Python 3.12 and later."""

    name: ast.Name
    value: ast.expr


@lowers_statement("TypeAlias")
def lower_type_alias(b: FunctionBuilder, node: TypeAliasNode) -> None:
    assert isinstance(node, ast.AST)
    with type_parameters(b, node):
        value = b.expression(node.value)
    b.bind(b.mangle(node.name.id), value, b.span(node.name))


@lowers_statement(ast.Global)
def lower_global(b: FunctionBuilder, node: ast.Global) -> None:
    b.names.globals.update(map(b.mangle, node.names))


@lowers_statement(ast.Nonlocal)
def lower_nonlocal(b: FunctionBuilder, node: ast.Nonlocal) -> None:
    for name in map(b.mangle, node.names):
        b.names.nonlocals.add(name)
        b.uses[name]  # it is a free variable even if nothing uses it


@lowers_statement(ast.Import)
def lower_import(b: FunctionBuilder, node: ast.Import) -> None:
    for alias in node.names:
        target, span = b.register(), b.span(alias)
        b.emit(Import(target, alias.name, alias.asname is None, span))
        b.bind(b.mangle(alias.asname or alias.name.partition(".")[0]), target, span)


@lowers_statement(ast.ImportFrom)
def lower_import_from(b: FunctionBuilder, node: ast.ImportFrom) -> None:
    module, level = node.module or "", node.level
    for alias in node.names:
        span = b.span(alias)
        if alias.name == "*":
            b.emit(ImportStar(module, level, span))
            continue
        target = b.register()
        b.emit(ImportFrom(target, module, level, alias.name, span))
        b.bind(b.mangle(alias.asname or alias.name), target, span)


# Branches and loops


@lowers_statement(ast.If)
def lower_if(b: FunctionBuilder, node: ast.If) -> None:
    done = b.new_block()
    while True:  # once for each elif, of which there may be thousands
        then = b.new_block()
        otherwise = b.new_block() if node.orelse else done
        condition(b, node.test, then, otherwise)
        b.enter(then)
        b.statements(node.body)
        b.jump(done)
        b.enter(otherwise)
        if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
            break
        node = node.orelse[0]
    if node.orelse:
        b.statements(node.orelse)
        b.goto(done)


@lowers_statement(ast.While)
def lower_while(b: FunctionBuilder, node: ast.While) -> None:
    head, body, done = b.new_block(), b.new_block(), b.new_block()
    otherwise = b.new_block() if node.orelse else done
    b.goto(head)
    condition(b, node.test, body, otherwise)
    b.enter(body)
    b.frames.append(Loop(head, done))
    b.statements(node.body)
    b.frames.pop()
    b.jump(head)
    b.enter(otherwise)
    if node.orelse:
        b.statements(node.orelse)
        b.goto(done)


@lowers_statement(ast.For, ast.AsyncFor)
def lower_for(b: FunctionBuilder, node: ast.For | ast.AsyncFor) -> None:
    listed = b.module.listed.elements(node.iter, *node.body) if isinstance(node, ast.For) else ()
    if listed:
        _lower_rounds(b, node, listed)
        return
    source = b.expression(node.iter)
    iterator, element = b.register(), b.register()
    b.emit(Iterate(iterator, source, isinstance(node, ast.AsyncFor), b.span(node.iter)))
    head, body, done = b.new_block(), b.new_block(), b.new_block()
    otherwise = b.new_block() if node.orelse else done
    b.goto(head)
    b.terminate(ForNext(iterator, element, body, otherwise, b.span(node.target)))
    b.enter(body)
    b.frames.append(Loop(head, done))
    assign(b, node.target, element)
    b.statements(node.body)
    b.frames.pop()
    b.jump(head)
    b.enter(otherwise)
    if node.orelse:
        b.statements(node.orelse)
        b.goto(done)


def _lower_rounds(b: FunctionBuilder, node: ast.For | ast.AsyncFor, listed: Sequence[ast.expr]) -> None:
    """A loop over what the code lists: one round behind the other."""
    done = b.new_block()
    for element in [b.expression(each) for each in listed]:
        following = b.new_block()
        b.frames.append(Loop(following, done))
        assign(b, node.target, element)
        b.statements(node.body)
        b.frames.pop()
        b.goto(following)
    b.statements(node.orelse)
    b.goto(done)


@lowers_statement(ast.Assert)
def lower_assert(b: FunctionBuilder, node: ast.Assert) -> None:
    span = b.span(node)
    passed, failed = b.new_block(), b.new_block()
    condition(b, node.test, passed, failed)
    b.enter(failed)
    message = [Argument(b.expression(node.msg))] if node.msg else []
    error = b.register()
    b.emit(Load(error, "AssertionError", Scope.GLOBAL, span))
    b.terminate(Raise(call(b, error, message, span), None, span))
    b.enter(passed)
    b.emit(Assumed(span))


# Ways out


@lowers_statement(ast.Return)
def lower_return(b: FunctionBuilder, node: ast.Return) -> None:
    span = b.span(node)
    value = kept(b, node.value) if node.value else b.constant(None, span)
    leave(b, Exit.RETURN, value, span)


@lowers_statement(ast.Break)
def lower_break(b: FunctionBuilder, node: ast.Break) -> None:
    leave(b, Exit.BREAK, None, b.span(node))


@lowers_statement(ast.Continue)
def lower_continue(b: FunctionBuilder, node: ast.Continue) -> None:
    leave(b, Exit.CONTINUE, None, b.span(node))


@lowers_statement(ast.Raise)
def lower_raise(b: FunctionBuilder, node: ast.Raise) -> None:
    exception = b.expression(node.exc) if node.exc else None
    cause = b.expression(node.cause) if node.cause else None
    b.stop(Raise(exception, cause, b.span(node)))
