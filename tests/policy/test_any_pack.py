"""Whatever a pack holds: it is read, or refused with problems that name their file and a line of it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datause_lint.errors import PolicyError
from datause_lint.policy.entry_readers import ENTRY_TABLES
from datause_lint.policy.loader import PackText, load_policy
from datause_lint.policy.unmatched import unmatched

KEYS = [
    "id",
    "path",
    "parameter",
    "model",
    "category",
    "confidence",
    "sql",
    "fills",
    "when",
    "unless",
    "replace",
    "subject",
    "call",
    "url",
    "args",
    "constructor_args",
    "use",
    "recipient",
    "test",
    "field",
    "row",
    "enforce",
    "decorator",
    "context",
    "filter",
    "equals",
    "set",
    "in",
    "null",
    "person",
    "where",
    "scope",
    "arguments",
    "allows",
    "purpose",
    "removes",
    "keeps",
    "from",
    "to",
    "calls",
    "is",
    "data",
    "rule",
    "reason",
    "owner",
    "expires",
    "message",
    "severity",
    "names",
    "label",
    "extends",
    "name",
]
WORDS = [
    "a.f",
    "*.x",
    "**",
    "0",
    "self",
    "*",
    "return[0]",
    "user",
    "ai",
    "high",
    "any",
    "{data}",
    "{",
    "",
    "s",
    "a.f(x)",
]
LEAVES = st.sampled_from(WORDS) | st.booleans() | st.integers(-1, 2) | st.floats(-1, 1) | st.just(date(2030, 1, 1))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=2),
    max_leaves=3,
)
TABLES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5)
NAMES = st.sampled_from([*ENTRY_TABLES, "pack", "category", "use", "purposes", "schema", "other"])
PACKS = st.dictionaries(NAMES, st.lists(TABLES, max_size=3) | TABLES | LEAVES, max_size=4)


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


@pytest.mark.usefixtures("small_packs")
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PACKS)
def test_any_pack_is_read_or_refused(pack: dict[str, Any]) -> None:
    text = "\n".join(f"{name} = {written(value)}" for name, value in pack.items())
    try:
        tables = load_policy([PackText("any.toml", text)], default_packs=True)
    except PolicyError as error:
        assert error.problems
        assert all(problem.file == "any.toml" for problem in error.problems)
        assert all(1 <= problem.line <= len(pack) for problem in error.problems)
    else:
        unmatched(tables.policy)
