"""Comments for the tool: ``# datause: data=user.contact.email`` and ``# datause: ignore[DU101] reason="..."``."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

from datause_lint.ir.module import Directive, DirectiveKind

MARK = "datause:"

_COMMENT = re.compile(r"#\s*(datause:.*)")
_DATA = re.compile(r"datause:\s*data\s*=\s*([\w-]+(?:\.[\w-]+)*)")
_IGNORE = re.compile(r"datause:\s*ignore(?:\s*\[\s*([\w-]+(?:\s*,\s*[\w-]+)*)\s*\])?(?:\s*reason\s*=\s*\"([^\"]*)\")?")


def directives(text: str) -> tuple[Directive, ...]:
    """The directives of a source file, in order. Strings that look like one are none."""
    if MARK not in text:
        return ()
    return tuple(_directive(*comment) for comment in _comments(text))


def _comments(text: str) -> Iterator[tuple[int, int, str]]:
    """Line, column and text of the directives, from their mark on."""
    line = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline=None).readline):
            line = token.start[0]
            found = _COMMENT.search(token.string) if token.type == tokenize.COMMENT else None
            if found:
                yield line, token.start[1] + found.start() + 1, found[1].rstrip()
    except (tokenize.TokenError, SyntaxError):
        # The tokenizer of this Python does not know the file's newer syntax: from here on, line by line.
        yield from _comments_by_line(text, line)


def _comments_by_line(text: str, after: int) -> Iterator[tuple[int, int, str]]:
    for line, content in enumerate(io.StringIO(text, newline=None), start=1):
        found = _COMMENT.search(content) if line > after else None
        if found:
            yield line, found.start() + 1, found[1].rstrip()


def _directive(line: int, column: int, text: str) -> Directive:
    data = _DATA.fullmatch(text)
    if data:
        return Directive(DirectiveKind.DATA, line, column, data[1], (), "", text)
    ignore = _IGNORE.fullmatch(text)
    if ignore:
        rules = tuple(rule.strip() for rule in ignore[1].split(",")) if ignore[1] else ()
        return Directive(DirectiveKind.IGNORE, line, column, "", rules, ignore[2] or "", text)
    return Directive(DirectiveKind.MALFORMED, line, column, "", (), "", text)
