"""A call that is made elsewhere, later; and the functions that queues know by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datause_lint.analysis.arguments import Arguments, add_double_star, add_star
from datause_lint.analysis.atoms import ClassAtom, Const, FunctionAtom
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.facts import Same
from datause_lint.analysis.frameworks.tasks.things import (
    BODIES,
)
from datause_lint.analysis.lost_facts import attach
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import RESULT
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.values import EMPTY, NONE, Value, join_all, of

if TYPE_CHECKING:
    from datause_lint.analysis.world import World


def function_named(world: World, text: str) -> Value:
    """The function that a queue knows by a name: its dotted path, the name that its decorator states, or its own."""
    module, _, name = text.rpartition(".")
    found = world.program.find(module, world.loaded()[0]) if module and world.loaded() else None
    if found is not None:
        value = world.global_value(found, name)
        if value is not None:
            return value
    return _registered(world, text, name)


def _registered(world: World, text: str, name: str) -> Value:
    word = name or text
    if not word.isidentifier():
        return EMPTY
    found: list[Value] = []
    for module in world.program.mentioning((word,)):
        if not world.run_body(module):
            continue
        ir = world.module(module)
        for function in ir.functions.values() if ir is not None else ():
            stated = [
                constant.value
                for mark in world.marks_of(function.id)
                if (value := world.shared.read(mark, "@argument:name")) is not None
                and (constant := value.constant()) is not None
            ]
            if text in stated or (
                text == function.name and function.owner_class is None and "<locals>" not in function.id
            ):
                known = world.global_value(module, function.name)
                found.append(known if known is not None else of(FunctionAtom(function.id, None)))
    return join_all(found)


def queue(call: ModelCall, function: Value, arguments: Arguments) -> Value:
    """A call that is made elsewhere, later: what it proves is no news here. Gives the task's result, with what is
    proven where the task gives it."""
    before = call.state.copy()
    result = call.call_with(function, arguments)
    if not call.returns:
        call.returns = True
        _become(call.state, before)
        return EMPTY
    outcome = awaited(call.frame, call.state, result)
    given = attach(outcome.value, call.state.facts - before.facts)
    identities = frozenset(truth for truth in call.state.facts if type(truth) is Same)
    _become(call.state, join_states(before, call.state))
    call.state.facts = before.facts | identities
    return given if outcome.state is not None else EMPTY


def _become(state: State, other: State) -> None:
    state.variables, state.heap, state.facts = other.variables, other.heap, other.facts


def promise(call: ModelCall, result: Value) -> Value:
    made = call.external("celery.result.AsyncResult()", part="~promise")
    call.state.store(made, RESULT, result)
    return of(made)


def unpacked(call: ModelCall, positional: Value, keywords: Value) -> Arguments:
    """The arguments in ``args=(…)`` and ``kwargs={…}``."""
    arguments = Arguments()
    if positional.atoms and positional != NONE:
        add_star(call.frame, call.state, arguments, positional)
    if keywords.atoms and keywords != NONE:
        add_double_star(call.frame, call.state, arguments, keywords)
    return arguments


def named_or_given(call: ModelCall, given: Value) -> Value:
    parts: list[Value] = []
    for atom, carried in call.frame.world.resolve(given).atoms.items():
        if isinstance(atom, Const) and isinstance(atom.value, str):
            parts.append(function_named(call.frame.world, atom.value))
        elif isinstance(atom, ClassAtom):
            method = next(
                (found for body in BODIES if (found := call.frame.world.class_attribute(atom.cls, body))), None
            )
            parts.append(method[0] if method is not None else EMPTY)
        else:
            parts.append(Value({atom: carried}))
    return join_all(parts)
