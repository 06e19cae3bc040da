"""The names that each function uses, and gives to others: what the sieve goes by. Every function is read once."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from datause_lint.analysis.filling import globals_set
from datause_lint.analysis.stored import tables_read
from datause_lint.ir import instructions as ir
from datause_lint.ir.module import FunctionIR, FunctionKind, ModuleIR
from datause_lint.names import FunctionId, ModuleName

LONGEST_NAME = 120  # characters of a string that may name code: "app.jobs.send"
_DOTTED = re.compile(r"[\w.:/-]+")
_NAMES = re.compile(r"[^\W\d]\w*")
_WITHIN = ".<locals>"


class Vocabulary:
    def __init__(self) -> None:
        self._own: dict[FunctionId, frozenset[str]] = {}
        self._used: dict[FunctionId, frozenset[str]] = {}
        self._tables: dict[FunctionId, frozenset[str]] = {}
        self._renamed: dict[FunctionId, tuple[tuple[str, str], ...]] = {}  # what it imports under another name
        self._nested: dict[ModuleName, dict[FunctionId, list[FunctionIR]]] = {}  # by the outermost one

    def own(self, function: FunctionIR) -> frozenset[str]:
        """Names of variables and attributes that the function uses; also in strings."""
        known = self._own.get(function.id)
        if known is None:
            known = self._own[function.id] = frozenset(_names(function))
        return known

    def used(self, module: ModuleIR, function: FunctionIR) -> frozenset[str]:
        """Those that it, or a function nested in it, uses."""
        known = self._used.get(function.id)
        if known is None:
            inside = [self.own(each) for each in self.nested(module, function)]
            known = self._used[function.id] = self.own(function).union(*inside)
        return known

    def nested(self, module: ModuleIR, function: FunctionIR) -> list[FunctionIR]:
        """The functions within the function, however deep."""
        found = self._nested.get(module.name)
        if found is None:
            found = self._nested[module.name] = {}
            for each in module.functions.values():
                outermost, _, within = each.id.partition(_WITHIN)
                if within:
                    found.setdefault(FunctionId(outermost), []).append(each)
        outermost, _, within = function.id.partition(_WITHIN)
        beside = found.get(FunctionId(outermost), [])
        return [each for each in beside if each.id.startswith(f"{function.id}{_WITHIN}.")] if within else beside

    def tables_read(self, function: FunctionIR) -> frozenset[str]:
        known = self._tables.get(function.id)
        if known is None:
            known = self._tables[function.id] = tables_read(function)
        return known

    def renamed(self, module: ModuleIR, words: frozenset[str], of_sinks: frozenset[str]) -> Iterator[str]:
        """The other names that the module gives to one of the words, or to what it makes of it: ``from x import ask as
        query``, ``query = partial(ask, model="small")``. What a call of one ``of_sinks`` gives leads nowhere."""
        for function in module.functions.values():
            if function.kind in (FunctionKind.MODULE_BODY, FunctionKind.CLASS_BODY):
                if not words.isdisjoint(self.own(function)):
                    yield from _made_of(function, words, of_sinks)
            else:
                yield from self.imported_as(function, words)

    def imported_as(self, function: FunctionIR, words: Container[str]) -> Iterator[str]:
        """The names under which the function imports some of the words."""
        known = self._renamed.get(function.id)
        if known is None:
            known = self._renamed[function.id] = tuple(_renamed(function))
        return (alias for name, alias in known if name in words)


def _names(function: FunctionIR) -> Iterator[str]:
    yield from globals_set(function)
    for block in function.blocks:
        for i in block.instructions:
            kind = type(i)
            if kind is ir.GetAttribute or kind is ir.Load or kind is ir.SetAttribute:
                yield i.name  # type: ignore[union-attr]  # narrowed by kind
            elif kind is ir.ImportFrom:
                yield i.name  # type: ignore[union-attr]
            elif kind is ir.Const and isinstance(i.value, str) and len(i.value) < LONGEST_NAME:  # type: ignore[union-attr]
                yield from _NAMES.findall(i.value) if _DOTTED.fullmatch(i.value) else ()  # type: ignore[union-attr]


def _renamed(function: FunctionIR) -> Iterator[tuple[str, str]]:
    for block in function.blocks:
        imported = {i.target: i.name for i in block.instructions if type(i) is ir.ImportFrom}
        for i in block.instructions if imported else ():
            if type(i) is ir.Store and i.source in imported and i.name != imported[i.source]:
                yield imported[i.source], i.name


def _made_of(body: FunctionIR, words: Container[str], of_sinks: Container[str]) -> Iterator[str]:
    """Names that a module or class gives to one of the words, an attribute of it, or the result of a call with it."""
    for block in body.blocks:
        made: dict[int, str] = {}  # by register: the word
        for i in block.instructions:
            match i:
                case ir.Load(target, name) | ir.ImportFrom(target, _, _, name) if name in words:
                    made[target] = name
                case ir.GetAttribute(target, base, name) if name in words or base in made:
                    made[target] = name
                case ir.Call(target, called, arguments):
                    given = any(argument.register in made for argument in arguments)
                    if given or (called in made and made[called] not in of_sinks):
                        made[target] = ""
                case ir.Store(name, _, source) if made.get(source, name) != name and name.isidentifier():
                    yield name
