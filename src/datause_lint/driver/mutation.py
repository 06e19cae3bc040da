"""Guard mutation: each check that a clean verdict rests on is spoiled, and each time the flow must become a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from typing import NamedTuple

from datause_lint.driver.pipeline import CheckRequest, Setup, open_program
from datause_lint.findings.finding import FileError, Finding, GuardSeen, Location
from datause_lint.findings.ordering import errors_in_order
from datause_lint.frontend.read import decode, encoding_of
from datause_lint.mutation.mutant import Mutant, Operator
from datause_lint.policy.entries import Guard
from datause_lint.project.program import SourceProgram
from datause_lint.reporters.terminal import printable

_Line = tuple[str, int]  # path and line
MOST_OTHERS = 6  # checks of one flow that are taken out, one after the other, until it is a finding


@dataclass(frozen=True, slots=True)
class Check:
    """A check, with the guarded flows that rest on it."""

    seen: GuardSeen
    verdicts: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a mutant: ``survivors`` names the flows that are no finding, each with what is said of it."""

    mutant: Mutant
    survivors: tuple[str, ...]
    others: tuple[GuardSeen, ...]  # checks that permit the flow as well, and were taken out, too

    @property
    def caught(self) -> bool:
        return not self.survivors

    def told(self) -> str:
        """The mutant, what became of each flow that is no finding, and what was changed, in the unified format."""
        lines = [f"{self.mutant.operator.value:<8} {told_check(self.mutant.guard)}", *self.survivors]
        lines += [f"taken out as well: {told_check(each)}" for each in self.others]
        before, after = self.mutant.before.splitlines(), self.mutant.after.splitlines()
        lines += unified_diff(before, after, self.mutant.path, f"{self.mutant.path} (mutant)", lineterm="")
        return "\n    ".join(map(printable, lines))


def told_check(seen: GuardSeen) -> str:
    return printable(f"{seen.location.path}:{seen.location.line}:{seen.location.column} {seen.guard}")


@dataclass(frozen=True, slots=True)
class Unmade:
    """A check of which no mutant could be made."""

    seen: GuardSeen


class Mutation:
    """Mutants of a program, one after the other. Raises UsageError when the program cannot be analysed as asked."""

    def __init__(self, setup: Setup, request: CheckRequest) -> None:
        self._setup = setup
        self._program = open_program(setup, request)
        with self._program.lowered_ahead(setup.policy.anchor_modules(), request.jobs):
            findings, guarded = _analysed(self._program, setup)
        self._open = tuple(_flows(findings))
        self.checks = tuple(_checks(guarded))
        self.errors: tuple[FileError, ...] = errors_in_order(self._program.errors)

    def run(self) -> Iterator[Judged | Unmade]:
        """Every mutant of every check, by place."""
        for check in self.checks:
            mutants = list(self._mutants(check.seen, {}))
            if not mutants:
                yield Unmade(check.seen)
            for mutant in mutants:
                yield self._judged(check, mutant)

    # ── mutants ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _mutants(self, seen: GuardSeen, changed: Mapping[str, str]) -> Iterator[Mutant]:
        """The mutants of a check, where some files have changed already."""
        from datause_lint.mutation.operators import Spoiler
        from datause_lint.mutation.tree import read_tree

        guard = next((each for each in self._setup.policy.policy.of(Guard) if each.id == seen.guard), None)
        text = changed.get(seen.location.path) or self._text(seen.location.path)
        tree = read_tree(text) if text is not None else None
        if guard is not None and tree is not None:
            yield from Spoiler(self._setup.policy, self._position_of).mutants(tree, seen, guard)

    def _text(self, path: str) -> str | None:
        data = self._program.content(path)
        return decode(data, path).text if data is not None else None

    def _position_of(self, function: str, parameter: str) -> int | None:
        """Of a parameter, among the arguments of a call; self is not one of them."""
        for module in self._program.loaded if function else ():
            for each in module.functions.values():
                names = [one.name for one in each.parameters]
                if each.name == function and parameter in names:
                    return names.index(parameter) - (each.owner_class is not None)
        return None

    # ── verdicts on mutants ───────────────────────────────────────────────────────────────────────────────────────

    def _judged(self, check: Check, mutant: Mutant) -> Judged:
        """Where another check permits the flow as well, that one is taken out, too: what rests on two loses both."""
        changed = {mutant.path: mutant.after}
        others: list[GuardSeen] = []
        while True:
            lines = _Lines({path: (self._text(path) or "", text) for path, text in changed.items()})
            findings, guarded = _analysed(self._changed(changed), self._setup)
            missing = self._missing(check, findings, lines)
            permitting = _permitting(missing, guarded, lines)
            other = next((each for each in permitting if not lines.same(each, mutant.guard)), None)
            spoiled = self._without(other, changed) if other is not None and len(others) < MOST_OTHERS else None
            if not missing or other is None or spoiled is None:
                return Judged(mutant, tuple(_told(missing, permitting)), tuple(others))
            others.append(other)
            changed = spoiled

    def _missing(self, check: Check, findings: tuple[Finding, ...], lines: _Lines) -> list[_Flow]:
        """The flows that rest on the check and are not among the findings that the mutant brings."""
        before = Counter(map(lines.of_original, self._open))  # two flows may differ in nothing but the column
        found = list((Counter(_flows(findings, lines)) - before).elements())
        wanted = dict.fromkeys(map(lines.of_original, _flows(check.verdicts)))
        return [flow for flow in wanted if not any(flow.goes_on_as(other) for other in found)]

    def _without(self, other: GuardSeen, changed: Mapping[str, str]) -> dict[str, str] | None:
        mutants = {mutant.operator: mutant for mutant in self._mutants(other, changed)}
        mutant = mutants.get(Operator.REMOVE) or next(iter(mutants.values()), None)
        return {**changed, mutant.path: mutant.after} if mutant is not None else None

    def _changed(self, texts: Mapping[str, str]) -> SourceProgram:
        return self._program.changed(
            {path: text.encode(self._encoding(path), "surrogateescape") for path, text in texts.items()}
        )

    def _encoding(self, path: str) -> str:
        return encoding_of(self._program.content(path) or b"", path)


