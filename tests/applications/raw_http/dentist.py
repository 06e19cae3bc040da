"""No SDK: requests to a provider's host."""

import json
import urllib.request
from dataclasses import dataclass

import aiohttp
import httpx
import requests

HOST = "https://api.anthropic.com"
PATH = "/v1/messages"


@dataclass
class Patient:
    diagnosis: str
    ai_consent: bool


def body(text):
    return {"model": "m", "messages": [{"role": "user", "content": text}]}


def by_requests(patient: Patient):
    return requests.post(HOST + PATH, json=body(patient.diagnosis), timeout=9).json()  # expect: DU101


def by_session(patient: Patient):
    with requests.Session() as session:
        session.headers["x-api-key"] = "k"
        return session.post(f"{HOST}{PATH}", data=json.dumps(body(patient.diagnosis)))  # expect: DU101


def by_httpx(patient: Patient):
    with httpx.Client(base_url=HOST) as client:
        return client.post(PATH, json=body(patient.diagnosis))  # expect: DU101


async def by_aiohttp(patient: Patient, session: aiohttp.ClientSession):
    url = "https://api.openai.com/v1/responses"
    async with session.post(url, json=body(patient.diagnosis)) as answer:  # expect: DU101
        return await answer.json()


def by_urllib(patient: Patient):
    data = json.dumps(body(patient.diagnosis)).encode()
    request = urllib.request.Request("https://api.mistral.ai/v1/chat/completions", data=data)
    with urllib.request.urlopen(request) as answer:  # expect: DU101
        return answer.read()


def checked(patient: Patient):
    if not patient.ai_consent:
        return None
    return requests.post(HOST + PATH, json=body(patient.diagnosis), timeout=9).json()


def elsewhere(patient: Patient):
    return requests.post("https://records.example.org/notes", json=body(patient.diagnosis), timeout=9)


def embedded(patient: Patient):
    url = "https://api.openai.com/v1/embeddings"
    return requests.post(url, json={"input": patient.diagnosis, "model": "m"}, timeout=9)  # expect: DU102
