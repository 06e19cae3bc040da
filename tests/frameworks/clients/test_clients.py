"""Clients of model providers, however they are made, wrapped, kept and called."""

# ruff: noqa: E501  # a program or call stands on one line

from __future__ import annotations

import pytest
from tests.programs import assert_labels

POLICY = """
schema = 1
[pack]
name = "desk"
description = "A consent field"
[[guard]]
id = "desk.consent"
field = ["ai_consent"]
allows = ["ai"]
"""

PRELUDE = """
from dataclasses import dataclass

@dataclass
class Customer:
    email: str
    plan: str
    ai_consent: bool = False

"""

MESSAGES = "[{'role': 'user', 'content': text}]"


def labels(body: str) -> None:
    assert_labels({"desk.py": PRELUDE + body}, POLICY)


CALLS = [
    ("import openai\nclient = openai.OpenAI()", f"client.chat.completions.create(model='m', messages={MESSAGES})"),
    ("import openai", f"openai.OpenAI().chat.completions.create(model='m', messages={MESSAGES})"),
    ("import openai", f"openai.chat.completions.create(model='m', messages={MESSAGES})"),
    ("import openai", f"openai.ChatCompletion.create(model='m', messages={MESSAGES})"),
    ("from openai import OpenAI\nclient = OpenAI()", "client.responses.create(model='m', input=text)"),
    (
        "from openai import OpenAI\nclient = OpenAI()",
        f"client.with_options(timeout=3).chat.completions.create(messages={MESSAGES})",
    ),
    (
        "from openai import OpenAI\nclient = OpenAI()",
        f"client.chat.completions.with_raw_response.create(messages={MESSAGES})",
    ),
    ("from openai import OpenAI\nclient = OpenAI()", f"client.beta.chat.completions.parse(messages={MESSAGES})"),
    (
        "from openai import OpenAI\nclient = OpenAI()",
        f"client.chat.completions.create(stream=True, messages={MESSAGES})",
    ),
    (
        "from openai import OpenAI\nclient = OpenAI()",
        f"getattr(client, 'chat').completions.create(messages={MESSAGES})",
    ),
    (
        "from openai import OpenAI\nclient = OpenAI()",
        f"getattr(client.chat.completions, 'create')(messages={MESSAGES})",
    ),
    ("from openai import OpenAI\nclient = OpenAI()", "client.responses.create(**{'model': 'm', 'input': text})"),
    ("from openai import OpenAI\nask = OpenAI().responses.create", "ask(model='m', input=text)"),
    (
        "from openai import OpenAI\nfrom functools import partial\nask = partial(OpenAI().responses.create, model='m')",
        "ask(input=text)",
    ),
    ("from openai import OpenAI\nclients = {'a': OpenAI()}", "clients['a'].responses.create(input=text)"),
    ("from openai import OpenAI\nclients = {'a': OpenAI()}", "clients[name].responses.create(input=text)"),
    ("from openai import OpenAI\nclients = {'a': OpenAI}", "clients[name]().responses.create(input=text)"),
    ("from openai import OpenAI\nclients = [OpenAI()]", "clients[0].responses.create(input=text)"),
    ("from openai import OpenAI\nasks = {'a': OpenAI().responses.create}", "asks[name](input=text)"),
    (
        "import instructor\nfrom openai import OpenAI\nclient = instructor.from_openai(OpenAI())",
        f"client.chat.completions.create(messages={MESSAGES})",
    ),
    (
        "import instructor\nfrom openai import OpenAI\nclient = instructor.patch(OpenAI())",
        f"client.chat.completions.create(messages={MESSAGES})",
    ),
    (
        "import instructor\nfrom anthropic import Anthropic\nclient = instructor.from_anthropic(Anthropic())",
        f"client.messages.create(messages={MESSAGES})",
    ),
    (
        "import instructor\nclient = instructor.from_provider('openai/gpt-4o')",
        f"client.chat.completions.create(messages={MESSAGES})",
    ),
    ("from langfuse.openai import OpenAI\nclient = OpenAI()", f"client.chat.completions.create(messages={MESSAGES})"),
    ("from langfuse.openai import openai", f"openai.chat.completions.create(messages={MESSAGES})"),
    (
        "from langsmith.wrappers import wrap_openai\nfrom openai import OpenAI\nclient = wrap_openai(OpenAI())",
        "client.responses.create(input=text)",
    ),
    ("import anthropic\nclient = anthropic.Anthropic()", f"client.messages.create(model='m', messages={MESSAGES})"),
    (
        "import anthropic\nclient = anthropic.Anthropic()",
        f"client.beta.messages.create(model='m', messages={MESSAGES})",
    ),
    (
        "import anthropic\nclient = anthropic.Anthropic()",
        f"client.messages.count_tokens(model='m', messages={MESSAGES})",
    ),
    ("import litellm", f"litellm.completion(model='gpt-4o', messages={MESSAGES})"),
    ("from litellm import completion", f"completion('gpt-4o', {MESSAGES})"),
    (
        "from litellm import Router\nrouter = Router(model_list=[])",
        f"router.completion(model='gpt-4o', messages={MESSAGES})",
    ),
    ("import requests", "requests.post('https://api.openai.com/v1/responses', json={'input': text})"),
    ("import requests", "requests.request('POST', 'https://api.openai.com/v1/responses', json={'input': text})"),
    ("import requests\nBASE = 'https://api.openai.com/v1'", "requests.post(f'{BASE}/responses', json={'input': text})"),
    ("import requests", "requests.post('https://api.openai.com/v1/' + name, json={'input': text})"),
    ("import requests", "requests.post(f'https://api.openai.com/{name}/responses', json={'input': text})"),
    ("import requests", "requests.post('https://api.openai.com/v1/{}'.format(name), json={'input': text})"),
    ("import requests", "requests.post('https://api.openai.com/v1/%s' % name, json={'input': text})"),
    (
        "import requests\nsession = requests.Session()",
        "session.post('https://api.anthropic.com/v1/messages', data=text)",
    ),
    (
        "import httpx\nclient = httpx.Client(base_url='https://api.openai.com/v1')",
        "client.post('/responses', json={'input': text})",
    ),
    ("import httpx", "httpx.post(url='https://api.openai.com/v1/responses', content=text)"),
    (
        "import urllib.request",
        "urllib.request.urlopen(urllib.request.Request('https://api.openai.com/v1/responses', data=text.encode()))",
    ),
    (
        "import requests\nsession = requests.Session()\ndef prepared(text):\n"
        "    return requests.Request('POST', 'https://api.openai.com/v1/responses', json={'input': text}).prepare()",
        "session.send(prepared(text))",
    ),
    (
        "import httpx\nclient = httpx.Client(base_url='https://api.openai.com/v1')\n"
        "def send(request):\n    return client.send(request)",
        "send(client.build_request('POST', '/responses', json={'input': text}))",
    ),
    (
        "import urllib.request\ndef send(request):\n    with urllib.request.urlopen(request) as answer:\n"
        "        return answer.read()",
        "send(urllib.request.Request('https://api.openai.com/v1/responses', text.encode()))",
    ),
    (
        "import http.client\nconnection = http.client.HTTPSConnection('api.openai.com', timeout=9)",
        "connection.request('POST', '/v1/responses', body=text)",
    ),
    (
        "import aiohttp\nsession = aiohttp.ClientSession('https://api.openai.com')",
        "session.post('/v1/responses', json={'input': text})",
    ),
    (
        "import requests\nfrom urllib.parse import urljoin\nBASE = 'https://api.openai.com/v1/'",
        "requests.post(urljoin(BASE, name), json={'input': text})",
    ),
    ("import requests", "requests.post('/'.join(['https://api.openai.com/v1', name]), json={'input': text})"),
    (
        "import requests\ndef url(*parts):\n    return '/'.join(['https://api.openai.com/v1', *parts])",
        "requests.post(url('responses'), json={'input': text})",
    ),
]


