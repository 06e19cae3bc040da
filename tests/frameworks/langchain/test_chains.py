"""Chains run their steps on what they are given; a hosted model in them gets what reaches it."""

# ruff: noqa: E501  # a program or call stands on one line

from __future__ import annotations

import pytest
from tests.frameworks.langchain.programs import labels
from tests.programs import assert_labels

CHAINS = [
    "prompt | {llm} | StrOutputParser()",
    "prompt | {llm}",
    "{{'text': RunnablePassthrough()}} | prompt | {llm}",
    "RunnableSequence(prompt, {llm}, StrOutputParser())",
    "RunnableSequence(first=prompt, last={llm})",
    "prompt.pipe({llm}, StrOutputParser())",
    "prompt.pipe({llm})",
    "(prompt | {llm}).with_config(run_name='x')",
    "(prompt | {llm}).with_retry(stop_after_attempt=2)",
    "(prompt | {llm}).bind(stop=['x'])",
    "prompt | {llm}.bind(stop=['x'])",
    "prompt | {llm}.with_structured_output(dict)",
    "prompt | {llm}.with_fallbacks([local])",
    "prompt | local.with_fallbacks([{llm}])",
    "RunnablePassthrough.assign(more=lambda given: given) | prompt | {llm}",
    "RunnableLambda(lambda given: given) | prompt | {llm}",
    "(lambda given: given) | prompt | {llm}",
    "prompt | RunnableLambda({llm}.invoke)",
    "RunnableParallel(a=prompt | {llm}, b=prompt)",
    "RunnableParallel({{'a': prompt | {llm}}})",
    "RunnableBranch((lambda given: True, prompt | {llm}), prompt)",
    "RunnableBranch((lambda given: True, prompt), prompt | {llm})",
    "functools.reduce(lambda one, other: one | other, [prompt, {llm}, StrOutputParser()])",
    "functools.reduce(operator.or_, [prompt, {llm}])",
    "RunnableSequence(*[prompt, {llm}])",
    "pick | prompt | {llm}",
    "RunnableLambda(lambda given: prompt | {llm})",
]


@pytest.mark.parametrize("expression", CHAINS)
def test_what_a_chain_is_given_reaches_its_model(expression: str) -> None:
    hosted, on_site = expression.format(llm="llm"), expression.format(llm="local")
    labels(f"""
import functools
import operator

prompt = ChatPromptTemplate.from_template("Sum up: {{text}}")

@runnable
def pick(given):
    return given

hosted = {hosted}
on_site = {on_site}

def unchecked(customer: Customer):
    return hosted.invoke({{"text": customer.email}})  # expect: DU101

def checked(customer: Customer):
    if customer.ai_consent:
        return hosted.invoke({{"text": customer.email}})

def no_data(customer: Customer):
    return hosted.invoke({{"text": customer.plan}})

def at_home(customer: Customer):
    return on_site.invoke({{"text": customer.email}})
""")


@pytest.mark.parametrize(
    "call",
    [
        "chain.invoke(given)",
        "chain.invoke(input=given)",
        "await chain.ainvoke(given)",
        "chain.batch([given])",
        "chain.batch([given], config={'max_concurrency': 3})",
        "await chain.abatch([given])",
        "list(chain.stream(given))",
        "[part async for part in chain.astream(given)]",
        "[event async for event in chain.astream_events(given, version='v2')]",
        "run(chain, given)",
        "run(**{'chain': chain, 'given': given})",
        "Holder(chain).ask(given)",
    ],
)
def test_ways_to_run_a_chain(call: str) -> None:
    labels(f"""
chain = ChatPromptTemplate.from_template("Sum up: {{text}}") | llm | StrOutputParser()

def run(chain, given):
    return chain.invoke(given)

class Holder:
    def __init__(self, chain):
        self.chain = chain

    def ask(self, given):
        return self.chain.invoke(given)

async def unchecked(customer: Customer):
    given = {{"text": customer.email}}
    return {call}  # expect: DU101

async def checked(customer: Customer):
    if not customer.ai_consent:
        raise PermissionError
    given = {{"text": customer.email}}
    return {call}
""")


