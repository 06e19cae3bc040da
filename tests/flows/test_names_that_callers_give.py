"""What a helper takes as ``o`` or ``x`` is a person's record where its caller hands in one: by the caller's name for
it, where nothing has a type."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

HELPERS = """\
import openai

def send(text):
    openai.OpenAI().responses.create(input=text)

def name_of(o):
    return o.name

def card(x):
    return {"to": x["email"], "at": x.get("address")}

class Card:
    def __init__(self, source):
        self.title = source.full_name
        self.plan = source.plan

def all_of(node):
    return [node.email] + [text for each in node.children for text in all_of(each)]
"""
CALLS = [
    ("user", "name_of(user)", True),
    ("product", "name_of(product)", False),
    ("users", "[name_of(each) for each in users]", True),
    ("customers", "list(map(name_of, customers))", True),
    ("things", "list(map(name_of, things))", False),
    ("order", "name_of(order.customer)", True),
    ("order", "name_of(order.product)", False),
    ("data", "card(data['customer'])", True),
    ("employee", "Card(employee).title", True),
    ("employee", "Card(employee).plan", False),
    ("patient", "all_of(patient)", True),
    ("tree", "all_of(tree)", False),
]


@pytest.mark.parametrize(("given", "text", "is_data"), CALLS)
def test_a_helper_with_a_name_of_its_own(given: str, text: str, is_data: bool) -> None:
    label = "  # expect: DU101" if is_data else ""
    assert_labels({"app.py": f"{HELPERS}\ndef act({given}):\n    send({text}){label}\n"})


CONSENT = """
schema = 1
[pack]
name = "own"
[[guard]]
id = "own.consent"
field = ["ai_consent"]
allows = ["ai"]
"""


def test_consent_of_whom_the_caller_hands_in() -> None:
    checks = """
def checked(user):
    if user.ai_consent:
        send(name_of(user))

def of_another(user, employee):
    if user.ai_consent:
        send(name_of(employee))  # expect: DU101
"""
    assert_labels({"app.py": HELPERS + checks}, CONSENT)


def test_what_other_instances_hold_says_nothing_of_this_one() -> None:
    assert_labels(
        {
            "app.py": """
            import openai

            class Result:
                def __init__(self, value):
                    self.value = value

                def map(self, function):
                    return Result(function(self.value))

            def act(user):
                text = Result(user).map(lambda u: u.email).map(str.upper).value
                openai.OpenAI().responses.create(input=text)  # expect: DU101
            """
        }
    )
