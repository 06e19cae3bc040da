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


class Listed:
    """What a module's code lists: in a loop, or in a tuple to which a name is bound that nothing else binds."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._counted = False
        self._times: Counter[str] = Counter()  # that a name is bound, in whatever scope
        self._tuples: dict[str, ast.Tuple] = {}
        self._defined: dict[str, None] = {}  # by an import, a class or a function

    def elements(self, source: ast.expr, *body: ast.AST) -> Sequence[ast.expr]:
        """The elements of a loop in their order, each once; none where the code does not list them, or lists too many
        for a loop of that length."""
        found: Sequence[ast.expr] = ()
        if isinstance(source, ast.Name):
            self._count()
            stands = self._tuples.get(source.id) if self._times[source.id] == 1 else None
            if stands is not None and all(map(self._is_settled, _names_in(stands))):
                found = stands.elts
        elif isinstance(source, (ast.Tuple, ast.List)):
            found = source.elts
        if not 0 < len(found) <= MANY or not all(map(_is_plain, found)):
            return ()
        return found if len(found) * sum(1 for each in body for _ in ast.walk(each)) <= LONGEST else ()

    def is_built_in(self, name: str) -> bool:
        self._count()
        return self._times[name] == 0

    def _is_settled(self, name: str) -> bool:
        """Whether it is the same wherever it is asked for."""
        return self._times[name] == (name in self._defined)  # else it comes by a star, or is built in

    def _count(self) -> None:
        if self._counted:
            return
        self._counted = True
        for node in ast.walk(self._tree):
            self._times.update(_bound_by(node))
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.alias)):
                self._defined.update(dict.fromkeys(_bound_by(node)))
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Tuple):
                self._tuples.update(dict.fromkeys(_bound_by(node.targets[0]), node.value))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Tuple):
                self._tuples.update(dict.fromkeys(_bound_by(node.target), node.value))


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
