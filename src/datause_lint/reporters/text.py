"""The report for people: what is wrong where, how the data gets there, which checks were seen, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import takewhile

from datause_lint.findings.finding import Finding, GuardSeen, Location, Report, Step, Verdict
from datause_lint.policy.entries import Severity
from datause_lint.reporters.advice import advice
from datause_lint.reporters.base import Context
from datause_lint.reporters.terminal import Paint, Style, painter, printable, width

_WIDEST = 120
_MOST_SOURCES = 5
_STYLES = {Severity.ERROR: Style.RED, Severity.WARNING: Style.YELLOW, Severity.NOTE: Style.CYAN}


def report_text(report: Report, context: Context) -> str:
    """Empty when there is no finding: what a clean run rests on is no finding, and goes elsewhere."""
    shown = [finding for finding in report.findings if finding.suppressed is None]
    if not shown:
        return ""
    text = TextOfFindings(context, painter(context.color))
    blocks = ["\n".join(text.finding(*together)) for together in _together(shown, context)]
    return "\n\n".join(blocks) + "\n\n" + summary(report, context) + "\n"


def _together(findings: list[Finding], context: Context) -> list[list[Finding]]:
    """What differs only in who receives it, of a call that may go to several providers, is told once."""
    found: dict[object, list[Finding]] = {}
    for number, each in enumerate(findings):
        alike = (each.rule, each.location, each.use, each.verdict, each.severity, each.data, each.guards)
        found.setdefault(number if context.verbose else alike, []).append(each)
    return list(found.values())


def summary(report: Report, context: Context) -> str:
    """One line on the run as a whole."""
    shown = [finding for finding in report.findings if finding.suppressed is None]
    counts = Counter(finding.severity for finding in shown)
    found = ", ".join(_count(counts[severity], severity.name.lower()) for severity in sorted(counts, reverse=True))
    parts = [f"{found or 'No findings'} in {_scanned(report)}"]
    if not shown:
        parts.append(
            f"{_count(context.coverage.sinks_reached, 'AI use')} of personal data, "
            f"{_count(context.coverage.flows_guarded, 'flow')} guarded"
        )
    if suppressed := len(report.findings) - len(shown):
        parts.append(f"{suppressed} suppressed")
    if report.errors:
        parts.append(f"{_count(len({error.path for error in report.errors}), 'file')} could not be analysed")
    if report.stats.cut:
        parts.append(f"{_count(report.stats.cut, 'function')} analysed only up to a bound")
    if context.seconds is not None:
        parts.append(f"{context.seconds:.2f} s")
    return "; ".join(parts)


def _scanned(report: Report) -> str:
    stats = report.stats
    return f"{_count(stats.files, 'file')} ({stats.parsed:,} parsed, {_count(stats.lines, 'line')})"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class TextOfFindings:
    """Lays out one finding after the other. Whatever comes from scanned code passes ``printable`` or ``_code``."""

    def __init__(self, context: Context, paint: Paint) -> None:
        self._context = context
        self._paint = paint
        self._advised: set[tuple[str, ...]] = set()

    def finding(self, finding: Finding, *alike: Finding) -> Iterator[str]:
        """``alike`` are further ones of the same place that differ only in the sink."""
        yield self._header(finding)
        yield from self._underlined(finding.location)
        yield from self._flows(finding)
        yield from self._further(alike)
        yield from self._guards(finding)
        yield from self._fix(finding)

    def guarded(self, verdict: Finding) -> Iterator[str]:
        """A flow that a check permits."""
        place = self._paint(_place(verdict.location) + ":", Style.STRONG)
        mark = self._paint(f"guarded[{verdict.rule}]", Style.GREEN)
        says = f"{', '.join(verdict.data)} reaches {verdict.sink} ({verdict.recipient}) for {verdict.use}"
        yield f"{place} {mark} {self._paint(printable(says), Style.STRONG)}"
        yield from self._underlined(verdict.location)
        yield from self._flows(verdict)
        yield self._title("permitted by")
        for guard in verdict.guards:
            about = f", of {guard.subject}" if guard.subject else ""
            yield f"    {self._place(guard.location)}  {printable(f'{guard.guard} counts: {guard.note}{about}')}"
            yield from self._code(guard.location)

    def _header(self, finding: Finding) -> str:
        place = self._paint(_place(finding.location) + ":", Style.STRONG)
        mark = self._paint(f"{finding.severity.name.lower()}[{finding.rule}]", _STYLES[finding.severity])
        return f"{place} {mark} {self._paint(printable(finding.message), Style.STRONG)}"

    def _underlined(self, place: Location) -> Iterator[str]:
        line = self._context.sources.line(place.path, place.line)
        if line is None:
            return
        end = place.end_column if place.end_line == place.line else len(line.rstrip()) + 1
        before, marked, after = _window(line, place.column - 1, end - 1)
        gutter = self._paint(f"{place.line:>5} |", Style.DIM)
        below = self._paint("      |", Style.DIM)
        yield f"{gutter} {before}{marked}{after}"
        yield f"{below} {' ' * width(before)}{self._paint('^' * max(width(marked), 1), Style.RED)}"

    def _flows(self, finding: Finding) -> Iterator[str]:
        ordered = _nearest_first(finding)
        flows = ordered if self._context.verbose else ordered[:1]
        for flow in flows:
            yield self._title("flow")
            shown = finding.location.path, finding.location.line
            for step in flow:
                yield f"    {self._place(step.location)}  {_note_of(step)}"
                here = step.location.path, step.location.line
                if here != shown:
                    yield from self._code(step.location)
                shown = here
        yield from self._other_sources(tuple(flow[0] for flow in flows), ordered[len(flows) :])

    def _further(self, findings: tuple[Finding, ...]) -> Iterator[str]:
        if not findings:
            return
        yield self._title(f"the same, {_count(len(findings), 'more finding')}")
        for each in findings:
            place = f"{self._place(each.flows[0][-1].location)}  " if each.flows else ""
            yield f"    {place}{printable(f'{each.sink} ({each.recipient})')}"

    def _other_sources(self, shown: tuple[Step, ...], flows: tuple[tuple[Step, ...], ...]) -> Iterator[str]:
        told = {(step.location, _note_of(step)) for step in shown}
        others = dict.fromkeys((flow[0].location, _note_of(flow[0])) for flow in flows)
        sources = [source for source in others if source not in told]
        if not sources:
            return
        yield self._title("also from")
        for location, note in sources[:_MOST_SOURCES]:
            yield f"    {self._place(location)}  {note}"
        if more := len(sources[_MOST_SOURCES:]):
            yield f"    and {_count(more, 'more place')} (--verbose shows every flow)"

    def _guards(self, finding: Finding) -> Iterator[str]:
        if not finding.guards:
            return
        unproven = finding.verdict is Verdict.UNPROVEN
        yield self._title("a guard is there, but does not prove it" if unproven else "guards seen, none counts")
        for guard in finding.guards:
            yield f"    {self._place(guard.location)}  {_verdict_on(guard)}"
            yield from self._code(guard.location)

    def _fix(self, finding: Finding) -> Iterator[str]:
        advised = tuple(advice(finding, self._context))
        first, *rest = advised
        if rest and advised in self._advised:
            first, rest = f"as above: {first.partition(';')[0].rstrip(':')}", []
        self._advised.add(advised)
        yield f"  {self._paint('fix:', Style.GREEN)} {printable(first)}"
        for line in rest:
            yield f"         {printable(line)}"

    def _title(self, text: str) -> str:
        return "  " + self._paint(text + ":", Style.BLUE)

    def _place(self, location: Location) -> str:
        return self._paint(_place(location), Style.STRONG)

    def _code(self, location: Location) -> Iterator[str]:
        line = self._context.sources.line(location.path, location.line)
        if line is not None and line.strip():
            before, marked, after = _window(line, location.column - 1, location.column - 1)
            yield "        " + self._paint((before + marked + after).strip(), Style.DIM)


def _place(location: Location) -> str:
    return f"{printable(location.path)}:{location.line}:{location.column}"


def _nearest_first(finding: Finding) -> tuple[tuple[Step, ...], ...]:
    """Before those that begin in other folders, which are harder to believe, come flows whose data is read nearby."""
    here = finding.location.path.split("/")

    def distance(flow: tuple[Step, ...]) -> int:
        there = flow[0].location.path.split("/")
        shared = takewhile(lambda parts: parts[0] == parts[1], zip(here, there, strict=False))
        return len(here) - len(list(shared))

    return tuple(sorted(finding.flows, key=distance))


def _note_of(step: Step) -> str:
    data = f" ({step.data})" if step.data else ""
    return printable(step.note + data)


def _verdict_on(guard: GuardSeen) -> str:
    if guard.counts:
        return printable(f"{guard.guard} counts: {guard.note}")
    return printable(f"{guard.guard} does not count ({guard.why.value if guard.why else 'unknown'}): {guard.note}")


def _window(line: str, start: int, end: int) -> tuple[str, str, str]:
    """What is before, in and after a part of a line, cut so that the part's start is in sight."""
    first = max(0, start - _WIDEST // 2) if start > _WIDEST * 2 // 3 else 0
    last = first + _WIDEST
    before, marked, after = line[first:start], line[start : min(end, last)], line[min(end, last) : last]
    left = "…" if first else ""
    right = "…" if len(line) > last else ""
    return left + _untabbed(before), _untabbed(marked), _untabbed(after.rstrip()) + right


def _untabbed(text: str) -> str:
    return printable(text.replace("\t", "    "))
