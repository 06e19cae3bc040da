"""f-strings and t-strings of any Python as calls that every Python parses, and back again in the tree.

``f"a{x!r:>{n}}"`` becomes ``TEXT("a", FIELD((x), 114, TEXT(">", FIELD((n), 0), "")), "",)``: an expression in brackets
may hold any quotes, comments and line breaks.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from datause_lint.frontend.edits import Edit, Places
from datause_lint.frontend.scanner import Kind, Token

_SPACE = re.compile(r"\s*")


class Markers(NamedTuple):
    """Names that the text does not use, for calls that stand for something else."""

    text: str
    field: str
    unpack: str

    @classmethod
    def unused_in(cls, text: str) -> Markers:
        used = set(re.findall(r"mark(\d+)_", text))
        stem = next(stem for number in itertools.count() if (stem := f"mark{number}_")[4:-1] not in used)
        return cls(stem + "text", stem + "field", stem + "unpack")


class _Quoted(NamedTuple):
    """How pieces of an f-string's literal text are quoted."""

    begin: str
    end: str

    def escaped(self, tail: str) -> str:
        plain = "".join("\\" + character for character in tail)
        if self.begin == self.end:
            return plain
        return f"{self.end} {self.end}{plain}{self.end} {self.begin}"  # nothing escapes in a raw string


@dataclass(slots=True)
class _Field:
    open: Token
    run: list[_Part]  # the strings beside each other that were read last in its code
    expression: str = ""  # of {x=}
    has_conversion: bool = False
    has_spec: bool = False


@dataclass(slots=True)
class _Part:
    start: int
    end: int
    is_plain: bool


def strings_as_calls(tokens: Sequence[Token], text: str, markers: Markers) -> Iterator[Edit]:
    """The edits that make calls of all strings with fields, and of what stands beside them. In no certain order."""
    fields = [_Field(Token(Kind.OPEN, 0, 0, 0), [])]  # the first stands for the file
    strings: list[_Quoted] = []
    for token in tokens:
        start, end, field = token.start, token.end, fields[-1]
        match token.kind:
            case Kind.STRING:
                field.run.append(_Part(start, end, is_plain=True))
            case Kind.START:
                field.run.append(_Part(start, end, is_plain=False))
                prefix = text[start:end].rstrip("\"'")
                quote = text[start + len(prefix) : end]
                raw = "r" if "r" in prefix.lower() else ""
                strings.append(_Quoted(raw + quote, quote))
                yield Edit(start, start + len(prefix), raw)
            case Kind.END:
                field.run[-1].end = end
                strings.pop()
            case Kind.BRACE:
                yield Edit(start, end, text[start])
            case Kind.TAIL:
                yield Edit(start, end, strings[-1].escaped(text[start:end]))
            case Kind.OPEN:
                fields.append(_Field(token, []))
            case Kind.DEBUG:
                yield from _as_call(field, text, markers)
                space = _SPACE.match(text, end)
                field.expression = text[field.open.end : space.end() if space else end]
                yield Edit(start, end, "")
            case Kind.CONVERSION:
                yield from _as_call(field, text, markers)
                field.has_conversion = True
                yield Edit(start, end, f"), {ord(text[end - 1])}")
            case Kind.SPEC:
                yield from _as_call(field, text, markers)
                field.has_spec = True
                conversion = "" if field.has_conversion else "), 0"
                yield Edit(start, end, f"{conversion}, {markers.text}({strings[-1].begin}")
            case Kind.CLOSE:
                yield from _as_call(field, text, markers)
                yield from _field_as_call(fields.pop(), token, strings[-1], markers)
            case _:
                yield from _as_call(field, text, markers)
    yield from _as_call(fields[0], text, markers)


def _as_call(field: _Field, text: str, markers: Markers) -> Iterator[Edit]:
    """Ends a run of strings beside each other: together they are one value."""
    run, field.run = field.run, []
    if all(part.is_plain for part in run):
        return
    start = run[0].start
    space = " " if text[start - 1 : start].isalnum() else ""  # as after `else"..."`
    yield Edit(start, start, f"{space}{markers.text}(")
    for part in run[:-1]:
        yield Edit(part.end, part.end, ",")
    yield Edit(run[-1].end, run[-1].end, ",)")


