"""Lowering a piece of text, for the tests of the lowering."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass

from datause_lint.frontend.deep_stack import run_with_deep_stack
from datause_lint.frontend.lower import lower_module
from datause_lint.ir.module import FunctionIR, ModuleIR
from datause_lint.ir.printer import print_function
from datause_lint.names import FunctionId, ModuleName


@dataclass
class Text:
    text: str


def lower(text: str) -> ModuleIR:
    tree = run_with_deep_stack(ast.parse, text)
    return lower_module(tree, Text(text), ModuleName("m"), "m.py", is_package=False)


def function(text: str, name: str = "f") -> FunctionIR:
    return lower(textwrap.dedent(text)).functions[FunctionId(f"m:{name}")]


def body(text: str, name: str = "f") -> str:
    """The blocks of a function as text."""
    printed = print_function(function(text, name))
    return printed.partition("\n0:")[2].removeprefix("\n").rstrip("\n")
