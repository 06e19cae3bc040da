"""Findings that say again what another one says of the same data on its way to the same call."""

from __future__ import annotations

from collections.abc import Sequence

from datause_lint.findings.finding import Finding, Location, Step

_Way = tuple[Location, Location, Location]  # a source, the place of a finding, and where a sink is reached
_Ends = tuple[str, str, Location, Location]  # a rule, a sink, a source, and where the sink is reached


def without_repeats(findings: Sequence[Finding]) -> list[Finding]:
    """Without those of which every flow is reported elsewhere, by a finding of the same rule and sink.

    - Of a handler, where it is registered: a check is missing in it, and ``register(handler)`` only has it called.
    - Of what is kept, where it is read again: ``self.history.append(text)``, then ``ask(self.history)``, in a function
      that is handed the text. Whoever hands it over is told.
    """
    alike: dict[tuple[str, str], list[Finding]] = {}
    for each in findings:
        alike.setdefault((each.rule, each.sink), []).append(each)
    kept = [each for each in findings if not _is_registration(each, alike[each.rule, each.sink])]
    return _without_later(kept)


def _is_registration(finding: Finding, others: Sequence[Finding]) -> bool:
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


def _without_later(findings: Sequence[Finding]) -> list[Finding]:
    """Without those to which data only comes by the places of others. What covers one that is left out is itself left
    out only where others report the same flows, so that each flow stays reported."""
    reported: dict[_Ends, list[int]] = {}  # by whom
    for number, each in enumerate(findings):
        for flow in each.flows:
            reported.setdefault(_ends(each, flow), []).append(number)
    left_out: set[int] = set()
    for number, each in enumerate(findings):
        places = [
            [findings[other].location for other in reported[_ends(each, flow)] if other not in {*left_out, number}]
            for flow in each.flows
        ]
        comes_by = [
            any(_comes_first(place, each.location, flow) for place in others)
            for flow, others in zip(each.flows, places, strict=True)
        ]
        if comes_by and all(comes_by):
            left_out.add(number)
    return [each for number, each in enumerate(findings) if number not in left_out]


def _ends(finding: Finding, flow: Sequence[Step]) -> _Ends:
    return finding.rule, finding.sink, flow[0].location, flow[-1].location


def _comes_first(one: Location, other: Location, flow: Sequence[Step]) -> bool:
    """Whether the flow comes by one place, and later by the other."""
    places = [step.location for step in flow[1:]]
    if one == other or one not in places or other not in places:
        return False
    return places.index(one) < places.index(other)
