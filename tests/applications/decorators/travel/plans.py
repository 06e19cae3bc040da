from dataclasses import dataclass

import openai

from travel.wrapping import Logged, consenting, endpoint, retry, timed

client = openai.OpenAI()


@dataclass
class Traveller:
    passport_number: str
    email: str
    ai_consent: bool


@retry(3)
@timed
def ask(text):
    return client.responses.create(model="m", input=text).output_text


@Logged
def ask_logged(text):
    return client.responses.create(model="m", input=text).output_text


@endpoint
def plan(email, days):
    return ask(f"{days} days for {email}")


def retried(traveller: Traveller):
    return ask(traveller.email)  # expect: DU101


def logged(traveller: Traveller):
    return ask_logged(traveller.email)  # expect: DU101


def by_endpoint(traveller: Traveller):
    return plan(email=traveller.email, days=3, passport=traveller.passport_number)  # expect: DU101


@consenting
def checked(traveller: Traveller):
    return ask(traveller.passport_number)


@timed
@consenting
def timed_and_checked(traveller: Traveller):
    return ask(traveller.passport_number)


@timed
def only_timed(traveller: Traveller):
    return ask(traveller.passport_number)  # expect: DU101
