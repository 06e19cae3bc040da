"""A file that is not as files should be neither hides what the others hold, nor crashes or hangs the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SECONDS = 120
SLOW_SECONDS = 900
SLOW = {"one_line_of_5_megabytes", "attributes_20000", "lines_27000"}

PROGRAM = """\
from django.db import models
from openai import OpenAI


class Customer(models.Model):
    email = models.EmailField()


def greet(key):
    customer = Customer.objects.get(pk=key)
    OpenAI().chat.completions.create(model="m", messages=[{"role": "user", "content": customer.email}])
"""
PROGRAM_LINE = 11

READ: dict[str, bytes] = {
    "byte_order_mark": b"\xef\xbb\xbf" + PROGRAM.encode(),
    "carriage_returns_and_line_feeds": PROGRAM.replace("\n", "\r\n").encode(),
    "carriage_returns": PROGRAM.replace("\n", "\r").encode(),
    "form_feeds": PROGRAM.replace("\n\n\n", "\n\f\n\n").encode(),
    "tabs": PROGRAM.replace("    ", "\t").encode(),
    "declared_encoding": b"# -*- coding: latin-1 -*-\n"
    + PROGRAM.replace("\n\n\n", "\n\n", 1).encode()
    + b"x = 'caf\xe9'\n",
    "no_newline_at_the_end": PROGRAM.rstrip().encode(),
    "backslash_continuation": PROGRAM.replace('model="m", ', 'model="m", \\\n        ').encode(),
    "except_without_parentheses": PROGRAM.encode()
    + b"\n\ntry:\n    greet(1)\nexcept ValueError, TypeError:\n    pass\n",
    "type_parameters": PROGRAM.encode() + b"\n\ndef first[T](items: list[T]) -> T:\n    return items[0]\n",
    "type_alias": PROGRAM.encode() + b"\n\ntype Names = list[str]\n",
    "quotes_in_an_f_string": PROGRAM.encode() + b"\n\nd = {'a': 1}\ntext = f'{d['a']}'\n",
    "template_string": PROGRAM.encode() + b"\n\nname = 'a'\ntext = t'hello {name}'\n",
    "lines_27000": PROGRAM.encode() + b"\n\n" + b"".join(b"value_%d = %d\n" % (n, n) for n in range(27_000)),
    "functions_5000": PROGRAM.encode()
    + b"".join(b"\n\ndef f%d(x):\n    return f%d(x)\n" % (n, n + 1) for n in range(5_000)),
}
"""Files in which the finding of the program is found, although they look strange."""

UNREADABLE: dict[str, tuple[bytes, int]] = {
    "not_utf_8": (PROGRAM.encode() + b"name = 'caf\xe9'\n", 0),
    "unknown_encoding": (b"# -*- coding: no-such-encoding -*-\n" + PROGRAM.encode(), 0),
    "null_byte": (PROGRAM.encode() + b"x = '\0'\n", 0),
    "syntax_error": (PROGRAM.encode() + b"\n\ndef broken(:\n    pass\n", 14),
    "mixed_tabs": (PROGRAM.encode() + b"\n\ndef f():\n\tif True:\n        return 1\n", 16),
    "print_statement": (PROGRAM.encode() + b"\n\nprint 'hello'\n", 14),
    "merge_conflict": (PROGRAM.encode() + b"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n", 12),
    "unclosed_string": (PROGRAM.encode() + b'\n\ntext = """\n', 14),
}
"""Files that no Python reads, and the line that the message names (0: any)."""

EXTREME: dict[str, bytes] = {
    "one_line_of_5_megabytes": PROGRAM.encode() + b"data = [" + b"1, " * 1_700_000 + b"]\n",
    "one_string_of_5_megabytes": PROGRAM.encode() + b"data = '" + b"x" * 5_000_000 + b"'\n",
    "brackets_2000": PROGRAM.encode() + b"data = " + b"[" * 2_000 + b"]" * 2_000 + b"\n",
    "brackets_unclosed_2000": PROGRAM.encode() + b"data = " + b"[" * 2_000 + b"\n",
    "minus_100000": PROGRAM.encode() + b"data = " + b"-" * 100_000 + b"1\n",
    "sum_of_20000": PROGRAM.encode() + b"data = " + b" + ".join([b"1"] * 20_000) + b"\n",
    "attributes_20000": PROGRAM.encode() + b"data = x" + b".a" * 20_000 + b"\n",
    "calls_5000": PROGRAM.encode() + b"data = f" + b"()" * 5_000 + b"\n",
    "elif_5000": PROGRAM.encode()
    + b"\n\ndef f(x):\n    if x == 0:\n        return 0\n"
    + b"".join(b"    elif x == %d:\n        return %d\n" % (n, n) for n in range(5_000)),
    "nested_functions_90": PROGRAM.encode()
    + b"\n\n"
    + b"".join(b" " * n + b"def f%d():\n" % n for n in range(90))
    + b" " * 90
    + b"x\n",
    "number_of_10000_digits": PROGRAM.encode() + b"data = " + b"9" * 10_000 + b"\n",
    "empty": b"",
    "only_null_bytes": b"openai" + b"\0" * 10_000,
}
"""Files that are read, or else named: either will do, as long as the run ends well."""


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int
    report: dict[str, Any]
    messages: str

    def found(self) -> list[tuple[str, int]]:
        return [(finding["path"], finding["line"]) for finding in self.report["findings"]]

    def named(self) -> list[tuple[str, int]]:
        return [(error["path"], error["line"]) for error in self.report["errors"]]


