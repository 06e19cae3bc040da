"""Agents: a hosted model asks for their tools and instructions, and what those give is sent to it.

Which calls run an agent is policy, as sinks; here, what runs with them: the functions that an agent, or one behind it,
was made with, or that were registered with it.
"""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import DICT, LIST, TUPLE, read, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import BoundAtom, FunctionAtom
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall, models
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.sinks import check_sinks
from datause_lint.analysis.values import EMPTY, Value, join_all, of

MAXIMAL_DEPTH: Final = 6  # of agents behind agents, in lists
LEADING: Final = ("agent", "agents", "tasks", "tools", "handoffs", "participants", "instructions", "system_prompt")
"""What an agent, a crew or a task is made with that leads to functions: as keywords."""
REGISTERED: Final = "@registered"  # of an agent: the functions that decorators have put there
AGENT: Final = "@agent"  # of such a decorator that was given settings first, and is a mark of its function
TOOL_METHODS: Final = ("_run", "_arun", "run", "forward")  # of an instance of a class of tools

PYDANTIC: Final = "pydantic_ai.Agent()"
DECORATORS: Final = tuple(f"{PYDANTIC}.{name}" for name in ("tool", "tool_plain", "system_prompt", "instructions"))
MARKS: Final = frozenset(f"{path}()" for path in DECORATORS)
RUNS_PYDANTIC: Final = tuple(
    f"{PYDANTIC}.{name}" for name in ("run", "run_sync", "run_stream", "run_stream_sync", "run_stream_events", "iter")
)
RUNS_OPENAI: Final = tuple(f"agents.Runner.{name}" for name in ("run", "run_sync", "run_streamed"))
RUNS_CREW: Final = tuple(
    f"crewai.{what}().{name}"
    for what in ("Crew", "Agent")
    for name in ("kickoff", "kickoff_async", "akickoff", "kickoff_for_each", "kickoff_for_each_async")
)


@models(*DECORATORS)
def register(call: ModelCall) -> Value:
    """``@agent.tool``, and ``@agent.tool(retries=2)``."""
    function = call.argument(0, "func")
    if not any(isinstance(atom, (FunctionAtom, BoundAtom)) for atom in function.atoms):
        made = call.external(f"{call.path}()")
        call.state.store(made, AGENT, call.receiver)
        return of(made)
    _keep(call, call.receiver, function)
    return function


def _keep(call: ModelCall, agents: Value, function: Value) -> None:
    for obj in agents.objects():
        call.state.store_weakly(obj, REGISTERED, function)
        call.frame.world.publisher.publish_if_shared(call.frame, call.state, obj)


@models(*RUNS_PYDANTIC)
def run_pydantic(call: ModelCall) -> Value:
    """Each function is handed a context, which holds what is in ``deps``."""
    context = call.external("pydantic_ai.RunContext()", part="~context")
    call.state.store(context, attribute("deps"), call.argument(-1, "deps"))
    return _run(call, call.receiver, of(context), 0)


@models(*RUNS_OPENAI)
def run_openai(call: ModelCall) -> Value:
    context = call.external("agents.RunContextWrapper()", part="~context")
    call.state.store(context, attribute("context"), call.argument(-1, "context"))
    return _run(call, call.argument(0, "starting_agent"), of(context), 1)


@models(*RUNS_CREW)
def run_crew(call: ModelCall) -> Value:
    return _run(call, call.receiver, EMPTY, 0)


def _run(call: ModelCall, agent: Value, context: Value, place: int) -> Value:
    """Sends what the functions give, as the argument at the place where the call takes the prompt."""
    given = join_all([_given_by(call, function, context) for function in _functions(call, agent)])
    if given.atoms:
        sent = Arguments([*([EMPTY] * place), given])
        check_sinks(call.frame, call.state, [call.path], call.receiver, sent, (), call.span)
    return UNMODELLED


def _given_by(call: ModelCall, function: FunctionAtom | BoundAtom, context: Value) -> Value:
    """What a tool gives for arguments that nobody knows, but for the context, which comes first."""
    outcome = awaited(call.frame, call.state, call.call_with(of(function), Arguments([context])))
    call.returns = True
    return outcome.value if outcome.state is not None else EMPTY


def _functions(call: ModelCall, agent: Value) -> list[FunctionAtom | BoundAtom]:
    found: dict[FunctionAtom | BoundAtom, None] = {}
    seen: dict[Obj, None] = {}
    pending = [(agent, 0)]
    while pending:
        value, depth = pending.pop()
        for atom in call.frame.world.resolve(value).atoms:
            if isinstance(atom, (FunctionAtom, BoundAtom)):
                found[atom] = None
            elif type(atom) is Obj and atom not in seen and depth < MAXIMAL_DEPTH:
                seen[atom] = None
                found.update(dict.fromkeys(_methods(call, atom)))
                pending.extend((behind, depth + 1) for behind in (*_behind(call, atom), *_marked(call, atom)))
    return list(found)


def _marked(call: ModelCall, agent: Obj) -> list[Value]:
    """The functions on which a decorator of the agent stands that was given settings first."""
    world = call.frame.world
    if agent.api != PYDANTIC:
        return []
    return [
        of(FunctionAtom(name, None))
        for name in list(world.marks)
        for mark in world.marks_of(name)
        if mark.api in MARKS and agent in read(call.frame, call.state, of(mark), AGENT).objects()
    ]


def _methods(call: ModelCall, obj: Obj) -> list[BoundAtom]:
    """Of an instance of a class of tools of the program: what runs when it is used."""
    if obj.cls is None or not any(
        base.rpartition(".")[2].endswith("Tool") for base in call.frame.world.outer_bases(obj.cls)
    ):
        return []
    stated = [call.frame.world.class_attribute(obj.cls, name) for name in TOOL_METHODS]
    atoms = [atom for found in stated if found is not None for atom in found[0].atoms]
    return [BoundAtom(atom.function, atom.environment, obj) for atom in atoms if isinstance(atom, FunctionAtom)]


def _behind(call: ModelCall, obj: Obj) -> list[Value]:
    """What it was made with, what was registered with it, and the elements of a list."""
    if obj.api in (LIST, TUPLE, DICT):
        return [call.elements(of(obj))]
    keys = [REGISTERED, *(f"@argument:{name}" for name in LEADING)]
    if obj.symbolic:
        return [read(call.frame, call.state, of(obj), key) for key in keys]
    return [value for key in keys if (value := stored_value(call.frame, call.state, obj, key)) is not None]
