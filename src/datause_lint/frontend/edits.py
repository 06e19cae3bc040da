"""Edits of a source text that move no line, and the way back from places in what they make."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Edit(NamedTuple):
    """``text[start:end]`` becomes ``replacement``. Neither holds a line break."""

    start: int
    end: int
    replacement: str


def blank(text: str, start: int, end: int) -> Iterator[Edit]:
    """Edits that leave nothing of a stretch of code; where it spans lines, these are joined."""
    for line in text[start:end].splitlines(keepends=True):
        content = line.removesuffix("\n")
        joint = "\\" if len(content) < len(line) else ""
        yield Edit(start, start + len(content), " " * len(content.encode(errors="replace")) + joint)
        start += len(line)


def without_overlaps(edits: Iterable[Edit]) -> list[Edit]:
    """The edits in order, those at the same place in the order given; what lies inside an earlier one is dropped."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """The text after the edits, which are sorted and do not overlap."""
    pieces, position = [], 0
    for edit in edits:
        pieces += [text[position : edit.start], edit.replacement]
        position = edit.end
    return "".join([*pieces, text[position:]])


class _Moved(NamedTuple):
    """An edit within its line, in bytes of UTF-8: where its outcome stands, and what it replaced."""

    start: int
    end: int
    old_start: int
    old_end: int


class Places:
    """Finds for a place in the edited text the place in the original: lines count from 1, columns are bytes from 0."""

    def __init__(self, text: str, edits: Iterable[Edit]) -> None:
        self._moved: dict[int, list[_Moved]] = defaultdict(list)
        self._starts: dict[int, list[int]] = {}
        line, position, old, new = 1, 0, 0, 0  # where the text has been read up to, and the columns there
        for edit in edits:
            breaks = text.count("\n", position, edit.start)
            if breaks:
                line += breaks
                position = text.rindex("\n", position, edit.start) + 1
                old = new = 0
            kept = _bytes(text[position : edit.start])
            old, new, position = old + kept, new + kept, edit.end
            moved = _Moved(new, new + _bytes(edit.replacement), old, old + _bytes(text[edit.start : edit.end]))
            self._moved[line].append(moved)
            old, new = moved.old_end, moved.end
        for line, edits_of_line in self._moved.items():
            self._starts[line] = [moved.start for moved in edits_of_line]

    def column(self, line: int, column: int) -> int:
        starts = self._starts.get(line)
        before = bisect_right(starts, column) - 1 if starts else -1
        if before < 0:
            return column
        moved = self._moved[line][before]
        if column >= moved.end:
            return moved.old_end + column - moved.end
        return min(moved.old_start + column - moved.start, moved.old_end)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))
