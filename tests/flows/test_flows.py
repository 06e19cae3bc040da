"""What the analysis says of each case is what happens when it runs."""

from __future__ import annotations

import pytest

from flows.flow_cases import FAMILIES, Case, analysed, in_functions, read_family, run


def _of(case: Case, places: frozenset[tuple[str, int]]) -> list[str]:
    return sorted(
        f"{path}:{line}: {case.files[path].splitlines()[line - 1].strip()}" for path, line in places if path in case.files
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_cases_are_labelled_as_they_run(family: str) -> None:
    cases = read_family(family)
    sent = run(cases)
    for case in cases:
        assert _of(case, sent) == _of(case, case.labelled()), f"{family}: {case.name}"


@pytest.mark.parametrize("family", FAMILIES)
def test_the_analysis_says_what_happens(family: str) -> None:
    check(read_family(family))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_analysis_says_so_inside_a_function(family: str) -> None:
    check(in_functions(read_family(family)))


def check(cases: list[Case]) -> None:
    found = analysed(cases)
    wrong = []
    for case in cases:
        missed, false = _of(case, case.labelled() - found), _of(case, found - case.labelled())
        kind = {(True, False): "missed", (False, True): "false"}.get((bool(missed), bool(false)))
        if case.known is not None and kind == case.known:
            continue
        if case.known is not None:
            wrong.append(f"{case.name}: marked as {case.known}, and it is not")
        wrong += [f"missed {place}" for place in missed] + [f"false  {place}" for place in false]
    assert not wrong, "\n" + "\n".join(wrong)


def test_a_case_that_is_known_to_go_wrong_says_why() -> None:
    assert all(case.reason for family in FAMILIES for case in read_family(family) if case.known)
