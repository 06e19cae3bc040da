"""
Which variable a name is, by the rules of CPython's symbol table.

Lowering records every use of a name where it meets it; scopes are settled when the whole module has been seen, since
only then it is known what enclosing functions bind and what nested ones use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from datause_lint.ir.instructions import Scope
from datause_lint.ir.module import FunctionKind
from datause_lint.ir.scoping import NameInstruction, settle_name

DEFAULT_SCOPES = {
    FunctionKind.FUNCTION: Scope.LOCAL,
    FunctionKind.LAMBDA: Scope.LOCAL,
    FunctionKind.CLASS_BODY: Scope.CLASS,
    FunctionKind.MODULE_BODY: Scope.GLOBAL,
}
"""The scope that a name's instructions are made with, which holds for most and is mended for the others."""

NO_NAMES: Mapping[str, str] = {}


class Names:
    """The names of one function, class body or module body."""

    def __init__(self, kind: FunctionKind, parent: Names | None, environment: Mapping[str, str]) -> None:
        self.kind = kind
        self.parent = parent
        self.environment = environment
        """Renamed variables of the parent that its comprehensions and type parameters put in sight of this scope."""
        self.uses: defaultdict[str, list[NameInstruction]] = defaultdict(list)
        self.inner_uses: defaultdict[str, list[NameInstruction]] = defaultdict(list)
        """Uses in comprehensions of a class body, which see what a function defined there sees."""
        self.bound: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.cells: set[str] = set()
        self.frees: set[str] = set()


def settle_scopes(scopes: Iterable[Names]) -> None:
    """Sets the scope of every recorded instruction, and ``cells`` and ``frees``. Parents come before children."""
    scopes = list(scopes)
    for names in scopes:
        if names.kind is not FunctionKind.MODULE_BODY:
            _settle(names)
    for names in scopes:
        for variable in names.cells:
            _set_scope(names.uses.get(variable, ()), Scope.CELL)
            _set_scope(names.inner_uses.get(variable, ()), Scope.CELL)


def _settle(names: Names) -> None:
    for name, instructions in list(names.uses.items()):
        if name in names.globals:
            _set_scope(instructions, Scope.GLOBAL)
        elif name in names.nonlocals or name not in names.bound:
            _settle_outer(names, name, instructions)
    for name, instructions in list(names.inner_uses.items()):
        _settle_outer(names, name, instructions)


def _settle_outer(names: Names, name: str, instructions: Iterable[NameInstruction]) -> None:
    """Looks a name up outside of the scope, and makes it a free variable of every scope on the way."""
    crossed = [names]
    while True:
        inner = crossed[-1]
        outer = inner.parent
        if outer is None:
            _set_scope(instructions, Scope.GLOBAL)
            return
        variable = inner.environment.get(name, name)
        if variable is not name or _shows(outer, name):
            break
        if outer.kind is not FunctionKind.CLASS_BODY and name in outer.globals:
            _set_scope(instructions, Scope.GLOBAL)
            return
        crossed.append(outer)
    outer.cells.add(variable)
    for scope in crossed:
        scope.frees.add(variable)
    for instruction in instructions:
        settle_name(instruction, Scope.CELL, variable)


def _shows(outer: Names, name: str) -> bool:
    """Whether a scope has a variable of that name that functions nested in it see."""
    if outer.kind is FunctionKind.CLASS_BODY:
        return name == "__class__"
    if outer.kind is FunctionKind.MODULE_BODY:
        return False
    return name in outer.bound and name not in outer.globals and name not in outer.nonlocals


def _set_scope(instructions: Iterable[NameInstruction], scope: Scope) -> None:
    for instruction in instructions:
        settle_name(instruction, scope)
