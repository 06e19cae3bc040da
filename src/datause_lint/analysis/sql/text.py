"""SQL text: its placeholders in one style, and its tree."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlglot import exp

MAXIMAL_TEXT: Final = 20_000
MAXIMAL_NESTING: Final = 60  # of parentheses
MAXIMAL_OPERATORS: Final = 400

_TOKENS = re.compile(
    r"""'(?:[^']|'')*' | "[^"]*" | `[^`]*` | --[^\n]* | /\*.*?\*/
    | %\((?P<named>\w+)\)s | (?P<percent>%s) | (?P<escaped>%%) | \$(?P<number>\d+) | (?P<mark>\?) | (?P<unknown>\{\})
    | :: | :(?P<colon>[A-Za-z_]\w*) | @(?P<at>[A-Za-z_]\w*)""",
    re.VERBOSE | re.DOTALL,
)


def with_named_placeholders(text: str) -> str:
    """The statement with every placeholder in one style: ``:p0`` by position, ``:name`` by name."""
    count = 0

    def named(match: re.Match[str]) -> str:
        nonlocal count
        kind = match.lastgroup
        if kind is None:
            return match[0]
        if kind in ("percent", "mark"):
            count += 1
            return f":p{count - 1}"
        if kind == "number":
            return f":p{int(match[kind]) - 1}"
        if kind == "unknown":
            return ":unknown"
        return "%" if kind == "escaped" else f":{match[kind]}"

    return _TOKENS.sub(named, text)


def looks_like_sql(text: str) -> bool:
    return (
        re.match(
            r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(?:select|with|insert|update|delete|values|table)\b",
            text[:2000],
            re.I | re.S,
        )
        is not None
    )


def makes_table(text: str) -> bool:
    return re.match(r"\s*create\s+(?:temp\w*\s+)?table\b", text[:2000], re.I) is not None


@lru_cache(maxsize=512)
def parse(text: str) -> exp.Expr | None:
    """The statement; None for text that is none, or too large to be looked at."""
    if len(text) > MAXIMAL_TEXT or not (looks_like_sql(text) or makes_table(text)) or _nesting(text) > MAXIMAL_NESTING:
        return None
    if len(re.findall(r"\b(?:and|or|not|union|select|case|join)\b|[-+/|~<>=]", text, re.I)) > MAXIMAL_OPERATORS:
        return None
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    for written in (text, *_with_unknown_clauses(text)):
        found = _parsed(with_named_placeholders(written))
        if found is not None:
            return found
    return None


# What is not known stands behind an operand: it is a clause, or goes on with a condition.
_TAKING_OPERANDS: Final = (
    "and or not where on by from select in limit offset having like is between then set values as join".split()
)
_CLAUSE: Final = re.compile(
    r"(?<=[\w)'\"`])" + "".join(rf"(?<!\b{word})" for word in _TAKING_OPERANDS) + r"\s*\{\}", re.IGNORECASE
)


def _with_unknown_clauses(text: str) -> list[str]:
    """The statement, where it can be read in no other way: an unknown clause may let anybody through."""
    return [_CLAUSE.sub(" OR {}", text), _CLAUSE.sub(" ", text)] if _CLAUSE.search(text) else []


def _parsed(plain: str) -> exp.Expr | None:
    import sqlglot
    from sqlglot.errors import SqlglotError

    for dialect in (None, "postgres", "mysql", "tsql", "snowflake"):
        try:
            found = sqlglot.parse_one(plain, dialect=dialect)
        except (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError):
            continue
        if type(found).__name__ != "Command":
            return found
    return None


def _nesting(text: str) -> int:
    deepest = depth = 0
    for character in text:
        if character == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif character == ")":
            depth -= 1
    return deepest
