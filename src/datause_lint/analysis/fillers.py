"""Who puts something where others, on a way to a sink, find it: into an object or a variable of a module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from datause_lint.analysis.access import DICT, LIST, SET
from datause_lint.analysis.atoms import ApiAtom, Atom, ClassAtom, Data, FunctionAtom, LazyImport, ModuleAtom
from datause_lint.analysis.filling import FILLING, globals_set, imported_names, methods_that_fill
from datause_lint.analysis.importers import Importers
from datause_lint.analysis.objects import ALLOCATED, STARS, STATIC, Obj
from datause_lint.analysis.relevance import Sieve
from datause_lint.analysis.summary import Summary
from datause_lint.analysis.values import EMPTY, of
from datause_lint.analysis.world import World
from datause_lint.ir.module import FunctionIR, FunctionKind, ModuleIR
from datause_lint.names import ClassId, FunctionId, ModuleName

KEEPING = frozenset({"asyncio", "collections", "contextvars", "multiprocessing", "queue", "threading", "weakref"})
MANY_MODULES = 12  # in which a name stands: in more, it leads nowhere

Named = tuple[str, Sequence[ModuleName]]
"""The name of a function that sets a variable of its module, and who may mean it."""


class Looked:
    """What has been looked at for some functions so far."""

    def __init__(self) -> None:
        self.functions: set[FunctionId] = set()
        self.words: dict[ModuleName, set[str]] = {}  # that those of each module use
        self.standing: dict[tuple[ModuleName, str], int] = {}  # for how many things a name of a module stood


class Fillers:
    def __init__(self, world: World, sieve: Sieve, importers: Importers) -> None:
        self._world = world
        self._sieve = sieve
        self._importers = importers
        self._filled: dict[
            ModuleName, dict[str, frozenset[str]]
        ] = {}  # there, of what others, on a way to a sink, read
        self._read = Looked()
        self._looked_up = Looked()
        self._verbs: dict[tuple[ClassId, str], frozenset[str]] = {}
        self._standing: dict[tuple[ModuleName, str], tuple[Atom, ...]] = {}  # for what a name of a module stands
        self._bound: dict[ModuleName, frozenset[str] | None] = {}  # the names of a module; None: those of others, too
        self._meaning: dict[tuple[tuple[str, ...], ModuleName], tuple[ModuleName, ...]] = {}  # by words and their home
        self._setting_it: dict[ModuleName, dict[str, set[str]]] = {}  # by variable: functions beside it
        self._imported: dict[ModuleName, tuple[tuple[str, str], ...]] = {}  # names, each with what it is called there

    def look_again(self) -> None:
        """Forgets what names stand for: more may be known of it now."""
        self._standing.clear()
        self._bound.clear()

    def filled_in(self, module: ModuleName) -> dict[str, frozenset[str]]:
        """What the module calls the objects that it puts something into, each with the methods that do so."""
        return self._filled.get(module, {})

    def find(self, functions: Iterable[FunctionId]) -> list[ModuleName]:
        """Modules, so far as it is news, that put something into what one of the functions has from a module."""
        found: dict[ModuleName, None] = {}
        for _, word, atoms in self._names_read(functions, self._read):
            for atom in atoms:
                found.update(dict.fromkeys(self._fill(atom, word)))
        return list(found)

    def find_setters(self, functions: Iterable[FunctionId]) -> tuple[list[ModuleName], list[Named]]:
        """Modules, so far as it is news, that set a variable which one of the functions reads, and the functions beside
        the variable that do."""
        found: dict[ModuleName, None] = {}
        setters: list[Named] = []
        for home, word, atoms in self._names_read(functions, self._looked_up):
            if not all(map(_is_definition, atoms)):
                found.update(dict.fromkeys(self._set(word, home)))
                setters.extend(self._setters(word, home))
        return list(found), setters

    def _names_read(
        self, functions: Iterable[FunctionId], looked: Looked
    ) -> Iterator[tuple[ModuleName, str, tuple[Atom, ...]]]:
        """The names of modules that the functions use, with what they stand for, so far as that is not known."""
        self._add_words(functions, looked)
        for module, words in looked.words.items():
            seen: dict[ModuleName, None] = {}
            pending = [module]
            while pending:
                seen[home := pending.pop()] = None
                bound = self._names_bound(home)
                for word in sorted(words if bound is None else words & bound):
                    atoms = self._stands_for(home, word)
                    pending += [each.module for each in atoms if type(each) is ModuleAtom and each.module not in seen]
                    if atoms and len(atoms) != looked.standing.get((home, word)):
                        looked.standing[home, word] = len(atoms)
                        yield home, word, atoms

    def _add_words(self, functions: Iterable[FunctionId], looked: Looked) -> None:
        for name in functions:
            if name in looked.functions:
                continue
            looked.functions.add(name)
            module, function = self._world.module(self._world.module_of(name)), self._world.function(name)
            if module is not None and function is not None and function.kind is FunctionKind.FUNCTION:
                looked.words.setdefault(module.name, set()).update(self._sieve.uses(module, function))

    def _stands_for(self, home: ModuleName, word: str) -> tuple[Atom, ...]:
        found = self._standing.get((home, word))
        if found is None:
            found = self._standing[home, word] = tuple(self._world.resolved_so_far(of(LazyImport(home, word))).atoms)
        return found

    def _names_bound(self, home: ModuleName) -> frozenset[str] | None:
        """The names that stand for something in a module, as far as it has been run. None where it has those of others,
        whichever they are."""
        if home not in self._bound:
            keys = self._world.shared.keys(self._world.objects.module(home))
            names = frozenset(key[1:] for key in keys if key.startswith("."))
            self._bound[home] = None if STARS in keys else names.union(self._world.program.submodules(home))
        return self._bound[home]

    # ── objects ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _fill(self, atom: Atom, word: str) -> list[ModuleName]:
        """The modules, new ones, that put something into the container, instance or class, or into one that the
        function hands out."""
        if isinstance(atom, ClassAtom):
            home, name = self._world.module_of(atom.cls), atom.cls.rpartition(":")[2].rpartition(".")[2]
            return self._fill_by(self._verbs_for(atom.cls, name), home, [name])
        if isinstance(atom, FunctionAtom):
            home = self._world.module_of(atom.function)
            given = [(obj, self._names_of(obj, home)) for obj in self._handed_out(atom.function)]
            return [each for obj, names in given for each in self._fill_by(self._verbs_of(obj), home, [word, *names])]
        if type(atom) is Obj and _can_be_filled(atom):
            home = ModuleName(atom.key.partition(":")[0])
            return self._fill_by(self._verbs_of(atom), home, [word, *self._names_of(atom, home)])
        return []

    def _fill_by(self, verbs: frozenset[str], home: ModuleName, names: Iterable[str]) -> list[ModuleName]:
        found: dict[ModuleName, None] = {}
        for name in dict.fromkeys(names):
            for each in self._those_that_mean_it((name,), home):
                if self._note(each, name, verbs):
                    found[each] = None
        return list(found)

    def _those_that_mean_it(self, words: tuple[str, ...], home: ModuleName) -> tuple[ModuleName, ...]:
        """The modules in which one of the words stands, and that may have it from its home. Where very many do, none
        is looked at: a name like that is everywhere."""
        known = self._meaning.get((words, home))
        if known is None:
            found = self._world.program.mentioning(words, self._importers.able(home))
            known = self._meaning[words, home] = found if len(found) <= MANY_MODULES else ()
        return known

    def _note(self, name: ModuleName, word: str, verbs: frozenset[str]) -> bool:
        """Whether the module puts something into what another one calls so, and it is news."""
        module = self._world.module(name)
        before = self.filled_in(name)
        called = {
            each: verbs | before.get(each, frozenset())
            for each in (word, *(self._names_for(module, word) if module is not None else ()))
        }
        if module is None or called.items() <= before.items() or not self._sieve.fills(module, called):
            return False
        self._filled[name] = {**before, **called}
        return True

    def _names_for(self, module: ModuleIR, word: str) -> list[str]:
        known = self._imported.get(module.name)
        if known is None:
            known = self._imported[module.name] = tuple(dict.fromkeys(imported_names(module)))
        return [name for imported, name in known if imported == word]

    def _verbs_of(self, obj: Obj) -> frozenset[str]:
        """The methods that put something into the object."""
        return FILLING | self._verbs_for(obj.cls) if obj.cls is not None else FILLING

    def _verbs_for(self, cls: ClassId, name: str = "") -> frozenset[str]:
        """The methods that put something into an instance, or into the class itself where it is named."""
        if (cls, name) not in self._verbs:
            functions = [self._functions_in(each) for each in self._world.hierarchy(cls)]
            found = methods_that_fill((method for each in functions for method in each), name)
            values = self._held_by(cls) if name else ()
            self._verbs[cls, name] = found.union(*(self._verbs_of(each) for each in values))
        return self._verbs[cls, name]

    def _held_by(self, cls: ClassId) -> list[Obj]:
        """The containers and instances that are attributes of the class."""
        shared, holder = self._world.shared, self._world.objects.class_object(cls)
        values = [shared.read(holder, key) for key in shared.keys(holder) if key.startswith(".")]
        return [obj for value in values if value is not None for obj in value.objects() if _can_be_filled(obj)]

    def _functions_in(self, cls: ClassId) -> list[FunctionIR]:
        module = self._world.module(self._world.module_of(cls))
        functions = module.functions.values() if module is not None else ()
        return [each for each in functions if each.owner_class == cls and not _may_be_static(each)]

    def _handed_out(self, name: FunctionId) -> list[Obj]:
        """The objects of its module that a function may return."""
        module, function = self._world.module(self._world.module_of(name)), self._world.function(name)
        if module is None or function is None or "<locals>" in name:
            return []
        used = sorted(self._sieve.uses(module, function) & self._sieve.variables(module))
        values = [self._world.resolved_so_far(of(LazyImport(module.name, word))) for word in used]
        return [obj for value in values for obj in value.objects() if _can_be_filled(obj)]

    def _names_of(self, obj: Obj, home: ModuleName) -> list[str]:
        """What the object is called where it was made."""
        shared, holder = self._world.shared, self._world.objects.module(home)
        return [
            key[1:]
            for key in shared.keys(holder)
            if key.startswith(".") and obj in (shared.read(holder, key) or EMPTY).atoms
        ]

    # ── variables ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _set(self, word: str, home: ModuleName) -> list[ModuleName]:
        """The modules, new ones, that set the variable of its home: ``state.CURRENT = user``."""
        called, program = home.rpartition(".")[2], self._world.program
        able = self._importers.able(home)
        by_name = [each for each in program.mentioning((word,), able) if program.may_assign(each, word)]
        by_text = self._those_that_mean_it((f"setattr({called}", f"vars({called}", f"{called}.__dict__"), home)
        candidates = dict.fromkeys([*(by_name if len(by_name) <= MANY_MODULES else ()), *by_text])
        return [each for each in candidates if self._note(each, called, frozenset())]

    def _setters(self, word: str, home: ModuleName) -> list[Named]:
        """The functions of its home that set the variable; their callers need not name it."""
        return [(name, self._importers.of(home, name)) for name in sorted(self._setting(home).get(word, ()))]

    def _setting(self, home: ModuleName) -> dict[str, set[str]]:
        """By variable of a module: the names of the functions there that set it."""
        known = self._setting_it.get(home)
        if known is None:
            known = self._setting_it[home] = {}
            module = self._world.module(home)
            for function in module.functions.values() if module is not None else ():
                for word in globals_set(function) if "<locals>" not in function.id else ():
                    known.setdefault(word, set()).add(function.name)
        return known


def puts_in_what_it_is_given(world: World, summary: Summary) -> bool:
    """Whether the function puts something of its caller's into what outlives the call."""
    return any(
        key[0] != "@" and _outlives(world, obj) and any(map(_is_of_the_caller, value.atoms))
        for (obj, key), value in summary.writes.items()
    )


def _outlives(world: World, obj: Obj) -> bool:
    return obj.kind in STATIC or (obj.kind in ALLOCATED and world.shared.knows(obj))


def _is_of_the_caller(atom: Atom) -> bool:
    return atom.of.root.symbolic if type(atom) is Data else type(atom) is Obj and atom.root.symbolic


def _is_definition(atom: Atom) -> bool:
    return isinstance(atom, (ApiAtom, ClassAtom, FunctionAtom, ModuleAtom))


def _may_be_static(method: FunctionIR) -> bool:
    return bool(method.decorators) and not any(each.name in ("self", "cls") for each in method.parameters[:1])


def _can_be_filled(obj: Obj) -> bool:
    kept = obj.api in (LIST, DICT, SET) or (obj.api or "").partition(".")[0] in KEEPING
    return obj.kind in ALLOCATED and (obj.cls is not None or kept)
