"""Which files are the program, and which are left out."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datause_lint.project.discovery import Discovery, discover
from datause_lint.project.ignore_files import IgnoreRules

from .program_files import write


def found(folder: Path, *paths: str, exclude: tuple[str, ...] = (), include_tests: bool = False) -> list[str]:
    return relative(folder, walked(folder, *paths, exclude=exclude, include_tests=include_tests))


def walked(folder: Path, *paths: str, exclude: tuple[str, ...] = (), include_tests: bool = False) -> Discovery:
    return discover(paths or ["."], os.path.realpath(folder), exclude=exclude, include_tests=include_tests)


def relative(folder: Path, discovery: Discovery) -> list[str]:
    return [os.path.relpath(path, os.path.realpath(folder)) for path in discovery.files]


def errors(discovery: Discovery) -> list[str]:
    return [f"{error.path}: {error.message}" for error in discovery.errors]


def test_python_files_in_order(tmp_path: Path) -> None:
    write(tmp_path, ["b.py", "a/z.py", "a/x.pyi", "a/notes.txt", "c.py/inside.py", "migrations/0001.py"])
    assert found(tmp_path) == ["a/z.py", "b.py", "c.py/inside.py", "migrations/0001.py"]


def test_default_excludes(tmp_path: Path) -> None:
    write(
        tmp_path, [f"{name}/x.py" for name in (".venv", "node_modules", "__pycache__", "build", "a/dist", "x.egg-info")]
    )
    write(
        tmp_path,
        ["own_env/pyvenv.cfg", "own_env/lib/x.py", "lib/site-packages/x.py", "app/build/__init__.py", "app/build/x.py"],
    )
    assert found(tmp_path) == ["app/build/__init__.py", "app/build/x.py"]


def test_what_is_given_is_taken(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"build/x.py": "", "build/y.py": "", ".gitignore": "*.py\n", "tests/test_x.py": "", "tests/data.txt": ""},
    )
    write(tmp_path, {"run": "#!/usr/bin/env python3\n", "run.sh": "#!/bin/sh\n"})
    assert found(tmp_path, "build/x.py", "tests/test_x.py", "run") == ["build/x.py", "run", "tests/test_x.py"]
    assert errors(walked(tmp_path, "run.sh", "nowhere")) == [
        "nowhere: cannot be read: No such file or directory; check the spelling",
        "run.sh: not a Python file: neither its name nor its first line says so",
    ]


def test_git_ignore_files_nest(tmp_path: Path) -> None:
    write(
        tmp_path,
        {".gitignore": "gen_*.py\n/only_here.py\nout/\ndeep/**\n!gen_keep.py\n", "gen_a.py": "", "only_here.py": ""},
    )
    write(tmp_path, {"sub/.gitignore": "!gen_b.py\n# a comment\nlocal.py\n", "sub/gen_b.py": "", "sub/gen_c.py": ""})
    write(
        tmp_path,
        ["sub/only_here.py", "sub/local.py", "out/x.py", "sub/out/x.py", "deep/a/b.py", "gen_keep.py", "local.py"],
    )
    assert found(tmp_path) == ["gen_keep.py", "local.py", "sub/gen_b.py", "sub/only_here.py"]


def test_ignore_files_above_hold_within_the_project(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*.py\n", "project/pyproject.toml": "", "project/.gitignore": "src/gen/\n"})
    write(tmp_path, ["project/src/a.py", "project/src/gen/b.py"])
    assert found(tmp_path, "project/src") == ["project/src/a.py"]
    assert found(tmp_path, "project/src/gen") == ["project/src/gen/b.py"]


def test_user_excludes_start_at_the_working_folder(tmp_path: Path) -> None:
    write(tmp_path, ["app/a.py", "app/legacy/b.py", "other/legacy/c.py", "app/x_pb2.py"])
    assert found(tmp_path, "app", "other", exclude=("app/legacy/", "*_pb2.py")) == ["app/a.py", "other/legacy/c.py"]


def test_test_code_is_counted_and_left_out(tmp_path: Path) -> None:
    write(
        tmp_path,
        ["app/a.py", "app/tests/b.py", "app/test/c.py", "testing/d.py", "test_e.py", "f_test.py", "conftest.py"],
    )
    write(tmp_path, ["latest.py", "contest/x.py", "tests/deep/er/x.py"])
    discovery = walked(tmp_path)
    assert relative(tmp_path, discovery) == ["app/a.py", "contest/x.py", "latest.py"]
    assert discovery.tests_left_out == 7
    assert len(found(tmp_path, include_tests=True)) == 10


def test_a_given_folder_of_tests_is_scanned(tmp_path: Path) -> None:
    write(tmp_path, ["tests/app/a.py", "tests/app/test_b.py", "c.py"])
    discovery = walked(tmp_path, ".", "tests/app")
    assert relative(tmp_path, discovery) == ["c.py", "tests/app/a.py"]
    assert discovery.tests_left_out == 1


def test_links(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", ["secret.py"])
    project = write(tmp_path / "project", ["app/a.py", "lib/b.py"])
    (project / "self").symlink_to(project)
    (project / "app" / "again.py").symlink_to("a.py")
    (project / "app" / "lib").symlink_to("../lib")
    (project / "away").symlink_to(outside)
    (project / "app" / ".#lock.py").symlink_to("nowhere")
    discovery = walked(project)
    assert relative(project, discovery) == ["app/a.py", "lib/b.py"]
    assert discovery.errors == ()
    assert relative(project, walked(project, "app")) == ["app/a.py", "lib/b.py"]


def test_links_that_lead_nowhere_are_named(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "a.py").symlink_to("b.py")
    (tmp_path / "b.py").symlink_to("a.py")
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    assert [error.split(":")[0] for error in errors(walked(tmp_path))] == ["a.py", "b.py", "gone.py", "loop"]


def test_special_files_are_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "device.py").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket.py"))
        assert errors(walked(tmp_path)) == [
            f"{name}.py: not a regular file: exclude it" for name in ("device", "pipe", "socket")
        ]
        assert errors(walked(tmp_path, "pipe.py")) == ["pipe.py: not a regular file: exclude it"]


def test_unreadable_folders_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, ["a.py", "locked/b.py"])
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    discovery = walked(tmp_path)
    assert relative(tmp_path, discovery) == ["a.py"]
    assert errors(discovery) == ["locked: cannot be read: Permission denied; make it readable or exclude it"]


def test_names_that_do_not_decode(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.py")).write_text("")
    except OSError:
        pytest.skip("this file system takes no such name")
    os.symlink("nowhere", os.fsencode(tmp_path) + b"/c\xfe.py")
    discovery = walked(tmp_path)
    assert len(discovery.files) == 1
    assert errors(discovery)[0].startswith("c\\xfe.py: a link")


def test_a_pattern_made_to_hang_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "x\n" + "*a" * 60 + "b/\n", "a" * 200 + ".py": "", "a" * 200 + "/x.py": ""})
    discovery = walked(tmp_path)
    assert len(discovery.files) == 2
    assert errors(discovery) == [
        ".gitignore: line 2 has too many wildcards and is not honoured: write it in several patterns"
    ]


def test_deep_folders_do_not_overflow(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(300):
        folder = folder / "d"
    write(folder, ["x.py"])
    assert len(found(tmp_path)) == 1


segments = st.sampled_from(["a", "b", "ab", "b.py", "a.py"])
globs = st.sampled_from(["a", "*", "a*", "*b", "**", "[ab]", "?", "*.py", "!a", "\\a", "b.py", "[!a]"])


patterns_of = st.tuples(
    st.sampled_from(["", "!", "/"]), st.lists(globs, min_size=1, max_size=3), st.sampled_from(["", "/"])
)


@given(st.lists(patterns_of, max_size=4), st.lists(segments, min_size=1, max_size=3), st.booleans())
def test_the_quick_look_at_names_changes_nothing(
    patterns: list[tuple[str, list[str], str]], path: list[str], is_folder: bool
) -> None:
    from pathspec import GitIgnoreSpec

    lines = [start + "/".join(middle) + end for start, middle, end in patterns]
    rules = IgnoreRules("/base", lines)
    kept = [line for number, line in enumerate(lines, 1) if number not in rules.refused]
    spelled = [
        line.rstrip("/").removesuffix("/**") + "/*" if line.rstrip("/").endswith("/**") else line for line in kept
    ]
    expected = GitIgnoreSpec.from_lines(spelled).check_file("/".join(path) + ("/" if is_folder else "")).include
    actual = rules.verdict("/base/" + "/".join(path), path[-1], is_folder)
    of_its_parents = any(
        rules.verdict("/base/" + "/".join(path[:end]), path[end - 1], True) is not None for end in range(1, len(path))
    )
    assert actual == expected or (actual is None and of_its_parents)


@given(st.permutations(["app", "app/inner", "lib", "app/inner/x.py", "tests"]))
def test_the_order_of_paths_does_not_matter(tmp_path_factory: pytest.TempPathFactory, paths: list[str]) -> None:
    folder = tmp_path_factory.getbasetemp() / "ordered"
    if not folder.exists():
        write(folder, ["app/inner/x.py", "app/y.py", "lib/z.py", "tests/test_a.py", "tests/b.py", "app/tests/c.py"])
    assert walked(folder, *paths) == walked(folder, *sorted(paths))
