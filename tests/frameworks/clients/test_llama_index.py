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


def test_agents_and_engines_that_chat() -> None:
    labels("""
from llama_index.agent import OpenAIAgent
from llama_index.core.agent import ReActAgent
from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent
from llama_index.core.chat_engine import CondensePlusContextChatEngine, SimpleChatEngine
from llama_index.llms.ollama import Ollama
from llama_index.llms.openai import OpenAI

def chat(customer: Customer, tools, retriever):
    OpenAIAgent.from_tools(tools).chat(customer.email)  # expect: DU101
    ReActAgent.from_tools(tools, llm=OpenAI(model="m")).stream_chat(message=customer.email)  # expect: DU101
    SimpleChatEngine.from_defaults().chat(customer.email)  # expect: DU101
    engine = CondensePlusContextChatEngine.from_defaults(retriever, system_prompt=customer.email)
    engine.chat("Hello")  # expect: DU101

async def run(customer: Customer, tools):
    await FunctionAgent(tools=tools, llm=OpenAI(model="m")).run(customer.email)  # expect: DU101
    await AgentWorkflow(agents=[ReActAgent(llm=OpenAI())]).run(user_msg=customer.email)  # expect: DU101

async def at_home(customer: Customer, tools):
    ReActAgent.from_tools(tools, llm=Ollama(model="x")).chat(customer.email)
    await FunctionAgent(tools=tools, llm=Ollama(model="x")).run(customer.email)

def checked(customer: Customer, tools):
    if customer.ai_consent:
        OpenAIAgent.from_tools(tools).chat(customer.email)
""")
