"""The scanned program: its modules by name, each read, parsed and lowered when it is first asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Union

from datause_lint.findings.finding import FileError
from datause_lint.ir.module import ModuleIR
from datause_lint.names import ModuleName
from datause_lint.project.ahead import likely
from datause_lint.project.contents import Contents
from datause_lint.project.discovery import discover
from datause_lint.project.helpers import Helpers, can_have_helpers
from datause_lint.project.lowering import SourceFile, lower_file
from datause_lint.project.modules import Modules
from datause_lint.project.paths import Path, parent, real_path, shown_path
from datause_lint.project.roots import Roots

PathLike = Union[str, "os.PathLike[str]"]

WORTH_HELP = 2_000_000
"""Bytes of source below which starting other processes costs more than it saves."""

MOST_HELPERS = 3
"""More would have nothing to do after the first second."""


class SourceProgram:
    """The program below the given paths: implements ``datause_lint.analysis.program.Program``.

    ``overlay`` holds files as an editor has them, which stand for those on disk and are always part of the program.
    Relative paths start at ``base``, the working folder, and paths in reports are relative to it.
    """

    def __init__(
        self,
        paths: Iterable[PathLike],
        *,
        base: PathLike | None = None,
        exclude: Sequence[str] = (),
        include_tests: bool = False,
        overlay: Mapping[str, bytes] | None = None,
    ) -> None:
        self._base = real_path(os.fspath(base or "."), os.getcwd())
        buffers = {real_path(os.fspath(path), self._base): data for path, data in (overlay or {}).items()}
        found = discover(
            [os.fspath(path) for path in paths],
            self._base,
            exclude=exclude,
            include_tests=include_tests,
            present=buffers,
        )
        self.lines = 0
        """Lines of the files that were analysed."""
        self.parsed = 0
        """Files that were analysed."""
        self._discovery_errors = found.errors
        self._contents = Contents(found.files, self._base, buffers)
        imported = self._contents.importing(found.called_tests)  # as `test_connection.py` may be, which is no test
        self._contents.add(imported)
        self.tests_left_out = found.tests_left_out - len(imported)
        """Files of test code below the given folders."""
        files = sorted({*found.files, *imported})
        roots = Roots(map(parent, files), found.marks, found.starts, self._base)
        self._modules = Modules(files, roots, self._base, found.links, self._imports_itself, self._is_script)
        self._loaded: dict[ModuleName, ModuleIR | None] = {}
        self._load_errors: dict[Path, FileError] = {}
        self._mentions: dict[frozenset[str], tuple[ModuleName, ...]] = {}
        self._importing: dict[frozenset[str], tuple[ModuleName, ...]] = {}
        self._helpers: Helpers | None = None

    def changed(self, buffers: Mapping[PathLike, bytes]) -> SourceProgram:
        """The same program with other content in some of its files. What was lowered of the others is shared.

        The files are named as reports name them, or by any path.
        """
        real = {real_path(os.fspath(path), self._base): data for path, data in buffers.items()}
        other = copy(self)
        other._contents = self._contents.changed(real)
        other._load_errors = {path: error for path, error in self._load_errors.items() if path not in real}
        stale = {self._modules.name_of[path] for path in real if path in self._modules.name_of}
        other._loaded = {name: module for name, module in self._loaded.items() if name not in stale}
        other._mentions, other._importing = {}, {}
        other._helpers = None
        return other

    @property
    def files(self) -> int:
        """How many files the program has."""
        return len(self._modules.name_of)

    @property
    def modules(self) -> tuple[ModuleName, ...]:
        """All modules, sorted."""
        return tuple(sorted(self._modules.path_of))

    @property
    def loaded(self) -> list[ModuleIR]:
        """The modules that were analysed so far, by name."""
        return [module for _, module in sorted(self._loaded.items()) if module is not None]

    def module_at(self, path: PathLike) -> ModuleName | None:
        """The module that a file is; None for one that is not part of the program."""
        return self._modules.name_of.get(real_path(os.fspath(path), self._base))

    def content(self, path: str) -> bytes | None:
        """What is in a file, which is named as reports name it; None when it cannot be read."""
        return self._contents.read(real_path(path, self._base))

    @property
    def errors(self) -> list[FileError]:
        """What could not be analysed so far, by path: at most one error for each file."""
        of_files = {**self._contents.errors, **self._load_errors}
        everything = {*self._discovery_errors, *of_files.values()}
        return sorted(everything, key=lambda error: (error.path, error.line, error.message))

    def find(self, name: str, importer: ModuleName) -> ModuleName | None:
        return self._modules.find(name, importer)

    def submodules(self, package: ModuleName) -> tuple[str, ...]:
        return self._modules.submodules(package)

    def importable_names(self, module: ModuleName) -> tuple[str, ...]:
        return self._modules.importable_names(module)

    def mentioning(self, words: Iterable[str], among: Iterable[ModuleName] | None = None) -> tuple[ModuleName, ...]:
        wanted = frozenset(words)
        if among is not None and not all(map(str.isidentifier, wanted)):  # to look for them takes the texts
            paths = {path for name in among if (path := self._modules.path_of.get(name)) is not None}
            return self._names_of(self._contents.mentioning(wanted, paths))
        if wanted not in self._mentions:
            self._mentions[wanted] = self._names_of(self._contents.mentioning(wanted))
        if among is None:
            return self._mentions[wanted]
        allowed = frozenset(among)
        return tuple(name for name in self._mentions[wanted] if name in allowed)

    def _names_of(self, paths: Iterable[Path]) -> tuple[ModuleName, ...]:
        return tuple(sorted(self._modules.name_of[path] for path in paths))

    def importing(self, modules: Iterable[str]) -> tuple[ModuleName, ...]:
        wanted = frozenset(modules)
        if wanted not in self._importing:
            self._importing[wanted] = self._names_of(self._contents.importing_modules(wanted))
        return self._importing[wanted]

    def may_import(self, module: ModuleName, word: str) -> bool:
        path = self._modules.path_of.get(module)
        return path is not None and word.encode(errors="replace") in self._contents.imported_words(path)

    def imports_without_name(self, module: ModuleName) -> bool:
        path = self._modules.path_of.get(module)
        return path is not None and self._contents.imports_without_name(path)

    def may_assign(self, module: ModuleName, attribute: str) -> bool:
        path = self._modules.path_of.get(module)
        return path is not None and self._contents.may_assign(path, attribute.encode(errors="replace"))

    def load(self, module: ModuleName) -> ModuleIR | None:
        if module not in self._loaded:
            file = self._file(module)
            if file is None:
                return None
            ready = self._helpers.take(module) if self._helpers is not None else None
            self._keep(module, ready or lower_file(file))
        return self._loaded[module]

    @contextmanager
    def lowered_ahead(self, sdks: Iterable[str], jobs: int) -> Iterator[None]:
        """While this lasts, processes beside this one, ``jobs`` with it, lower what the analysis is likely to ask for
        where these modules lead to sinks, if that pays. ``load`` gives the same as without."""
        helpers = self._helpers = self._new_helpers(sdks, min(jobs - 1, MOST_HELPERS))
        try:
            yield
        finally:
            self._helpers = None
            if helpers is not None:
                helpers.close()

    def _new_helpers(self, sdks: Iterable[str], count: int) -> Helpers | None:
        if count < 1 or not can_have_helpers() or self._contents.size() < WORTH_HELP:
            return None
        wanted = map(self._file, likely(self._modules, self._contents, sdks))  # which a helper finds, as it goes on
        try:
            return Helpers(self.modules, filter(None, wanted), count)
        except OSError:  # there is no room
            return None

    def _keep(self, module: ModuleName, lowered: ModuleIR | FileError) -> None:
        if isinstance(lowered, FileError):
            self._load_errors[self._modules.path_of[module]] = lowered
            self._loaded[module] = None
        else:
            self._loaded[module] = lowered
            self.parsed += 1
            self.lines += lowered.lines

    def _file(self, module: ModuleName) -> SourceFile | None:
        path = self._modules.path_of.get(module)
        data = None if path is None else self._contents.read(path)
        if path is None or data is None:
            return None
        return SourceFile(module, shown_path(path, self._base), path.endswith("/__init__.py"), data)

    def _imports_itself(self, path: Path, name: str) -> bool:
        own = name.encode(errors="replace")
        data = self._contents.read(path) or b""
        return (
            own in data and re.search(rb"(?m)^[ \t]*(?:import|from)[ \t]+" + re.escape(own) + rb"\b", data) is not None
        )

    def _is_script(self, path: Path) -> bool:
        return _MAIN.search(self._contents.read(path) or b"") is not None


_MAIN = re.compile(rb"(?m)^if[ \t]+\(?__name__[ \t]*==[ \t]*['\"]__main__")
