"""``.gitignore`` files and exclude patterns, asked entry by entry while folders are walked."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from datause_lint.project.paths import Path, is_below

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MAX_STARS = 4  # in one segment: a regular expression with more of them can take hours on a name made for it


class IgnoreRules:
    """The patterns of one ``.gitignore``, for the entries below its folder.

    ``refused`` holds the line numbers of patterns that are not honoured, as matching them could take forever.
    """

    def __init__(self, folder: Path, lines: Iterable[str]) -> None:
        self.folder = folder
        self.refused: list[int] = []
        self._start = len(folder.rstrip("/")) + 1
        self._patterns = []
        for number, line in enumerate(lines, start=1):
            if _is_risky(line):
                self.refused.append(number)
            else:
                self._patterns.append(
                    re.sub(r"/\*\*/?\s*$", "/*", line)
                )  # the folder itself is not what `x/**` ignores
        self._possible = _last_segments(self._patterns)
        self._spec: GitIgnoreSpec | None = None

    def verdict(self, path: Path, name: str, is_folder: bool) -> bool | None:
        """True: ignored; False: un-ignored by a ``!`` pattern; None: no pattern speaks of it."""
        if self._possible is None or not self._possible.match(name):  # most names end here, twenty times cheaper
            return None
        if self._spec is None:
            from pathspec import GitIgnoreSpec

            self._spec = GitIgnoreSpec.from_lines(self._patterns)
        return self._spec.check_file(path[self._start :] + ("/" if is_folder else "")).include

    def ignores_all_of(self, folder: Path) -> bool:
        """Whether a folder below is ignored as a whole, itself or by way of a folder above it."""
        steps = folder[self._start :].split("/") if folder != self.folder and is_below(folder, self.folder) else []
        path = self.folder.rstrip("/")
        for step in steps:
            path = f"{path}/{step}"
            if self.verdict(path, step, is_folder=True):
                return True
        return False


def is_ignored(rules: tuple[IgnoreRules, ...], path: Path, name: str, is_folder: bool) -> bool:
    """The innermost file that speaks of an entry decides; ``rules`` go from the outermost to the innermost."""
    for one in reversed(rules):
        verdict = one.verdict(path, name, is_folder)
        if verdict is not None:
            return verdict
    return False


def _is_risky(line: str) -> bool:
    segments = line.split("/")
    return segments.count("**") > 2 or any(len(re.findall(r"\*+", segment)) > MAX_STARS for segment in segments)


def _last_segments(patterns: list[str]) -> re.Pattern[str] | None:
    """Matches every name that one of the patterns can match, and some more: it looks at their last segments only."""
    globs = set()
    for line in patterns:
        pattern = line.rstrip()
        if not pattern or pattern.startswith("#"):
            continue
        last = pattern.removeprefix("!").rstrip("/").rpartition("/")[2]
        if "\\" in last or "[" in last or "**" in last:
            last = re.sub(r"[\[\\].*|\*\*", "*", last)  # simpler, and matches no less
        globs.add(last)
    return re.compile("|".join(fnmatch.translate(glob) for glob in sorted(globs))) if globs else None
