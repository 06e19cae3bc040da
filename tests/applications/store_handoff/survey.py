"""A survey: one command writes a file, another one reads it, days later."""

import json
from dataclasses import dataclass
from pathlib import Path

import openai

client = openai.OpenAI()
FILE = "answers.jsonl"
AGREED = Path("data") / "agreed.jsonl"


@dataclass
class Respondent:
    email: str
    transcript: str
    ai_consent: bool


def collect(respondents: list[Respondent]):
    with open(FILE, "a") as file:
        for respondent in respondents:
            file.write(json.dumps({"text": respondent.transcript}) + "\n")


def report():
    with open(FILE) as file:
        texts = [json.loads(line)["text"] for line in file]
    return client.responses.create(model="m", input="\n".join(texts))  # expect: DU101


def collect_agreed(respondents: list[Respondent]):
    texts = [respondent.transcript for respondent in respondents if respondent.ai_consent]
    AGREED.write_text(json.dumps(texts))


def report_agreed():
    return client.responses.create(model="m", input=AGREED.read_text())