@pytest.mark.parametrize(("setup", "call"), CALLS)
def test_a_call_sends_what_it_is_given(setup: str, call: str) -> None:
    labels(f"""
{setup}

def unchecked(customer: Customer, name: str):
    text = customer.email
    return {call}  # expect: DU101

def checked(customer: Customer, name: str):
    if not customer.ai_consent:
        return None
    text = customer.email
    return {call}

def no_data(customer: Customer, name: str):
    text = customer.plan
    return {call}
""")


KEPT = [
    "class Service:\n    def __init__(self):\n        self.client = OpenAI()\n    def ask(self, text):\n        return self.client.responses.create(input=text)\nask = Service().ask",
    "class Service:\n    client = OpenAI()\n    def ask(self, text):\n        return self.client.responses.create(input=text)\nask = Service().ask",
    "class Service:\n    def __init__(self, client: OpenAI):\n        self._client = client\n    def ask(self, text):\n        return self._client.responses.create(input=text)\ndef ask(text):\n    return Service(OpenAI()).ask(text)",
    "@dataclass\nclass Service:\n    client: OpenAI\n    def ask(self, text):\n        return self.client.responses.create(input=text)\ndef ask(text):\n    return Service(client=OpenAI()).ask(text)",
    "from dataclasses import field\n@dataclass\nclass Service:\n    client: OpenAI = field(default_factory=OpenAI)\n    def ask(self, text):\n        return self.client.responses.create(input=text)\ndef ask(text):\n    return Service().ask(text)",
    "class Service:\n    @property\n    def client(self):\n        return OpenAI()\n    def ask(self, text):\n        return self.client.responses.create(input=text)\nask = Service().ask",
    "from functools import cached_property\nclass Service:\n    @cached_property\n    def client(self):\n        return OpenAI()\n    def ask(self, text):\n        return self.client.responses.create(input=text)\nask = Service().ask",
    "from functools import lru_cache\n@lru_cache(maxsize=1)\ndef client():\n    return OpenAI()\ndef ask(text):\n    return client().responses.create(input=text)",
    "from functools import cache\n@cache\ndef client():\n    return OpenAI()\ndef ask(text):\n    return client().responses.create(input=text)",
    "_client = None\ndef client():\n    global _client\n    if _client is None:\n        _client = OpenAI()\n    return _client\ndef ask(text):\n    return client().responses.create(input=text)",
    "_clients = {}\ndef client(name):\n    if name not in _clients:\n        _clients[name] = OpenAI()\n    return _clients[name]\ndef ask(text):\n    return client('x').responses.create(input=text)",
    "_clients: dict[str, OpenAI] = {}\ndef ask(text):\n    return _clients.setdefault('x', OpenAI()).responses.create(input=text)",
    "def make(**options):\n    return OpenAI(**options)\ndef ask(text):\n    return make(timeout=3).responses.create(input=text)",
    "def ask(text, client: OpenAI | None = None):\n    client = client or OpenAI()\n    return client.responses.create(input=text)",
    "class Service:\n    _shared = None\n    @classmethod\n    def client(cls):\n        if cls._shared is None:\n            cls._shared = OpenAI()\n        return cls._shared\n    @staticmethod\n    def ask(text):\n        return Service.client().responses.create(input=text)\nask = Service.ask",
    "from contextlib import contextmanager\n@contextmanager\ndef client():\n    yield OpenAI()\ndef ask(text):\n    with client() as it:\n        return it.responses.create(input=text)",
    "def ask(text):\n    with OpenAI() as client:\n        return client.responses.create(input=text)",
    "from contextlib import ExitStack\ndef ask(text):\n    with ExitStack() as stack:\n        return stack.enter_context(OpenAI()).responses.create(input=text)",
    "from types import SimpleNamespace\nservices = SimpleNamespace(client=OpenAI())\ndef ask(text):\n    return services.client.responses.create(input=text)",
    "class Mine(OpenAI):\n    pass\ndef ask(text):\n    return Mine().responses.create(input=text)",
    "from typing import Protocol\nclass Provider(Protocol):\n    def ask(self, text): ...\nclass Hosted:\n    def ask(self, text):\n        return OpenAI().responses.create(input=text)\ndef ask(text, provider: Provider = Hosted()):\n    return provider.ask(text)",
]


