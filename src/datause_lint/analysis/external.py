"""Calls of code outside the program."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, Atom, Data, Label
from datause_lint.analysis.built_in_bases import is_method_of_container
from datause_lint.analysis.call_results import propagate
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.containers import OF_TEXT_WITHOUT_DATA, call_method
from datause_lint.analysis.models.registry import UNMODELLED, Caller, ModelCall
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.values import EMPTY, Value, join
from datause_lint.ir.instructions import Span

PARSING: Final = frozenset({"json", "load", "loads", "safe_load", "full_load", "get_json"})
OF_DICTS: Final = frozenset({"get", "items", "values", "pop", "setdefault"})


def call_external(
    frame: Frame, state: State, target: ApiAtom, function: Value, arguments: Arguments, span: Span, caller: Caller
) -> tuple[Value, State | None]:
    """By a model, by the policy's propagators, or as a call of which nothing is known."""
    path = target.path
    policy = frame.world.policy
    if policy.aborts(path):
        return EMPTY, None
    receiver = _receiver(target, function)
    call = ModelCall(frame, state, path, receiver, arguments, span, caller)
    model = frame.world.wiring.model_of(path)
    if model is not None:
        result = model(call)
        if result is not UNMODELLED:
            return result, call.state if call.returns else None
    if (
        target.receiver is None and arguments.positional and is_method_of_container(path)
    ):  # ``list.append(found, each)``
        name = path.rpartition(".")[2]
        return call_method(frame, state, name, arguments.positional[0], arguments.without(1), span, caller)
    propagators = policy.propagators_at(path)
    if propagators:
        moved = propagate(frame, state, propagators, receiver, call)
        if not call.returns:
            return EMPTY, None
        made = call.external(f"{path}()")
        return join(Value({made: NOTHING}), moved), state
    name = path.rpartition(".")[2]
    if name in OF_TEXT_WITHOUT_DATA and target.receiver is not None:
        return EMPTY, state
    if name in OF_DICTS and (_is_of_mapping(target) or (name == "get" and _asks_by_name(call, target))):
        return call_method(frame, state, name, receiver, arguments, span, caller)
    return unknown_call(frame, state, path, function, arguments, span, caller, receiver, name)


def _is_of_mapping(target: ApiAtom) -> bool:
    """Whether it is a method of what a text, or an answer, was parsed to, or of an item of something: of a dict."""
    made_by = target.path.rpartition(".")[0]
    parsed = made_by.removesuffix("[]")
    is_parsed = parsed.endswith("()") and last_name(parsed.removesuffix("()")) in PARSING
    return target.receiver is not None and (is_parsed or made_by.endswith("[]"))


def _asks_by_name(call: ModelCall, target: ApiAtom) -> bool:
    """``find(key).get("email")``: of what a call has given, by a name."""
    made_by = target.path.rpartition(".")[0]
    is_result = made_by.endswith("()") and last_name(made_by.removesuffix("()"))[:1].islower()
    if target.receiver is None or not is_result or not call.arguments.positional:
        return False
    asked = fold(call.frame, call.argument(0))
    return asked is not None and all(isinstance(each.value, str) and each.value.isidentifier() for each in asked)


def _receiver(target: ApiAtom, function: Value) -> Value:
    data: dict[Atom, Truths] = {
        atom: carried for atom, carried in function.atoms.items() if isinstance(atom, (Label, Data))
    }
    if target.receiver is None:
        return Value(data)
    return Value({target.receiver: function.atoms.get(target, NOTHING), **data})
