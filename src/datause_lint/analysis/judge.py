"""What is left unanswered, against the policy's rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from datause_lint.analysis.atoms import Data, Label
from datause_lint.analysis.descriptions import description_of_subject
from datause_lint.analysis.facts import NOTHING, Fact
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.giving_up import without_whole_people
from datause_lint.analysis.memo import Node
from datause_lint.analysis.objects import ELEMENT, OF, Obj
from datause_lint.analysis.obligations import proven_by
from datause_lint.analysis.state import State
from datause_lint.analysis.summaries import NO_CALLER
from datause_lint.analysis.summary import Frame as Place
from datause_lint.analysis.summary import GuardSite, Obligation, Summary
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.vacuity import vacuous_guards
from datause_lint.analysis.world import World
from datause_lint.findings.finding import Finding, GuardSeen, Location, Role, Step, Verdict, Why
from datause_lint.findings.fingerprint import fingerprint
from datause_lint.findings.ordering import in_order
from datause_lint.findings.repeats import without_repeats
from datause_lint.names import CategoryKey, FunctionId, UseKey, covers
from datause_lint.policy.entries import About, Confidence, Rule, Severity, Unless
from datause_lint.policy.wildcards import matches


@dataclass(slots=True)
class _Group:
    """All that reaches one sink, from one place, against one rule."""

    rule: Rule
    place: Place
    members: list[Obligation] = field(default_factory=list)


def judge(world: World, roots: dict[FunctionId, Summary]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings, and the guarded flows with the checks that permit them; both in the order of reports."""
    open_obligations = [
        settled
        for name, summary in roots.items()
        for each in summary.obligations
        for settled in _concrete(world, name, summary, each)
    ]
    evidence = [each for each in world.evidence.values() if isinstance(each.data, Label)]
    rules = [rule for rule in world.policy.rules if rule.about is About.FLOW]
    groups: dict[tuple[object, ...], _Group] = {}
    guarded: dict[tuple[tuple[object, ...], Location, str], _Group] = {}
    for obligation in (*open_obligations, *evidence):
        for rule in rules:
            if not _concerns(rule, obligation):
                continue
            place = obligation.place or _own_place(world, obligation)
            name = (rule.id, place.location, obligation.sink.id, obligation.steps[-1].location)
            if _is_allowed(rule, obligation):
                proof = obligation.proven
                assert proof is not None
                permitted = guarded.setdefault((name, proof.location, proof.guard), _Group(rule, place))
                permitted.members.append(obligation)
            else:
                groups.setdefault(name, _Group(rule, place)).members.append(obligation)
    found = [*groups.values(), *_vacuous(world, evidence)]
    findings = without_repeats(
        _one_for_each_place(world, [_finding(world, group, Verdict.VIOLATION) for group in found])
    )
    allowed = [
        _finding(world, replace(group, members=members), Verdict.GUARDED)
        for (name, *_), group in guarded.items()
        if (members := _not_also_open(group, groups.get(name)))
    ]
    return in_order(findings), in_order(_one_for_each_place(world, allowed))


def _vacuous(world: World, evidence: list[Obligation]) -> list[_Group]:
    """What checks permit that let everybody through, one group for each of them and each sink."""
    rules = [rule for rule in world.policy.rules if rule.about is About.GUARD]
    proofs = {each.proven.guard for each in evidence if each.proven is not None} if rules else set()
    places = vacuous_guards(world, proofs) if proofs else {}
    groups: dict[tuple[object, ...], _Group] = {}
    for obligation in evidence:
        for place in places.get(obligation.proven.guard, ()) if obligation.proven is not None else ():
            for rule in rules:
                if _concerns(rule, obligation):
                    name = (rule.id, place.location, obligation.sink.id)
                    groups.setdefault(name, _Group(rule, place)).members.append(obligation)
    return list(groups.values())


def _not_also_open(group: _Group, unguarded: _Group | None) -> list[Obligation]:
    """What is guarded on every way that was seen: data that also comes without a check is a finding's."""
    if unguarded is None:
        return group.members
    sources = {_source_of(each) for each in unguarded.members}
    return [each for each in group.members if _source_of(each) not in sources]


def _source_of(obligation: Obligation) -> tuple[Location, CategoryKey]:
    assert isinstance(obligation.data, Label)
    return obligation.data.source.location, obligation.data.category


def _own_place(world: World, obligation: Obligation) -> Place:
    """What the data comes to is the root, or, where that only wraps a function, the function in it."""
    inner = obligation.inner
    function = world.function(inner.function) if inner is not None else None
    if inner is None or function is None:
        return obligation.site
    by_framework = world.wiring.is_wrapped(world, function)
    by_decorator = "<locals>" in obligation.site.function and world.is_wrapped(inner.function)
    return inner if by_framework or by_decorator else obligation.site


