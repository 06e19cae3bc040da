"""Paths of the scanned program: real, absolute and with ``/`` inside, relative and printable outside."""

from __future__ import annotations

import os

Path = str
"""An absolute path without links in it, with ``/``; undecodable bytes are surrogates, as ``os`` gives them."""


def real_path(path: str, base: Path) -> Path:
    """The path with links resolved; a relative one starts at ``base``."""
    return os.path.realpath(os.path.join(base, path)).replace(os.sep, "/")


def shown_path(path: Path, base: Path) -> str:
    """The path as reports spell it: relative to ``base`` when below it, undecodable bytes as ``\\xff``."""
    relative = path[len(base) :].lstrip("/") if is_below(path, base) else path
    return os.fsencode(relative or ".").decode("utf-8", "backslashreplace")


def parent(path: Path) -> Path:
    """The folder of a file or folder; a file system's top is its own parent."""
    return path.rpartition("/")[0] or "/"


def is_below(path: Path, folder: Path) -> bool:
    """Whether the path is the folder, or lies in it at any depth."""
    return path == folder or path.startswith(folder if folder.endswith("/") else folder + "/")


def ancestors(folder: Path) -> list[Path]:
    """The folder itself, its parent, and so on to the top."""
    found = [folder]
    while (above := parent(found[-1])) != found[-1]:
        found.append(above)
    return found
