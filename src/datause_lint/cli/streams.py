"""Where a run writes: the report to standard output or to files, all else to standard error."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from datause_lint.errors import Problem, UsageError
from datause_lint.reporters.terminal import printable


def say(text: str) -> None:
    """Writes one line for the user to standard error, harmless to a terminal: names of files may hold anything."""
    line = printable(text) + "\n"
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding))


def write_out(text: str) -> None:
    """Writes a report to standard output, as UTF-8 whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(encoded(text))
    sys.stdout.buffer.flush()


def write_file(text: str, file: Path) -> None:
    """Raises UsageError when the file cannot be written."""
    try:
        file.write_bytes(encoded(text))
    except OSError as error:
        raise UsageError(Problem(f"cannot write the report: {error.strerror or error}", str(file))) from None


def encoded(text: str) -> bytes:
    """UTF-8; the undecodable bytes of a file's name as escapes, which are valid in JSON too."""
    return text.encode("utf-8", "backslashreplace")


def abandon_stdout() -> None:
    """After its reader left: what is still buffered goes nowhere, and the interpreter's last flush does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def wants_color(choice: str) -> bool:
    """``auto``: only on a terminal, unless NO_COLOR (https://no-color.org) is set or the terminal is dumb."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
