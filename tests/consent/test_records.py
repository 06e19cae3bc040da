"""Records that the program builds: the consent that a list was filtered by stays with them, also through generators."""

from __future__ import annotations

import pytest
from tests.consent.people import labelled

KINDS = {
    "typed dict": "class Person(TypedDict):",
    "named tuple": "class Person(NamedTuple):",
    "data class": "@dataclass\nclass Person:",
}

CODE = """
from typing import TypedDict, NamedTuple, Iterable
from dataclasses import dataclass
import csv

{head}
    full_name: str
    phone: str
    ai_consent: bool

def read_people(path) -> list[Person]:
    with open(path) as file:
        return [
            Person(full_name=row["full_name"], phone=row["phone"], ai_consent=row["ai_consent"] == "yes")
            for row in csv.DictReader(file)
        ]

def lines(people: Iterable[Person]):
    for person in people:
        yield f"{{person{name}}}: {{person{phone}}}"

def trimmed(texts):
    yield from (text.strip() for text in texts)

def names(people):
    found = []
    for person in people:
        found.append(person{name})
    return found

def agreed(path):
    people = [person for person in read_people(path) if person{consent}]
    send("; ".join(trimmed(lines(people))))

def everybody(path):
    people = [person for person in read_people(path) if person{phone}]
    send("; ".join(trimmed(lines(people))))  # expect: DU101

def refused(path):
    people = [person for person in read_people(path) if not person{consent}]
    send("; ".join(lines(people)))  # expect: DU101

def agreed_one_by_one(path):
    for person in read_people(path):
        if person{consent}:
            send(person{name})

def wrong_one_by_one(path):
    for person in read_people(path):
        if person{phone}:
            send(person{name})  # expect: DU101

def agreed_names(path):
    people = [person for person in read_people(path) if person{consent}]
    send(str(names(people)))

def all_names(path):
    send(str(names(read_people(path))))  # expect: DU101

def both(path, other):
    people = [person for person in read_people(path) if person{consent}]
    send(str(names(people + read_people(other))))  # expect: DU101
"""


@pytest.mark.parametrize("kind", KINDS)
def test_lists_of_records(kind: str) -> None:
    form = "['{}']" if kind == "typed dict" else ".{}"
    name, phone, consent = form.format("full_name"), form.format("phone"), form.format("ai_consent")
    labelled(CODE.format(head=KINDS[kind], name=name, phone=phone, consent=consent))
