"""A run from beginning to end: the stages in the order in which they happen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from datause_lint.config.load import Configuration, load_configuration
from datause_lint.config.patterns import rebased
from datause_lint.driver.source_lines import ScannedLines
from datause_lint.errors import Problem, UsageError, nearest
from datause_lint.findings.finding import Finding, Notice, Report, Stats
from datause_lint.findings.ordering import errors_in_order, in_order, notices_in_order
from datause_lint.ir.module import Directive
from datause_lint.plugins.loading import Extensions, load_plugins
from datause_lint.policy.entries import Severity
from datause_lint.policy.loader import default_pack_files, load_policy
from datause_lint.policy.tables import PolicyTables
from datause_lint.policy.unmatched import unmatched
from datause_lint.project.paths import real_path, shown_path
from datause_lint.project.program import SourceProgram
from datause_lint.reporters.base import Coverage
from datause_lint.suppressions.apply import apply_suppressions

if TYPE_CHECKING:
    from datause_lint.analysis.observation import Observed

Buffer = tuple[Path, bytes]
"""A file as an editor holds it."""


@dataclass(frozen=True, slots=True)
class PolicyRequest:
    """Which policy is wanted, for which code."""

    paths: tuple[Path, ...] = (Path("."),)
    config: Path | None = None  # None: the nearest one
    policy: tuple[Path, ...] = ()  # beside that of the configuration
    default_policy: bool | None = None  # None: as the configuration says
    plugins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setup:
    """What stands before any code is looked at."""

    configuration: Configuration
    extensions: Extensions
    policy: PolicyTables


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What to scan, and which findings are wanted. None: as the configuration says."""

    paths: tuple[Path, ...] = (Path("."),)
    buffer: Buffer | None = None  # only its findings are wanted
    exclude: tuple[str, ...] = ()  # beside that of the configuration
    include_tests: bool | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    min_severity: Severity | None = None
    jobs: int = 1
    watch: tuple[str, int] | None = None  # a line, of which the run says what it saw
    today: date | None = None  # None: the day of the run


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a check."""

    report: Report
    guarded: tuple[Finding, ...]  # the flows that a check permits, one for each check that counts at a place
    coverage: Coverage
    sources: ScannedLines
    tests_left_out: int  # files of test code
    program: SourceProgram
    bounds: tuple[str, ...] = ()  # functions that were analysed only up to a bound
    observed: Observed | None = None  # of the line that was to be watched


def prepare(request: PolicyRequest) -> Setup:
    """Configuration, plugins, policy. Raises DatauseError for what is wrong with any of them."""
    configuration = load_configuration(request.paths, request.config)
    extensions = load_plugins(request.plugins)
    default_policy = configuration.default_policy if request.default_policy is None else request.default_policy
    packs = [*extensions.rule_packs, *configuration.policy, *request.policy]
    if default_policy:  # one of the tool's own that is named, too, is there already
        own = set(default_pack_files())
        packs = [pack for pack in packs if pack.resolve() not in own]
    return Setup(configuration, extensions, load_policy(packs, default_packs=default_policy))


def check(setup: Setup, request: CheckRequest) -> Run:
    """Program, analysis, suppressions, report. Raises UsageError when the request cannot be carried out."""
    from datause_lint.analysis import analyse  # not needed to look at a policy

    is_wanted = _wanted(setup, request)
    program = open_program(setup, request)
    with program.lowered_ahead(setup.policy.anchor_modules(), request.jobs):
        if request.watch is None:
            result = analyse(program, setup.policy, setup.extensions.facts)
        else:
            result = analyse(program, setup.policy, setup.extensions.facts, request.watch)
    decided, notices = apply_suppressions(
        result.findings, _directives(program), setup.policy, request.today or date.today()
    )
    return Run(
        report=Report(
            findings=in_order(filter(is_wanted, decided)),
            errors=errors_in_order(program.errors),
            notices=notices_in_order([*_remarks(setup.policy), *notices]),
            stats=Stats(program.files, program.parsed, program.lines, result.cut),
        ),
        guarded=tuple(result.verdicts),
        coverage=_coverage(result.findings, result.verdicts),
        sources=ScannedLines(_buffers(request)),
        tests_left_out=program.tests_left_out,
        program=program,
        bounds=result.bounds,
        observed=result.observed,
    )


def open_program(setup: Setup, request: CheckRequest) -> SourceProgram:
    configuration = setup.configuration
    folder = configuration.file.parent if configuration.file else Path()
    include_tests = configuration.include_tests if request.include_tests is None else request.include_tests
    return SourceProgram(
        request.paths,
        exclude=[*rebased(configuration.exclude, folder), *request.exclude],
        include_tests=include_tests,
        overlay={str(request.buffer[0]): request.buffer[1]} if request.buffer else None,
    )


def _wanted(setup: Setup, request: CheckRequest) -> Callable[[Finding], bool]:
    """Which findings are reported: by rule, by severity, and in an editor by file."""
    configuration = setup.configuration
    known = [rule.id for rule in setup.policy.rules]
    select = _checked(configuration.select if request.select is None else request.select, known)
    ignore = _checked(configuration.ignore if request.ignore is None else request.ignore, known)
    lowest = configuration.min_severity if request.min_severity is None else request.min_severity
    file = shown(request.buffer[0]) if request.buffer else None

    def is_wanted(finding: Finding) -> bool:
        return (
            (not select or finding.rule in select)
            and finding.rule not in ignore
            and finding.severity >= lowest
            and file in (None, finding.location.path)
        )

    return is_wanted


def _checked(rules: Iterable[str], known: Sequence[str]) -> frozenset[str]:
    """Raises UsageError for rules that the policy does not have: selecting one would look clean."""
    chosen = frozenset(rules)
    unknown = sorted(chosen.difference(known))
    if unknown:
        raise UsageError(*(Problem(f"unknown rule {rule}", suggestion=nearest(rule, known)) for rule in unknown))
    return chosen


def _remarks(policy: PolicyTables) -> Iterator[Notice]:
    """Entries of the policy that can never have an effect: a result would look cleaner than it is."""
    for problem in unmatched(policy.policy):
        yield Notice(problem.file, problem.line, str(replace(problem, file="", line=0)))


def _directives(program: SourceProgram) -> dict[str, tuple[Directive, ...]]:
    """The comments for the tool, by path: of every file that has one, whether or not the analysis needed the file."""
    modules = [program.load(module) for module in program.mentioning(["datause"])]
    return {module.path: module.directives for module in modules if module is not None and module.directives}


def _coverage(findings: Iterable[Finding], guarded: Sequence[Finding]) -> Coverage:
    places = {(finding.location, finding.sink) for finding in (*findings, *guarded)}
    return Coverage(sinks_reached=len(places), flows_guarded=sum(len(finding.flows) for finding in guarded))


def _buffers(request: CheckRequest) -> dict[str, bytes]:
    return {shown(request.buffer[0]): request.buffer[1]} if request.buffer else {}


def shown(path: Path) -> str:
    """As reports spell it."""
    base = real_path(".", os.getcwd())
    return shown_path(real_path(str(path), base), base)
