"""Processes that lower files ahead of the analysis, which takes what is ready when it asks for it.

A helper is a fork of this process, so it knows the program. It puts what it has lowered, pickled, into memory that all
share, and tells through a pipe where; to take that costs a fifth of lowering. Nobody waits for a helper: what is not
ready is lowered as if there were none. So it does not matter how fast one is, whether it was started, or is killed.
When this process ends, however it does, a helper finds that nobody listens, and ends after the file at hand.
"""

from __future__ import annotations

import gc
import mmap
import os
import pickle
import signal
import struct
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from io import FileIO

from datause_lint.frontend.deep_stack import run_with_deep_stack
from datause_lint.frontend.read import collector_off
from datause_lint.ir.module import ModuleIR
from datause_lint.names import ModuleName
from datause_lint.project.lowering import SourceFile, lower_file

ROOM = 256 * 1024 * 1024
"""Bytes that helpers may fill. Memory is taken only where something is written."""

LARGEST = 512 * 1024
"""Bytes of a file. Helpers also lower what nobody will ask for, which must not cost much memory."""

NICENESS = 10
"""A tenth of the time of one processor, where the run itself wants it, too."""

_NEWS = struct.Struct("=QQQ")  # the number of a module, where its IR begins, and where it ends


class Helpers:
    """Up to ``count`` processes that lower files, of which each module has one. Each goes through all of them, in the
    order in which they come, and leaves out those that somebody else has begun with."""

    def __init__(self, modules: Sequence[ModuleName], files: Iterable[SourceFile], count: int) -> None:
        self.processes: list[int] = []
        self._numbers = {module: number for number, module in enumerate(modules)}
        self._files = files
        self._ready: dict[int, slice] = {}  # by number: where the IR is
        self._begun = mmap.mmap(-1, len(modules))  # a byte for each
        self._room = mmap.mmap(-1, ROOM)
        news, tell = os.pipe()
        os.set_blocking(news, False)
        self._news = FileIO(news, "rb")
        self._tell = FileIO(tell, "wb")
        with self._tell, suppress(OSError):  # there is no room for another process
            for number in range(count):
                self._start(ROOM * number // count, ROOM * (number + 1) // count)

    def take(self, module: ModuleName) -> ModuleIR | None:
        """The IR of a module where it is ready; where it is not, no helper begins with it any more."""
        self._listen()
        number = self._numbers[module]
        place = self._ready.pop(number, None)
        if place is None:
            self._begun[number] = 1
            return None
        with collector_off(), memoryview(self._room) as room, room[place] as pickled:
            lowered: ModuleIR = pickle.loads(pickled)
        return lowered

    def close(self) -> None:
        """Ends the helpers, whatever they are doing."""
        for process in self.processes:
            with suppress(OSError):  # somebody else has seen its end
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
        self._news.close()

    def _listen(self) -> None:
        while news := self._news.read(_NEWS.size * 1024):  # they are written, and come, whole
            for number, start, end in _NEWS.iter_unpack(news):
                self._ready[number] = slice(start, end)

    # In a helper

    def _start(self, start: int, end: int) -> None:
        process = os.fork()
        if process:
            self.processes.append(process)
            return
        try:
            self._news.close()  # else somebody would listen for ever
            _be_modest()
            run_with_deep_stack(self._lower, start, end)  # as the analysis has it: what is too deep there is so here
        finally:
            os._exit(0)

    def _lower(self, start: int, end: int) -> None:
        """Fills a part of the room. What is wrong with a file is for those to say who ask for it."""
        for file in self._files:
            number = self._numbers[file.module]
            if self._begun[number] or len(file.data) > LARGEST:
                continue
            self._begun[number] = 1
            module = lower_file(file)
            if not isinstance(module, ModuleIR):
                continue
            pickled = pickle.dumps(module, pickle.HIGHEST_PROTOCOL)
            if len(pickled) > end - start:
                return
            self._room[start : start + len(pickled)] = pickled
            self._tell.write(_NEWS.pack(number, start, start + len(pickled)))
            start += len(pickled)


def can_have_helpers() -> bool:
    """Elsewhere, and beside other threads, a fork may come to hold locks that nobody gives back."""
    return sys.platform == "linux" and threading.active_count() == 1


def _be_modest() -> None:
    """A helper takes the time that others leave; it ends at Ctrl-C without a word, and who reads what this process
    writes does not wait for it."""
    os.nice(NICENESS)
    gc.disable()  # to look for garbage would copy the memory that is shared so far
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
