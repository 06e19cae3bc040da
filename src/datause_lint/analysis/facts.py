"""Facts about consent: what must hold, at a place or of a value that it travels with, and what would prove it."""

from __future__ import annotations

from typing import Final, NamedTuple

from datause_lint.analysis.objects import Obj
from datause_lint.findings.finding import Location
from datause_lint.names import UseKey, covers
from datause_lint.policy.entries import Guard


class Fact(NamedTuple):
    """Something that must hold: consent of ``subject`` to ``uses``. No subject: everybody's."""

    guard: str
    uses: tuple[UseKey, ...]
    subject: Obj | None
    location: Location
    organisation: bool = False
    every: bool = False  # of every element of the collection whose element ``subject`` is
    asserted: bool = False  # by an assert statement
    refused: bool = False  # consent is known to be missing: never proves anything, explains


class Same(NamedTuple):
    """Two objects are, or are the ids of, one and the same."""

    left: Obj
    right: Obj


Truth = Fact | Same
Truths = frozenset[Truth]
NOTHING: Final[Truths] = frozenset()


def common(*sets: Truths) -> Truths:
    """What holds in each of the cases: where two checks prove the same of the same person, it does not matter which."""
    if not sets:
        return NOTHING
    result = sets[0]
    for other in sets[1:]:
        result = _common(result, other)
    return result


def _common(left: Truths, right: Truths) -> Truths:
    shared = left & right
    if len(shared) == len(left) or len(shared) == len(right):
        return shared
    found = set(shared)
    for one in left - shared:
        for other in right - shared:
            if type(one) is Fact and type(other) is Fact and one.subject is other.subject and one.every == other.every:
                weaker = _weaker(one, other)
                if weaker.uses:
                    found.add(weaker)
    return frozenset(found)


def _weaker(one: Fact, other: Fact) -> Fact:
    """What both prove, by the check that stands first."""
    first, second = (one, other) if (one.location, one.guard) <= (other.location, other.guard) else (other, one)
    uses = tuple(
        use
        for use in dict.fromkeys((*first.uses, *second.uses))
        if any(covers(wider, use) for wider in first.uses) and any(covers(wider, use) for wider in second.uses)
    )
    return first._replace(
        uses=uses,
        organisation=one.organisation or other.organisation,
        asserted=one.asserted or other.asserted,
        refused=one.refused or other.refused,
    )


class Probe(NamedTuple):
    """A value read from evidence of consent, before it is tested."""

    guard: Guard
    uses: tuple[UseKey, ...]
    subject: Obj | None
    location: Location
    negated: bool = False
