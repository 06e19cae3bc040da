"""``datause-lint rules mutate``: whether the scan would notice if one of the checks that it rests on were gone."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from pathlib import Path

from datause_lint.cli.requests import existing_paths, policy_request, scan_request
from datause_lint.cli.streams import say, write_out
from datause_lint.driver.mutation import Judged, Mutation, told_check
from datause_lint.driver.pipeline import prepare
from datause_lint.findings.exit_status import CLEAN, FOUND, INCOMPLETE
from datause_lint.mutation.mutant import Operator


def run(options: Namespace) -> int:
    """0: every mutant became a finding; 1: some did not; 3: some file could not be analysed."""
    paths = existing_paths(options.paths) or [Path(".")]
    setup = prepare(policy_request(options, paths))
    mutation = Mutation(setup, scan_request(options, paths))
    for error in mutation.errors:
        say(f"{error.path}:{error.line}: error: {error.message}" if error.line else f"{error.path}: {error.message}")
    counts: Counter[tuple[Operator, bool]] = Counter()
    unmade = 0
    for outcome in mutation.run():
        if isinstance(outcome, Judged):
            counts[outcome.mutant.operator, outcome.caught] += 1
            if not outcome.caught:
                write_out(f"survived  {outcome.told()}\n")
            elif options.verbose:
                write_out(f"found     {outcome.mutant.operator.value:<8} {told_check(outcome.mutant.guard)}\n")
        else:
            unmade += 1
            say(f"{told_check(outcome.seen)}: no mutant could be made of this check")
    write_out(_summary(len(mutation.checks), counts, unmade))
    if any(not caught for (_, caught), number in counts.items() if number):
        return FOUND
    return INCOMPLETE if mutation.errors else CLEAN


def _summary(checks: int, counts: Counter[tuple[Operator, bool]], unmade: int) -> str:
    caught, survived = (sum(number for (_, each), number in counts.items() if each is what) for what in (True, False))
    by_operator = ", ".join(
        f"{operator.value} {counts[operator, True]} of {counts[operator, True] + counts[operator, False]}"
        for operator in Operator
    )
    rests = "1 check that permits a flow" if checks == 1 else f"{checks} checks that permit a flow"
    lines = [f"{rests}, {caught + survived} mutants: {caught} found, {survived} survived"]
    if caught + survived:
        lines.append(f"found by operator: {by_operator}")
    if unmade:
        lines.append(f"{unmade} checks of which no mutant could be made")
    return "\n".join(lines) + "\n"
