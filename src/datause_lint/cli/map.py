"""``datause-lint map``: every flow of personal data into AI, with the checks that permit it."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from datause_lint.cli.requests import existing_paths, policy_request, scan_request
from datause_lint.cli.streams import say, wants_color, write_file, write_out
from datause_lint.cli.version import VERSION
from datause_lint.driver import pipeline
from datause_lint.findings.data_map import data_map
from datause_lint.findings.exit_status import CLEAN, INCOMPLETE
from datause_lint.reporters.maps.formats import MAP_FORMATS, MapContext, map_reporter

_COLUMNS = 160  # of a table that goes to a file or a pipe


def run(options: Namespace) -> int:
    """0, or 3 where some file could not be analysed: a map reports, it judges nothing."""
    paths = existing_paths(options.paths)
    setup = pipeline.prepare(policy_request(options, paths))
    done = pipeline.check(setup, scan_request(options, paths or [Path(".")]))
    found = data_map(done.report, done.guarded)
    for format_name, file in _destinations(options):
        if file is None:
            color, columns = wants_color(options.color), _terminal_columns()
            write_out(map_reporter(format_name)(found, MapContext(done.sources, VERSION, color, columns)))
        else:
            write_file(map_reporter(format_name)(found, MapContext(done.sources, VERSION, False, _COLUMNS)), file)
    for error in found.errors:
        place = f"{error.path}:{error.line}" if error.line else error.path
        say(f"{place}: error: {error.message}")
    if found.stats.cut:
        say(f"{found.stats.cut} functions were analysed only up to a bound: flows through them may be missing")
    return INCOMPLETE if found.errors else CLEAN


def _destinations(options: Namespace) -> Iterator[tuple[str, Path | None]]:
    """As for ``check``: ``--output FILE`` takes the place of standard output, ``FORMAT:FILE`` comes on top."""
    plain = True
    for output in options.output:
        prefix, colon, rest = output.partition(":")
        if colon and prefix in MAP_FORMATS:
            yield prefix, Path(rest)
        else:
            plain = False
            yield options.format, Path(output)
    if plain:
        yield options.format, None


def _terminal_columns() -> int:
    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size((_COLUMNS, 24)).columns
    return _COLUMNS
