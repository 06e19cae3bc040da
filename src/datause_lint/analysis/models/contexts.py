"""``contextlib``: what managers give as they are entered, and what they do as they are left."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import (
    stored_value,
)
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import BoundAtom, FunctionAtom
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.models.standard_library import keep_arguments
from datause_lint.analysis.objects import ELEMENT, WITHIN, Obj
from datause_lint.analysis.special_methods import special_methods
from datause_lint.analysis.standard_streams import direct, print_out, standard_target
from datause_lint.analysis.values import EMPTY, NONE, Value, join, join_all, of

THING: Final = "@thing"  # of a manager: what it has been given


@models("contextlib.nullcontext")
def transparent(call: ModelCall) -> Value:
    return call.argument(0, "enter_result") if call.arguments.all() else NONE


@models("contextlib.closing", "contextlib.aclosing", "contextlib.redirect_stdout", "contextlib.redirect_stderr")
def given_something(call: ModelCall) -> Value:
    made, thing = call.external(f"{call.path}()"), call.argument(0)
    call.state.store(made, THING, thing)
    only = thing.only_object()
    for key in ("@inside", WITHIN) if only is not None else ():
        stated = stored_value(call.frame, call.state, only, key) if only is not None else None
        if stated is not None:
            call.state.store(made, key, stated)
    return of(made)


@models("contextlib.closing().__enter__", "contextlib.aclosing().__enter__")
def entered(call: ModelCall) -> Value:
    return call.read(call.receiver, THING)


@models("contextlib.closing().__exit__", "contextlib.aclosing().__exit__")
def closed(call: ModelCall) -> Value:
    thing = call.read(call.receiver, THING)
    for name in ("close", "aclose"):
        method = special_methods(call.frame, call.state, thing, name)
        if method.atoms:
            call.call_with(method, Arguments())
    return NONE


@models("contextlib.suppress")
def suppressing(call: ModelCall) -> Value:
    """Of a class of the program, too: what takes nothing but a class may else be a decorator."""
    return of(call.external(f"{call.path}()"))


# ── managers around functions ─────────────────────────────────────────────────────────────────────────────────────


DECORATOR: Final = "contextlib.ContextDecorator()"


@models(DECORATOR)
def put_around(call: ModelCall) -> Value:
    made = call.external(f"{DECORATOR}()")
    call.state.store(made, THING, call.receiver)
    call.state.store(made, "@wrapped", call.argument(0, "func"))
    return of(made)


@models(f"{DECORATOR}()")
def run_inside(call: ModelCall) -> Value:
    """The manager is entered, and left with what the function raises, which it may keep from going on."""
    manager = call.read(call.receiver, THING)
    call.special(manager, "__enter__")
    with call.frame.noticing() as raised:
        value = call.call_with(call.read(call.receiver, "@wrapped"), call.arguments)
    came_back, call.returns = call.returns, True
    error = join_all(raised)
    swallowed = call.special(manager, "__exit__", given=[EMPTY, error, EMPTY])
    if swallowed is not None and swallowed.atoms and swallowed.may_be_true():
        return join(value, NONE)
    if raised:
        call.frame.raise_value(call.state, error)
    call.returns = came_back
    return value


# ── standard output ───────────────────────────────────────────────────────────────────────────────────────────────


@models("contextlib.redirect_stdout().__enter__", "contextlib.redirect_stderr().__enter__")
def redirected(call: ModelCall) -> Value:
    thing = call.read(call.receiver, THING)
    direct(call.frame, call.state, _stream(call), thing)
    return thing


@models("contextlib.redirect_stdout().__exit__", "contextlib.redirect_stderr().__exit__")
def directed_back(call: ModelCall) -> Value:
    direct(call.frame, call.state, _stream(call), EMPTY)
    return NONE


@models("sys.stdout.write", "sys.stderr.write", "sys.stdout.writelines", "sys.stderr.writelines")
def written_out(call: ModelCall) -> Value:
    print_out(call.frame, call.state, call.data(call.argument(0)), _stream(call))
    return EMPTY


@models("sys.stdout.getvalue", "sys.stderr.getvalue")
def written_so_far(call: ModelCall) -> Value:
    """Of a buffer that stands in its place."""
    return call.data(standard_target(call.frame, call.state, _stream(call)))


def _stream(call: ModelCall) -> str:
    return "err" if "stderr" in call.path else "out"


# ── stacks ────────────────────────────────────────────────────────────────────────────────────────────────────────


@models(
    "contextlib.ExitStack().enter_context",
    "contextlib.AsyncExitStack().enter_context",
    "contextlib.AsyncExitStack().enter_async_context",
)
def enter_context(call: ModelCall) -> Value:
    parts: list[Value] = []
    for obj in call.argument(0).objects():
        inside = stored_value(call.frame, call.state, obj, "@inside")
        entered = call.special(of(obj), "__enter__", "__aenter__")
        heard = special_methods(call.frame, call.state, of(obj), "__exit__")
        for stack in call.receiver.objects() if heard.atoms else ():
            call.state.store_weakly(stack, EXITS, heard)
        if entered is not None:
            parts.append(entered)
        elif inside is not None:
            call.state.learn(inside.implied.true)
            _until_exit(call, obj)
            parts.append(call.read(of(obj), ELEMENT))
        else:
            parts.append(call.read(of(obj), THING) if obj.api in GIVING else of(obj))
    return join_all(parts)


STACKS: Final = ("contextlib.ExitStack()", "contextlib.AsyncExitStack()")
EXITS: Final = "@exits"  # of a stack: the functions that hear how it is left
CALLBACKS: Final = "@callbacks"  # of a stack: those that are called then, with what they were given


@models(*(f"{stack}.{name}" for stack in STACKS for name in ("callback", "push_async_callback")))
def to_be_called(call: ModelCall) -> Value:
    """It is called as the stack is left, which nobody may see: also at once."""
    arguments = call.arguments.without(1)
    later = call.external("functools.partial()", part="~later")
    call.state.store(later, "@partial", call.argument(0, "callback"))
    keep_arguments(call, later, arguments)
    for stack in call.receiver.objects():
        call.state.store_weakly(stack, CALLBACKS, of(later))
    call.call_with(call.argument(0, "callback"), arguments)
    call.returns = True
    return call.argument(0, "callback")


@models(*(f"{stack}.{name}" for stack in STACKS for name in ("__exit__", "__aexit__")))
def left(call: ModelCall) -> Value:
    called = call.read(call.receiver, CALLBACKS)
    if called.atoms:
        call.maybe(called)
    heard = call.read(call.receiver, EXITS)
    kept = call.maybe(heard, *call.arguments.positional) if heard.atoms else NONE
    call.returns = True
    return kept


@models(*(f"{stack}.{name}" for stack in STACKS for name in ("push", "push_async_exit")))
def pushed(call: ModelCall) -> Value:
    """What is called as the stack is left: a function, or a manager's ``__exit__``."""
    given = call.argument(0, "exit")
    if any(isinstance(atom, (FunctionAtom, BoundAtom)) for atom in given.atoms):
        call.maybe(given, EMPTY, EMPTY, EMPTY)
        for stack in call.receiver.objects():
            call.state.store_weakly(stack, EXITS, given)
    else:
        call.special(given, "__exit__", "__aexit__", given=[EMPTY] * 3)
    call.returns = True
    return given


GIVING: Final = frozenset({"contextlib.closing()", "contextlib.aclosing()"})


def _until_exit(call: ModelCall, manager: Obj) -> None:
    """What holds in the body of a manager ends with the stack that it was put on."""
    within = stored_value(call.frame, call.state, manager, WITHIN)
    if within is None:
        return
    for stack in call.receiver.objects():
        before = call.state.stored(stack, WITHIN)
        more = within.implied.true | before.implied.true if before is not None else within.implied.true
        call.state.store(stack, WITHIN, Value({}, Implied(true=more)))
