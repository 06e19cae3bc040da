"""Which functions can lie on a way to a sink, by the names that they use: a cheap sieve in front of the analysis."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from datause_lint.analysis.filling import filling, globals_set
from datause_lint.analysis.stored import Stored, files_read, files_written, tables_written, texts
from datause_lint.analysis.vocabulary import LONGEST_NAME, Vocabulary
from datause_lint.analysis.world import World
from datause_lint.ir import instructions as ir
from datause_lint.ir.instructions import Scope
from datause_lint.ir.module import FunctionIR, FunctionKind, ModuleIR
from datause_lint.names import ClassId, FunctionId, ModuleName

DEFINING = (ir.MakeFunction, ir.MakeClass, ir.Import, ir.ImportFrom, ir.Const)


class Sieve:
    """Remembers what functions and modules were seen to name: their instructions do not change."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._vocabulary = Vocabulary()
        self._outer: dict[ModuleName, list[FunctionIR]] = {}
        self._made: dict[FunctionId, frozenset[str]] = {}  # by body: names of what is made there
        self._defaults: dict[ModuleName, tuple[tuple[FunctionId, str], ...]] = {}  # names that stand for left-out ones
        self._scripts: dict[ModuleName, bool] = {}
        self._inlined: dict[ModuleName, frozenset[str]] = {}  # names that class bodies and lambdas of a module use
        self._attributes: dict[FunctionId, frozenset[str]] = {}
        self._reflecting: dict[FunctionId, bool] = {}
        self._variables: dict[ModuleName, frozenset[str]] = {}
        self._filled: dict[FunctionId, tuple[tuple[str, str | None], ...]] = {}

    def relevant(
        self, module: ModuleIR, words: frozenset[str], filled: dict[str, frozenset[str]], written: Stored
    ) -> list[FunctionIR]:
        """The functions of a module that somebody outside may call, and that use one of the words; with those that
        share state with them: methods of the same class, users of the same module variables or session, writers of the
        same files.
        So do those that put something where others read it elsewhere, which is called as in ``filled`` and ``written``.

        Nested functions run when those run that make them.
        """
        outer = self._outer_of(module)
        known_as = self._aliases(module, words)
        given = self._given_by_default(module, known_as)
        direct = [
            function
            for function in outer
            if function.name == "__call__"
            or function.id in given
            or self.puts_where_read(module, function, filled, written)
            or not known_as.isdisjoint(self.uses(module, function))
            or self._reflects(module, function)
        ]
        if not direct:
            return []
        fields = self._fields_of_families(direct)
        shared = self.variables(module) | self._world.wiring.sessions
        variables = shared & frozenset().union(*(self.uses(module, each) for each in direct))
        chosen = {function.id for function in direct}
        read = Stored(
            frozenset().union(*(files_read(each, self.uses(module, each)) for each in direct)),
            frozenset().union(*map(self._vocabulary.tables_read, direct)),
        )
        return [
            function
            for function in outer
            if function.id in chosen
            or (function.owner_class in fields and self._shares(function, fields[function.owner_class]))
            or not variables.isdisjoint(self.uses(module, function))
            or self._writes_one(module, function, read)
        ]

    def runs_one(self, module: ModuleIR, words: frozenset[str]) -> bool:
        """Whether a class body, or a lambda, that runs with the module's body uses one of the words."""
        known = self._inlined.get(module.name)
        if known is None:
            inlined = [each for each in module.functions.values() if _runs_with_body(module, each)]
            known = self._inlined[module.name] = frozenset().union(*map(self._vocabulary.own, inlined))
        return not words.isdisjoint(known)

    def names_one(self, module: ModuleIR, function: FunctionIR, words: frozenset[str]) -> bool:
        """Whether a function, or the one that it is nested in, uses one of the words."""
        return not words.isdisjoint(self.uses(module, _outermost(module, function)))

    def imported(self, modules: Iterable[ModuleName], wanted: Iterable[str]) -> list[str]:
        """Those of the wanted modules that some of the program's import, or name whole in a string."""
        found: set[str] = set()
        for name in modules:
            module = self._world.module(name)
            for function in module.functions.values() if module is not None else ():
                found.update(_imports(function))
        beginnings = {name[:end] for name in found for end in _ends(name)}
        return [each for each in wanted if each in beginnings]

    def speaks_of(self, name: ModuleName, words: frozenset[str]) -> bool:
        """Whether the module uses one of the words in code: as a name, or, of an address, in a string."""
        module = self._world.module(name)
        if module is None:
            return False
        addresses = [word for word in words if not word.isidentifier()]
        return any(
            not words.isdisjoint(self._vocabulary.own(function))
            or any(word in text for text in texts(function) for word in addresses)
            for function in module.functions.values()
        )

    def _fields_of_families(self, direct: list[FunctionIR]) -> dict[ClassId, frozenset[str]]:
        """Of the classes with such methods, and of those above and below: the attributes that the methods look at."""
        found: dict[ClassId, frozenset[str]] = {}
        for method in direct:
            if method.owner_class is None:
                continue
            used = self._own_attributes(method)
            for cls in (*self._world.hierarchy(method.owner_class), *self._world.subclasses(method.owner_class)):
                found[cls] = found.get(cls, frozenset()) | used
        return found

    def _shares(self, method: FunctionIR, fields: frozenset[str]) -> bool:
        """Whether the method may put something where the others look, as a constructor may, or hand over to the class
        above, which may call the others."""
        return (
            method.name == "__init__"
            or "super" in self._vocabulary.own(method)
            or not fields.isdisjoint(self._own_attributes(method))
        )

    def _own_attributes(self, method: FunctionIR) -> frozenset[str]:
        """The attributes of its first parameter that a method reads or sets."""
        known = self._attributes.get(method.id)
        if known is None:
            known = self._attributes[method.id] = frozenset(_own_attributes(method))
        return known

    def puts_where_read(
        self, module: ModuleIR, function: FunctionIR, filled: dict[str, frozenset[str]], written: Stored
    ) -> bool:
        """Whether the function puts something where others, elsewhere, read it."""
        is_body = function.kind is FunctionKind.MODULE_BODY  # which runs with its module
        puts_in = bool(filled) and not is_body and self._fills_one(module, function, filled)
        return puts_in or self._writes_one(module, function, written)

    def fills(self, module: ModuleIR, names: dict[str, frozenset[str]]) -> bool:
        """Whether the module's body, or a function of it, puts something into what it calls by one of the names."""
        return any(self._fills_one(module, each, names) for each in self._outer_of(module))

    def _fills_one(self, module: ModuleIR, function: FunctionIR, names: dict[str, frozenset[str]]) -> bool:
        if self.uses(module, function).isdisjoint(names):
            return False
        known = self._filled.get(function.id)
        if known is None:
            within = [function, *self._vocabulary.nested(module, function)]
            known = self._filled[function.id] = tuple(dict.fromkeys(pair for each in within for pair in filling(each)))
        return any(name in names and (verb is None or verb in names[name]) for name, verb in known)

    def _writes_one(self, module: ModuleIR, function: FunctionIR, stored: Stored) -> bool:
        return (
            (bool(stored.files) and not stored.files.isdisjoint(files_written(function, self.uses(module, function))))
            or (bool(stored.tables) and not stored.tables.isdisjoint(tables_written(function)))
            or (bool(stored.methods) and not stored.methods.isdisjoint(self.uses(module, function)))
        )

    def _aliases(self, module: ModuleIR, words: frozenset[str]) -> frozenset[str]:
        """The words, and the names under which the module imports them."""
        found = set(words)
        for body in module.functions.values():  # ``ask = client.responses.create``
            is_body = body.kind in (FunctionKind.MODULE_BODY, FunctionKind.CLASS_BODY)
            if is_body and not words.isdisjoint(self._vocabulary.own(body)):
                found.update(self._made_in(body))
        for function in module.functions.values():
            found.update(self._vocabulary.imported_as(function, words))
        return frozenset(found)

    def uses(self, module: ModuleIR, function: FunctionIR) -> frozenset[str]:
        """Names of variables and attributes that the function, or one nested in it, uses; also in strings."""
        return self._vocabulary.used(module, function)

    def nested(self, module: ModuleIR, function: FunctionIR) -> list[FunctionIR]:
        return self._vocabulary.nested(module, function)

    def renamed(self, module: ModuleIR, words: frozenset[str], of_sinks: frozenset[str]) -> Iterator[str]:
        return self._vocabulary.renamed(module, words, of_sinks)

    def _outer_of(self, module: ModuleIR) -> list[FunctionIR]:
        known = self._outer.get(module.name)
        if known is None:
            known = self._outer[module.name] = [each for each in module.functions.values() if _is_outer(each)]
        return known

    def _made_in(self, body: FunctionIR) -> frozenset[str]:
        known = self._made.get(body.id)
        if known is None:
            known = self._made[body.id] = _made_names(body)
        return known

    def _given_by_default(self, module: ModuleIR, words: Container[str]) -> frozenset[FunctionId]:
        """The functions that have one of the words, or an attribute of it, for a parameter that is left out."""
        known = self._defaults.get(module.name)
        if known is None:
            known = self._defaults[module.name] = tuple(_names_by_default(module))
        return frozenset(function for function, name in known if name in words)

    def may_be_script(self, module: ModuleIR) -> bool:
        """Whether the module's body may do something else where it is run as a script than where it is imported."""
        known = self._scripts.get(module.name)
        if known is None:
            known = self._scripts[module.name] = _asks_how_it_is_run(module.functions[module.body])
        return known

    def _reflects(self, module: ModuleIR, function: FunctionIR) -> bool:
        """Whether the function gets attributes by names that are made at run time: it may call anything."""
        if "getattr" not in self.uses(module, function):
            return False
        known = self._reflecting.get(function.id)
        if known is None:
            known = self._reflecting[function.id] = _computes_names(function)
        return known

    def variables(self, module: ModuleIR) -> frozenset[str]:
        """Names of the module that hold something made, a list, a client, a cache; or what a function puts there."""
        known = self._variables.get(module.name)
        if known is None:
            put = {name for function in module.functions.values() for name in globals_set(function)}
            known = self._variables[module.name] = self._made_in(module.functions[module.body]) | put
        return known


