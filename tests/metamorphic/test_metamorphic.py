"""A rewrite that keeps the meaning of a program keeps its verdict.

A sample runs with all tests; ``make metamorphic`` runs every rewrite on every program.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from tests.flows.flow_cases import FAMILIES, Case, in_functions
from tests.metamorphic.known import EXTRACT, LAMBDA, REASONS
from tests.metamorphic.programs import (
    Program,
    Verdict,
    consent_programs,
    example_application,
    found_marks,
    judged,
    marked_cases,
    rewritten,
    rewritten_cases,
    sent_marks,
)
from tests.metamorphic.rewrites import REWRITES

CHANGES_PLACE = frozenset({EXTRACT, LAMBDA})
ONE_IN = 10  # of all pairs of a program and a rewrite is in the sample
PROGRAMS = {program.name: program for program in [*consent_programs(), example_application()]}


def _pairs(names: list[str]) -> Iterator[object]:
    for number, name in enumerate(names):
        for position, change in enumerate(REWRITES):
            sampled = (number + position) % ONE_IN == 0
            yield pytest.param(name, change, marks=() if sampled else pytest.mark.slow)


@cache
def _cases(family: str, inside: bool) -> list[Case]:
    cases = marked_cases(family)
    return in_functions(cases) if inside else cases


@pytest.mark.parametrize("inside", [False, True], ids=["in a module", "in a function"])
@pytest.mark.parametrize(("family", "change"), list(_pairs(list(FAMILIES))))
def test_flow_cases(family: str, change: str, inside: bool) -> None:
    before = _cases(family, inside)
    changed = [case for case in rewritten_cases(before, change) if (change, case.name) not in REASONS]
    names = {case.name for case in changed}
    sent = sent_marks(changed)
    assert sent == sent_marks([case for case in before if case.name in names]), "it means something else now"
    found = found_marks(changed)
    assert sorted(sent - found) == []
    if inside or change not in CHANGES_PLACE:  # a function sees all that a variable of its module ever is
        assert sorted(found - sent) == []


@cache
def _verdict(name: str) -> Verdict:
    return judged(PROGRAMS[name])


@pytest.mark.parametrize(("name", "change"), list(_pairs(list(PROGRAMS))))
def test_programs_about_consent(name: str, change: str) -> None:
    program: Program = PROGRAMS[name]
    if (change, name) in REASONS:
        pytest.skip(REASONS[change, name])
    files = rewritten(program.files, list(program.own), change)
    if files is not None:
        after = judged(program, files)
        assert sorted(_verdict(name) - after) == [] and sorted(after - _verdict(name)) == []
