"""Rows of files."""

from __future__ import annotations

import pytest
from tests.frameworks.tables.policy import POLICY
from tests.programs import assert_labels

SHARED = """
import csv, json, io
from pathlib import Path
from openai import OpenAI
client = OpenAI()

def ask(t):
    return client.responses.create(model="x", input=t)
"""

PROGRAMS = {
    "a": """
def a(path: Path):
    with path.open() as file:
        addresses = [row["email"] for row in csv.DictReader(file)]
    ask("\\n".join(addresses))  # expect: DU101
""",
    "a2": """
def a2(path: Path):
    with open(path) as file:
        for row in csv.DictReader(file):
            ask(row["email"])  # expect: DU101
            ask(row["plant"])
            if row["ai_consent"] == "yes":
                ask(row["email"])
            if row["ai_consent"] == "no":
                ask(row["email"])  # expect: DU101
            if row["ai_consent"].lower() == "true":
                ask(row["email"])
""",
    "a3": """
def a3(path: Path):
    rows = list(csv.DictReader(open(path)))
    good = [r for r in rows if r["ai_consent"] == "1"]
    ask("\\n".join(r["email"] for r in good))
    ask("\\n".join(r["email"] for r in rows))  # expect: DU101
""",
    "b": """
def b(path: Path):
    for row in json.load(open(path)):
        ask(row["email"])  # expect: DU101
        ask(row["plant"])
""",
    "c": """
def c(path: Path):
    for row in json.loads(path.read_text())["rows"]:
        ask(row["email"])  # expect: DU101
""",
    "d": """
def d(people: list[dict]):
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for person in people:
        writer.writerow([person["full_name"], person["phone"]])
    ask("x"+buffer.getvalue())  # expect: DU101
""",
    "e": """
def e(people: list[dict]):
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=["a"])
    writer.writeheader()
    writer.writerows([{"a": person["email"]} for person in people])
    ask("x"+buffer.getvalue())  # expect: DU101
""",
    "f": """
def f(people: list[dict]):
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([p["plan"] for p in people])
    ask("x"+buffer.getvalue())
""",
    "g": """
def g(path):
    with open(path) as f:
        for row in csv.DictReader(f, fieldnames=["email", "plan"]):
            ask(str(row))  # expect: DU101
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    assert_labels({"program.py": SHARED + PROGRAMS[name]}, POLICY)
