"""The programs that are rewritten: flow cases, what the tests of consent label, and the example application."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from tests.consent.people import HEAD, MODELS, labelled
from tests.consent.people import POLICY as CONSENT_POLICY
from tests.flows.flow_cases import Case, Place, analysed, read_family, run
from tests.metamorphic.rewrites import EXTRACTED, REWRITES
from tests.programs import check_program

from datause_lint.findings.finding import Finding

ROOT = Path(__file__).parents[2]
_OWNER = re.compile(rf"{EXTRACTED}\d+")
_MARK = re.compile(r"# mark: (\S+)")
_SENDS = re.compile(r"\bsend\b")
Verdict = frozenset[tuple[str, ...]]

# ── flow cases: they run, before and after ────────────────────────────────────────────────────────────────────────────


def marked_cases(family: str) -> list[Case]:
    """The cases of which the analysis says what happens. Lines that send have a mark, which goes where they go."""
    return [_marked(case) for case in read_family(family) if case.known is None]


def _marked(case: Case) -> Case:
    return replace(case, files={path: _with_marks(path, text) for path, text in case.files.items()})


def _with_marks(path: str, text: str) -> str:
    lines = text.replace("# expect: DU101", "").splitlines()
    return "".join(
        f"{line.rstrip()}  # mark: {path}:{number}\n"
        if _SENDS.search(line) and "import" not in line and not line.rstrip().endswith("\\")
        else f"{line}\n"
        for number, line in enumerate(lines, 1)
    )


def rewritten_cases(cases: list[Case], name: str) -> list[Case]:
    """Those that the rewrite changes, changed."""
    found = []
    for case in cases:
        files = rewritten(case.files, [path for path in case.files if case.files[path].strip()], name)
        if files is not None:
            found.append(replace(case, files=files))
    return found


def rewritten(files: Mapping[str, str], paths: list[str], name: str) -> dict[str, str] | None:
    """The program with every one of the modules rewritten that can be; None where none can."""
    new: dict[str, str] = {}
    for path in paths:
        new |= REWRITES[name](path, files) or {}
    return {**files, **new} if new else None


def sent_marks(cases: list[Case]) -> frozenset[str]:
    """The marks of lines that send data when the cases run."""
    return _marks(cases, run(cases))


def found_marks(cases: list[Case]) -> frozenset[str]:
    """The marks of lines of which the analysis says that they send data."""
    return _marks(cases, analysed(cases))


def _marks(cases: list[Case], places: frozenset[Place]) -> frozenset[str]:
    files = {path: text.splitlines() for case in cases for path, text in case.files.items()}
    return frozenset(
        mark[1] for path, line in places if path in files and (mark := _MARK.search(files[path][line - 1]))
    )


# ── programs about consent ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Program:
    name: str
    files: dict[str, str]
    own: tuple[str, ...]  # paths of the modules that may be rewritten
    policy: str


def judged(program: Program, files: Mapping[str, str] | None = None) -> Verdict:
    """What is wrong in which function; in terms that rewrites leave as they are."""
    findings = check_program(program.files if files is None else files, program.policy)
    return frozenset((_owner(each), str(each.rule), each.sink, *each.data) for each in findings)


def _owner(finding: Finding) -> str:
    return _OWNER.sub("", finding.function.rpartition(".")[2]).removeprefix("the_")


def consent_programs() -> list[Program]:
    """What the tests of consent label."""
    found = []
    for path in sorted((ROOT / "tests" / "consent").glob("test_*.py")):
        module = importlib.import_module(f"tests.consent.{path.stem}")
        for name, code in _labelled_programs(module):
            files = {"people.py": MODELS, "app.py": HEAD + dedent(code)}
            found.append(Program(f"{path.stem}/{name}", files, ("app.py",), CONSENT_POLICY))
    return found


def _labelled_programs(module: ModuleType) -> Iterator[tuple[str, str]]:
    """The programs that plain tests of the module hand to ``labelled``."""
    for name, test in list(vars(module).items()):
        if not name.startswith("test_") or hasattr(test, "pytestmark") or vars(module).get("labelled") is not labelled:
            continue
        if test.__code__.co_argcount or set(test.__code__.co_names) - {"labelled"}:
            continue
        codes: list[str] = []

        def collect(code: str, files: object = None, codes: list[str] = codes) -> None:
            if files is None:
                codes.append(code)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "labelled", collect)
            test()
        for number, code in enumerate(codes):
            yield f"{name}{number or ''}", code


def example_application() -> Program:
    """The application in ``examples/``: every module of it is rewritten."""
    base = ROOT / "examples"
    files = {path.relative_to(base).as_posix(): path.read_text(encoding="utf-8") for path in sorted(base.rglob("*.py"))}
    return Program("examples", files, tuple(files), (base / "policy.toml").read_text(encoding="utf-8"))
