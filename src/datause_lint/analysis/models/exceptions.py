"""Making an exception of Python itself, and initialising the part that it is of a class of the program."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import LIST, TUPLE, stored_value
from datause_lint.analysis.adding import add_element
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import BoundAtom, FunctionAtom
from datause_lint.analysis.exception_groups import MEMBERS, split_members
from datause_lint.analysis.exception_groups import make_group as make_group_of
from datause_lint.analysis.exceptions import EXCEPTIONS, GROUPS, keep_arguments
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import attribute, index
from datause_lint.analysis.values import NONE, Value, join, join_all, of

NOTES: Final = attribute("__notes__")
_GROUPS: Final = tuple(f"builtins.{name}()" for name in sorted(GROUPS))
_NAMES = sorted(EXCEPTIONS)


@models(*(f"builtins.{name}" for name in _NAMES))
def make_exception(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()")
    name = call.path.rpartition(".")[2]
    keep_arguments(call.frame, call.state, made, [name], call.arguments, call.span)
    return of(made)


@models(*(f"builtins.{name}().__init__" for name in _NAMES))
def initialise_exception(call: ModelCall) -> Value:
    """``super().__init__(message)``."""
    name = call.path.split(".")[1].removesuffix("()")
    for obj in call.receiver.objects():
        keep_arguments(call.frame, call.state, obj, [name], call.arguments, call.span)
    return NONE


@models(*(f"builtins.{name}().add_note" for name in _NAMES), *(f"{group}.add_note" for group in _GROUPS))
def note(call: ModelCall) -> Value:
    """What is noted on an exception stands beside what its text shows."""
    for obj in call.receiver.objects():
        held = stored_value(call.frame, call.state, obj, NOTES)
        if held is None:
            held = of(call.new(LIST, "~notes"))
            call.state.store(obj, NOTES, held)
        add_element(call.frame, call.state, held, call.argument(0))
    return NONE


@models("builtins.ExceptionGroup", "builtins.BaseExceptionGroup")
def make_group(call: ModelCall) -> Value:
    """Its text is the message, not what the exceptions in it say."""
    made = call.external(f"{call.path}()")
    message, members = call.argument(0, "message"), call.argument(1, "exceptions")
    keep_arguments(call.frame, call.state, made, [], Arguments([message]), call.span)
    call.state.store(made, attribute("message"), message)
    call.state.store(made, attribute("exceptions"), members)
    return of(made)


@models(*(f"{group}.{name}" for group in _GROUPS for name in ("split", "subgroup")))
def split(call: ModelCall) -> Value:
    """By a class, by several, or by what a function says of each."""
    kind = call.argument(0)
    if any(isinstance(atom, (FunctionAtom, BoundAtom)) for atom in kind.atoms):
        members = call.elements(join_all([call.read(of(obj), MEMBERS) for obj in call.receiver.objects()]))
        call.maybe(kind, members)
    parts = split_members(call.frame, call.state, call.receiver, kind, call.span)
    if call.path.endswith("subgroup"):
        return parts[0]
    made = call.new(TUPLE)
    for place, part in enumerate(parts):
        call.state.store(made, index(place), join(part, NONE))
    return of(made)


@models(*(f"{group}.derive" for group in _GROUPS))
def derive(call: ModelCall) -> Value:
    return make_group_of(call.frame, call.state, call.elements(call.argument(0)), call.receiver, call.site("~derived"))
