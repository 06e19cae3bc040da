"""``datause-lint check``: scan, report, exit."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from datause_lint.cli.requests import check_request, existing_paths, policy_request, report_context
from datause_lint.cli.streams import say, write_file, write_out
from datause_lint.driver import pipeline
from datause_lint.errors import Problem, UsageError, nearest
from datause_lint.findings.exit_status import exit_status
from datause_lint.reporters.base import Context, Reporter
from datause_lint.reporters.built_in import FORMATS, built_in_reporter
from datause_lint.reporters.text import summary

Destination = tuple[str, Path | None]
"""A format, and the file for it; None is standard output."""


def run(options: Namespace) -> int:
    start = time.perf_counter()
    paths, buffer = _what_to_scan(options)
    setup = pipeline.prepare(policy_request(options, paths or ([buffer[0]] if buffer else [])))
    destinations = list(_destinations(options, setup))
    done = pipeline.check(setup, check_request(options, paths or [_project_folder(setup, buffer)], buffer))
    context = report_context(options, setup, done)
    if options.statistics:
        context = replace(context, seconds=time.perf_counter() - start)
    for format_name, file in destinations:
        text = _reporter(format_name, setup)(done.report, context if file is None else replace(context, color=False))
        if file is None:
            write_out(text)
        else:
            write_file(text, file)
    _say_the_rest(options, setup, done, context)
    return exit_status(done.report, exit_zero=options.exit_zero)


def _what_to_scan(options: Namespace) -> tuple[list[Path], pipeline.Buffer | None]:
    reads_stdin = "-" in options.paths
    if reads_stdin != (options.stdin_filename is not None):
        raise UsageError("--stdin-filename FILE and the path - need each other")
    paths = existing_paths(path for path in options.paths if path != "-")
    buffer = (Path(options.stdin_filename), sys.stdin.buffer.read()) if reads_stdin else None
    return paths, buffer


def _project_folder(setup: pipeline.Setup, buffer: pipeline.Buffer | None) -> Path:
    """The working folder; for an editor's buffer the folder of its configuration, wherever the editor runs."""
    file = setup.configuration.file
    return file.parent if buffer and file else Path(".")


def _destinations(options: Namespace, setup: pipeline.Setup) -> Iterator[Destination]:
    """Where which format goes: ``--output FILE`` takes the place of standard output, ``FORMAT:FILE`` comes on top."""
    format_name = options.format or setup.configuration.format
    _reporter(format_name, setup)
    known = {*FORMATS, *setup.extensions.reporters}
    plain = True
    for output in options.output:
        prefix, colon, rest = output.partition(":")
        if colon and prefix in known:
            yield prefix, Path(rest)
        else:
            plain = False
            yield format_name, Path(output)
    if plain:
        yield format_name, None


def _reporter(name: str, setup: pipeline.Setup) -> Reporter:
    if name in FORMATS:
        return built_in_reporter(name)
    if name in setup.extensions.reporters:
        return setup.extensions.reporters[name]
    known = (*FORMATS, *setup.extensions.reporters)
    message = f"unknown format {name!r} (there are {', '.join(known)})"
    raise UsageError(Problem(message, suggestion=nearest(name, known)))


def _say_the_rest(options: Namespace, setup: pipeline.Setup, done: pipeline.Run, context: Context) -> None:
    """What is no finding: files that could not be analysed always, notices and the summary unless ``--quiet``."""
    report = done.report
    for error in report.errors:
        place = f"{error.path}:{error.line}" if error.line else error.path
        say(f"{place}: error: {error.message}")
    if options.quiet:
        return
    for notice in report.notices:
        say(f"{notice.path}:{notice.line}: notice: {notice.message}")
    if options.verbose:
        for line in _foundations(setup, done):
            say(line)
    if all(finding.suppressed is not None for finding in report.findings):
        say(summary(report, context))
    if not report.stats.files:
        say("no Python file was scanned: check the paths, --exclude, and .gitignore")


def _foundations(setup: pipeline.Setup, done: pipeline.Run) -> Iterator[str]:
    yield f"configuration: {setup.configuration.file or 'none'}"
    for pack in setup.policy.policy.packs:
        yield f"rule pack: {pack.name} ({pack.file})"
    for name in setup.extensions.names:
        yield f"plugin: {name}"
    yield f"test files left out: {done.tests_left_out}"
