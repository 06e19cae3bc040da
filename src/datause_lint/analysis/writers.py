"""Who writes the files and tables, and fills the stores of keys, that others, on a way to a sink, read."""

from __future__ import annotations

from collections.abc import Iterable

from datause_lint.analysis.atoms import Const, LazyImport
from datause_lint.analysis.disk import UNKNOWN
from datause_lint.analysis.fillers import MANY_MODULES
from datause_lint.analysis.importers import Importers
from datause_lint.analysis.kept_by_key import KEYS_READ, LIBRARIES, PUTTING
from datause_lint.analysis.relevance import Sieve
from datause_lint.analysis.stored import (
    NOTHING_STORED,
    Stored,
    files_read,
    is_file_name,
    selects,
    tables_read,
    variables_for,
)
from datause_lint.analysis.values import of
from datause_lint.analysis.world import World
from datause_lint.names import FunctionId, ModuleName


class Writers:
    def __init__(self, world: World, sieve: Sieve, importers: Importers) -> None:
        self._world = world
        self._sieve = sieve
        self._importers = importers
        self._written: dict[ModuleName, Stored] = {}
        self._known: dict[FunctionId | str, None] = {}  # functions that were looked at, and what they read

    def written_in(self, module: ModuleName) -> Stored:
        """What the module may write that others read."""
        return self._written.get(module, NOTHING_STORED)

    def find(self, functions: Iterable[FunctionId]) -> list[ModuleName]:
        """Modules, so far as it is news, that may write what one of the functions reads."""
        found: dict[ModuleName, None] = {}
        for name in functions:
            if name not in self._known:
                self._known[name] = None
                found.update(dict.fromkeys(self._writing(name)))
        for key in self._world.shared.keys(self._world.objects.external(KEYS_READ, None)):
            found.update(dict.fromkeys(self._putting(key)))
        return list(found)

    def _writing(self, name: FunctionId) -> list[ModuleName]:
        module, function = self._world.module(self._world.module_of(name)), self._world.function(name)
        if module is None or function is None:
            return []
        found: list[ModuleName] = []
        for file in self._texts_of(module.name, files_read(function, self._sieve.uses(module, function))):
            found += self._writing_file(file)
        for table in sorted(tables_read(function)) if selects(function) else ():
            found += self._writing_table(table)
        return found

    def _texts_of(self, module: ModuleName, names: frozenset[str]) -> list[str]:
        """The names of files themselves, also where they are called by a variable."""
        found = dict.fromkeys(filter(_says_which, sorted(names)))
        for name in sorted(names):
            for home in self._world.program.mentioning((name,)) if name.isupper() else ():
                if self._world.has_run(home) and module in self._importers.able(home):
                    atoms = self._world.resolved_so_far(of(LazyImport(home, name))).atoms
                    held = [atom.value for atom in atoms if isinstance(atom, Const)]
                    found.update((text, None) for text in held if isinstance(text, str) and _says_which(text))
        return list(found)

    def _writing_file(self, file: str) -> list[ModuleName]:
        if file in self._known:
            return []
        self._known[file] = None
        found: dict[ModuleName, set[str]] = {}
        for home in self._world.program.mentioning((file,)):
            module = self._world.module(home)
            names = list(variables_for(module, file)) if module is not None else []
            found.setdefault(home, set()).update((file, *names))
            for each in self._world.program.mentioning(names, self._importers.able(home)) if names else ():
                found.setdefault(each, set()).update(names)
        return self._note({each: Stored(frozenset(names), frozenset()) for each, names in found.items()})

    def _writing_table(self, table: str) -> list[ModuleName]:
        if f"table {table}" in self._known:
            return []
        self._known[f"table {table}"] = None
        clauses = [f"{verb} {table}" for verb in ("into", "INTO", "update", "UPDATE")]
        found = self._world.program.mentioning(clauses)
        return self._note({each: Stored(frozenset(), frozenset({table})) for each in found})

    def _putting(self, key: str) -> list[ModuleName]:
        """Those that use the library of a store; where many do, those that speak of the key, too."""
        if key in self._known:
            return []
        self._known[key] = None
        _, store, text = key.split(" ", 2)
        users = self._world.program.importing([path for path, name in LIBRARIES.items() if name == store])
        if len(users) > MANY_MODULES:
            telling = max(text.split(UNKNOWN), key=len)
            users = self._world.program.mentioning((telling,), users) if telling else ()
        return self._note({each: Stored(frozenset(), frozenset(), PUTTING) for each in users})

    def _note(self, found: dict[ModuleName, Stored]) -> list[ModuleName]:
        for name, stored in found.items():
            self._written[name] = self.written_in(name).with_(stored)
        return list(found)


def _says_which(text: str) -> bool:
    """Whether it is a whole name of a file, not only ``.zip``."""
    return is_file_name(text) and text.rpartition("/")[2].rpartition(".")[0].strip(".") != ""
