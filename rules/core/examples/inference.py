"""Prompts to an external model."""

from dataclasses import dataclass

from openai import OpenAI

client = OpenAI()


@dataclass
class Customer:
    full_name: str
    email: str
    plan: str


def greet(customer: Customer) -> str:
    response = client.responses.create(  # expect: DU101
        model="gpt-4o-mini", input=f"Greet {customer.full_name} <{customer.email}>"
    )
    return response.output_text


def ask(prompt: str) -> str:
    return client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": prompt}]
    ).choices[0].message.content


def introduce(customer: Customer) -> str:
    return ask("Introduce " + customer.full_name)  # expect: DU101