def test_batches_keep_who_is_whose() -> None:
    labels("""
chain = ChatPromptTemplate.from_template("Sum up: {text}") | llm

def all_of_them(customers: list[Customer]):
    chain.batch([{"text": customer.email} for customer in customers])  # expect: DU101

def who_agreed(customers: list[Customer]):
    chain.batch([{"text": customer.email} for customer in customers if customer.ai_consent])

def one_by_one(customers: list[Customer]):
    for customer in customers:
        if not customer.ai_consent:
            continue
        chain.invoke({"text": customer.email})
""")


def test_a_prompt_takes_the_variables_that_it_names() -> None:
    labels("""
named = ChatPromptTemplate.from_messages([("system", "You help."), ("human", "About the {plan}")])
history = ChatPromptTemplate.from_messages([("system", "You help."), MessagesPlaceholder("history")])
plain = PromptTemplate(template="Hello {email}", input_variables=["email"])

def unused(customer: Customer):
    (named | llm).invoke({"plan": customer.plan, "email": customer.email})

def used(customer: Customer):
    (plain | llm).invoke({"plan": customer.plan, "email": customer.email})  # expect: DU101

def past(customer: Customer):
    (history | llm).invoke({"history": [("human", customer.email)]})  # expect: DU101

def partly(customer: Customer):
    (plain.partial(email=customer.email) | llm).invoke({})  # expect: DU101

def made_of_data(customer: Customer):
    (PromptTemplate.from_template(f"Write to {customer.email}: {{text}}") | llm).invoke({"text": ""})  # expect: DU101

def only_a_prompt(customer: Customer):
    print(plain.format(email=customer.email), plain.invoke({"email": customer.email}))

def formatted(customer: Customer):
    llm.invoke(plain.format(email=customer.email))  # expect: DU101
    llm.invoke(named.format_messages(plan=customer.plan))
    llm.invoke(plain.invoke({"email": customer.email}))  # expect: DU101
""")


def test_steps_choose_what_goes_on() -> None:
    labels("""
from operator import itemgetter

prompt = ChatPromptTemplate.from_template("Sum up: {text}")

def only_the_plan(customer: Customer):
    chain = {"text": itemgetter("plan")} | prompt | llm
    chain.invoke({"plan": customer.plan, "email": customer.email})

def the_address(customer: Customer):
    chain = {"text": itemgetter("email")} | prompt | llm
    chain.invoke({"plan": customer.plan, "email": customer.email})  # expect: DU101

def by_a_function(customer: Customer):
    def address(customer: Customer):
        return {"text": customer.email}
    (RunnableLambda(address) | prompt | llm).invoke(customer)  # expect: DU101

def by_another(customer: Customer):
    def plan(customer: Customer):
        return {"text": customer.plan}
    (RunnableLambda(plan) | prompt | llm).invoke(customer)

def checked_inside(customer: Customer):
    def address(customer: Customer):
        return {"text": customer.email if customer.ai_consent else "none"}
    (RunnableLambda(address) | prompt | llm).invoke(customer)

def assigned(customer: Customer):
    chain = RunnablePassthrough.assign(text=lambda given: given["email"]) | prompt | llm
    chain.invoke({"email": customer.email})  # expect: DU101
""")


