"""Who may know of something that a module defines: judged by what modules name, before anybody is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from datause_lint.analysis.definitions import absolute_name
from datause_lint.analysis.world import World
from datause_lint.ir import instructions as ir
from datause_lint.ir.module import FunctionIR, ModuleIR
from datause_lint.names import ModuleName

FEW = 12  # modules that name something: all of them may mean it
MANY = 40  # modules that name a method: its name alone says little


@dataclass(frozen=True, slots=True)
class Imports:
    """What stands in the import statements of a module, wherever these are. Of modules, the last names."""

    whole: frozenset[str]  # ``import app.ask``
    stars: frozenset[str]  # ``from app.ask import *``
    names: frozenset[str]  # ``from app.ask import send``: send
    pairs: frozenset[tuple[str, str]]  # and (ask, send)

    def some_of(self, last: str) -> bool:
        """Whether they bring the module, or some name of it."""
        return self._whole_or_all(last) or any(last == module for module, _ in self.pairs)

    def one_of(self, last: str, wanted: frozenset[str]) -> bool:
        """Whether they bring the module, or one of these names of it."""
        return self._whole_or_all(last) or any((last, name) in self.pairs for name in wanted & self.names)

    def _whole_or_all(self, last: str) -> bool:
        return last in self.whole or last in self.stars or last in self.names


NONE = Imports(frozenset(), frozenset(), frozenset(), frozenset())


class Importers:
    def __init__(self, world: World) -> None:
        self._world = world
        self._able: dict[ModuleName, frozenset[ModuleName]] = {}
        self._known: dict[ModuleName, tuple[ModuleName, ...]] = {}  # by a module: those that may import from it
        self._imports: dict[ModuleName, Imports] = {}

    def of(self, home: ModuleName, word: str) -> list[ModuleName]:
        """The modules that may import a function or a class from its home: they name that, too."""
        mentioning = self._world.program.mentioning((word,))
        if len(mentioning) <= FEW:
            return [*mentioning, *self._handing_on(home, mentioning)]
        package = home.rpartition(".")[0]
        around = {home, *self._naming(home)}
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
        around = {home, *self._naming(home), *(self._world.program.mentioning((owner,)) if owner else ())}
        bases = self._world.hierarchy(method.owner_class) if method.owner_class is not None else ()
        around.update(self._world.module_of(base) for base in bases)
        return [module for module in modules if module in around]

    def able(self, home: ModuleName) -> frozenset[ModuleName]:
        """The modules that name the other one, and its package where they are not in there themselves."""
        found = self._able.get(home)
        if found is None:
            mentioning = self._world.program.mentioning
            package = home.rpartition(".")[0]
            naming = frozenset(self._naming(home))
            if package:
                around = frozenset(mentioning((package.rpartition(".")[2],)))
                naming = frozenset(each for each in naming if each in around or f"{each}.".startswith(f"{package}."))
            found = self._able[home] = naming | {home}
        return found

    def _handing_on(self, home: ModuleName, mentioning: Sequence[ModuleName]) -> list[ModuleName]:
        """Packages that import all names of a module, without naming one."""
        packages = [
            each for each in self._naming(home) if each not in mentioning and self._world.program.submodules(each)
        ]
        return [each for each in packages if self._imports_all(each, home)]

    def _naming(self, home: ModuleName) -> tuple[ModuleName, ...]:
        """The modules in which the module's name stands, and those within it that may import from it without one."""
        known = self._known.get(home)
        if known is None:
            program = self._world.program
            within = [each for each in self._within(home) if program.imports_without_name(each)]
            named = program.mentioning((home.rpartition(".")[2],))
            known = self._known[home] = tuple(dict.fromkeys([*named, *within]))
        return known

    def _within(self, package: ModuleName) -> Iterator[ModuleName]:
        for last in self._world.program.submodules(package):
            name = ModuleName(f"{package}.{last}")
            found = self._world.program.find(name, package)
            if found is not None:
                yield found
            yield from self._within(name)

    def _imports_all(self, name: ModuleName, home: ModuleName) -> bool:
        return self._may(name, home, "*") and home.rpartition(".")[2] in self._imports_of(name).stars

    def _may(self, name: ModuleName, home: ModuleName, *words: str) -> bool:
        """Whether a module's text allows for an import from the other one, of one of the words if there are any: where
        it does not, the module need not be lowered."""
        program = self._world.program
        if not program.may_import(name, home.rpartition(".")[2]) and not program.imports_without_name(name):
            return False
        return not words or any(program.may_import(name, word) for word in words)

    def _imports_of(self, name: ModuleName) -> Imports:
        known = self._imports.get(name)
        if known is None:
            module = self._world.module(name)
            known = self._imports[name] = _imports(module) if module is not None else NONE
        return known

    def bound(self, home: ModuleName, outside: Iterable[str]) -> frozenset[str]:
        """The names that a module gives to what it imports from outside modules."""
        tops = frozenset(each.partition(".")[0] for each in outside)
        imports = [i for i in self._body(home) if isinstance(i, (ir.Import, ir.ImportFrom))]
        targets = {i.target for i in imports if i.module.partition(".")[0] in tops}
        return frozenset(i.name for i in self._body(home) if type(i) is ir.Store and i.source in targets)

    def brings_all(self, home: ModuleName, outside: Iterable[str]) -> bool:
        """``from openai import *``: the module has every name of an outside module, whichever these are."""
        tops = frozenset(each.partition(".")[0] for each in outside)
        if not self._world.program.may_import(home, "*"):
            return False
        return any(type(i) is ir.ImportStar and i.module.partition(".")[0] in tops for i in self._body(home))

    def taking_any(self, home: ModuleName) -> list[ModuleName]:
        """The modules that have some name from a module which has all of another one."""
        last = home.rpartition(".")[2]
        able = [each for each in self._naming(home) if each != home and self._may(each, home)]
        return [each for each in able if self._imports_of(each).some_of(last)]

    def taking(self, home: ModuleName, names: frozenset[str]) -> list[ModuleName]:
        """The modules that have one of the names from a module, which has imported it itself: ``from base import *``,
        ``from base import OpenAI``, ``import base``; and those that hand all its names on."""
        last = home.rpartition(".")[2]
        naming = [each for each in self._naming(home) if each != home]
        using = frozenset(self._world.program.mentioning(names, naming))
        return [
            each
            for each in naming
            if (each in using and self._may(each, home) and self._imports_of(each).one_of(last, names))
            or self._imports_all(each, home)
        ]

    def _body(self, name: ModuleName) -> Iterator[ir.Instruction]:
        module = self._world.module(name)
        return _instructions(module.functions[module.body]) if module is not None else iter(())


def _instructions(function: FunctionIR) -> Iterator[ir.Instruction]:
    return (i for block in function.blocks for i in block.instructions)


def _imports(module: ModuleIR) -> Imports:
    whole: set[str] = set()
    stars: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for function in module.functions.values():
        for i in _instructions(function):
            if type(i) is ir.Import:
                whole.add(i.module.rpartition(".")[2])
            elif type(i) is ir.ImportStar:
                stars.add(_last_name(module, i))
            elif type(i) is ir.ImportFrom:
                pairs.add((_last_name(module, i), i.name))
    return Imports(frozenset(whole), frozenset(stars), frozenset(name for _, name in pairs), frozenset(pairs))


def _last_name(module: ModuleIR, i: ir.ImportFrom | ir.ImportStar) -> str:
    return absolute_name(module, i.module, i.level).rpartition(".")[2]
