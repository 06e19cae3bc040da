"""Classes of the program that derive from ``Mapping``: what their base does by their own special methods."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import DICT, LIST, TUPLE, known_keys
from datause_lint.analysis.atoms import Atom, Const
from datause_lint.analysis.known_keys import has_known_keys_only
from datause_lint.analysis.models.containers import with_default
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall, models
from datause_lint.analysis.objects import ELEMENT, Obj, index
from datause_lint.analysis.special_methods import special_methods
from datause_lint.analysis.values import EMPTY, NONE, Value, join, of

PACKAGES: Final = ("collections.abc", "typing")
READING: Final = tuple(f"{each}.{kind}()" for each in PACKAGES for kind in ("Mapping", "MutableMapping"))
WRITING: Final = tuple(path for path in READING if "Mutable" in path)


@models(*(f"{path}.keys" for path in READING))
def keys(call: ModelCall) -> Value:
    return call.container(LIST, call.elements(call.receiver)) if _defines(call, "__iter__") else UNMODELLED


@models(*(f"{path}.values" for path in READING))
def values(call: ModelCall) -> Value:
    found = _under_any(call, call.elements(call.receiver))
    return call.container(LIST, found) if found is not None else UNMODELLED


@models(*(f"{path}.items" for path in READING))
def items(call: ModelCall) -> Value:
    pair = _pair(call)
    return call.container(LIST, of(pair)) if pair is not None else UNMODELLED


@models(*(f"{path}.popitem" for path in WRITING))
def taken(call: ModelCall) -> Value:
    pair = _pair(call)
    return of(pair) if pair is not None else UNMODELLED


def _pair(call: ModelCall) -> Obj | None:
    names = call.elements(call.receiver)
    found = _under_any(call, names)
    if found is None or not call.returns:
        return None
    made = call.new(TUPLE, "~pair")
    call.state.store(made, index(0), names)
    call.state.store(made, index(1), found)
    return made


def _under_any(call: ModelCall, names: Value) -> Value | None:
    return call.special(call.receiver, "__getitem__", given=[names])


@models(*(f"{path}.get" for path in READING), *(f"{path}.pop" for path in WRITING))
def looked_up(call: ModelCall) -> Value:
    """A key that is missing is an error of ``__getitem__``, and no end of the call."""
    found = call.special(call.receiver, "__getitem__", given=[call.argument(0, "key")])
    default = call.optional(1, "default")
    if default is None and call.path.endswith(".get"):
        default = NONE
    if found is None:
        return UNMODELLED
    call.returns = call.returns or default is not None
    return with_default(found, default) if default is not None else found


@models(*(f"{path}.setdefault" for path in WRITING))
def put_if_missing(call: ModelCall) -> Value:
    if not _defines(call, "__setitem__"):
        return UNMODELLED
    key, default = call.argument(0, "key"), call.optional(1, "default") or NONE
    found = call.special(call.receiver, "__getitem__", given=[key])
    call.returns = True
    _may_put(call, key, default)
    return join(found, default) if found is not None else default


@models(*(f"{path}.update" for path in WRITING))
def put_all(call: ModelCall) -> Value:
    if not _defines(call, "__setitem__"):
        return UNMODELLED
    for given in call.arguments.positional:
        for obj in given.objects():
            for name in known_keys(call.frame, call.state, obj) if obj.api == DICT else ():
                _may_put(call, of(Const(name, type(name))), call.read(of(obj), index(name)))
        others = Value({atom: carried for atom, carried in given.atoms.items() if not _is_told(call, atom)})
        if others.atoms:
            _may_put(call, call.elements(others), join(call.read(others, ELEMENT), call.data(others)))
    for name, value in call.arguments.keywords.items():
        _put(call, of(Const(name, str)), value)
    if call.arguments.more_keywords is not None:
        _may_put(call, EMPTY, call.arguments.more_keywords)
    return NONE


def _defines(call: ModelCall, name: str) -> bool:
    return bool(special_methods(call.frame, call.state, call.receiver, name).atoms)


def _is_told(call: ModelCall, atom: Atom) -> bool:
    return type(atom) is Obj and atom.api == DICT and has_known_keys_only(call.frame, call.state, atom)


def _may_put(call: ModelCall, key: Value, value: Value) -> None:
    call.maybe(special_methods(call.frame, call.state, call.receiver, "__setitem__"), key, value)


def _put(call: ModelCall, key: Value, value: Value) -> None:
    call.special(call.receiver, "__setitem__", given=[key, value])
    call.returns = True
