"""The analysis says of random programs what their runs show; ``make oracle`` tries any number of others."""

from __future__ import annotations

import re
import threading
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from tests.oracle import execution
from tests.oracle.__main__ import checked
from tests.oracle.comparison import Outcome, compare
from tests.oracle.generator import generate
from tests.oracle.shrinking import Files, shrink

PROGRAMS = 300
TOGETHER = 25
MOST_FALSE = 0.08  # of the findings; docs/quality.md has the figure over many programs


@cache
def _outcomes(first: int) -> dict[int, Outcome]:
    return {seed: checked(seed, Counter())[1] for seed in range(first, first + TOGETHER)}


@pytest.mark.parametrize("first", range(0, PROGRAMS, TOGETHER))
def test_no_flow_is_missed(first: int) -> None:
    missed = {seed: sorted(outcome.missed) for seed, outcome in _outcomes(first).items() if outcome.missed}
    assert not missed, f"to see one made small: python -m tests.oracle 1 {next(iter(missed))} --shrink"


def _found() -> dict[str, Files]:
    """Programs with a flow that had been missed, and that no smaller one shows."""
    text = (Path(__file__).parent / "found.txt").read_text(encoding="utf-8")
    programs: dict[str, Files] = {}
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        name, *files = re.split(r"^--- (\S+)\n", part, flags=re.MULTILINE)
        programs[name.strip()] = {"app/__init__.py": "", **dict(zip(files[::2], files[1::2], strict=True))}
    return programs


@pytest.mark.parametrize("name", _found())
def test_what_was_found_is_mended(name: str) -> None:
    outcome = compare(_found()[name])
    assert outcome.truth.flows and not outcome.missed


def test_few_findings_are_false() -> None:
    outcomes = [outcome for first in range(0, PROGRAMS, TOGETHER) for outcome in _outcomes(first).values()]
    findings = sum(outcome.findings for outcome in outcomes)
    assert findings > PROGRAMS
    assert sum(len(outcome.false) for outcome in outcomes) <= MOST_FALSE * findings


def test_the_program_of_a_seed_is_always_the_same() -> None:
    assert generate(11) == generate(11)
    assert generate(11).files != generate(12).files


PROGRAM = {
    "app/__init__.py": "",
    "app/main.py": """
from ai import send
from data import secret
from people import load
from chance import flag

def unused():
    return 1

def run():
    who = load(1)
    if who.ai_consent:
        send(who.note)
    if flag():
        texts = ["fig", secret()]
        send(texts[0])
        send(texts[1])
        send(load(2).note)

run()
""",
}


def test_runs_show_what_reaches_a_model_without_consent() -> None:
    truth = compare(PROGRAM).truth
    assert truth.complete and not truth.error
    assert {(start[1], end[1]) for start, end in truth.flows} == {(15, 17), (18, 18)}


def test_a_program_is_made_small() -> None:
    def shows(files: Files) -> bool:
        return any(end[0] == "app/main.py" for _, end in compare(files).truth.flows)

    small = shrink(PROGRAM, shows)["app/main.py"]
    assert len(small.splitlines()) <= 7 and "unused" not in small


ENDLESS = """
from concurrent.futures import ThreadPoolExecutor

def grow():
    while True:
        pass

ThreadPoolExecutor(1).submit(grow).result()
"""


def test_an_endless_loop_in_a_thread_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "SECONDS", 0.3)
    files = {"app/__init__.py": "", "app/main.py": ENDLESS}
    before = set(threading.enumerate())
    assert execution.truth_of(files).error == "TimeUp()"
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()
