"""Loops over a few things that the code itself lists: each round is lowered by itself, so that what one asks of its
element is known to be asked of that: ``for purpose in ("assistant", "training"): …``, ``all(… for purpose in NEEDED)``.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

MANY: Final = 6  # elements, of which none is told apart any more
LONGEST: Final = 240  # syntax nodes that a loop may become
_PARTS: Final = ("body", "orelse", "finalbody", "handlers", "cases")  # of a statement, in which others stand


class Listed:
    """What a module's code lists: in a loop, or in a tuple to which a name is bound that nothing else binds."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._tuples: dict[str, ast.Tuple] | None = None  # by name; the last, where there are several
        self._bound: _Bound | None = None

    def elements(self, source: ast.expr, *body: ast.AST) -> Sequence[ast.expr]:
        """The elements of a loop in their order, each once; none where the code does not list them, or lists too many
        for a loop of that length."""
        found: Sequence[ast.expr] = ()
        if isinstance(source, ast.Name):
            stands = self._named_tuples().get(source.id)
            if stands is not None and self._is_settled_tuple(source.id, stands):
                found = stands.elts
        elif isinstance(source, (ast.Tuple, ast.List)):
            found = source.elts
        if not 0 < len(found) <= MANY or not all(map(_is_plain, found)):
            return ()
        return found if len(found) * sum(1 for each in body for _ in ast.walk(each)) <= LONGEST else ()

    def is_built_in(self, name: str) -> bool:
        return self._names().times[name] == 0

    def _is_settled_tuple(self, name: str, elements: ast.Tuple) -> bool:
        return self._names().times[name] == 1 and all(map(self._is_settled, _names_in(elements)))

    def _is_settled(self, name: str) -> bool:
        """Whether it is the same wherever it is asked for."""
        bound = self._names()
        return bound.times[name] == (name in bound.defined)  # else it comes by a star, or is built in

    def _names(self) -> _Bound:
        if self._bound is None:  # which looks at every node: few modules need it
            self._bound = _Bound(self._tree)
        return self._bound

    def _named_tuples(self) -> dict[str, ast.Tuple]:
        if self._tuples is None:
            self._tuples = {}
            for node in _statements(self._tree):
                if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Tuple):
                    self._tuples.update(dict.fromkeys(_bound_by(node.targets[0]), node.value))
                elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Tuple):
                    self._tuples.update(dict.fromkeys(_bound_by(node.target), node.value))
        return self._tuples


class _Bound:
    """The names that a module binds, in whatever scope."""

    def __init__(self, tree: ast.Module) -> None:
        self.times: Counter[str] = Counter()
        self.defined: dict[str, None] = {}  # by an import, a class or a function
        for node in ast.walk(tree):
            bound = _bound_by(node)
            self.times.update(bound)
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.alias)):
                self.defined.update(dict.fromkeys(bound))


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """All statements of a module, and what they are sorted into: handlers, cases."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        for part in _PARTS:
            pending.extend(getattr(node, part, ()))


def _is_plain(node: ast.expr) -> bool:
    """A constant, a name, or a tuple of them: to ask for it does nothing."""
    if isinstance(node, ast.Tuple):
        return all(map(_is_plain, node.elts))
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, (ast.Constant, ast.Name))


def _names_in(node: ast.expr) -> Iterator[str]:
    return (each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def _bound_by(node: ast.AST) -> Sequence[str]:
    if isinstance(node, ast.Name):
        return () if isinstance(node.ctx, ast.Load) else (node.id,)
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return (node.name,)
    if isinstance(node, ast.alias):
        return (node.asname or node.name.partition(".")[0],)
    if isinstance(node, (ast.MatchAs, ast.MatchStar, ast.ExceptHandler)):
        return (node.name,) if node.name else ()
    return node.names if isinstance(node, (ast.Global, ast.Nonlocal)) else ()
