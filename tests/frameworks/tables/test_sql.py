"""What SQL text selects and proves."""

from __future__ import annotations

import functools
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.frameworks.tables.policy import POLICY

from datause_lint.analysis import sql
from datause_lint.policy.compiled import CompiledPolicy
from datause_lint.policy.loader import load_policy


@functools.cache
def policy() -> CompiledPolicy:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.toml"
        path.write_text(POLICY, encoding="utf-8")
        return load_policy([path], default_packs=True)


def proven(text: str, **constants: object) -> set[str]:
    found = sql.read(text, constants, policy())
    assert found is not None, text
    return {proof.guard.id for proof in found.proven}


PROVING = {
    "ai": [
        "ai_consent",
        "ai_consent = TRUE",
        "ai_consent = 1",
        "ai_consent IS TRUE",
        "ai_consent = 'yes'",
        "ai_consent IN (1)",
        "1 = ai_consent",
        "ai_consent > 0",
        "ai_consent <> 0",
        "NOT (NOT ai_consent)",
        "NOT (NOT ai_consent OR plan = 'x')",
        "ai_consent AND plan = 'x'",
        "(plan = 'x' OR plan = 'y') AND ai_consent",
        "(ai_consent AND plan = 'x') OR (ai_consent AND plan = 'y')",
        "COALESCE(ai_consent, FALSE)",
        "COALESCE(ai_consent, 0) = 1",
        "CASE WHEN ai_consent THEN 1 ELSE 0 END = 1",
        "CAST(ai_consent AS INT) = 1",
        "t.ai_consent",
        "ai_consent IS NOT DISTINCT FROM TRUE",
    ],
    "opt-out": ["NOT ai_opt_out", "ai_opt_out = 0", "ai_opt_out IS NOT TRUE", "COALESCE(ai_opt_out, FALSE) = FALSE"],
    "status": ["consent_status = 'granted'", "LOWER(consent_status) = 'granted'", "consent_status IN ('granted')"],
    "stamp": ["ai_consented_at IS NOT NULL", "ai_consented_at <= now()", "ai_consented_at > '2020-01-01'"],
}
NOT_PROVING = [
    "ai_consent OR plan = 'x'",
    "NOT ai_consent",
    "ai_consent = 0",
    "ai_consent IS NOT NULL",
    "ai_consent IS NULL",
    "ai_consent IS NOT FALSE",
    "ai_consent <> 1",
    "ai_consent IN (0, 1)",
    "COALESCE(ai_consent, TRUE)",
    "ai_consent = other",
    "CASE WHEN plan = 'x' THEN TRUE ELSE ai_consent END",
    "ai_opt_out",
    "ai_opt_out IS NOT NULL",
    "consent_status <> 'denied'",
    "consent_status IN ('granted', 'asked')",
    "consent_status LIKE 'g%'",
    "ai_consented_at IS NULL",
    "marketing_consent",
]


@pytest.mark.parametrize(("guard", "condition"), [(guard, each) for guard, all_ in PROVING.items() for each in all_])
def test_condition_proves(guard: str, condition: str) -> None:
    assert proven(f"SELECT email FROM t WHERE {condition}") == {guard}


@pytest.mark.parametrize("condition", NOT_PROVING)
def test_condition_proves_nothing(condition: str) -> None:
    assert proven(f"SELECT email FROM t WHERE {condition}") == set()


JOINED = "users u {join} settings s ON s.user_id = u.id AND s.ai_consent"


@pytest.mark.parametrize(
    ("text", "guards"),
    [
        ("SELECT u.email FROM " + JOINED.format(join="JOIN"), {"ai"}),
        ("SELECT u.email FROM " + JOINED.format(join="LEFT JOIN"), set()),
        ("SELECT u.email FROM " + JOINED.format(join="RIGHT JOIN"), set()),
        ("SELECT u.email FROM " + JOINED.format(join="FULL JOIN"), set()),
        ("SELECT u.email FROM users u LEFT JOIN settings s ON s.user_id = u.id WHERE s.ai_consent", {"ai"}),
        ("SELECT u.email FROM users u, settings s WHERE s.user_id = u.id AND s.ai_consent", {"ai"}),
        ("SELECT u.email FROM users u, settings s WHERE s.ai_consent", set()),
        ("SELECT u.email FROM users u JOIN settings s USING (user_id) WHERE s.ai_consent", {"ai"}),
        ("SELECT u.email FROM users u JOIN users r ON r.id = u.referrer_id WHERE r.ai_consent", set()),
        ("SELECT u.email FROM users u WHERE u.id IN (SELECT user_id FROM s WHERE ai_consent)", {"ai"}),
        ("SELECT u.email FROM users u WHERE u.id NOT IN (SELECT user_id FROM s WHERE ai_consent)", set()),
        ("SELECT u.email FROM users u WHERE EXISTS (SELECT 1 FROM s WHERE s.user_id = u.id AND s.ai_consent)", {"ai"}),
        ("SELECT u.email FROM users u WHERE EXISTS (SELECT 1 FROM s WHERE s.ai_consent)", set()),
        (
            "SELECT u.email FROM users u WHERE NOT EXISTS (SELECT 1 FROM s WHERE s.user_id = u.id AND s.ai_consent)",
            set(),
        ),
        (
            "SELECT u.email FROM users u WHERE NOT EXISTS (SELECT 1 FROM s WHERE s.user_id = u.id AND s.ai_opt_out)",
            {"opt-out"},
        ),
        ("SELECT email FROM (SELECT * FROM users WHERE ai_consent) u", {"ai"}),
        ("SELECT email FROM (SELECT email, ai_consent AS ok FROM users) u WHERE u.ok", {"ai"}),
        (
            "WITH c AS (SELECT user_id FROM s WHERE ai_consent) SELECT u.email FROM users u JOIN c ON c.user_id = u.id",
            {"ai"},
        ),
        ("WITH c AS (SELECT user_id FROM s) SELECT u.email FROM users u JOIN c ON c.user_id = u.id", set()),
        ("SELECT email FROM a WHERE ai_consent UNION SELECT email FROM b WHERE ai_consent", {"ai"}),
        ("SELECT email FROM a WHERE ai_consent UNION ALL SELECT email FROM b", set()),
        ("SELECT email FROM a INTERSECT SELECT email FROM b WHERE ai_consent", {"ai"}),
        ("SELECT plan, string_agg(email, ',') FROM t GROUP BY plan HAVING bool_and(ai_consent)", {"ai"}),
        ("UPDATE users SET seen = 1 WHERE ai_consent RETURNING email", {"ai"}),
    ],
)
def test_tables(text: str, guards: set[str]) -> None:
    assert proven(text) == guards


