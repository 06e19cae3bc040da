"""What the documentation names exists: files of the project, and commands with their options."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")],
    key=lambda page: page.as_posix(),
)
FOLDERS = ("src/", "tests/", "docs/", "rules/", "examples/", "benchmarks/", ".ci/")
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"datause-lint\\? (rules [a-z]+|[a-z]+)\b((?:[\\ ]+[^\s`|&;]+)*)")
OPTION = re.compile(r"--[a-z-]+")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_exist(page: Path) -> None:
    named = {name for name in IN_BACKTICKS.findall(page.read_text(encoding="utf-8")) if name.startswith(FOLDERS)}
    assert [name for name in sorted(named) if not list(ROOT.glob(name.rstrip("/")))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_and_options_exist(page: Path) -> None:
    for verb, options in COMMAND.findall(page.read_text(encoding="utf-8")):
        unknown = [option for option in OPTION.findall(options) if option not in help_of(verb)]
        assert not unknown, f"`datause-lint {verb} --help` does not name {unknown}"


@cache
def help_of(verb: str) -> str:
    command = [sys.executable, "-m", "datause_lint", *verb.split(), "--help"]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert finished.returncode == 0, f"there is no `datause-lint {verb}`: {finished.stderr}"
    return finished.stdout
