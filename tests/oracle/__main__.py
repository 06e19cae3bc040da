"""Compares the analysis with runs of random programs: ``python -m tests.oracle [N] [SEED] [--shrink] [--show SEED…]``.

The N programs of the seeds from SEED on are run and analysed. Missed flows, false findings and the mix of forms are
printed; with ``--shrink``, each program of which something is wrong, made small.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.oracle.comparison import Outcome, compare
from tests.oracle.generator import Generated, programs_of
from tests.oracle.shrinking import Files, shrink


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("programs", nargs="?", type=int, default=300)
    parser.add_argument("seed", nargs="?", type=int, default=0)
    parser.add_argument("--shrink", action="store_true", help="make programs small of which something is wrong")
    parser.add_argument("--missed-only", action="store_true", help="leave false findings alone")
    parser.add_argument("--tries", type=int, default=1500, help="how many smaller programs are tried for each")
    parser.add_argument("--show", action="store_true", help="print the programs")
    options = parser.parse_args()
    totals: Counter[str] = Counter()
    forms: Counter[str] = Counter()
    started = time.monotonic()
    for seed in range(options.seed, options.seed + options.programs):
        program, outcome = checked(seed, totals)
        forms.update(dict.fromkeys(program.forms, 1))
        _count(totals, program, outcome)
        if options.show:
            _print_files(program.files)
        if outcome.missed or outcome.false:
            _print_outcome(seed, outcome)
        if options.shrink and (outcome.missed or (outcome.false and not options.missed_only)):
            _shrink(program, bool(outcome.missed), options.tries)
    _print_totals(totals, forms, time.monotonic() - started)
    return int(bool(totals["missed flows"]))


def checked(seed: int, totals: Counter[str]) -> tuple[Generated, Outcome]:
    """The first program of a seed that runs, and what comes of it."""
    for program in programs_of(seed):
        outcome = compare(program.files)
        if not outcome.truth.error:
            return program, outcome
        totals["programs that did not run, and were drawn again"] += 1
    raise AssertionError("there is always another one")


def _count(totals: Counter[str], program: Generated, outcome: Outcome) -> None:
    totals["programs"] += 1
    totals["of them about consent"] += program.consent
    totals["lines"] += sum(text.count("\n") for text in program.files.values())
    totals["programs of which not every run was made"] += not outcome.truth.complete
    totals["flows that runs show"] += len(outcome.truth.flows)
    totals["missed flows"] += len(outcome.missed)
    totals["programs with a missed flow"] += bool(outcome.missed)
    totals["findings that runs can prove or disprove"] += outcome.findings
    totals["false findings"] += len(outcome.false)
    totals["programs with a false finding"] += bool(outcome.false)
    totals["flows that no run shows, in findings that are right"] += outcome.stray
    totals["functions that met a budget"] += outcome.cut


def _print_outcome(seed: int, outcome: Outcome) -> None:
    for (path, line), (end, end_line) in sorted(outcome.missed):
        print(f"seed {seed}: missed  {path}:{line} to {end}:{end_line}")
    for flows in outcome.false:
        (path, line), (end, end_line) = min(flows)
        print(f"seed {seed}: false   {path}:{line} to {end}:{end_line}")
    sys.stdout.flush()


def _shrink(program: Generated, missed: bool, tries: int) -> None:
    def shows(files: Files) -> bool:
        outcome = compare(files)
        return bool(outcome.missed if missed else outcome.false)

    small = shrink(program.files, shows, tries)
    print(f"── seed {program.seed}, made small: {'a missed flow' if missed else 'a false finding'}")
    _print_outcome(program.seed, compare(small))
    _print_files(small)


def _print_files(files: Files) -> None:
    for path, text in files.items():
        if text.strip():
            print(f"--- {path}\n{text}")
    sys.stdout.flush()


def _print_totals(totals: Counter[str], forms: Counter[str], seconds: float) -> None:
    print("\nprograms that use a form:")
    for name, count in sorted(forms.items(), key=lambda item: (-item[1], item[0])):
        print(f"{count:>8}  {name}")
    print()
    for name, count in totals.items():
        print(f"{count:>8}  {name}")
    findings = totals["findings that runs can prove or disprove"]
    print(f"{totals['false findings'] / max(1, findings):>8.1%}  of the findings false")
    print(f"{seconds:>8.0f}  seconds")


if __name__ == "__main__":
    sys.exit(main())
