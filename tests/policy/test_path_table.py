"""The path table against a matcher that tries every way to read a pattern, and the renaming of API paths."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from datause_lint.policy.notation import NotationError, api_path
from datause_lint.policy.path_table import ApiNames, PathTable

MARKS = st.sampled_from(["", "", "()", "[]", "()[]"])
SEGMENTS = st.tuples(st.sampled_from("abc"), MARKS).map("".join)
PATHS = st.tuples(st.sampled_from(["", "", "?."]), st.lists(SEGMENTS, min_size=1, max_size=5).map(".".join)).map(
    "".join
)
WILD_SEGMENTS = SEGMENTS | st.tuples(st.just("*"), MARKS).map("".join) | st.just("**")
PATTERNS = st.lists(WILD_SEGMENTS, min_size=1, max_size=5).map(".".join)


def is_valid(pattern: str) -> bool:
    try:
        api_path(pattern)
    except NotationError:
        return False
    return True


def naively_matches(pattern: str, path: str) -> bool:
    wanted, given_ = pattern.split("."), path.split(".")
    if wanted[0] == "*":
        return any(_fits(wanted[1:], given_[start:]) for start in range(1, len(given_) + 1))
    return given_[0] != "?" and _fits(wanted, given_)


def _fits(wanted: list[str], given_: list[str]) -> bool:
    if not wanted:
        return not given_
    if wanted[0] == "**":
        return any(_fits(wanted[1:], given_[skipped:]) for skipped in range(len(given_) + 1))
    return bool(given_) and _same(wanted[0], given_[0]) and _fits(wanted[1:], given_[1:])


def _same(wanted: str, given_: str) -> bool:
    return wanted == given_ or (wanted[0] == "*" and given_[0] != "?" and wanted[1:] == given_.lstrip("abc"))


@given(st.lists(PATTERNS.filter(is_valid), max_size=6), PATHS)
@example(["a.**.b"], "a.b")
@example(["*.a"], "?.a")
@example(["**.a"], "?.a")
@example(["*.**.a"], "?.b.a")
def test_table_agrees_with_naive_matcher(patterns: list[str], path: str) -> None:
    table = PathTable(([pattern], index) for index, pattern in enumerate(patterns))
    expected = tuple(index for index, pattern in enumerate(patterns) if naively_matches(pattern, path))
    assert table.matches(path) == expected


@given(st.lists(SEGMENTS, min_size=1, max_size=4).map(".".join), st.lists(PATHS, max_size=5))
def test_every_beginning_of_a_pattern_is_a_prefix(pattern: str, others: list[str]) -> None:
    table = PathTable(([path], path) for path in (pattern, *others))
    for end in range(1, len(pattern) + 1):
        if pattern[end - 1] not in ".([" and pattern[end:][:1] not in (")", "]"):
            assert table.has_prefix(pattern[:end])


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("openai.OpenAI().chat", "openai", True),
        ("openai.OpenAI().chat", "openai.OpenAI", True),
        ("openai.OpenAI().chat", "openai.OpenAI()", True),
        ("openai.OpenAI().chat", "openai.Azure", False),
        ("openai.OpenAI().chat", "openai.OpenAI().chat.create", False),
        ("app.**.ask", "app.anything", True),
        ("app.*.ask", "app.x.other", False),
        ("*.ask", "app", False),
        ("**.ask", "app", False),
    ],
)
def test_prefixes(pattern: str, path: str, expected: bool) -> None:
    assert PathTable([([pattern], 1)]).has_prefix(path) is expected


def test_values_come_once_and_in_order() -> None:
    table = PathTable([(["a.b", "a.*"], "first"), (["**.b"], "second"), (["a.b"], "third")])
    assert table.matches("a.b", "a.b") == ("first", "second", "third")


def test_hostile_paths_and_patterns_take_little_time() -> None:
    table = PathTable([([".".join(["a", "**"] * 20)], 1), (["*." + ".".join(["**", "a"] * 20)], 2)])
    assert table.matches(".".join("a" * 500)) == (1, 2)


NAMES = ApiNames(
    {
        "openai.AsyncOpenAI()": "openai.OpenAI()",
        "openai.OpenAI().with_options()": "openai.OpenAI()",
        "shop.client": "openai.AsyncOpenAI()",
    }
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("openai.AsyncOpenAI().chat", "openai.OpenAI().chat"),
        ("openai.AsyncOpenAI().with_options().with_options().chat", "openai.OpenAI().chat"),
        ("shop.client.chat", "openai.OpenAI().chat"),
        ("shop.clients.chat", "shop.clients.chat"),
        ("openai.AsyncOpenAI", "openai.AsyncOpenAI"),
        ("?.client", "?.client"),
    ],
)
def test_canonical_names(path: str, expected: str) -> None:
    assert NAMES.spellings(path)[-1] == expected


def test_circles_end() -> None:
    circle = ApiNames({"a": "b", "b": "a"})
    assert circle.spellings("a.x") == ("a.x", "b.x")
    assert circle.is_circular("a")
    growing = ApiNames({"a": "a.b"})
    assert growing.is_circular("a")
    assert len(growing.spellings("a")) < 300


def test_very_long_paths_keep_their_name() -> None:
    path = "openai.AsyncOpenAI()" + ".x" * 2000
    assert NAMES.spellings(path) == (path,)