CONSENT_ROW = "c.user_id = u.id AND c.granted AND c.withdrawn_at IS NULL AND c.purpose = 'assistant'"


@pytest.mark.parametrize(
    ("text", "guards"),
    [
        (f"SELECT u.email FROM users u JOIN consents c ON {CONSENT_ROW}", {"row"}),
        (f"SELECT u.email FROM users u WHERE EXISTS (SELECT 1 FROM consents_consent c WHERE {CONSENT_ROW})", {"row"}),
        (f"SELECT u.email FROM users u LEFT JOIN consents c ON {CONSENT_ROW}", set()),
        (f"SELECT u.email FROM users u LEFT JOIN consents c ON {CONSENT_ROW} WHERE c.id IS NOT NULL", {"row"}),
        (f"SELECT u.email FROM users u LEFT JOIN consents c ON {CONSENT_ROW} WHERE c.id IS NULL", set()),
        (f"SELECT u.email FROM users u WHERE NOT EXISTS (SELECT 1 FROM consents c WHERE {CONSENT_ROW})", set()),
        (
            "SELECT u.email FROM users u JOIN consents c ON c.user_id = u.id AND c.granted AND c.purpose = 'assistant'",
            set(),
        ),
        (f"SELECT u.email FROM users u JOIN consents c ON {CONSENT_ROW.replace('assistant', 'newsletter')}", set()),
        (f"SELECT u.email FROM users u JOIN orders c ON {CONSENT_ROW}", set()),
    ],
)
def test_rows_of_consent(text: str, guards: set[str]) -> None:
    assert proven(text) == guards


@pytest.mark.parametrize("placeholder", ["%s", "?", "$1", ":p0", "%(p0)s", "@p0"])
def test_placeholders(placeholder: str) -> None:
    text = f"SELECT email FROM t WHERE ai_consent = {placeholder}"
    assert proven(text, p0=True) == {"ai"}
    assert proven(text, p0=False) == set()
    assert proven(text) == set()


def test_columns() -> None:
    found = sql.read(
        "SELECT u.email AS mail, first_name || last_name, COUNT(*) AS n, u.* FROM users u WHERE id = %s", {}, policy()
    )
    assert found is not None
    assert [(column.name, column.sources) for column in found.columns] == [
        ("mail", ("email",)),
        ("dpipe", ("first_name", "last_name")),
        ("n", ()),
    ]
    assert found.whole
    assert found.keys == (("id", "p0"),)


@pytest.mark.parametrize(
    "text",
    [
        "not SQL at all",
        "SELECT email FROM t WHERE",
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT a FROM t WHERE " + "NOT " * 3000 + "a",
        "SELECT a FROM t WHERE " + " AND ".join(["a = 1"] * 4000),
        "'" * 19_999,
        "select " + "/*" * 9000,
    ],
)
def test_what_cannot_be_read(text: str) -> None:
    start = time.monotonic()
    assert sql.read(text, {}, policy()) is None
    assert time.monotonic() - start < 5


WORDS = [
    "SELECT",
    "FROM",
    "WHERE",
    "AND",
    "OR",
    "NOT",
    "(",
    ")",
    ",",
    "*",
    "a",
    "ai_consent",
    "users",
    "u",
    ".",
    "=",
    "IS",
    "NULL",
    "TRUE",
    "LEFT",
    "JOIN",
    "ON",
    "USING",
    "EXISTS",
    "IN",
    "UNION",
    "WITH",
    "AS",
    "GROUP",
    "BY",
    "HAVING",
    "COUNT",
    "CASE",
    "WHEN",
    "THEN",
    "END",
    "?",
    "%s",
    ":id",
    "'x'",
    "1",
    "LATERAL",
    "VALUES",
    "RETURNING",
]


@settings(max_examples=150)
@given(st.lists(st.sampled_from(WORDS), max_size=25))
def test_any_words(words: list[str]) -> None:
    sql.read("SELECT " + " ".join(words), {}, policy())