def _field_as_call(field: _Field, close: Token, quoted: _Quoted, markers: Markers) -> Iterator[Edit]:
    shown = f" {field.expression!r}" if field.expression else ""
    yield Edit(field.open.start, field.open.end, f"{quoted.end}{shown}, {markers.field}((")
    if field.has_spec:
        ending = f"{quoted.end}))"
    elif field.has_conversion:
        ending = ")"
    else:
        ending = f"), {ord('r') if field.expression else 0})"
    yield Edit(close.start, close.end, f"{ending}, {quoted.begin}")


def restore(tree: ast.Module, places: Places, markers: Markers) -> None:
    """Makes of the marking calls in the tree what they stand for, and moves everything to its place in the source."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        _move(node, places)
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                child = _native(value, markers)
                setattr(node, name, child)
                todo.append(child)
            elif isinstance(value, list):
                value[:] = [_native(item, markers) if isinstance(item, ast.AST) else item for item in value]
                todo += [item for item in value if isinstance(item, ast.AST)]


def _move(node: ast.AST, places: Places) -> None:
    if isinstance(node, (ast.expr, ast.stmt, ast.excepthandler, ast.arg, ast.keyword, ast.alias, ast.pattern)):
        node.col_offset = places.column(node.lineno, node.col_offset)
        if node.end_lineno is not None and node.end_col_offset is not None:
            node.end_col_offset = places.column(node.end_lineno, node.end_col_offset)


def _native(node: ast.AST, markers: Markers) -> ast.AST:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == markers.text:
            return ast.copy_location(ast.JoinedStr(list(_pieces(node.args))), node)
        if node.func.id == markers.field:
            return ast.copy_location(_formatted_value(*node.args), node)
    elif isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        _unpack_element(node, markers)
    elif isinstance(node, ast.DictComp):
        _unpack_entry(node, markers)
    return node


def _pieces(arguments: Iterable[ast.expr]) -> Iterator[ast.expr]:
    """Literal pieces beside each other are one; empty ones are none."""
    literal: ast.Constant | None = None
    for argument in arguments:
        if not isinstance(argument, ast.Constant):
            if literal is not None and literal.value:
                yield literal
            literal = None
            yield argument
        elif not isinstance(argument.value, str):
            raise SyntaxError("cannot mix bytes and nonbytes literals", (None, argument.lineno, None, None))
        elif literal is None:
            literal = argument
        else:
            literal.value = str(literal.value) + argument.value
            literal.end_lineno, literal.end_col_offset = argument.end_lineno, argument.end_col_offset
    if literal is not None and literal.value:
        yield literal


def _formatted_value(value: ast.expr, conversion: ast.expr, spec: ast.expr | None = None) -> ast.FormattedValue:
    code = conversion.value if isinstance(conversion, ast.Constant) and isinstance(conversion.value, int) else 0
    return ast.FormattedValue(value, code or -1, spec)


def _unpack_element(node: ast.ListComp | ast.SetComp | ast.GeneratorExp, markers: Markers) -> None:
    """``[*f(x) for x in y]`` is ``[item for x in y for item in f(x)]``."""
    iterable = _unpacked(node.elt, markers)
    if iterable is not None:
        item = ast.copy_location(ast.Name(markers.unpack, ast.Store()), node.elt)
        node.generators.append(ast.comprehension(item, iterable, [], 0))
        node.elt = ast.copy_location(ast.Name(markers.unpack, ast.Load()), node.elt)


def _unpack_entry(node: ast.DictComp, markers: Markers) -> None:
    """``{**f(x) for x in y}`` is ``{key: f(x)[key] for x in y for key in f(x)}``, but for evaluating f(x) once."""
    mapping = _unpacked(node.key, markers)
    if mapping is None:
        return
    place = node.key
    items = ast.copy_location(
        ast.Call(ast.copy_location(ast.Attribute(mapping, "items", ast.Load()), place), [], []), place
    )
    names = [markers.unpack + "_key", markers.unpack + "_value"]
    targets: list[ast.expr] = [ast.copy_location(ast.Name(name, ast.Store()), place) for name in names]
    node.generators.append(ast.comprehension(ast.copy_location(ast.Tuple(targets, ast.Store()), place), items, [], 0))
    node.key, node.value = (ast.copy_location(ast.Name(name, ast.Load()), place) for name in names)


def _unpacked(node: ast.expr, markers: Markers) -> ast.expr | None:
    is_marked = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == markers.unpack
    return node.args[0] if is_marked and isinstance(node, ast.Call) else None
