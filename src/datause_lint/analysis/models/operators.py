"""``operator``: what operators, attributes, items and methods do, as functions."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import DICT, TUPLE, stored_value
from datause_lint.analysis.arguments import Arguments, add_double_star
from datause_lint.analysis.guards import fold
from datause_lint.analysis.items import read_item
from datause_lint.analysis.models.containers import set_item
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import index
from datause_lint.analysis.operators import METHODS, binary, unary
from datause_lint.analysis.positions import remove_item
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.values import EMPTY, NONE, UNKNOWN_BOOLEAN, Value, of

_BINARY: Final = {f"operator.{name}{'_' if name in ('and', 'or') else ''}": sign for sign, name in METHODS.items()}
_IN_PLACE: Final = {f"operator.i{name}": sign for sign, name in METHODS.items()}
_UNARY: Final = {"operator.neg": "-", "operator.pos": "+", "operator.invert": "~", "operator.inv": "~"}


@models(*_BINARY, *_IN_PLACE, "operator.concat", "operator.iconcat")
def operated(call: ModelCall) -> Value:
    in_place = call.path in _IN_PLACE or call.path == "operator.iconcat"
    sign = _BINARY.get(call.path) or _IN_PLACE.get(call.path, "+")
    left, right = call.argument(0), call.argument(1)
    value, after = binary(call.frame, call.state, sign, left, right, in_place, call.span, call.caller)
    return value if call.go_on(after) else EMPTY


@models(*_UNARY)
def operated_on_one(call: ModelCall) -> Value:
    value, after = unary(call.frame, call.state, _UNARY[call.path], call.argument(0), call.span, call.caller)
    return value if call.go_on(after) else EMPTY


@models("operator.itemgetter", "operator.attrgetter", "operator.methodcaller")
def getter(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()")
    for position, value in enumerate(call.arguments.positional):
        call.state.store(made, f"@given{position}", value)
    named = call.new(DICT, "~named")
    for name, value in call.arguments.keywords.items():
        call.state.store(named, index(name), value)
    call.state.store(made, "@givenby", of(named))
    return of(made)


@models("operator.itemgetter()", "operator.attrgetter()", "operator.methodcaller()")
def get_by(call: ModelCall) -> Value:
    names: list[Value] = []
    for obj in call.receiver.objects():
        while (value := stored_value(call.frame, call.state, obj, f"@given{len(names)}")) is not None:
            names.append(value)
    if call.path.startswith("operator.methodcaller") and names:
        arguments = Arguments(names[1:])
        for obj in call.receiver.objects():
            add_double_star(call.frame, call.state, arguments, call.read(of(obj), "@givenby"))
        return call.call_with(_attribute(call, names[0]), arguments)
    found = [
        read_item(call.frame, call.state, call.argument(0), name, call.span)
        if call.path.startswith("operator.itemgetter")
        else _attribute(call, name)
        for name in names
    ]
    if len(found) == 1:
        return found[0]
    made = call.new(TUPLE)
    for position, value in enumerate(found):
        call.state.store(made, index(position), value)
    return of(made)


def _attribute(call: ModelCall, name: Value) -> Value:
    value = call.argument(0)
    constants = fold(call.frame, name) or ()
    for part in str(constants[0].value).split(".") if len(constants) == 1 else ():
        value, _ = read_attribute(call.frame, call.state, value, part, call.span, "", call.caller)
    return value


@models("operator.setitem")
def setitem(call: ModelCall) -> Value:
    method = ModelCall(
        call.frame, call.state, "?.__setitem__", call.argument(0), call.arguments.without(1), call.span, call.caller
    )
    return set_item(method)


@models(*(f"operator.{name}" for name in "eq ne lt le gt ge is_ is_not not_ truth contains countOf indexOf".split()))
def comparison(call: ModelCall) -> Value:
    return UNKNOWN_BOOLEAN


@models("operator.getitem")
def getitem(call: ModelCall) -> Value:
    return read_item(call.frame, call.state, call.argument(0), call.argument(1), call.span)


@models("operator.delitem")
def delitem(call: ModelCall) -> Value:
    key, only = fold(call.frame, call.argument(1)), call.argument(0).only_object()
    if only is not None and only.api == DICT and key is not None and len(key) == 1:
        remove_item(call.frame, call.state, only, index(key[0].value))
    return NONE


@models("operator.call")
def called(call: ModelCall) -> Value:
    return call.call_with(call.argument(0), call.arguments.without(1))
