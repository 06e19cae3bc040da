"""Where a run looks for its configuration: from what it scans upward."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

TOOL = "datause-lint"
OWN_FILE = "datause.toml"
PROJECT_FILE = "pyproject.toml"


def candidates(paths: Sequence[Path]) -> Iterator[Path]:
    """Files that may configure the run, the nearest first: in the folder that holds all the paths, then upward.

    A ``pyproject.toml`` is among them when it names the tool; whether it has a table for it, its reader sees.
    """
    folder = _common_folder(paths)
    for above in (folder, *folder.parents):
        own, project = above / OWN_FILE, above / PROJECT_FILE
        if own.is_file():
            yield _relative(own)
        if project.is_file() and _names_tool(project):
            yield _relative(project)


def _common_folder(paths: Sequence[Path]) -> Path:
    absolute = [Path(os.path.abspath(path)) for path in paths] or [Path.cwd()]
    folders = [path if path.is_dir() else path.parent for path in absolute]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # on different drives
        return folders[0]


def _names_tool(file: Path) -> bool:
    try:
        return TOOL.encode() in file.read_bytes()
    except OSError:
        return False


def _relative(file: Path) -> Path:
    try:
        return Path(os.path.relpath(file))
    except ValueError:  # on another drive
        return file
