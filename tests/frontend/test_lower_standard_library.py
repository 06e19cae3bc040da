"""The whole standard library lowers, to well-formed functions whose variables are those of CPython's symbol table."""

from __future__ import annotations

import ast
import symtable
import sysconfig
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from datause_lint.frontend.lower import lower_module
from datause_lint.ir.instructions import MakeClass, MakeFunction, Scope
from datause_lint.ir.module import FunctionIR, FunctionKind, ModuleIR
from datause_lint.names import ModuleName

from .ir_checks import check_function
from .lowered import Text

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
INLINED = {"listcomp", "setcomp", "dictcomp", "genexpr"}


def test_the_standard_library_lowers() -> None:
    modules = lines = 0
    for path in sorted(LIBRARY.rglob("*.py")):
        if {"site-packages", "test", "tests"}.isdisjoint(path.parts):
            module = lower_file(path)
            modules, lines = modules + (module is not None), lines + (module.lines if module else 0)
            if module:
                check_module(module)
    assert modules > 400 and lines > 200_000


def lower_file(path: Path) -> ModuleIR | None:
    try:
        text = path.read_text(encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError):  # sources that are broken on purpose
        return None
    return lower_module(tree, Text(text), ModuleName("m"), str(path), is_package=False)


def check_module(module: ModuleIR) -> None:
    for function in module.functions.values():
        check_function(function)
        assert function.parent is None or function.parent in module.functions
        for block in function.blocks:
            hash(block)
            for instruction in block.instructions:
                if isinstance(instruction, MakeFunction):
                    assert instruction.function in module.functions
                elif isinstance(instruction, MakeClass):
                    assert module.classes[instruction.class_id].body in module.functions


def test_variables_are_those_of_the_symbol_table() -> None:
    compared = 0
    for path in sorted(LIBRARY.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        tables = defaultdict(list)
        for table in nested_tables(symtable.symtable(text, str(path), "exec")):
            tables[table.get_name(), table.get_lineno()].append(table)
        module = lower_file(path)
        assert module
        for function in module.functions.values():
            found = tables[function.name.strip("<>"), function.span.line]
            if len(found) == 1:
                compare_variables(function, found[0])
                compared += 1
    assert compared > 5000


def nested_tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        if child.get_name() not in INLINED:
            yield child
        yield from nested_tables(child)


def compare_variables(function: FunctionIR, table: symtable.SymbolTable) -> None:
    symbols = {symbol.get_name(): symbol for symbol in table.get_symbols()}
    free = {name for name, symbol in symbols.items() if symbol.is_free()} - {"__class__"}
    assert {name.partition(".")[0] for name in function.frees} - {"__class__"} == free, function.id
    for block in function.blocks:
        for instruction in block.instructions:
            scope, name = getattr(instruction, "scope", None), getattr(instruction, "name", "")
            if scope and name in symbols:
                assert scope in expected_scopes(function, symbols[name]), (function.id, name)


def expected_scopes(function: FunctionIR, symbol: symtable.Symbol) -> set[Scope]:
    if symbol.is_free():
        return {Scope.CELL}
    if not symbol.is_local():
        return {Scope.GLOBAL}
    return {Scope.CLASS} if function.kind is FunctionKind.CLASS_BODY else {Scope.LOCAL, Scope.CELL}
