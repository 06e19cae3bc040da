"""Small applications as different teams write them: half of them ask for consent as they should, half slip somewhere.

``=== name`` begins an application, ``--- path`` a file of it; ``policy.toml`` is what its team declares. Findings start
at exactly the lines that say ``# expect: DU101``; those that say ``# false: DU101`` are known to be reported in error,
those that say ``# missed: DU101`` are known to be missed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.programs import assert_labels


def applications() -> dict[str, dict[str, str]]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.txt"))]
    parts = [part for text in texts for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]]
    return {part.partition("\n")[0]: files_of(part.partition("\n")[2]) for part in parts}


def files_of(text: str) -> dict[str, str]:
    _, *parts = re.split(r"^--- (\S+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


APPLICATIONS = applications()


@pytest.mark.parametrize("name", APPLICATIONS)
def test_application(name: str) -> None:
    files = {path: text.replace("# false: ", "# expect: ") for path, text in APPLICATIONS[name].items()}
    assert_labels(files, files.pop("policy.toml"))
