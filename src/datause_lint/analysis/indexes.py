"""Indexes as the source writes them: ``users[i]`` twice is one look-up, as long as nothing in ``i`` changes."""

from __future__ import annotations

from typing import Final, NamedTuple

from datause_lint.ir import instructions as ir
from datause_lint.ir.instructions import ArgumentKind, Register, Span
from datause_lint.ir.module import FunctionIR

LOOKING_UP: Final = frozenset({"get", "__getitem__"})
TOLD_APART: Final = frozenset({ArgumentKind.POSITIONAL, ArgumentKind.KEYWORD})
MAXIMAL_TEXT: Final = 80
Made = ir.Const | ir.Load | ir.GetAttribute | ir.Binary | ir.GetItem | ir.Call


class Indexes(NamedTuple):
    """Of a function: those that are the same wherever they are written."""

    texts: dict[Span, str]  # by the place where something is looked up
    speaking_of: dict[str, dict[str, None]]  # by a variable, or an ``.attribute``
    given: dict[Span, dict[int | str, str]]  # what calls are given, by position or keyword


def find_indexes(function: FunctionIR) -> Indexes:
    made: dict[Register, Made] = {
        each.target: each
        for block in function.blocks
        for each in block.instructions
        if isinstance(each, (ir.Const, ir.Load, ir.GetAttribute, ir.Binary, ir.GetItem, ir.Call))
    }
    found = Indexes({}, {}, {})
    for each in made.values():
        names: dict[str, None] = {}
        text = _text_of_lookup(each, made, names)
        if text is not None and names:
            found.texts[each.span] = text
            _note(found, text, names)
        if isinstance(each, ir.Call):
            found.given[each.span] = _given(found, each, made)
    return found


def _note(found: Indexes, text: str, names: dict[str, None]) -> None:
    for name in names:
        found.speaking_of.setdefault(name, {})[text] = None


def _given(found: Indexes, call: ir.Call, made: dict[Register, Made]) -> dict[int | str, str]:
    texts: dict[int | str, str] = {}
    for position, argument in enumerate(call.arguments):
        names: dict[str, None] = {}
        text = _text(argument.register, made, names) if argument.kind in TOLD_APART else None
        if text is not None and names:
            texts[argument.keyword or position] = text
            _note(found, text, names)
    return texts


def _text_of_lookup(looking: Made, made: dict[Register, Made], names: dict[str, None]) -> str | None:
    """Of ``users[i]`` and ``users.get(i)`` the index; of the call of a function all that it is given."""
    if isinstance(looking, ir.GetItem):
        return _text(looking.key, made, names)
    if not isinstance(looking, ir.Call):
        return None
    method = made.get(looking.function)
    if isinstance(method, ir.GetAttribute) and method.name in LOOKING_UP and looking.arguments:
        return _text(looking.arguments[0].register, made, names)
    parts = [_text(looking.function, made, names)]
    for each in looking.arguments:
        parts.append(_text(each.register, made, names) if each.kind in TOLD_APART else None)
        parts.append(each.keyword)
    text = " ".join(part for part in parts if part is not None)
    return text if None not in parts and len(text) <= MAXIMAL_TEXT else None


def _text(register: Register, made: dict[Register, Made], names: dict[str, None]) -> str | None:
    """How the source writes it; notes the names that it speaks of."""
    each = made.get(register)
    text: str | None = None
    if isinstance(each, ir.Const):
        text = repr(each.value)
    elif isinstance(each, ir.Load):
        names[each.name] = None
        text = each.name
    elif isinstance(each, ir.GetAttribute):
        names[f".{each.name}"] = None
        base = _text(each.base, made, names)
        text = f"{base}.{each.name}" if base is not None else None
    elif isinstance(each, ir.Binary) and not each.in_place:
        left, right = _text(each.left, made, names), _text(each.right, made, names)
        text = f"({left} {each.operator} {right})" if left is not None and right is not None else None
    return text if text is not None and len(text) <= MAXIMAL_TEXT and "]" not in text else None
