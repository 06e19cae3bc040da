"""Flows and checks that the engine once got wrong, found by spoiling checks (``datause-lint rules mutate``)."""

from __future__ import annotations

from tests.consent.people import labelled


def test_callers_of_callers_in_one_module_are_asked() -> None:
    labelled("""
    def first(text):
        send(text)

    def second(text):
        first(text)

    def third(text):
        second(text)

    def fourth(text):
        third(text)

    def letter(user: User):
        fourth(user.email)  # expect: DU101

    def permitted_letter(user: User):
        if user.ai_consent:
            fourth(user.email)
    """)


READER = """
import csv
from typing import TypedDict

class Person(TypedDict):
    full_name: str
    ai_consent: bool

def read():
    rows = csv.DictReader(open("people.csv"))
    return [Person(full_name=row["full_name"], ai_consent=row["agreed"] == "yes") for row in rows]
"""


def test_a_loop_over_what_another_loop_collected_of_the_callers_records() -> None:
    labelled(
        READER
        + """
def greet(people: list[Person]):
    chosen = [person for person in people if person["full_name"]]
    for person in chosen:
        send(person["full_name"])

def main():
    greet(read())  # expect: DU101
"""
    )


def test_a_record_that_holds_its_own_consent_is_about_one_person_wherever_its_fields_were_read() -> None:
    labelled(
        READER
        + """
def here():
    for row in csv.DictReader(open("people.csv")):
        person = Person(full_name=row["full_name"], ai_consent=row["agreed"] == "yes")
        if person["ai_consent"]:
            send(person["full_name"])
        else:
            send(person["full_name"])  # expect: DU101

def greet(people: list[Person]):
    for person in people:
        if person["ai_consent"]:
            send(person["full_name"])

def greet_chosen(people: list[Person]):
    for person in [person for person in people if person["ai_consent"]]:
        send(person["full_name"])

def greet_the_first(people: list[Person]):
    for person in people:
        if person["ai_consent"]:
            send(people[0]["full_name"])

def main():
    greet(read())

def second_main():
    greet_chosen(read())

def third_main():
    greet_the_first(read())  # expect: DU101
"""
    )
