"""The command: from arguments to an exit status."""

from __future__ import annotations

import gc
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn

from datause_lint.cli.options import parse
from datause_lint.cli.streams import abandon_stdout, say
from datause_lint.cli.version import VERSION
from datause_lint.errors import DatauseError
from datause_lint.findings.exit_status import FAILED

INTERRUPTED = 130  # 128 + SIGINT, as shells say it
TRACEBACK = "DATAUSE_LINT_TRACEBACK"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line (default: that of the process) and returns its exit status."""
    options = parse(list(sys.argv[1:] if arguments is None else arguments), VERSION)
    try:
        status = _command(options.command)(options)
        sys.stdout.flush()
        return status
    except DatauseError as error:
        for problem in error.problems:
            say(str(problem) if problem.file else f"datause-lint: error: {problem}")
        return error.exit_status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        abandon_stdout()
        return FAILED
    except Exception as error:  # the border to the user, who can do nothing with a traceback
        if os.environ.get(TRACEBACK):
            raise
        say(f"datause-lint: internal error: {type(error).__name__}: {error}")
        say(f"this is a bug of the tool; please report it with what {TRACEBACK}=1 shows")
        return FAILED


def start() -> NoReturn:
    """The process. Garbage in cycles is left where it is, and so is what the analysis built: looking for the one and
    taking apart the other takes a fifth of a run, which budgets keep short."""
    gc.disable()
    status = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads on
        status = status or FAILED
    os._exit(status)


def _command(name: str) -> Callable[[Namespace], int]:
    """The ``run`` of the command's own module, so that a command pays for its own imports only."""
    run: Callable[[Namespace], int] = import_module(f"datause_lint.cli.{name}").run
    return run
