"""What a framework hands on from one call to another, and the other call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datause_lint.analysis.access import read
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.facts import Same
from datause_lint.analysis.framework_facts import RunsBefore
from datause_lint.analysis.frameworks.described.registry import ARGUMENT, run_checks
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.values import EMPTY, Value
from datause_lint.analysis.wiring import Called
from datause_lint.policy.entries import Place
from datause_lint.policy.notation import input_place

Checks = Sequence[tuple[RunsBefore, Value]]


def handed(call: Called, stated: Mapping[str, str], chosen_by: str) -> Arguments:
    """The arguments of the second call, by what is stated of them."""
    given = Arguments()
    for parameter, place in sorted(stated.items()):
        if parameter == "*":
            given = given.followed_by(_without(call, chosen_by) if place == "*" else Arguments([_at(call, place)]))
        elif parameter.isdecimal():
            given.positional.extend([EMPTY] * (int(parameter) + 1 - len(given.positional)))
            given.positional[int(parameter)] = _at(call, place)
        else:
            given.keywords[parameter] = _at(call, place)
    return given


def _at(call: Called, text: str) -> Value:
    place: Place = input_place(text)
    assert place.base is not None  # no input place is the return value
    receiver = call.receiver if call.receiver is not None else EMPTY
    value = receiver if place.base.receiver else call.arguments.get(place.base, call.parameters)
    for step in place.path:
        value = read(call.frame, call.state, value, step) if value is not None else None
    return value if value is not None else EMPTY


def _without(call: Called, chosen_by: str) -> Arguments:
    """All arguments but the one that chose the function."""
    given = call.arguments
    if not chosen_by:
        return given
    ref = ARGUMENT(chosen_by)
    chosen = call.arguments.get(ref, call.parameters)
    names = [each.name for each in call.parameters]
    positions = {*ref.positions, *(names.index(name) for name in ref.names if name in names)}
    keywords = {name: value for name, value in given.keywords.items() if value is not chosen}
    positional = [value for place, value in enumerate(given.positional) if place not in positions]
    return Arguments(positional, keywords, given.more, given.more_keywords)


def call_later(call: Called, function: Value, arguments: Arguments, checks: Checks = ()) -> Value:
    """A call that the framework makes, now or later, or not: what it proves is no news here. Gives its result."""
    if not function.atoms:
        return EMPTY
    state = run_checks(call.frame, call.state.copy(), checks, arguments)
    value, after = call_values(call.frame, state, function, arguments, call.span)
    if after is None:
        return EMPTY
    outcome = awaited(call.frame, after, value)
    _become(call.state, after)
    return outcome.value if outcome.state is not None else EMPTY


def _become(state: State, after: State) -> None:
    identities = frozenset(truth for truth in after.facts if type(truth) is Same)
    joined = join_states(state.copy(), after)
    state.variables, state.heap = joined.variables, joined.heap
    state.facts = state.facts | identities
