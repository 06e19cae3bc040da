"""``with``: what is entered, what holds inside, what is left and what is swallowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from datause_lint.analysis.access import (
    GENERATOR,
    read,
    stored_value,
)
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Const, Data, Label
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.frame import IN_FLIGHT, Frame
from datause_lint.analysis.generators import go_on_behind
from datause_lint.analysis.late import wait
from datause_lint.analysis.models.contexts import STACKS
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import (
    ELEMENT,
    TASKS,
    WITHIN,
    Obj,
)
from datause_lint.analysis.special_methods import call_or, call_special
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.transfers.registry import transfers
from datause_lint.analysis.values import EMPTY, UNKNOWN_BOOLEAN, Value, carrying, const, join_all, of
from datause_lint.analysis.withdrawal import end_scope
from datause_lint.ir import instructions as ir


@transfers(ir.EnterContext)
def _enter(frame: Frame, state: State, i: ir.EnterContext) -> State | None:
    manager = frame.registers[i.manager]
    frame.may_raise(state)

    def by_method(
        frame: Frame, state: State, bound: Value, arguments: Arguments, span: ir.Span
    ) -> tuple[Value, State | None]:
        value, after = call_values(frame, state, bound, arguments, span)
        if not i.is_async or after is None:
            return value, after
        outcome = awaited(frame, after, value)
        return outcome.value, outcome.state

    def otherwise(state: State, rest: Value) -> tuple[Value, State | None]:
        if i.is_async:
            outcome = awaited(frame, state, rest)
            rest = outcome.value if outcome.state is not None else rest
        return _entered(frame, state, rest, i.span), state

    name = "__aenter__" if i.is_async else "__enter__"
    frame.registers[i.target], after = call_or(frame, state, manager, name, [], i.span, by_method, otherwise)
    if after is None:
        return None
    _learn_inside(frame, after, frame.registers[i.manager])
    frame.register_names[i.target] = frame.register_names.get(i.manager, "")
    return after


def _entered(frame: Frame, state: State, manager: Value, span: ir.Span) -> Value:
    parts: list[Value] = []
    for atom, carried in manager.atoms.items():
        modelled = _modelled(frame, state, atom, "__enter__", span) if type(atom) is Obj else None
        if modelled is not None:
            parts.append(carrying(modelled, carried))
        elif type(atom) is Obj and atom.api == GENERATOR:
            parts.append(carrying(read(frame, state, of(atom), ELEMENT), carried))
        else:
            parts.append(Value({atom: carried}))
    return join_all(parts)


def _modelled(
    frame: Frame, state: State, manager: Obj, name: str, span: ir.Span, given: Sequence[Value] = ()
) -> Value | None:
    """What a manager of a library does as it is entered, or left."""
    path = f"{manager.api}.{name}"
    model = frame.world.models.get(path) if manager.api is not None else None
    return (
        model(ModelCall(frame, state, path, of(manager), Arguments(list(given)), span, call_values)) if model else None
    )


def _learn_inside(frame: Frame, state: State, manager: Value) -> None:
    """What holds in the body of a ``with``: every manager that it may be proves it."""
    learned: Truths | None = None
    for atom in manager.atoms:
        if isinstance(atom, (Label, Data)) and manager.objects():
            continue  # what went into the manager
        inside = stored_value(frame, state, atom, "@inside") if type(atom) is Obj else None
        facts = inside.implied.true if inside is not None else NOTHING
        learned = facts if learned is None else common(learned, facts)
    if learned:
        state.learn(learned)


@transfers(ir.ExitContext)
def _exit(frame: Frame, state: State, i: ir.ExitContext) -> State | None:
    frame.waits = True
    if frame.later:
        wait(frame, state, call_values)
    special = call_special(
        frame,
        state,
        frame.registers[i.manager],
        "__aexit__" if i.is_async else "__exit__",
        [EMPTY] * 3,
        i.span,
        call_values,
    )
    after = special[1] if special is not None and special[1] is not None else state
    for obj in frame.registers[i.manager].objects() if special is None else ():
        _modelled(frame, after, obj, "__exit__", i.span)
    go_on_behind(frame, after, frame.registers[i.manager], call_values)
    _forget_inside(frame, after, frame.registers[i.manager])
    if i.is_async and IN_FLIGHT not in after.variables:
        _wait_for_tasks(frame, after, frame.registers[i.manager])
    return after


def _wait_for_tasks(frame: Frame, state: State, manager: Value) -> None:
    only = manager.only_object()
    tasks = stored_value(frame, state, only, TASKS) if only is not None else None
    if tasks is not None:
        state.learn(tasks.implied.true)


def _forget_inside(frame: Frame, state: State, manager: Value) -> None:
    """What a policy says of the body of a ``with`` ends with it."""
    for obj in manager.objects():
        within = stored_value(frame, state, obj, WITHIN)
        if within is not None:
            end_scope(frame, state, within.implied.true)


SUPPRESSING: Final = frozenset({"contextlib.suppress()"})


@transfers(ir.Suppresses)
def _suppresses(frame: Frame, state: State, i: ir.Suppresses) -> State:
    """Whether the manager may keep an exception from going on."""
    manager = frame.registers[i.manager]
    may = any(
        type(atom) is Obj and (atom.api in SUPPRESSING or stored_value(frame, state, atom, "@swallows") is not None)
        for atom in manager.atoms
    )
    thrown = state.variables.get(IN_FLIGHT, EMPTY)
    if thrown.atoms:
        _throw_into(frame, state, manager, thrown)
    given = [EMPTY, thrown, EMPTY]
    special = call_special(frame, state, manager, "__exit__", given, i.span, call_values) or call_special(
        frame, state, manager, "__aexit__", given, i.span, call_values
    )
    if special is not None and special[1] is not None:
        value = awaited(frame, state, special[0]).value
        may = may or any(not (type(atom) is Const and not atom.value) for atom in value.atoms)
    for obj in manager.objects():
        kept = _modelled(frame, state, obj, "__exit__", i.span, given) if obj.api in STACKS else None
        may = may or (kept is not None and kept.atoms != {} and kept.may_be_true())
    frame.registers[i.target] = UNKNOWN_BOOLEAN if may else const(False)
    return state


def _throw_into(frame: Frame, state: State, manager: Value, thrown: Value) -> None:
    """A manager that is a generator has the exception where it yields."""
    for obj in manager.objects():
        made = frame.generators.get(obj) if obj.api == GENERATOR else None
        if made is None:
            continue
        given = replace(made.arguments, sent=thrown)
        _, after = call_values(frame, state.copy(), made.function, given, made.span)
        if after is not None:
            both = join_states(state, after)
            state.variables, state.heap, state.facts = both.variables, both.heap, both.facts