def _outermost(module: ModuleIR, function: FunctionIR) -> FunctionIR:
    """The function itself, or the one that it is nested in."""
    return module.functions.get(FunctionId(function.id.partition(".<locals>")[0]), function)


def _runs_with_body(module: ModuleIR, function: FunctionIR) -> bool:
    return _outermost(module, function).kind in (FunctionKind.CLASS_BODY, FunctionKind.LAMBDA)


def _asks_how_it_is_run(body: FunctionIR) -> bool:
    return any(type(i) is ir.Const and i.value == "__main__" for block in body.blocks for i in block.instructions)


def _computes_names(function: FunctionIR) -> bool:
    constants: set[int] = set()
    loaded: set[int] = set()
    found = False
    for block in function.blocks:
        for i in block.instructions:
            if type(i) is ir.Const:
                constants.add(i.target)
            elif type(i) is ir.Load and i.name == "getattr":
                loaded.add(i.target)
            elif type(i) is ir.Call and i.function in loaded and i.arguments[1:2]:
                found = found or i.arguments[1].register not in constants
    return found


def _made_names(body: FunctionIR) -> frozenset[str]:
    """Names of a module or class that hold something made, not a definition, an import or a constant."""
    defined = {i.target for block in body.blocks for i in block.instructions if isinstance(i, DEFINING)}
    return frozenset(
        i.name
        for block in body.blocks
        for i in block.instructions
        if type(i) is ir.Store and i.scope in (Scope.GLOBAL, Scope.CLASS, Scope.LOCAL) and i.source not in defined
    )


