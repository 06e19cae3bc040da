"""What the analysis needs of the program it analyses: modules by name, lowered when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from datause_lint.ir.module import ModuleIR
from datause_lint.names import ModuleName


class Program(Protocol):
    """A scanned program. Module names are canonical: one for each file, however many names import it."""

    @property
    def files(self) -> int:
        """How many files it has."""
        ...

    def find(self, name: str, importer: ModuleName) -> ModuleName | None:
        """The module that ``import name`` in ``importer`` brings, when it is part of the program."""
        ...

    def submodules(self, package: ModuleName) -> tuple[str, ...]:
        """Last names of the modules and packages directly in a package (also a namespace package)."""
        ...

    def importable_names(self, module: ModuleName) -> tuple[str, ...]:
        """Every dotted name under which the module can be imported, the canonical one first."""
        ...

    def load(self, module: ModuleName) -> ModuleIR | None:
        """The module's IR; None when the file could not be analysed (which is on record as an error)."""
        ...

    def importing(self, modules: Iterable[str]) -> tuple[ModuleName, ...]:
        """The modules, sorted, that import one of these modules from outside of the program."""
        ...

    def mentioning(self, words: Iterable[str], among: Iterable[ModuleName] | None = None) -> tuple[ModuleName, ...]:
        """The modules, sorted, in whose source one of the identifiers stands as a whole word; or those of some."""
        ...

    def may_import(self, module: ModuleName, word: str) -> bool:
        """Whether the word may stand in an import of the module, as far as its text tells; ``*``: all names."""
        ...

    def imports_without_name(self, module: ModuleName) -> bool:
        """Whether the module may import from a package that it does not name: ``from .. import ask``."""
        ...

    def may_assign(self, module: ModuleName, attribute: str) -> bool:
        """Whether the module may assign to an attribute of that name, of whatever object, as far as its text tells."""
        ...
