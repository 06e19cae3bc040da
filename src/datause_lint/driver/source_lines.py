"""The text of scanned files, read again where a report shows some of it: reports are short, programs are not."""

from __future__ import annotations

from collections.abc import Mapping

from datause_lint.frontend.read import SourceError, decode, read_source


class ScannedLines:
    """Lines of files by their reported path; an editor's buffer stands for the file on disk."""

    def __init__(self, buffers: Mapping[str, bytes]) -> None:
        self._buffers = buffers
        self._lines: dict[str, list[str]] = {}

    def line(self, path: str, number: int) -> str | None:
        if path not in self._lines:
            self._lines[path] = self._read(path)
        lines = self._lines[path]
        return lines[number - 1] if 0 < number <= len(lines) else None

    def _read(self, path: str) -> list[str]:
        try:
            source = decode(self._buffers[path], path) if path in self._buffers else read_source(path)
        except SourceError:  # it changed since it was analysed: nothing to show
            return []
        return source.text.split("\n")
