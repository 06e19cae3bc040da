"""What programs of these tests send to, ``from ai import send``, and the consent that they ask for."""

from __future__ import annotations

from tests.programs import assert_labels

AI = """
import openai

client = openai.OpenAI()


def send(text):
    client.responses.create(model="m", input=text)
"""

CONSENT = """
schema = 1
[pack]
name = "test"
[[guard]]
id = "consent"
field = ["ai_consent"]
allows = ["ai"]
"""


def assert_sent(text: str) -> None:
    """Findings of the program start at exactly the lines whose comments expect them."""
    assert_labels({"ai.py": AI, "app.py": text}, CONSENT)
