"""Methods of runnables, prompts, graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datause_lint.analysis.access import (
    DICT,
    LIST,
)
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.frameworks.langchain.making import (
    branches_of,
    sequence_of,
)
from datause_lint.analysis.frameworks.langchain.running import (
    Runner,
)
from datause_lint.analysis.frameworks.langchain.serving import compiled
from datause_lint.analysis.frameworks.langchain.stores import (
    as_retriever,
    fill_store,
    search_store,
)
from datause_lint.analysis.frameworks.langchain.things import (
    ASSIGN,
    BRANCHES,
    FILLING,
    GIVEN,
    NODES,
    OPTIONS,
    PASSTHROUGH,
    PROMPT,
    RUN,
    RUN_EACH,
    RUN_STREAM,
    SAME,
    SEARCHES,
    TEMPLATE,
    is_prompt,
    is_runnable,
    kinds_of,
    parts_of,
)
from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, index
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of

if TYPE_CHECKING:
    pass


def method_of(holder: str, name: str) -> Model | None:
    if name in RUN:
        return _run_method
    if name == "compile":
        return compiled
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
        return fill_store
    if SEARCHES.match(name):
        return search_store
    if name == "as_retriever":
        return as_retriever
    if name in ("add_node", "add_sequence", "add_conditional_edges"):
        return _add_node
    if name in ("add_edge", "set_entry_point", "set_finish_point", "set_conditional_entry_point"):
        return _same
    return None


def _same(call: ModelCall) -> Value:
    """With other settings, or more tools: the same still."""
    return call.receiver


def _pipe(call: ModelCall) -> Value:
    return sequence_of(call.frame, call.state, [call.receiver, *call.arguments.positional], call.site())


def _with_others(call: ModelCall) -> Value:
    others = [join(value, call.elements(value)) for value in call.arguments.all()]
    return join_all([call.receiver, *others])


def _then_assign(call: ModelCall) -> Value:
    made = call.external(ASSIGN, part="~assign")
    call.state.store(made, BRANCHES, branches_of(call))
    if all(kind == PASSTHROUGH for obj in call.receiver.objects() for kind in kinds_of(call.frame, call.state, obj)):
        return of(made)
    return sequence_of(call.frame, call.state, [call.receiver, of(made)], call.site())


def _partial(call: ModelCall) -> Value:
    """A prompt that has some of its variables."""
    if not is_prompt(call.frame, call.state, call.receiver):
        return UNMODELLED
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
            call.frame.world.publisher.publish_if_shared(call.frame, call.state, obj)
    return call.receiver


def _run_method(call: ModelCall) -> Value:
    """``invoke`` and its like."""
    name = last_name(call.path)
    if call.frame.world.policy.sinks_at(call.path) and not _has_parts(call):
        return UNMODELLED  # a model: the policy says what it is given
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
        is_runnable(call.frame, call.state, part)
        for obj in call.receiver.objects()
        for part in parts_of(call.frame, call.state, obj)
    )


def run_called(call: ModelCall) -> Value:
    """``chain(…)``."""
    return Runner(call, call.receiver).run(call.receiver, _input(call), 0)


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
