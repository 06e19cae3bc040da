"""Ways into a sink are found by name: whatever other name a module gives to one is followed, too."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

GATEWAY = """
from openai import OpenAI

def ask(prompt, model="large"):
    return OpenAI().responses.create(model=model, input=prompt)
"""
CALLER = """
from app.ai import complete
from app.models import Customer

def letter(customer: Customer):
    return complete(f"A letter to {customer.email}")  # expect: DU101
"""
MODELS = """
from dataclasses import dataclass

@dataclass
class Customer:
    email: str
"""


@pytest.mark.parametrize(
    "handing_on",
    [
        "from .gateway import ask as complete",
        "from . import gateway\ncomplete = gateway.ask",
        "from .gateway import ask\ncomplete = ask",
        "from functools import partial\nfrom .gateway import ask\ncomplete = partial(ask, model='small')",
        "from litellm import completion as complete",
        "import litellm\ncomplete = litellm.completion",
    ],
)
def test_under_another_name(handing_on: str) -> None:
    caller = CALLER
    if "litellm" in handing_on:
        caller = caller.replace('complete(f"A letter to {customer.email}")', 'complete("m", [customer.email])')
    package = {"app/__init__.py": "", "app/ai.py": handing_on, "app/gateway.py": GATEWAY, "app/models.py": MODELS}
    assert_labels({**package, "app/letters.py": caller})


def test_a_store_that_calls_the_embedding_model_it_is_given() -> None:
    assert_labels(
        {
            "app/embeddings.py": """
            from langchain_openai import OpenAIEmbeddings

            def hosted():
                return OpenAIEmbeddings()
            """,
            "app/models.py": MODELS,
            "app/indexing.py": """
            from langchain_community.vectorstores import FAISS
            from app.embeddings import hosted
            from app.models import Customer

            def index(customers: list[Customer]):
                return FAISS.from_texts([customer.email for customer in customers], hosted())  # expect: DU102
            """,
        }
    )
