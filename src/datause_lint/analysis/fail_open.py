"""Redaction that fails open: ``except: return text``.

A flow is due to it when it would be gone if the sanitizer never failed. So the program is analysed once more as if the
handler around the sanitizer did not exist, and what is missing then is reported. Programs without such a handler, or
without a finding, pay nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from datause_lint.analysis.judge import dotted, message_of
from datause_lint.analysis.world import Handler, World
from datause_lint.findings.finding import Finding, Step, Verdict
from datause_lint.findings.fingerprint import fingerprint
from datause_lint.names import covers
from datause_lint.policy.entries import About, Rule
from datause_lint.policy.wildcards import matches

MAXIMAL_HANDLERS: Final = 8  # that are told apart; more of them are answered for by the first

Again = Callable[[frozenset[Handler]], tuple[Finding, ...]]
"""The findings of the same program, when these handlers are never run."""

Flow = tuple[Step, ...]


def failing_open(world: World, findings: tuple[Finding, ...], again: Again) -> list[Finding]:
    """One finding for each sanitizer that fails open, and each sink that is reached by what it lets through."""
    rules = [rule for rule in world.policy.rules if rule.about is About.SANITIZER]
    handlers = sorted(world.protected, key=lambda handler: (world.protected[handler], handler))
    if not rules or not findings or not handlers:
        return []
    gone = list(_gone(findings, again(frozenset(handlers))))
    if not gone:
        return []
    if len(handlers) == 1 or len(handlers) > MAXIMAL_HANDLERS:
        return list(_reported(world, rules, handlers[0], gone))
    return [
        finding
        for handler in handlers
        for finding in _reported(world, rules, handler, _gone(findings, again(frozenset([handler]))))
    ]


def _gone(findings: Iterable[Finding], others: Iterable[Finding]) -> Iterator[tuple[Finding, Flow]]:
    """The flows of the findings that the others do not have."""
    left = {_name(finding, flow) for finding in others for flow in finding.flows}
    for finding in findings:
        for flow in finding.flows:
            if _name(finding, flow) not in left:
                yield finding, flow


def _name(finding: Finding, flow: Flow) -> tuple[object, ...]:
    return finding.rule, finding.sink, flow[0].location, flow[0].data, flow[-1].location


def _reported(
    world: World, rules: Iterable[Rule], handler: Handler, gone: Iterable[tuple[Finding, Flow]]
) -> Iterator[Finding]:
    flows = list(gone)
    for rule in rules:
        by_sink: dict[tuple[str, str], list[tuple[Finding, Flow]]] = {}
        for finding, flow in flows:
            if _concerns(rule, finding, flow):
                by_sink.setdefault((finding.sink, finding.use), []).append((finding, flow))
        for _, members in sorted(by_sink.items()):
            yield _finding(world, rule, handler, members)


def _concerns(rule: Rule, finding: Finding, flow: Flow) -> bool:
    return (
        flow[0].data is not None
        and finding.confidence >= rule.min_confidence
        and any(covers(data, flow[0].data) for data in rule.data)
        and any(covers(use, finding.use) for use in rule.use)
        and any(matches(pattern, finding.recipient) for pattern in rule.recipient)
    )


def _finding(world: World, rule: Rule, handler: Handler, members: list[tuple[Finding, Flow]]) -> Finding:
    first = members[0][0]
    data = tuple(sorted({flow[0].data for _, flow in members if flow[0].data is not None}))
    location, function = world.protected[handler], dotted(handler[0])
    flows = sorted({flow for _, flow in members}, key=lambda flow: (len(flow), [step.location for step in flow]))
    return Finding(
        rule=rule.id,
        verdict=Verdict.VIOLATION,
        severity=rule.severity,
        confidence=max(finding.confidence for finding, _ in members),
        location=location,
        function=function,
        message=message_of(world, rule, data, first.sink, first.recipient, first.use),
        data=data,
        use=first.use,
        recipient=first.recipient,
        sink=first.sink,
        flows=tuple(flows),
        guards=(),
        fingerprint=fingerprint(rule.id, location.path, function, first.sink, data),
    )
