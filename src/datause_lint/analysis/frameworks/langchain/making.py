"""Making things of LangChain: they remember what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import (
    DICT,
    LIST,
    TUPLE,
    known_keys,
)
from datause_lint.analysis.atoms import BoundAtom, FunctionAtom
from datause_lint.analysis.frameworks.langchain.stores import (
    make_store,
)
from datause_lint.analysis.frameworks.langchain.things import (
    ASSIGN,
    BRANCHES,
    CHOICE,
    CHOICES,
    FILLING,
    FUNCTION,
    GIVEN,
    GRAPH,
    HISTORY,
    LAMBDA,
    MESSAGES,
    NODES,
    PARALLEL,
    PASSTHROUGH,
    PROMPT,
    SEQUENCE,
    STEPS,
    TEMPLATE,
    TOOL,
    TOOL_NODE,
)
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, OPAQUE, attribute, index
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, Value, join_all, of
from datause_lint.names import ApiPath

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame


def sequence_of(frame: Frame, state: State, steps: list[Value], site: str) -> Value:
    held = frame.world.objects.new(f"{site}~steps", api=ApiPath(TUPLE))
    state.allocate(held)
    for position, step in enumerate(steps):
        state.store(held, index(position), step)
    made = frame.world.objects.external(site, ApiPath(SEQUENCE))
    state.allocate(made)
    state.store(made, STEPS, of(held))
    return of(made)


def construction_of(holder: str, name: str) -> Model | None:
    """A function or class of the packages that is called."""
    if name in CONSTRUCTIONS:
        return CONSTRUCTIONS[name]
    if FILLING.match(name):
        return make_store
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
    return sequence_of(call.frame, call.state, steps, call.site())


def _unordered(call: ModelCall, steps: Value) -> Value:
    held = call.new(TUPLE, "~steps")
    call.state.store(held, ELEMENT, steps)
    made = call.external(SEQUENCE)
    call.state.store(made, STEPS, of(held))
    return of(made)


def branches_of(call: ModelCall) -> Value:
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
    call.state.store(made, BRANCHES, branches_of(call))
    return of(made)


def _make_assignment(call: ModelCall) -> Value:
    made = call.external(ASSIGN)
    call.state.store(made, BRANCHES, branches_of(call))
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
    functions.extend(value for value in call.arguments.positional if callables_in(value).atoms)
    call.state.store(made, FUNCTION, join_all(functions))
    return of(made)


def _tool_decorator(call: ModelCall) -> Value:
    """``@tool("name", …)``."""
    if any(callables_in(value).atoms for value in call.arguments.positional):
        return _make_tool(call)
    return of(call.external(f"{call.path}()"))


def callables_in(value: Value) -> Value:
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
    return sequence_of(call.frame, call.state, [of(found), call.argument(1, "combine_docs_chain")], call.site())


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