@pytest.mark.parametrize("kept", KEPT, ids=range(len(KEPT)))
def test_wherever_a_client_is_kept(kept: str) -> None:
    labels(f"""
from openai import OpenAI
{kept}

def unchecked(customer: Customer):
    return ask(customer.email)  # expect: DU101

def checked(customer: Customer):
    if customer.ai_consent:
        return ask(customer.email)

def no_data(customer: Customer):
    return ask(customer.plan)
""")


@pytest.mark.parametrize(
    ("made", "is_local"),
    [
        ("OpenAI(base_url='http://localhost:8000/v1')", True),
        ("OpenAI(base_url='http://127.0.0.1:8000/v1', api_key='x')", True),
        ("OpenAI(base_url='https://api.groq.com/openai/v1')", False),
        ("OpenAI(base_url=None)", False),
        ("OpenAI(base_url=os.environ['BASE'])", False),
        ("OpenAI(base_url=LOCAL)", True),
        ("OpenAI(base_url=f'{LOCAL}')", True),
        ("OpenAI(**{'base_url': LOCAL})", True),
        ("OpenAI(base_url=LOCAL).with_options(timeout=3)", True),
        ("make(LOCAL)", True),
        ("make('https://api.openai.com/v1')", False),
        ("kept", True),
        ("Settings().client", True),
    ],
)
def test_a_client_of_this_machine_is_no_sink(made: str, is_local: bool) -> None:
    labels(f"""
import os
from openai import OpenAI

LOCAL = "http://localhost:11434/v1"
kept = OpenAI(base_url=LOCAL)

def make(base):
    return OpenAI(base_url=base)

class Settings:
    def __init__(self):
        self.client = OpenAI(base_url=LOCAL)

def ask(customer: Customer):
    client = {made}
    return client.responses.create(input=customer.email)  {"" if is_local else "# expect: DU101"}
""")


