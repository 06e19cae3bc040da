"""The engine: from the intermediate representation of a program, and a policy, to findings."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from datause_lint.analysis.framework_facts import FrameworkFact
from datause_lint.analysis.program import Program
from datause_lint.findings.finding import Finding
from datause_lint.policy.compiled import CompiledPolicy

if TYPE_CHECKING:
    from datause_lint.analysis.observation import Observed

T = TypeVar("T")
STACK_BYTES = 512 * 1024 * 1024
RECURSION_LIMIT = 200_000
OBJECTS_BETWEEN_COLLECTIONS = 1_000_000  # next to nothing is garbage in cycles, and looking takes a fifth


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """``verdicts`` are the guarded flows; ``cut`` counts the functions that met a bound, named in ``bounds``."""

    findings: tuple[Finding, ...]
    verdicts: tuple[Finding, ...]
    cut: int
    bounds: tuple[str, ...]
    observed: Observed | None = None  # of the line that was to be watched


def analyse(
    program: Program,
    policy: CompiledPolicy,
    facts: Sequence[FrameworkFact] = (),
    watch: tuple[str, int] | None = None,
) -> AnalysisResult:
    """Follows personal data through the program, to every call that uses it for AI.

    ``facts`` tell of frameworks that the analysis does not know itself. Of the calls on the line ``watch``, a path and
    a number, the result says what was seen.
    """
    return _with_room(lambda: _analyse(program, policy, facts, watch))


def _register_models() -> None:
    from datause_lint.analysis.models import (  # noqa: F401  # they register themselves
        abstract_mappings,
        agents,
        attributes,
        builtins,
        collections,
        command_lines,
        concurrency,
        context_variables,
        contexts,
        dotted_names,
        enumerations,
        environment,
        exceptions,
        files,
        haystack,
        hooks,
        injection,
        log_configuration,
        logs,
        markup,
        names,
        operators,
        pairs,
        prepared_requests,
        processes,
        record_classes,
        serialisation,
        shelves,
        sockets,
        standard_library,
        strings,
        templates,
        tracebacks,
        visitors,
        warned,
    )


def _analyse(
    program: Program, policy: CompiledPolicy, facts: Sequence[FrameworkFact], watch: tuple[str, int] | None
) -> AnalysisResult:
    from datause_lint.analysis.fail_open import failing_open
    from datause_lint.analysis.frameworks import frameworks
    from datause_lint.analysis.interpreter import run
    from datause_lint.analysis.judge import judge
    from datause_lint.analysis.models.registry import MODELS
    from datause_lint.analysis.observation import Observer
    from datause_lint.analysis.records import Records
    from datause_lint.analysis.solver import Solver
    from datause_lint.analysis.wiring import Wiring
    from datause_lint.analysis.world import Handler, World
    from datause_lint.findings.ordering import in_order

    _register_models()

    def new_world() -> World:
        return World(program, policy, run, Records(), Wiring(frameworks(facts)), MODELS)

    def again(trusted: frozenset[Handler]) -> tuple[Finding, ...]:
        other = new_world()
        other.trusted = trusted
        return judge(other, Solver(other).run())[0]

    world = new_world()
    observer = world.observer = Observer(*watch) if watch is not None else None
    findings, guarded = judge(world, Solver(world).run())
    findings = in_order((*findings, *failing_open(world, findings, again)))
    observed = observer.observed(world.summaries.functions_run()) if observer is not None else None
    return AnalysisResult(findings, guarded, len(world.cut), tuple(sorted(world.cut)), observed)


def _with_room(work: Callable[[], T]) -> T:
    """Runs the work on a deep stack: chains of calls in the scanned program become calls here."""
    result: list[T] = []
    failure: list[BaseException] = []

    def target() -> None:
        try:
            with _rare_collections():
                result.append(work())
        except BaseException as error:  # handed on to the caller's thread, whatever it is
            failure.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES)
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    try:
        thread = threading.Thread(target=target, name="analysis")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if failure:
        raise failure[0]
    return result[0]


@contextmanager
def _rare_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], OBJECTS_BETWEEN_COLLECTIONS) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
