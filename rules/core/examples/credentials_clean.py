"""The same record, without its credential."""

from dataclasses import dataclass

from openai import OpenAI


@dataclass
class Account:
    label: str
    password: str


def judge(account: Account) -> str:
    strong = len(account.password) >= 12
    return OpenAI().responses.create(model="gpt-4o-mini", input=f"A comment on a password that is long: {strong}").output_text
