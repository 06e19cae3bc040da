"""A client that another module holds, makes or keeps: the module that calls it has no word of the SDK."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

PEOPLE = """
from dataclasses import dataclass


@dataclass
class Customer:
    email: str
"""

CALL = "create(model='m', input=customer.email)  # expect: DU101"


@pytest.mark.parametrize(
    ("held", "used"),
    [
        ("import openai\nclient = openai.OpenAI()", f"from core.llm import client\n\nUSE\n    client.responses.{CALL}"),
        ("import openai\nclient = openai.OpenAI()", f"from core import llm\n\nUSE\n    llm.client.responses.{CALL}"),
        (
            "from openai import OpenAI\nclient = OpenAI()",
            f"import core.llm\n\nUSE\n    core.llm.client.responses.{CALL}",
        ),
        (
            "import openai\ndef get_client():\n    return openai.OpenAI()",
            f"from core.llm import get_client\n\nUSE\n    get_client().responses.{CALL}",
        ),
        (
            "def get_client():\n    from openai import OpenAI\n    return OpenAI()",
            f"from core.llm import get_client as client\n\nUSE\n    client().responses.{CALL}",
        ),
        (
            "import functools\nimport openai\n@functools.lru_cache\ndef get_client():\n    return openai.OpenAI()",
            f"from core.llm import get_client\n\nUSE\n    responses = get_client().responses\n    responses.{CALL}",
        ),
        (
            "import openai\nclass Service:\n    def __init__(self):\n        self.client = openai.OpenAI()",
            f"from core.llm import Service\n\nUSE\n    Service().client.responses.{CALL}",
        ),
        (
            "import openai\nclass Base:\n    def __init__(self):\n        self._client = openai.OpenAI()",
            "from core.llm import Base\n\nclass Mine(Base):\n  def run(self, customer: Customer):\n"
            f"    self._client.responses.{CALL}",
        ),
        (
            "import openai\nclass Service:\n    @property\n    def client(self):\n        return openai.OpenAI()",
            f"from core.llm import Service\n\nUSE\n    Service().client.responses.{CALL}",
        ),
        (
            "import openai\nclass Client(openai.OpenAI):\n    pass",
            f"from core.llm import Client\n\nUSE\n    Client().responses.{CALL}",
        ),
        (
            "import openai\nCLIENTS = {'fast': openai.OpenAI()}",
            f"from core.llm import CLIENTS\n\nUSE\n    CLIENTS['fast'].responses.{CALL}",
        ),
        (
            "URL = 'https://api.openai.com/v1/responses'",
            "import requests\nfrom core.llm import URL\n\nUSE\n    requests.post(URL, json={'input': customer.email})"
            "  # expect: DU101",
        ),
        (
            "import httpx\nhttp = httpx.Client(base_url='https://api.openai.com/v1')",
            "from core.llm import http\n\nUSE\n    http.post('/responses', json={'input': customer.email})"
            "  # expect: DU101",
        ),
    ],
)
def test_in_another_module(held: str, used: str) -> None:
    used = used.replace("USE", "def use(customer: Customer):")
    assert_labels(
        {
            "core/__init__.py": "",
            "core/llm.py": held + "\n",
            "core/people.py": PEOPLE,
            "app.py": "from core.people import Customer\n" + used + "\n",
        }
    )


def test_by_way_of_a_package_and_of_a_second_factory() -> None:
    assert_labels(
        {
            "core/__init__.py": "from core.llm import client as llm_client\n",
            "core/llm.py": "import openai\n\nclient = openai.OpenAI()\n",
            "core/people.py": PEOPLE,
            "services.py": """
                from core import llm_client


                class Services:
                    def __init__(self):
                        self.llm = llm_client


                def services():
                    return Services()
            """,
            "app.py": """
                from core import llm_client
                from core.people import Customer
                from services import services


                def direct(customer: Customer):
                    llm_client.responses.create(model="m", input=customer.email)  # expect: DU101


                def by_service(customer: Customer):
                    services().llm.responses.create(model="m", input=customer.email)  # expect: DU101
            """,
        }
    )


def test_a_method_that_dictionaries_have_is_no_view() -> None:
    assert_labels(
        {
            "app.py": """
                import openai
                from rest_framework.views import APIView

                client = openai.OpenAI()


                class Assist(APIView):
                    def get(self, request):
                        return client.responses.create(model="m", input=request.user.email)  # expect: DU101


                class Options:
                    def named(self, email):
                        return self.options.get(email)
            """,
        }
    )


def test_many_rounds_are_not_many_contexts() -> None:
    """What is known of a client that a table holds changes from round to round: each asked for other contexts."""
    assert_labels(
        {
            "models.py": """
                import requests

                class Model:
                    def __init__(self, key):
                        self.key = key
                        self.base = "https://api.openai.com/v1"

                    def post(self, method, path, files=None):
                        self.headers = {"Authorization": f"Bearer {self.key}"}
                        try:
                            if method == "GET":
                                answer = requests.get(f"{self.base}{path}", headers=self.headers)
                            elif method == "POST":
                                if files:
                                    self.headers["Content-Type"] = "application/json"
                                answer = requests.post(f"{self.base}{path}", headers=self.headers, files=files)
                            answer = answer.json()
                        except Exception:
                            return False, None, "unstable"
                        return True, answer, None

                    def transcribe(self, path, engine):
                        files = {"file": open(path, "rb"), "model": (None, engine)}
                        return self.post("POST", "/audio", files=files)  # expect: DU101
            """,
            "main.py": """
                import uuid
                from linebot import LineBotApi, WebhookHandler
                from models import Model

                registry = {}
                api = LineBotApi("x")
                handler = WebhookHandler("x")

                @handler.add(1)
                def on_audio(event):
                    content = api.get_message_content(event.message.id)
                    path = f"{uuid.uuid4()}.m4a"
                    with open(path, "wb") as file:
                        for chunk in content.iter_content():
                            file.write(chunk)
                    try:
                        if not registry.get(1):
                            raise ValueError("x")
                        else:
                            done, answer, error = registry[event.source.user_id].transcribe(path, "whisper-1")
                            if not done:
                                raise Exception(error)
                    except ValueError:
                        pass

                @handler.add(2)
                def on_text(event):
                    registry[event.source.user_id] = Model("k")
            """,
        }
    )
