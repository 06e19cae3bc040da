"""Names across modules: bodies of modules run when somebody asks for what they define."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datause_lint.analysis.atoms import ApiAtom, LazyImport, ModuleAtom
from datause_lint.analysis.definitions import Definitions
from datause_lint.analysis.objects import STARS, attribute
from datause_lint.analysis.summaries import NO_CALLER
from datause_lint.analysis.values import EMPTY, Value, join_all, of
from datause_lint.names import ApiPath, ModuleName

if TYPE_CHECKING:
    from datause_lint.analysis.world import World


class Linker:
    def __init__(self, world: World) -> None:
        self._world = world
        self._definitions = Definitions(world.program)
        self._running: dict[ModuleName, None] = {}
        self._run: dict[ModuleName, None] = {}
        self._asked: dict[tuple[ModuleName, str], None] = {}  # names that are being looked up
        self._getattr: frozenset[ModuleName] | None = None

    def run_body(self, name: ModuleName) -> bool:
        """Executes the module's top level, once. False where the module cannot be had."""
        if name in self._run or name in self._running:
            return True
        module = self._world.module(name)
        if module is None:
            return False
        self._running[name] = None
        with self._world.summaries.apart():
            self._world.summaries.of(module.body, NO_CALLER)
        del self._running[name]
        self._run[name] = None
        return True

    def has_run(self, name: ModuleName) -> bool:
        return name in self._run

    def value(self, module: ModuleName, name: str) -> Value | None:
        """What a module exports under a name; None where it does not, as far as is known."""
        world = self._world
        self.run_body(module)
        found = world.shared.read(world.objects.module(module), attribute(name))
        found = found if found is not None else self._defined(module, name)
        if found is not None:
            return world.resolve(found)
        inner = self._inner(module, name)
        return of(inner) if inner is not None else self._from_stars(module, name)

    def _inner(self, module: ModuleName, name: str) -> ModuleAtom | None:
        known = name in self._world.program.submodules(module)
        inner = self._world.program.find(f"{module}.{name}", module) if known else None
        return ModuleAtom(inner) if inner is not None else None

    def imported(self, module: ModuleName, name: str) -> Value:
        """What ``from module import name`` brings; the module itself where the name is empty."""
        if not name:
            return of(ModuleAtom(module))
        if (module, name) in self._asked:  # modules import each other, or a name from each other in a circle
            known = self._defined(module, name) or EMPTY
            return Value({atom: carried for atom, carried in known.atoms.items() if type(atom) is not LazyImport})
        self._asked[module, name] = None
        try:
            found = self.value(module, name)
        finally:
            del self._asked[module, name]
        return found if found is not None else of(ApiAtom(ApiPath(f"{module}.{name}")))

    def gives_on_demand(self, module: ModuleName, name: str) -> bool:
        """Whether it is for the module's ``__getattr__`` to say what the name stands for."""
        if not name or module not in self._naming_getattr():
            return False
        ir = self._world.module(module)
        if ir is None or self._definitions.value(ir, "__getattr__") is None:
            return False
        return self.value(module, name) is None

    def _naming_getattr(self) -> frozenset[ModuleName]:
        """The modules that may have a ``__getattr__``: no other needs to be lowered to see that it has none."""
        if self._getattr is None:
            self._getattr = frozenset(self._world.program.mentioning(("__getattr__",)))
        return self._getattr

    def imported_so_far(self, module: ModuleName, name: str) -> Value:
        """The same, of modules that have been run."""
        if not name:
            return of(ModuleAtom(module))
        if module not in self._run or (module, name) in self._asked:
            return EMPTY
        self._asked[module, name] = None
        try:
            holder = self._world.objects.module(module)
            found = self._world.shared.read(holder, attribute(name))
            if found is not None:
                return self._world.resolved_so_far(found)
            if (inside := self._inner(module, name)) is not None:
                return of(inside)
            stars = self._world.shared.read(holder, STARS) or EMPTY
            inner = [atom.module for atom in stars.atoms if isinstance(atom, ModuleAtom)]
            return join_all(self.imported_so_far(each, name) for each in inner)
        finally:
            del self._asked[module, name]

    def _defined(self, module: ModuleName, name: str) -> Value | None:
        """What a module whose body is still running will bind the name to."""
        running = self._world.module(module) if module in self._running else None
        return self._definitions.value(running, name) if running is not None else None

    def _from_stars(self, module: ModuleName, name: str) -> Value | None:
        stars = self._world.shared.read(self._world.objects.module(module), STARS)
        if stars is None or name.startswith("_"):
            return None
        for atom in stars.atoms:
            if isinstance(atom, ModuleAtom) and atom.module != module:
                found = self.value(atom.module, name)
                if found is not None:
                    return found
        for atom in stars.atoms:
            if isinstance(atom, ApiAtom):
                return of(self._world.api(f"{atom.path}.{name}"))
        return None
