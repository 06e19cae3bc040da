"""Makes programs: draws forms of the language at random, and notes which it used.

A *form* writes one construct. It gets the maker, the scope in which the code will stand, and what is wanted, and may
decline with None when the scope has nothing that it could use. Definitions come into being when an expression wants
them, in the module itself or in one that it can import; so whatever is defined is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from tests.oracle.kinds import FLAG, PERSON, TEXT, Instance, Kind, ListOf, Routine, Row, Stream, Table
from tests.oracle.program import PACKAGE, Class, Function, Lines, Module, Scope

T = TypeVar("T")
_OR_ELSE = """\
try:
    from absent import {name} as {alias}
except ImportError:
    from .{module} import {name} as {alias}"""
KEYS = ("alpha", "beta", "gamma")
WORDS = ("fig", "pear", "plum", "lime")


@dataclass(frozen=True)
class Form:
    name: str
    weight: float
    write: Callable[..., Any]


@dataclass
class Maker:
    random: Random
    consent: bool  # people and guards, beside texts that are data wherever they come from
    used: Counter[str] = field(default_factory=Counter)
    modules: list[Module] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    classes: dict[str, Class] = field(default_factory=dict)
    flags: int = 0
    people: int = 2
    counter: int = 0
    room: int = 9  # definitions that may still be made

    # ── drawing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def one_of(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def first_of(self, forms: Sequence[Form], *arguments: Any) -> Any:
        """What the first form gives that does not decline; the order is drawn by weight."""
        left = list(forms)
        while left:
            drawn = self.random.choices(left, [form.weight for form in left])[0]
            written = drawn.write(self, *arguments)
            if written is not None:
                self.used[drawn.name] += 1
                return written
            left.remove(drawn)
        return None

    def new_name(self, prefix: str) -> str:
        """A name that the whole program has once."""
        self.counter += 1
        return f"{prefix}{self.counter}"

    # ── kinds ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def kind(self, depth: int = 2) -> Kind:
        draw = self.random.random()
        if depth == 0 or draw < 0.35:
            return PERSON if self.consent and self.chance(0.4) else TEXT
        if draw < 0.52:
            return Row(tuple(self.kind(depth - 1) for _ in range(self.one_of((2, 2, 3)))))
        if draw < 0.68:
            keys = self.random.sample(KEYS, self.one_of((1, 2, 2)))
            return Table(tuple((key, self.kind(depth - 1)) for key in keys))
        if draw < 0.82:
            return ListOf(self.kind(depth - 1))
        if draw < 0.96 and (self.classes or self.room):
            return Instance(self.some_class().name)
        if self.consent and self.chance(0.3):
            return FLAG
        return Stream(self.kind(depth - 1))

    def routine(self, depth: int = 1) -> Routine:
        parameters = tuple(self.kind(depth) for _ in range(self.one_of((0, 1, 1, 2))))
        return Routine(parameters, self.kind(depth))

    def some_class(self) -> Class:
        from tests.oracle.classes import define_class

        if self.classes and (not self.room or self.chance(0.6)):
            return self.classes[self.one_of(list(self.classes))]
        return define_class(self, self.one_of(self.modules[1:] or self.modules))

    # ── where things stand ────────────────────────────────────────────────────────────────────────────────────────

    def module(self, name: str) -> Module:
        return next(each for each in self.modules if each.name == name)

    def home(self, scope: Scope) -> Module:
        """A module for a new definition: this one, or one that it can import."""
        return self.one_of([each for each in self.modules if each.level >= scope.module.level])

    def reachable(self, module: str, scope: Scope) -> bool:
        return module == scope.module.name or self.module(module).level > scope.module.level

    def reference(self, scope: Scope, module: str, name: str) -> str:
        """An expression for what a module defines, with the import that it needs."""
        if module == scope.module.name:
            return name
        known = scope.module.reached.get((module, name)) or scope.reached.get((module, name))
        if known:
            return known
        form = self.one_of(
            ("from", "from as", "module", "dotted", "dotted as", "star", "local", "relative", "re-export", "or else")
        )
        self.used[f"import: {form}"] += 1
        alias = self.new_name(f"{name}_")
        line, expression = {
            "from": (f"from {PACKAGE}.{module} import {name}", name),
            "relative": (f"from .{module} import {name}", name),
            "from as": (f"from .{module} import {name} as {alias}", alias),
            "module": (f"from . import {module}", f"{module}.{name}"),
            "dotted": (f"import {PACKAGE}.{module}", f"{PACKAGE}.{module}.{name}"),
            "dotted as": (f"import {PACKAGE}.{module} as {alias}", f"{alias}.{name}"),
            "star": (f"from .{module} import *", name),
            "local": (f"from .{module} import {name} as {alias}", alias),
            "re-export": (f"from .{module} import {name} as {alias}", alias),
            "or else": (_OR_ELSE.format(module=module, name=name, alias=alias), alias),
        }[form]
        if form == "re-export":
            scope.module.facade[line] = None
            line = f"from .{scope.module.name}_facade import {alias}"
        if form == "local" and scope.depth:
            scope.local_imports.append(line)
            scope.reached[module, name] = expression
        else:
            scope.module.imports[line] = None
            scope.module.reached[module, name] = expression
        return expression

    def need(self, scope: Scope, line: str) -> None:
        """An import of the standard library, or of what stands outside."""
        scope.module.imports.setdefault(line, None)

    def new_person(self) -> int:
        """The number of somebody whom nothing else names; 1 and 2 are everyone's."""
        self.people += 1
        return self.people

    def flag(self, scope: Scope) -> str:
        """A condition that is sometimes true."""
        self.need(scope, "from chance import flag")
        self.flags += 1
        return "flag()"

    def may_ask(self) -> bool:
        """Whether another condition leaves a number of runs that can be made."""
        return self.flags < 3

    def send(self, scope: Scope) -> str:
        name = "train" if self.consent and self.chance(0.35) else "send"
        self.need(scope, f"from ai import {name}")
        return name


def joined(parts: Sequence[str]) -> str:
    return ", ".join(parts)


def tuple_of(parts: Sequence[str]) -> str:
    return f"({parts[0]},)" if len(parts) == 1 else f"({joined(parts)})"


def some_lines(lines: Lines) -> Lines:
    return lines or ["pass"]
