"""Letters that a model writes."""

from dataclasses import dataclass

import consents
from openai import OpenAI

client = OpenAI()


@dataclass
class Customer:
    id: int
    full_name: str


def greet(customer: Customer) -> str:
    if not consents.has_consent(customer):
        return ""
    return client.responses.create(model="gpt-4o-mini", input=f"Greet {customer.full_name}").output_text


def thank(customer: Customer) -> str:
    consents.require(customer)
    return client.responses.create(model="gpt-4o-mini", input=f"Thank {customer.full_name}").output_text


def remind(customer: Customer) -> str:
    if consents.opted_out(customer):
        return ""
    return client.responses.create(model="gpt-4o-mini", input=f"Remind {customer.full_name}").output_text


def invite(customer: Customer) -> str:
    if not consents.has_agreed(customer):
        return ""
    return client.responses.create(model="gpt-4o-mini", input=f"Invite {customer.full_name}").output_text
