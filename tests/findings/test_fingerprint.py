from __future__ import annotations

from datause_lint.findings.fingerprint import fingerprint
from datause_lint.names import CategoryKey, RuleId

EMAIL, NAME = CategoryKey("user.contact.email"), CategoryKey("user.name")
BASE = (RuleId("DU101"), "app/ai.py", "app.ai.f", "openai.chat")


def test_it_is_the_same_for_any_order_of_the_data() -> None:
    assert fingerprint(*BASE, [EMAIL, NAME]) == fingerprint(*BASE, [NAME, EMAIL, NAME])


def test_it_is_fixed_because_baselines_hold_it() -> None:
    assert fingerprint(*BASE, [EMAIL]) == "aabe2e5c8c7075bc8b1b63a3e0c48d8e"


def test_a_new_category_is_a_new_finding() -> None:
    assert fingerprint(*BASE, [EMAIL]) != fingerprint(*BASE, [EMAIL, NAME])


def test_parts_do_not_run_into_each_other() -> None:
    assert fingerprint(RuleId("a"), "bc", "d", "e", []) != fingerprint(RuleId("ab"), "c", "d", "e", [])


def test_names_that_are_not_text() -> None:
    assert fingerprint(BASE[0], "app/\udcff.py", *BASE[2:], [EMAIL])
