"""The plugins that installed distributions bring; where there are none, without the price of importlib.metadata."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "datause_lint"


def installed_plugins(search_path: Iterable[str] | None = None) -> list[EntryPoint]:
    """The entry points of the group ``datause_lint``, by name; the first of each name on the path (``sys.path``)."""
    folders = _trusted(sys.path if search_path is None else search_path)
    if not any(_brings_plugins(folder) for folder in folders):
        return []
    from importlib.metadata import distributions

    found: dict[str, EntryPoint] = {}
    for distribution in distributions(path=folders):
        for entry in distribution.entry_points:
            if entry.group == GROUP:
                found.setdefault(entry.name, entry)
    return [found[name] for name in sorted(found)]


def _trusted(folders: Iterable[str]) -> list[str]:
    """Without the working folder: it is what gets scanned, and nothing of it may be imported."""
    working_folder = os.path.realpath(os.curdir)
    return [folder for folder in dict.fromkeys(folders) if folder and os.path.realpath(folder) != working_folder]


def _brings_plugins(folder: str) -> bool:
    try:
        names = os.listdir(folder)
    except OSError:
        return False
    return any(
        f"[{GROUP}]".encode() in _read(os.path.join(folder, name, "entry_points.txt"))
        for name in names
        if name.endswith((".dist-info", ".egg-info"))
    )


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError:  # most distributions have no entry points
        return b""
