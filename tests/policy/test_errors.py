from __future__ import annotations

import pickle

import pytest

from datause_lint.errors import ConfigurationError, DatauseError, PolicyError, Problem, UsageError, nearest


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("m", "f.toml", 3, "rule", "x"), 'f.toml:3: [rule] m; did you mean "x"?'),
        (Problem("m", "f.toml", 3), "f.toml:3: m"),
        (Problem("m", "f.toml"), "f.toml: m"),
        (Problem("m"), "m"),
    ],
)
def test_a_problem_is_one_line(problem: Problem, text: str) -> None:
    assert str(problem) == text


@pytest.mark.parametrize("kind", [PolicyError, ConfigurationError, UsageError])
def test_errors_end_a_run_with_status_2_and_travel_between_processes(kind: type[DatauseError]) -> None:
    error = kind(Problem("m", "f.toml", 3, "rule"), "another")
    assert error.exit_status == 2
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert again.problems == error.problems
    assert str(again) == "f.toml:3: [rule] m\nanother"
    assert (again.file, again.line, again.table) == ("f.toml", 3, "rule")


@pytest.mark.parametrize(("word", "expected"), [("sorce", "source"), ("SINK", "sink"), ("qqq", None), ("", None)])
def test_nearest(word: str, expected: str | None) -> None:
    assert nearest(word, ["source", "sink", "guard"]) == expected
