"""Runs the examples that stand beside a rule pack: programs whose comments say where which findings start."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from datause_lint.driver.pipeline import CheckRequest, Setup, check, shown
from datause_lint.errors import UsageError
from datause_lint.findings.finding import Finding, Report
from datause_lint.frontend.read import SourceError, read_source

FOLDER = "examples"
OWN_POLICY = "policy.toml"
_EXPECTATION = re.compile(r"#\s*expect:\s*([\w-]+(?:[\s,]+[\w-]+)*)\s*$")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an example shows. ``differences`` is empty when it shows what it expects."""

    example: Path
    expected: int
    differences: tuple[str, ...]


def find_examples(paths: Iterable[Path]) -> list[Path]:
    """The examples of packs (``examples`` beside a TOML file), in folders, and single ones.

    Each Python file is a program of its own; so is each folder in a folder of examples, which may hold a policy of its
    own (OWN_POLICY). Raises UsageError for a path that is not there.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"no such file or folder: {path}")
        folder = path.parent / FOLDER if path.suffix == ".toml" else path
        found.update(dict.fromkeys(_programs(folder) if folder.is_dir() else [folder] if folder.is_file() else []))
    return list(found)


def run_example(setup: Setup, example: Path) -> Outcome:
    """Checks one example, and compares."""
    report = check(setup, CheckRequest(paths=(example,), include_tests=True)).report
    expected = Counter(_expectations(example))
    found = Counter(_place(finding) for finding in report.findings if finding.suppressed is None)
    return Outcome(example, expected.total(), tuple(sorted(_differences(expected, found, report))))


Expectation = tuple[str, int, str]
"""Path, line, rule."""


def _programs(folder: Path) -> Iterator[Path]:
    """Of a folder of examples, or of every such folder below one that is none."""
    below = [] if folder.name == FOLDER else sorted(inner for inner in folder.rglob(FOLDER) if inner.is_dir())
    for examples in below or [folder]:
        for entry in sorted(examples.iterdir()):
            if entry.suffix == ".py" or (entry.is_dir() and any(entry.rglob("*.py"))):
                yield entry


def _expectations(example: Path) -> Iterator[Expectation]:
    for file in sorted(example.rglob("*.py")) if example.is_dir() else [example]:
        try:
            text = read_source(str(file)).text
        except SourceError:  # the report says so
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if match := _EXPECTATION.search(line):
                for rule in re.split(r"[\s,]+", match[1]):
                    yield shown(file), number, rule


def _place(finding: Finding) -> Expectation:
    return finding.location.path, finding.location.line, finding.rule


def _differences(expected: Counter[Expectation], found: Counter[Expectation], report: Report) -> Iterator[str]:
    for path, line, rule in expected - found:
        yield f"{path}:{line}: {rule} is expected, and not found"
    for path, line, rule in found - expected:
        yield f"{path}:{line}: {rule} is found, and not expected"
    for error in report.errors:
        yield f"{error.path}:{error.line}: {error.message}"
