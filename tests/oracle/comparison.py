"""What the runs of a program show beside what the analysis says of it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.oracle.execution import Flow, Truth, truth_of
from tests.oracle.people import PEOPLE, POLICY

from datause_lint.analysis import AnalysisResult, analyse
from datause_lint.policy.compiled import CompiledPolicy
from datause_lint.policy.loader import load_policy
from datause_lint.project.program import SourceProgram


@dataclass(frozen=True)
class Outcome:
    truth: Truth
    missed: frozenset[Flow]  # a run shows it, the analysis does not
    false: tuple[frozenset[Flow], ...]  # findings of which no run shows any flow
    findings: int  # those that runs can prove or disprove: all runs were made, with all modules, and came by both ends
    stray: int  # flows that no run shows, in findings of which one is shown
    cut: int


def compare(files: Mapping[str, str]) -> Outcome:
    truth = truth_of(files)
    if truth.error:
        return Outcome(truth, frozenset(), (), 0, 0, 0)
    result = analysed(files)
    findings = [flows_of(each) for each in result.findings]
    said = frozenset(flow for flows in findings for flow in flows)
    seen = [frozenset(flow for flow in flows if truth.reached.issuperset(flow)) for flows in findings]
    seen = [flows for flows in seen if flows] if truth.complete and not _depends_on_others(files) else []
    false = tuple(flows for flows in seen if not flows & truth.flows)
    stray = sum(len(flows - truth.flows) for flows in seen if flows & truth.flows)
    return Outcome(truth, truth.flows - said, false, len(seen), stray, result.cut)


def _depends_on_others(files: Mapping[str, str]) -> bool:
    """Whether the program would use a module that no run has: what that does nobody can know."""
    return any("from absent import" in text for text in files.values())


def flows_of(finding: object) -> frozenset[Flow]:
    ends = ((flow[0].location, flow[-1].location) for flow in finding.flows)  # type: ignore[attr-defined]
    return frozenset(((start.path, start.line), (end.path, end.line)) for start, end in ends)


def analysed(files: Mapping[str, str]) -> AnalysisResult:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder).resolve()
        for name, text in {**files, "people.py": PEOPLE}.items():
            path = base / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return analyse(SourceProgram(["."], base=base), _policy())


@cache
def _policy() -> CompiledPolicy:
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "policy.toml"
        pack.write_text(POLICY, encoding="utf-8")
        return load_policy([pack], default_packs=True)
