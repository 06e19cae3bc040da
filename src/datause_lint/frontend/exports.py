"""The names that ``__all__`` lists."""

from __future__ import annotations

import ast
from collections.abc import Iterable


def exports(body: Iterable[ast.stmt]) -> tuple[str, ...] | None:
    """What ``__all__`` holds after the module's own statements; None when there is none, or it is not constant."""
    names: list[str] | None = None
    for node in body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value and _is_all(*_targets(node)):
            names = _strings(node.value)
            if names is None:
                return None
        else:
            more = _added(node)
            if more is None:
                continue
            added = _strings(more)
            if names is None or added is None:
                return None
            names = [*names, *added]
    return None if names is None else tuple(names)


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _is_all(*nodes: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__all__" for node in nodes)


def _added(node: ast.stmt) -> ast.expr | None:
    """The list that ``__all__ += ...``, ``__all__.extend(...)`` or ``__all__.append(...)`` adds."""
    if isinstance(node, ast.AugAssign) and _is_all(node.target):
        return node.value
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _is_all(call.func.value):
        if call.func.attr == "append":
            return ast.List(call.args, ast.Load())
        return call.args[0] if call.func.attr == "extend" and call.args else call
    return None


def _strings(node: ast.expr) -> list[str] | None:
    """The strings of a constant list or tuple, or of a sum of such."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _strings(node.left), _strings(node.right)
        return None if left is None or right is None else [*left, *right]
    if not isinstance(node, (ast.List, ast.Tuple)):
        return None
    values = [element.value for element in node.elts if isinstance(element, ast.Constant)]
    names = [value for value in values if isinstance(value, str)]
    return names if len(names) == len(node.elts) else None
