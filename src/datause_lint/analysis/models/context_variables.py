"""``contextvars``: what is set for a variable is found where it is asked for, in whatever context."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.adding import add_element
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.values import Value, join, of
from datause_lint.names import ApiPath

VALUE: Final = attribute("@value")
DECLARED: Final = "@declared"  # what the annotation of the variable promises
CONTEXTS: Final = ("contextvars.copy_context()", "contextvars.Context()")


@models("contextvars.ContextVar")
def context_variable(call: ModelCall) -> Value:
    made = call.external("contextvars.ContextVar()")
    default = call.arguments.keywords.get("default")
    if default is not None:
        call.state.store(made, VALUE, default)
    return of(made)


@models("contextvars.ContextVar().set")
def set_variable(call: ModelCall) -> Value:
    for obj in call.receiver.objects():
        call.state.store_weakly(obj, VALUE, call.argument(0))
        call.frame.world.publisher.publish_if_shared(call.frame, call.state, obj)
    add_element(call.frame, call.state, of(_context(call)), call.argument(0), call.receiver)
    return of(call.external("contextvars.Token()"))


@models("contextvars.ContextVar().get")
def get_variable(call: ModelCall) -> Value:
    found = call.read(call.receiver, VALUE)
    unset = [obj.child(VALUE) for obj in call.receiver.objects()]
    if all(type(atom) is Const or atom in unset for atom in found.atoms):  # then it is what its annotation says
        found = join(found, call.read(call.receiver, DECLARED))
    default = call.optional(0, "default")
    return join(found, default) if default is not None else found


@models("contextvars.copy_context", "contextvars.Context")
def copied_context(call: ModelCall) -> Value:
    return of(_context(call))


@models(*(f"{each}.get" for each in CONTEXTS))
def get_from_context(call: ModelCall) -> Value:
    found = call.read(call.argument(0, "key"), VALUE)
    default = call.optional(1, "default")
    return join(found, default) if default is not None else found


@models(*(f"{each}.run" for each in CONTEXTS))
def run_in_context(call: ModelCall) -> Value:
    return call.call_with(call.argument(0, "callable"), call.arguments.without(1))


def _context(call: ModelCall) -> Obj:
    """What holds the values of all variables: one thing for the whole program, since contexts are copies of each
    other."""
    found = call.frame.world.objects.external("context", ApiPath(CONTEXTS[0]))
    call.frame.world.shared.announce(found)
    return found
