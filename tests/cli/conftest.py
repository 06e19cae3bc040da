"""A command line that runs in this process, over an engine of which every answer is known."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import datause_lint.analysis
from datause_lint.analysis import AnalysisResult
from datause_lint.analysis.program import Program
from datause_lint.cli.main import main
from datause_lint.findings.finding import Finding, Location, Role, Step, Verdict
from datause_lint.findings.fingerprint import fingerprint
from datause_lint.ir.instructions import Call, Load
from datause_lint.ir.module import ModuleIR
from datause_lint.names import CategoryKey, RuleId, UseKey
from datause_lint.policy.compiled import CompiledPolicy
from datause_lint.policy.entries import Confidence, Severity

EMAIL = CategoryKey("user.contact.email")


def look_for_marks(program: Program, policy: CompiledPolicy, facts: Sequence[object] = ()) -> AnalysisResult:
    """Every call of ``leak`` is a violation of DU101, of ``maybe`` an unproven one, of ``guarded`` a guarded flow."""
    found = []
    for module_name in program.mentioning(["leak", "maybe", "guarded"]):
        module = program.load(module_name)
        if module is not None:
            found += list(_marks(module))
    violations = tuple(one for one in found if one.verdict is not Verdict.GUARDED)
    return AnalysisResult(violations, tuple(one for one in found if one.verdict is Verdict.GUARDED), cut=0, bounds=())


def _marks(module: ModuleIR) -> Iterator[Finding]:
    kinds = {"leak": Verdict.VIOLATION, "maybe": Verdict.UNPROVEN, "guarded": Verdict.GUARDED}
    for function in module.functions.values():
        instructions = [one for block in function.blocks for one in block.instructions]
        names = {one.target: one.name for one in instructions if isinstance(one, Load)}
        for call in instructions:
            if isinstance(call, Call) and names.get(call.function) in kinds:
                yield _finding(
                    module.path, function.name, Location(module.path, *call.span), kinds[names[call.function]]
                )


def _finding(path: str, function: str, place: Location, verdict: Verdict) -> Finding:
    rule = RuleId("DU101")
    return Finding(
        rule=rule,
        verdict=verdict,
        severity=Severity.ERROR if verdict is Verdict.VIOLATION else Severity.WARNING,
        confidence=Confidence.HIGH,
        location=place,
        function=function,
        message="user.contact.email reaches openai.chat (OpenAI) for ai.inference without a consent check",
        data=(EMAIL,),
        use=UseKey("ai.inference"),
        recipient="OpenAI",
        sink="openai.chat",
        flows=((Step(Role.SOURCE, place, "an email is read", EMAIL), Step(Role.SINK, place, "it is sent", None)),),
        guards=(),
        fingerprint=fingerprint(rule, path, function, "openai.chat", [EMAIL]),
    )


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str


class CommandLine:
    """Runs the command in a folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Outcome:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        self._capsys.readouterr()
        try:
            status = main(arguments)
        except SystemExit as leave:  # argparse's way
            status = int(leave.code or 0)
        captured = self._capsys.readouterr()
        return Outcome(status, captured.out, captured.err)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datause_lint.analysis, "analyse", look_for_marks, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return CommandLine(tmp_path, capsys, monkeypatch)
