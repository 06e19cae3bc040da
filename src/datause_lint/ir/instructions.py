"""The instructions. Operands are registers: small integers, each written by one instruction of the function."""

from __future__ import annotations

from enum import Enum
from types import EllipsisType
from typing import NamedTuple

from datause_lint.ir.making import dataclass
from datause_lint.ir.types import TypeExpr
from datause_lint.names import ClassId, FunctionId

Register = int
BlockIndex = int
Constant = str | bytes | int | float | complex | bool | EllipsisType | None


class Span(NamedTuple):
    """A place in a source file: lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Scope(Enum):
    """
    Where a name lives, as Python's own scope rules decide it.

    Names with a dot are none of the source's, and LOCAL or CELL everywhere: ``x.1`` is the variable ``x`` of a
    comprehension or the type parameter ``x``, ``.1`` holds a value that several blocks give. ``__class__`` is a cell of
    a class's body, that MakeClass sets once the class is made.
    """

    LOCAL = "local"  # a variable of this function that no nested function uses
    CELL = (
        "cell"  # a variable that nested functions share: of this function (``cells``) or an enclosing one (``frees``)
    )
    GLOBAL = "global"  # of the module, else a built-in
    CLASS = "class"  # in a class body: its namespace first; when it is not there, the module's


class BuildKind(Enum):
    TUPLE = "tuple"
    LIST = "list"
    SET = "set"
    STRING = "string"  # an f-string: its parts in order
    SLICE = "slice"  # start, stop, step; an absent one is the constant None
    GENERATOR = "generator"  # a generator expression, whose elements are appended as a list's are


class ArgumentKind(Enum):
    POSITIONAL = "positional"
    STAR = "star"
    KEYWORD = "keyword"
    DOUBLE_STAR = "double_star"


class Argument(NamedTuple):
    register: Register
    kind: ArgumentKind = ArgumentKind.POSITIONAL
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Const:
    target: Register
    value: Constant
    span: Span


@dataclass(frozen=True, slots=True)
class Load:
    target: Register
    name: str
    scope: Scope
    span: Span


@dataclass(frozen=True, slots=True)
class Store:
    name: str
    scope: Scope
    source: Register
    span: Span


@dataclass(frozen=True, slots=True)
class Delete:
    name: str
    scope: Scope
    span: Span


@dataclass(frozen=True, slots=True)
class Annotate:
    """``name: annotation``, with or without a value: what the annotation says about the name from here on."""

    name: str
    scope: Scope
    annotation: TypeExpr
    span: Span


@dataclass(frozen=True, slots=True)
class AnnotateAttribute:
    """``base.name: annotation``, with or without a value."""

    base: Register
    name: str
    annotation: TypeExpr
    span: Span


@dataclass(frozen=True, slots=True)
class GetAttribute:
    target: Register
    base: Register
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class SetAttribute:
    base: Register
    name: str
    source: Register
    span: Span


@dataclass(frozen=True, slots=True)
class DeleteAttribute:
    base: Register
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class GetItem:
    target: Register
    base: Register
    key: Register
    span: Span


@dataclass(frozen=True, slots=True)
class SetItem:
    base: Register
    key: Register
    source: Register
    span: Span


@dataclass(frozen=True, slots=True)
class DeleteItem:
    base: Register
    key: Register
    span: Span


class Item(NamedTuple):
    register: Register
    starred: bool = False
    conversion: str = ""  # of a part of an f-string: ``r`` of ``{value!r}``
    of_format: bool = False  # of a part of an f-string: that it stands in the format of the one before


@dataclass(frozen=True, slots=True)
class Build:
    """A tuple, list, set, f-string, slice, or an empty generator."""

    target: Register
    kind: BuildKind
    items: tuple[Item, ...]
    span: Span


class Entry(NamedTuple):
    """``key: value`` of a dict display; ``**value`` where the key is absent."""

    key: Register | None
    value: Register


@dataclass(frozen=True, slots=True)
class BuildDict:
    target: Register
    entries: tuple[Entry, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Append:
    """One more element of a comprehension: of a list, a set or a generator; of a dict where ``key`` is given."""

    container: Register
    value: Register
    key: Register | None
    span: Span


@dataclass(frozen=True, slots=True)
class Unpack:
    """``a, *b, c = source``; ``star`` is the index in ``targets`` of the starred one, or -1."""

    targets: tuple[Register, ...]
    source: Register
    star: int
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """``left + right``; ``in_place`` for ``left += right``. The operator is spelled as in the source, without ``=``."""

    target: Register
    operator: str
    left: Register
    right: Register
    in_place: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """``not``, ``-``, ``+``, ``~``."""

    target: Register
    operator: str
    operand: Register
    span: Span


@dataclass(frozen=True, slots=True)
class Compare:
    """``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``is``, ``is not``, ``in``, ``not in``."""

    target: Register
    operator: str
    left: Register
    right: Register
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    target: Register
    function: Register
    arguments: tuple[Argument, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class MakeFunction:
    """A function object; ``defaults`` names the parameters that have one."""

    target: Register
    function: FunctionId
    defaults: tuple[tuple[str, Register], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class MakeClass:
    """Runs the class's body and makes the class. Its decorators are calls that follow."""

    target: Register
    class_id: ClassId
    bases: tuple[Item, ...]
    keywords: tuple[tuple[str, Register], ...]  # the name is empty for ``**keywords``
    span: Span


