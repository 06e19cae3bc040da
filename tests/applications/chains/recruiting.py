"""Applications to jobs, by LangChain: chains, structured output, retries, prompts that call no model."""

from dataclasses import dataclass
from functools import reduce

from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda
from langchain_openai import ChatOpenAI
from pydantic import BaseModel


@dataclass
class Candidate:
    resume_text: str
    ai_consent: bool


class Rating(BaseModel):
    score: int


prompt = ChatPromptTemplate.from_messages([("system", "Rate."), ("human", "{resume}")])
model = ChatOpenAI(model="m")


def piped(candidate: Candidate):
    chain = prompt | model | StrOutputParser()
    return chain.invoke({"resume": candidate.resume_text})  # expect: DU101


def reduced(candidate: Candidate):
    chain = reduce(lambda left, right: left | right, [prompt, model, StrOutputParser()])
    return chain.invoke({"resume": candidate.resume_text})  # expect: DU101


def structured(candidate: Candidate):
    chain = prompt | model.with_structured_output(Rating).with_retry()
    return chain.batch([{"resume": candidate.resume_text}])  # expect: DU101


def as_a_function(candidate: Candidate):
    def call(values):
        return model.invoke(values["resume"])

    return RunnableLambda(call).invoke({"resume": candidate.resume_text})  # expect: DU101


def checked(candidate: Candidate):
    if not candidate.ai_consent:
        return None
    return (prompt | model).invoke({"resume": candidate.resume_text})


def prompt_only(candidate: Candidate):
    return prompt.invoke({"resume": candidate.resume_text}).to_string()
