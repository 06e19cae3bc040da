"""``argparse``: what parsers are told of arguments is found in the namespaces that they give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from datause_lint.analysis.access import LIST, TUPLE, stored_keys, stored_value
from datause_lint.analysis.atoms import ClassAtom
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import OPAQUE, Obj, attribute, index
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.values import EMPTY, NONE, Value, const, join, join_all, of

PARSER: Final = "argparse.ArgumentParser()"
COMMANDS: Final = f"{PARSER}.add_subparsers()"
GROUPS: Final = tuple(f"{PARSER}.{name}()" for name in ("add_argument_group", "add_mutually_exclusive_group"))
ABOVE: Final = "@given_above"  # of the parser of a command, and of a group: the parser that it belongs to
DEFAULT: Final = "@given:"  # of a parser, followed by a name: what a namespace holds there
ACTION: Final = "@action:"  # likewise: the class of the program that is told what is given


@models(*(f"{PARSER}.{name}" for name in ("add_subparsers", "add_argument_group", "add_mutually_exclusive_group")))
def add_part(call: ModelCall) -> Value:
    return _below(call, f"{call.path}()")


@models(f"{COMMANDS}.add_parser")
def add_command(call: ModelCall) -> Value:
    return _below(call, PARSER)


def _below(call: ModelCall, path: str) -> Value:
    made = call.external(path)
    call.state.store(made, ABOVE, call.receiver)
    return of(made)


@models(*(f"{each}.set_defaults" for each in (PARSER, *GROUPS)))
def set_defaults(call: ModelCall) -> Value:
    for name, value in call.arguments.keywords.items():
        _note(call, f"{DEFAULT}{name}", value)
    return NONE


@models(*(f"{each}.add_argument" for each in (PARSER, *GROUPS)))
def add_argument(call: ModelCall) -> Value:
    keywords = call.arguments.keywords
    for name in _names(call):
        if "default" in keywords:
            _note(call, f"{DEFAULT}{name}", keywords["default"])
        action = of(*(atom for atom in keywords.get("action", EMPTY).atoms if isinstance(atom, ClassAtom)))
        if action.atoms:
            _note(call, f"{ACTION}{name}", action)
    value, _ = unknown_call(
        call.frame, call.state, call.path, EMPTY, call.arguments, call.span, call.caller, EMPTY, "add_argument"
    )
    return value


def _names(call: ModelCall) -> Iterator[str]:
    """What the argument is called in a namespace."""
    stated = [call.arguments.keywords["dest"]] if "dest" in call.arguments.keywords else call.arguments.positional
    texts = [str(each.value) for value in stated for each in fold(call.frame, value) or ()]
    long = [text for text in texts if not text.startswith("-") or text.startswith("--")] or texts
    for text in long[:1]:
        yield text.lstrip("-").replace("-", "_")


def _note(call: ModelCall, key: str, value: Value) -> None:
    for parser in _roots(call, call.receiver):
        call.state.store(parser, key, join(call.read(of(parser), key), value))
        call.frame.world.publisher.publish_if_shared(call.frame, call.state, parser)


def _roots(call: ModelCall, parsers: Value) -> dict[Obj, None]:
    """The parsers that are asked for what the commands below them are given."""
    found: dict[Obj, None] = {}
    pending = parsers.objects()
    while pending:
        each = pending.pop()
        above = stored_value(call.frame, call.state, each, ABOVE)
        if above is not None and above.objects():
            pending.extend(above.objects())
        else:
            found[each] = None
    return found


@models(f"{PARSER}.parse_args", f"{PARSER}.parse_known_args")
def parsed(call: ModelCall) -> Value:
    """A namespace: what was given, or what stands for it by default."""
    made = call.external("argparse.Namespace()")
    given = call.data(call.argument(0, "args"), call.receiver)
    if given.atoms:
        call.state.store(made, OPAQUE, given)
    for parser in _roots(call, call.receiver):
        for key in stored_keys(call.frame, call.state, parser):
            value = stored_value(call.frame, call.state, parser, key) or EMPTY
            if key.startswith(DEFAULT):
                name = attribute(key.removeprefix(DEFAULT))
                call.state.store(made, name, join_all([value, of(made.child(name)), given]))
            elif key.startswith(ACTION):
                _act(call, value, made, key.removeprefix(ACTION), given)
    if call.path.endswith(".parse_args"):
        return of(made)
    both = call.new(TUPLE, "~both")
    call.state.store(both, index(0), of(made))
    call.state.store(both, index(1), call.container(LIST, given, "~others"))
    return of(both)


def _act(call: ModelCall, cls: Value, namespace: Obj, name: str, given: Value) -> None:
    action = call.call(cls, const(name))
    for obj in action.objects():
        call.state.store(obj, attribute("dest"), const(name))
    call.special(action, "__call__", given=[call.receiver, of(namespace), given, EMPTY])
    call.returns = True
