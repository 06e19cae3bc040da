"""Which files make up the program: a walk over the given paths."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from datause_lint.findings.finding import FileError
from datause_lint.project.ignore_files import IgnoreRules, is_ignored
from datause_lint.project.paths import Path, ancestors, is_below, parent, real_path, shown_path

EXCLUDED_FOLDERS = frozenset(
    {
        ".eggs", ".git", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pytest_cache", ".ruff_cache", ".svn",
        ".tox", ".venv", "__pycache__", "__pypackages__", "node_modules", "site-packages",
    }
)  # fmt: skip
EXCLUDED_UNLESS_PACKAGE = frozenset(
    {"build", "dist", "venv"}
)  # a package may bear such a name; what tools write is none
TEST_FOLDERS = frozenset({"test", "testing", "tests"})
TEST_FILE = re.compile(r"test_.*\.py|.*_test\.py|conftest\.py", re.DOTALL)
MARKS = frozenset({"__init__.py", "manage.py", "pyproject.toml", "setup.cfg", "setup.py"})
"""Files that say what a folder is: a package, or a project's own folder."""

PYTHON_SHEBANG = re.compile(rb"#![^\n]*\bpython[\d.]*\b")


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files of a program, sorted, and what the walk learnt besides."""

    files: tuple[Path, ...]
    starts: tuple[Path, ...]  # the folders that were given, and the folders of the files that were
    marks: dict[Path, frozenset[str]]  # of each folder walked, which of MARKS are in it
    links: dict[Path, Path]  # links inside the program to files and folders of it
    errors: tuple[FileError, ...]
    tests_left_out: int  # files of test code
    called_tests: tuple[Path, ...]  # those of them that only their names say it of; no conftest.py among them


def discover(
    paths: Iterable[str],
    base: Path,
    *,
    exclude: Sequence[str] = (),
    include_tests: bool = False,
    present: Iterable[Path] = (),
) -> Discovery:
    """Finds the Python files below the paths (relative ones start at ``base``). A file that is given is always taken;
    excludes, ignore files and the rule that leaves test code out hold for what lies below a folder that is given.

    ``exclude`` holds patterns as in a ``.gitignore`` in ``base``; files that are ``present`` are taken even if they are
    not on disk. What cannot be read is in ``errors``.
    """
    walk = _Walk(base, IgnoreRules(base, exclude), include_tests)
    for path in sorted(set(paths)):
        walk.add(path)
    walk.follow_links()
    for file in present:
        walk.take_buffer(file)
    return walk.result()


@dataclass
class _Walk:
    base: Path
    excludes: IgnoreRules
    include_tests: bool
    files: set[Path] = field(default_factory=set)
    tests: set[Path] = field(default_factory=set)
    called_tests: set[Path] = field(default_factory=set)
    starts: set[Path] = field(default_factory=set)
    marks: dict[Path, frozenset[str]] = field(default_factory=dict)
    links: dict[Path, Path] = field(default_factory=dict)
    errors: set[tuple[str, str]] = field(default_factory=set)
    ignore_files: dict[Path, IgnoreRules] = field(default_factory=dict)

    def result(self) -> Discovery:
        errors = tuple(FileError(path, 0, message) for path, message in sorted(self.errors))
        links = {link: target for link, target in self.links.items() if target in self.files or target in self.marks}
        return Discovery(
            files=tuple(sorted(self.files)),
            starts=tuple(sorted(self.starts)),
            marks=self.marks,
            links=links,
            errors=errors,
            tests_left_out=len(self.tests - self.files),
            called_tests=tuple(sorted(self.called_tests - self.files)),
        )

    def fail(self, path: Path, message: str) -> None:
        self.errors.add((shown_path(path, self.base), message))

    def add(self, given: str) -> None:
        """Takes a path that was given."""
        path = real_path(given, self.base)
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError) as error:
            return self.fail(path, f"cannot be read: {_reason(error)}; check the spelling")
        if stat.S_ISDIR(mode):
            self.starts.add(path)
            self.walk(path, self.rules_above(path))
        elif not stat.S_ISREG(mode):
            self.fail(path, "not a regular file: exclude it")
        elif path.endswith((".py", ".pyw")) or self.has_python_shebang(path):
            self.starts.add(parent(path))
            self.files.add(path)
        else:
            self.fail(path, "not a Python file: neither its name nor its first line says so")

    def take_buffer(self, path: Path) -> None:
        self.files.add(path)
        if not any(is_below(path, start) for start in self.starts):
            self.starts.add(parent(path))

    def has_python_shebang(self, path: Path) -> bool:
        try:
            with open(path, "rb") as file:
                return PYTHON_SHEBANG.match(file.read(200)) is not None
        except OSError:
            return False

    def rules_above(self, start: Path) -> tuple[IgnoreRules, ...]:
        """The rules that hold in a given folder because of the folders above it, outermost first. The folder was asked
        for, so rules that would ignore it as a whole are not among them."""
        rules = []
        for folder in ancestors(start)[1:] if ".git" not in _names(start) else ():
            rules.append(self.rules_of(folder))
            if MARKS - {"__init__.py", "manage.py"} & (names := _names(folder)) or ".git" in names:
                break
        found = [*reversed([one for one in rules if one is not None]), self.excludes]
        return tuple(one for one in found if not one.ignores_all_of(start))

    def rules_of(self, folder: Path) -> IgnoreRules | None:
        if folder not in self.ignore_files:
            path = f"{folder}/.gitignore"
            try:
                if not stat.S_ISREG(os.stat(path).st_mode):
                    return None
                with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
                    lines = file.read(1_000_000).splitlines()
            except (OSError, ValueError):
                return None
            rules = self.ignore_files[folder] = IgnoreRules(folder, lines)
            for line in rules.refused:
                self.fail(path, f"line {line} has too many wildcards and is not honoured: write it in several patterns")
        return self.ignore_files[folder]

    def walk(self, start: Path, rules: tuple[IgnoreRules, ...]) -> None:
        stack = [(start, rules, False)]
        while stack:
            folder, rules, in_tests = stack.pop()
            try:
                with os.scandir(folder) as entries:
                    listing = list(entries)
            except OSError as error:
                self.fail(folder, f"cannot be read: {_reason(error)}; make it readable or exclude it")
                continue
            names = {entry.name for entry in listing}
            if folder != start and _is_generated(folder, names):
                continue
            self.marks[folder] = MARKS & names
            if ".gitignore" in names and (own := self.rules_of(folder)) is not None:
                rules = (*rules, own)
            for entry in listing:
                if self.take(entry, folder, rules, in_tests):
                    stack.append((_join(folder, entry.name), rules, in_tests or entry.name in TEST_FOLDERS))

    def take(self, entry: os.DirEntry[str], folder: Path, rules: tuple[IgnoreRules, ...], in_tests: bool) -> bool:
        """Takes an entry of a folder; True when it is a folder to walk into."""
        name = entry.name
        is_folder = entry.is_dir(follow_symlinks=False)
        is_link = entry.is_symlink()
        if not (is_folder or is_link or name.endswith(".py")):
            return False
        path = _join(folder, name)
        if name in EXCLUDED_FOLDERS or name.endswith(".egg-info") or is_ignored(rules, path, name, is_folder):
            return False
        if is_folder:
            return True
        if not self.include_tests and (in_tests or TEST_FILE.fullmatch(name)):
            if entry.is_file(follow_symlinks=False):
                self.tests.add(path)
                if not in_tests and name != "conftest.py":
                    self.called_tests.add(path)
        elif is_link:
            self.take_link(path, name)
        elif entry.is_file(follow_symlinks=False):
            self.files.add(path)
        else:
            self.fail(path, "not a regular file: exclude it")
        return False

    def take_link(self, path: Path, name: str) -> None:
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            if error.errno == errno.ELOOP or (name.endswith(".py") and not name.startswith(".#")):  # an editor's lock
                self.fail(path, f"a link that leads nowhere ({_reason(error)}): remove it or exclude it")
            return
        if stat.S_ISDIR(mode) or (stat.S_ISREG(mode) and name.endswith(".py")):
            self.links[path] = real_path(path, self.base)
        elif name.endswith(".py"):
            self.fail(path, "not a regular file: exclude it")

    def follow_links(self) -> None:
        """Links lead to what is walked already, which makes them second names of it, or to more of the project.

        A folder outside of the project is no part of it until it is given.
        """
        seen: set[Path] = set()
        while pending := sorted(self.links.keys() - seen):
            seen.update(pending)
            for link in pending:
                target = self.links[link]
                if target in self.marks or target in self.files or target in self.tests:
                    continue
                if not os.path.isdir(target):
                    self.files.add(target)
                elif self.is_of_the_project(target):
                    self.walk(target, self.rules_above(target))

    def is_of_the_project(self, folder: Path) -> bool:
        return (
            any(is_below(folder, place) for place in (self.base, *self.starts))
            and not any(is_below(start, folder) for start in self.starts)
            and EXCLUDED_FOLDERS.isdisjoint(folder[len(self.base) :].split("/"))
        )


def _names(folder: Path) -> frozenset[str]:
    names = (".git", "pyproject.toml", "setup.cfg", "setup.py")
    return frozenset(name for name in names if os.path.lexists(f"{folder}/{name}"))


def _is_generated(folder: Path, names: set[str]) -> bool:
    """A virtual environment under any name, or what a build wrote."""
    own_name = folder.rpartition("/")[2]
    return "pyvenv.cfg" in names or (own_name in EXCLUDED_UNLESS_PACKAGE and "__init__.py" not in names)


def _join(folder: Path, name: str) -> Path:
    return f"{folder}{name}" if folder == "/" else f"{folder}/{name}"


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