@dataclass(frozen=True, slots=True)
class Import:
    """``import a.b`` binds ``a``: ``top`` is true; ``import a.b as x`` binds ``a.b``."""

    target: Register
    module: str
    top: bool
    span: Span


@dataclass(frozen=True, slots=True)
class ImportFrom:
    """``from ..module import name``: ``level`` counts the dots."""

    target: Register
    module: str
    level: int
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class ImportStar:
    module: str
    level: int
    span: Span


@dataclass(frozen=True, slots=True)
class Iterate:
    """``iter(source)``, or ``aiter``: the ForNext of the loop draws from the target."""

    target: Register
    source: Register
    is_async: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Await:
    target: Register
    source: Register
    span: Span


@dataclass(frozen=True, slots=True)
class Yield:
    """``target`` is what ``send()`` brings."""

    target: Register
    source: Register
    span: Span


@dataclass(frozen=True, slots=True)
class YieldFrom:
    target: Register
    source: Register
    span: Span


@dataclass(frozen=True, slots=True)
class EnterContext:
    target: Register
    manager: Register
    is_async: bool
    span: Span


@dataclass(frozen=True, slots=True)
class ExitContext:
    """The ``with`` body is left, normally, by an exception (``on_error``), or by return, break, continue."""

    manager: Register
    is_async: bool
    on_error: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Suppresses:
    """
    Whether the manager swallows the exception in flight: a test to branch on, after each ExitContext ``on_error``.
    Where it does, the code after the ``with`` is next, else a bare Raise.
    """

    target: Register
    manager: Register
    span: Span


@dataclass(frozen=True, slots=True)
class Caught:
    """First instruction of a handler: the exception in flight."""

    target: Register
    span: Span


@dataclass(frozen=True, slots=True)
class Handled:
    """A handler is left: what was in flight before its ``try`` is in flight again."""

    before: Register
    span: Span


@dataclass(frozen=True, slots=True)
class ExceptionMatches:
    """Whether ``except kind`` takes the exception, or ``except* kind`` parts of a group: a test to branch on."""

    target: Register
    exception: Register
    kind: Register
    span: Span
    of_group: bool = False


@dataclass(frozen=True, slots=True)
class MatchClass:
    """``case Kind(...)``: whether the subject is an instance; a test to branch on."""

    target: Register
    subject: Register
    kind: Register
    span: Span


@dataclass(frozen=True, slots=True)
class MatchPosition:
    """
    The subject of the positional pattern at an index of ``case Kind(a, b)``, once MatchClass held: the attribute that
    ``Kind.__match_args__`` names there, or the subject itself (``case str(text)``; at -1, of ``case Kind() as name``).
    """

    target: Register
    subject: Register
    kind: Register
    index: int
    span: Span


@dataclass(frozen=True, slots=True)
class MatchSequence:
    """``case [a, b]``: whether the subject is a sequence of that many elements; with a star, of at least as many."""

    target: Register
    subject: Register
    length: int
    has_star: bool
    span: Span


@dataclass(frozen=True, slots=True)
class MatchMapping:
    """``case {"k": v}``: whether the subject is a mapping that has the keys."""

    target: Register
    subject: Register
    keys: tuple[Register, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class PartsLeft:
    """Whether an exception group has parts left after every ``except*``; a test of which nothing is known."""

    target: Register
    exception: Register
    span: Span


@dataclass(frozen=True, slots=True)
class Assumed:
    """Stands at the start of the passing branch of an ``assert``: guards that count here are stripped by ``-O``."""

    span: Span


Instruction = (
    Const
    | Load
    | Store
    | Delete
    | Annotate
    | AnnotateAttribute
    | GetAttribute
    | SetAttribute
    | DeleteAttribute
    | GetItem
    | SetItem
    | DeleteItem
    | Build
    | BuildDict
    | Append
    | Unpack
    | Binary
    | Unary
    | Compare
    | Call
    | MakeFunction
    | MakeClass
    | Import
    | ImportFrom
    | ImportStar
    | Iterate
    | Await
    | Yield
    | YieldFrom
    | EnterContext
    | ExitContext
    | Suppresses
    | Caught
    | Handled
    | ExceptionMatches
    | MatchClass
    | MatchPosition
    | MatchSequence
    | MatchMapping
    | PartsLeft
    | Assumed
)


@dataclass(frozen=True, slots=True)
class Jump:
    target: BlockIndex


@dataclass(frozen=True, slots=True)
class Branch:
    condition: Register
    then: BlockIndex
    otherwise: BlockIndex
    span: Span


@dataclass(frozen=True, slots=True)
class ForNext:
    """Head of a ``for`` loop: the next element into ``target`` and on to ``body``, or on to ``done``."""

    iterator: Register
    target: Register
    body: BlockIndex
    done: BlockIndex
    span: Span


@dataclass(frozen=True, slots=True)
class Return:
    source: Register
    span: Span


@dataclass(frozen=True, slots=True)
class Raise:
    """``exception`` is absent in a bare ``raise`` and where a handler passes on what it does not take."""

    exception: Register | None
    cause: Register | None
    span: Span


Terminator = Jump | Branch | ForNext | Return | Raise
