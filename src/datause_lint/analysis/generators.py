"""Generators: what a call of one makes, and what is sent into it, here or by somebody to whom it was handed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from datause_lint.analysis.access import CONTAINERS, DICT, GENERATOR, TUPLE, grounds, read, stored_value
from datause_lint.analysis.applied import Applied
from datause_lint.analysis.arguments import Arguments, Caller, add_double_star, add_star
from datause_lint.analysis.atoms import Const, FunctionAtom
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.frame import Frame, Later
from datause_lint.analysis.objects import BEHIND, ELEMENT, RETURNED, SENT, Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, join_all, of
from datause_lint.ir import instructions as ir
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR
from datause_lint.names import ApiPath

MADE_BY = "@made_by"  # of a generator that takes what it is sent: the function, and what it was called with
ARGUMENTS = "@args"
KEYWORDS = "@kwargs"
MAXIMAL_PIPES: Final = 8  # generators of which one sends into the next
SENT_SO_FAR = "@sent_so_far"  # what a generator keeps of it, it may give at any time after


def make_generator(
    frame: Frame,
    state: State,
    applied: Applied,
    function: FunctionIR,
    made_by: FunctionAtom,
    arguments: Arguments,
    returned: Value,
    span: Span,
) -> Value:
    made = frame.world.objects.new(frame.site(span), api=ApiPath(GENERATOR))
    state.allocate(made)
    state.store(made, ELEMENT, applied.yields)
    state.store(made, "@inside", Value({}, Implied(true=applied.inside)))
    if applied.summary.swallows:
        state.store(made, "@swallows", of(Const(True, bool)))
    state.store(made, RETURNED, returned)
    frame.generators[made] = Later(of(made_by), arguments, span, state.facts)
    if frame.world.remembered("takes what is sent", function.id, lambda: _takes_what_is_sent(function)):
        _keep_call(frame, state, made, of(made_by), arguments, span)
    return of(made)


def _takes_what_is_sent(function: FunctionIR) -> bool:
    """Whether somebody looks at what a yield gives, or raises, or another generator may."""
    instructions = [i for block in function.blocks for i in block.instructions]
    caught = (i for block in function.blocks if block.handler >= 0 for i in block.instructions)
    if any(isinstance(i, ir.YieldFrom) for i in instructions) or any(isinstance(i, ir.Yield) for i in caught):
        return True
    sent = {i.target for i in instructions if isinstance(i, ir.Yield)}
    return any(not sent.isdisjoint(_operands(i)) for i in instructions)


def _operands(instruction: ir.Instruction) -> Iterator[int]:
    """The registers that the instruction looks at, and perhaps other numbers."""
    for name in instruction.__match_args__:
        value = getattr(instruction, name) if name not in ("target", "span") else None
        if type(value) is int:
            yield value
        for each in value if isinstance(value, tuple) else ():
            yield from (part for part in (each if isinstance(each, tuple) else (each,)) if type(part) is int)


def _keep_call(frame: Frame, state: State, made: Obj, function: Value, arguments: Arguments, span: Span) -> None:
    positional = frame.world.objects.new(frame.site(span) + "~args", api=ApiPath(TUPLE))
    named = frame.world.objects.new(frame.site(span) + "~kwargs", api=ApiPath(DICT))
    for holder in (positional, named):
        state.allocate(holder)
    state.store_all(positional, {index(place): value for place, value in enumerate(arguments.positional)})
    state.store_all(named, {index(name): value for name, value in arguments.keywords.items()})
    for holder, more in ((positional, arguments.more), (named, arguments.more_keywords)):
        if more is not None:
            state.store(holder, ELEMENT, more)
    state.store_all(made, {MADE_BY: function, ARGUMENTS: of(positional), KEYWORDS: of(named)})


def send_into(
    frame: Frame, state: State, generator: Obj, given: Value, span: Span, caller: Caller
) -> tuple[Value, State | None] | None:
    """Runs a generator that is sent something; None where it is not known who made it: whoever knows is told."""
    if generator.symbolic:
        for each in (generator, *grounds(frame, state, generator)):
            state.store_weakly(each, SENT, given)
            if not each.symbolic:
                frame.woken[each] = None  # an element of a loop stands for it
        return None
    made = frame.generators.get(generator)
    function = made.function if made is not None else stored_value(frame, state, generator, MADE_BY)
    if function is None:
        return None
    if made is not None:
        arguments = replace(made.arguments)
    else:
        arguments = Arguments()
        add_star(frame, state, arguments, read(frame, state, of(generator), ARGUMENTS))
        add_double_star(frame, state, arguments, read(frame, state, of(generator), KEYWORDS))
    state.store_weakly(generator, SENT_SO_FAR, given)
    arguments.sent = stored_value(frame, state, generator, SENT_SO_FAR)
    answer, after = caller(frame, state, function, arguments, span)
    if after is not None:
        _go_on(frame, after, generator, answer)
    return answer, after


def _go_on(frame: Frame, state: State, generator: Obj, sent_to: Value) -> None:
    """What the generator gives, and returns, from now on is what one does that has been sent all this."""
    for key in (ELEMENT, RETURNED):
        found = [stored_value(frame, state, obj, key) for obj in sent_to.objects() if obj.api == GENERATOR]
        for value in found:
            if value is not None:
                state.store_weakly(generator, key, value)


def sent_on(frame: Frame, state: State, source: Value, span: Span, caller: Caller) -> Value:
    """The generators that ``yield from`` draws from, and those that they are once they were sent what this one is."""
    sent = of(frame.world.objects.parameter(frame.function.id, SENT))
    found = [source]
    for generator in source.objects():
        takes = generator.symbolic or stored_value(frame, state, generator, MADE_BY) is not None
        outcome = send_into(frame, state, generator, sent, span, caller) if takes else None
        if outcome is not None and outcome[1] is not None:
            state.variables, state.heap, state.facts = outcome[1].variables, outcome[1].heap, outcome[1].facts
            found.append(outcome[0])
    return join_all(found)


def send_what_was_left(frame: Frame, state: State, span: Span, caller: Caller) -> None:
    """After a call: what the callee has sent into generators that it was handed, and what those send on."""
    for _ in range(MAXIMAL_PIPES):
        woken, frame.woken = frame.woken, {}
        for generator in woken:
            given = state.stored(generator, SENT)
            if given is not None:
                state.heap[generator] = {key: value for key, value in state.heap[generator].items() if key != SENT}
                outcome = send_into(frame, state, generator, given, span, caller)
                if outcome is not None and outcome[1] is not None and outcome[1] is not state:
                    state.variables, state.heap, state.facts = outcome[1].variables, outcome[1].heap, outcome[1].facts
        if not frame.woken:
            return


# ── managers that are generators ──────────────────────────────────────────────────────────────────────────────────

MANAGERS: Final = frozenset({"contextlib.contextmanager()", "contextlib.asynccontextmanager()"})
MAXIMAL_PARTS: Final = 16  # of what a manager yields


def find_changed(frame: Frame, state: State, yielded: Value) -> None:
    """Behind the yield of a manager: what it has yielded holds what the body of the ``with`` has put into it."""
    if not any(mark.api in MANAGERS for mark in frame.world.marks_of(frame.function.id)):
        return
    behind = frame.world.objects.parameter(frame.function.id, BEHIND)
    pending = [(obj, behind) for obj in yielded.objects()]
    seen: dict[Obj, None] = {}
    while pending and len(seen) < MAXIMAL_PARTS:
        obj, now = pending.pop()
        if obj in seen or obj.symbolic or not frame.owns(obj):
            continue
        seen[obj] = None
        for key, value in list(state.heap.get(obj, {}).items()):
            if key.startswith((".", "[")) and key != ELEMENT:
                pending.extend((each, now.child(key)) for each in value.objects())
                state.store_weakly(obj, key, of(now.child(key)))
        if obj.api in CONTAINERS:
            state.store_weakly(obj, ELEMENT, of(now.child(ELEMENT)))


def go_on_behind(frame: Frame, state: State, manager: Value, caller: Caller) -> None:
    """A ``with`` is over: its manager goes on with what it has yielded, as it is now."""
    for obj in manager.objects():
        made = frame.generators.get(obj) if obj.api == GENERATOR else None
        yielded = stored_value(frame, state, obj, ELEMENT) if made is not None else None
        if made is not None and yielded is not None and any(each in state.heap for each in yielded.objects()):
            caller(frame, state.copy(), made.function, replace(made.arguments, behind=yielded), made.span)
