"""For the test suites of applications: whether the gate in front of their AI calls is real.

from datause_lint.testing import assert_checks_are_needed

def test_no_consent_check_can_be_lost():
    assert_checks_are_needed("src", policy=["consent-policy.toml"])
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

__all__ = ["assert_checks_are_needed"]

_Path = str | os.PathLike[str]


def assert_checks_are_needed(
    *paths: _Path, policy: Sequence[_Path] = (), config: _Path | None = None, exclude: Sequence[str] = ()
) -> None:
    """Spoils each check of consent that a clean verdict rests on, in memory, and expects a finding each time.

    The arguments are those of ``datause-lint rules mutate``; without ``paths`` the working folder is scanned. Raises
    AssertionError when a mutant is no finding (with what was changed), when some file cannot be analysed, and when
    there is no check at all: such a test would show nothing. Raises DatauseError for a policy that cannot be loaded.
    """
    from datause_lint.driver.mutation import Judged, Mutation
    from datause_lint.driver.pipeline import CheckRequest, PolicyRequest, prepare

    scanned = tuple(map(Path, paths)) or (Path("."),)
    configuration = Path(config) if config is not None else None
    setup = prepare(PolicyRequest(scanned, configuration, tuple(map(Path, policy))))
    mutation = Mutation(setup, CheckRequest(scanned, exclude=tuple(exclude)))
    broken = [f"{error.path}:{error.line}: {error.message}" for error in mutation.errors]
    assert not broken, "some files could not be analysed:\n" + "\n".join(broken)
    assert mutation.checks, "no flow of personal data into AI is permitted by a check: there is nothing to test"
    survived = [outcome.told() for outcome in mutation.run() if isinstance(outcome, Judged) and not outcome.caught]
    assert not survived, f"{len(survived)} mutants survived:\n" + "\n".join(survived)
