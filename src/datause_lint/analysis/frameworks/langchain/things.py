"""What the things of LangChain are: by the paths of their classes, and by what they remember of their making."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import (
    DICT,
    LIST,
    TUPLE,
    stored_keys,
    stored_value,
)
from datause_lint.analysis.atoms import FunctionAtom
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value
from datause_lint.names import ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World


PACKAGES: Final = ("langchain", "langgraph", "databricks_langchain.")
FUNCTION: Final = "@function"  # of a lambda, a tool, a decorator's mark: what it calls
STEPS: Final = "@steps"  # of a sequence: a tuple of what runs one after the other
BRANCHES: Final = "@branches"  # of a parallel or an assignment: a dict of what runs side by side
CHOICES: Final = "@choices"  # of what runs one of several
STORE: Final = "@store"  # of a retriever
EMBEDDING: Final = "@embedding"  # of a store
NODES: Final = "@nodes"  # of a graph: a list of what runs, in whatever order
TEMPLATE: Final = "@template"  # of a prompt: a list of what it was made from
GIVEN: Final = "@given"  # of a prompt: variables that it has already

RUNNABLES: Final = "langchain_core.runnables"
SEQUENCE: Final = f"{RUNNABLES}.RunnableSequence()"
PARALLEL: Final = f"{RUNNABLES}.RunnableParallel()"
LAMBDA: Final = f"{RUNNABLES}.RunnableLambda()"
ASSIGN: Final = f"{RUNNABLES}.RunnableAssign()"
PASSTHROUGH: Final = f"{RUNNABLES}.RunnablePassthrough()"
CHOICE: Final = f"{RUNNABLES}.RunnableBranch()"
RETRIEVER: Final = "langchain_core.vectorstores.VectorStoreRetriever()"
VECTOR_STORE: Final = "langchain_core.vectorstores.VectorStore()"
PROMPT: Final = "langchain_core.prompts.ChatPromptTemplate()"
PROMPT_VALUE: Final = "langchain_core.prompt_values.PromptValue()"
DOCUMENT: Final = "langchain_core.documents.Document()"
TOOL: Final = "langchain_core.tools.StructuredTool()"
TOOL_NODE: Final = "langgraph.prebuilt.ToolNode()"
GRAPH: Final = "langgraph.graph.StateGraph()"
GRAPHS_RUN: Final = "graphs that are run"  # the object whose keys are the places of those that the program itself runs
CUSTOM: Final = "langchain_core.custom.Runnable()"  # an instance of a class of the program
HISTORY: Final = f"{RUNNABLES}.RunnableWithMessageHistory()"

RUN_ONE: Final = frozenset(
    [
        "invoke",
        "ainvoke",
        "run",
        "arun",
        "predict",
        "apredict",
        "predict_messages",
        "apredict_messages",
        "call",
        "acall",
        "format_prompt",
        "aformat_prompt",
        "format",
        "aformat",
        "format_messages",
        "aformat_messages",
        "get_relevant_documents",
        "aget_relevant_documents",
        "parse",
        "aparse",
        "generate_response",
        "invoke_async",
    ]
)
RUN_EACH: Final = frozenset(
    ["batch", "abatch", "batch_as_completed", "abatch_as_completed", "apply", "aapply", "map", "generate", "agenerate"]
)
RUN_STREAM: Final = frozenset(["stream", "astream", "astream_events", "astream_log", "transform", "atransform"])
RUN: Final = RUN_ONE | RUN_EACH | RUN_STREAM
SAME: Final = frozenset(
    [
        "with_config",
        "with_retry",
        "with_types",
        "with_listeners",
        "with_alisteners",
        "bind",
        "bind_tools",
        "bind_functions",
        "configurable_fields",
        "with_structured_output",
        "compile",
        "with_transformers",
        "abind",
        "as_runnable",
    ]
)
SEARCHES: Final = re.compile(r"a?(similarity_search|max_marginal_relevance_search|search)(_\w+)?$")
FILLING: Final = re.compile(r"a?(from|add)_(texts|documents|embeddings)$|a?upsert$|a?add_images$")
MESSAGES: Final = re.compile(r"(Human|AI|System|Chat|Tool|Function|Base|Remove)Message(Chunk)?$|(Generic)?Document$")
MODEL_BASES: Final = frozenset({"BaseChatModel", "SimpleChatModel", "BaseLLM", "LLM", "BaseLanguageModel"})
USUAL_PARTS: Final = tuple(
    f"@argument{each}"
    for each in "0 1 2 :llm :model :prompt :tools :agent :retriever :chain :llm_chain :combine_docs_chain".split()
)
# What a subclass of LangChain's own classes defines, for what calls of the base class's methods run.
HOOKS: Final = {
    **dict.fromkeys(MODEL_BASES, ("_generate", "_agenerate", "_call", "_acall", "_stream", "_astream")),
    "BaseTool": ("_run", "_arun"),
    "BaseRetriever": ("_get_relevant_documents", "_aget_relevant_documents"),
    "Runnable": ("invoke", "ainvoke", "transform"),
    "RunnableSerializable": ("invoke", "ainvoke", "transform"),
    "BaseOutputParser": ("parse",),
    "Chain": ("_call", "_acall"),
}
OPTIONS: Final = frozenset(
    [
        "config",
        "stop",
        "callbacks",
        "tags",
        "metadata",
        "return_only_outputs",
        "k",
        "filter",
        "version",
        "subgraphs",
        "stream_mode",
    ]
)
TOOL_MAKERS: Final = frozenset({"tool()", "from_function()", "StructuredTool()", "Tool()"})
DECORATORS: Final = TOOL_MAKERS | {"chain()", "entrypoint()", "task()"}
MAXIMAL_DEPTH: Final = 14
MAXIMAL_STEPS: Final = 2000  # of one run, nested ones counted
MAXIMAL_ROUNDS: Final = 3

_VARIABLE = re.compile(r"(?<!\{)\{([A-Za-z_]\w*)")


def is_composite_path(path: str) -> bool:
    """Whether an instance is made of other runnables, and calling it runs them."""
    name = last_name(path.removesuffix("()"))
    return f"{path}" in OWN or name.endswith(("Chain", "Executor", "chain", "from_llm", "from_chain_type"))


OWN: Final = frozenset(
    {SEQUENCE, PARALLEL, LAMBDA, ASSIGN, PASSTHROUGH, CHOICE, RETRIEVER, PROMPT, TOOL, TOOL_NODE, GRAPH, HISTORY}
)


def kinds_of(frame: Frame, state: State, obj: Obj) -> list[str]:
    """The paths of what the object is an instance of, also where the program's own class is derived from that."""
    if obj.api is not None:
        return [obj.api]
    found: dict[str, None] = {}
    for kind in types_of(frame, state, obj):
        bases = [kind.api] if kind.cls is None else frame.world.outer_bases(kind.cls)
        found.update((f"{base}()", None) for base in bases if base and (kind.cls is None or base.startswith(PACKAGES)))
    return list(found)


