"""Frames that are made of the rows of an SQL query."""

from __future__ import annotations

from tests.programs import assert_labels

POLICY = """
schema = 1
[pack]
name = "test"
[[guard]]
id = "consent"
field = ["ai_consent"]
allows = ["ai"]
"""


def test_rows_of_a_query() -> None:
    text = """
        import openai
        import pandas as pd
        import sqlite3

        client = openai.OpenAI()


        def send(text):
            client.responses.create(model="m", input=text)


        def load():
            return sqlite3.connect("x").execute("SELECT email, ai_consent, visits FROM customers").fetchall()


        def without_names():
            send(pd.DataFrame(load()).to_csv())  # expect: DU101


        def with_names(cursor):
            frame = pd.DataFrame(load(), columns=["email", "ai_consent", "visits"])
            send(frame.to_string())  # expect: DU101
            send(frame["email"].tolist())  # expect: DU101
            send(frame["visits"].tolist())
            send(frame[frame["ai_consent"]]["email"].tolist())
            send(frame[~frame["ai_consent"]]["email"].tolist())  # expect: DU101


        def of_those_who_consent(cursor):
            cursor.execute("SELECT email FROM customers WHERE ai_consent = true")
            frame = pd.DataFrame(cursor.fetchall(), columns=["email"])
            send(frame.to_csv())


        def of_all(cursor):
            cursor.execute("SELECT email FROM customers WHERE visits > 3")
            frame = pd.DataFrame(cursor.fetchall(), columns=["email"])
            send(frame.to_csv())  # expect: DU101
    """
    assert_labels({"app.py": text}, POLICY)
