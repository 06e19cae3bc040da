"""Findings that say again what another one says: of a handler, where it is registered, what it does itself."""

from __future__ import annotations

from collections.abc import Sequence

from datause_lint.findings.finding import Finding, Location, Step

_Way = tuple[Location, Location, Location]  # a source, the place of a finding, and where a sink is reached


def without_repeats(findings: Sequence[Finding]) -> list[Finding]:
    """Without those of which every flow passes the place of another finding, in a function that is made there, with the
    same source, rule and sink: a check is missing in it, and ``register(handler)`` only has it called."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for each in findings:
        alike.setdefault((each.rule, each.sink), []).append(each)
    return [each for each in findings if not _is_repeat(each, alike[each.rule, each.sink])]


def _is_repeat(finding: Finding, others: Sequence[Finding]) -> bool:
    nearer: dict[_Way, int] = {}  # the length of the shortest flow
    for each in others:
        for flow in each.flows if each.function.startswith(f"{finding.function}.") else ():
            way = flow[0].location, each.location, flow[-1].location
            nearer[way] = min(len(flow), nearer.get(way, len(flow)))
    return bool(nearer) and all(_passes(flow, nearer) for flow in finding.flows)


def _passes(flow: Sequence[Step], nearer: dict[_Way, int]) -> bool:
    """Whether the flow comes by where another finding is, which has a shorter one from its source to its sink."""
    source, sink = flow[0].location, flow[-1].location
    return any(nearer.get((source, step.location, sink), len(flow)) < len(flow) for step in flow[1:])
