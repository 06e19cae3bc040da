"""Mail goes through generators; what is sent is pulled out of the last of them."""

from dataclasses import dataclass
from itertools import chain, islice

import openai

client = openai.OpenAI()


@dataclass
class Sender:
    email: str
    ai_consent: bool


@dataclass
class Mail:
    sender: Sender
    mail_body: str
    transcript: str


def opened(mails):
    yield from mails


def consenting(mails):
    for mail in mails:
        if not mail.sender.ai_consent:
            continue
        yield mail


def texts(mails):
    for mail in mails:
        yield from _parts(mail)


def _parts(mail):
    yield f"From {mail.sender.email}"
    yield mail.transcript


def batches(items, size=10):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def send(text):
    return client.responses.create(model="m", input=text)


def everything(mails: list[Mail]):
    for batch in batches(texts(opened(mails))):
        send("\n".join(batch))  # expect: DU101


def with_consent(mails: list[Mail]):
    for batch in batches(texts(consenting(mails))):
        send("\n".join(batch))


def first_of_two(mails: list[Mail], others: list[Mail]):
    for text in islice(chain(texts(mails), texts(others)), 5):
        send(text)  # expect: DU101


def counted(mails: list[Mail]):
    send(f"{sum(1 for _ in opened(mails))} mails came")
