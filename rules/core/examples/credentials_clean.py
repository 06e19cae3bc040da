"""The same record, without its credential."""

from dataclasses import dataclass

from openai import OpenAI


@dataclass
class Account:
    label: str
    password: str


def judge(account: Account) -> str:
    long = len(account.password) >= 12
    return OpenAI().responses.create(model="gpt-4o-mini", input=f"Comment: the password is long: {long}").output_text
