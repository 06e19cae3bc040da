"""Why a line is, or is not, a finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from datause_lint.analysis.observation import CallSeen, Observed, SinkSeen
from datause_lint.driver.pipeline import CheckRequest, Run, Setup, check, open_program, shown
from datause_lint.errors import UsageError
from datause_lint.findings.explanation import Explanation
from datause_lint.findings.finding import Finding, Location
from datause_lint.ir.instructions import Call
from datause_lint.ir.module import FunctionIR, FunctionKind, ModuleIR
from datause_lint.names import FunctionId
from datause_lint.policy.entries import ConstantCondition
from datause_lint.project.program import SourceProgram
from datause_lint.reporters.base import excerpt

_NESTING = (FunctionKind.LAMBDA, FunctionKind.CLASS_BODY)
_LONGEST_CODE = 60


def explain_line(setup: Setup, request: CheckRequest, file: Path, line: int) -> tuple[Explanation, Run]:
    """Checks the program with an eye on one line. Raises UsageError for a file or a line that is not there."""
    path = shown(file)
    done = check(setup, replace(request, watch=(path, line)))
    module = done.program.module_at(file)
    ir = done.program.load(module) if module is not None else None
    if module is None:
        remarks = [_why_left_out(setup, request, file)]
    elif ir is None:
        remarks = ["the file could not be analysed"]
    else:
        remarks = []
    _check_line(done, path, line)
    findings = tuple(finding for finding in done.report.findings if _concerns(finding, path, line))
    guarded = tuple(verdict for verdict in done.guarded if _concerns(verdict, path, line))
    function = _function_at(ir, line) if ir is not None else None
    if ir is not None and function is not None and done.observed is not None:
        explained = {step.location for each in (*findings, *guarded) for flow in each.flows for step in flow}
        explained.update(each.location for each in (*findings, *guarded))
        calls = [call for call in _calls(ir, line) if call not in explained]
        told = _Remarks(done, done.observed, function, bool(findings or guarded))
        remarks += told.of(calls)
    name = _dotted(function.id) if function is not None else ""
    return Explanation(path, line, name, findings, guarded, tuple(remarks), done.report.errors), done


def _check_line(done: Run, path: str, line: int) -> None:
    if done.sources.line(path, line) is None:
        raise UsageError(f"{path} has no line {line}")


def _why_left_out(setup: Setup, request: CheckRequest, file: Path) -> str:
    if open_program(setup, replace(request, include_tests=True)).module_at(file) is not None:
        return "the file is not analysed: it is test code, which --include-tests brings in"
    if SourceProgram([file], include_tests=True).module_at(file) is None:
        return "the file is not analysed: it is no Python source"
    return "the file is not analysed: it is not below the scanned paths, or .gitignore or exclude leaves it out"


# ── the line ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _concerns(finding: Finding, path: str, line: int) -> bool:
    return any(_covers(place, path, line) for place in _places(finding))


def _places(finding: Finding) -> Iterator[Location]:
    yield finding.location
    for flow in finding.flows:
        yield from (step.location for step in flow)
    yield from (guard.location for guard in finding.guards)


def _covers(place: Location, path: str, line: int) -> bool:
    return place.path == path and place.line <= line <= place.end_line


def _function_at(module: ModuleIR, line: int) -> FunctionIR:
    """The innermost function around the line."""
    around = [each for each in module.functions.values() if each.span.line <= line <= each.span.end_line]
    inner = sorted(around, key=lambda each: (each.span.end_line - each.span.line, each.kind in _NESTING))
    return next((each for each in inner if each.kind is FunctionKind.FUNCTION), module.functions[module.body])


def _calls(module: ModuleIR, line: int) -> list[Location]:
    """The calls that begin on the line; where none does, those that go on over it."""
    places = {
        Location(module.path, *instruction.span)
        for function in module.functions.values()
        for block in function.blocks
        for instruction in block.instructions
        if type(instruction) is Call and instruction.span.line <= line <= instruction.span.end_line
    }
    return sorted(place for place in places if place.line == line) or sorted(places)


def _dotted(function: FunctionId) -> str:
    module, _, qualified = function.partition(":")
    return module if qualified == "<module>" else f"{module}.{qualified.replace('.<locals>', '')}"


# ── remarks ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Remarks:
    """Why calls of one function are no findings."""

    def __init__(self, done: Run, observed: Observed, function: FunctionIR, others: bool) -> None:
        self._done = done
        self._observed = observed
        self._function = function
        self._others = others  # the line has a part in a flow already

    def of(self, calls: list[Location]) -> Iterator[str]:
        seen = {call.location: call for call in self._observed.calls}
        if not calls and not self._others:
            yield "there is no call on this line: a finding stands at a call from which a sink is reached"
        elif not any(place in seen for place in calls) and not self._others:
            yield self._why_not_seen()
        for place in calls:
            if place in seen and (seen[place].sinks or not self._others):
                yield f"{self._code(place)}: {self._why_no_finding(seen[place])}"

    def _why_not_seen(self) -> str:
        name = _dotted(self._function.id)
        if self._function.id in self._observed.functions:
            return (
                f"no way that the analysis knows leads to this call of {name}: code that never runs, or a bound was met"
            )
        if self._function.id in self._done.bounds:
            return f"{name} was analysed only up to a bound, which it met before this call"
        return f"{name} is on no way to a sink: neither it nor a function that it calls has the name of one in it"

    def _why_no_finding(self, call: CallSeen) -> str:
        if call.sinks:
            return "; ".join(_why_sink(seen) for _, seen in sorted(call.sinks.items()))
        if not call.names:
            return "what is called is not known, and so is no sink; a [[sink]] of the policy can name it"
        name = next(iter(call.names))
        if self._is_of_program(call.names):
            return f"no personal data reaches a sink through this call of {name}"
        return f"{name} is no sink of the policy"

    def _is_of_program(self, names: Iterable[str]) -> bool:
        modules = set(self._done.program.modules)
        return any(
            ".".join(parts[:length]) in modules
            for parts in (name.replace("()", "").split(".") for name in names)
            for length in range(1, len(parts))
        )

    def _code(self, place: Location) -> str:
        code = excerpt(place, self._done.sources) or "the call"
        return code if len(code) <= _LONGEST_CODE else f"{code[:_LONGEST_CODE]}…"


def _why_sink(seen: SinkSeen) -> str:
    sink = seen.sink
    what = f"{sink.id} ({sink.recipient}, {sink.use})"
    if not seen.applies:
        return f"the call of {what} is no sink under the conditions of its entry: {_conditions(sink.when, sink.unless)}"
    if seen.data:
        return f"{', '.join(sorted(seen.data))} reaches {what}, but no rule reports it: by data, use or confidence"
    if seen.of_callers:
        return f"what {what} is given here comes from callers, and none in the program hands personal data over"
    return f"no personal data arrives in what {what} is given"


def _conditions(when: Iterable[ConstantCondition], unless: Iterable[ConstantCondition]) -> str:
    told = [
        f"{word} {_argument(each)}" for word, conditions in (("when", when), ("unless", unless)) for each in conditions
    ]
    return ", ".join(told)


def _argument(condition: ConstantCondition) -> str:
    name = next(iter((*condition.argument.names, *map(str, condition.argument.positions))), "an argument")
    return f"{name} is {' or '.join(map(repr, condition.patterns))}"
