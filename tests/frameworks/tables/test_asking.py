"""Databases across functions: who asks, who tests, who sends."""

from tests.frameworks.tables.policy import POLICY
from tests.programs import assert_labels

PROGRAM = """
import sqlite3, psycopg2, psycopg2.extras, pymysql, duckdb
from collections import namedtuple
from typing import NamedTuple
from django.db import connection
from databases import Database
from openai import OpenAI
client = OpenAI()
def ask(t):
    return client.responses.create(model="x", input=t)
def load(uid):
    with sqlite3.connect("x") as c:
        c.row_factory = sqlite3.Row
        return c.execute("SELECT * FROM users WHERE id = ?", (uid,)).fetchone()
def agreed(uid) -> bool:
    c = sqlite3.connect("x")
    row = c.execute("SELECT ai_consent FROM users WHERE id = ?", (uid,)).fetchone()
    return bool(row and row[0])
def agreed2(uid) -> bool:
    c = sqlite3.connect("x")
    return c.execute("SELECT 1 FROM users WHERE id = ? AND ai_consent = 1", (uid,)).fetchone() is not None
def agreed3(uid) -> bool:
    c = sqlite3.connect("x")
    n = c.execute("SELECT COUNT(*) FROM users WHERE id = ? AND ai_consent = 1", (uid,)).fetchone()[0]
    return n > 0
def a1(uid):
    row = load(uid)
    ask(row["email"])  # expect: DU101
def a2(uid):
    row = load(uid)
    if agreed(uid):
        ask(row["email"])
def a3(uid, other):
    row = load(uid)
    if agreed(other):
        ask(row["email"])  # expect: DU101
def a4(uid):
    row = load(uid)
    if not agreed2(uid):
        return
    ask(row["email"])
def a5(uid):
    if agreed3(uid):
        ask(load(uid)["email"])
def a6(uid):
    row = load(uid)
    if row is None or not row["ai_consent"]:
        return
    ask(row["email"])
    ask(str(tuple(row)))
def b1():
    conn = psycopg2.connect("x")
    cur = conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
    cur.execute("SELECT email, plan FROM users WHERE plan = %(plan)s", {"plan": "x"})
    for r in cur.fetchall():
        ask(r["email"])  # expect: DU101
        ask(r["plan"])
def b2():
    conn = pymysql.connect()
    with conn.cursor() as cur:
        cur.execute("SELECT email, plan FROM users WHERE ai_consent=%s", 1)
        while True:
            row = cur.fetchone()
            if row is None:
                break
            ask(row[0])
        cur.execute("SELECT email, plan FROM users")
        rows = cur.fetchmany(10)
        ask(rows[0][1])
        ask("; ".join(f"{e} {p}" for e, p in rows))  # expect: DU101
def b3():
    with connection.cursor() as cursor:
        cursor.execute("SELECT email, plan FROM users")
        cols = [c[0] for c in cursor.description]
        data = [dict(zip(cols, row)) for row in cursor.fetchall()]
    ask(str(data))  # expect: DU101
async def b4(db: Database):
    rows = await db.fetch_all(query="SELECT email, plan FROM users WHERE ai_consent = :ok", values={"ok": True})
    for r in rows:
        ask(r["email"])
    row = await db.fetch_one("SELECT email, plan FROM users WHERE id = :id", {"id": 1})
    ask(row["email"])  # expect: DU101
    ask(row.plan)
def b5():
    df = duckdb.sql("SELECT email, plan FROM users").df()
    ask(df["email"].tolist())  # expect: DU101
    rows = duckdb.execute("SELECT email, plan FROM users WHERE ai_consent").fetchall()
    ask(rows[0][0])
def b6(cur, table, where):
    cur.execute(f"SELECT email, plan FROM {table} WHERE {where}")
    for email, plan in cur:
        ask(email)  # expect: DU101
        ask(plan)
def b7(cur, region):
    q = "SELECT email, plan FROM users"
    q += " WHERE ai_consent = 1"
    if region:
        q += " AND region = %s"
    cur.execute(q, (region,))
    for email, plan in cur.fetchall():
        ask(email)
class Person(NamedTuple):
    email: str
    plan: str
def b8(cur):
    cur.execute("SELECT email, plan FROM users")
    people = [Person(*row) for row in cur.fetchall()]
    ask(people[0].email)  # expect: DU101
    ask(people[0].plan)
    people = list(map(Person._make, cur.fetchall()))
    ask(people[0].email)  # expect: DU101
def b9(cur):
    emails = [r[0] for r in cur.execute("SELECT email FROM users")]
    ask(", ".join(emails))  # expect: DU101
    n = cur.execute("SELECT COUNT(email) FROM users").fetchone()[0]
    ask(f"{n}")
    m = cur.execute("SELECT plan, COUNT(*) AS emails, MAX(created) FROM users GROUP BY plan").fetchall()
    ask(str(m))
"""


def test_across_functions() -> None:
    assert_labels({"program.py": PROGRAM}, POLICY)
