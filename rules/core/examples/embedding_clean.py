"""What is embedded is personal to nobody, or the model runs in this process."""

from dataclasses import dataclass

from openai import OpenAI
from sentence_transformers import SentenceTransformer

client = OpenAI()


@dataclass
class Call:
    number: int
    transcript: str
    product: str


def embed_products(calls: list[Call]) -> list[list[float]]:
    response = client.embeddings.create(model="text-embedding-3-small", input=[call.product for call in calls])
    return [item.embedding for item in response.data]


def embed_locally(calls: list[Call]):
    return SentenceTransformer("all-MiniLM-L6-v2").encode([call.transcript for call in calls])
