"""``Any`` and ``object`` say of a value as little as no annotation: what it is found to be counts."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

PROGRAM = """\
import openai
from dataclasses import dataclass
from typing import Any, Optional
from people import load_user

@dataclass
class Box:
    rows: {annotation}
    one: {annotation}

    def first(self):
        return self.rows.get("first")

def ask(user: {annotation}):
    openai.OpenAI().responses.create(input=user.email)

def run():
    box = Box({{"first": load_user(1)}}, load_user(2))
    openai.OpenAI().responses.create(input=box.first().email)  # expect: DU101
    openai.OpenAI().responses.create(input=box.one.email)  # expect: DU101
    openai.OpenAI().responses.create(input=box.one.id)
    ask(load_user(3))  # expect: DU101
"""


@pytest.mark.parametrize("annotation", ["Any", "object", "Optional[Any]", "'object'"])
def test_what_is_held_is_found(annotation: str) -> None:
    assert_labels({"app.py": PROGRAM.format(annotation=annotation)})