def _one_for_each_place(world: World, findings: Iterable[Finding]) -> list[Finding]:
    """One finding per rule, place and sink, also where a sink is reached by several ways; of guarded, per check."""
    merged: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        checks = [(guard.location, guard.guard) for guard in finding.guards if guard.counts]
        name = (finding.rule, finding.location, finding.sink, *checks)
        before = merged.get(name)
        merged[name] = finding if before is None else _merged(world, before, finding)
    return list(merged.values())


def _merged(world: World, one: Finding, other: Finding) -> Finding:
    rule = next(each for each in world.policy.rules if each.id == one.rule)
    flows = tuple(sorted({*one.flows, *other.flows}, key=_flow_order))
    data = tuple(sorted({*one.data, *other.data}))
    verdict = one.verdict if one.verdict is other.verdict else Verdict.VIOLATION
    return replace(
        one,
        message=message_of(world, rule, data, one.sink, one.recipient, one.use),
        flows=flows,
        data=data,
        verdict=verdict,
        severity=max(one.severity, other.severity),
        confidence=max(one.confidence, other.confidence),
        guards=tuple(dict.fromkeys((*one.guards, *other.guards))),
        fingerprint=fingerprint(one.rule, one.location.path, one.function, one.sink, data),
    )


# ── rules ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _concerns(rule: Rule, obligation: Obligation) -> bool:
    label = obligation.data
    assert isinstance(label, Label)
    sink = obligation.sink
    return (
        label.confidence >= rule.min_confidence
        and any(covers(data, label.category) for data in rule.data)
        and any(covers(use, sink.use) for use in rule.use)
        and (not rule.recipient or any(matches(pattern, sink.recipient) for pattern in rule.recipient))
    )


def _is_allowed(rule: Rule, obligation: Obligation) -> bool:
    proof = obligation.proven
    if proof is None or rule.unless is not Unless.CONSENT:
        return False
    return not (rule.person_consent_only and proof.organisation)


# ── what a root holds ─────────────────────────────────────────────────────────────────────────────────────────────


def _concrete(world: World, root: FunctionId, summary: Summary, obligation: Obligation) -> list[Obligation]:
    """A parameter that nobody fills, or an element of one: what it is by its type, when that is a record."""
    if isinstance(obligation.data, Label):
        return [obligation]
    function = world.function(root)
    module = world.module(world.module_of(root))
    if function is None or module is None:
        return []
    frame = Frame(world, function, module, NO_CALLER, Node())
    state = _with_elements(summary, obligation.data)
    found: list[Obligation] = []
    for label in _labels_of_input(world, frame, state, obligation.data):
        proof = proven_by(frame, state, label, obligation.sink, obligation.carried)  # now it is known whose data it is
        found.append(replace(obligation, data=label, proven=proof))
    return found


def _with_elements(summary: Summary, data: Data) -> State:
    """A state that knows no more than what elements of the function's loops stand for."""
    state = State({}, {}, NOTHING)
    pending = [data.of.root]
    while pending:
        obj = pending.pop()
        stands = summary.stands_for(obj) if obj.of_a_round and obj not in state.heap else None
        if stands is not None:
            state.store(obj, OF, stands)
            pending.extend(each.root for each in stands.objects())
    return state


def _labels_of_input(world: World, frame: Frame, state: State, data: Data) -> list[Label]:
    found: dict[Label, None] = {}
    pending: list[tuple[Obj, int]] = [(data.of, 0)]
    while pending:
        obj, depth = pending.pop()
        held = world.records.whole(frame, state, obj)
        held = held if data.whole else without_whole_people(frame, state, held)
        found.update(dict.fromkeys(atom for atom in held.atoms if isinstance(atom, Label)))
        if depth < 2 and any(kind.arguments for kind in types_of(frame, state, obj)):
            pending.append((obj.child(ELEMENT), depth + 1))
    return list(found)


# ── findings ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _member_order(obligation: Obligation) -> tuple[object, ...]:
    assert isinstance(obligation.data, Label)
    return _flow_order((obligation.data.source, *obligation.steps))


