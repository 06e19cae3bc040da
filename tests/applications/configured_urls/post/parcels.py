from dataclasses import dataclass

import requests

from post.settings import API_BASE, LOCAL_BASE, Endpoint, Settings


@dataclass
class Recipient:
    email: str
    ai_consent: bool


def by_default_base(recipient: Recipient):
    return requests.post(f"{API_BASE}/responses", json={"input": recipient.email}, timeout=9)  # expect: DU101


def by_enum(recipient: Recipient):
    return requests.post(Endpoint.CHAT.value, json={"input": recipient.email}, timeout=9)  # expect: DU101


def by_path(recipient: Recipient, settings: Settings):
    url = settings.base_url.rstrip("/") + settings.completions
    return requests.post(url, json={"input": recipient.email}, timeout=9)  # expect: DU101


def by_path_with_consent(recipient: Recipient, settings: Settings):
    if recipient.ai_consent:
        url = settings.base_url.rstrip("/") + settings.completions
        return requests.post(url, json={"input": recipient.email}, timeout=9)
    return None


def at_home(recipient: Recipient):
    return requests.post(f"{LOCAL_BASE}/responses", json={"input": recipient.email}, timeout=9)


def health(recipient: Recipient):
    return requests.post(Endpoint.HEALTH.value, json={"input": recipient.email}, timeout=9)
