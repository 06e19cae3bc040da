"""What the analysis says of each case is what happens when it runs."""

from __future__ import annotations

from functools import cache

import pytest
from tests.flows.flow_cases import FAMILIES, Case, Place, analysed, in_functions, read_family, run

INSIDE = pytest.mark.parametrize("inside", [False, True], ids=["in a module", "in a function"])


@cache
def _cases(family: str, inside: bool) -> list[Case]:
    return in_functions(read_family(family)) if inside else read_family(family)


@cache
def _found(family: str, inside: bool) -> frozenset[Place]:
    return analysed(_cases(family, inside))


def _of(case: Case, places: frozenset[Place]) -> list[str]:
    return sorted(
        f"{path}:{line}: {case.files[path].splitlines()[line - 1].strip()}"
        for path, line in places
        if path in case.files
    )


def _wrong(case: Case, found: frozenset[Place]) -> dict[str, list[str]]:
    return {"missed": _of(case, case.labelled() - found), "false": _of(case, found - case.labelled())}


@INSIDE
@pytest.mark.parametrize("family", FAMILIES)
def test_cases_are_labelled_as_they_run(family: str, inside: bool) -> None:
    cases = _cases(family, inside)
    sent = run(cases)
    for case in cases:
        assert _of(case, sent) == _of(case, case.labelled()), f"{family}: {case.name}"


@INSIDE
@pytest.mark.parametrize("family", FAMILIES)
def test_the_analysis_says_what_happens(family: str, inside: bool) -> None:
    found = _found(family, inside)
    unexpected = [
        f"{kind} {place}"
        for case in _cases(family, inside)
        for kind, places in _wrong(case, found).items()
        for place in places
        if kind != case.known
    ]
    assert not unexpected, "\n" + "\n".join(unexpected)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_known_to_go_wrong_does(family: str) -> None:
    known = {case.name: case.known for case in read_family(family) if case.known}
    wrong = {
        case.name
        for inside in (False, True)
        for case in _cases(family, inside)
        if case.known and _wrong(case, _found(family, inside))[case.known]
    }
    assert not known.keys() - wrong, "marked as known to go wrong, and all is well"