def _analysed(program: SourceProgram, setup: Setup) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    from datause_lint.analysis import analyse

    result = analyse(program, setup.policy, setup.extensions.facts)
    return tuple(result.findings), tuple(result.verdicts)


def _checks(guarded: Iterable[Finding]) -> Iterator[Check]:
    """The checks that clean verdicts rest on, by place."""
    found: dict[tuple[Location, str], tuple[GuardSeen, list[Finding]]] = {}
    for verdict in guarded:
        for seen in verdict.guards:
            found.setdefault((seen.location, seen.guard), (seen, []))[1].append(verdict)
    for name in sorted(found):
        seen, verdicts = found[name]
        yield Check(seen, tuple(verdicts))


# ── flows, in the lines of the original ───────────────────────────────────────────────────────────────────────────


class _Flow(NamedTuple):
    """A flow as both the original and a mutant know it."""

    rule: str
    sink: str
    data: str
    source: _Line
    sent: _Line
    place: _Line  # where the finding, or the verdict, stands
    way: frozenset[_Line]  # all places that it passes

    def goes_on_as(self, other: _Flow) -> bool:
        """Whether the other is this one, or this one from further back: what no longer is settled in a function is for
        its callers to answer for, and they may know better where the data comes from."""
        if (self.rule, self.sink, self.sent) != (other.rule, other.sink, other.sent):
            return False
        return (self.data, self.source) == (other.data, other.source) or self.place in other.way


class _Lines:
    """Which lines of changed files are which lines of the original: a stretch that was rewritten is one line."""

    def __init__(self, texts: Mapping[str, tuple[str, str]]) -> None:
        self._before: dict[tuple[str, int], int] = {}
        self._after: dict[tuple[str, int], int] = {}
        for path, (before, after) in texts.items():
            self._compare(path, before.split("\n"), after.split("\n"))

    def _compare(self, path: str, before: list[str], after: list[str]) -> None:
        for tag, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            aligned = tag == "equal" or last - first == end - start
            for offset in range(last - first):
                self._before[path, first + offset + 1] = first + 1 + (offset if aligned else 0)
            for offset in range(end - start):
                self._after[path, start + offset + 1] = first + 1 + (offset if aligned else 0)

    def of_mutant(self, path: str, line: int) -> _Line:
        return path, self._after.get((path, line), line)

    def of_original(self, flow: _Flow) -> _Flow:
        return _moved(flow, self._original)

    def _original(self, path: str, line: int) -> _Line:
        return path, self._before.get((path, line), line)

    def same(self, in_mutant: GuardSeen, in_original: GuardSeen) -> bool:
        """Whether it is the same check, spoiled or not."""
        there, here = in_mutant.location, in_original.location
        same_line = self.of_mutant(there.path, there.line) == self._original(here.path, here.line)
        return same_line and in_mutant.guard == in_original.guard


def _flows(findings: Iterable[Finding], lines: _Lines | None = None) -> Iterator[_Flow]:
    """Each flow of the findings; with ``lines``, of findings of a mutant."""
    for finding in findings:
        place = (finding.location.path, finding.location.line)
        for steps in finding.flows:
            way = [(each.location.path, each.location.line) for each in steps]
            data = steps[0].data or ""
            flow = _Flow(finding.rule, finding.sink, data, way[0], way[-1], place, frozenset([place, *way]))
            yield _moved(flow, lines.of_mutant) if lines is not None else flow


def _moved(flow: _Flow, move: Callable[[str, int], _Line]) -> _Flow:
    return flow._replace(
        source=move(*flow.source),
        sent=move(*flow.sent),
        place=move(*flow.place),
        way=frozenset(move(*each) for each in flow.way),
    )


def _permitting(missing: Iterable[_Flow], guarded: Iterable[Finding], lines: _Lines) -> list[GuardSeen]:
    """The checks of the mutant that permit one of the flows."""
    wanted = list(missing)
    found: dict[GuardSeen, None] = {}
    for verdict in guarded:
        if any(one.goes_on_as(other) for other in _flows([verdict], lines) for one in wanted):
            found.update(dict.fromkeys(verdict.guards))
    return list(found)


def _told(missing: Iterable[_Flow], permitting: Iterable[GuardSeen]) -> Iterator[str]:
    by = ", ".join(map(told_check, permitting))
    verdict = f"still permitted by {by}" if by else "not seen any more"
    for flow in missing:
        source, sent = (f"{path}:{line}" for path, line in (flow.source, flow.sent))
        yield f"{flow.rule}: {flow.data} from {source} to {flow.sink} at {sent} is {verdict}"
