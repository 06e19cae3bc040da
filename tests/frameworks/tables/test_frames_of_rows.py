"""Frames that are made of the rows of an SQL query."""

from __future__ import annotations

from tests.frameworks.sending import assert_sent


def test_rows_of_a_query() -> None:
    assert_sent("""
        import sqlite3

        import pandas as pd
        from ai import send


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
    """)
