"""Spans, directives, and trees that are very deep or made to be slow."""

from __future__ import annotations

import sys

import pytest

from datause_lint.frontend.deep_stack import run_with_deep_stack
from datause_lint.frontend.directives import directives
from datause_lint.ir.instructions import Call, Span
from datause_lint.ir.module import DirectiveKind

from .lowered import function, lower


def calls(text: str) -> list[Span]:
    module = lower(text)
    blocks = module.functions[module.body].blocks
    return [step.span for block in blocks for step in block.instructions if isinstance(step, Call)]


def test_columns_are_characters() -> None:
    assert calls("x = f(1)") == [(1, 5, 1, 9)]
    assert calls("é = 'ü€😀' + f(\n  'ß')") == [(1, 13, 2, 7)]
    assert calls("'é'\nx = f(1)") == [(2, 5, 2, 9)]


def test_directives() -> None:
    text = (
        "x = 1  # datause: data=user.contact.email\n"
        'f()  #datause:ignore[ DU101 ,DU102 ]  reason = "a b"\n'
        'f()  # noqa # datause: ignore reason="all"\n'
        "f()  # datause: ignore[]\n"
        "f()  # datause: data = \n"
        'f()  # datause: ignore[DU1] reason="x" more\n'
        "y = '# datause: data=user'\n"
        "'''\n# datause: data=user\n'''\n"
    )
    found = lower(text).directives
    assert [directive.line for directive in found] == [1, 2, 3, 4, 5, 6]
    data, two, every, *malformed = found
    assert (data.kind, data.category, data.column) == (DirectiveKind.DATA, "user.contact.email", 8)
    assert (two.kind, two.rules, two.reason) == (DirectiveKind.IGNORE, ("DU101", "DU102"), "a b")
    assert (every.rules, every.reason, every.column) == ((), "all", 13)
    assert {directive.kind for directive in malformed} == {DirectiveKind.MALFORMED}
    assert malformed[0].text == "datause: ignore[]"


def test_directives_behind_what_the_tokenizer_refuses() -> None:
    assert [found.line for found in directives("x  # datause: data=a\n(\n'''\ny  # datause: data=b\n")] == [1, 4]


DEEP = {
    "sum": "+".join(["a"] * 10_000),
    "attributes": "x" + ".a" * 5_000,
    "calls": "x" + "()" * 5_000,
    "elif": "if x: pass\n" + "".join(f"elif x == {number}: y\n" for number in range(5_000)),
    "annotation": "x: " + "a" + ".b" * 5_000,
    "union": "x: " + " | ".join(["a"] * 10_000),
    "not": "x = " + "not " * 3_000 + "y",
}
WIDE = {
    "and": " and ".join(["a"] * 50_000),
    "comparison": "x = " + " < ".join(["a"] * 20_000),
    "match": "match x:\n" + "".join(f" case {number}: y\n" for number in range(10_000)),
    "alternatives": "match x:\n case " + "|".join(f"[{number}, a]" for number in range(5_000)) + ": y",
    "lambdas": "lambda: " * 1_000 + "x",
    "ternaries": "a if b else " * 2_000 + "c",
    "managers": "def f():\n with " + ", ".join(["a()"] * 3_000) + ":\n" + "  if x: return 1\n" * 3_000,
    "returns": "def f():\n try:\n" + "  if x: return 1\n" * 3_000 + " finally:\n" + "  b()\n" * 300,
    "unicode line": "f('é', " + "g(x), " * 20_000 + ")",
    "spaces": "x  # datause: ignore" + " " * 100_000 + "?",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep(name: str) -> None:
    try:
        lower(DEEP[name])
    except RecursionError as error:  # the parser of Python 3.12 and later has a limit of its own
        assert sys.version_info >= (3, 12) and "ast construction" in str(error)


@pytest.mark.parametrize("name", WIDE)
def test_wide(name: str) -> None:
    """Does not end where it is quadratic: minutes each."""
    lower(WIDE[name])


def test_copies_of_finally_are_bounded() -> None:
    text = "def f():\n"
    for depth in range(45):
        indent = " " * (depth + 1)
        text += f"{indent}try:\n{indent} a()\n{indent}finally:\n"
    assert len(function(text + " " * 46 + "pass\n").blocks) < 20_000


def test_deep_stack_hands_on_results_and_errors() -> None:
    limit = sys.getrecursionlimit()

    def depth(count: int) -> int:
        return 1 + depth(count - 1) if count else 0

    assert run_with_deep_stack(depth, 20_000) == 20_000
    with pytest.raises(ZeroDivisionError):
        run_with_deep_stack(lambda: 1 // 0)
    assert sys.getrecursionlimit() == limit
