"""Source files are read as Python reads them, and what is wrong with one is said in a line."""

from __future__ import annotations

import ast
import gc
import os
import pickle
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datause_lint.frontend.read import SourceError, decode, parse, read_source


def tree_of(data: bytes) -> ast.Module:
    return parse(decode(data, "x.py"))


def message(data: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        tree_of(data)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.path, again.line, again.message) == (
        str(caught.value),
        caught.value.path,
        caught.value.line,
        caught.value.message,
    )
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\r\ny = 2\rz = 3\n", "x = 1\ny = 2\nz = 3\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbf# coding: utf-8\n", "# coding: utf-8\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = '\u00e9'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", None),
        (b"x = 1\n\n# coding: nonsense\n", "x = 1\n\n# coding: nonsense\n"),
        (b"x = 1\n\x0cy = 2\n", "x = 1\n\x0cy = 2\n"),
        (b"", ""),
        (b"\tx", "\tx"),
    ],
)
def test_text(data: bytes, text: str | None) -> None:
    assert decode(data, "x.py").text == (data.decode("cp1252") if text is None else text)


def test_lines_are_counted_as_python_counts_them() -> None:
    tree = tree_of(b"a = 1\x0c\r\n\x0cb = '\x1c\xe2\x80\xa8'\rc = 3")
    assert [node.lineno for node in tree.body] == [1, 2, 3]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"x = 1\n\xff\n", "x.py:2: not utf-8, byte 0xff: convert it to UTF-8 or add a coding comment"),
        (b"# coding: ascii\n\n\xe9", "x.py:3: not ascii, byte 0xe9: convert it to UTF-8"),
        (b"# coding: klingon\n", "x.py:1: unknown encoding: klingon: convert the file to UTF-8"),
        (
            b"# coding: punycode\n" + b"a" * 100_000,
            "x.py:1: no source is written in punycode: convert the file to UTF-8",
        ),
        (b"x\n\n\0", "x.py:3: holds a null byte, so it is no Python source: exclude it"),
        (b"x = = 1\n", "x.py:1: not valid Python (invalid syntax): mend it or exclude it"),
        (b"if x:\n\ty\n        z\n", "x.py:3: not valid Python (inconsistent use of tabs and spaces in indentation): "),
        (b"x = " + b"[" * 2000 + b"]" * 2000, "x.py:1: not valid Python (too many nested parentheses): mend it or"),
        (b"x = " + b"-" * 200_000 + b"1", "x.py: nested too deeply for Python's parser: exclude it, or split its expr"),
        (b"print 'x'", "x.py:1: Python 2 code (the print statement): convert it to Python 3 or exclude it"),
        (b"exec 'x'", "x.py:1: Python 2 code (the exec statement)"),
        (b"raise E, 'x'", "x.py:1: Python 2 code (raise with a comma)"),
        (b"x = 0777", "x.py:1: Python 2 code (an old number literal)"),
        (b"if a <> b: pass", "x.py:1: Python 2 code (the operator <>)"),
        (b"x = `y`", "x.py:1: Python 2 code (backquotes)"),
        (b"x = ur'y'", "x.py:1: Python 2 code (a ur string)"),
        (b"def f((a, b)): pass", "x.py:1: Python 2 code (a tuple parameter)"),
    ],
)
def test_errors(data: bytes, expected: str) -> None:
    assert message(data).startswith(expected)


def test_rot13_is_no_encoding() -> None:
    assert message(b"# coding: rot13\nk = 1\n").startswith("x.py:1: cannot be decoded as rot13")


def test_lone_surrogates() -> None:
    assert message(b"# coding: raw_unicode_escape\nx = '\\ud800'\n").startswith("x.py: Python's parser refuses it")


def test_size_is_no_obstacle() -> None:
    assert len(tree_of(b"x = [" + b"1," * 2_500_000 + b"]\n").body) == 1
    assert len(tree_of(b"x = 1\n" * 27_000).body) == 27_000
    assert len(tree_of(b"x = " + b"+".join([b"a"] * 1000) + b"\n").body) == 1


def test_no_warnings_and_the_collector_as_before() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree_of(b"x = '\\d'; y = 1 is 1\ndef f():\n try: pass\n finally: return 1\n")
    assert gc.isenabled()
    gc.disable()
    try:
        tree_of(b"x = 1\n")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    for path in (tmp_path / "pipe.py", tmp_path, Path("/dev/zero")):
        with pytest.raises(SourceError, match=r"not a regular file: exclude it|Is a directory|Permission denied"):
            read_source(str(path))
    with pytest.raises(SourceError, match="cannot be read: No such file or directory; make it readable or exclude it"):
        read_source(str(tmp_path / "nowhere.py"))
    (tmp_path / "ok.py").write_bytes(b"x = 1\r\n")
    assert read_source(str(tmp_path / "ok.py")).text == "x = 1\n"


def test_a_file_that_tells_no_size() -> None:
    if os.path.exists("/proc/self/limits"):
        assert b"Max" in read_source("/proc/self/limits").data


@given(
    st.binary(max_size=60)
    | st.text(max_size=60).map(str.encode)
    | st.binary(max_size=30).map(lambda b: b"# coding: " + b)
)
def test_nothing_but_source_errors(data: bytes) -> None:
    try:
        tree_of(data)
    except SourceError as error:
        assert error.line >= 0 and "\n" not in str(error).partition(":")[0]