def test_models_by_whoever_makes_them() -> None:
    labels("""
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain.chat_models import init_chat_model
from functools import lru_cache

@lru_cache
def cached():
    return ChatAnthropic(model="claude")

def one_of(name: str) -> BaseChatModel:
    if name == "local":
        return ChatOllama(model="x")
    return ChatGoogleGenerativeAI(model="gemini")

def ask(model: BaseChatModel, text: str):
    return model.invoke(text)

def ask_at_home(model: ChatOllama, text: str):
    return model.invoke(text)

def everywhere(customer: Customer, name: str):
    cached().invoke([SystemMessage("Help."), HumanMessage(content=customer.email)])  # expect: DU101
    one_of(name).invoke(customer.email)  # expect: DU101
    ask(llm, customer.email)  # expect: DU101
    ask(local, customer.email)
    ask_at_home(local, customer.email)
    init_chat_model("gpt-4o").invoke(customer.email)  # expect: DU101
    init_chat_model("ollama:llama3").invoke(customer.email)
    ChatOpenAI(base_url="http://localhost:8000/v1").invoke(customer.email)
    ChatOpenAI(base_url="http://localhost:8000/v1").bind_tools([]).invoke(customer.email)
    ChatOpenAI(base_url="https://api.groq.com/openai/v1").invoke(customer.email)  # expect: DU101
    (ChatPromptTemplate.from_template("{x}") | ChatOpenAI(base_url="http://localhost:1/v1")).invoke({"x": customer.email})

def injected(customer: Customer, model: BaseChatModel):
    model.invoke(customer.email)  # expect: DU101
""")


def test_a_model_of_the_program_is_what_its_class_does() -> None:
    labels("""
from langchain_core.language_models import BaseChatModel, LLM

class AtHome(BaseChatModel):
    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        return local.invoke(messages)

class Somewhere(LLM):
    def _call(self, prompt, stop=None, **kwargs):
        return llm.invoke(prompt)

def ask(customer: Customer):
    AtHome().invoke(customer.email)
    Somewhere().invoke(customer.email)  # expect: DU101
    (ChatPromptTemplate.from_template("{x}") | AtHome()).invoke({"x": customer.email})
    (ChatPromptTemplate.from_template("{x}") | Somewhere()).invoke({"x": customer.email})  # expect: DU101
""")


def test_chains_of_the_older_kind() -> None:
    labels("""
from langchain.chains import LLMChain, ConversationChain, SimpleSequentialChain
from langchain.chains.summarize import load_summarize_chain
from langchain.prompts import PromptTemplate as Template
from langchain.schema import Document

prompt = Template(input_variables=["text"], template="Sum up {text}")

def ask(customer: Customer):
    chain = LLMChain(llm=llm, prompt=prompt)
    chain.run(customer.email)  # expect: DU101
    chain.run(text=customer.email)  # expect: DU101
    chain.predict(text=customer.email)  # expect: DU101
    chain({"text": customer.email})  # expect: DU101
    chain.invoke({"text": customer.email})  # expect: DU101
    chain.apply([{"text": customer.email}])  # expect: DU101
    ConversationChain(llm=llm).predict(input=customer.email)  # expect: DU101
    load_summarize_chain(llm, chain_type="stuff").run([Document(page_content=customer.email)])  # expect: DU101
    SimpleSequentialChain(chains=[chain, chain]).run(customer.email)  # expect: DU101
    llm.predict(customer.email)  # expect: DU101
    llm(customer.email)  # expect: DU101

def at_home(customer: Customer):
    chain = LLMChain(llm=local, prompt=prompt)
    chain.run(customer.email)
    chain({"text": customer.email})
    local(customer.email)

def checked(customer: Customer):
    if customer.ai_consent:
        LLMChain(llm=llm, prompt=prompt).run(customer.email)
""")


def test_odd_calls_do_no_harm() -> None:
    labels("""
prompt = ChatPromptTemplate.from_template("Sum up: {text}")

def odd(unknown, *more, **named):
    (prompt | unknown).invoke(unknown)
    (unknown | prompt | llm).invoke()
    (prompt | llm).invoke(*more, **named)
    (prompt | llm).batch()
    RunnableSequence().invoke(1)
    RunnableSequence(*more).invoke(unknown)
    RunnableParallel(unknown).invoke(unknown)
    RunnableLambda().invoke(unknown)
    RunnableBranch().invoke(unknown)
    RunnableBranch(unknown).invoke(unknown)
    prompt.partial().invoke()
    ChatPromptTemplate.from_messages(unknown).invoke(unknown)
    chain = prompt
    for step in more:
        chain = chain | step
    chain.invoke(named)
    loop = RunnableLambda(lambda given: loop)
    loop.invoke(1)
""")


