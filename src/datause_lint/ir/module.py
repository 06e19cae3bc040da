"""Functions, classes and modules of the intermediate representation."""

from __future__ import annotations

from enum import Enum

from datause_lint.ir.instructions import BlockIndex, Instruction, Span, Terminator
from datause_lint.ir.making import dataclass
from datause_lint.ir.types import TypeExpr
from datause_lint.names import ClassId, FunctionId, ModuleName


class ParameterKind(Enum):
    POSITIONAL_ONLY = "positional_only"
    POSITIONAL = "positional"
    VAR_POSITIONAL = "var_positional"
    KEYWORD_ONLY = "keyword_only"
    VAR_KEYWORD = "var_keyword"


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: ParameterKind
    annotation: TypeExpr | None
    has_default: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """
    Straight-line code. ``handler`` is where an exception of any of its instructions, or of its terminator, goes; -1:
    out of the function.
    """

    instructions: tuple[Instruction, ...]
    terminator: Terminator
    handler: BlockIndex


class FunctionKind(Enum):
    FUNCTION = "function"
    LAMBDA = "lambda"
    CLASS_BODY = "class_body"
    MODULE_BODY = "module_body"


@dataclass(frozen=True, slots=True)
class FunctionIR:
    """``blocks[0]`` is the entry. A parameter is a LOCAL or CELL variable that holds its value on entry."""

    id: FunctionId
    name: str
    kind: FunctionKind
    parameters: tuple[Parameter, ...]
    returns: TypeExpr | None
    blocks: tuple[Block, ...]
    registers: int  # how many there are
    cells: tuple[str, ...]  # own variables that nested functions share
    frees: tuple[str, ...]  # variables of enclosing functions that this one, or one nested in it, uses
    is_async: bool
    is_generator: bool
    owner_class: ClassId | None  # the class in whose body the definition stands directly
    parent: FunctionId | None  # the function, class body or module body that holds the definition
    decorators: tuple[Span, ...]
    span: Span  # of the whole definition, decorators not counted


@dataclass(frozen=True, slots=True)
class Field:
    """An annotated name of a class body, in order: what dataclasses, pydantic and their like make fields of."""

    name: str
    annotation: TypeExpr
    has_default: bool
    span: Span


@dataclass(frozen=True, slots=True)
class ClassIR:
    id: ClassId
    name: str
    body: FunctionId
    fields: tuple[Field, ...]
    methods: tuple[tuple[str, FunctionId], ...]  # defined directly in the body, the last of each name
    parent: FunctionId  # the function, class body or module body that holds the definition
    span: Span


class DirectiveKind(Enum):
    DATA = "data"  # datause: data=user.contact.email
    IGNORE = "ignore"  # datause: ignore[DU101] reason="DPIA-112"
    MALFORMED = "malformed"  # begins with "datause:" and is neither


@dataclass(frozen=True, slots=True)
class Directive:
    """A comment for the tool."""

    kind: DirectiveKind
    line: int
    column: int  # of the "#"
    category: str  # of DATA
    rules: tuple[str, ...]  # of IGNORE; empty means every rule
    reason: str  # of IGNORE; empty when none is given
    text: str  # as written, from "datause:" on


@dataclass(frozen=True, slots=True)
class ModuleIR:
    name: ModuleName
    path: str  # relative to the working folder, with "/"
    is_package: bool  # an __init__.py
    body: FunctionId
    functions: dict[FunctionId, FunctionIR]
    classes: dict[ClassId, ClassIR]
    exports: tuple[str, ...] | None  # __all__ where it is a constant list
    directives: tuple[Directive, ...]
    lines: int
