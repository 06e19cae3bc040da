"""What is put together by name, and run as a whole: pipelines of components, containers of providers."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

PROGRAMS: dict[str, dict[str, str]] = {
    "haystack": {
        "pipe.py": """\
from haystack import Pipeline
from haystack.components.builders import PromptBuilder
from haystack.components.generators import OpenAIGenerator
from haystack_integrations.components.generators.ollama import OllamaGenerator
def build():
    p = Pipeline()
    p.add_component("prompt", PromptBuilder(template="{{ q }}"))
    p.add_component("llm", OpenAIGenerator())
    p.connect("prompt", "llm")
    return p
def local():
    p = Pipeline()
    p.add_component("prompt", PromptBuilder(template="{{ q }}"))
    p.add_component("llm", OllamaGenerator())
    return p
""",
        "app.py": """\
from pipe import build, local
pipe = build()
def a(user):
    pipe.run({"prompt": {"q": user.email}})  # expect: DU101
def b(user):
    build().run(data={"prompt": {"q": user.email}})  # expect: DU101
def c(user):
    local().run({"prompt": {"q": user.email}})
""",
    },
    "dependency_injector": {
        "c.py": """\
from dependency_injector import containers, providers
from s import Service, Client
class Container(containers.DeclarativeContainer):
    config = providers.Configuration()
    client = providers.Singleton(Client, key=config.key)
    service = providers.Factory(Service, client=client)
""",
        "s.py": """\
from openai import OpenAI
class Client:
    def __init__(self, key): self.sdk = OpenAI(api_key=key)
    def ask(self, t): return self.sdk.responses.create(input=t)
class Service:
    def __init__(self, client): self.client = client
    def run(self, user): return self.client.ask(user.email)
""",
        "app.py": """\
from c import Container
from dependency_injector.wiring import inject, Provide
def a(user):
    Container().service().run(user)  # expect: DU101
@inject
def b(user, service=Provide[Container.service]):
    service.run(user)  # expect: DU101
def c(user):
    container = Container()
    container.client().ask(user.full_name)  # expect: DU101
    container.client().ask("x")
""",
    },
}


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_put_together(name: str) -> None:
    assert_labels(PROGRAMS[name])