def is_runnable(frame: Frame, state: State, value: Value) -> bool:
    """Whether the value may be something that LangChain runs."""
    for atom in value.atoms:
        if isinstance(atom, FunctionAtom) and any(
            (mark.api or "").startswith(PACKAGES) for mark in frame.world.marks_of(atom.function)
        ):
            return True
        if type(atom) is not Obj:
            continue
        if any(kind.startswith(PACKAGES) for kind in kinds_of(frame, state, atom)):
            return True
        if any(kind.cls is not None and list(hooks_of(frame.world, kind.cls)) for kind in types_of(frame, state, atom)):
            return True
    return False


def is_prompt(frame: Frame, state: State, value: Value) -> bool:
    return any(is_prompt_path(kind) for obj in value.objects() for kind in kinds_of(frame, state, obj))


def is_prompt_path(path: str) -> bool:
    return path.startswith(PACKAGES) and ("PromptTemplate" in path or path.endswith("hub.pull()"))


def hooks_of(world: World, cls: ClassId) -> Iterator[FunctionAtom]:
    """The methods that a class of the program defines for LangChain to call."""
    for base in world.outer_bases(cls):
        if not base.startswith(PACKAGES):
            continue
        for name in HOOKS.get(last_name(base), ()):
            found = world.class_attribute(cls, name)
            yield from (
                atom for atom in (found[0].atoms if found is not None else ()) if isinstance(atom, FunctionAtom)
            )


def parts_of(frame: Frame, state: State, obj: Obj) -> list[Value]:
    """What an object outside the program was made with; of one that the caller hands over, he is asked."""
    keys = [key for key in stored_keys(frame, state, obj) if key.startswith("@argument")]
    if obj.symbolic and not keys:
        keys = [*USUAL_PARTS]
    return [value for key in keys if (value := stored_value(frame, state, obj, key)) is not None]


def is_container(obj: Obj) -> bool:
    return obj.api in (LIST, TUPLE, DICT, "builtins.set", "builtins.generator")
