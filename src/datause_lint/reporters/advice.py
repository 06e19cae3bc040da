"""How to mend a finding: which check of the policy would count for it, or how to declare one."""

from __future__ import annotations

from collections.abc import Iterator

from datause_lint.findings.finding import Finding, GuardSeen, Role, Step, Verdict, Why
from datause_lint.names import UseKey, covers
from datause_lint.policy.entries import About, Evidence, Guard, GuardKind, Rule, Scalar, Unless
from datause_lint.reporters.base import Context, excerpt

_MOST_GUARDS = 3
_REPAIRS = {
    Why.ORDER: "move the check of {guard} ({place}) before the call",
    Why.BRANCH: "let the check of {guard} ({place}) decide on every path: return or raise where there is no consent",
    Why.NEGATED: "turn the check of {guard} ({place}) round: here the data is used where consent is not given",
    Why.STALE: "check {guard} again: after {place} the person, or what the field says, is another",
}


def advice(finding: Finding, context: Context) -> list[str]:
    """Lines of advice for this finding, the first a sentence on its own; the others belong below it."""
    rule = context.rules.get(finding.rule)
    if rule is not None and rule.about is About.GUARD:
        return [
            "let the check refuse those who have not consented, or take it out of the policy: it permits these flows"
        ]
    if rule is not None and rule.about is About.SANITIZER:
        return ["where the redaction fails, stop (raise), or put a constant in the text's place"]
    if rule is not None and rule.unless is Unless.NEVER:
        return [f"take {_data(finding)} out of what is passed here: no consent permits this"]
    if rule is not None and rule.unless is Unless.SANITIZED:
        return [f"pass {_data(finding)} through a sanitizer of the policy before the call, or leave it out"]
    repair = _repair(finding.guards)
    if repair is not None:
        return [repair]
    if finding.verdict is Verdict.UNPROVEN:
        return ["say in a [[record]] of the policy whose data it is, or check the consent of each of these people"]
    return _check_to_add(finding, rule, context)


def _check_to_add(finding: Finding, rule: Rule | None, context: Context) -> list[str]:
    only_persons = rule is not None and rule.person_consent_only
    guards = [guard for guard in context.guards if not (only_persons and guard.organisation)]
    offers = list(_offers(guards, finding.use, context))
    if not offers:
        sentence = f"no guard of the policy allows {finding.use}; declare what proves consent, and check it:"
        return [sentence, *_declaration(finding)]
    if more := len(offers[_MOST_GUARDS:]):
        offers[_MOST_GUARDS:] = [f"({more} more in: datause-lint rules list guard)"]
    return [f"before the call, on every path, check the consent of {_person(finding, context)}:", *offers]


def _repair(guards: tuple[GuardSeen, ...]) -> str | None:
    for guard in guards:
        if guard.why in _REPAIRS:
            place = f"{guard.location.path}:{guard.location.line}"
            return _REPAIRS[guard.why].format(guard=guard.guard, place=place)
    return None


def _offers(guards: list[Guard], use: UseKey, context: Context) -> Iterator[str]:
    for guard in guards:
        if guard.purpose is None and any(covers(allowed, use) for allowed in guard.allows):
            yield f"{guard.id}: {_how(guard)}"
        elif guard.purpose is not None and (purposes := _purposes_for(use, context)):
            yield f"{guard.id}: {_how(guard)}, for the purpose {' or '.join(map(_quoted, purposes))}"


def _purposes_for(use: UseKey, context: Context) -> list[str]:
    return [purpose for purpose, uses in sorted(context.purposes.items()) if any(covers(key, use) for key in uses)]


def _how(guard: Guard) -> str:
    name = _shortest(guard)
    if guard.kind is GuardKind.TEST:
        return f"{name} {_evidence(guard)}"
    if guard.kind is GuardKind.FIELD:
        return f"the field {name} {_evidence(guard)} (in a test or a filter)"
    if guard.kind is GuardKind.ROW:
        return f"a row of {name} exists for the person"
    if guard.kind is GuardKind.ENFORCE:
        return f"call {name}"
    if guard.kind is GuardKind.DECORATOR:
        return f"decorate the function with {name}"
    if guard.kind is GuardKind.CONTEXT:
        return f"make the call inside `with {name}`"
    return f"take the records from {name}"


def _evidence(guard: Guard) -> str:
    values = " or ".join(map(_quoted, guard.values))
    return {
        Evidence.TRUE: "is true",
        Evidence.FALSE: "is false",
        Evidence.EQUALS: f"equals {'the current one' if guard.values == ('*',) else values}",
        Evidence.NOT_EQUALS: f"is not {values}",
        Evidence.SET: "is set",
        Evidence.MEMBER: "holds the person",
    }[guard.evidence]


def _shortest(guard: Guard) -> str:
    return min(guard.matches, key=len, default=guard.id)


def _quoted(value: Scalar) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return "null" if value is None else str(value).lower()


def _person(finding: Finding, context: Context) -> str:
    source = _first_source(finding)
    if source is None:
        return "the person whom the data is about"
    code = excerpt(source.location, context.sources)
    place = f"{source.location.path}:{source.location.line}"
    if code is None or len(code) > 60:
        return f"the person whom the data of {place} is about"
    return f"the person whom `{code}` ({place}) is about"


def _first_source(finding: Finding) -> Step | None:
    return next((step for flow in finding.flows[:1] for step in flow if step.role is Role.SOURCE), None)


def _data(finding: Finding) -> str:
    return ", ".join(finding.data) or "the data"


def _declaration(finding: Finding) -> Iterator[str]:
    yield "[[guard]]"
    yield f'id = "consent.{finding.use}"'
    yield 'field = ["ai_consent"]   # or: test = ["package.module.has_consent"]'
    yield f'allows = ["{finding.use}"]'
