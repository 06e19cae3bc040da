"""Building the IR of one function, class body or module body: blocks, registers, names."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from datause_lint.frontend.positions import SpanOf
from datause_lint.frontend.scopes import DEFAULT_SCOPES, NO_NAMES, Names
from datause_lint.frontend.unrolling import Listed
from datause_lint.ir.instructions import (
    BlockIndex,
    Branch,
    Const,
    Constant,
    Delete,
    Instruction,
    Jump,
    Load,
    Register,
    Return,
    Scope,
    Span,
    Store,
    Terminator,
)
from datause_lint.ir.module import Field, FunctionKind, Parameter
from datause_lint.ir.scoping import settle_name
from datause_lint.ir.types import TypeExpr
from datause_lint.names import ClassId, FunctionId, ModuleName

if TYPE_CHECKING:
    from datause_lint.frontend.cleanups import Cleanup

OUT: BlockIndex = -1
"""The handler of code whose exceptions leave the function."""

COPIES = 4000
"""How many syntax nodes of ``finally`` bodies a function may lower again, one copy for each way out."""


class Loop(NamedTuple):
    """Where ``continue`` and ``break`` go."""

    head: BlockIndex
    done: BlockIndex


class ModuleBuilder:
    """What the functions of a module share."""

    def __init__(self, name: ModuleName, span: SpanOf, listed: Listed) -> None:
        self.name = name
        self.span = span
        self.listed = listed
        self.functions: list[FunctionBuilder] = []
        """Parents before children."""
        self._taken: defaultdict[str, int] = defaultdict(int)

    def unique(self, qualified: str) -> str:
        """``module:qualified``, with ``#2`` for the second definition of the name, and so on."""
        self._taken[qualified] += 1
        count = self._taken[qualified]
        return f"{self.name}:{qualified}" if count == 1 else f"{self.name}:{qualified}#{count}"

    def release(self) -> None:
        """Breaks the cycles between builders: the collector is off where many files are lowered."""
        for function in self.functions:
            function.nested.clear()
        self.functions.clear()


