"""Rows of cursors: which columns they hold, and what the statement proves."""

from __future__ import annotations

import pytest
from tests.frameworks.tables.policy import POLICY
from tests.programs import assert_labels

SHARED = """
import sqlite3, psycopg, asyncpg, aiosqlite
from psycopg.rows import dict_row, class_row
from dataclasses import dataclass
from openai import OpenAI
from sqlalchemy import text, create_engine
client = OpenAI()

def ask(t):
    return client.responses.create(model="x", input=t)

@dataclass
class Account:
    email: str
    plan: str
"""

PROGRAMS = {
    "a": """
def a():
    with sqlite3.connect("x") as c:
        rows = c.execute("SELECT full_name, plan FROM people").fetchall()
    ask("\\n".join(r["full_name"] for r in rows))  # expect: DU101
    ask("\\n".join(r["plan"] for r in rows))
    ask("\\n".join(r[0] for r in rows))  # expect: DU101
    ask("\\n".join(r[1] for r in rows))
    for name, plan in rows:
        ask(plan)
        ask(name)  # expect: DU101
    for row in rows:
        ask(str(row))  # expect: DU101
        ask(str(dict(row)))  # expect: DU101
        Account(*row)
        ask(Account(*row).plan)
        ask(Account(*row).email)  # expect: DU101
""",
    "b": """
def b():
    with psycopg.connect("x") as c, c.cursor(row_factory=class_row(Account)) as cur:
        cur.execute("SELECT email, plan FROM people WHERE ai_consent")
        for acc in cur:
            ask(acc.email)
        cur.execute("SELECT email, plan FROM people")
        for acc in cur:
            ask(acc.email)  # expect: DU101
            ask(acc.plan)
""",
    "d": """
async def d(pool: asyncpg.Pool, uid: int):
    async with pool.acquire() as con:
        row = await con.fetchrow("SELECT email, ai_consent, plan FROM users WHERE id = $1", uid)
        ask(row["email"]) # expect: DU101
        if row["ai_consent"]:
            ask(row["email"])
        if await con.fetchval("SELECT ai_consent FROM users WHERE id = $1", uid):
            ask(row["email"])
        if await con.fetchrow("SELECT 1 FROM users WHERE id = $1 AND ai_consent", uid):
            ask(row["email"])
        if await con.fetchval("SELECT count(*) FROM users WHERE id = $1 AND ai_consent", uid) > 0:
            ask(row["email"])
        for r in await con.fetch("SELECT email, ai_consent FROM users"):
            if not r["ai_consent"]:
                continue
            ask(r["email"])
            ask(str(r))
""",
    "e": """
def e(engine):
    with engine.connect() as con:
        for row in con.execute(text("SELECT email, plan FROM users WHERE ai_consent = :ok"), {"ok": True}):
            ask(row.email)
        for row in con.execute(text("SELECT email, plan FROM users WHERE ai_consent = :ok"), {"ok": False}):
            ask(row.email)  # expect: DU101
            ask(row.plan)
        for row in con.execute(text("SELECT email, plan FROM users")).mappings().all():
            ask(row["email"])  # expect: DU101
            ask(row["plan"])
""",
    "f": """
def f(conn):
    cur = conn.cursor()
    cur.execute("SELECT email, plan FROM users")
    for email, plan in cur.fetchall():
        ask(email)  # expect: DU101
        ask(plan)
    cur.execute("SELECT * FROM users")
    for row in cur:
        ask(str(row))  # expect: DU101
        ask(row["plan"])
        ask(row["email"])  # expect: DU101
""",
    "g": """
async def g():
    async with aiosqlite.connect("x") as db:
        async with db.execute("SELECT email, plan FROM users") as cur:
            async for row in cur:
                ask(row[0])  # expect: DU101
                ask(row[1])
            rows = await cur.fetchall()
            ask(rows[0][0])  # expect: DU101
            ask(rows[0][1])
""",
    "weak names, where the table or an id says whose they are": """
def opened():
    connection = sqlite3.connect("x")
    connection.row_factory = sqlite3.Row
    return connection
def of_people():
    for row in opened().execute("SELECT name FROM users").fetchall():
        ask(row[0])  # expect: DU101
    for row in opened().execute("SELECT * FROM users").fetchall():
        ask(row["name"])  # expect: DU101
def of_an_asked_one(uid):
    for role, content in opened().execute("SELECT role, content FROM messages WHERE user_id = ?", (uid,)):
        ask(role)
        ask(content)  # expect: DU101
    for row in opened().execute("SELECT role, content FROM messages WHERE user_id = ?", (uid,)).fetchall():
        ask(row["content"])  # expect: DU101
    row = opened().execute("SELECT * FROM notes WHERE author_id = ?", (uid,)).fetchone()
    ask(row["body"])  # expect: DU101
def beside_an_id():
    for author, body in opened().execute("SELECT author_id, body FROM notes"):
        ask(body)  # expect: DU101
def joined(chat):
    query = "SELECT m.content FROM messages m JOIN users u ON u.id = m.user_id WHERE m.chat_id = ?"
    for (content,) in opened().execute(query, (chat,)):
        ask(content)  # expect: DU101
def of_nobody():
    for row in opened().execute("SELECT content FROM pages").fetchall():
        ask(row[0])
    for row in opened().execute("SELECT * FROM pages").fetchall():
        ask(row["content"])
    for row in opened().execute("SELECT name FROM products").fetchall():
        ask(row[0])
def of_things(uid):
    for owner, title in opened().execute("SELECT owner_id, title FROM products"):
        ask(title)
    for row in opened().execute("SELECT * FROM products WHERE owner_id = ?", (uid,)).fetchall():
        ask(row["title"])
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    assert_labels({"program.py": SHARED + PROGRAMS[name]}, POLICY)
