from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datause_lint.names import CategoryKey
from datause_lint.policy.compiled import NameMatch
from datause_lint.policy.entries import Category, Confidence
from datause_lint.policy.taxonomy import Taxonomy, split_words


def category(key: str, *names: str, not_names: tuple[str, ...] = (), weak: tuple[str, ...] = ()) -> Category:
    return Category(CategoryKey(key), "", names, not_names, weak)


TAXONOMY = Taxonomy(
    [
        category("user.contact.email", "email", "e_mail", "email_address", not_names=("is_email", "support_email")),
        category("user.contact.address", "address", not_names=("mac_address",)),
        category("user.device.ip_address", "ip_address", "ipv4"),
        category("user.name", "first_name", weak=("name",), not_names=("file_name",)),
        category("user.health", "diagnosis", "allergy"),
        category("user.child", "child"),
    ]
)


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("user_email", ["user", "email"]),
        ("userEmail", ["user", "email"]),
        ("USER_EMAIL", ["user", "email"]),
        ("HTTPServerName", ["http", "server", "name"]),
        ("userIDs", ["user", "ids"]),
        ("User E-Mail", ["user", "e", "mail"]),
        ("__email__", ["email"]),
        ("ipv4Address", ["ipv4", "address"]),
        ("Straße", ["strasse"]),
        ("", []),
    ],
)
def test_words(identifier: str, words: list[str]) -> None:
    assert split_words(identifier) == words


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("email", "user.contact.email"),
        ("emails", "user.contact.email"),
        ("user_email", "user.contact.email"),
        ("emailAddress", "user.contact.email"),
        ("email_addresses", "user.contact.email"),
        ("E-Mail", "user.contact.email"),
        ("email_2", "user.contact.email"),
        ("email2", "user.contact.email"),
        ("email_verified", None),
        ("is_email", None),
        ("primary_support_email", None),
        ("address", "user.contact.address"),
        ("mac_address", None),
        ("ip_address", "user.device.ip_address"),
        ("ipv4", "user.device.ip_address"),
        ("ipv6", None),
        ("firstname", "user.name"),
        ("file_name", None),
        ("diagnoses", "user.health"),
        ("allergies", "user.health"),
        ("children", "user.child"),
        ("2", None),
        ("_", None),
    ],
)
def test_classification(identifier: str, expected: str | None) -> None:
    match = TAXONOMY.classify(identifier)
    assert (match.category if match else None) == expected
    assert TAXONOMY.classify(identifier) is match


def test_weak_names_have_low_confidence() -> None:
    assert TAXONOMY.classify("name") == NameMatch(CategoryKey("user.name"), Confidence.LOW)
    assert TAXONOMY.classify("first_name") == NameMatch(CategoryKey("user.name"), Confidence.HIGH)


def test_a_name_of_two_categories_is_the_stronger_then_the_later_one() -> None:
    weak_last = Taxonomy([category("user.a", "handle"), category("user.b", weak=("handle",))])
    both_strong = Taxonomy([category("user.a", "handle"), category("user.b", "handle")])
    assert weak_last.classify("handle") == NameMatch(CategoryKey("user.a"), Confidence.HIGH)
    assert both_strong.classify("handle") == NameMatch(CategoryKey("user.b"), Confidence.HIGH)


@given(st.text(max_size=300))
def test_any_text_has_an_answer(identifier: str) -> None:
    TAXONOMY.classify(identifier)


@given(st.from_regex(r"[a-z_]{0,20}_", fullmatch=True))
def test_what_stands_before_the_noun_does_not_matter_unless_excluded(before: str) -> None:
    expected = None if split_words(before)[-1:] in (["is"], ["support"]) else "user.contact.email"
    match = TAXONOMY.classify(before + "email")
    assert (match.category if match else None) == expected


def test_a_huge_identifier_is_decided_by_its_end() -> None:
    match = TAXONOMY.classify("x_" * 1_000_000 + "email")
    assert match is not None
