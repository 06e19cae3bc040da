"""Small programs by subject: ``=== name`` begins one, ``--- path`` a file of it (``app.py`` where none is named).

Findings start at exactly the lines that say ``# expect: DU101``; ``# false: DU101`` is known to be reported in error.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.frameworks.sending import CONSENT
from tests.programs import assert_labels


def _programs() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path in sorted(Path(__file__).parent.glob("*.txt")):
        for part in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            name, _, text = part.partition("\n")
            found[f"{path.stem}: {name}"] = _files_of(text)
    return found


def _files_of(text: str) -> dict[str, str]:
    first, *parts = re.split(r"^--- (\S+)\n", text, flags=re.MULTILINE)
    named = dict(zip(parts[::2], parts[1::2], strict=True))
    return {"app.py": first, **named} if first.strip() else named


PROGRAMS = _programs()


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    files = {path: text.replace("# false: ", "# expect: ") for path, text in PROGRAMS[name].items()}
    assert_labels(files, CONSENT)
