"""Notes that somebody writes about somebody else: the one who acts has agreed, the other has not been asked."""

from __future__ import annotations

from dataclasses import dataclass

import openai

client = openai.OpenAI()


@dataclass
class Person:
    email: str
    diagnosis: str
    ai_consent: bool


@dataclass
class CareNote:
    nurse: Person
    patient: Person


def ask(text):
    return client.responses.create(model="m", input=text)


def by_the_nurse(note: CareNote):
    if note.nurse.ai_consent:
        ask(note.patient.diagnosis)  # expect: DU101


def by_the_patient(note: CareNote):
    if note.patient.ai_consent:
        ask(note.patient.diagnosis)


def by_both(note: CareNote):
    if note.nurse.ai_consent and note.patient.ai_consent:
        ask(f"{note.nurse.email}: {note.patient.diagnosis}")


def by_one_of_both(note: CareNote):
    if note.nurse.ai_consent or note.patient.ai_consent:
        ask(note.patient.diagnosis)  # expect: DU101


def of_a_neighbour(me: Person, neighbour: Person):
    if not me.ai_consent:
        return
    ask(neighbour.email)  # expect: DU101
    ask(me.email)
