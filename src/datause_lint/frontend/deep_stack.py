"""Room for deeply nested source: trees of any depth that the parser accepts."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

STACK_BYTES = 512 * 1024 * 1024  # address space, not memory: pages are taken only where the stack grows
RECURSION_LIMIT = 200_000

_one_at_a_time = threading.Lock()


def run_with_deep_stack(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """
    Calls a function in a thread with a large stack and recursion limit, and hands on its result or exception.

    The recursion limit is one for the whole interpreter, so it is raised only while the call lasts.
    """
    outcome: Future[R] = Future()

    def call() -> None:
        try:
            outcome.set_result(function(*args, **kwargs))
        except BaseException as error:  # handed on to the caller's thread below
            outcome.set_exception(error)

    with _one_at_a_time:
        limit = sys.getrecursionlimit()
        stack = threading.stack_size(STACK_BYTES)
        try:
            sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
            thread = threading.Thread(target=call, name="deep-stack")
            thread.start()
            thread.join()
        finally:
            threading.stack_size(stack)
            sys.setrecursionlimit(limit)
    return outcome.result()
