"""LangChain and LangGraph: chains, prompts, models, vector stores, tools, agents and graphs, as what they run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import (
    DICT,
    LIST,
    OPAQUE,
    TUPLE,
    add_element,
    known_keys,
    read,
    stored_keys,
    stored_value,
)
from datause_lint.analysis.arguments import Arguments, known_length
from datause_lint.analysis.calling import awaited
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, Obj, attribute, index
from datause_lint.analysis.sinks import check_sinks
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import (
    EMPTY,
    NONE,
    NOTHING,
    ApiAtom,
    BoundAtom,
    ClassAtom,
    Const,
    Data,
    FunctionAtom,
    Label,
    MethodAtom,
    Value,
    carrying,
    join,
    join_all,
    of,
)
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

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
CUSTOM: Final = "langchain_core.custom.Runnable()"  # an instance of a class of the program
HISTORY: Final = f"{RUNNABLES}.RunnableWithMessageHistory()"

RUN_ONE: Final = frozenset(
    """invoke ainvoke run arun predict apredict predict_messages apredict_messages call acall format_prompt
    aformat_prompt format aformat format_messages aformat_messages get_relevant_documents aget_relevant_documents parse
    aparse generate_response invoke_async""".split()
)
RUN_EACH: Final = frozenset("batch abatch batch_as_completed abatch_as_completed apply aapply map generate agenerate".split())
RUN_STREAM: Final = frozenset("stream astream astream_events astream_log transform atransform".split())
RUN: Final = RUN_ONE | RUN_EACH | RUN_STREAM
SAME: Final = frozenset(
    """with_config with_retry with_types with_listeners with_alisteners bind bind_tools bind_functions
    configurable_fields with_structured_output compile with_transformers abind as_runnable""".split()
)
SEARCHES: Final = re.compile(r"a?(similarity_search|max_marginal_relevance_search|search)(_\w+)?$")
FILLING: Final = re.compile(r"a?(from|add)_(texts|documents|embeddings)$|a?upsert$|a?add_images$")
MESSAGES: Final = re.compile(r"(Human|AI|System|Chat|Tool|Function|Base|Remove)Message(Chunk)?$|(Generic)?Document$")
MODEL_BASES: Final = frozenset({"BaseChatModel", "SimpleChatModel", "BaseLLM", "LLM", "BaseLanguageModel"})
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
OPTIONS: Final = frozenset("config stop callbacks tags metadata return_only_outputs k filter version subgraphs stream_mode".split())
TOOL_MAKERS: Final = frozenset({"tool()", "from_function()", "StructuredTool()", "Tool()"})
DECORATORS: Final = TOOL_MAKERS | {"chain()", "entrypoint()", "task()"}
MAXIMAL_DEPTH: Final = 14
MAXIMAL_ROUNDS: Final = 3

_VARIABLE = re.compile(r"(?<!\{)\{([A-Za-z_]\w*)")


class LangChain(Framework):
    """Objects of LangChain remember what they are made of; running one runs that, on the input that it is given."""

    telling_arguments = (
        "openai_api_base",
        "anthropic_api_url",
        "openai_base_url",
        "model_provider",
        "provider",
        "model_id",
        "endpoint",
    )

    def model_of(self, path: str) -> Model | None:
        if not path.startswith(PACKAGES):
            return None
        holder, _, name = path.rpartition(".")
        if name.endswith("()"):
            return _run_called if _is_composite_path(path) else None
        if holder.endswith("()") or "()." in holder:
            return _method(holder, name)
        return _construction(holder, name)

    def instance_attribute(
        self, frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span
    ) -> Value | None:
        """``invoke`` of an instance of the program's own model, tool or retriever runs what its class defines."""
        if name not in RUN | {"pipe"} or frame.world.class_attribute(cls, name) is not None:
            return None
        if not list(_hooks(frame.world, cls)):
            return None
        return of(ApiAtom(ApiPath(f"{CUSTOM}.{name}"), obj))

    def binary(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        """``prompt | model | parser``."""
        if operator == "+" and _is_prompt(frame, state, left):
            return left if not right.objects() else join(left, right)
        if operator != "|" or not (_is_runnable(frame, state, left) or _is_runnable(frame, state, right)):
            return None
        return _sequence(frame, state, [left, right], frame.site(span))


# ── what things are ───────────────────────────────────────────────────────────────────────────────────────────────


def _is_composite_path(path: str) -> bool:
    """Whether an instance is made of other runnables, and calling it runs them."""
    name = last_name(path.removesuffix("()"))
    return f"{path}" in OWN or name.endswith(("Chain", "Executor", "chain", "from_llm", "from_chain_type"))


OWN: Final = frozenset(
    {SEQUENCE, PARALLEL, LAMBDA, ASSIGN, PASSTHROUGH, CHOICE, RETRIEVER, PROMPT, TOOL, TOOL_NODE, GRAPH, HISTORY}
)


def _kinds(frame: Frame, state: State, obj: Obj) -> list[str]:
    """The paths of what the object is an instance of."""
    if obj.api is not None:
        return [obj.api]
    return [f"{kind.api}()" for kind in types_of(frame, state, obj) if kind.api is not None]


def _is_runnable(frame: Frame, state: State, value: Value) -> bool:
    for atom in value.atoms:
        if isinstance(atom, FunctionAtom):
            if any((mark.api or "").startswith(PACKAGES) for mark in frame.world.marks_of(atom.function)):
                return True
        if type(atom) is not Obj:
            continue
        if any(kind.startswith(PACKAGES) for kind in _kinds(frame, state, atom)):
            return True
        if any(kind.cls is not None and list(_hooks(frame.world, kind.cls)) for kind in types_of(frame, state, atom)):
            return True
    return False


def _is_prompt(frame: Frame, state: State, value: Value) -> bool:
    return any(_is_prompt_path(kind) for obj in value.objects() for kind in _kinds(frame, state, obj))


def _is_prompt_path(path: str) -> bool:
    return path.startswith(PACKAGES) and ("PromptTemplate" in path or path.endswith("hub.pull()"))


def _hooks(world: World, cls: ClassId) -> Iterator[FunctionAtom]:
    """The methods that a class of the program defines for LangChain to call."""
    for base in world.outer_bases(cls):
        if not base.startswith(PACKAGES):
            continue
        for name in HOOKS.get(last_name(base), ()):
            found = world.class_attribute(cls, name)
            yield from (atom for atom in (found[0].atoms if found is not None else ()) if isinstance(atom, FunctionAtom))


# ── making ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sequence(frame: Frame, state: State, steps: list[Value], site: str) -> Value:
    held = frame.world.objects.new(f"{site}~steps", api=ApiPath(TUPLE))
    state.allocate(held)
    for position, step in enumerate(steps):
        state.store(held, index(position), step)
    made = frame.world.objects.external(site, ApiPath(SEQUENCE))
    state.allocate(made)
    state.store(made, STEPS, of(held))
    return of(made)


def _construction(holder: str, name: str) -> Model | None:
    """A function or class of the packages that is called."""
    if name in CONSTRUCTIONS:
        return CONSTRUCTIONS[name]
    if FILLING.match(name):
        return _make_store
    if MESSAGES.match(name):
        return _make_content
    if "PromptTemplate" in holder or name.endswith("PromptTemplate"):
        return _make_prompt
    if holder.endswith((".Tool", ".StructuredTool")) and name == "from_function":
        return _make_tool
    if holder.endswith(".RunnablePassthrough") and name == "assign":
        return _make_assignment
    return None


def _make_sequence(call: ModelCall) -> Value:
    named = [call.arguments.keywords[name] for name in ("first", "middle", "last") if name in call.arguments.keywords]
    steps = [*call.arguments.positional, *named]
    if call.arguments.more is not None:
        return _unordered(call, join_all([*steps, call.arguments.more]))
    return _sequence(call.frame, call.state, steps, call.site())


def _unordered(call: ModelCall, steps: Value) -> Value:
    held = call.new(TUPLE, "~steps")
    call.state.store(held, ELEMENT, steps)
    made = call.external(SEQUENCE)
    call.state.store(made, STEPS, of(held))
    return of(made)


def _branches(call: ModelCall) -> Value:
    """The dict of a parallel's or an assignment's branches."""
    held = call.new(DICT, "~branches")
    for given in (call.argument(0), call.arguments.keywords.get("steps__", EMPTY)):
        for obj in given.objects():
            for key in known_keys(call.frame, call.state, obj):
                call.state.store(held, index(key), call.read(of(obj), index(key)))
    for name, value in call.arguments.keywords.items():
        call.state.store(held, index(name), value)
    if call.arguments.more_keywords is not None:
        call.state.store(held, ELEMENT, call.arguments.more_keywords)
    return of(held)


def _make_parallel(call: ModelCall) -> Value:
    made = call.external(PARALLEL)
    call.state.store(made, BRANCHES, _branches(call))
    return of(made)


def _make_assignment(call: ModelCall) -> Value:
    made = call.external(ASSIGN)
    call.state.store(made, BRANCHES, _branches(call))
    return of(made)


def _make_lambda(call: ModelCall) -> Value:
    made = call.external(LAMBDA)
    functions = [call.argument(0, "func"), call.arguments.keywords.get("afunc", EMPTY), *call.arguments.positional[1:2]]
    call.state.store(made, FUNCTION, join_all(functions))
    return of(made)


def _make_passthrough(call: ModelCall) -> Value:
    made = call.external(PASSTHROUGH)
    function = call.argument(0, "func")
    if function.atoms:
        call.state.store(made, FUNCTION, function)
    return of(made)


def _make_choice(call: ModelCall) -> Value:
    """``RunnableBranch((condition, runnable), …, default)``."""
    choices: list[Value] = []
    for given in call.arguments.all():
        pairs = [obj for obj in given.objects() if obj.api in (TUPLE, LIST)]
        choices.extend(call.read(of(pair), index(1)) for pair in pairs)
        choices.append(Value({atom: carried for atom, carried in given.atoms.items() if atom not in pairs}))
    made = call.external(CHOICE)
    call.state.store(made, CHOICES, join_all(choices))
    return of(made)


def _make_tool(call: ModelCall) -> Value:
    """``Tool(name=…, func=…)``; as a decorator without arguments the function stays what it is."""
    made = call.external(TOOL)
    keywords = call.arguments.keywords
    functions = [keywords[name] for name in ("func", "coroutine", "afunc", "runnable") if name in keywords]
    functions.extend(value for value in call.arguments.positional if _callables(value).atoms)
    call.state.store(made, FUNCTION, join_all(functions))
    return of(made)


def _tool_decorator(call: ModelCall) -> Value:
    """``@tool("name", …)``."""
    if any(_callables(value).atoms for value in call.arguments.positional):
        return _make_tool(call)
    return of(call.external(f"{call.path}()"))


def _callables(value: Value) -> Value:
    kinds = (FunctionAtom, BoundAtom)
    return Value({atom: carried for atom, carried in value.atoms.items() if isinstance(atom, kinds)})


def _make_prompt(call: ModelCall) -> Value:
    made = call.external(PROMPT)
    given = join_all(call.arguments.all())
    call.state.store(made, TEMPLATE, call.container(LIST, given, "~template"))
    partial = call.arguments.keywords.get("partial_variables")
    if partial is not None:
        call.state.store(made, GIVEN, call.data(partial))
    return of(made)


def _make_content(call: ModelCall) -> Value:
    """A message or document: its text is its own, and so is what is said about it."""
    made = call.external(f"{call.path}()")
    first = "page_content" if call.path.endswith("Document") else "content"
    if call.arguments.positional:
        call.state.store(made, attribute(first), call.arguments.positional[0])
    for name, value in call.arguments.keywords.items():
        call.state.store(made, attribute(name), value)
    more = join_all([value for value in (call.arguments.more, call.arguments.more_keywords) if value is not None])
    if more.atoms:
        call.state.store(made, OPAQUE, call.data(more))
    return of(made)


def _make_history(call: ModelCall) -> Value:
    made = call.external(HISTORY)
    call.state.store(made, CHOICES, call.argument(0, "runnable"))
    call.state.store(made, FUNCTION, call.argument(1, "get_session_history"))
    return of(made)


def _make_graph(call: ModelCall) -> Value:
    return of(call.external(GRAPH))


def _make_tool_node(call: ModelCall) -> Value:
    made = call.external(TOOL_NODE)
    call.state.store(made, NODES, call.argument(0, "tools"))
    return of(made)


def _make_retrieval_chain(call: ModelCall) -> Value:
    """``create_retrieval_chain(retriever, chain)``: what is found goes into the chain as ``context``."""
    held = call.new(DICT, "~branches")
    call.state.store(held, index("context"), call.argument(0, "retriever"))
    found = call.external(ASSIGN, part="~found")
    call.state.store(found, BRANCHES, of(held))
    return _sequence(call.frame, call.state, [of(found), call.argument(1, "combine_docs_chain")], call.site())


def _make_retriever_tool(call: ModelCall) -> Value:
    made = call.external(TOOL)
    call.state.store(made, FUNCTION, call.argument(0, "retriever"))
    return of(made)


CONSTRUCTIONS: Final[dict[str, Model]] = {
    "RunnableSequence": _make_sequence,
    "RunnableParallel": _make_parallel,
    "RunnableMap": _make_parallel,
    "RunnableAssign": _make_assignment,
    "RunnableLambda": _make_lambda,
    "RunnableGenerator": _make_lambda,
    "RunnablePassthrough": _make_passthrough,
    "RunnableBranch": _make_choice,
    "RunnableWithMessageHistory": _make_history,
    "StateGraph": _make_graph,
    "MessageGraph": _make_graph,
    "ToolNode": _make_tool_node,
    "Tool": _make_tool,
    "StructuredTool": _make_tool,
    "tool": _tool_decorator,
    "create_retrieval_chain": _make_retrieval_chain,
    "create_retriever_tool": _make_retriever_tool,
}


# ── methods ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _method(holder: str, name: str) -> Model | None:
    if name in RUN:
        return _run_method
    if name in SAME:
        return _same
    if name == "pipe":
        return _pipe
    if name in ("with_fallbacks", "configurable_alternatives"):
        return _with_others
    if name in ("assign", "pick"):
        return _then_assign if name == "assign" else None
    if name == "partial":
        return _partial
    if FILLING.match(name):
        return _fill_store
    if SEARCHES.match(name):
        return _search
    if name == "as_retriever":
        return _as_retriever
    if name in ("add_node", "add_sequence", "add_conditional_edges"):
        return _add_node
    if name in ("add_edge", "set_entry_point", "set_finish_point", "set_conditional_entry_point"):
        return _same
    return None


def _same(call: ModelCall) -> Value:
    """With other settings, or more tools: the same still."""
    return call.receiver


def _pipe(call: ModelCall) -> Value:
    return _sequence(call.frame, call.state, [call.receiver, *call.arguments.positional], call.site())


def _with_others(call: ModelCall) -> Value:
    others = [join(value, call.elements(value)) for value in call.arguments.all()]
    return join_all([call.receiver, *others])


def _then_assign(call: ModelCall) -> Value:
    made = call.external(ASSIGN, part="~assign")
    call.state.store(made, BRANCHES, _branches(call))
    if all(kind == PASSTHROUGH for obj in call.receiver.objects() for kind in _kinds(call.frame, call.state, obj)):
        return of(made)
    return _sequence(call.frame, call.state, [call.receiver, of(made)], call.site())


def _partial(call: ModelCall) -> Value:
    """A prompt that has some of its variables."""
    if not _is_prompt(call.frame, call.state, call.receiver):
        return NotImplemented
    made = call.external(PROMPT)
    before = [call.read(of(obj), GIVEN) for obj in call.receiver.objects()]
    call.state.store(made, TEMPLATE, join_all([call.read(of(obj), TEMPLATE) for obj in call.receiver.objects()]))
    call.state.store(made, GIVEN, call.data(join_all([*before, *call.arguments.all()])))
    return of(made)


def _add_node(call: ModelCall) -> Value:
    """``graph.add_node("name", function)``."""
    for value in call.arguments.all():
        nodes = Value({atom: carried for atom, carried in value.atoms.items() if not isinstance(atom, Const)})
        for obj in call.receiver.objects() if nodes.atoms else ():
            call.state.store_weakly(obj, NODES, nodes)
            call.frame.world.publish_if_shared(call.frame, call.state, obj)
    return call.receiver


def _run_method(call: ModelCall) -> Value:
    """``invoke`` and its like."""
    name = last_name(call.path)
    if call.frame.world.policy.sinks_at(call.path) and not _has_parts(call):
        return NotImplemented  # a model: the policy says what it is given
    runner = Runner(call)
    if name in RUN_EACH:
        item = call.each(call.argument(0, "inputs"))
        result = runner.run(call.receiver, join(item, _named(call)), 0)
        call.done()
        return call.container(LIST, result, "~results")
    result = runner.run(call.receiver, _input(call), 0)
    return call.container(LIST, result, "~stream") if name in RUN_STREAM else result


def _has_parts(call: ModelCall) -> bool:
    """Whether the receiver holds models, tools or chains."""
    return any(
        _is_runnable(call.frame, call.state, part)
        for obj in call.receiver.objects()
        for part in _parts(call.frame, call.state, obj)
    )


def _run_called(call: ModelCall) -> Value:
    """``chain(…)``."""
    return Runner(call).run(call.receiver, _input(call), 0)


def _input(call: ModelCall) -> Value:
    """What a run is given: its first argument, or all its keywords as a dict."""
    for name in ("input", "inputs", "prompt", "messages", "tool_input", "query", "message"):
        if name in call.arguments.keywords and not call.arguments.positional:
            return join(call.arguments.keywords[name], _named(call))
    first = call.arguments.positional[0] if call.arguments.positional else EMPTY
    more = [value for value in (call.arguments.more,) if value is not None]
    return join_all([first, _named(call), *more])


def _named(call: ModelCall) -> Value:
    named = {name: value for name, value in call.arguments.keywords.items() if name not in OPTIONS}
    if not named and call.arguments.more_keywords is None:
        return EMPTY
    held = call.new(DICT, "~named")
    for name, value in named.items():
        call.state.store(held, index(name), value)
    if call.arguments.more_keywords is not None:
        call.state.store(held, ELEMENT, call.arguments.more_keywords)
    return of(held)


# ── vector stores ─────────────────────────────────────────────────────────────────────────────────────────────────


def _make_store(call: ModelCall) -> Value:
    """``FAISS.from_documents(documents, embedding)``."""
    made = call.external(VECTOR_STORE)
    embedding = join_all([value for value in call.arguments.all() if _is_embedding(call, value)])
    call.state.store(made, EMBEDDING, embedding)
    _embed(call, embedding, _texts(call, call.argument(0, _content_name(call))))
    call.state.store(made, ELEMENT, _documents(call))
    return of(made)


def _fill_store(call: ModelCall) -> Value:
    """``store.add_texts(texts)``."""
    _embed(call, _embedding_of(call, call.receiver), _texts(call, call.argument(0, _content_name(call))))
    add_element(call.frame, call.state, call.receiver, _documents(call))
    return NONE


def _content_name(call: ModelCall) -> str:
    return "documents" if call.path.endswith("documents") else "texts"


def _texts(call: ModelCall, given: Value) -> Value:
    """What the embedding model gets: the text of documents, not what is said about them."""
    parts: list[Value] = []
    for atom, carried in join(given, call.elements(given)).atoms.items():
        one = Value({atom: carried})
        text = call.read(one, attribute("page_content")) if type(atom) is Obj and not _is_container(atom) else EMPTY
        stored = type(atom) is Obj and stored_value(call.frame, call.state, atom, attribute("page_content")) is not None
        parts.append(text if stored else one if not (type(atom) is Obj and _is_container(atom)) else EMPTY)
    return join_all(parts)


def _is_container(obj: Obj) -> bool:
    return obj.api in (LIST, TUPLE, DICT, "builtins.set", "builtins.generator")


def _documents(call: ModelCall) -> Value:
    """What the store holds from now on: documents as they are, texts as documents."""
    given = call.elements(call.argument(0, _content_name(call)))
    if call.path.endswith("documents"):
        return given
    document = call.external(DOCUMENT, part="~document")
    call.state.store(document, attribute("page_content"), given)
    metadata = call.optional(1 if "add_" in call.path else 2, "metadatas")
    if metadata is not None and not _is_embedding(call, metadata):
        call.state.store(document, attribute("metadata"), call.elements(metadata))
    return of(document)


def _is_embedding(call: ModelCall, value: Value) -> bool:
    return any("mbedding" in last_name(kind.removesuffix("()")) for obj in value.objects() for kind in _kinds_of_any(call, obj))


def _kinds_of_any(call: ModelCall, obj: Obj) -> list[str]:
    classes = [str(kind.cls) for kind in types_of(call.frame, call.state, obj) if kind.cls is not None]
    return [*_kinds(call.frame, call.state, obj), *(name.rpartition(":")[2] for name in classes)]


def _embedding_of(call: ModelCall, store: Value) -> Value:
    found: list[Value] = []
    for obj in store.objects():
        known = stored_value(call.frame, call.state, obj, EMBEDDING)
        if known is not None:
            found.append(known)
        elif obj.symbolic:
            found.append(call.read(of(obj), EMBEDDING))
        found.extend(part for part in _parts(call.frame, call.state, obj) if _is_embedding(call, part))
    return join_all(found)


def _embed(call: ModelCall, embedding: Value, texts: Value) -> None:
    for obj in embedding.objects():
        for kind in _kinds(call.frame, call.state, obj):
            paths = [f"{kind}.embed_documents", f"{kind}()"]
            check_sinks(call.frame, call.state, paths, of(obj), Arguments([texts]), (), call.span)
        for known in types_of(call.frame, call.state, obj):
            method = call.frame.world.class_attribute(known.cls, "embed_documents") if known.cls is not None else None
            for atom in method[0].atoms if method is not None else ():
                if isinstance(atom, FunctionAtom):
                    call.call(of(BoundAtom(atom.function, atom.environment, obj)), call.container(LIST, texts, "~texts"))
                    call.returns = True


def _search(call: ModelCall) -> Value:
    return _found(call, call.receiver, call.argument(0, "query"), "", scored="_score" in call.path)


def _found(call: ModelCall, store: Value, query: Value, part: str, *, scored: bool = False) -> Value:
    """The documents that a search finds; the question goes to the embedding model."""
    _embed(call, _embedding_of(call, store), query)
    held = join_all([call.read(of(obj), ELEMENT) for obj in store.objects()])
    if scored:
        pair = call.new(TUPLE, f"{part}~pair")
        call.state.store(pair, index(0), held)
        held = of(pair)
    return call.container(LIST, held, f"{part}~found")


def _as_retriever(call: ModelCall) -> Value:
    made = call.external(RETRIEVER)
    call.state.store(made, STORE, call.receiver)
    return of(made)


# ── running ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _parts(frame: Frame, state: State, obj: Obj) -> list[Value]:
    """What an object outside the program was made with."""
    keys = [key for key in stored_keys(frame, state, obj) if key.startswith("@argument")]
    return [value for key in keys if (value := stored_value(frame, state, obj, key)) is not None]


class Runner:
    """Runs runnables on an input. ``depth`` ends circles, and tells the objects that nested steps make apart."""

    def __init__(self, call: ModelCall) -> None:
        self.call = call
        self.frame = call.frame
        self.state = call.state
        self.made = 0

    def run(self, runnable: Value, given: Value, depth: int) -> Value:
        if depth > MAXIMAL_DEPTH or not self.call.returns:
            return given
        results: list[Value] = []
        for atom, carried in self.frame.world.resolve(runnable).atoms.items():
            lent = carried - self.state.facts
            self.state.learn(carried)
            results.append(self._run_atom(atom, given, depth))
            self.state.facts = self.state.facts - lent
        return join_all(results)

    def part(self) -> str:
        self.made += 1
        return f"~run{self.made}"

    def _run_atom(self, atom: object, given: Value, depth: int) -> Value:
        if isinstance(atom, (FunctionAtom, BoundAtom)):
            return self._call(of(atom), given, depth)
        if isinstance(atom, (ApiAtom, MethodAtom, ClassAtom)):
            return self.call.call(of(atom), given)
        if type(atom) is not Obj:
            return EMPTY
        for kind in types_of(self.frame, self.state, atom):
            hooks = list(_hooks(self.frame.world, kind.cls)) if kind.cls is not None else []
            if hooks:
                bound = of(*(BoundAtom(each.function, each.environment, atom) for each in hooks))
                return self._call_hook(bound, kind, given)
        results = [self._run_kind(atom, kind, given, depth) for kind in _kinds(self.frame, self.state, atom)]
        return join_all(results) if results else self._run_unknown(atom, given)

    def _call(self, function: Value, given: Value, depth: int) -> Value:
        """A function as a step; a runnable that it gives back runs too."""
        tools = [mark for atom in function.atoms if isinstance(atom, (FunctionAtom, BoundAtom)) for mark in self.frame.world.marks_of(atom.function)]
        if any(last_name(mark.api or "") in TOOL_MAKERS for mark in tools):
            return self._use_tool(function, given)
        result = self._awaited(self.call.call(function, given))
        self.call.returns = True
        runnables = Value({atom: carried for atom, carried in result.atoms.items() if type(atom) is Obj and atom.api in OWN})
        if runnables.atoms and depth < MAXIMAL_DEPTH:
            return join(result, self.run(runnables, given, depth + 1))
        return result

    def _call_hook(self, bound: Value, kind: Type, given: Value) -> Value:
        bases = [last_name(base) for base in self.frame.world.outer_bases(kind.cls)] if kind.cls is not None else []
        if "BaseTool" in bases:
            return self._use_tool(bound, given)
        if any(base in MODEL_BASES for base in bases):
            given = self.call.container(LIST, join(given, self.call.elements(given)), self.part())
        result = self._awaited(self.call.call(bound, given))
        self.call.returns = True
        return result

    def _awaited(self, value: Value) -> Value:
        outcome = awaited(self.frame, self.state, value)
        return outcome.value if outcome.state is not None else EMPTY

    def _run_kind(self, obj: Obj, kind: str, given: Value, depth: int) -> Value:
        if kind == DICT:
            return self._run_branches(of(obj), given, depth)
        if not kind.startswith(PACKAGES):  # ``itemgetter("text")``
            return self._awaited(self.call.call(of(obj), given))
        if kind == SEQUENCE:
            return self._run_steps(self._read(obj, STEPS), given, depth)
        if kind == PARALLEL:
            return self._run_branches(self._read(obj, BRANCHES), given, depth)
        if kind == ASSIGN:
            return self._merged(given, self._run_branches(self._read(obj, BRANCHES), given, depth))
        if kind in (LAMBDA, TOOL) or last_name(kind) in DECORATORS:
            return self._run_function(obj, kind, given, depth)
        if kind == PASSTHROUGH:
            function = stored_value(self.frame, self.state, obj, FUNCTION)
            if function is not None:
                self.run(function, given, depth + 1)
            return given
        if kind in (CHOICE, HISTORY):
            return self._run_choice(obj, given, depth)
        if kind == RETRIEVER:
            return _found(self.call, self._read(obj, STORE), given, self.part())
        if _is_prompt_path(kind):
            return self._fill_prompt(obj, given)
        if kind == TOOL_NODE:
            return self._messages(self._use_tools(self._read(obj, NODES)))
        if kind == GRAPH:
            return self._run_graph(self._read(obj, NODES), given, depth)
        return self._run_other(obj, kind, given, depth)

    def _read(self, obj: Obj, key: str) -> Value:
        return read(self.frame, self.state, of(obj), key)

    def _run_function(self, obj: Obj, kind: str, given: Value, depth: int) -> Value:
        function = self._read(obj, FUNCTION)
        is_tool = last_name(kind) in TOOL_MAKERS
        return self._use_tool(function, given) if is_tool else self.run(function, given, depth + 1)

    def _run_steps(self, steps: Value, given: Value, depth: int) -> Value:
        length = known_length(self.frame, self.state, steps)
        if length is None:  # in an order that is not known
            members = self.call.elements(steps)
            first = join(given, self.run(members, given, depth + 1))
            return self.run(members, first, depth + 1)
        for position in range(length):
            given = self.run(self.call.read(steps, index(position)), given, depth + 1)
        return given

    def _run_branches(self, branches: Value, given: Value, depth: int) -> Value:
        made = self.call.new(DICT, self.part())
        for obj in branches.objects():
            for key in known_keys(self.frame, self.state, obj):
                branch = read(self.frame, self.state, of(obj), index(key))
                self.state.store(made, index(key), self.run(branch, given, depth + 1))
            rest = stored_value(self.frame, self.state, obj, ELEMENT)
            if rest is not None:
                self.state.store(made, ELEMENT, self.run(rest, given, depth + 1))
        return of(made)

    def _merged(self, given: Value, more: Value) -> Value:
        """A dict with what an assignment adds to it."""
        made = self.call.new(DICT, self.part())
        for obj in (*given.objects(), *more.objects()):
            for key in known_keys(self.frame, self.state, obj):
                self.state.store(made, index(key), read(self.frame, self.state, of(obj), index(key)))
            rest = [stored_value(self.frame, self.state, obj, key) for key in (ELEMENT, OPAQUE)]
            if obj.symbolic:
                rest.append(of(obj.child(ELEMENT)))
            for value in rest:
                if value is not None:
                    self.state.store_weakly(made, ELEMENT, value)
        return Value({made: NOTHING, **_data_atoms(given)})

    def _run_choice(self, obj: Obj, given: Value, depth: int) -> Value:
        factory = stored_value(self.frame, self.state, obj, FUNCTION)
        if factory is not None:
            history = self.call.call(factory, EMPTY)
            self.call.returns = True
            given = join(given, self.call.data(history))
        return self.run(self._read(obj, CHOICES), given, depth + 1)

    def _run_other(self, obj: Obj, kind: str, given: Value, depth: int) -> Value:
        """A model, a parser; or an agent or chain, which puts what its parts find before its models."""
        parts = [part for part in _parts(self.frame, self.state, obj)]
        if not any(self._is_made_of(part) for part in parts):
            return self._use_model(obj, kind, given)
        seen = given
        for _ in range(2):
            for part in parts:
                for each in (part, self._inside(part)):
                    seen = join(seen, self._used(each, seen, depth))
        return Value({**seen.atoms})

    def _is_made_of(self, part: Value) -> bool:
        return _is_runnable(self.frame, self.state, part) or _is_runnable(self.frame, self.state, self._inside(part))

    def _inside(self, part: Value) -> Value:
        lists = Value({atom: carried for atom, carried in part.atoms.items() if type(atom) is Obj and _is_container(atom)})
        return self.call.elements(lists) if lists.atoms else EMPTY

    def _used(self, part: Value, seen: Value, depth: int) -> Value:
        """What a part of an agent or chain gives for what has been seen so far."""
        found: list[Value] = []
        for atom, carried in part.atoms.items():
            one = Value({atom: carried})
            if isinstance(atom, (FunctionAtom, BoundAtom)):
                found.append(self._use_tool(one, EMPTY))
            elif type(atom) is Obj and _is_runnable(self.frame, self.state, one) and not _is_container(atom):
                found.append(self.run(one, seen, depth + 1))
            elif isinstance(atom, (Label, Data)):
                found.append(one)
        return join_all(found)

    def _use_model(self, obj: Obj, kind: str, given: Value) -> Value:
        paths = [f"{kind}.invoke", f"{kind}()"]
        check_sinks(self.frame, self.state, paths, of(obj), Arguments([given]), (), self.call.span)
        made = self.call.external(f"{kind}.invoke()", part=self.part())
        return Value({made: NOTHING, **self.call.data(given, of(obj)).atoms})

    def _run_unknown(self, obj: Obj, given: Value) -> Value:
        return Value({obj: NOTHING, **self.call.data(given).atoms}) if given.atoms else of(obj)

    # ── prompts ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _fill_prompt(self, obj: Obj, given: Value) -> Value:
        template = self._read(obj, TEMPLATE)
        names = self._variables(self.call.elements(template), 0)
        parts = [self.call.data(template), self._read(obj, GIVEN)]
        for atom, carried in given.atoms.items():
            keys = known_keys(self.frame, self.state, atom) if type(atom) is Obj else []
            if names is None or type(atom) is not Obj or not keys:
                parts.append(self.call.data(Value({atom: carried})))
                continue
            used = [key for key in keys if key in names]
            parts.extend(carrying(self.call.data(read(self.frame, self.state, of(atom), index(key))), carried) for key in used)
            rest = [stored_value(self.frame, self.state, atom, key) for key in (ELEMENT, OPAQUE)]
            parts.extend(self.call.data(value) for value in rest if value is not None)
        made = self.call.external(PROMPT_VALUE, part=self.part())
        return Value({made: NOTHING, **_data_atoms(join_all(parts))})

    def _variables(self, template: Value, depth: int) -> set[str] | None:
        """The names of a template's variables; None where they are not all known."""
        names: set[str] = set()
        if not template.atoms or depth > 4:
            return None
        for atom in template.atoms:
            if isinstance(atom, Const):
                names.update(_VARIABLE.findall(atom.value) if isinstance(atom.value, str) else ())
                if isinstance(atom.value, str) and ("{{" in atom.value or atom.value in ("jinja2", "mustache")):
                    return None
                continue
            inner = self._inner_template(atom) if type(atom) is Obj else None
            found = self._variables(inner, depth + 1) if inner is not None else None
            if found is None:
                return None
            names |= found
        return names

    def _inner_template(self, obj: Obj) -> Value | None:
        if _is_container(obj):
            return self.call.elements(of(obj)) if obj.api != DICT else None
        if any("MessagesPlaceholder" in kind for kind in _kinds(self.frame, self.state, obj)):
            constants = [atom for part in _parts(self.frame, self.state, obj) for atom in part.atoms if isinstance(atom, Const)]
            return of(*(Const("{" + str(each.value) + "}", str) for each in constants)) if constants else None
        if _is_prompt(self.frame, self.state, of(obj)):
            return self.call.elements(self._read(obj, TEMPLATE))
        content = stored_value(self.frame, self.state, obj, attribute("content"))
        return of(Const("", str)) if content is not None else None

    # ── tools, graphs ─────────────────────────────────────────────────────────────────────────────────────────────

    def _use_tools(self, tools: Value) -> Value:
        """A model has a tool called: with arguments that nobody knows."""
        return self._used(join(tools, self._inside(tools)), EMPTY, MAXIMAL_DEPTH - 4)

    def _use_tool(self, function: Value, given: Value) -> Value:
        """A tool is given its arguments by name, or as the one that it has."""
        arguments = Arguments()
        for atom, carried in given.atoms.items():
            keys = known_keys(self.frame, self.state, atom) if type(atom) is Obj else []
            for key in keys:
                if isinstance(key, str):
                    arguments.keywords[key] = read(self.frame, self.state, of(atom), index(key))
            if not keys and not isinstance(atom, Const):
                content = join(Value({atom: carried}), read(self.frame, self.state, Value({atom: carried}), ELEMENT))
                arguments.more_keywords = join(arguments.more_keywords or EMPTY, content)
            elif isinstance(atom, Const):
                arguments.positional = [Value({atom: carried})]
        callables = Value({atom: carried for atom, carried in function.atoms.items() if type(atom) is not Obj})
        results: list[Value] = []
        if callables.atoms:
            results.append(self._awaited(self.call.call_with(callables, arguments)))
            self.call.returns = True
        others = Value({atom: carried for atom, carried in function.atoms.items() if type(atom) is Obj})
        if others.atoms:
            results.append(self.run(others, given, MAXIMAL_DEPTH - 3))
        return join_all(results)

    def _messages(self, content: Value) -> Value:
        made = self.call.new(DICT, self.part())
        self.state.store(made, index("messages"), self.call.container(LIST, content, self.part()))
        return of(made)

    def _run_graph(self, nodes: Value, given: Value, depth: int) -> Value:
        """Every node may run on what any of them has put into the graph's state."""
        whole = self.call.new(DICT, self.part())
        self._absorb(whole, given)
        for _ in range(MAXIMAL_ROUNDS):
            before = dict(self.state.heap.get(whole, {}))
            self._absorb(whole, self.run(nodes, of(whole), depth + 1))
            if dict(self.state.heap.get(whole, {})) == before:
                break
        return of(whole)

    def _absorb(self, whole: Obj, update: Value) -> None:
        for atom, carried in update.atoms.items():
            if type(atom) is not Obj:
                if isinstance(atom, (Label, Data)):
                    self.state.store_weakly(whole, ELEMENT, Value({atom: carried}))
                continue
            if atom is whole:
                continue
            commanded = stored_value(self.frame, self.state, atom, "@argument:update")
            if commanded is not None:
                self._absorb(whole, commanded)
            for key in known_keys(self.frame, self.state, atom):
                self._put(whole, str(key), read(self.frame, self.state, of(atom), index(key)))
            for name in [key for key in stored_keys(self.frame, self.state, atom) if key.startswith(".")]:
                self._put(whole, name[1:], read(self.frame, self.state, of(atom), name))
            for value in (stored_value(self.frame, self.state, atom, key) for key in (ELEMENT, OPAQUE)):
                if value is not None:
                    self.state.store_weakly(whole, ELEMENT, value)
            if atom.symbolic:
                self.state.store_weakly(whole, ELEMENT, of(atom.child(ELEMENT)))

    def _put(self, whole: Obj, name: str, value: Value) -> None:
        self.state.store_weakly(whole, index(name), value)
        self.state.store_weakly(whole, attribute(name), value)


def _data_atoms(value: Value) -> dict[object, frozenset]:  # type: ignore[type-arg]
    return {atom: carried for atom, carried in value.atoms.items() if isinstance(atom, (Label, Data))}
