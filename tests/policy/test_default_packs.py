"""The packs that come with the tool, as they are."""

from __future__ import annotations

from datause_lint.policy.loader import load_policy
from datause_lint.policy.unmatched import unmatched


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
