"""The environment of the process: settings from outside of the program, and what the program itself puts there."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import indexed, stored_value
from datause_lint.analysis.atoms import ApiAtom
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.containers import update
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import ELEMENT, Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.values import NONE, Value, join, join_all, of

ENVIRONMENT: Final = ("os.environ", "os.environb")


def is_environment(value: Value) -> bool:
    return any(isinstance(atom, ApiAtom) and atom.path in ENVIRONMENT for atom in value.atoms)


def variables(frame: Frame) -> Obj:
    """What stands for all variables: one thing for the whole program."""
    found = frame.world.objects.external("environment", None)
    frame.world.shared.announce(found)
    return found


def variable(frame: Frame, state: State, name: Value) -> Value:
    """What the program has put there under the name, or under one that is not known."""
    held, key = variables(frame), _key(frame, name)
    if key == ELEMENT:
        return join_all([value for _, value in indexed(frame, state, held)])
    known = [stored_value(frame, state, held, each) for each in (key, ELEMENT)]
    return join_all([value for value in known if value is not None])


def put_variable(frame: Frame, state: State, name: Value, value: Value) -> None:
    held, key = variables(frame), _key(frame, name)
    state.store(held, key, value)
    frame.world.publisher.publish(frame, state, held, key, value)


def _key(frame: Frame, name: Value) -> str:
    constants = fold(frame, name)
    return index(constants[0].value) if constants is not None and len(constants) == 1 else ELEMENT


@models("os.environ.get", "os.getenv", "os.environ.setdefault", "os.environ.pop", "decouple.config")
def setting(call: ModelCall) -> Value:
    """``os.environ.get(name, default)``: anything, what the program has put there, or the default."""
    name, default = call.argument(0, "key"), call.optional(1, "default")
    if default is not None and call.path.endswith("setdefault"):
        put_variable(call.frame, call.state, name, join(variable(call.frame, call.state, name), default))
    found = join(of(call.external(f"{call.path}()")), variable(call.frame, call.state, name))
    return join(found, default) if default is not None else found


@models("os.putenv", "os.environ.__setitem__")
def put(call: ModelCall) -> Value:
    put_variable(call.frame, call.state, call.argument(0), call.argument(1))
    return NONE


@models("os.environ.update")
def put_all(call: ModelCall) -> Value:
    held = of(variables(call.frame))
    update(ModelCall(call.frame, call.state, "?.update", held, call.arguments, call.span, call.caller))
    call.frame.world.publisher.publish_if_shared(call.frame, call.state, variables(call.frame))
    return NONE


@models("os.environ.copy", "os.environ.items", "os.environ.values")
def all_variables(call: ModelCall) -> Value:
    return join(of(call.external(f"{call.path}()")), call.data(of(variables(call.frame))))
