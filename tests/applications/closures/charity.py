"""Donors of a charity: nested functions and lambdas capture data, or the client."""

import functools
from dataclasses import dataclass

import openai


@dataclass
class Donor:
    email: str
    ai_consent: bool


def sender():
    client = openai.OpenAI()

    def send(text):
        return client.responses.create(model="m", input=text).output_text

    return send


send = sender()


def thank(donor: Donor):
    def later():
        return send(donor.email)

    return later()  # expect: DU101


def thank_if_allowed(donor: Donor):
    def later():
        return send(donor.email)

    if donor.ai_consent:
        return later()
    return None


def counter(donor: Donor):
    seen = []

    def note():
        seen.append(donor.email)

    def tell():
        return send("\n".join(seen))

    note()
    return tell()  # expect: DU101


def retried(work, attempts=3):
    for _ in range(attempts):
        try:
            return work()
        except OSError:
            continue
    return None


def by_callback(donor: Donor):
    return retried(lambda: send(donor.email))  # expect: DU101


def by_partial(donor: Donor):
    return retried(functools.partial(send, donor.email))  # expect: DU101


def by_callback_of_consenting(donor: Donor):
    return retried(lambda: send(donor.email) if donor.ai_consent else None)


def never_called(donor: Donor):
    def later():
        return send(donor.email)

    print(later)
