"""Evidence of consent, as a policy describes it: what the truth of such a value proves, and what a comparison does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from datause_lint.analysis.atoms import Const
from datause_lint.analysis.facts import NOTHING, Fact, Probe, Truths
from datause_lint.policy.entries import Evidence, Guard


class Implied(NamedTuple):
    """What follows from a test of the value."""

    true: Truths = NOTHING
    false: Truths = NOTHING
    none: Truths = NOTHING
    some: Truths = NOTHING  # it is not None


NO_IMPLICATION: Final = Implied()

TEXT_TRUE: Final = frozenset({"true", "t", "yes", "y", "on", "1"})  # as files and forms write it
TEXT_FALSE: Final = frozenset({"false", "f", "no", "n", "off", "0", ""})
OTHER: Final = object()  # any value that a policy does not name


def outcomes(guard: Guard) -> tuple[list[object], list[object]]:
    """The values of its evidence to tell apart, and those of them that prove consent."""
    evidence = guard.evidence
    values: list[object] = list(guard.values)
    if evidence is Evidence.TRUE:
        return [True, False, None], [True, None] if guard.null_allows else [True]
    if evidence is Evidence.FALSE:
        return [True, False, None], [False, None]
    if evidence is Evidence.EQUALS:
        return [*values, None, OTHER], values
    if evidence is Evidence.NOT_EQUALS:
        return [*values, None, OTHER], [OTHER]
    if evidence is Evidence.SET:
        return [None, OTHER], [OTHER]
    return [], []


def _proves(probe: Probe, outcome: list[object], consenting: list[object]) -> Truths:
    if not outcome or not all(any(value is each or value == each for each in consenting) for value in outcome):
        return NOTHING
    fact = Fact(probe.guard.id, probe.uses, probe.subject, probe.location, probe.guard.organisation)
    return frozenset((fact,))


def proven(probe: Probe, outcome: list[object]) -> Truths:
    """What it proves that a value read from evidence is one of these."""
    return _proves(probe, outcome, outcomes(probe.guard)[1])


def implications(probe: Probe) -> Implied:
    """What the truth of a value read from evidence proves."""
    domain, consenting = outcomes(probe.guard)
    true = [value for value in domain if value is OTHER or bool(value)]
    false: list[object] = [value for value in domain if value is OTHER or not value]
    if probe.guard.evidence is Evidence.SET:
        false = [None]
    implied = Implied(
        _proves(probe, true, consenting),
        _proves(probe, false, consenting),
        _proves(probe, [None] * domain.count(None), consenting),
        _proves(probe, [value for value in domain if value is not None], consenting),
    )
    return Implied(implied.false, implied.true) if probe.negated else implied


def comparison(probe: Probe, constants: Iterable[Const]) -> tuple[Truths, Truths]:
    """What it proves that a value read from evidence equals one of the constants, and that it equals none of them."""
    domain, consenting = outcomes(probe.guard)
    if not domain or probe.negated:
        return NOTHING, NOTHING
    if probe.guard.evidence is Evidence.EQUALS and "*" in probe.guard.values:
        there = all(constant.value is not None for constant in constants)
        return (_proves(probe, [OTHER], [OTHER]) if there else NOTHING), NOTHING
    equal: list[object] = []
    for constant in constants:
        named = [value for value in domain if value is not OTHER and _is_constant(value, constant)]
        equal.extend(named or [OTHER])
    different = [value for value in domain if value is OTHER or value not in equal]
    return _proves(probe, equal, consenting), _proves(probe, different, consenting)


def _is_constant(value: object, constant: Const) -> bool:
    if isinstance(value, bool) and isinstance(constant.value, str):
        return constant.value.strip().lower() in (TEXT_TRUE if value else TEXT_FALSE)
    if value is None or isinstance(value, bool):
        return value is constant.value or (
            isinstance(value, bool) and constant.value in (0, 1) and value == constant.value
        )
    return value in (constant.value, constant.name) if constant.name else value == constant.value