class FunctionBuilder:
    """
    The function that is being lowered. Code is added to the current block with ``emit``.

    ``kind`` decides how names are bound; ``inside`` is what its definitions' qualified names begin with; ``private`` is
    the class whose name mangles ``__names``, without underscores at the start.
    """

    def __init__(
        self,
        module: ModuleBuilder,
        identifier: FunctionId,
        name: str,
        kind: FunctionKind,
        span: Span,
        parent: FunctionBuilder | None,
        class_id: ClassId | None = None,
    ) -> None:
        self.module = module
        self.id = identifier
        self.name = name
        self.kind = kind
        self.definition = span
        self.parent = parent
        self.class_id = class_id
        """The class whose body this is."""
        self.private: str = parent.private if parent else ""
        self.type_bounds: Mapping[str, TypeExpr] = parent.type_bounds if parent else {}
        self.parameters: tuple[Parameter, ...] = ()
        self.returns: TypeExpr | None = None
        self.is_async = False
        self.is_generator = False
        self.decorators: tuple[Span, ...] = ()
        self.fields: dict[str, Field] = {}
        self.methods: dict[str, FunctionId] = {}

        self.span = module.span
        self.scope = DEFAULT_SCOPES[kind]
        self.names: Names = Names(kind, parent.names if parent else None, parent.environment if parent else NO_NAMES)
        self.uses = self.names.uses
        self.environment: Mapping[str, str] = NO_NAMES
        """Renamed variables in sight: of comprehensions, and type parameters."""
        self.comprehensions = 0
        self.numbers: dict[ast.AST, int] = {}
        """Of comprehensions, to name their variables: the same ones where a ``finally`` body is lowered twice."""
        self._hidden = 0

        self.registers = 0
        self.code: list[list[Instruction]] = []
        self.terminators: list[Terminator | None] = []
        self.handlers: list[BlockIndex] = []
        self.frames: list[Loop | Cleanup] = []
        """What encloses the current code, outermost first."""
        self.copies = COPIES
        self.handler: BlockIndex = OUT
        self.nested: dict[ast.AST, tuple[FunctionBuilder, list[BlockIndex]]] = {}
        """Definitions in this function, and the blocks that make them."""
        module.functions.append(self)
        self.enter(self.new_block())

    @property
    def inside(self) -> str:
        """What the qualified names of definitions in this function begin with."""
        qualified = (self.class_id or self.id).partition(":")[2]
        if self.kind is FunctionKind.MODULE_BODY:
            return ""
        return f"{qualified}." if self.kind is FunctionKind.CLASS_BODY else f"{qualified}.<locals>."

    # Blocks

    def new_block(self, handler: BlockIndex | None = None) -> BlockIndex:
        """An empty block, under the current handler when none is given."""
        self.code.append([])
        self.terminators.append(None)
        self.handlers.append(self.handler if handler is None else handler)
        return len(self.code) - 1

    def enter(self, block: BlockIndex) -> None:
        """Goes on in a block, and under its handler."""
        self.current = block
        self._block = self.code[block]
        self.handler = self.handlers[block]

    def emit(self, instruction: Instruction) -> None:
        """Adds to the current block."""
        self._block.append(instruction)

    def terminate(self, terminator: Terminator) -> None:
        """Ends the current block; the caller enters another one."""
        self.terminators[self.current] = terminator

    def jump(self, target: BlockIndex) -> None:
        """Ends the current block; the caller enters another one."""
        self.terminators[self.current] = Jump(target)

    def goto(self, block: BlockIndex) -> None:
        """Ends the current block and goes on in the given one."""
        self.jump(block)
        self.enter(block)

    def stop(self, terminator: Terminator) -> None:
        """Ends the current block; code that follows is unreachable."""
        self.terminate(terminator)
        self.enter(self.new_block())

    def branch(self, condition: Register, then: BlockIndex, otherwise: BlockIndex, span: Span) -> None:
        """Ends the current block; the caller enters another one."""
        self.terminate(Branch(condition, then, otherwise, span))

    def finish(self) -> None:
        """Ends the body: what falls off it returns None."""
        span = Span(*self.definition[2:], *self.definition[2:])
        self.terminate(Return(self.constant(None, span), span))

    # Registers

    def register(self) -> Register:
        """A register that no instruction has written."""
        target = self.registers
        self.registers = target + 1
        return target

    def constant(self, value: Constant, span: Span) -> Register:
        target = self.register()
        self.emit(Const(target, value, span))
        return target

    # Names

    def load(self, name: str, span: Span) -> Register:
        """Reads a variable (``name`` is mangled already)."""
        target = self.registers
        self.registers = target + 1
        if self.environment or self.comprehensions:
            self._emit_in_sight(name, Load(target, name, self.scope, span))
        else:
            instruction = Load(target, name, self.scope, span)
            self.uses[name].append(instruction)
            self.emit(instruction)
        return target

    def store(self, name: str, source: Register, span: Span) -> None:
        """Assigns to a variable that a target names: of the comprehension, when it is one of its own."""
        if name in self.environment:
            self._emit_in_sight(name, Store(name, self.scope, source, span))
        else:
            self.bind(name, source, span)

    def bind(self, name: str, source: Register, span: Span) -> None:
        """Assigns to a variable of the function, never to one of a comprehension."""
        instruction = Store(name, self.scope, source, span)
        self.uses[name].append(instruction)
        self.names.bound.add(name)
        self.emit(instruction)

    def delete(self, name: str, span: Span) -> None:
        """Unbinds a variable."""
        instruction = Delete(name, self.scope, span)
        self.uses[name].append(instruction)
        self.names.bound.add(name)
        self.emit(instruction)

    def _emit_in_sight(self, name: str, instruction: Load | Store) -> None:
        """A use of a name where comprehensions or type parameters rename some."""
        variable = self.environment.get(name)
        if variable:
            settle_name(instruction, Scope.LOCAL, variable)
            self.uses[variable].append(instruction)
        elif self.comprehensions and self.kind is FunctionKind.CLASS_BODY:
            settle_name(instruction, Scope.GLOBAL)
            self.names.inner_uses[name].append(instruction)
        else:
            self.uses[name].append(instruction)
        self.emit(instruction)

    def hidden(self) -> str:
        """A new variable for a value that several blocks give: no source can name it."""
        self._hidden += 1
        return f".{self._hidden}"

    def store_hidden(self, name: str, source: Register, span: Span) -> None:
        self.emit(Store(name, Scope.LOCAL, source, span))

    def load_hidden(self, name: str, span: Span) -> Register:
        target = self.register()
        self.emit(Load(target, name, Scope.LOCAL, span))
        return target

    def mangle(self, name: str) -> str:
        """``__name`` in a class is ``_Class__name``."""
        if not self.private or not name.startswith("__") or name.endswith("__") or "." in name:
            return name
        return f"_{self.private}{name}"

    @contextmanager
    def in_sight(self, node: ast.AST, names: Iterable[str]) -> Iterator[None]:
        """Gives the names that a comprehension or a definition's type parameters bind variables of their own."""
        saved = self.environment
        number = self.numbers.setdefault(node, len(self.numbers) + 1)
        renamed = {name: f"{name}.{number}" for name in names}
        self.names.bound.update(renamed.values())
        self.environment = {**saved, **renamed}
        yield
        self.environment = saved

    # Syntax

    def expression(self, node: ast.expr) -> Register:
        """Lowers an expression: the register of its value."""
        return EXPRESSIONS[type(node)](self, node)

    def statements(self, nodes: Iterable[ast.stmt]) -> None:
        """Lowers statements in order."""
        for node in nodes:
            STATEMENTS[type(node)](self, node)


LowerExpression = Callable[[FunctionBuilder, Any], Register]  # each takes the node that it is registered for
LowerStatement = Callable[[FunctionBuilder, Any], None]
EXPRESSIONS: dict[type[ast.AST], LowerExpression] = {}
STATEMENTS: dict[type[ast.AST], LowerStatement] = {}

E = TypeVar("E", bound=LowerExpression)
S = TypeVar("S", bound=LowerStatement)
Kind = type[ast.AST] | str


def lowers_expression(*kinds: Kind) -> Callable[[E], E]:
    """Registers the function for kinds of expression; a kind that only newer Pythons have is given by its name."""

    def register(function: E) -> E:
        EXPRESSIONS.update(dict.fromkeys(_known(kinds), function))
        return function

    return register


def lowers_statement(*kinds: Kind) -> Callable[[S], S]:
    """Registers the function for kinds of statement; a kind that only newer Pythons have is given by its name."""

    def register(function: S) -> S:
        STATEMENTS.update(dict.fromkeys(_known(kinds), function))
        return function

    return register


def _known(kinds: Iterable[Kind]) -> Iterator[type[ast.AST]]:
    for kind in kinds:
        found = getattr(ast, kind, None) if isinstance(kind, str) else kind
        if found is not None:
            yield found
