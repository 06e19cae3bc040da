"""Who holds, or gives away, what leads into a sink: others may call it there without a word of the SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from datause_lint.analysis.application_places import ways_to_places
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, ClassAtom, Const, FunctionAtom
from datause_lint.analysis.objects import ALLOCATED, Kind, Obj, name_in
from datause_lint.analysis.relevance import Sieve
from datause_lint.analysis.sinks import CLIENTS
from datause_lint.analysis.summary import Summary
from datause_lint.analysis.values import Value
from datause_lint.analysis.world import World
from datause_lint.ir import instructions as ir
from datause_lint.ir.module import FunctionIR, FunctionKind, ModuleIR
from datause_lint.names import ApiPath, ClassId, FunctionId, ModuleName

Held = tuple[ModuleName, str]
"""The module that holds something, and its name there: who uses it has it from there."""

MAXIMAL_DEPTH = 4  # of containers in containers
MADE_OF = ("@argument", "@steps", "@branches", "@function", "@choices", "@nodes", "@store", "@embedding", "@components")
"""Begin the keys of what a chain, an agent or a graph was made of."""


class Holders:
    """Remembers the classes and functions that hold or give something, as far as modules have been seen."""

    def __init__(
        self,
        world: World,
        sieve: Sieve,
        summaries: Mapping[FunctionId, Summary],
        words: Callable[[ModuleName], frozenset[str]],
    ) -> None:
        self._world = world
        self._words = words  # of which a function on a way uses one, apart from the module's own names
        self._sieve = sieve
        self._summaries = summaries  # of the functions that have been run on their own so far
        self._classes: dict[ClassId, None] = {}
        self._functions: dict[FunctionId, None] = {}
        self._heads: dict[ModuleName, frozenset[str]] = {}
        self._stale: dict[ModuleName, None] = {}  # modules of which the heads are those of before
        self._leading_names: dict[Obj, dict[str, None]] = {}  # by holder: what has led somewhere always will
        self._idle: dict[tuple[Obj, str], Value] = {}  # what leads nowhere, whatever else becomes known
        self._importing: dict[FunctionId, bool] = {}  # whether a function itself imports what leads into a sink
        self._looked_at: tuple[int, ...] = ()  # what was known when the modules were looked at

    def look_again(self, words: int) -> None:
        """Forgets what modules lead to, if anything is known now that was not when they were looked at, or there are
        other words for it."""
        reaching = sum(bool(summary.obligations) for summary in self._summaries.values())
        noted = len(self._classes), len(self._functions), len(self._world.possible)
        known = (self._world.shared.bumps, *noted, reaching, words)
        if known != self._looked_at:
            self._looked_at = known
            self._stale.update(dict.fromkeys(self._heads))

    def variables(self) -> Iterator[Held]:
        """``client = OpenAI()`` of a module, ``HANDLERS = {"ask": ask}``, a context into which a client was put."""
        for module in self._world.modules_run():
            yield from (
                (module.name, each) for each in sorted(self.heads(module.name)) if self._is_made_here(module, each)
            )

    def kept_for_all(self) -> Iterator[tuple[str, str]]:
        """``app.state.llm = OpenAI()``: the names in what a framework keeps for all code, each with the word that code
        uses to get there."""
        for holder, word in ways_to_places(self._world):
            for key in self._world.shared.keys(holder):
                value = self._world.shared.read(holder, key)
                name = name_in(key)
                if name.isidentifier() and value is not None and self.leads(value):
                    yield name, word

    def definitions(self) -> Iterator[Held]:
        """``def get_client()``, a class that keeps a client or derives from one."""
        for module in self._world.modules_run():
            yield from self._definitions(module, self.heads(module.name))

    def heads(self, module: ModuleName) -> frozenset[str]:
        """The module's names for what leads into a sink, as far as could be seen when it was looked at."""
        before = self._heads.get(module)
        if before is None or module in self._stale:
            self._stale.pop(module, None)
            names = self._leading(self._world.objects.module(module))
            if before is None or len(names) > len(before):
                before = self._heads[module] = frozenset(names)
        return before

    def _leading(self, holder: Obj) -> dict[str, None]:
        """The attributes of a module, or class, that lead into a sink."""
        shared, found = self._world.shared, self._leading_names.setdefault(holder, {})
        for key in shared.keys(holder):
            name = key[1:]
            if key[0] != "." or name in found:
                continue
            value = shared.read(holder, key)
            if value is None or self._idle.get((holder, key)) is value:
                continue
            if self.leads(value):
                found[name] = None
            elif all(isinstance(atom, (ApiAtom, Const)) for atom in value.atoms):
                self._idle[holder, key] = value
        return found

    def leads(self, value: Value) -> bool:
        """Whether the value is, or holds, something that leads into a sink. Each object is looked into once: of a
        program whose objects all hold each other there are very many ways to each."""
        seen: set[Obj] = set()
        atoms = dict.fromkeys(self._world.resolved_so_far(value).atoms)
        for depth in range(MAXIMAL_DEPTH + 1):
            if any(map(self._atom_leads, atoms)):
                return True
            whole = [atom for atom in atoms if type(atom) is Obj and atom.kind in ALLOCATED and atom not in seen]
            if depth == MAXIMAL_DEPTH or not whole:
                break
            seen.update(whole)
            near = [each for obj in whole for each in self._held(obj)]
            if any(self._reaches(atom) for each in near for atom in each.atoms):
                return True
            atoms = {atom: None for each in near for atom in self._world.resolved_so_far(each).atoms}
        return False

    def _held(self, obj: Obj) -> list[Value]:
        shared = self._world.shared
        keys = [key for key in shared.keys(obj) if key[0] in "[." or key.startswith(MADE_OF)]
        return [value for key in keys if (value := shared.read(obj, key)) is not None]

    def _atom_leads(self, atom: Atom) -> bool:
        if isinstance(atom, ApiAtom):
            return self._is_way(atom.path)
        if isinstance(atom, ClassAtom):
            return atom.cls in self._classes
        if isinstance(atom, FunctionAtom):
            return atom.function in self._functions or self._is_lambda_on_way(atom.function)
        if isinstance(atom, Const):
            return (
                isinstance(atom.value, str) and "://" in atom.value and bool(self._world.policy.url_sinks(atom.value))
            )
        return type(atom) is Obj and self._is_client(atom)

    def _is_client(self, obj: Obj) -> bool:
        """A client, or an instance of a class that holds one."""
        if obj.api is not None and (self._is_way(obj.api) or obj.api in CLIENTS):
            return True
        return obj.cls in self._classes

    def hands_on(self, function: FunctionIR, summary: Summary, names_way: Callable[[FunctionId], bool]) -> bool:
        """Whether it returns, yields or keeps functions that are on a way to a sink; a class whose method does holds
        them. Functions within functions are not run on their own: ``names_way`` says of which ones it may be."""
        given = (summary.returns, *summary.writes.values(), *([summary.yields] if summary.yields is not None else []))
        functions = {atom for value in given for atom in value.atoms if isinstance(atom, (FunctionAtom, BoundAtom))}
        if not any(
            self._reaches(each) or ("<locals>" in each.function and names_way(each.function)) for each in functions
        ):
            return False
        if function.owner_class is not None:
            self._classes[function.owner_class] = None
        return True

    def _reaches(self, atom: Atom) -> bool:
        """Whether it is a function that is on a way to a sink."""
        if not isinstance(atom, (FunctionAtom, BoundAtom)):
            return False
        summary = self._summaries.get(atom.function)
        owing = summary is not None and bool(summary.obligations)
        return owing or atom.function in self._world.possible or self._is_lambda_on_way(atom.function)

    def _is_lambda_on_way(self, name: FunctionId) -> bool:
        """A lambda runs where somebody calls what holds it, and is not run on its own: its words say where it leads."""
        if "<lambda>" not in name:
            return False
        function, home = self._world.function(name), self._world.module_of(name)
        module = self._world.module(home)
        return (
            function is not None
            and module is not None
            and function.kind is FunctionKind.LAMBDA
            and not self._words(home).isdisjoint(self._sieve.uses(module, function))
        )

    def _is_way(self, path: ApiPath) -> bool:
        """Whether a sink's path begins with the path, and it is no sink's result."""
        policy = self._world.policy
        return policy.leads_to_sink(path) and not (path.endswith("()") and policy.sinks_at(path[:-2]))

    def _is_made_here(self, module: ModuleIR, variable: str) -> bool:
        """Neither an import, which others repeat, nor a definition, which has words of its own; a lambda has none."""
        value = self._world.shared.read(self._world.objects.module(module.name), "." + variable)
        atoms = self._world.resolved_so_far(value).atoms if value is not None else {}
        return not any(self._has_name(atom) for atom in atoms)

    def _has_name(self, atom: Atom) -> bool:
        if isinstance(atom, FunctionAtom):
            function = self._world.function(atom.function)
            return function is None or function.kind is not FunctionKind.LAMBDA
        return isinstance(atom, ClassAtom) or (isinstance(atom, ApiAtom) and atom.receiver is None)

    def _definitions(self, module: ModuleIR, heads: frozenset[str]) -> Iterator[Held]:
        for cls in module.classes:
            derived = any(map(self._is_way, self._world.outer_bases(cls)))
            if cls not in self._classes and (derived or self._leading(self._world.objects.class_object(cls))):
                self._classes[cls] = None
        for function in module.functions.values():
            is_outer = function.kind is FunctionKind.FUNCTION and "<locals>" not in function.id
            if is_outer and self._uses_one(module, function, heads):
                self._note(function)
        for cls in module.classes:
            if cls in self._classes or not self._classes.keys().isdisjoint(self._world.hierarchy(cls)):
                self._classes[cls] = None
                yield module.name, cls.rpartition(":")[2].rpartition(".")[2]
        yield from ((module.name, each.name) for each in module.functions.values() if each.id in self._functions)

    def _uses_one(self, module: ModuleIR, function: FunctionIR, heads: frozenset[str]) -> bool:
        if heads.isdisjoint(self._sieve.uses(module, function)):
            return self._imports_one(function)
        within = (function, *self._sieve.nested(module, function))
        return any(self._leads_on(module, each, heads) for each in within) or self._imports_one(function)

    def _leads_on(self, module: ModuleIR, function: FunctionIR, heads: frozenset[str]) -> bool:
        """Whether it does more with the names than to look at what leads into no sink: ``sdk.TimeoutError``."""
        holder = self._world.objects.module(module.name)
        for block in function.blocks:
            loaded = {i.target: i.name for i in block.instructions if type(i) is ir.Load and i.name in heads}
            read = [i for i in block.instructions if type(i) is ir.GetAttribute and i.base in loaded]
            used = set(loaded) - {i.base for i in read}
            for i in read:
                value = self._world.shared.read(holder, f".{loaded[i.base]}")
                paths = [atom.path for atom in value.atoms if isinstance(atom, ApiAtom)] if value is not None else []
                if not paths or any(self._is_way(ApiPath(f"{path}.{i.name}")) for path in paths):
                    return True
            if used:
                return True
        constants = (i.value for block in function.blocks for i in block.instructions if type(i) is ir.Const)
        return any(isinstance(each, str) and each in heads for each in constants)

    def _imports_one(self, function: FunctionIR) -> bool:
        known = self._importing.get(function.id)
        if known is None:
            known = self._importing[function.id] = any(
                (type(i) is ir.ImportFrom or type(i) is ir.Import) and self._is_way(ApiPath(_path_of(i)))
                for block in function.blocks
                for i in block.instructions
            )
        return known

    def _note(self, function: FunctionIR) -> None:
        gives, keeps = self._gives_or_keeps(function)
        if function.owner_class is not None:
            if keeps or (gives and function.name != "__init__"):
                self._classes[function.owner_class] = None
        elif gives:
            self._functions[function.id] = None

    def _gives_or_keeps(self, function: FunctionIR) -> tuple[bool, bool]:
        """Whether it hands out what leads into a sink, and whether it puts it somewhere. Where only a part of what it
        does can be known, anything may do."""
        summary = self._summaries.get(function.id)
        if summary is not None and function.id in self._world.summaries.left_out:
            return False, False  # its turn comes
        if summary is None or summary.cut:
            return _gives_something(function), any(
                type(i) is ir.SetAttribute for block in function.blocks for i in block.instructions
            )
        given = [summary.returns, *([summary.yields] if summary.yields is not None else [])]
        made = {obj for value in given for obj in value.objects()}
        kept = [value for (obj, _), value in summary.writes.items() if obj not in made]
        inside = [value for (obj, _), value in summary.writes.items() if obj in made]
        return any(map(self._may_lead, [*given, *inside])), any(map(self._may_lead, kept))

    def _may_lead(self, value: Value) -> bool:
        return self.leads(value) or any(
            obj.kind is Kind.EXTERNAL and obj.api is None for obj in self._world.resolved_so_far(value).objects()
        )


def _gives_something(function: FunctionIR) -> bool:
    """Whether a return, or yield, gives more than a constant."""
    constants = {i.target for block in function.blocks for i in block.instructions if type(i) is ir.Const}
    return function.is_generator or any(
        type(block.terminator) is ir.Return and block.terminator.source not in constants for block in function.blocks
    )


def _path_of(imported: ir.Import | ir.ImportFrom) -> str:
    return imported.module if type(imported) is ir.Import else f"{imported.module}.{imported.name}"  # type: ignore[union-attr]
