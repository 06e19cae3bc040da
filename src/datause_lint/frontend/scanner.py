"""Tokens of Python source of any version, f-strings with whatever is in them included.

The running Python's ``tokenize`` knows the f-strings of its own version only, and gives up where this goes on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    NAME = "name"
    NUMBER = "number"
    STRING = "string"  # one without fields
    OPERATOR = "operator"
    NEWLINE = "newline"  # the end of a logical line
    START = "start"  # of an f-string or t-string: prefix and quotes
    END = "end"  # its closing quotes
    BRACE = "brace"  # {{ or }} in it
    TAIL = "tail"  # what, at the end of literal text before a field, would swallow a quote written there
    OPEN = "open"  # { of a field
    DEBUG = "debug"  # = of {x=}
    CONVERSION = "conversion"  # !r
    SPEC = "spec"  # : of a format specification
    CLOSE = "close"  # } of a field


class Token(NamedTuple):
    kind: Kind
    start: int
    end: int
    level: int  # how many fields the token is in


_CODE = re.compile(
    r"""
    (?P<skip>[ \t\f]+|\\\n|\#[^\n]*)
    |(?P<string>(?P<prefix>[fFtT][rR]?|[rR][fFtTbB]?|[bB][rR]?|[uU])?(?P<quote>\"{3}|'{3}|["']))
    |(?P<name>[^\W\d]\w*)
    |(?P<number>\.?\d(?:[eE][+-]|[\w.])*)
    |(?P<newline>\n)
    |(?P<operator>(?:\*\*|//|>>|<<|[-+*/%&|^@!<>=:])=|->|.)
    """,
    re.VERBOSE,
)
_REST_OF_STRING = {
    '"': re.compile(r'[^"\\\n]*(?:\\.[^"\\\n]*)*"', re.DOTALL),
    "'": re.compile(r"[^'\\\n]*(?:\\.[^'\\\n]*)*'", re.DOTALL),
    '"""': re.compile(r'[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""', re.DOTALL),
    "'''": re.compile(r"[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''", re.DOTALL),
}
_LITERAL = {
    quote: re.compile(
        rf"\\(?:[^{{}}]|(?=[{{}}]))|\{{\{{?|\}}\}}?|{quote}{'' if len(quote) == 3 else '|' + chr(10)}", re.DOTALL
    )
    for quote in _REST_OF_STRING
}
_CHARACTER_NAME = re.compile(r"\\N\{[^{}\n]*\}")
_DEBUG = re.compile(r"=(?=\s*(?:#[^\n]*\n\s*)*[}:!](?!=))")
_CONVERSION = re.compile(r"!\s*\w+")


@dataclass(slots=True)
class _Text:
    """Literal text: of an f-string, or (``in_spec``) of a field's format specification."""

    quote: str
    is_raw: bool
    in_spec: bool


@dataclass(slots=True)
class _Field:
    """Code: a field's, or at the bottom of the stack the file's."""

    brackets: int = 0


def scan(text: str) -> list[Token]:
    """All tokens in order, comments and blank space left out; raises SyntaxError where a string does not end."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[Token] = []
        self._stack: list[_Text | _Field] = [_Field()]  # fields and texts take turns
        self._level = 0

    def run(self) -> list[Token]:
        position = 0
        while position < len(self._text):
            context = self._stack[-1]
            position = (
                self._code(position, context) if isinstance(context, _Field) else self._literal(position, context)
            )
        if len(self._stack) > 1:
            raise SyntaxError("unterminated f-string")
        return self._tokens

    def _emit(self, kind: Kind, start: int, end: int) -> int:
        self._tokens.append(Token(kind, start, end, self._level))
        return end

    # --- code

    def _code(self, position: int, field: _Field) -> int:
        if self._level and not field.brackets and (end := self._field_mark(position)):
            return end
        match = _CODE.match(self._text, position)
        assert match is not None  # the last alternative takes any character
        end = match.end()
        kind = match.lastgroup
        if kind == "skip":
            return end
        if kind == "name":
            return self._emit(Kind.NAME, position, end)
        if kind == "operator":
            if self._text[position] in "([{":
                field.brackets += 1
            elif self._text[position] in ")]}":
                field.brackets = max(0, field.brackets - 1)
            return self._emit(Kind.OPERATOR, position, end)
        if kind == "newline":
            return end if field.brackets or self._level else self._emit(Kind.NEWLINE, position, end)
        if kind == "number":
            return self._emit(Kind.NUMBER, position, end)
        return self._string(position, end, (match["prefix"] or "").lower(), match["quote"])

    def _field_mark(self, position: int) -> int:
        """A mark of the field itself that stands here, outside of brackets; 0 when none does."""
        character = self._text[position]
        if character == "}":
            self._stack.pop()
            self._level -= 1
            return self._emit(Kind.CLOSE, position, position + 1)
        if character == ":":
            around = self._stack[-2]
            assert isinstance(around, _Text)
            self._stack.append(_Text(around.quote, around.is_raw, in_spec=True))
            return self._emit(Kind.SPEC, position, position + 1)
        if character == "=" and _DEBUG.match(self._text, position):
            return self._emit(Kind.DEBUG, position, position + 1)
        if character == "!" and (match := _CONVERSION.match(self._text, position)):
            return self._emit(Kind.CONVERSION, position, match.end())
        return 0

    def _string(self, start: int, end: int, prefix: str, quote: str) -> int:
        if "f" in prefix or "t" in prefix:
            self._stack.append(_Text(quote, "r" in prefix, in_spec=False))
            return self._emit(Kind.START, start, end)
        rest = _REST_OF_STRING[quote].match(self._text, end)
        if rest is None:
            raise SyntaxError("unterminated string")
        return self._emit(Kind.STRING, start, rest.end())

    # --- literal text of f-strings

    def _literal(self, start: int, text: _Text) -> int:
        """Reads on to the next thing in literal text that means something."""
        position = start
        while match := _LITERAL[text.quote].search(self._text, position):
            position, found = match.end(), match[0]
            if found[0] == "\\":
                name = None if text.is_raw else _CHARACTER_NAME.match(self._text, match.start())
                if name:
                    position = name.end()
                elif len(found) == 1:
                    self._emit(Kind.TAIL, match.start(), position)
                start = position
            elif found[0] == "{" and (len(found) == 1 or text.in_spec):
                return self._open_field(start, match.start(), text)
            elif found[0] == "}" and text.in_spec:
                return self._close_spec(match.start())
            elif found in ("{{", "}}"):
                start = self._emit(Kind.BRACE, match.start(), position)
            elif found == text.quote and not text.in_spec:
                self._stack.pop()
                return self._emit(Kind.END, match.start(), position)
            elif found != "\n" or not text.in_spec:
                break
        raise SyntaxError("unterminated f-string")

    def _open_field(self, start: int, brace: int, text: _Text) -> int:
        tail = brace
        while tail > start and self._text[tail - 1] == text.quote[0]:
            tail -= 1
        if tail < brace:
            self._emit(Kind.TAIL, tail, brace)
        self._stack.append(_Field())
        self._emit(Kind.OPEN, brace, brace + 1)
        self._level += 1
        return brace + 1

    def _close_spec(self, brace: int) -> int:
        self._stack.pop()
        self._stack.pop()
        self._level -= 1
        return self._emit(Kind.CLOSE, brace, brace + 1)
