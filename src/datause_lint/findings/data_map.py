"""The data-use map: every flow of personal data into AI, each with the checks that it passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from datause_lint.findings.finding import (
    FileError,
    Finding,
    GuardSeen,
    Location,
    Report,
    Role,
    Stats,
    Step,
    Suppression,
    Verdict,
)
from datause_lint.names import CategoryKey, RuleId, UseKey


@dataclass(frozen=True, slots=True)
class MappedFlow:
    """One flow: data of one category, from the place where it is read to the call that uses it.

    ``guards`` holds the check that permits a guarded flow, and of any other the checks that were seen on its way.
    """

    verdict: Verdict
    rule: RuleId
    data: CategoryKey
    use: UseKey
    recipient: str
    sink: str  # the policy entry's id
    function: str  # of ``place``, dotted
    place: Location  # where a check would have to stand: the call from which the sink is reached
    steps: tuple[Step, ...]  # from the source to the sink, both included
    guards: tuple[GuardSeen, ...]
    suppressed: Suppression | None

    @property
    def source(self) -> Step:
        return self.steps[0]

    @property
    def sent(self) -> Step:
        """The sink's own call."""
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class DataMap:
    flows: tuple[MappedFlow, ...]  # by place, rule, sink, verdict, source
    errors: tuple[FileError, ...]
    stats: Stats

    def counts(self) -> dict[Verdict, int]:
        """How many flows each verdict has, those without any included."""
        counted = Counter(flow.verdict for flow in self.flows)
        return {verdict: counted[verdict] for verdict in (Verdict.VIOLATION, Verdict.UNPROVEN, Verdict.GUARDED)}


def data_map(report: Report, guarded: Iterable[Finding]) -> DataMap:
    """The map of a run: its findings, suppressed ones too, and the flows that a check permits."""
    flows: dict[MappedFlow, tuple[GuardSeen, ...]] = {}
    for finding in (*report.findings, *guarded):
        for flow in _flows_of(finding):  # one flow may pass a check here in one call, and another check in another
            flows[flow] = tuple(dict.fromkeys((*flows.get(flow, ()), *finding.guards)))
    found = [replace(flow, guards=guards) for flow, guards in flows.items()]
    return DataMap(tuple(sorted(found, key=_order)), report.errors, report.stats)


def _flows_of(finding: Finding) -> Iterator[MappedFlow]:
    """The finding's flows, without its guards."""
    for steps in finding.flows:
        source = next((step for step in steps if step.role is Role.SOURCE), steps[0])
        yield MappedFlow(
            verdict=finding.verdict,
            rule=finding.rule,
            data=source.data or finding.data[0],
            use=finding.use,
            recipient=finding.recipient,
            sink=finding.sink,
            function=finding.function,
            place=finding.location,
            steps=steps,
            guards=(),
            suppressed=finding.suppressed,
        )


def _order(flow: MappedFlow) -> tuple[object, ...]:
    guards = tuple((guard.location, guard.guard) for guard in flow.guards)
    steps = tuple(step.location for step in flow.steps)
    return flow.place, flow.rule, flow.sink, flow.verdict.value, flow.data, steps, guards