def test_methods_that_are_handed_on() -> None:
    """Whoever calls what he is handed does not see of what the chain is made."""
    labels("""
from langchain.chains import LLMChain
prompt = PromptTemplate(template="Sum up: {text}", input_variables=["text"])

class Own(ChatOpenAI):
    limit: int = 3

async def carefully(call, *args, **named):
    try:
        return await call(*args, **named)
    except ValueError:
        return None

async def by_chain(customer: Customer):
    await carefully(LLMChain(llm=llm, prompt=prompt).arun, {"text": customer.email})  # expect: DU101

async def by_chain_at_home(customer: Customer):
    await carefully(LLMChain(llm=local, prompt=prompt).arun, {"text": customer.email})

async def by_own_model(customer: Customer):
    own = Own()
    await carefully(own.apredict_messages, messages=[customer.email])  # expect: DU101

async def by_chain_of_own_model(customer: Customer):
    await carefully(LLMChain(llm=Own(), prompt=prompt).arun, text=customer.email)  # expect: DU101

async def checked(customer: Customer):
    if customer.ai_consent:
        await carefully(LLMChain(llm=Own(), prompt=prompt).arun, text=customer.email)
""")


def test_a_way_that_never_comes_back_is_one_of_several() -> None:
    labels("""
def refuse(text):
    raise ValueError(text)

def pick(name):
    if name == "none":
        return RunnableLambda(refuse)
    return llm

def ask(customer: Customer, name):
    pick(name).invoke(customer.email)  # expect: DU101
""")


def test_an_instance_that_is_called_is_a_step() -> None:
    labels("""
prompt = ChatPromptTemplate.from_template("Sum up: {text}")

class Careful:
    def __init__(self, model):
        self.model = model

    def __call__(self, messages):
        return self.model.invoke(messages)

def ask(customer: Customer):
    (prompt | Careful(llm) | StrOutputParser()).invoke({"text": customer.email})  # expect: DU101

def at_home(customer: Customer):
    (prompt | Careful(local) | StrOutputParser()).invoke({"text": customer.email})
""")


def test_a_chain_of_another_module() -> None:
    """Whoever has it from there knows no word of a model: what the chain was made of leads to one."""
    chains = """
        from langchain.chains import ConversationChain
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_ollama import ChatOllama
        from langchain_openai import ChatOpenAI

        conversation = ConversationChain(llm=ChatOpenAI())
        steps = ChatPromptTemplate.from_template("{q}") | ChatOpenAI()
        at_home = ChatPromptTemplate.from_template("{q}") | ChatOllama(model="m")
    """
    views = """
        from flask import Flask, request
        from chains import %s

        app = Flask(__name__)


        @app.post("/ask")
        async def ask():
            return await %s  # expect: DU101
    """
    here = views.replace("  # expect: DU101", "")
    assert_labels(
        {
            "chains.py": chains,
            "first.py": views % ("conversation", "conversation.acall(request.json['q'])"),
            "second.py": views % ("steps", "steps.ainvoke({'q': request.json['q']})"),
            "third.py": here % ("at_home", "at_home.ainvoke({'q': request.json['q']})"),
        }
    )


STEPS_OR_ONE = """
from langchain_core.runnables import RunnableSequence
from langchain_openai import ChatOpenAI

class Summaries:
    steps: list | RunnableSequence

    def ask(self, user):
        return self.steps.invoke(user.email)

def ask(steps: list | RunnableSequence, user):
    steps.invoke(user.email)
    ChatOpenAI().invoke(user.email)  # expect: DU101
"""


def test_what_may_be_a_list_of_steps_is_not_run_for_ever() -> None:
    assert_labels({"app.py": STEPS_OR_ONE})
