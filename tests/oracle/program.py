"""A program while it is being made: modules, the functions and classes in them, and the names that each place sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from tests.oracle.kinds import Kind

PACKAGE = "app"
Flavour = Literal["plain", "async", "generator", "async generator", "context", "effect"]
Lines = list[str]


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: Kind
    style: Literal["plain", "positional", "keyword", "star", "double"] = "plain"
    default: str = ""  # an expression; never of star and double


@dataclass(frozen=True)
class Function:
    """``module`` is empty for a method and for a local function, which are reached by other ways than an import."""

    name: str
    module: str
    parameters: tuple[Parameter, ...]
    result: Kind  # of a generator, and of a context manager: what it yields
    flavour: Flavour = "plain"


@dataclass
class Class:
    name: str
    module: str
    base: Class | None = None
    dataclass: bool = False
    attributes: dict[str, Kind] = field(default_factory=dict)  # of every instance, those of the bases too
    shared: dict[str, Kind] = field(default_factory=dict)  # attributes of the class
    parameters: tuple[Parameter, ...] = ()  # of the constructor
    methods: dict[str, Function] = field(default_factory=dict)
    bound: dict[str, str] = field(default_factory=dict)  # method to "static", "class" or "property"
    special: dict[str, Function] = field(default_factory=dict)
    head: Lines = field(default_factory=list)
    members: list[Lines] = field(default_factory=list)

    def lines(self) -> Lines:
        return self.head + [f"    {line}" for member in self.members for line in member]

    def ancestry(self) -> list[Class]:
        return [self, *(self.base.ancestry() if self.base else [])]

    def method(self, name: str) -> Function | None:
        return next((each.methods[name] for each in self.ancestry() if name in each.methods), None)

    def all_methods(self) -> list[Function]:
        names = dict.fromkeys(name for each in self.ancestry() for name in each.methods)
        return [method for name in names if (method := self.method(name)) is not None]

    def binding(self, name: str) -> str:
        """How a method is bound: "", "static", "class" or "property"."""
        return next((each.bound.get(name, "") for each in self.ancestry() if name in each.methods), "")

    def special_method(self, name: str) -> Function | None:
        return next((each.special[name] for each in self.ancestry() if name in each.special), None)


@dataclass
class Module:
    """``level`` orders imports: a module imports those of higher levels only."""

    name: str
    level: int
    imports: dict[str, None] = field(default_factory=dict)  # lines
    reached: dict[tuple[str, str], str] = field(default_factory=dict)  # (module, name) to an expression for it here
    facade: dict[str, None] = field(default_factory=dict)  # lines of a module that only hands on what others define
    body: list[Class | Lines] = field(default_factory=list)
    variables: dict[str, Kind] = field(default_factory=dict)

    def text(self) -> str:
        lines = list(self.imports)
        for part in self.body:
            lines += part.lines() if isinstance(part, Class) else part
        return "\n".join(lines) + "\n"


@dataclass
class Scope:
    """What a statement may read and assign. The blocks of a function share its names; each knows its own variables."""

    module: Module
    variables: dict[str, Kind]
    names: Iterator[int]
    own: set[str] = field(default_factory=set)  # variables that an assignment here changes
    awaits: bool = False
    runs_loops: bool = False  # no event loop runs here, whoever calls
    result: Kind | None = None  # of a return statement
    loop: bool = False
    depth: int = 0
    in_function: bool = False
    local_imports: Lines = field(default_factory=list)  # at the head of the function
    reached: dict[tuple[str, str], str] = field(default_factory=dict)
    method_of: Class | None = None

    def block(self, *, loop: bool | None = None) -> Scope:
        """A branch: what it alone assigns is unknown behind it."""
        return Scope(
            self.module,
            dict(self.variables),
            self.names,
            set(self.own),
            self.awaits,
            self.runs_loops,
            self.result,
            self.loop if loop is None else loop,
            self.depth + 1,
            self.in_function,
            self.local_imports,
            self.reached,
            self.method_of,
        )

    def nested(self, result: Kind | None, *, awaits: bool = False) -> Scope:
        """A function inside: it sees what is here, and assigns names of its own."""
        return Scope(
            self.module,
            dict(self.variables),
            self.names,
            awaits=awaits,
            result=result,
            depth=self.depth + 1,
            in_function=True,
            local_imports=self.local_imports,
            reached=self.reached,
            method_of=self.method_of,
        )

    def new_name(self) -> str:
        return f"v{next(self.names)}"

    def assign(self, name: str, kind: Kind) -> None:
        self.variables[name] = kind
        self.own.add(name)

    def of_kind(self, kind: Kind) -> list[str]:
        return [name for name, each in self.variables.items() if each == kind]


def function_scope(module: Module, result: Kind | None, *, awaits: bool = False) -> Scope:
    return Scope(module, dict(module.variables), count(1), awaits=awaits, result=result, depth=1, in_function=True)


def indented(lines: Lines) -> Lines:
    return [f"    {line}" for line in lines]
