"""Import roots: the folders from which modules are imported by name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from datause_lint.project.discovery import MARKS
from datause_lint.project.paths import Path, ancestors, parent

PROJECT_MARKS = MARKS - {"__init__.py"}


class Roots:
    """Decides for each folder where Python would start to look for the modules in it.

    - the *top* of a package: the folder that holds its outermost package; of a script: its own folder;
    - a *project* folder: one with pyproject.toml, setup.py, setup.cfg or manage.py, or a ``src`` folder;
    - the folders that were given, and the working folder;
    - for what lies below it, any folder of the program that is no package: the program may be started there.
    """

    def __init__(
        self, folders: Iterable[Path], marks: Mapping[Path, frozenset[str]], starts: Iterable[Path], base: Path
    ) -> None:
        self._marks = dict(marks)
        self._walked = frozenset(marks)
        self._starts = frozenset(start for start in starts if not self.is_package(start))
        self._homes: dict[Path, Path] = {}
        self._above: dict[Path, tuple[Path, ...]] = {}
        folders = sorted(set(folders))
        homes = {self.home(folder) for folder in folders}
        package_tops = {self.top(folder) for folder in folders if self.is_package(folder)}
        projects = {above for folder in folders for above in ancestors(folder) if self._is_project(above)}
        self.shared: frozenset[Path] = frozenset(homes | package_tops | (projects & homes.union(self._walked)))
        """The roots from which any module of the program may import."""
        beside = {base, *(parent(start) for start in self._starts if start != base and not self._is_project(start))}
        around = {above for folder in folders for above in self._walked_above(folder)}
        self._all = self.shared | projects | beside | around | {self.top(folder) for folder in folders}

    def is_package(self, folder: Path) -> bool:
        return "__init__.py" in self._marks_of(folder) and folder.rpartition("/")[2].isidentifier()

    def top(self, folder: Path) -> Path:
        """The folder above the outermost package that the folder is part of; itself when it is no package."""
        while self.is_package(folder):
            folder = parent(folder)
        return folder

    def home(self, folder: Path) -> Path:
        """The root that names the folder's modules."""
        if folder not in self._homes:
            self._homes[folder] = self._find_home(folder)
        return self._homes[folder]

    def above(self, folder: Path) -> tuple[Path, ...]:
        """The roots that hold a folder, the nearest first."""
        if folder not in self._above:
            self._above[folder] = tuple(place for place in ancestors(folder) if place in self._all)
        return self._above[folder]

    def _walked_above(self, folder: Path) -> list[Path]:
        return [above for above in ancestors(folder) if above in self._walked and not self.is_package(above)]

    def _find_home(self, folder: Path) -> Path:
        top = self.top(folder)
        project = self._project_of(top)
        if project is None or project == top:
            return top
        between = top[len(project) :].strip("/").split("/")
        if project.endswith("/src"):
            return project if all(name.isidentifier() for name in between) else top
        return top if self.is_package(folder) else project

    def _project_of(self, folder: Path) -> Path | None:
        for above in ancestors(folder):
            if above in self._starts or self._is_project(above):
                return above
            if above not in self._walked and os.path.lexists(f"{above}/.git"):
                break
        return None

    def _is_project(self, folder: Path) -> bool:
        if PROJECT_MARKS & self._marks_of(folder):
            return True
        if not folder.endswith("/src") or self.is_package(folder):
            return False
        return folder in self._walked or bool(PROJECT_MARKS & self._marks_of(parent(folder)))

    def _marks_of(self, folder: Path) -> frozenset[str]:
        marks = self._marks.get(folder)
        if marks is None:
            marks = frozenset(mark for mark in MARKS if os.path.isfile(f"{folder}/{mark}"))
            self._marks[folder] = marks
        return marks
