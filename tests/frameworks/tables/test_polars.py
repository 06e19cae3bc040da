"""Data frames of polars: expressions over columns."""

from __future__ import annotations

import pytest
from tests.frameworks.tables.policy import POLICY
from tests.programs import assert_labels

SHARED = """
import polars as pl
from openai import OpenAI
client = OpenAI()

def ask(t):
    return client.responses.create(model="x", input=t)
"""

PROGRAMS = {
    "a": """
def a(e):
    c = pl.read_database("SELECT id, email, full_name, plan, ai_consent, ai_opt_out FROM users", e)
    ask(c.filter(pl.col("ai_consent"))["email"].to_list())
    ask(c.filter(pl.col("ai_consent") == True)["email"].to_list())
    ask(c.filter(~pl.col("ai_consent"))["email"].to_list())  # expect: DU101
    ask(c.filter(~pl.col("ai_opt_out")).select("email").to_dicts())
    ask(c.filter(pl.col("ai_consent"), pl.col("plan") == "x")["email"].to_list())
    ask(c.filter(pl.col("ai_consent") & (pl.col("plan") == "x"))["email"].to_list())
    ask(c.filter(pl.col("ai_consent") | (pl.col("plan") == "x"))["email"].to_list())  # expect: DU101
    ask(c.filter(pl.col("ai_consent").fill_null(False))["email"].to_list())
    ask(c.filter(pl.col("ai_consent").is_not_null())["email"].to_list())  # expect: DU101
    ask(c.select("plan", "id").write_csv())
    ask(c.select(pl.col("email").str.to_lowercase().alias("x")).write_csv())  # expect: DU101
    ask(c.select(["plan"]).write_csv())
    ask(c.with_columns(pl.col("email").alias("mail")).select("mail").write_csv())  # expect: DU101
    ask(c.with_columns(x=pl.col("email").str.len_chars()).select("x").write_csv())
    ask(c.drop("email", "full_name").write_csv())
    ask(c.drop(["email"]).write_csv())  # expect: DU101
    ask(c.lazy().filter(pl.col("ai_consent")).collect().write_csv())
    ask(c.lazy().filter(pl.col("plan") == "x").collect().write_csv())  # expect: DU101
    for row in c.iter_rows(named=True):
        ask(row["email"])  # expect: DU101
        ask(row["plan"])
        if row["ai_consent"]:
            ask(row["email"])
    for row in c.filter(pl.col("ai_consent")).to_dicts():
        ask(row["email"])
    k = pl.read_csv("x", columns=["user_id", "ai_consent"]).filter(pl.col("ai_consent"))
    u = pl.read_csv("y", columns=["user_id", "email"])
    ask(u.join(k, on="user_id").write_csv())
    ask(u.join(k, on="user_id", how="left").write_csv())  # expect: DU101
    ask(u.join(k, on="user_id", how="semi").write_csv())
    ask(u.join(k, on="user_id", how="anti").write_csv())  # expect: DU101
    ask(c.group_by("plan").agg(pl.col("id").count()).write_csv())
""",
    "b": """
def b(p):
    lf = pl.scan_csv(p)
    d = lf.filter(pl.col("ai_consent")).select(["email"]).collect()
    ask(d["email"].to_list())
    d = lf.select(["email"]).collect()
    ask(d["email"].to_list())  # expect: DU101
    ask(d.write_csv())  # expect: DU101
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    assert_labels({"program.py": SHARED + PROGRAMS[name]}, POLICY)
