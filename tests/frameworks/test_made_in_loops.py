"""What frameworks keep in what they make is found again in each of many, too."""

from __future__ import annotations

from tests.programs import assert_labels


def test_chains_and_models() -> None:
    program = {
        "app.py": """\
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
from people import load_user

def chains():
    user = load_user(1)
    prompts = [ChatPromptTemplate.from_template("a {text}"), ChatPromptTemplate.from_template("b {text}")]
    for prompt in prompts:
        chain = prompt | ChatOpenAI()
        chain.invoke({"text": user.email})  # expect: DU101
    for chain in [each | ChatOpenAI() for each in prompts]:
        chain.invoke({"text": user.email})  # expect: DU101
        chain.invoke({"text": "none of anybody"})
    for model in [ChatOpenAI(model=name) for name in ("a", "b")]:
        model.invoke(user.email)  # expect: DU101
"""
    }
    assert_labels(program)


def test_signatures_of_tasks() -> None:
    program = {
        "app.py": """\
import openai
from celery import shared_task
from people import load_user

@shared_task
def ask(text):
    openai.OpenAI().responses.create(input=text)

def tasks():
    user = load_user(1)
    for signature in [ask.s(user.email), ask.s("none of anybody")]:
        signature.delay()  # expect: DU101
    jobs = [ask.si(user.email) for _ in range(3)]
    for job in jobs:
        job.apply_async()  # expect: DU101
    for job in [ask.si("none of anybody")]:
        job.apply_async()
"""
    }
    assert_labels(program)
