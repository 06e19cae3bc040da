"""Importing the command is cheap: what is heavy is imported where it is used."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"libcst", "sqlglot", "rich", "pygls", "lsprotocol", "asyncio", "multiprocessing", "xml", "http", "html"}


def test_importing_the_command_loads_nothing_heavy() -> None:
    program = "import sys, datause_lint.cli.main; print(*{name.partition('.')[0] for name in sys.modules})"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not HEAVY & set(finished.stdout.split())
