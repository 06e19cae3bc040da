"""Who may know of something that a module defines: judged by what modules name, before anybody is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from datause_lint.analysis.world import World
from datause_lint.ir import instructions as ir
from datause_lint.ir.module import FunctionIR
from datause_lint.names import ModuleName

FEW = 12  # modules that name something: all of them may mean it
MANY = 40  # modules that name a method: its name alone says little


class Importers:
    def __init__(self, world: World) -> None:
        self._world = world
        self._able: dict[ModuleName, frozenset[ModuleName]] = {}

    def of(self, home: ModuleName, word: str) -> list[ModuleName]:
        """The modules that may import a function or a class from its home: they name that, too."""
        mentioning = self._world.program.mentioning((word,))
        if len(mentioning) <= FEW:
            return [*mentioning, *self._handing_on(home, mentioning)]
        package, _, last = home.rpartition(".")
        around = {home, *self._world.program.mentioning((last,))}
        if package and package in mentioning:  # which may hand it on under its own name
            around.update(self._world.program.mentioning((package.rpartition(".")[2],)))
        return [each for each in mentioning if each in around or each.startswith(f"{home}.")]

    def of_method(self, method: FunctionIR, word: str) -> Sequence[ModuleName]:
        """Whoever uses the name: who has an object need not know where its class stands. Where many do, those that
        name the class, or the module that it stands in; and where its bases stand."""
        modules = self._world.program.mentioning((word,))
        if len(modules) <= MANY:
            return modules
        home = self._world.module_of(method.id)
        owner = (method.owner_class or "").rpartition(":")[2].rpartition(".")[2]
        words = [word for word in (owner, home.rpartition(".")[2]) if word]
        around = {home}.union(*(self._world.program.mentioning((word,)) for word in words))
        bases = self._world.hierarchy(method.owner_class) if method.owner_class is not None else ()
        around.update(self._world.module_of(base) for base in bases)
        return [module for module in modules if module in around]

    def able(self, home: ModuleName) -> frozenset[ModuleName]:
        """The modules that name the other one, and its package where they are not in there themselves."""
        found = self._able.get(home)
        if found is None:
            mentioning = self._world.program.mentioning
            package, _, last = home.rpartition(".")
            naming = frozenset(mentioning((last,)))
            if package:
                around = frozenset(mentioning((package.rpartition(".")[2],)))
                naming = frozenset(each for each in naming if each in around or f"{each}.".startswith(f"{package}."))
            found = self._able[home] = naming | {home}
        return found

    def _handing_on(self, home: ModuleName, mentioning: Sequence[ModuleName]) -> list[ModuleName]:
        """Packages that import all names of a module, without naming one."""
        by_name = self._world.program.mentioning((home.rpartition(".")[2],))
        packages = [each for each in by_name if each not in mentioning and self._world.program.submodules(each)]
        return [each for each in packages if self._imports_all(each, home)]

    def _imports_all(self, name: ModuleName, home: ModuleName) -> bool:
        last = home.rpartition(".")[2]
        return any(i.module.rpartition(".")[2] == last for i in self._stars(name))

    def bound(self, home: ModuleName, outside: Iterable[str]) -> frozenset[str]:
        """The names that a module gives to what it imports from outside modules."""
        tops = frozenset(each.partition(".")[0] for each in outside)
        imports = [i for i in self._body(home) if isinstance(i, (ir.Import, ir.ImportFrom))]
        targets = {i.target for i in imports if i.module.partition(".")[0] in tops}
        return frozenset(i.name for i in self._body(home) if type(i) is ir.Store and i.source in targets)

    def brings_all(self, home: ModuleName, outside: Iterable[str]) -> bool:
        """``from openai import *``: the module has every name of an outside module, whichever these are."""
        tops = frozenset(each.partition(".")[0] for each in outside)
        return any(i.module.partition(".")[0] in tops for i in self._stars(home))

    def taking_any(self, home: ModuleName) -> list[ModuleName]:
        """The modules that have some name from a module which has all of another one."""
        last = home.rpartition(".")[2]
        by_name = [each for each in self._world.program.mentioning((last,)) if each != home]
        return [each for each in by_name if self._imports_all(each, home) or self._imports_from(each, last)]

    def _imports_from(self, name: ModuleName, last: str) -> bool:
        return any(
            (type(i) is ir.ImportFrom and last in (i.name, i.module.rpartition(".")[2]))
            or (type(i) is ir.Import and i.module.rpartition(".")[2] == last)
            for i in self._body(name)
        )

    def taking(self, home: ModuleName, names: frozenset[str]) -> list[ModuleName]:
        """The modules that have one of the names from a module, which has imported it itself: ``from base import *``,
        ``from base import OpenAI``, ``import base``; and those that hand all its names on."""
        by_name = [each for each in self._world.program.mentioning((home.rpartition(".")[2],)) if each != home]
        using = frozenset(self._world.program.mentioning(names, by_name))
        return [
            each
            for each in by_name
            if (each in using and self._takes(each, home, names)) or self._imports_all(each, home)
        ]

    def _takes(self, name: ModuleName, home: ModuleName, names: frozenset[str]) -> bool:
        last, module = home.rpartition(".")[2], self._world.module(name)
        for function in module.functions.values() if module is not None else ():
            for i in _instructions(function):
                if isinstance(i, (ir.Import, ir.ImportStar)) and i.module.rpartition(".")[2] == last:
                    return True
                if type(i) is ir.ImportFrom and (
                    i.name == last or (i.name in names and i.module.rpartition(".")[2] == last)
                ):
                    return True
        return False

    def _stars(self, name: ModuleName) -> Iterator[ir.ImportStar]:
        body = self._body(name) if self._world.program.imports_all(name) else iter(())
        return (i for i in body if type(i) is ir.ImportStar)

    def _body(self, name: ModuleName) -> Iterator[ir.Instruction]:
        module = self._world.module(name)
        return _instructions(module.functions[module.body]) if module is not None else iter(())


def _instructions(function: FunctionIR) -> Iterator[ir.Instruction]:
    return (i for block in function.blocks for i in block.instructions)
