"""Entries by API path: patterns with ``*``, ``**`` and a leading ``*.``, found by walking a trie of path segments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class PathTable(Generic[Value]):
    """Built from values with the patterns of each; asked with paths that have no wildcards.

    A segment is a name with its marks, ``OpenAI()``. A pattern's ``*`` stands for the name of one segment, ``**`` for
    any number of segments (also none), a ``*`` at the start for one segment or more, of which the first may be the
    unknown receiver ``?``. Nothing else matches ``?``.
    """

    def __init__(self, entries: Iterable[tuple[Iterable[str], Value]]) -> None:
        self._root = _Node()
        self._any_receiver = _Node()
        self._values: list[Value] = []
        self._found: dict[tuple[str, ...], tuple[Value, ...]] = {}
        self._found_at: dict[str, tuple[Value, ...]] = {}
        for patterns, value in entries:
            for pattern in patterns:
                self._insert(pattern, len(self._values))
            self._values.append(value)

    def at(self, path: str, names: ApiNames) -> tuple[Value, ...]:
        """The values with a pattern that some spelling of the path fits: by names that are the same at each call."""
        found = self._found_at.get(path)
        if found is None:
            _bound(self._found_at)
            found = self._found_at[path] = self._find(names.spellings(path))
        return found

    def matches(self, *paths: str) -> tuple[Value, ...]:
        """The values with a pattern that one of the paths fits, each once, in the order of building."""
        found = self._found.get(paths)
        if found is None:
            _bound(self._found)
            found = self._found[paths] = self._find(paths)
        return found

    def _find(self, paths: tuple[str, ...]) -> tuple[Value, ...]:
        found: set[int] = set()
        for path in paths:
            for node in self._walk(path):
                found.update(node.values)
        return tuple(self._values[index] for index in sorted(found)) if found else ()

    def has_prefix(self, path: str) -> bool:
        """Whether a pattern, other than one that begins with a wildcard, begins with the path."""
        nodes = [self._root]
        for segment in path.split("."):
            nodes = _step(nodes, segment)
        return bool(nodes)

    def _insert(self, pattern: str, index: int) -> None:
        segments = pattern.split(".")
        node = self._root
        if segments[0] == "*":
            node = self._any_receiver
            del segments[0]
        for segment in segments:
            for beginning in _beginnings(segment):
                node.child(beginning)
            node = node.child(segment)
        node.values.append(index)

    def _walk(self, path: str) -> list[_Node]:
        segments = path.split(".")
        nodes = [] if segments[0].startswith("?") else _with_skipped_wildcards(self._root)
        anywhere = _with_skipped_wildcards(self._any_receiver) if self._any_receiver.children else []
        for position, segment in enumerate(segments):
            nodes = _step([*nodes, *anywhere] if position else nodes, segment)
        return nodes


class _Node:
    __slots__ = ("children", "repeats", "values")

    def __init__(self, repeats: bool = False) -> None:
        self.children: dict[str, _Node] = {}
        self.values: list[int] = []
        self.repeats = repeats  # reached by "**": takes any further segment

    def child(self, segment: str) -> _Node:
        if segment not in self.children:
            self.children[segment] = _Node(repeats=segment == "**")
        return self.children[segment]


def _step(nodes: list[_Node], segment: str) -> list[_Node]:
    any_name = "*" + segment[len(segment.rstrip("()[]")) :]
    reached: dict[_Node, None] = {}  # a set that keeps its order
    for node in nodes:
        if node.repeats:
            reached[node] = None
        for key in (segment, any_name):
            child = node.children.get(key)
            if child is not None:
                reached.update(dict.fromkeys(_with_skipped_wildcards(child)))
    return list(reached)


def _with_skipped_wildcards(node: _Node) -> list[_Node]:
    nodes = [node]
    while (skipped := nodes[-1].children.get("**")) is not None:
        nodes.append(skipped)
    return nodes


def _beginnings(segment: str) -> list[str]:
    """``X()[]`` begins with ``X`` and with ``X()``: paths that lead on to it, though they match nothing themselves."""
    beginnings = []
    while segment.endswith(("()", "[]")):
        segment = segment[:-2]
        beginnings.append(segment)
    return beginnings


def _bound(memo: dict[Any, Any]) -> None:
    """What is remembered is forgotten once it is too much."""
    if len(memo) >= _MEMO_SIZE:
        memo.clear()


class ApiNames:
    """Which API paths name the same thing: the ``[[api]]`` entries, by the path that each renames."""

    def __init__(self, same_as: Mapping[str, str]) -> None:
        self._same_as = dict(same_as)
        self._longest = max(map(len, self._same_as), default=0)
        self._tops = {_top_name(path) for path in self._same_as}
        self._memo: dict[str, tuple[str, ...]] = {}

    def spellings(self, path: str) -> tuple[str, ...]:
        """The path, and what it turns into while an entry renames a prefix of it, the longest each time; the canonical
        path comes last. Entries that lead in a circle end it after one round."""
        if path not in self._memo:
            _bound(self._memo)
            self._memo[path] = self._follow(path)
        return self._memo[path]

    def is_circular(self, path: str) -> bool:
        """Whether renaming the path leads back to a path that begins with it."""
        seen = {path}
        for _ in range(_MOST_RENAMINGS):
            renamed = self._renamed(path)
            if renamed is None:
                return False
            if renamed in seen:
                return True
            seen.add(renamed)
            path = renamed
        return True

    def _follow(self, path: str) -> tuple[str, ...]:
        if _top_name(path) not in self._tops or len(path) > _LONGEST_PATH:
            return (path,)
        spellings = [path]
        while len(spellings) <= _MOST_RENAMINGS:
            renamed = self._renamed(spellings[-1])
            if renamed is None or renamed in spellings:
                break
            spellings.append(renamed)
        return tuple(spellings)

    def _renamed(self, path: str) -> str | None:
        ends = [mark.start() for mark in _MARK.finditer(path, 0, self._longest + 1)]
        for end in (len(path), *reversed(ends)):
            if (same_as := self._same_as.get(path[:end])) is not None:
                return same_as + path[end:]
        return None


def _top_name(path: str) -> str:
    return path.partition(".")[0].rstrip("()[]")


_MARK = re.compile(r"[.(\[]")
_MEMO_SIZE = 1 << 16
_LONGEST_PATH = 2000  # of scanned code; policies write none so long
_MOST_RENAMINGS = 256
