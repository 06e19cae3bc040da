"""Operators, calls, loops, exceptions."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis import comparisons, guards, registration
from datause_lint.analysis.access import LIST, read
from datause_lint.analysis.arguments import Arguments, add_double_star, add_star
from datause_lint.analysis.atoms import ApiAtom, Atom, MethodAtom
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.branching import input_name
from datause_lint.analysis.calling import call, call_values
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.exception_groups import split_group
from datause_lint.analysis.exceptions import raise_as_drawn, split_by_kind
from datause_lint.analysis.facts import common
from datause_lint.analysis.frame import IN_FLIGHT, Frame
from datause_lint.analysis.generators import find_changed, send_what_was_left, sent_on
from datause_lint.analysis.identifiers import is_record
from datause_lint.analysis.item_names import name_of_key
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.late import catch_up, wait
from datause_lint.analysis.loops import bodies
from datause_lint.analysis.lost_facts import attach
from datause_lint.analysis.many import made_each_time
from datause_lint.analysis.objects import (
    ELEMENT,
    RETURNED,
    SENT,
    WHOLE,
    Kind,
    Obj,
)
from datause_lint.analysis.operators import binary, unary
from datause_lint.analysis.overloaded_comparisons import compared
from datause_lint.analysis.promised import yielded_as_promised
from datause_lint.analysis.special_methods import call_or, call_special, iterated
from datause_lint.analysis.state import State
from datause_lint.analysis.transfers.registry import transfers
from datause_lint.analysis.values import EMPTY, UNKNOWN_BOOLEAN, Value, const, join, of
from datause_lint.ir import instructions as ir
from datause_lint.ir.instructions import ArgumentKind
from datause_lint.names import ApiPath


@transfers(ir.Binary)
def _binary(frame: Frame, state: State, i: ir.Binary) -> State | None:
    left, right = frame.world.resolve(frame.registers[i.left]), frame.world.resolve(frame.registers[i.right])
    value, after = binary(frame, state, i.operator, left, right, i.in_place, i.span, call_values)
    frame.registers[i.target] = value
    return after


@transfers(ir.Unary)
def _unary(frame: Frame, state: State, i: ir.Unary) -> State | None:
    operand = frame.world.resolve(frame.registers[i.operand])
    frame.registers[i.target], after = unary(frame, state, i.operator, operand, i.span, call_values)
    return after


@transfers(ir.Compare)
def _compare(frame: Frame, state: State, i: ir.Compare) -> State | None:
    left, right = frame.world.resolve(frame.registers[i.left]), frame.world.resolve(frame.registers[i.right])
    special = compared(frame, state, i.operator, left, right, i.span, call_values)
    answer, after = special if special is not None else (EMPTY, state)
    if after is None:
        return None
    state = after
    modelled = frame.world.wiring.compare(frame, state, i.operator, left, right, i.span)
    if modelled is not None:
        frame.registers[i.target] = modelled
        return state
    _note_comparison(frame, i, left, right)
    true, false = comparisons.compare(frame, state, i.operator, left, right, i.span)
    outcome = _known_comparison(frame, state, i.operator, left, right)
    implied = Implied(true, false) if true or false else NO_IMPLICATION
    frame.registers[i.target] = Value({**(outcome or UNKNOWN_BOOLEAN).atoms, **answer.atoms}, implied)
    return state


POSITIVE: Final = {"==": True, "is": True, "in": True, "!=": False, "is not": False, "not in": False}


def _note_comparison(frame: Frame, i: ir.Compare, left: Value, right: Value) -> None:
    """``mode == "preview"`` with an input: the same condition may be asked again."""
    frame.comparisons.pop(i.target, None)
    name = input_name(frame, left)
    constant = right.constant()
    if name is not None and constant is not None and i.operator in POSITIVE:
        frame.comparisons[i.target] = (f"{name} == {constant.value!r}", POSITIVE[i.operator])


def _known_comparison(frame: Frame, state: State, operator: str, left: Value, right: Value) -> Value | None:
    if operator in ("in", "not in"):
        inside = comparisons.known_membership(frame, state, left, right)
        return const(inside is (operator == "in")) if inside is not None else None
    a, b = guards.fold(frame, left), guards.fold(frame, right)
    if a is None or b is None or len(a) != 1 or len(b) != 1:
        return None
    x, y = a[0].value, b[0].value
    if operator in ("==", "is"):
        return const(x == y and type(x) is type(y)) if type(x) is type(y) or x is None or y is None else None
    if operator in ("!=", "is not"):
        return const(x != y or type(x) is not type(y)) if type(x) is type(y) or x is None or y is None else None
    return None


@transfers(ir.Call)
def _call(frame: Frame, state: State, i: ir.Call) -> State | None:
    function = frame.world.resolve(frame.registers[i.function])
    arguments = Arguments()
    for argument in i.arguments:
        value = frame.world.resolve(frame.registers[argument.register])
        if argument.kind is ArgumentKind.POSITIONAL:
            if arguments.more is None:
                arguments.positional.append(value)
            else:
                arguments.more = join(arguments.more, value)
        elif argument.kind is ArgumentKind.KEYWORD:
            arguments.keywords[argument.keyword] = value
        elif argument.kind is ArgumentKind.STAR:
            add_star(frame, state, arguments, value)
        else:
            add_double_star(frame, state, arguments, value)
    catch_up(frame, state, [function, *arguments.all()], call_values)
    if (frame.later or not frame.waits) and any(_name_of(atom) in WAITS for atom in function.atoms):
        frame.waits = True
        wait(frame, state, call_values)
    frame.receiver_name = frame.holder_names.get(i.function, "")
    outcome = registration.decorate(frame, state, i, function, arguments)
    if outcome is None:
        made = call(frame, state, function, arguments, i.span)
        outcome = made.value, made.state
    frame.registers[i.target], after = outcome
    if arguments.positional and frame.register_names.get(i.function) == "get":
        frame.register_names[i.target] = name_of_key(arguments.positional[0])
    if i.arguments and frame.register_names.get(i.function) == "append":
        collected = frame.register_names.get(i.arguments[0].register, "")
        _note_collected(frame, frame.holder_names.get(i.function, ""), collected)
    if after is not None:
        frame.may_raise(after)
        if frame.woken:
            send_what_was_left(frame, after, i.span, call_values)
    return after


def _note_collected(frame: Frame, collection: str, collected: str) -> None:
    """``chosen.append(user)``: the list holds users, whatever it is called."""
    if is_record(collected) and not is_record(collection):
        frame.variable_names[collection] = collected


WAITS: Final = frozenset({"gather", "get", "get_nowait", "join", "result", "shutdown", "sleep", "wait", "wait_for"})
"""Methods behind which what runs beside has gone on."""


def _name_of(called: Atom) -> str:
    if isinstance(called, MethodAtom):
        return called.name
    if type(called) is Obj:
        return called.key[1:]  # of a class of the program that is a thread
    return called.path.rpartition(".")[2] if isinstance(called, ApiAtom) else ""


@transfers(ir.Iterate)
def _iterate(frame: Frame, state: State, i: ir.Iterate) -> State | None:
    source = frame.world.resolve(frame.registers[i.source])
    frame.register_names[i.target] = frame.register_names.get(i.source, "")
    frame.may_raise(state)
    raise_as_drawn(frame, state, source)

    def by_method(
        frame: Frame, state: State, bound: Value, arguments: Arguments, span: ir.Span
    ) -> tuple[Value, State | None]:
        value, after = call_values(frame, state, bound, arguments, span)
        return _with_anext(frame, after, value, span) if after is not None else value, after

    def otherwise(state: State, rest: Value) -> tuple[Value, State | None]:
        return _drawn_from(frame, state, rest, i.span)

    if i.is_async:
        outcome = call_or(frame, state, source, "__aiter__", [], i.span, by_method, otherwise)
    else:
        outcome = otherwise(state, source)
    frame.registers[i.target], after = outcome
    return after


def _drawn_from(frame: Frame, state: State, source: Value, span: ir.Span) -> tuple[Value, State | None]:
    drawn, after = iterated(frame, state, source, span, call_values)
    if drawn is source:
        drawn = frame.world.wiring.iterate(frame, state, source, span) or source
        if drawn is not source and (made := drawn.only_object()) is not None and made.kind is Kind.NEW:
            state.store(made, WHOLE, source)
    return drawn, after


def _with_anext(frame: Frame, state: State, iterator: Value, span: ir.Span) -> Value:
    """Of an asynchronous iterator whose class defines ``__anext__``: what that gives."""
    special = call_special(frame, state, iterator, "__anext__", [], span, call_values)
    if special is None or special[1] is None:
        return iterator
    made = frame.world.objects.new(frame.site(span) + "~iterator", api=ApiPath(LIST))
    state.allocate(made)
    state.store(made, ELEMENT, awaited(frame, state, special[0]).value)
    return of(made)


@transfers(ir.Await)
def _await(frame: Frame, state: State, i: ir.Await) -> State | None:
    frame.waits = True
    if frame.later:
        wait(frame, state, call_values)

    def by_method(
        frame: Frame, state: State, bound: Value, arguments: Arguments, span: ir.Span
    ) -> tuple[Value, State | None]:
        value, after = call_values(frame, state, bound, arguments, span)
        return read(frame, after, value, RETURNED) if after is not None else EMPTY, after

    def otherwise(state: State, rest: Value) -> tuple[Value, State | None]:
        outcome = awaited(frame, state, rest)
        return outcome.value, outcome.state

    source = frame.registers[i.source]
    frame.registers[i.target], after = call_or(frame, state, source, "__await__", [], i.span, by_method, otherwise)
    frame.register_names[i.target] = frame.register_names.get(i.source, "")
    return after


@transfers(ir.Yield)
def _yield(frame: Frame, state: State, i: ir.Yield) -> State:
    if frame.collecting:
        _mark_repeated(frame, state, frame.registers[i.source])
        frame.yielded.append(attach(yielded_as_promised(frame, state, frame.registers[i.source]), state.facts))
        frame.paused.append(state.copy())
        frame.inside = state.facts if frame.inside is None else common(frame.inside, state.facts)
    frame.may_raise(state)
    sent = of(frame.world.objects.parameter(frame.function.id, SENT))
    find_changed(frame, state, frame.registers[i.source])
    if frame.handler >= 0:
        frame.raise_value(state, sent)  # ``throw``
    frame.registers[i.target] = sent
    return state


def _mark_repeated(frame: Frame, state: State, yielded: Value) -> None:
    """What a loop yields that it has made is another one in each round."""
    if any(frame.block in body for body in bodies(frame).values()):
        made_each_time(state, yielded, f"{frame.function.id}@")


@transfers(ir.YieldFrom)
def _yield_from(frame: Frame, state: State, i: ir.YieldFrom) -> State:
    catch_up(frame, state, [frame.registers[i.source]], call_values)
    source = sent_on(frame, state, frame.registers[i.source], i.span, call_values)
    if frame.collecting:
        _mark_repeated(frame, state, elements(frame, state, source))
        frame.yielded.append(attach(elements(frame, state, source), state.facts))
        frame.paused.append(state.copy())
        frame.inside = state.facts if frame.inside is None else common(frame.inside, state.facts)
    frame.may_raise(state)
    frame.registers[i.target] = read(frame, state, source, RETURNED)
    return state


@transfers(ir.Caught)
def _caught(frame: Frame, state: State, i: ir.Caught) -> State:
    frame.registers[i.target] = state.variables.get(IN_FLIGHT, EMPTY)
    return state


@transfers(ir.Handled)
def _handled(frame: Frame, state: State, i: ir.Handled) -> State:
    before = frame.registers[i.before]
    if before.atoms:
        state.variables[IN_FLIGHT] = before
    else:
        state.variables.pop(IN_FLIGHT, None)
    return state


@transfers(ir.ExceptionMatches)
def _exception_matches(frame: Frame, state: State, i: ir.ExceptionMatches) -> State:
    """Others than those that are known may be in flight, so that it may match, or not; but of those, it is known."""
    kind = frame.world.resolve(frame.registers[i.kind])
    thrown = state.variables.get(IN_FLIGHT, EMPTY)
    frame.matches[i.target] = (
        split_group(frame, state, thrown, kind, i.span) if i.of_group else split_by_kind(frame, state, thrown, kind)
    )
    frame.registers[i.target] = UNKNOWN_BOOLEAN
    return state


@transfers(ir.PartsLeft)
def _parts_left(frame: Frame, state: State, i: ir.PartsLeft) -> State:
    frame.registers[i.target] = UNKNOWN_BOOLEAN
    return state