def _finding(world: World, group: _Group, verdict: Verdict) -> Finding:
    members = sorted(group.members, key=_member_order)
    rule, first = group.rule, members[0]
    unproven = verdict is Verdict.VIOLATION and all(each.unproven for each in members)
    if unproven:
        verdict = Verdict.UNPROVEN
    data = tuple(sorted({each.data.category for each in members if isinstance(each.data, Label)}))
    severity = rule.severity if verdict is not Verdict.UNPROVEN else min(rule.severity, rule.unproven_severity)
    function = dotted(group.place.function)
    location = group.place.location
    return Finding(
        rule=rule.id,
        verdict=verdict,
        severity=Severity(severity),
        confidence=max(
            (each.data.confidence for each in members if isinstance(each.data, Label)), default=Confidence.LOW
        ),
        location=location,
        function=function,
        message=message_of(world, rule, data, first.sink.id, first.sink.recipient, first.sink.use),
        data=data,
        use=first.sink.use,
        recipient=first.sink.recipient,
        sink=first.sink.id,
        flows=_flows(members),
        guards=_guards(members),
        fingerprint=fingerprint(rule.id, location.path, function, first.sink.id, data),
    )


def message_of(world: World, rule: Rule, data: tuple[CategoryKey, ...], sink: str, recipient: str, use: UseKey) -> str:
    labels = [world.policy.categories[key].label if key in world.policy.categories else key for key in data]
    return rule.message.format_map(
        {
            "data": ", ".join(
                f"{label} ({key})" if label != key else key for label, key in zip(labels, data, strict=True)
            ),
            "sink": sink,
            "recipient": recipient,
            "use": use,
        }
    )


def dotted(function: FunctionId) -> str:
    module, _, qualified = function.partition(":")
    if qualified == "<module>":
        return module
    return f"{module}.{qualified.replace('.<locals>', '').partition('#')[0]}"


def _flows(members: list[Obligation]) -> tuple[tuple[Step, ...], ...]:
    """One flow for each place where data is read, the shortest first."""
    flows: dict[object, tuple[Step, ...]] = {}
    for each in members:
        assert isinstance(each.data, Label)
        source = each.data.source
        steps = tuple(step for step in each.steps if step.role is Role.SINK or step.location != source.location)
        flow = (source, *steps)
        name = (source.location, source.data)
        if name not in flows or _flow_order(flow) < _flow_order(flows[name]):
            flows[name] = flow
    return tuple(sorted(flows.values(), key=_flow_order))


def _flow_order(flow: tuple[Step, ...]) -> tuple[object, ...]:
    """The shortest first; of equally long ones always the same."""
    return (len(flow), flow[0].location, flow[0].data or "", tuple((step.location, step.note) for step in flow))


def _guards(members: list[Obligation]) -> tuple[GuardSeen, ...]:
    seen: dict[GuardSeen, None] = {}
    for each in members:
        if each.proven is not None:
            note = f"allows {', '.join(each.proven.uses)}"
            if each.proven.asserted:
                note += "; an assert statement, which python -O strips"
            seen[_guard_seen(each.proven, True, None, note)] = None
            continue
        for site in each.seen:
            why, note = _why_not(each, site)
            seen[_guard_seen(site.fact, False, why, note)] = None
    places: dict[tuple[object, str], GuardSeen] = {}
    for guard in seen:
        places.setdefault((guard.location, guard.guard), guard)
    return tuple(sorted(places.values(), key=lambda guard: (guard.location, guard.guard)))


def _guard_seen(fact: Fact, counts: bool, why: Why | None, note: str) -> GuardSeen:
    return GuardSeen(fact.location, fact.guard, counts, why, note, fact.uses, description_of_subject(fact))


def _why_not(obligation: Obligation, site: GuardSite) -> tuple[Why, str]:
    fact, use = site.fact, obligation.sink.use
    if site.written:
        return Why.SUBJECT, "asks what the code itself has put there: nobody has answered"
    if site.unknown:
        return Why.SUBJECT, "is made of somebody of whom the analysis does not know who it is"
    if not any(covers(allowed, use) for allowed in fact.uses):
        allowed = f"allows {', '.join(fact.uses)}" if fact.uses else "allows nothing that the policy knows"
        return Why.USE, f"{allowed}, the flow is for {use}"
    holding = [each for each in obligation.carried if type(each) is Fact and each.guard == fact.guard]
    if any(each.refused and each.location == fact.location for each in holding):
        return Why.NEGATED, "does not hold here: the data is sent where consent is missing"
    if any(not each.refused for each in holding):
        if obligation.unproven:
            return Why.SUBJECT, obligation.unproven
        if site.stale:
            return Why.STALE, "was made of somebody else, whom the variable held before"
        if all(each.every for each in holding if not each.refused):
            return Why.SUBJECT, "is about everybody in another collection, or in a part of this one"
        return Why.SUBJECT, "is not about the person whose data this is"
    sent = obligation.site.location if obligation.site.function == site.function else obligation.steps[-1].location
    if fact.location.path == sent.path and (fact.location.line, fact.location.column) > (sent.line, sent.column):
        return Why.ORDER, "is made after the data has been sent"
    if site.overwritten:
        return Why.STALE, "held when it was made: the code has put something else there since"
    return Why.BRANCH, "does not hold on every path to the call"
