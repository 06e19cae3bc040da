"""Why a line is, or is not, a finding, as text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from datause_lint.findings.explanation import Explanation
from datause_lint.findings.finding import Finding, GuardSeen, Location, Role, Verdict
from datause_lint.reporters.base import Context
from datause_lint.reporters.terminal import Style, painter, printable
from datause_lint.reporters.text import TextOfFindings

_MOST_WHOLE: Final = 6  # flows that are told in full; of more, only those that have to be checked at the line


def explain_text(explanation: Explanation, context: Context) -> str:
    text = TextOfFindings(context, painter(context.color))
    blocks = ["\n".join(_head(explanation, context))]
    both = (*explanation.findings, *explanation.guarded)
    whole = both if len(both) <= _MOST_WHOLE else [each for each in both if _covers(each.location, explanation)]
    for each in both:
        told = text.guarded(each) if each.verdict is Verdict.GUARDED else text.finding(each)
        lines = [*_part(each, explanation), *(told if each in whole else itertools.islice(told, 1))]
        blocks.append("\n".join(lines))
    if explanation.remarks:
        blocks.append("\n".join(f"no finding: {printable(remark)}" for remark in explanation.remarks))
    return "\n\n".join(blocks) + "\n"


def _head(explanation: Explanation, context: Context) -> Iterator[str]:
    place = painter(context.color)(f"{printable(explanation.path)}:{explanation.line}", Style.STRONG)
    yield f"{place}, in {printable(explanation.function)}" if explanation.function else place
    line = context.sources.line(explanation.path, explanation.line)
    if line is not None:
        yield f"{explanation.line:>5} | {printable(line.rstrip().replace(chr(9), '    '))}"


def _part(finding: Finding, explanation: Explanation) -> Iterator[str]:
    """What the line has to do with it."""
    parts = dict.fromkeys(_parts(finding, explanation))
    if finding.suppressed is not None:
        yield f"suppressed by {finding.suppressed.by.value}: {printable(finding.suppressed.reason)}"
    yield f"the line is {' and '.join(parts)}:"


def _parts(finding: Finding, explanation: Explanation) -> Iterator[str]:
    words = {Role.SOURCE: "where the data is read", Role.STEP: "on its way", Role.SINK: "where it is sent"}
    if _covers(finding.location, explanation):
        yield "where a check has to stand"
    for flow in finding.flows:
        yield from (words[step.role] for step in flow if _covers(step.location, explanation))
    yield from (_check(guard) for guard in finding.guards if _covers(guard.location, explanation))


def _check(guard: GuardSeen) -> str:
    return "the check that permits it" if guard.counts else "a check that does not count"


def _covers(place: Location, explanation: Explanation) -> bool:
    return place.path == explanation.path and place.line <= explanation.line <= place.end_line