def with_slow(names: Iterable[str]) -> list[Any]:
    return [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in names]


def check(folder: Path, seconds: int = SECONDS) -> Outcome:
    command = [sys.executable, "-m", "datause_lint", "check", ".", "--no-cache", "--format", "json"]
    finished = subprocess.run(command, cwd=folder, capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL)
    messages = finished.stderr.decode(errors="replace")
    assert "Traceback" not in messages, messages
    assert finished.returncode in (0, 1, 3), messages
    return Outcome(finished.returncode, json.loads(finished.stdout), messages)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one good file that has one finding."""
    (tmp_path / "good.py").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", with_slow(READ))
def test_strange_files_are_read(project: Path, name: str) -> None:
    (project / "strange.py").write_bytes(READ[name])
    outcome = check(project)
    assert outcome.named() == []
    assert outcome.found() == [("good.py", PROGRAM_LINE), ("strange.py", PROGRAM_LINE)]
    assert outcome.status == 1


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_files_are_named(project: Path, name: str) -> None:
    content, line = UNREADABLE[name]
    (project / "broken.py").write_bytes(content)
    outcome = check(project)
    assert outcome.found() == [("good.py", PROGRAM_LINE)]
    assert [path for path, _ in outcome.named()] == ["broken.py"]
    assert not line or outcome.named() == [("broken.py", line)]
    assert "broken.py" in outcome.messages
    assert outcome.status == 1


@pytest.mark.parametrize("name", with_slow(EXTREME))
def test_extreme_files_are_read_or_named(project: Path, name: str) -> None:
    (project / "extreme.py").write_bytes(EXTREME[name])
    outcome = check(project, SLOW_SECONDS if name in SLOW else SECONDS)
    assert ("good.py", PROGRAM_LINE) in outcome.found()
    assert {path for path, _ in outcome.found() + outcome.named()} <= {"good.py", "extreme.py"}
    assert all(path in outcome.messages for path, _ in outcome.named())
    assert outcome.status == 1


def test_a_run_without_findings_says_that_it_is_incomplete(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_bytes(UNREADABLE["syntax_error"][0])
    outcome = check(tmp_path)
    assert outcome.found() == []
    assert "broken.py" in outcome.messages
    assert outcome.status == 3


def link_loop(folder: Path) -> None:
    (folder / "loop.py").symlink_to("loop.py")


def link_to_nothing(folder: Path) -> None:
    (folder / "nothing.py").symlink_to("no_such_file.py")


def folder_in_itself(folder: Path) -> None:
    (folder / "package").mkdir()
    (folder / "package" / "again").symlink_to("..", target_is_directory=True)


def folder_named_as_a_module(folder: Path) -> None:
    (folder / "folder.py").mkdir()


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")


def name_with_a_line_break(folder: Path) -> None:
    (folder / "line\nbreak.py").write_text("import openai\n", encoding="utf-8")


def name_that_is_not_utf_8(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.py")).write_text(PROGRAM, encoding="utf-8")


STRANGE_ENTRIES = [
    link_loop,
    link_to_nothing,
    folder_in_itself,
    folder_named_as_a_module,
    pipe,
    name_with_a_line_break,
    name_that_is_not_utf_8,
]


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are made the POSIX way")
@pytest.mark.parametrize("make", STRANGE_ENTRIES, ids=lambda make: make.__name__)
def test_strange_entries_of_a_folder(project: Path, make: Callable[[Path], None]) -> None:
    make(project)
    outcome = check(project)
    assert ("good.py", PROGRAM_LINE) in outcome.found()
    assert len(set(outcome.found())) == len(outcome.found())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read_is_named(project: Path) -> None:
    (project / "secret.py").write_text(PROGRAM, encoding="utf-8")
    (project / "secret.py").chmod(0)
    outcome = check(project)
    assert outcome.found() == [("good.py", PROGRAM_LINE)]
    assert [path for path, _ in outcome.named()] == ["secret.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe shows otherwise there")
def test_a_reader_that_leaves_early_is_no_crash(project: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "datause_lint", "check", ".", "--no-cache"]
    with os.fdopen(writer, "wb") as stdout:
        finished = subprocess.run(command, cwd=project, stdout=stdout, stderr=subprocess.PIPE, timeout=SECONDS)
    assert b"Traceback" not in finished.stderr
