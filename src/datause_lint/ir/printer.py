"""The IR as text, for tests and for people: one instruction a line, the same for the same function."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from datause_lint.ir.instructions import (
    Argument,
    ArgumentKind,
    Binary,
    BlockIndex,
    Branch,
    BuildDict,
    Call,
    Const,
    ForNext,
    Instruction,
    Item,
    Jump,
    MakeClass,
    MakeFunction,
    Register,
    Return,
    Terminator,
    Unpack,
)
from datause_lint.ir.module import Block, FunctionIR, Parameter, ParameterKind
from datause_lint.ir.types import (
    TypeAttribute,
    TypeCall,
    TypeConstant,
    TypeExpr,
    TypeItem,
    TypeList,
    TypeName,
    TypeUnion,
    TypeUnknown,
)

_REGISTER_FIELDS = {"base", "key", "source", "container", "value", "left", "right", "operand", "manager"} | {
    "exception",
    "kind",
    "subject",
    "before",
}
"""Fields of simple instructions that hold a register; ``Const.value`` and ``Build.kind`` are printed on their own."""


def print_function(function: FunctionIR) -> str:
    """The function as text: its signature, what it shares, and its blocks."""
    return "\n".join(_lines(function)) + "\n"


def _lines(function: FunctionIR) -> Iterator[str]:
    words = [name for name in ("async", "generator") if getattr(function, f"is_{name}")]
    parameters = ", ".join(_parameter(parameter) for parameter in function.parameters)
    returns = f" -> {print_type(function.returns)}" if function.returns else ""
    yield " ".join([*words, function.kind.value, f"{function.id}({parameters}){returns}"])
    if function.cells:
        yield "  cells " + ", ".join(function.cells)
    if function.frees:
        yield "  frees " + ", ".join(function.frees)
    for index, block in enumerate(function.blocks):
        yield from _block(index, block)


def _block(index: BlockIndex, block: Block) -> Iterator[str]:
    yield f"{index}:" if block.handler < 0 else f"{index}: !{block.handler}"
    for instruction in block.instructions:
        yield f"  {print_instruction(instruction)}"
    yield f"  {_terminator(block.terminator)}"


def print_instruction(instruction: Instruction) -> str:
    """``%2 = call %0(%1, key=%3)``, and the like; spans are left out."""
    target = getattr(instruction, "target", None)
    return _operation(instruction) if target is None else f"%{target} = {_operation(instruction)}"


def _operation(instruction: Instruction) -> str:
    if isinstance(instruction, Const):
        return f"const {instruction.value!r}"
    if isinstance(instruction, Binary):
        return f"%{instruction.left} {instruction.operator}{'=' * instruction.in_place} %{instruction.right}"
    if isinstance(instruction, Call):
        return f"call %{instruction.function}({', '.join(map(_argument, instruction.arguments))})"
    if isinstance(instruction, Unpack):
        targets = [f"{'*' * (index == instruction.star)}%{target}" for index, target in enumerate(instruction.targets)]
        return f"unpack {', '.join(targets)} = %{instruction.source}"
    if isinstance(instruction, BuildDict):
        return "build dict {" + ", ".join(_entry(*entry) for entry in instruction.entries) + "}"
    if isinstance(instruction, MakeFunction):
        defaults = ", ".join(f"{name}=%{register}" for name, register in instruction.defaults)
        return f"function {instruction.function}({defaults})"
    if isinstance(instruction, MakeClass):
        arguments = [*map(_item, instruction.bases)]
        arguments += [f"{name}=%{value}" if name else f"**%{value}" for name, value in instruction.keywords]
        return f"class {instruction.class_id}({', '.join(arguments)})"
    return _simple(instruction)


def _simple(instruction: Instruction) -> str:
    """An instruction whose text is its name and its fields in order."""
    words = [re.sub("(?<=[a-z])(?=[A-Z])", " ", type(instruction).__name__).lower()]
    for field in dataclasses.fields(instruction):
        value = getattr(instruction, field.name)
        if field.name not in {"target", "span"}:
            words.append(_field(field.name, value))
    return " ".join(word for word in words if word)


def _field(name: str, value: object) -> str:
    if isinstance(value, bool):
        return name.removeprefix("is_") if value else ""
    if isinstance(value, int):
        return f"%{value}" if name in _REGISTER_FIELDS else f"{name}={value}"
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return f"({', '.join(_item(item) for item in value)})"
    if value is None:
        return ""
    return str(getattr(value, "value", "")) or print_type(value)  # type: ignore[arg-type]  # an enum, or a type


def _item(item: Item) -> str:
    return f"{'*' * item.starred}%{item.register}"


def _entry(key: Register | None, value: Register) -> str:
    return f"**%{value}" if key is None else f"%{key}: %{value}"


def _argument(argument: Argument) -> str:
    prefix = {ArgumentKind.STAR: "*", ArgumentKind.DOUBLE_STAR: "**"}.get(argument.kind, "")
    keyword = f"{argument.keyword}=" if argument.keyword else ""
    return f"{prefix}{keyword}%{argument.register}"


def _terminator(terminator: Terminator) -> str:
    if isinstance(terminator, Jump):
        return f"jump {terminator.target}"
    if isinstance(terminator, Branch):
        return f"branch %{terminator.condition} -> {terminator.then} else {terminator.otherwise}"
    if isinstance(terminator, ForNext):
        return f"%{terminator.target} = next %{terminator.iterator} -> {terminator.body} done {terminator.done}"
    if isinstance(terminator, Return):
        return f"return %{terminator.source}"
    exception = "" if terminator.exception is None else f" %{terminator.exception}"
    cause = "" if terminator.cause is None else f" from %{terminator.cause}"
    return f"raise{exception}{cause}"


def _parameter(parameter: Parameter) -> str:
    prefix = {ParameterKind.VAR_POSITIONAL: "*", ParameterKind.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    mark = {ParameterKind.POSITIONAL_ONLY: "/", ParameterKind.KEYWORD_ONLY: "!"}.get(parameter.kind, "")
    annotation = f": {print_type(parameter.annotation)}" if parameter.annotation else ""
    return f"{prefix}{parameter.name}{mark}{annotation}{'=' * parameter.has_default}"


def print_type(node: TypeExpr) -> str:
    """The annotation, as Python would spell it; ``?`` where it is unknown."""
    if isinstance(node, TypeName):
        return node.name
    if isinstance(node, TypeAttribute):
        return f"{print_type(node.base)}.{node.name}"
    if isinstance(node, TypeItem):
        return f"{print_type(node.base)}[{', '.join(map(print_type, node.arguments))}]"
    if isinstance(node, TypeUnion):
        return " | ".join(map(print_type, node.members))
    if isinstance(node, TypeConstant):
        return "..." if node.value is ... else repr(node.value)
    if isinstance(node, TypeList):
        return f"[{', '.join(map(print_type, node.items))}]"
    if isinstance(node, TypeCall):
        keywords = [f"{name}={print_type(value)}" for name, value in node.keywords]
        return f"{print_type(node.function)}({', '.join([*map(print_type, node.arguments), *keywords])})"
    assert isinstance(node, TypeUnknown)
    return "?"
