"""Spans of syntax nodes: ``ast`` counts columns from 0, in bytes of UTF-8; spans count from 1, in characters."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from typing import Protocol

from datause_lint.ir.instructions import Span


class Located(Protocol):
    """A syntax node with a place. Nodes from the parser always have an end."""

    @property
    def lineno(self) -> int: ...
    @property
    def col_offset(self) -> int: ...
    @property
    def end_lineno(self) -> int | None: ...
    @property
    def end_col_offset(self) -> int | None: ...


SpanOf = Callable[[Located], Span]


def span_of(text: str) -> SpanOf:
    """The function that gives the span of a node parsed from the text."""
    return _ascii_span if text.isascii() else _Columns(text).span


_new = tuple.__new__  # spans are made by the million, and this is twice as fast as Span(...)


def _ascii_span(node: Located) -> Span:
    end = node.end_col_offset + 1  # type: ignore[operator]  # parsed nodes have an end
    return _new(Span, (node.lineno, node.col_offset + 1, node.end_lineno, end))


class _Columns:
    """Characters for bytes, line by line, counted when first asked for."""

    def __init__(self, text: str) -> None:
        self._lines = re.split(r"\r\n|\r|\n", text)
        self._columns: dict[int, Sequence[int]] = {}

    def span(self, node: Located) -> Span:
        line, end_line = node.lineno, node.end_lineno or node.lineno
        return Span(
            line, self._column(line, node.col_offset), end_line, self._column(end_line, node.end_col_offset or 0)
        )

    def _column(self, line: int, offset: int) -> int:
        columns = self._columns.get(line)
        if columns is None:
            columns = self._columns[line] = self._count(line)
        return columns[offset] if offset < len(columns) else offset + 1

    def _count(self, line: int) -> Sequence[int]:
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        if text.isascii():
            return ()
        columns = array("L")
        for column, character in enumerate(text, start=1):
            columns.extend([column] * len(character.encode(errors="replace")))
        columns.append(len(text) + 1)
        return columns
