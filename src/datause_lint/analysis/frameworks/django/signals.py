"""Signals: sending one calls its receivers; those of Django's own are called by the framework."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import LIST, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, BoundAtom, FunctionAtom
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.requests import REQUEST, user_types
from datause_lint.analysis.frameworks.django.schema import schema_of, type_of
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import Model, ModelCall, models
from datause_lint.analysis.objects import Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, Types, last_name
from datause_lint.analysis.values import EMPTY, NONE, Value, of
from datause_lint.ir.module import FunctionIR, Parameter, ParameterKind
from datause_lint.names import ApiPath, ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

RECEIVER: Final = "django.dispatch.receiver()"
RECEIVERS: Final = "@receivers"  # of a signal: the functions that it calls
SIGNALS: Final = "@argument0"  # of a receiver's mark
SENDING: Final = frozenset("send send_robust asend asend_robust send_with_fallback".split())
_OWNERS: Final = frozenset({"Signal", "ModelSignal"})


def model_for(path: str) -> Model | None:
    """Of methods of signals, the program's and Django's: ``post_save.connect``."""
    holder, _, name = path.rpartition(".")
    if not path.startswith("django."):
        return None
    if last_name(holder.removesuffix("()")) in _OWNERS and name in SENDING:
        return send
    return (
        connect
        if name == "connect" and (".signals." in path or last_name(holder.removesuffix("()")) in _OWNERS)
        else None
    )


# ── connecting ────────────────────────────────────────────────────────────────────────────────────────────────────


@models(RECEIVER, "django.dispatch.dispatcher.receiver()")
def receiver(call: ModelCall) -> Value:
    """``@receiver(post_save, sender=Model)``."""
    decorated = call.argument(0)
    for mark in call.receiver.objects():
        stated = stored_value(call.frame, call.state, mark, SIGNALS)
        _register(call, mark, stated if stated is not None else EMPTY, decorated)
    return decorated


def connect(call: ModelCall) -> Value:
    """``post_save.connect(handler, sender=Model)``."""
    mark = call.external(RECEIVER)
    signal = call.receiver if call.receiver.objects() else of(ApiAtom(ApiPath(call.path.rpartition(".")[0])))
    call.state.store(mark, SIGNALS, signal)
    sender = call.optional(1, "sender")
    if sender is not None:
        call.state.store(mark, "@argument:sender", sender)
    handler = call.argument(0, "receiver")
    _register(call, mark, signal, handler)
    return handler if not call.arguments.all() else NONE


def _register(call: ModelCall, mark: Obj, signals: Value, function: Value) -> None:
    world = call.frame.world
    for key, value in call.state.heap.get(mark, {}).items():
        world.publisher.publish(call.frame, call.state, mark, key, value)
    functions = [atom for atom in function.atoms if isinstance(atom, (FunctionAtom, BoundAtom))]
    for atom in functions:
        world.mark(atom.function, mark)
    for signal in _each(call, signals):
        world.publisher.publish(call.frame, call.state, signal, RECEIVERS, of(*functions))


def _each(call: ModelCall, signals: Value) -> Iterator[Obj]:
    for obj in signals.objects():
        if obj.api in (LIST, "builtins.tuple"):
            yield from elements(call.frame, call.state, of(obj)).objects()
        else:
            yield obj


# ── sending ───────────────────────────────────────────────────────────────────────────────────────────────────────


def send(call: ModelCall) -> Value:
    """Calls the receivers with what is sent, where the facts hold that hold here."""
    given = dict(call.arguments.keywords)
    if call.arguments.positional:
        given.setdefault("sender", call.arguments.positional[0])
    given["signal"] = call.receiver
    for signal in call.receiver.objects():
        functions = call.frame.world.shared.read(signal, RECEIVERS)
        for atom in functions.atoms if functions is not None else ():
            held = call.state.facts
            call.call_with(of(atom), Arguments([], dict(given), None, call.arguments.more_keywords))
            call.returns = True
            call.state.facts = held
    return of(call.new(LIST))


@models("django.db.transaction.on_commit")
def on_commit(call: ModelCall) -> Value:
    call.call(call.argument(0, "func"))
    call.returns = True
    return NONE


# ── receivers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _marks(world: World, function: FunctionId) -> list[Obj]:
    return [mark for mark in world.marks_of(function) if mark.api == RECEIVER]


def _sender_types(world: World, function: FunctionId) -> Types:
    found: dict[Type, None] = {}
    for mark in _marks(world, function):
        sender = world.shared.read(mark, "@argument:sender")
        target = (
            schema_of(world).meant(sender, ClassId(f"{world.module_of(function)}:")) if sender is not None else None
        )
        if target is not None:
            found[type_of(target)] = None
    return tuple(found)


def parameter_types(world: World, function: FunctionIR, parameter: Parameter) -> Types:
    """``instance`` is one of the model that sends; signals about signing in tell ``user`` and ``request``, too."""
    if parameter.name == "instance":
        return _sender_types(world, function.id)
    if parameter.name in ("user", "request") and any(_is_of_auth(world, mark) for mark in _marks(world, function.id)):
        return user_types(world) if parameter.name == "user" else (Type(None, REQUEST),)
    return ()


def _is_of_auth(world: World, mark: Obj) -> bool:
    signals = world.shared.read(mark, SIGNALS)
    return signals is not None and any(
        isinstance(atom, ApiAtom) and atom.path.startswith("django.contrib.auth.signals.") for atom in signals.atoms
    )


def enter(frame: Frame, state: State) -> None:
    """``kwargs["instance"]``."""
    if not _marks(frame.world, frame.function.id):
        return
    for parameter in frame.function.parameters:
        if parameter.kind is ParameterKind.VAR_KEYWORD:
            for kind in _sender_types(frame.world, frame.function.id):
                bag = frame.world.objects.parameter(frame.function.id, parameter.name)
                sent = frame.world.objects.external(f"{frame.site(frame.function.span)}~instance", kind.api, kind.cls)
                frame.world.places[sent] = frame.location(parameter.span)
                state.store(bag, index("instance"), of(sent))


def callers_words(world: World, function: FunctionId) -> Iterator[str]:
    """The names of the signals that call the function: who sends one names it."""
    for mark in _marks(world, function):
        signals = world.shared.read(mark, SIGNALS)
        for signal in signals.objects() if signals is not None else ():
            yield from _names_of(world, signal)


def _names_of(world: World, signal: Obj) -> Iterator[str]:
    holder = world.objects.module(world.module_of(FunctionId(signal.key)))
    for key in world.shared.keys(holder):
        value = world.shared.read(holder, key) if key.startswith(".") else None
        if value is not None and signal in value.atoms:
            yield key[1:]
