"""Entries that can never have an effect: most likely a mistake of whoever wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from datause_lint.errors import Problem, nearest
from datause_lint.names import covers
from datause_lint.policy.entries import Guard, Rule, Sink, Source, Waiver
from datause_lint.policy.merge import NamedEntry, Policy
from datause_lint.policy.wildcards import matches


def unmatched(policy: Policy) -> tuple[Problem, ...]:
    """What to say about the entries that nothing else of the policy can meet, in the order of loading."""
    return tuple(
        Problem(message, named.entry.origin.file, named.entry.origin.line, named.table, suggestion)
        for named in policy.entries
        for message, suggestion in _remarks(named, policy)
    )


Remark = tuple[str, str | None]


def _remarks(named: NamedEntry, policy: Policy) -> Iterator[Remark]:
    entry = named.entry
    if named.written.get("replace") and not named.replaces:
        others = [other.id for other in policy.entries if other.table == named.table and other.id != named.id]
        yield f'"{named.id}" replaces nothing: no pack before it has the id', nearest(named.id, others)
    if isinstance(entry, Source):
        yield from _source_remarks(entry, policy)
    elif isinstance(entry, Guard):
        yield from _guard_remarks(entry, policy)
    elif isinstance(entry, Rule):
        yield from _rule_remarks(entry, policy.of(Sink))
    elif isinstance(entry, Waiver):
        yield from _waiver_remarks(entry, policy.of(Sink))


def _source_remarks(source: Source, policy: Policy) -> Iterator[Remark]:
    # A rule about a part of the category can still match: the data may be of that part.
    about = [key for rule in policy.of(Rule) for key in rule.data]
    if not any(covers(key, source.category) or covers(source.category, key) for key in about):
        yield f'"{source.id}" is of the category "{source.category}", which no rule is about', None


def _guard_remarks(guard: Guard, policy: Policy) -> Iterator[Remark]:
    if guard.purpose is not None and not policy.purposes:
        yield f'"{guard.id}" looks up its purpose, and [purposes] says of none what it allows', None
    sink_uses = {sink.use for sink in policy.of(Sink)}
    if guard.allows and not _any_covered(guard.allows, sink_uses):
        yield f'"{guard.id}" allows {" and ".join(guard.allows)}, which is the use of no sink', None


def _rule_remarks(rule: Rule, sinks: Sequence[Sink]) -> Iterator[Remark]:
    of_use = [sink for sink in sinks if _any_covered(rule.use, [sink.use])]
    if not of_use:
        yield f'"{rule.id}" is about {" and ".join(rule.use)}, which is the use of no sink', None
    elif not any(matches(pattern, sink.recipient) for pattern in rule.recipient for sink in of_use):
        yield _unknown("recipient", f'of "{rule.id}"', rule.recipient, {sink.recipient for sink in of_use})


def _waiver_remarks(waiver: Waiver, sinks: Sequence[Sink]) -> Iterator[Remark]:
    for kind, pattern, known in (
        ("sink", waiver.sink, {sink.id for sink in sinks}),
        ("recipient", waiver.recipient, {sink.recipient for sink in sinks}),
    ):
        if pattern is not None and not any(matches(pattern, word) for word in known):
            yield _unknown(kind, "of the waiver", (pattern,), known)


def _unknown(kind: str, whose: str, patterns: Sequence[str], known: Iterable[str]) -> Remark:
    return f'the {kind} {whose} is none of the policy: "{", ".join(patterns)}"', nearest(patterns[0], known)


def _any_covered(general: Iterable[str], keys: Iterable[str]) -> bool:
    return any(covers(one, key) for one in general for key in keys)
