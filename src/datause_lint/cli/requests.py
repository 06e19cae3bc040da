"""From the options of a command line to what the driver and the reporters are asked."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from datause_lint.cli.streams import wants_color
from datause_lint.cli.version import VERSION
from datause_lint.driver.pipeline import Buffer, CheckRequest, PolicyRequest, Run, Setup
from datause_lint.errors import UsageError
from datause_lint.policy.entries import Guard, Severity
from datause_lint.reporters.base import Context


def existing_paths(paths: Iterable[str]) -> list[Path]:
    """Raises UsageError for one that is not there: a scan of nothing would look clean."""
    found = [Path(path) for path in paths]
    for path in found:
        if not os.path.lexists(path):
            raise UsageError(f"no such file or folder: {path}")
    return found


def policy_request(options: Namespace, paths: Iterable[Path] = (Path("."),)) -> PolicyRequest:
    return PolicyRequest(
        paths=tuple(paths),
        config=Path(options.config) if options.config else None,
        policy=tuple(map(Path, options.policy)),
        default_policy=False if options.no_default_policy else None,
        plugins=tuple(options.plugin),
    )


def check_request(options: Namespace, paths: Iterable[Path], buffer: Buffer | None) -> CheckRequest:
    return CheckRequest(
        paths=tuple(paths),
        buffer=buffer,
        exclude=tuple(options.exclude),
        include_tests=options.include_tests,
        select=_rules(options.select),
        ignore=_rules(options.ignore),
        min_severity=Severity[options.min_severity.upper()] if options.min_severity else None,
        jobs=options.jobs or processors(),
    )


def scan_request(options: Namespace, paths: Iterable[Path]) -> CheckRequest:
    """Everything that a scan finds, whatever the configuration wants reported by ``check``."""
    return CheckRequest(
        paths=tuple(paths),
        exclude=tuple(options.exclude),
        include_tests=options.include_tests,
        select=(),
        ignore=(),
        min_severity=Severity.NOTE,
        jobs=options.jobs or processors(),
    )


def report_context(options: Namespace, setup: Setup, done: Run) -> Context:
    """What the text report needs beside the findings."""
    policy = setup.policy
    return Context(
        sources=done.sources,
        rules={rule.id: rule for rule in policy.rules},
        guards=policy.policy.of(Guard),
        purposes=policy.policy.purposes,
        coverage=done.coverage,
        version=VERSION,
        color=wants_color(options.color),
        verbose=options.verbose,
    )


def processors() -> int:
    """Those that this process may use: in a container fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _rules(values: list[str] | None) -> tuple[str, ...] | None:
    if values is None:
        return None
    return tuple(rule.strip() for value in values for rule in value.split(",") if rule.strip())
