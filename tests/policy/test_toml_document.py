"""The lines of a TOML document, found by reading the text again, must be those of the data that the parser found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datause_lint.errors import PolicyError
from datause_lint.toml_document import KeyPath, parse_toml, read_toml

TEXT = '''\
# a comment with [[sink]] and "quotes
schema = 1
"quoted key" = { a = 1, "b.c" = [ { d = 2 } ] }
dotted.key . 'with space' = 1.5
day = 2030-01-01 10:00:00

[[sink]]   # the first
id = "one"
text = """
[[sink]]
id = "no" \\""" ""still text"""""
call = [
    "a",  # ]
    # "no"
    "b", ["c",
      'd']
]

[[sink]]
[sink.inner]
x = \'\'\'
= \'\'\'

[a.b]
c = ''
[a]
d = {}
[[sink.inner.deep]]
z = "]"
'''


def paths_of(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from paths_of(inner, (*path, key))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("schema",), 2),
        (("quoted key", "b.c", 0, "d"), 3),
        (("dotted", "key", "with space"), 4),
        (("day",), 5),
        (("sink", 0), 7),
        (("sink", 0, "text"), 9),
        (("sink", 0, "call"), 12),
        (("sink", 0, "call", 0), 13),
        (("sink", 0, "call", 2, 1), 16),
        (("sink", 1), 19),
        (("sink", 1, "inner"), 20),
        (("sink", 1, "inner", "x"), 21),
        (("a", "b"), 24),
        (("a",), 26),
        (("a", "d"), 27),
        (("sink", 1, "inner", "deep", 0, "z"), 29),
        (("sink", 1, "absent", "absent"), 19),
    ],
)
def test_lines(path: KeyPath, line: int) -> None:
    assert parse_toml(TEXT, "t.toml", PolicyError).line(path) == line
    assert parse_toml(TEXT.replace("\n", "\r\n"), "t.toml", PolicyError).line(path) == line


def test_every_path_has_a_line_of_its_own() -> None:
    document = parse_toml(TEXT, "t.toml", PolicyError)
    assert set(document._lines) == set(paths_of(document.data))


def test_lines_of_entries_are_right_whether_or_not_headers_stand_in_strings() -> None:
    assert parse_toml(TEXT, "t.toml", PolicyError).entry_lines("sink") == [7, 19]
    assert parse_toml("[[a]]\n [[ a ]] # x\r\n[[b]]\n[[a]]", "t.toml", PolicyError).entry_lines("a") == [1, 2, 4]
    assert parse_toml("a = [\n{},\n{}]", "t.toml", PolicyError).entry_lines("a") == [2, 3]


VALUES = st.recursive(
    st.integers() | st.booleans() | st.text("ab\"'\\\n#[]{}=,.é", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab. \"'#]", max_size=4), inner, max_size=3),
    max_leaves=5,
)


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(map(written, value)) + "\n]"
    if isinstance(value, str) and "'" not in value and "\n" in value:
        return "'''\n" + value + "'''"
    return json.dumps(value, ensure_ascii=False)


@settings(max_examples=30)
@given(
    st.dictionaries(st.text("ab. \"'#]é", max_size=4), st.lists(st.dictionaries(st.text("cd.'", max_size=3), VALUES)))
)
def test_every_path_of_any_document_has_a_line(tables: dict[str, list[dict[str, Any]]]) -> None:
    text = ""
    expected: dict[KeyPath, int] = {}
    for name, entries in tables.items():
        for index, entry in enumerate(entries):
            expected[(name, index)] = text.count("\n") + 1
            text += f"[[{json.dumps(name, ensure_ascii=False)}]] # [[x]]\n"
            for key, value in entry.items():
                expected[(name, index, key)] = text.count("\n") + 1
                text += f"{json.dumps(key)}={written(value)}#\n"
    document = parse_toml(text, "t.toml", PolicyError)
    assert set(document._lines) == set(paths_of(document.data))
    assert {path: document.line(path) for path in expected} == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [("a = 1\nb = \n", "t.toml:2: "), ("a = [\n1,", "t.toml:2: "), ("a = 1\na = 2\n", "t.toml:2: ")],
)
def test_text_that_is_no_toml(text: str, place: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_toml(text, "t.toml", PolicyError)
    assert str(caught.value).startswith(f"{place}is not valid TOML: ")
    assert "(at" not in str(caught.value)


def test_deep_nesting_is_no_crash() -> None:
    with pytest.raises(PolicyError, match=r"^t\.toml: is "):
        parse_toml("a = " + "[" * 100_000, "t.toml", PolicyError)


def test_numbers_with_too_many_digits_are_no_crash() -> None:
    with pytest.raises(PolicyError, match=r"^t\.toml: is not valid TOML: "):
        parse_toml("a = " + "9" * 10_000, "t.toml", PolicyError)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'a = "\xe9"')
    for path, message in (
        (tmp_path / "none.toml", "x.toml: cannot be read: No such file or directory"),
        (tmp_path, "x.toml: cannot be read: Is a directory"),
        (latin, "x.toml: is not UTF-8 text (byte 5); save it as UTF-8"),
    ):
        with pytest.raises(PolicyError) as caught:
            read_toml(path, "x.toml", PolicyError)
        assert str(caught.value) == message


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1")
    assert read_toml(path, "bom.toml", PolicyError).data == {"a": 1}
