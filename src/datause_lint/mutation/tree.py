"""A file as a lossless tree, in which expressions are found by their place and replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, PositionProvider

from datause_lint.findings.finding import Location

Place = tuple[int, int]  # line from 1, column from 0: as LibCST counts

REMOVED: Final = cst.RemovalSentinel.REMOVE
Replacement = cst.CSTNode | cst.RemovalSentinel
Rewrite = Callable[[cst.CSTNode], cst.CSTNode]
"""Makes the replacement of a node whose own parts have been replaced already."""

Edits = dict[cst.CSTNode, "Replacement | Rewrite"]


def read_tree(text: str) -> Tree | None:
    """None for syntax that LibCST does not know."""
    try:
        return Tree(text)
    except cst.ParserSyntaxError:
        return None


class Tree:
    def __init__(self, text: str) -> None:
        self.text = text
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        self._module = wrapper.module
        self._ranges: Mapping[cst.CSTNode, CodeRange] = wrapper.resolve(PositionProvider)
        self._parents: Mapping[cst.CSTNode, cst.CSTNode] = wrapper.resolve(ParentNodeProvider)

    def expression_at(self, location: Location) -> cst.BaseExpression | None:
        """The expression that stands exactly there; else the smallest one around it."""
        start, end = (location.line, location.column - 1), (location.end_line, location.end_column - 1)
        best: tuple[int, int, cst.BaseExpression] | None = None
        for node, where in self._ranges.items():
            if not isinstance(node, cst.BaseExpression):
                continue
            first, last = _place(where.start), _place(where.end)
            if first <= start and end <= last:
                size = (last[0] - first[0], last[1] - first[1] if last[0] == first[0] else last[1])
                if best is None or size < best[:2]:
                    best = (*size, node)
        return best[2] if best is not None else None

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self._parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """From the node's parent out to the module."""
        current = self._parents.get(node)
        while current is not None:
            yield current
            current = self._parents.get(current)

    def inside(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The node, and all below it, in order."""
        pending = [node]
        while pending:
            current = pending.pop()
            yield current
            pending.extend(reversed(current.children))

    def code(self, node: cst.CSTNode) -> str:
        return self._module.code_for_node(node)

    def starts(self, node: cst.CSTNode) -> Place:
        return _place(self._ranges[node].start)

    def replaced(self, edits: Edits) -> str:
        """The text with nodes replaced, or taken out; all else stays as it is, to the last blank."""
        module = self._module.visit(_Replacing(edits))
        return module.code if isinstance(module, cst.Module) else ""


class _Replacing(cst.CSTTransformer):
    def __init__(self, edits: Edits) -> None:
        super().__init__()
        self._edits = edits

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> Replacement:  # type: ignore[override]
        edit = self._edits.get(original_node)
        if edit is None:
            return updated_node
        return edit if isinstance(edit, (cst.CSTNode, cst.RemovalSentinel)) else edit(updated_node)


def _place(position: object) -> Place:
    return position.line, position.column  # type: ignore[attr-defined]  # libcst's CodePosition has no stub


def expression(code: str) -> cst.BaseExpression:
    """Code as an expression that can stand anywhere."""
    return cst.parse_expression(code if code.isidentifier() or code[0] in "'\"" else f"({code})")
