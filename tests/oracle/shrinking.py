"""Makes a program small that shows something: cuts its syntax trees as long as the smaller one shows it too.

The edits know nothing of meaning. Whatever they leave is run again, so a program that no longer runs, or that shows
nothing any more, is put back.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping

Files = Mapping[str, str]
Edit = Callable[[ast.AST], None]
"""Changes a node of a fresh tree in place."""


def shrink(files: Files, shows: Callable[[Files], bool], most: int = 4000) -> dict[str, str]:
    """The smallest program that edits lead to. ``most`` bounds the programs that are tried."""
    current = {path: _normal(text) for path, text in files.items()}
    if not shows(current):
        return dict(files)
    changed = True
    while changed and most > 0:
        changed = False
        for path in sorted(current):
            position = 0
            while most > 0:
                found = _nth_edit(current[path], position)
                if found is None:
                    break
                position += 1
                if found == current[path]:
                    continue
                most -= 1
                candidate = {**current, path: found}
                if shows(candidate):
                    current, changed, position = candidate, True, position - 1
    return {path: text for path, text in current.items() if text or path.endswith("__init__.py")}


def _normal(text: str) -> str:
    return ast.unparse(ast.parse(text))


def _nth_edit(text: str, position: int) -> str | None:
    """The text after the edit of this number; None behind the last one."""
    tree = ast.parse(text)
    for number, (node, edit) in enumerate(_edits(tree)):
        if number == position:
            edit(node)
            _fill(tree)
            try:
                return ast.unparse(ast.fix_missing_locations(tree))
            except (ValueError, RecursionError):
                return text
    return None


def _fill(tree: ast.AST) -> None:
    """Blocks that have become empty get a ``pass``."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module) and getattr(node, "body", None) == []:
            node.body = [ast.Pass()]  # type: ignore[attr-defined]
        if isinstance(node, ast.Try) and not node.handlers and not node.finalbody:
            node.finalbody = [ast.Pass()]


def _edits(tree: ast.AST) -> Iterator[tuple[ast.AST, Edit]]:
    nodes = list(ast.walk(tree))
    for node in nodes:  # the largest blocks come first
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield from _of_block(node, name, len(block))
    for node in nodes:
        if isinstance(node, ast.arguments):
            continue  # a parameter goes with the arguments for it, or not at all
        for name in ("decorator_list", "bases", "elts", "args", "keywords", "generators", "items", "ifs", "values"):
            parts = getattr(node, name, None)
            if isinstance(parts, list):
                for index in range(len(parts)):
                    yield node, _without(name, index)
        yield from _of_expressions(node)


def _of_block(node: ast.AST, name: str, length: int) -> Iterator[tuple[ast.AST, Edit]]:
    size = length
    while size:
        for start in range(0, length, size):
            yield node, _without(name, start, size)
        size //= 2
    for index in range(length):
        statement = getattr(node, name)[index]
        for inner in ("body", "orelse", "finalbody"):
            if isinstance(getattr(statement, inner, None), list) and not isinstance(statement, ast.ClassDef):
                yield node, _unwrapped(name, index, inner)


def _without(name: str, start: int, size: int = 1) -> Edit:
    def edit(node: ast.AST) -> None:
        del getattr(node, name)[start : start + size]
        if isinstance(node, ast.Dict) and name == "values":
            del node.keys[start : start + size]

    return edit


def _unwrapped(name: str, index: int, inner: str) -> Edit:
    def edit(node: ast.AST) -> None:
        block = getattr(node, name)
        block[index : index + 1] = getattr(block[index], inner)

    return edit


def _of_expressions(node: ast.AST) -> Iterator[tuple[ast.AST, Edit]]:
    """Each expression below the node becomes a constant, or one of its own parts."""
    for name, held in ast.iter_fields(node):
        for index, each in enumerate(held) if isinstance(held, list) else [(None, held)]:
            if not isinstance(each, ast.expr) or isinstance(getattr(each, "ctx", None), (ast.Store, ast.Del)):
                continue
            if not isinstance(each, ast.Constant):
                yield node, _put(name, index, ast.Constant("x"))
            for part in ast.iter_child_nodes(each):
                if isinstance(part, ast.keyword):
                    part = part.value
                if isinstance(part, ast.expr) and isinstance(getattr(part, "ctx", ast.Load()), ast.Load):
                    yield node, _put(name, index, part)
            if isinstance(each, (ast.ListComp, ast.GeneratorExp)):
                yield node, _put(name, index, each.generators[0].iter)


def _put(name: str, index: int | None, new: ast.expr) -> Edit:
    def edit(node: ast.AST) -> None:
        if index is None:
            setattr(node, name, copy.deepcopy(new))
        else:
            getattr(node, name)[index] = copy.deepcopy(new)

    return edit
