"""Syntax newer than the running Python, rewritten to what the running Python parses.

LibCST reads the newer forms too, but a deeply nested file makes its parser overflow the stack and end the process, and
positions of its nodes cost a second for 1,400 lines. So this is done on tokens: every form is rewritten by edits in
place, and the places in the tree that comes of it are moved back to where they are in the source.
"""

from __future__ import annotations

import ast
import itertools
import keyword
import re
import sys
from collections.abc import Iterator, Sequence

from datause_lint.frontend.edits import Edit, Places, apply_edits, blank, without_overlaps
from datause_lint.frontend.read import collector_off, parse_text
from datause_lint.frontend.scanner import Kind, Token, scan
from datause_lint.frontend.string_calls import Markers, restore, strings_as_calls

Version = tuple[int, int]

MAX_CHARACTERS = 2_000_000
"""Tokens take up to 400 times the room of their text, so a larger file has to be of the running Python's syntax."""

_RUNNING: Version = (sys.version_info[0], sys.version_info[1])
_KEYWORDS = frozenset(keyword.kwlist)
_AFTER_A_VALUE = frozenset({"and", "as", "else", "for", "if", "in", "is", "not", "or"})
_HINT = re.compile(r"\b(?:class|def|except|lazy|type)\b|[fFtT][rR]?[\"']|[\[({:,]\s*\*")  # no newer form is without one


def parse_newer(text: str, error: Exception, running: Version = _RUNNING) -> ast.Module:
    """Parses text that Python ``running`` refused with ``error``.

    Rewritten are lazy imports and unpacking in comprehensions (3.15), ``except A, B:`` and t-strings (3.14), type
    parameters, ``type`` statements and the f-strings of 3.12, ``except*``, starred subscripts and annotations (3.11).
    Raises what the parser raises of the rewritten text, or ``error`` when there is nothing to rewrite.
    """
    if len(text) > MAX_CHARACTERS or not _HINT.search(text):
        raise error
    with collector_off():
        return _parse_rewritten(text, error, running)


def _parse_rewritten(text: str, error: Exception, running: Version) -> ast.Module:
    try:
        tokens = scan(text)
    except SyntaxError:
        raise error from None
    markers = Markers.unused_in(text)
    edits = list(strings_as_calls(tokens, text, markers)) if running < (3, 14) else []
    edits += _Rewriter(tokens, text, markers, running).edits()
    edits = without_overlaps(edits)
    if not edits:
        raise error
    tree = parse_text(apply_edits(text, edits))
    restore(tree, Places(text, edits), markers)
    return tree


