"""Steps that are found by their names, run by a base class, and talk to a chain."""

import abc
import importlib

from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI


class Step(abc.ABC):
    def __init__(self, model=None):
        self.model = model or ChatOpenAI(model="m")

    def run(self, claim):
        values = dict(self.values(claim))
        chain = ChatPromptTemplate.from_template(self.template) | self.model
        return chain.invoke(values)

    @property
    @abc.abstractmethod
    def template(self): ...

    @abc.abstractmethod
    def values(self, claim): ...


class Summary(Step):
    template = "Sum up: {text}"

    def values(self, claim):
        return {"text": "\n".join([claim.transcript, claim.medical_history])}


class Numbering(Step):
    template = "Spell the number {number}"

    def values(self, claim):
        return {"number": claim.id}


def step(path):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)()
