from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from pharmacy.stages import Ask, Collect, Consent, Pipeline, client


@dataclass
class Customer:
    email: str
    prescription_transcript: str
    ai_consent: bool


@dataclass
class Job:
    customer: Customer
    text: str = ""
    answer: str = ""


def unchecked(customer: Customer):
    return Pipeline(Collect(), Ask()).run(Job(customer)).answer  # expect: DU101


def checked(customer: Customer):
    job = Consent().process(Job(customer))
    return Ask().process(Collect().process(job)).answer


def from_sql(connection: sqlite3.Connection):
    rows = connection.execute("SELECT email, transcript FROM customers WHERE active = 1").fetchall()
    for _, transcript in rows:
        client.responses.create(model="m", input=transcript)  # expect: DU101


def from_sql_of_consenting(connection: sqlite3.Connection):
    rows = connection.execute("SELECT transcript FROM customers WHERE active = 1 AND ai_consent = 1").fetchall()
    for (transcript,) in rows:
        client.responses.create(model="m", input=transcript)
