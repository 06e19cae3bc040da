"""The packs that come with the tool, as they are."""

from __future__ import annotations

import time

from datause_lint.policy.loader import default_pack_files, load_policy
from datause_lint.policy.unmatched import unmatched

MOST_SECONDS_PER_THOUSAND_LINES = 0.04  # three times what it takes on two cores of 2023


def test_the_default_packs_load_and_no_entry_is_idle() -> None:
    tables = load_policy([], default_packs=True)
    assert [str(remark) for remark in unmatched(tables.policy)] == []


def test_without_them_their_keys_stand() -> None:
    tables = load_policy([], default_packs=False)
    assert {"user", "user.contact.email", "user.authorization"} <= set(tables.categories)
    assert {"ai.inference", "ai.embedding", "ai.training", "ai.fine_tuning", "ai.upload", "ai.publication"} <= set(
        tables.uses
    )
    assert tables.policy.entries == ()


def test_loading_them_costs_little() -> None:
    lines = sum(file.read_text(encoding="utf-8").count("\n") for file in default_pack_files())
    seconds = min(_seconds_to_load() for _ in range(3))
    assert seconds < MOST_SECONDS_PER_THOUSAND_LINES * lines / 1000


def _seconds_to_load() -> float:
    start = time.process_time()
    load_policy([], default_packs=True)
    return time.process_time() - start
