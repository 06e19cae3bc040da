"""Texts for an external embedding model."""

from dataclasses import dataclass

import cohere
from openai import OpenAI

client = OpenAI()


@dataclass
class Call:
    number: int
    transcript: str
    product: str


def embed(calls: list[Call]) -> list[list[float]]:
    texts = [call.transcript for call in calls]
    response = client.embeddings.create(model="text-embedding-3-small", input=texts)  # expect: DU102
    return [item.embedding for item in response.data]


def embed_elsewhere(call: Call):
    return cohere.ClientV2().embed(  # expect: DU102
        texts=[call.transcript], model="embed-multilingual-v3.0", input_type="clustering", embedding_types=["float"]
    )
