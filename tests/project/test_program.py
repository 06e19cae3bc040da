"""The program: lazy loading, words, errors, several processes, an editor's buffer."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datause_lint.frontend import read
from datause_lint.names import ModuleName
from datause_lint.project import contents, lowering
from datause_lint.project.contents import Contents
from datause_lint.project.program import SourceProgram

from .program_files import program, write


def test_files_are_analysed_when_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "x = 1\ny = 2\n", "b.py": "z = 3\n"})
    scanned = program(tmp_path)
    assert (scanned.files, scanned.parsed, scanned.lines) == (2, 0, 0)
    first = scanned.load(ModuleName("a"))
    assert first is not None and first is scanned.load(ModuleName("a"))
    assert (first.path, first.is_package, scanned.parsed, scanned.lines) == ("a.py", False, 1, first.lines)


def test_paths_outside_of_the_working_folder_are_absolute(tmp_path: Path) -> None:
    write(tmp_path, ["other/a.py", "work/b.py"])
    scanned = SourceProgram([tmp_path / "other", tmp_path / "work"], base=tmp_path / "work")
    paths = {module.path for name in scanned.modules if (module := scanned.load(name))}
    assert paths == {f"{os.path.realpath(tmp_path)}/other/a.py", "b.py"}


def test_errors_are_collected_in_order_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"z.py": "def f(:\n", "a.py": b"x = 1\n\xff", "m.py": "print 'x'\n", "n.py": "a\0", "ok.py": "x = 1\n"},
    )
    os.mkfifo(tmp_path / "pipe.py")
    scanned = program(tmp_path)
    scanned.mentioning(["x"])
    for name in reversed(scanned.modules):
        scanned.load(name)
        scanned.load(name)
    assert [(error.path, error.line, error.message) for error in scanned.errors] == [
        ("a.py", 2, "not utf-8, byte 0xff: convert it to UTF-8 or add a coding comment"),
        ("m.py", 1, "Python 2 code (the print statement): convert it to Python 3 or exclude it"),
        ("n.py", 1, "holds a null byte, so it is no Python source: exclude it"),
        ("pipe.py", 0, "not a regular file: exclude it"),
        ("z.py", 1, "not valid Python (invalid syntax): mend it or exclude it"),
    ]
    assert scanned.parsed == 1


def test_a_file_that_vanishes(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "import openai\n", "b.py": "import openai\n"})
    scanned = program(tmp_path)
    (tmp_path / "a.py").unlink()
    os.mkfifo(tmp_path / "a.py")
    assert scanned.mentioning(["openai"]) == ("b",)
    assert scanned.load(ModuleName("a")) is None
    assert [str(error.path) for error in scanned.errors] == ["a.py"]


def test_an_unknown_module_is_none(tmp_path: Path) -> None:
    scanned = program(write(tmp_path, ["a.py"]))
    assert scanned.load(ModuleName("nope")) is None
    assert scanned.find("a", ModuleName("nope")) == "a"
    assert scanned.importable_names(ModuleName("nope")) == ()
    assert scanned.submodules(ModuleName("nope")) == ()


def test_huge_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 1024 * 1024)
    write(tmp_path, {"big.py": b"#" * (1024 * 1024 + 1), "fits.py": b"#" * (1024 * 1024)})
    scanned = program(tmp_path)
    assert scanned.load(ModuleName("fits")) is not None
    assert scanned.load(ModuleName("big")) is None
    assert [error.message for error in scanned.errors] == ["larger than 1 MB: exclude it"]


def test_a_buffer_stands_for_the_file_on_disk(tmp_path: Path) -> None:
    write(tmp_path, {"app/__init__.py": "", "app/a.py": "def on_disk(): pass\n", "app/b.py": ""})
    scanned = SourceProgram(
        ["app"], base=tmp_path, overlay={"app/a.py": b"def edited(): pass\n", "app/new.py": b"x = 1\n"}
    )
    module = scanned.load(ModuleName("app.a"))
    assert module is not None and "app.a:edited" in module.functions
    assert scanned.mentioning(["edited"]) == ("app.a",)
    assert scanned.mentioning(["on_disk"]) == ()
    assert scanned.find("app.new", ModuleName("app.b")) == "app.new"


def test_a_changed_program_shares_what_did_not_change(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "x = 1\n", "b.py": "import a\n", "broken.py": "(\n"})
    scanned = program(tmp_path)
    names = [ModuleName(name) for name in ("a", "b", "broken")]
    before = [scanned.load(name) for name in names]
    other = scanned.changed({"a.py": b"import new\ny = 2\n", "broken.py": b"()\n"})
    after = [other.load(name) for name in names]
    assert after[1] is before[1]
    assert after[0] is not None and after[0].lines == 2
    assert after[2] is not None and (scanned.errors, other.errors) != ([], [])
    assert other.errors == []
    assert (other.mentioning(["new"]), scanned.mentioning(["new"])) == ((ModuleName("a"),), ())
    assert (other.content("a.py"), scanned.content("a.py")) == (b"import new\ny = 2\n", b"x = 1\n")
    assert (scanned.module_at(tmp_path / "b.py"), scanned.module_at("c.py")) == (ModuleName("b"), None)


def test_words(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.py": "import openai\n",
            "b.py": "import openai_tools\n",
            "c.py": "URL = 'https://api.openai.com/v1'\n",
            "d.py": "URL = 'https://api.openai.company/'\n",
            "e.py": "import \uff4f\uff50\uff45\uff4e\uff41\uff49\n",
            "f.py": "# coding: latin-1\ncaf\xe9 = 1\n".encode("latin-1"),
            "g.py": "state.last = 1\n",
            "h.py": "last = 1\nstate.at_last = 1\n",
        },
    )
    for index_from in (100, 0):  # searched directly, and by way of the index
        scanned = program(tmp_path)
        contents_of = scanned._contents
        contents_of._searches = contents.DIRECT_SEARCHES if not index_from else 0
        assert scanned.mentioning(["openai"]) == ("a", "c", "d", "e")
        assert scanned.mentioning(["api.openai.com"]) == ("c",)
        assert scanned.mentioning(["openai_tools", "nothing"]) == ("b",)
        assert scanned.mentioning([".last ="]) == ("g",)
        assert scanned.mentioning(["café"]) == ("f",)
        assert scanned.mentioning(["café", "import"]) == ("a", "b", "e", "f")
        assert scanned.mentioning([]) == scanned.mentioning([""]) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("from a import *\n", "a *"),
        ("from a import \\\n    *\n", "a *"),
        ("if x:\n\tfrom . import*\n", ". *"),
        ("from .. import (  # as (before)\n    b,  # and\n    c as d,\n)\ne = 1\n", ". b c d"),
        ("from .a import b\nc = d * e\n", "a b"),
        ("def f(): from a import(b)\n", "a b"),
        ("x = 1; import a.b, c\n", "a b c"),
        ('"""\nfrom the list (of\n"""\nimport a\n', "a"),
        ("reimport * 2\nfrom_ = 1\n", ""),
        ("from a import \uff42\n", "a b"),
    ],
)
def test_words_of_imports(tmp_path: Path, text: str, words: str) -> None:
    write(tmp_path, {"m.py": text})
    scanned = program(tmp_path)
    known = ["a", "b", "c", "d", "e", "x", "*"]
    found = [word for word in known if scanned.may_import(ModuleName("m"), word)]
    assert found == sorted((word for word in words.split() if word != "."), key=known.index)
    assert scanned.imports_without_name(ModuleName("m")) == ("." in words.split())
    assert (scanned.parsed, scanned.may_import(ModuleName("nowhere"), "a")) == (0, False)


@pytest.mark.parametrize(
    "line",
    [
        "state.x = 1",
        "state.x=1",
        "state . x += 1",
        "a = state.x = 1",
        "state.x, a = 1, 2",
        "(a, state.x) = 1, 2",
        "[a, *state.x] = 1, 2",
        "state.x: int = 1",
        "for state.x in y: pass",
        "with open(a) as state.x: pass",
        "if a: state.x |= 1",
        "état.x, a = 1, 2",
        f"a = {'1 + ' * 150} 1; b, state.x = 1, 2",
    ],
)
def test_who_may_assign_to_an_attribute(tmp_path: Path, line: str) -> None:
    write(tmp_path, {"m.py": f"a = 1\n{line}\n"})
    assert program(tmp_path).may_assign(ModuleName("m"), "x")


@pytest.mark.parametrize("line", ["state.été = 1", "state.été, a = 1, 2"])
def test_who_may_assign_to_an_attribute_of_other_letters(tmp_path: Path, line: str) -> None:
    write(tmp_path, {"m.py": f"{line}\n"})
    assert program(tmp_path).may_assign(ModuleName("m"), "été")


@pytest.mark.parametrize(
    "line",
    ["a = state.x", "f(state.x, b=c)", "if state.x == 1: pass", "state.xy = 1", "x = 1", "f(state.x, c)", "state.x(1)"],
)
def test_who_only_reads_an_attribute(tmp_path: Path, line: str) -> None:
    write(tmp_path, {"m.py": f"{line}\n"})
    assert not program(tmp_path).may_assign(ModuleName("m"), "x")


texts = st.text(alphabet="ab._é1 \n", max_size=30)


@given(st.lists(texts, max_size=5), st.sets(st.sampled_from(["a", "ab", "a.b", "_a", "é", "aé", "b1", ".", "a..b"])))
def test_index_and_search_agree_with_a_regular_expression(files: list[str], words: set[str]) -> None:
    buffers = {f"/f{number}": text.encode() for number, text in enumerate(files)}
    searched = Contents(buffers, "/", buffers)
    direct = searched.mentioning(frozenset(words))
    searched._searches = contents.DIRECT_SEARCHES
    assert searched.mentioning(frozenset(words)) == direct
    spelled = [word for word in words if re.search(r"\w", word)]
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in spelled) or "(?!)")
    assert set(direct) >= {path for path, data in buffers.items() if pattern.search(data.decode())}
    plain = {word for word in words if re.fullmatch(r"\w+", word)}
    assert {path for path in direct if plain} >= {path for path in direct if pattern.search(buffers[path].decode())}


def test_what_does_not_fit_in_memory_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "one = 1\n", "b.py": "two = 2\n"})
    paths = [f"{os.path.realpath(tmp_path)}/{name}.py" for name in "ab"]
    tight = Contents(paths, os.path.realpath(tmp_path), {}, budget=10)
    assert tight.mentioning(frozenset(["two"])) == paths[1:]
    assert list(tight._kept) == paths[:1]
    assert tight.read(paths[1]) == b"two = 2\n"


def test_the_collector_is_left_as_it_was(tmp_path: Path) -> None:
    import gc

    program(write(tmp_path, {"a.py": "x = ("})).load(ModuleName("a"))
    assert gc.isenabled()


@settings(max_examples=30)
@given(st.permutations(["a.py", "b.py", "p/__init__.py", "p/c.py"]))
def test_the_order_of_loading_does_not_matter(tmp_path_factory: pytest.TempPathFactory, order: list[str]) -> None:
    folder = tmp_path_factory.getbasetemp() / "loading"
    write(folder, {"a.py": "x = 1\n", "b.py": "def f(:\n", "p/__init__.py": "", "p/c.py": b"\xff"})
    one, other = program(folder), SourceProgram(order, base=folder)
    for name in one.modules:
        one.load(name)
    for name in reversed(other.modules):
        other.load(name)
    assert [error for error in one.errors if error.path in order] == other.errors
    assert one.modules == other.modules


def test_what_the_program_imports_is_no_test(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"app/db.py": "from app.test_connection import ping\ntest_other = 1\n", "app/test_other.py": "import app\n"},
    )
    write(
        tmp_path,
        {"app/test_connection.py": "from . import deep_test\n", "app/deep_test.py": "", "tests/test_db.py": ""},
    )
    scanned = program(tmp_path)
    assert scanned.modules == ("app.db", "app.deep_test", "app.test_connection")
    assert scanned.tests_left_out == 2
    assert scanned.find("app.test_connection", ModuleName("app.db")) == "app.test_connection"


def test_a_fault_of_the_tool_is_an_error_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(lowering, "lower_module", fail)
    scanned = program(write(tmp_path, ["a.py"]))
    assert scanned.load(ModuleName("a")) is None
    assert scanned.errors[0].message == "not analysed, for a fault in datause-lint (KeyError('oops')): please report it"


@pytest.mark.parametrize(
    "text",
    [
        "import openai\n",
        "\fimport openai\n",
        "import os, \\\n    openai\n",
        "from \\\r\n  openai import OpenAI\r\n",
        "try: import openai\nexcept ImportError: openai = None\n",
        "x = 1; import openai\n",
        "openai = __import__('openai')\n",
    ],
)
def test_an_import_wherever_it_stands(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"a.py": text.encode(), "b.py": "openai = 1\n"})
    assert program(tmp_path).importing(["openai"]) == ("a",)
