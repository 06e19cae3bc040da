"""An agent sends what it is told to whichever model it was made with: one of one's own machine is no provider."""

from dataclasses import dataclass

from agno.agent import Agent
from agno.models.ollama import Ollama
from agno.models.openai import OpenAIChat
from agno.team import Team
from autogen_agentchat.agents import AssistantAgent
from autogen_ext.models.ollama import OllamaChatCompletionClient
from autogen_ext.models.openai import OpenAIChatCompletionClient
from smolagents import CodeAgent, InferenceClientModel, TransformersModel
from strands import Agent as Strand
from strands.models.ollama import OllamaModel

LOCAL = Agent(model=Ollama(id="llama3.2"), instructions="Be kind")
HOSTED = Agent(model=OpenAIChat(id="gpt-4o"))


@dataclass
class Caller:
    transcript: str


def with_agno(caller: Caller) -> None:
    LOCAL.run(caller.transcript)
    Agent(Ollama(id="llama3.2")).print_response(caller.transcript)
    HOSTED.run(caller.transcript)  # expect: DU101
    Agent().run(caller.transcript)  # expect: DU101
    Team(model=Ollama(id="llama3.2"), members=[HOSTED]).run(caller.transcript)  # expect: DU101


def with_either(caller: Caller, local: bool) -> None:
    model = Ollama(id="llama3.2") if local else OpenAIChat(id="gpt-4o")
    Agent(model=model).run(caller.transcript)  # expect: DU101


def with_smolagents(caller: Caller) -> None:
    CodeAgent(tools=[], model=TransformersModel(model_id="qwen")).run(caller.transcript)
    CodeAgent([], TransformersModel(model_id="qwen")).run(caller.transcript)
    CodeAgent(tools=[], model=InferenceClientModel()).run(caller.transcript)  # expect: DU101


def with_strands(caller: Caller) -> None:
    Strand(model=OllamaModel(host="http://localhost:11434", model_id="llama3"))(caller.transcript)
    Strand()(caller.transcript)  # expect: DU101


async def with_autogen(caller: Caller) -> None:
    await AssistantAgent("local", model_client=OllamaChatCompletionClient(model="llama3")).run(task=caller.transcript)
    hosted = AssistantAgent("hosted", model_client=OpenAIChatCompletionClient(model="gpt-4o"))
    await hosted.run(task=caller.transcript)  # expect: DU101
