import functools
import os

import openai
from anthropic import Anthropic

_cache = {}


@functools.lru_cache(maxsize=1)
def default_client():
    return openai.OpenAI(api_key=os.environ["KEY"])


def client_for(user_id):
    if user_id not in _cache:
        _cache[user_id] = openai.OpenAI(organization=user_id)
    return _cache[user_id]


def client_and_model(provider):
    if provider == "anthropic":
        return Anthropic(), "claude"
    return default_client(), "gpt"


class Gateway:
    def __init__(self, client=None):
        self.client = client or default_client()
        self.chat = self.client.chat


def local_client():
    return openai.OpenAI(base_url="http://localhost:11434/v1")
