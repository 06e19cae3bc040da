"""Patterns as in a ``.gitignore``, written relative to one folder and needed relative to another."""

from __future__ import annotations

import os
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path


def rebased(patterns: Iterable[str], folder: Path) -> list[str]:
    """Patterns that are relative to ``folder``, as the working folder has to write them; without those that can match
    nothing in it."""
    down = _segments(os.path.relpath(folder))
    if not down:
        return list(patterns)
    if down[0] != "..":
        return [_further_up(pattern, "/".join(down)) for pattern in patterns]
    up = _segments(os.path.relpath(".", folder))
    return [moved for pattern in patterns for moved in [*_further_down(pattern, up), *_readmitted(pattern, up)]]


def _segments(relative: str) -> list[str]:
    return [segment for segment in relative.replace(os.sep, "/").split("/") if segment != "."]


def _further_up(pattern: str, below: str) -> str:
    """The pattern of a folder, written in one above it."""
    negation, body = _split_negation(pattern)
    return f"{negation}/{below}/{body.lstrip('/') if _is_anchored(body) else f'**/{body}'}"


def _further_down(pattern: str, above: list[str]) -> list[str]:
    """The pattern of a folder, written in one below it: each way in which it can begin above and end inside."""
    negation, body = _split_negation(pattern)
    if not _is_anchored(body):
        return [pattern]
    if body.startswith("**/"):
        segments = body.removeprefix("**/").split("/")
        return [pattern, *(f"{negation}/{inner}" for k in range(len(above)) for inner in _inside(segments, above[k:]))]
    return [f"{negation}/{inner}" for inner in _inside(body.lstrip("/").split("/"), above)]


def _readmitted(pattern: str, above: list[str]) -> list[str]:
    """What a negated pattern that names a folder above takes back below it: every folder there. The files directly in
    the working folder need nothing, as only a pattern of their own can leave them out."""
    negation, body = _split_negation(pattern)
    if not negation:
        return []
    from pathspec import GitIgnoreSpec  # imported only here: few configurations take anything back

    return ["!/*/"] if GitIgnoreSpec.from_lines([body]).match_file("/".join(above) + "/") else []


def _inside(segments: list[str], above: list[str]) -> list[str]:
    """What is left of the segments below the folder ``above``, if they lead into it."""
    inner = segments[len(above) :]
    return ["/".join(inner)] if any(inner) and all(map(fnmatchcase, above, segments)) else []


def _split_negation(pattern: str) -> tuple[str, str]:
    return ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)


def _is_anchored(body: str) -> bool:
    return "/" in body.rstrip("/")
