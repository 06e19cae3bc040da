"""Who puts something into an object that others, on a way to a sink, have from a module: a list, a state, a queue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from datause_lint.analysis.access import DICT, LIST, SET
from datause_lint.analysis.importers import Importers
from datause_lint.analysis.objects import ALLOCATED, attribute
from datause_lint.analysis.relevance import Sieve
from datause_lint.analysis.values import Const
from datause_lint.analysis.world import World
from datause_lint.ir.module import FunctionKind
from datause_lint.names import FunctionId, ModuleName

KEEPING = frozenset({"asyncio", "collections", "contextvars", "multiprocessing", "queue", "threading", "weakref"})


class Fillers:
    def __init__(self, world: World, sieve: Sieve, importers: Importers) -> None:
        self._world = world
        self._sieve = sieve
        self._importers = importers
        self._filled: dict[ModuleName, dict[str, None]] = {}  # there, of what is read on a way to a sink elsewhere
        self._read: dict[tuple[ModuleName, str], None] = {}
        self._looked_up: dict[tuple[ModuleName, str], None] = {}  # words, for who sets what they stand for

    def filled_in(self, module: ModuleName) -> frozenset[str]:
        """What the module calls the objects that it puts something into."""
        return frozenset(self._filled.get(module, ()))

    def find(self, functions: Iterable[FunctionId]) -> list[ModuleName]:
        """Modules, not known so far, that put something into an object that one of the functions has from a module."""
        found: dict[ModuleName, None] = {}
        for module, word in self._words_of(filter(self._is_plain, functions), self._read):
            for home in self._homes(module, word):
                found.update(dict.fromkeys(self._fill(word, home)))
        return list(found)

    def find_setters(self, functions: Iterable[FunctionId]) -> list[ModuleName]:
        """Modules, new ones, that set a variable of another module which one of the functions reads there."""
        found: dict[ModuleName, None] = {}
        for module, word in self._words_of(functions, self._looked_up):
            found.update(dict.fromkeys(self._setting(word, module)))
        return list(found)

    def _is_plain(self, name: FunctionId) -> bool:
        function = self._world.function(name)
        return function is not None and function.kind is FunctionKind.FUNCTION

    def _words_of(
        self, functions: Iterable[FunctionId], known: dict[tuple[ModuleName, str], None]
    ) -> Iterator[tuple[ModuleName, str]]:
        """The words that the functions use, each once in a module, with the module."""
        for name in functions:
            module, function = self._world.module(self._world.module_of(name)), self._world.function(name)
            if module is None or function is None:
                continue
            for word in sorted(self._sieve.uses(module, function)):
                if (module.name, word) not in known:
                    known[module.name, word] = None
                    yield module.name, word

    def _setting(self, word: str, home: ModuleName) -> list[ModuleName]:
        """The modules, new ones, that set the variable of its home: ``state.CURRENT = user``."""
        value = self._world.shared.read(self._world.objects.module(home), attribute(word))
        if value is None or not all(type(atom) is Const for atom in value.atoms):
            return []  # a definition, an import, or an object: something may be put into that one
        called = home.rpartition(".")[2]
        setting = self._world.program.mentioning((f"{called}.{word} =",))
        found = [
            each
            for each in setting
            if called not in self._filled.get(each, ()) and self._importers.may_import(each, home)
        ]
        for module in found:
            self._filled.setdefault(module, {})[called] = None
        return found

    def _homes(self, module: ModuleName, word: str) -> list[ModuleName]:
        """The modules that have made the containers and instances that the name stands for there."""
        value = self._world.shared.read(self._world.objects.module(module), attribute(word))
        made = self._world.resolved_so_far(value).objects() if value is not None else ()
        keeping = [obj for obj in made if obj.kind in ALLOCATED and (obj.cls is not None or _can_be_filled(obj.api))]
        return list(dict.fromkeys(ModuleName(obj.key.partition(":")[0]) for obj in keeping))

    def _fill(self, word: str, home: ModuleName) -> list[ModuleName]:
        """The modules, new ones, that put something into what its home calls so."""
        candidates = [
            each for each in self._world.program.mentioning((word,)) if self._importers.may_import(each, home)
        ]
        found = [each for each in candidates if word not in self._filled.get(each, ()) and self._fills(each, word)]
        for module in found:
            self._filled.setdefault(module, {})[word] = None
        return found

    def _fills(self, name: ModuleName, word: str) -> bool:
        module = self._world.module(name)
        return module is not None and self._sieve.fills(module, word)


def _can_be_filled(api: str | None) -> bool:
    return api in (LIST, DICT, SET) or (api or "").partition(".")[0] in KEEPING
