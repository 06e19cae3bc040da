"""Small applications, one for each hurdle that stands between data and model in real ones, and three with many at once.

Each folder is a program of its own. Findings start at exactly the lines that say ``# expect: DU101``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.programs import assert_labels

HERE = Path(__file__).parent
POLICY = (HERE / "policy.toml").read_text(encoding="utf-8")
APPLICATIONS = sorted(path.name for path in HERE.iterdir() if path.is_dir() and not path.name.startswith("__"))


@pytest.mark.parametrize("name", APPLICATIONS)
def test_application(name: str) -> None:
    folder = HERE / name
    files = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    assert_labels(files, POLICY)
