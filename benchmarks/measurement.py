"""Runs a command and measures what it took."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    seconds: float
    peak_mebibytes: float  # of the largest of its processes
    exit_status: int
    output: bytes
    messages: str


SECONDS = 900


def run(command: Sequence[str], folder: Path) -> Run:
    """Runs a command in a folder, and kills it when it takes longer than SECONDS (its exit status is then negative).

    What it prints goes into files, so that no reader of a pipe slows it down.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as messages:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=messages)
        alarm = threading.Timer(SECONDS, process.kill)
        alarm.start()
        _, status, usage = os.wait4(process.pid, 0)
        alarm.cancel()
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        messages.seek(0)
        return Run(
            seconds=seconds,
            peak_mebibytes=usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10),
            exit_status=process.returncode,
            output=output.read(),
            messages=messages.read().decode(errors="replace"),
        )
