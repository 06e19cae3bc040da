"""What the tools of an agent give, and instructions that are functions, is sent to its model."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

PROGRAMS: dict[str, dict[str, str]] = {
    "openai agents": {
        "tools.py": """\
from agents import function_tool, RunContextWrapper
from db import find_user, count_orders
@function_tool
def address_of(pk: int) -> str:
    return find_user(pk).address
@function_tool
async def email_of(ctx: RunContextWrapper, pk: int) -> str:
    return find_user(pk).email
@function_tool
def orders(pk: int) -> str:
    return str(count_orders(pk))
""",
        "app.py": """\
from agents import Agent, Runner
from tools import address_of, orders, email_of
plain = Agent(name="p", instructions="x", tools=[orders])
knowing = Agent(name="k", instructions="x", tools=[orders, address_of])
triage = Agent(name="t", instructions="x", handoffs=[Agent(name="z", tools=[email_of])])
def dynamic(ctx, agent):
    return f"Help {ctx.context.email}"
dyn = Agent(name="d", instructions=dynamic)
async def a(): await Runner.run(plain, "hi")
async def b(): await Runner.run(knowing, "hi")  # expect: DU101
def c(): Runner.run_sync(triage, "hi")  # expect: DU101
def d(user): Runner.run_sync(dyn, "hi", context=user)  # expect: DU101
def e(user): Runner.run_sync(plain, "hi", context=user)
""",
    },
    "crewai": {
        "app.py": """\
from crewai import Agent, Task, Crew
from crewai.tools import BaseTool, tool
from db import find_user
@tool("Search")
def search(q: str) -> str:
    return find_user(q).email
class Look(BaseTool):
    name: str = "look"
    def _run(self, pk: int) -> str:
        return find_user(pk).address
def a():
    w = Agent(role="x", tools=[search])
    Crew(agents=[w], tasks=[Task(description="d", agent=w)]).kickoff()  # expect: DU101
def b():
    w = Agent(role="x", tools=[Look()])
    Crew(agents=[w], tasks=[Task(description="d", agent=w)]).kickoff()  # expect: DU101
def c():
    w = Agent(role="x", tools=[])
    Crew(agents=[w], tasks=[Task(description="d", agent=w)]).kickoff()
""",
    },
    "pydantic ai": {
        "app.py": """\
from pydantic_ai import Agent
from db import find_user
agent = Agent("openai:gpt-4o")
@agent.tool_plain(retries=2)
def address(pk: int) -> str:
    return find_user(pk).address
other = Agent("openai:gpt-4o")
@other.tool_plain
def nothing(pk: int) -> str:
    return "nothing"
local = Agent("ollama:llama3")
@local.tool_plain
def address2(pk: int) -> str:
    return find_user(pk).address
third = Agent("openai:gpt-4o", tools=[address2])
def a(): agent.run_sync("hi")  # expect: DU101
def b(): other.run_sync("hi")
def c(): local.run_sync("hi")
def d(): third.run_sync("hi")  # expect: DU101

""",
    },
    "pydantic ai with what it depends on": {
        "helper.py": """\
from dataclasses import dataclass
from pydantic_ai import Agent, RunContext
@dataclass
class Deps:
    email: str
    plan: str
agent = Agent("openai:gpt-4o", deps_type=Deps)
@agent.system_prompt
def prompt(ctx: RunContext[Deps]) -> str:
    return f"User is {ctx.deps.email}"
@agent.tool
async def find(ctx: RunContext[Deps], x: int) -> str:
    return ctx.deps.plan
plain = Agent("openai:gpt-4o", deps_type=Deps)
@plain.tool
async def find2(ctx: RunContext[Deps], x: int) -> str:
    return ctx.deps.plan
looked = Agent("openai:gpt-4o", deps_type=Deps)
@looked.tool_plain
def address(pk: int) -> str:
    return find_user(pk).address
""",
        "app.py": """\
from helper import agent, plain, looked, Deps
def p2(user):
    agent.run_sync("hi", deps=Deps(user.email, "free"))  # expect: DU101
def p3(user):
    plain.run_sync("hi", deps=Deps(user.email, "free"))
def p4(user):
    plain.run_sync("hi", deps=Deps("x", user.address))  # expect: DU101
""",
    },
}


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_tools(name: str) -> None:
    assert_labels(PROGRAMS[name])