def _names_by_default(module: ModuleIR) -> Iterator[tuple[FunctionId, str]]:
    """Of functions, the names of what they have, or of whose attribute, for a parameter that is left out."""
    for function in module.functions.values():
        for block in function.blocks:
            made = [i for i in block.instructions if type(i) is ir.MakeFunction and i.defaults]
            loads = (i for i in block.instructions if type(i) is ir.Load or type(i) is ir.GetAttribute)
            named = {i.target: i.name for i in loads} if made else {}
            yield from ((i.function, named[register]) for i in made for _, register in i.defaults if register in named)


def _is_outer(function: FunctionIR) -> bool:
    return function.kind is FunctionKind.MODULE_BODY or (
        function.kind is FunctionKind.FUNCTION and "<locals>" not in function.id
    )


def _own_attributes(method: FunctionIR) -> Iterable[str]:
    if not method.parameters:
        return
    own = method.parameters[0].name
    for block in method.blocks:
        registers = {i.target for i in block.instructions if type(i) is ir.Load and i.name == own}
        for i in block.instructions:
            if isinstance(i, (ir.GetAttribute, ir.SetAttribute)) and i.base in registers:
                yield i.name


def _ends(name: str) -> list[int]:
    """Where a dotted name, and what it begins with, comes to an end."""
    return [*(place for place, character in enumerate(name) if character == "."), len(name)]


def _imports(function: FunctionIR) -> Iterable[str]:
    for block in function.blocks:
        for i in block.instructions:
            if type(i) is ir.Import:
                yield i.module
            elif type(i) is ir.ImportFrom:
                yield f"{i.module}.{i.name}"
            elif type(i) is ir.ImportStar:
                yield i.module
            elif type(i) is ir.Const and isinstance(i.value, str) and len(i.value) < LONGEST_NAME:
                yield i.value
