"""What the small programs about LangChain share."""

from __future__ import annotations

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
from typing import Any
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate, PromptTemplate, MessagesPlaceholder
from langchain_core.runnables import (
    RunnableBranch, RunnableLambda, RunnableParallel, RunnablePassthrough, RunnableSequence, chain as runnable,
)
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_ollama import ChatOllama, OllamaEmbeddings

llm = ChatOpenAI(model="gpt-4o-mini")
local = ChatOllama(model="llama3.1")

@dataclass
class Customer:
    email: str
    plan: str
    ai_consent: bool = False

"""


def labels(body: str) -> None:
    assert_labels({"desk.py": PRELUDE + body}, POLICY)
