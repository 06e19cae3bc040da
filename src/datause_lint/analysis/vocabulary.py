"""The names that each function uses: what the sieve goes by. Every function is read once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from datause_lint.analysis.filling import globals_set
from datause_lint.analysis.stored import tables_read
from datause_lint.ir import instructions as ir
from datause_lint.ir.module import FunctionIR, ModuleIR
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