class _Rewriter:
    """Finds the forms in the tokens, each by its first token."""

    def __init__(self, tokens: Sequence[Token], text: str, markers: Markers, running: Version) -> None:
        self._tokens = tokens
        self._text = text
        self._markers = markers
        self._running = running
        self._blanked = 0
        self._partner, self._around = _bracket_pairs(tokens, text)

    def edits(self) -> Iterator[Edit]:
        for index, token in enumerate(self._tokens):
            if token.start < self._blanked:
                continue
            if token.kind is Kind.NAME:
                yield from self._at_name(index, self._text[token.start : token.end])
            elif token.kind is Kind.OPERATOR and self._text[token.start] in "*[({":
                yield from self._at_operator(index, self._text[token.start : token.end])

    def _at_name(self, index: int, name: str) -> Iterator[Edit]:
        if name in ("def", "class"):
            yield from self._type_parameters(index + 2)
        elif name == "except" and self._starts_statement(index):
            yield from self._except(index + 1)
        elif name == "type" and self._running < (3, 12) and self._starts_statement(index):
            yield from self._type_statement(index)
        elif name == "lazy" and self._running < (3, 15) and self._spelling(index + 1) in ("import", "from"):
            yield from self._without(index)

    def _at_operator(self, index: int, operator: str) -> Iterator[Edit]:
        if operator == "*":
            if self._running < (3, 11) and (self._spelling(index - 1) == ":" or self._stars_a_subscript(index)):
                yield from blank(self._text, *self._tokens[index][1:3])
        elif self._running < (3, 15) and self._spelling(index + 1) == "*" and index in self._partner:
            yield from self._unpacking_comprehension(index)

    # --- forms

    def _without(self, index: int) -> Iterator[Edit]:
        start, end = self._tokens[index].start, self._tokens[index + 1].start
        if "\n" not in self._text[start:end]:
            yield Edit(start, end, "")

    def _type_parameters(self, index: int) -> Iterator[Edit]:
        if self._running < (3, 13) and self._spelling(index) == "[" and self._kind(index - 1) is Kind.NAME:
            end = self._partner.get(index)
            if end is not None:
                self._blanked = self._tokens[end].end
                yield from blank(self._text, self._tokens[index].start, self._blanked)

    def _type_statement(self, index: int) -> Iterator[Edit]:
        name, follows = self._spelling(index + 1), self._spelling(index + 2)
        if self._kind(index + 1) is Kind.NAME and name not in _AFTER_A_VALUE and follows in ("=", "["):
            yield from self._without(index)
            yield from self._type_parameters(index + 2)

    def _except(self, index: int) -> Iterator[Edit]:
        if self._spelling(index) == "*":
            if self._running < (3, 11):
                yield from blank(self._text, *self._tokens[index][1:3])
            index += 1
        clause = list(itertools.takewhile(lambda at: self._spelling(at) not in (":", ";"), self._same_depth(index)))
        spellings = {self._spelling(at) for at in clause}
        if self._running < (3, 14) and "," in spellings and "as" not in spellings:
            start = self._tokens[index].start
            end = self._tokens[self._partner.get(clause[-1], clause[-1])].end
            yield from (Edit(start, start, "("), Edit(end, end, ")"))

    def _stars_a_subscript(self, index: int) -> bool:
        """Whether a star begins an element of a subscript: ``tuple[*Ts]``, not ``[*items]``."""
        opening = self._around.get(index, -1)
        is_first = self._spelling(index - 1) in ("[", ",")
        return is_first and self._spelling(opening) == "[" and self._follows_a_value(opening)

    def _unpacking_comprehension(self, index: int) -> Iterator[Edit]:
        """``[*f(x) for x in y]``, also with ``**`` in braces: marked here, two loops in the tree."""
        if self._follows_a_value(index):
            return
        stars = 2 if self._spelling(index) == "{" and self._spelling(index + 2) == "*" else 1
        first = index + 1 + stars
        for at in self._same_depth(first):
            spelling = self._spelling(at)
            if spelling in (",", ":"):
                return
            if spelling in ("for", "async"):
                start, end = self._tokens[index + 1].start, self._tokens[first - 1].end
                yield Edit(start, end, f"{self._markers.unpack}((")
                yield Edit(self._tokens[at - 1].end, self._tokens[at - 1].end, "))" if stars == 1 else ")): 0")
                return

    # --- tokens around

    def _kind(self, index: int) -> Kind | None:
        return self._tokens[index].kind if 0 <= index < len(self._tokens) else None

    def _spelling(self, index: int) -> str:
        """The text of a name or operator; nothing for other tokens."""
        if self._kind(index) not in (Kind.NAME, Kind.OPERATOR):
            return ""
        return self._text[self._tokens[index].start : self._tokens[index].end]

    def _starts_statement(self, index: int) -> bool:
        return self._kind(index - 1) in (None, Kind.NEWLINE) or self._spelling(index - 1) in (";", ":")

    def _follows_a_value(self, index: int) -> bool:
        """Whether a bracket subscripts or calls something, rather than to build something."""
        before = self._spelling(index - 1)
        if self._kind(index - 1) is Kind.NAME:
            return before not in _KEYWORDS and not (before in ("case", "match") and self._starts_statement(index - 1))
        return self._kind(index - 1) in (Kind.STRING, Kind.END) or before in (")", "]", "}")

    def _same_depth(self, index: int) -> Iterator[int]:
        """The tokens from here on to the end of the brackets, the field or the line that they stand in; what is in
        further brackets is left out.
        """
        while index < len(self._tokens) and self._kind(index) not in (Kind.NEWLINE, Kind.CLOSE, Kind.SPEC):
            if self._spelling(index) in (")", "]", "}"):
                return
            yield index
            index = self._partner.get(index, index) + 1


def _bracket_pairs(tokens: Sequence[Token], text: str) -> tuple[dict[int, int], dict[int, int]]:
    """The closing token for each opening one (of a bracket, a field, a string), and the innermost bracket around each
    star."""
    partner: dict[int, int] = {}
    around: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(tokens):
        spelling = text[token.start : token.end] if token.kind is Kind.OPERATOR else ""
        if spelling in ("(", "[", "{") or token.kind in (Kind.OPEN, Kind.START):
            opened.append(index)
        elif spelling in (")", "]", "}") or token.kind in (Kind.CLOSE, Kind.END):
            if opened:
                partner[opened.pop()] = index
        elif spelling == "*" and opened:
            around[index] = opened[-1]
    return partner, around
