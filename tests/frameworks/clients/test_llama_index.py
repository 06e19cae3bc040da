"""LlamaIndex: an index sends documents to its embedding model, an engine questions and what it finds to its model."""

from __future__ import annotations

from tests.frameworks.clients.test_clients import labels


def test_an_index_with_models_of_its_own() -> None:
    labels("""
from llama_index.core import VectorStoreIndex, Document
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.llms.ollama import Ollama
from llama_index.llms.openai import OpenAI

def hosted(customer: Customer):
    VectorStoreIndex.from_documents([Document(text=customer.email)])  # expect: DU102

def at_home(customer: Customer):
    model = HuggingFaceEmbedding(model_name="x")
    VectorStoreIndex.from_documents([Document(text=customer.email)], embed_model=model)
    VectorStoreIndex.from_documents([Document(text=customer.email)], embed_model="local:BAAI/bge")

def complete(customer: Customer):
    OpenAI(model="gpt-4o").complete(customer.email)  # expect: DU101
    Ollama(model="x").complete(customer.email)

def checked(customer: Customer):
    if customer.ai_consent:
        VectorStoreIndex.from_documents([Document(text=customer.email)])
""")
