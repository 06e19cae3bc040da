"""Addresses of model providers, however they are put together."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

PROGRAM = """
import requests
from dataclasses import dataclass

@dataclass
class Customer:
    email: str

class Client:
    def __init__(self, key):
        self.key, self.base = key, "{base}"

    def post(self, path, body):
        return requests.post({url}, json=body).json()

    def ask(self, text):
        return self.post("/chat/completions", {{"messages": [text]}})

def work(customer: Customer):
    Client("k").ask(customer.email)  # {expected}
"""

HOSTED = "https://api.openai.com/v1"
LOCAL = "http://localhost:8000/v1"


@pytest.mark.parametrize("url", ['f"{self.base}{path}"', "self.base + path", 'f"{self.base}?key={self.key}"'])
@pytest.mark.parametrize(("base", "expected"), [(HOSTED, "expect: DU101"), (LOCAL, "this machine's own")])
def test_of_a_base_that_the_client_holds(url: str, base: str, expected: str) -> None:
    assert_labels({"desk.py": PROGRAM.format(url=url, base=base, expected=expected)})
