"""Lowering: from the syntax tree of a file to its intermediate representation."""

from __future__ import annotations

import ast
from typing import Protocol

# Each of these modules registers how its kinds of syntax are lowered.
import datause_lint.frontend.comprehensions
import datause_lint.frontend.patterns
import datause_lint.frontend.questions
import datause_lint.frontend.statements  # noqa: F401
from datause_lint.frontend.builder import FunctionBuilder, ModuleBuilder
from datause_lint.frontend.deep_stack import run_with_deep_stack
from datause_lint.frontend.directives import directives
from datause_lint.frontend.exports import exports
from datause_lint.frontend.positions import span_of
from datause_lint.frontend.pruning import prune
from datause_lint.frontend.scopes import settle_scopes
from datause_lint.frontend.unrolling import Listed
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import ClassIR, FunctionIR, FunctionKind, ModuleIR
from datause_lint.names import ClassId, FunctionId, ModuleName


class SourceText(Protocol):
    """A file as it was read, decoded."""

    @property
    def text(self) -> str: ...


def lower_module(tree: ast.Module, source: SourceText, name: ModuleName, path: str, is_package: bool) -> ModuleIR:
    """
    The IR of a file. The tree is one that ``ast`` made of the source; positions are taken to be places in its text.

    Raises RecursionError for a tree deeper than 50,000 or so.
    """
    try:
        return _lower(tree, source.text, name, path, is_package)
    except RecursionError:
        return run_with_deep_stack(_lower, tree, source.text, name, path, is_package)


def _lower(tree: ast.Module, text: str, name: ModuleName, path: str, is_package: bool) -> ModuleIR:
    lines = text.count("\n") + (not text.endswith("\n") and bool(text))
    module = ModuleBuilder(name, span_of(text), Listed(tree))
    body = FunctionId(f"{name}:<module>")
    builder = FunctionBuilder(module, body, "<module>", FunctionKind.MODULE_BODY, Span(1, 1, max(lines, 1), 1), None)
    builder.statements(tree.body)
    builder.finish()
    settle_scopes(function.names for function in module.functions)
    functions, classes = _reachable(module)
    module.release()
    return ModuleIR(name, path, is_package, body, functions, classes, exports(tree.body), directives(text), lines)


def _reachable(module: ModuleBuilder) -> tuple[dict[FunctionId, FunctionIR], dict[ClassId, ClassIR]]:
    """The functions and classes whose definition can run."""
    functions: dict[FunctionId, FunctionIR] = {}
    classes: dict[ClassId, ClassIR] = {}
    dead: set[FunctionId] = set()
    for builder in module.functions:
        if builder.id in dead:
            dead.update(child.id for child, _ in builder.nested.values())
            continue
        blocks, kept = prune(builder.code, builder.terminators, builder.handlers)
        dead.update(child.id for child, made_in in builder.nested.values() if not kept.keys() & made_in)
        functions[builder.id] = FunctionIR(
            id=builder.id,
            name=builder.name,
            kind=builder.kind,
            parameters=builder.parameters,
            returns=builder.returns,
            blocks=blocks,
            registers=builder.registers,
            cells=tuple(sorted(builder.names.cells)),
            frees=tuple(sorted(builder.names.frees)),
            is_async=builder.is_async,
            is_generator=builder.is_generator,
            owner_class=builder.parent.class_id if builder.parent and not builder.class_id else None,
            parent=builder.parent.id if builder.parent else None,
            decorators=builder.decorators,
            span=builder.definition,
        )
        if builder.class_id and builder.parent:
            classes[builder.class_id] = ClassIR(
                id=builder.class_id,
                name=builder.name,
                body=builder.id,
                fields=tuple(builder.fields.values()),
                methods=tuple(builder.methods.items()),
                parent=builder.parent.id,
                span=builder.definition,
            )
    return functions, classes
