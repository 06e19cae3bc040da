"""Prints recall and false flows by family: ``python -m tests.flows [--label] [--wrong] [--in-functions] [FAMILY…]``."""

from __future__ import annotations

import sys
import time

from tests.flows.flow_cases import FAMILIES, analysed, in_functions, label, read_family

families = [word for word in sys.argv[1:] if not word.startswith("-")] or list(FAMILIES)
total = [0, 0, 0, 0]
print(f"{'family':<24}{'cases':>7}{'found':>12}{'false':>7}{'seconds':>9}")
for family in families:
    if "--label" in sys.argv:
        label(family)
    started = time.monotonic()
    cases = read_family(family)
    if "--in-functions" in sys.argv:
        cases = in_functions(cases)
    found = analysed(cases)
    sent = frozenset(place for case in cases for place in case.labelled())
    counts = [len(cases), len(sent & found), len(sent), len(found - sent)]
    total = [a + b for a, b in zip(total, counts, strict=True)]
    hits = f"{counts[1]}/{counts[2]}"
    print(f"{family:<24}{counts[0]:>7}{hits:>12}{counts[3]:>7}{time.monotonic() - started:>9.1f}")
    if "--wrong" in sys.argv:
        for kind, places in (("missed", sent - found), ("false ", found - sent)):
            for path, line in sorted(places):
                case = next(case for case in cases if path in case.files)
                print(f"    {kind} {path}:{line}: {case.files[path].splitlines()[line - 1].strip()}")
print(f"{'all':<24}{total[0]:>7}{f'{total[1]}/{total[2]}':>12}{total[3]:>7}")
