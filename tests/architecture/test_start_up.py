"""Starting is cheap: what is heavy is imported where it is used, and what a run does not use is not imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NOT_TO_START = {"asyncio", "html", "http", "multiprocessing", "msgspec", "pathspec", "pluggy", "xml"}
NOT_TO_CHECK = {"libcst", "lsprotocol", "pygls", "rich", "sqlglot"}


def test_importing_the_command_loads_nothing_heavy() -> None:
    assert not (NOT_TO_START | NOT_TO_CHECK) & modules_after("import datause_lint.cli.main")


def test_a_plain_check_loads_neither_rewriter_nor_sql_parser(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import openai\n\nopenai.OpenAI().responses.create(input='hello')\n", encoding="utf-8"
    )
    command = ["check", str(tmp_path), "--jobs", "1", "--no-cache"]
    assert not NOT_TO_CHECK & modules_after(f"from datause_lint.cli.main import main; assert main({command}) == 0")


def modules_after(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after the statement."""
    program = f"import sys; {statement}; print('modules', *{{name.partition('.')[0] for name in sys.modules}})"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    return set(finished.stdout.rpartition("modules ")[2].split())
