"""Credentials in a prompt: both the rule for prompts and the one for credentials apply."""

from dataclasses import dataclass

from openai import OpenAI


@dataclass
class Account:
    label: str
    password: str


def judge(account: Account) -> str:
    return OpenAI().responses.create(  # expect: DU101 DU401
        model="gpt-4o-mini", input=f"How strong is {account.password}?"
    ).output_text
