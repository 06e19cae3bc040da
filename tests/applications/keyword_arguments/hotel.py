"""Requests that are gathered in dictionaries and splatted."""

from dataclasses import asdict, dataclass

import litellm


@dataclass
class Guest:
    name: str
    email: str
    wishes_transcript: str
    ai_consent: bool


DEFAULTS = {"model": "gpt-4o", "temperature": 0}


def call(**params):
    return litellm.completion(**{**DEFAULTS, **params})


def request(text, **more):
    params = dict(messages=[{"role": "user", "content": text}], **more)
    params.setdefault("max_tokens", 100)
    return params


def plain(guest: Guest):
    return call(**request(guest.wishes_transcript, temperature=1))  # expect: DU101


def plain_with_consent(guest: Guest):
    if not guest.ai_consent:
        raise PermissionError
    return call(**request(guest.wishes_transcript))


def known(**params):
    return {key: value for key, value in params.items() if key in ("messages", "model")}


def filtered(guest: Guest):
    params = known(messages=[{"content": guest.email}], metadata={"name": guest.name})
    return litellm.completion(model="gpt-4o", **params)  # expect: DU101


def describe(name, email, **rest):
    return call(messages=[{"role": "user", "content": f"{name} <{email}>"}])


def splatted_record(guest: Guest):
    return describe(**asdict(guest))  # expect: DU101


def by_star(guest: Guest):
    arguments = (guest.name, guest.email)
    return describe(*arguments)  # expect: DU101


def constants_only(guest: Guest):
    return call(**request("What is the weather?"))
