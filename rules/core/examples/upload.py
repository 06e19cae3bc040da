"""Files that are stored at a provider."""

from dataclasses import dataclass

from anthropic import Anthropic
from openai import OpenAI


@dataclass
class Application:
    cover_letter: str
    position_number: int


def upload(application: Application) -> str:
    stored = OpenAI().files.create(file=application.cover_letter.encode(), purpose="assistants")  # expect: DU103
    return stored.id


def upload_elsewhere(application: Application) -> str:
    return Anthropic().beta.files.upload(file=application.cover_letter.encode()).id  # expect: DU103
