import json
from dataclasses import dataclass

FILE = "answers.jsonl"
OPEN_FILE = "agreed.jsonl"


@dataclass
class Respondent:
    email: str
    transcript: str
    ai_consent: bool


def collect(respondents: list[Respondent]):
    with open(FILE, "a") as file:
        for respondent in respondents:
            file.write(json.dumps({"text": respondent.transcript}) + "\n")


def collect_agreed(respondents: list[Respondent]):
    with open(OPEN_FILE, "a") as file:
        for respondent in respondents:
            if respondent.ai_consent:
                file.write(json.dumps({"text": respondent.transcript}) + "\n")
