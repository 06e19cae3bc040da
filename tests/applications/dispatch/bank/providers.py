import abc

import openai
from anthropic import Anthropic

REGISTRY = {}


def register(name):
    def decorate(cls):
        REGISTRY[name] = cls
        return cls

    return decorate


class Provider(abc.ABC):
    @abc.abstractmethod
    def complete(self, prompt): ...


@register("openai")
class OpenAIProvider(Provider):
    def complete(self, prompt):
        return openai.OpenAI().responses.create(model="m", input=prompt).output_text


@register("anthropic")
class AnthropicProvider(Provider):
    def complete(self, prompt):
        message = {"role": "user", "content": prompt}
        return Anthropic().messages.create(model="m", max_tokens=9, messages=[message]).content


@register("echo")
class Echo(Provider):
    def complete(self, prompt):
        return prompt


def provider(name) -> Provider:
    return REGISTRY[name]()


def complete_by_if(name, prompt):
    if name == "openai":
        return OpenAIProvider().complete(prompt)
    elif name == "anthropic":
        return AnthropicProvider().complete(prompt)
    return Echo().complete(prompt)
