"""The words of which a function on a way to a sink uses one, module by module: of sinks, and of what leads to one."""

from __future__ import annotations

from collections.abc import Iterable

from datause_lint.analysis.equipment import Equipment
from datause_lint.names import ModuleName


class Words:
    """``everywhere``: words that lead on in any module."""

    def __init__(self, equipment: Equipment, everywhere: Iterable[str]) -> None:
        self._equipment = equipment
        self._everywhere = frozenset(everywhere)
        self._names: dict[ModuleName, dict[str, None]] = {}  # there, of what leads to a sink elsewhere
        self._foreign: dict[ModuleName, tuple[frozenset[str], int, frozenset[str]]] = {}
        self._all: dict[ModuleName, tuple[frozenset[str], frozenset[str], frozenset[str]]] = {}
        self.known = 0  # how many names these are

    def name(self, word: str, knowing: Iterable[ModuleName]) -> list[ModuleName]:
        """What leads to a sink is called so in these modules. Gives those for which that is news."""
        news = [module for module in knowing if word not in self._names.get(module, ())]
        for module in news:
            self._names.setdefault(module, {})[word] = None
        self.known += len(news)
        return news

    def from_elsewhere(self, module: ModuleName) -> frozenset[str]:
        """Apart from the module's own names for what leads there."""
        of_sinks, names = self._equipment.words(module), self._names.get(module, {})
        before = self._foreign.get(module)
        if before is not None and before[0] is of_sinks and before[1] == len(names):
            return before[2]
        words = of_sinks.union(self._everywhere, names)
        self._foreign[module] = of_sinks, len(names), words
        return words

    def of(self, module: ModuleName, own: frozenset[str]) -> frozenset[str]:
        """All, with the module's own names for what leads to a sink, where it has an SDK."""
        foreign = self.from_elsewhere(module)
        if not own or not self._equipment.words(module):
            return foreign
        before = self._all.get(module)
        if before is not None and before[0] is foreign and before[1] is own:
            return before[2]
        words = foreign | own
        self._all[module] = foreign, own, words
        return words
