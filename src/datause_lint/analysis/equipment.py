"""What leads into a sink where: which modules know of an SDK, and by which words its sinks are called there.

A module has the SDK by importing it, or by having from another module what that one holds: a client, a class that keeps
one. Who is handed a client without knowing of it is run by whoever hands it over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from datause_lint.analysis.holders import Held
from datause_lint.analysis.importers import Importers
from datause_lint.analysis.program import Program
from datause_lint.analysis.relevance import Sieve
from datause_lint.analysis.world import World
from datause_lint.names import ModuleName
from datause_lint.policy.compiled import CompiledPolicy

ANY = ""  # stands for sinks by the name of a method alone
URL = "url"  # for those by the address of a request


def sdks(program: Program, policy: CompiledPolicy) -> tuple[list[str], list[str]]:
    """The top modules of SDKs from outside, and of those that are packages of the program itself."""
    inside = {each for each in policy.anchor_modules() if program.submodules(ModuleName(each.partition(".")[0]))}
    return [each for each in policy.anchor_modules() if each not in inside], sorted(inside)


def importing(program: Program, policy: CompiledPolicy, own: str) -> list[ModuleName]:
    """The modules that import an SDK of the program and name one of its sinks: the others import other parts."""
    naming = frozenset(program.mentioning(policy.sink_words([own])))
    return [module for module in program.importing([own]) if module in naming]


class Equipment:
    def __init__(self, world: World, sieve: Sieve) -> None:
        self._world = world
        self._sieve = sieve
        self._anchors: dict[ModuleName, frozenset[str]] = {}  # top modules of SDKs, as the policy knows them
        self._words: dict[frozenset[str], frozenset[str]] = {}

    def find(self) -> list[ModuleName]:
        """The modules with a direct way into a sink."""
        program, policy = self._world.program, self._world.policy
        outside, inside = sdks(program, policy)
        for module in program.importing(outside):
            if self._world.module(module) is not None:
                self._add(module, self._sieve.imported([module], outside) or outside)
        self._hand_on_imported()
        for own in inside:
            for module in importing(program, policy, own):
                if self._world.module(module) is not None:
                    self._add(module, [own])
        tops = {module.partition(".")[0] for module in policy.anchor_modules()}
        named = frozenset(word for word in policy.anchors() if word not in tops)
        for module in program.mentioning(named):
            if self._sieve.speaks_of(module, named):
                self._add(module, [URL])
        return list(self._anchors)

    def _hand_on_imported(self) -> None:
        """``from base import OpenAI``: what ``base`` has imported brings the SDK, without a word of it."""
        importers = Importers(self._world)
        pending = [(home, importers.bound(home, anchors)) for home, anchors in self._anchors.items()]
        of_all = [home for home, anchors in self._anchors.items() if importers.brings_all(home, anchors - {ANY})]
        while of_all:
            home = of_all.pop()
            of_all.extend(each for each in importers.taking_any(home) if self._add(each, self._anchors[home]))
        while pending:
            home, names = pending.pop()
            for each in importers.taking(home, names) if names else ():
                if self._add(each, self._anchors[home]):
                    pending.append((each, names))

    def hand_on(self, held: Mapping[Held, Sequence[ModuleName]]) -> bool:
        """Whoever names what a module holds can do with it what that module can; where somebody else has put it there,
        what anybody can. Whether somebody learnt anything."""
        learnt = False
        everybody = frozenset().union(*self._anchors.values())
        for _ in range(len(held)):
            known = {home: self._anchors.get(home, frozenset()) - {ANY} or everybody for home, _ in held}
            grown = [self._add(each, known[home]) for (home, _), by in held.items() for each in by]
            if not any(grown):
                break
            learnt = True
        return learnt

    def words(self, module: ModuleName) -> frozenset[str]:
        """Of these, a function of the module uses one that calls, or hands on, a sink of which the module knows."""
        anchors = self._anchors.get(module)
        if anchors is None:
            return frozenset()
        known = self._words.get(anchors)
        if known is None:
            known = self._words[anchors] = self._world.policy.sink_words(anchors)
        return known

    def _add(self, module: ModuleName, anchors: Iterable[str]) -> bool:
        before = self._anchors.get(module, frozenset())
        after = before.union(anchors, [ANY])
        self._anchors[module] = after
        return after != before
