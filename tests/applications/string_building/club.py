"""A sports club writes to its members."""

from dataclasses import dataclass

import prompts
from anthropic import Anthropic

client = Anthropic()


@dataclass
class Member:
    full_name: str
    email: str
    date_of_birth: str
    ai_consent: bool


def ask(prompt):
    return client.messages.create(model="m", max_tokens=10, messages=[{"role": "user", "content": prompt}])


def formatted(member: Member):
    return ask(prompts.formatted(member))  # expect: DU101


def old_style(member: Member):
    return ask(prompts.old_style(member))  # expect: DU101


def by_template(member: Member):
    return ask(prompts.by_template(member))  # expect: DU101


def rendered(member: Member):
    return ask(prompts.rendered(member))  # expect: DU101


def joined(members: list[Member]):
    return ask(prompts.joined(members))  # expect: DU101


def joined_of_consenting(members: list[Member]):
    return ask(prompts.joined([member for member in members if member.ai_consent]))


def as_json(member: Member):
    return ask(prompts.as_json(member))  # expect: DU101


def summed(member: Member):
    if not member.ai_consent:
        return None
    return ask(prompts.summed(member))


def counted(members: list[Member]):
    return ask(prompts.number_of(members))
