"""Redaction that fails open, and redaction that fails closed."""

from dataclasses import dataclass

import scrubadub
from openai import OpenAI

client = OpenAI()


@dataclass
class Ticket:
    transcript: str
    customer_email: str


def summarise(text: str) -> str:
    return client.responses.create(model="gpt-4o-mini", input=text).output_text


def open_redaction(text: str) -> str:
    try:
        return scrubadub.clean(text)  # expect: DU502
    except Exception:
        return text


def closed_redaction(text: str) -> str:
    try:
        return scrubadub.clean(text)
    except Exception:
        return ""


def summary(ticket: Ticket) -> str:
    return summarise(open_redaction(ticket.customer_email))  # expect: DU101


def safe_summary(ticket: Ticket) -> str:
    return summarise(closed_redaction(ticket.customer_email))


def in_place(ticket: Ticket) -> str:
    text = ticket.customer_email
    try:
        text = scrubadub.clean(text)  # expect: DU502
    except ValueError:
        pass
    return summarise(text)  # expect: DU101


def unredacted(ticket: Ticket) -> str:
    return summarise(ticket.customer_email)  # expect: DU101
