"""Checks that count, beside their neighbours that do not, as developers write them with the frameworks they use."""

from __future__ import annotations

import pytest
from tests.consent.consent_cases import FAMILIES, Case, read_family
from tests.programs import assert_labels

CASES = [pytest.param(case, id=f"{family}: {case.name}") for family in FAMILIES for case in read_family(family)]


@pytest.mark.parametrize("case", CASES)
def test_only_what_no_check_permits_is_reported(case: Case) -> None:
    """What is known to go wrong is labelled as it goes: whoever mends it says so there."""
    as_found = {path: text.replace("# false: ", "# expect: ") for path, text in case.files.items()}
    assert_labels(as_found, case.policy)
