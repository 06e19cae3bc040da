"""How the stations of a flow are told."""

from __future__ import annotations

from tests.programs import check_program

STARTED = """
import concurrent.futures
import openai
from app_models import User

executor = concurrent.futures.ThreadPoolExecutor()
KEPT = {}

def ask(texts):
    return openai.OpenAI().responses.create(model="m", input=texts)

def remember(text):
    KEPT["texts"].append(text)
    return executor.submit(ask, KEPT["texts"]).result()

def reset():
    KEPT["texts"] = []

def answer(user: User):
    remember(user.email)
"""
MODELS = """
from dataclasses import dataclass

@dataclass
class User:
    email: str
"""
LAMBDA = """
import openai
from django.db import transaction
from app_models import User

class View:
    def save(self, user: User):
        transaction.on_commit(lambda: send(user.email))

def send(text):
    openai.OpenAI().responses.create(model="m", input=text)
"""


def notes(text: str) -> set[str]:
    findings = check_program({"app.py": text, "app_models.py": MODELS})
    return {step.note for finding in findings for flow in finding.flows for step in flow}


def test_what_a_call_starts_is_not_said_to_be_called_there() -> None:
    told = notes(STARTED)
    assert "remember() is called with it" in told or "ask(), which is started there, is called with it" in told
    assert not any("<" in note for note in told)


def test_functions_inside_others_are_named_as_people_do() -> None:
    assert not any("<" in note for note in notes(LAMBDA))
    assert "send() is called with it" in notes(LAMBDA)


WHOLE = """
import openai
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()

class Ticket(BaseModel):
    number: int
    title: str
    description: str

class ComponentConfig(BaseModel):
    kind: str
    description: str

@app.post("/tickets")
def create(ticket: Ticket):
    openai.OpenAI().responses.create(model="m", input=str(ticket))

@app.put("/settings")
def configure(config: ComponentConfig):
    openai.OpenAI().responses.create(model="m", input=str(config))
    openai.OpenAI().responses.create(model="m", input=config.description)
"""


def test_a_record_as_a_whole_is_told_with_what_is_personal_in_it() -> None:
    told = notes(WHOLE)
    assert "a Ticket as a whole, with title, description" in told
    assert not any("Config" in note for note in told)


KEPT = """
import openai
from app_models import User

def answer(user: User):
    prepare()

def prepare():
    user = load()
    once(user.email)

def once(text):
    openai.OpenAI().responses.create(model="m", input=text)

def load() -> User: ...
"""


def test_a_call_before_the_data_is_read_is_not_said_to_hand_it_over() -> None:
    told = notes(KEPT)
    assert {"once() is called with it", "prepare() is called on the way"} <= told


TWO_CALLS = """
import openai
from app_models import User

def answer(user: User, by_mail: bool):
    tell(user.email, user.phone)

def tell(email, phone):
    client = openai.OpenAI()
    client.responses.create(model="m", input=email)
    client.responses.create(model="m", input=phone)
"""


def test_a_message_names_what_reaches_any_of_the_calls() -> None:
    models = f"{MODELS}    phone: str\n"
    (finding,) = check_program({"app.py": TWO_CALLS, "app_models.py": models})
    assert len(finding.data) == 2 and all(category in finding.message for category in finding.data)