def test_streams_and_asynchronous_clients() -> None:
    labels("""
import asyncio
import anthropic
import aiohttp
import httpx
from contextlib import AsyncExitStack
from openai import AsyncOpenAI

claude = anthropic.Anthropic()
later = anthropic.AsyncAnthropic()
client = AsyncOpenAI()

def stream(customer: Customer):
    with claude.messages.stream(model="m", messages=[{"role": "user", "content": customer.email}]) as found:  # expect: DU101
        for text in found.text_stream:
            print(text)

async def astream(customer: Customer):
    async with later.messages.stream(model="m", messages=[{"role": "user", "content": customer.email}]) as found:  # expect: DU101
        async for text in found.text_stream:
            print(text)

async def awaited(customer: Customer):
    await client.responses.create(input=customer.email)  # expect: DU101
    await asyncio.gather(client.responses.create(input=customer.email))  # expect: DU101
    await asyncio.wait_for(client.responses.create(input=customer.email), 3)  # expect: DU101
    async with AsyncExitStack() as stack:
        mine = await stack.enter_async_context(AsyncOpenAI())
        await mine.responses.create(input=customer.email)  # expect: DU101
    async with aiohttp.ClientSession() as session:
        async with session.post("https://api.openai.com/v1/responses", json={"input": customer.email}) as answer:  # expect: DU101
            await answer.json()
    async with httpx.AsyncClient(base_url="https://api.openai.com") as http:
        await http.post("/v1/responses", json={"input": customer.email})  # expect: DU101
    async with httpx.AsyncClient() as http:
        await http.post("https://shop.example/mail", json={"to": customer.email})

async def checked(customer: Customer):
    if customer.ai_consent:
        await client.responses.create(input=customer.email)
        async with later.messages.stream(model="m", messages=[{"role": "user", "content": customer.email}]):
            pass
""")


def test_local_and_hosted_behind_one_name() -> None:
    labels("""
from openai import OpenAI

def client_for(kind):
    if kind == "local":
        return OpenAI(base_url="http://localhost:8000/v1")
    return OpenAI()

def ask(customer: Customer, kind: str):
    client_for("local").responses.create(input=customer.email)
    client_for("hosted").responses.create(input=customer.email)  # expect: DU101
    client_for(kind).responses.create(input=customer.email)  # expect: DU101
""")


def test_a_client_of_a_service_is_nobody() -> None:
    labels(f"""
import httpx
from mistralai import Mistral
from openai import OpenAI

async def fetch(url):
    async with httpx.AsyncClient() as client:
        return (await client.post(url)).text

class Helper:
    def __init__(self):
        self.client = Mistral()

    def ask(self, text):
        OpenAI().chat.completions.create(model="m", messages={MESSAGES})
        return self.client.messages

async def work(url):
    Helper().ask(Helper().ask(await fetch(url)))

def tell(client):
    Helper().ask(client.email)  # expect: DU101
""")


def test_front_ends_of_agents() -> None:
    labels("""
from pydantic_ai import Agent
from pydantic_ai.ui.vercel_ai import VercelAIAdapter

agent = Agent("openai:gpt-5")

def built(request):
    adapter = VercelAIAdapter(agent=agent, run_input=VercelAIAdapter.build_run_input(request.raw_body))
    return adapter.encode_stream(adapter.run_stream())  # expect: DU101

async def read(request):
    adapter = await VercelAIAdapter.from_request(request, agent=agent)
    return adapter.run_stream()  # expect: DU101

def fixed(question):
    return VercelAIAdapter(agent=Agent("openai:gpt-5"), run_input="hello").run_stream()
""")
