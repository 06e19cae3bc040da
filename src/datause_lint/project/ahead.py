"""Which modules the analysis is likely to ask for, as far as their texts tell, and in which order."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

from datause_lint.names import ModuleName
from datause_lint.project.contents import Contents
from datause_lint.project.modules import Modules


def likely(modules: Modules, contents: Contents, sdks: Iterable[str]) -> Iterator[ModuleName]:
    """Those that import an SDK, the last first, since the analysis begins with the first; then those that these may
    import, and so on. Each comes once, and is found when it is asked for."""
    wanted = frozenset(sdks)
    found: dict[ModuleName, None] = {}
    for module in sorted(modules.path_of, reverse=True):
        if contents.imports(modules.path_of[module], wanted):
            found[module] = None
            yield module
    importable = _Importable(modules, contents)
    pending = deque(found)
    while pending:
        for module in importable.by(pending.popleft()):
            if module not in found:
                found[module] = None
                pending.append(module)
                yield module


class _Importable:
    """Modules by the words in imports: a module's own name, and that of its package unless it is the importer's own."""

    def __init__(self, modules: Modules, contents: Contents) -> None:
        self._path_of = modules.path_of
        self._contents = contents
        self._by_last: defaultdict[str, list[tuple[ModuleName, str]]] = defaultdict(list)
        for module in sorted(self._path_of):
            package, _, last = module.rpartition(".")
            self._by_last[last].append((module, package))

    def by(self, importer: ModuleName) -> Iterator[ModuleName]:
        words = {word.decode(errors="replace") for word in self._contents.imported_words(self._path_of[importer])}
        own = {"", importer, importer.rpartition(".")[0]}
        for word in sorted(words):
            for module, package in self._by_last.get(word, ()):
                if package in own or package.rpartition(".")[2] in words:
                    yield module
