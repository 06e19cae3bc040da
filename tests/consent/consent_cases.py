"""Cases of consent in ``cases/*.txt``: each check beside its neighbour that is none.

``### name`` begins a program, ``--- path`` another file of it; ``policy.toml`` is added to the policy that all share.
``# expect: DU101`` marks a violation. What the analysis gets wrong today is marked, too: ``# missed: DU101`` is a
violation that it does not report, ``# false: DU101`` a guarded flow that it does.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.consent.people import HEAD, MODELS, POLICY

FOLDER = Path(__file__).parent / "cases"
FAMILIES = sorted(path.stem for path in FOLDER.glob("*.txt"))


class Case(NamedTuple):
    name: str
    files: dict[str, str]  # by path
    policy: str


def read_family(family: str) -> list[Case]:
    text = (FOLDER / f"{family}.txt").read_text(encoding="utf-8")
    return [_case(part) for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]]


def _case(text: str) -> Case:
    name, _, body = text.partition("\n")
    code, *others = re.split(r"^--- (\S+)\n", body, flags=re.MULTILINE)
    files = {"people.py": MODELS, "app.py": HEAD + code, **dict(zip(others[::2], others[1::2], strict=True))}
    return Case(name, files, POLICY + files.pop("policy.toml", ""))
