"""Small programs with labelled lines: ``# expect: DU101`` stands where a finding starts, and nowhere else."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

from datause_lint.analysis import AnalysisResult, analyse
from datause_lint.analysis.framework_facts import FrameworkFact
from datause_lint.findings.finding import Finding
from datause_lint.policy.loader import load_policy
from datause_lint.project.program import SourceProgram

_LABEL = re.compile(r"#\s*expect:\s*([\w-]+(?:[\s,]+[\w-]+)*)\s*$")


def analyse_program(files: Mapping[str, str], policy: str = "", facts: Sequence[FrameworkFact] = ()) -> AnalysisResult:
    """The whole result for a program, under the default packs and the given policy (TOML)."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        for name, text in files.items():
            path = base / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        packs = []
        if policy:
            packs = [base / "policy.toml"]
            packs[0].write_text(dedent(policy), encoding="utf-8")
        program = SourceProgram(["."], base=base)
        result = analyse(program, load_policy(packs, default_packs=True), facts)
        assert not program.errors, program.errors
        return result


def check_program(files: Mapping[str, str], policy: str = "", facts: Sequence[FrameworkFact] = ()) -> list[Finding]:
    """The findings of a program given as texts by path."""
    return list(analyse_program(files, policy, facts).findings)


def assert_labels(files: Mapping[str, str], policy: str = "", facts: Sequence[FrameworkFact] = ()) -> None:
    """Findings start at exactly the lines whose comments expect them."""
    found = Counter(
        (each.location.path, each.location.line, str(each.rule)) for each in check_program(files, policy, facts)
    )
    expected = Counter(
        (name, number, rule)
        for name, text in files.items()
        for number, line in enumerate(dedent(text).split("\n"), 1)
        if (label := _LABEL.search(line))
        for rule in re.split(r"[\s,]+", label[1])
    )
    lines = {name: dedent(text).split("\n") for name, text in files.items()}
    missed = [f"missed  {path}:{line} {rule}: {lines[path][line - 1]}" for path, line, rule in expected - found]
    wrong = [f"too many {path}:{line} {rule}: {lines[path][line - 1]}" for path, line, rule in found - expected]
    assert not missed and not wrong, "\n" + "\n".join(sorted(missed) + sorted(wrong))
