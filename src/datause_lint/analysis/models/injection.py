"""``dependency_injector``: a provider makes what it provides when it is called, of what other providers give."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.sinks import construction
from datause_lint.analysis.values import EMPTY, Value, join, join_all

PROVIDERS: Final = "dependency_injector.providers."
MAKING: Final = (
    *("Factory", "Singleton", "ThreadSafeSingleton", "ThreadLocalSingleton", "ContextLocalSingleton", "Callable"),
    *("Resource", "Coroutine", "Object", "List", "Dict"),
)
MAXIMAL_DEPTH: Final = 6  # of providers that others are made of


@models(*(f"{PROVIDERS}{name}()" for name in MAKING))
def provided(call: ModelCall) -> Value:
    return join_all([_given_by(call, obj, call.arguments, 0) for obj in call.receiver.objects()])


def _given_by(call: ModelCall, provider: Obj, more: Arguments, depth: int) -> Value:
    made = construction(call.frame, call.state, provider)
    if made is None or not made.positional:
        return EMPTY
    inner = [_injected(call, value, depth) for value in made.positional]
    named = {name: _injected(call, value, depth) for name, value in made.keywords.items()}
    if (provider.api or "").endswith("Object()"):
        return inner[0]
    given = Arguments([*inner[1:], *more.positional], {**named, **more.keywords})
    return call.call_with(made.positional[0], given)


def _injected(call: ModelCall, value: Value, depth: int) -> Value:
    """What another provider gives is injected in its place."""
    providers = [obj for obj in value.objects() if (obj.api or "").startswith(PROVIDERS) and depth < MAXIMAL_DEPTH]
    if not providers:
        return value
    others = Value({atom: carried for atom, carried in value.atoms.items() if atom not in providers})
    given = join_all([_given_by(call, obj, Arguments(), depth + 1) for obj in providers])
    return join(others, given) if others.atoms else given
