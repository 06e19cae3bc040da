"""An object of which nothing is known may be of any class that has the method: of one that the call fits."""

from __future__ import annotations

import pytest
from tests.programs import check_program

STRATEGIES = """
from openai import OpenAI

from app.models import Order

class Strategy:
    def execute(self, order, urgent=False):
        return _ask(order.user.email)
    def perform(self, order: Order, *, model="m"):
        return _ask(order.user.email)
    def start(self, *orders, **options):
        return _ask([each.user.email for each in orders] + [options["order"].user.email])

def _ask(text):
    return OpenAI().responses.create(model="m", input=text)
"""
MODELS = """
from dataclasses import dataclass

@dataclass
class User:
    email: str

@dataclass
class Order:
    user: User
"""
CALLER = """
from app import strategies

def run(thing, order, query, *rest, **options):
    {call}
"""


def _is_found(call: str) -> bool:
    package = {"app/__init__.py": "", "app/strategies.py": STRATEGIES, "app/models.py": MODELS}
    found = check_program({**package, "app/runs.py": CALLER.format(call=call)})
    return any(each.location.path == "app/runs.py" for each in found)


@pytest.mark.parametrize(
    "call",
    [
        "thing.execute(order)",
        "thing.execute(order, True)",
        "thing.execute(urgent=True, order=order)",
        "thing.execute(*rest)",
        "thing.execute(**options)",
        "thing.perform(order)",
        "thing.perform(order, model='n')",
        "thing.perform(thing.order)",
        "thing.start(order, 'now', quick=True)",
        "thing.start(order=order)",
    ],
)
def test_that_fit(call: str) -> None:
    assert _is_found(call)


@pytest.mark.parametrize(
    "call",
    [
        "thing.execute()",
        "thing.execute(urgent=True)",
        "thing.execute(order, True, order)",
        "thing.execute(order, timeout=3)",
        "thing.execute(query=order)",
        "thing.perform('DROP TABLE users')",
        "thing.perform(f'SELECT {query}')",
        "thing.perform([1, 2])",
        "thing.perform(order, 'n')",
    ],
)
def test_that_do_not_fit(call: str) -> None:
    assert not _is_found(call)
