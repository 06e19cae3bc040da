"""Programs as tests write them: a folder, and its files by path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from datause_lint.project.program import SourceProgram


def write(folder: Path, files: Mapping[str, str | bytes] | Iterable[str]) -> Path:
    contents = files if isinstance(files, Mapping) else dict.fromkeys(files, "")
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def program(folder: Path, *paths: str, include_tests: bool = False) -> SourceProgram:
    """The program below the paths, seen from the folder."""
    return SourceProgram(paths or ["."], base=folder, include_tests=include_tests)
