"""Caches and stores of keys outside of the program: Redis, memcached, Django's cache and their like."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from datause_lint.analysis.access import DICT, LIST, known_keys, read
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import BoundAtom, FunctionAtom
from datause_lint.analysis.disk import UNKNOWN
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.kept_by_key import (
    PUTTING_FIELDS,
    PUTTING_MANY,
    PUTTING_REST,
    PUTTING_SECOND,
    PUTTING_THIRD,
    entries_under,
    found_under,
    keys_of,
    library_of,
    put_under,
    store_of,
)
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span

FIELD: Final = " -> "  # between the key of a hash and the name of a field


class Caches(Framework):
    def model_of(self, path: str) -> Model | None:
        if library_of(path) is None:
            return None
        name = path.rpartition(".")[2]
        if name.startswith("a") and name[1:] in _METHODS:  # ``await cache.aget(key)`` of Django
            name = name[1:]
        return _METHODS.get(name)

    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        stores = _stores_in(frame, base)
        if not stores or _is_alias(base):
            return None
        keys = keys_of(frame, state, key)
        return join_all([found, *(found_under(frame, state, each, keys) for each in stores)])

    def set_item(self, frame: Frame, state: State, base: Value, key: Value, value: Value) -> bool:
        stores = _stores_in(frame, base)
        for each in stores:
            put_under(frame, state, each, keys_of(frame, state, key), value)
        return bool(stores)


def _stores_in(frame: Frame, base: Value) -> list[Obj]:
    apis = [obj.api for obj in base.objects() if obj.api is not None and obj.api.endswith(")")]
    libraries = dict.fromkeys(found for api in apis if (found := library_of(api)) is not None)
    return [store_of(frame, each) for each in libraries]


def _is_alias(base: Value) -> bool:
    """``caches["sessions"]`` is a cache, and nothing that a cache holds."""
    return any((obj.api or "").endswith("caches") for obj in base.objects())


# ── what calls do ─────────────────────────────────────────────────────────────────────────────────────────────────


def _store(call: ModelCall) -> Obj:
    return store_of(call.frame, library_of(call.path) or "")


def _keys(call: ModelCall, key: Value) -> list[str]:
    return keys_of(call.frame, call.state, key)


def _whatever(call: ModelCall) -> Value:
    """What a call gives of which nothing else is known: it is of the store, and not of the key."""
    api = call.frame.world.policy.canonical(call.path)
    name = api.rpartition(".")[2]
    made, _ = unknown_call(call.frame, call.state, api, EMPTY, Arguments(), call.span, call.caller, EMPTY, name)
    return made


def _key(call: ModelCall) -> Value:
    for name in ("key", "name"):
        if name in call.arguments.keywords:
            return call.arguments.keywords[name]
    return call.argument(0)


def _put(position: int, *names: str) -> Model:
    """``set(key, value)``."""

    def model(call: ModelCall) -> Value:
        value = join_all(_named(call, *names) or [call.argument(position)])
        put_under(call.frame, call.state, _store(call), _keys(call, _key(call)), value)
        return _whatever(call)

    return model


def _put_rest(position: int) -> Model:
    """``rpush(key, *values)``."""

    def model(call: ModelCall) -> Value:
        more = call.arguments.more
        values = [*call.arguments.positional[position:], *([more] if more is not None else [])]
        held = [join(each, call.elements(each)) for each in (*values, *_named(call, "values", "mapping"))]
        put_under(call.frame, call.state, _store(call), _keys(call, _key(call)), join_all(held))
        return _whatever(call)

    return model


def _named(call: ModelCall, *names: str) -> list[Value]:
    return [call.arguments.keywords[name] for name in names if name in call.arguments.keywords]


def _put_many(call: ModelCall) -> Value:
    """``set_many({key: value})``."""
    for text, value in _pairs(call, call.argument(0, "mapping")):
        put_under(call.frame, call.state, _store(call), [text], value)
    return _whatever(call)


def _pairs(call: ModelCall, mapping: Value) -> Iterable[tuple[str, Value]]:
    for obj in mapping.objects():
        known = known_keys(call.frame, call.state, obj)
        yield from ((str(key), read(call.frame, call.state, of(obj), index(key))) for key in known)
        yield UNKNOWN, read(call.frame, call.state, of(obj), ELEMENT) if not known else _beside(call, obj)


def _beside(call: ModelCall, obj: Obj) -> Value:
    """What stands under keys that are not known."""
    return call.state.stored(obj, ELEMENT) or EMPTY


def _put_field(call: ModelCall) -> Value:
    """``hset(key, field, value)``, ``hset(key, mapping={…})``, ``hmset(key, {…})``."""
    store, keys = _store(call), _keys(call, _key(call))
    mapping = call.arguments.keywords.get("mapping", EMPTY)
    field = call.arguments.keywords.get("key" if "name" in call.arguments.keywords else "field")
    if call.path.endswith("hmset"):
        mapping = join(mapping, call.argument(1))
    else:
        fields = _keys(call, field if field is not None else call.argument(1))
        value = call.argument(2, "value")
        put_under(call.frame, call.state, store, [f"{key}{FIELD}{each}" for key in keys for each in fields], value)
    for text, value in _pairs(call, mapping):
        put_under(call.frame, call.state, store, [f"{key}{FIELD}{text}" for key in keys], value)
    return _whatever(call)


def _get(call: ModelCall) -> Value:
    """``get(key, default)``."""
    found = found_under(call.frame, call.state, _store(call), _keys(call, _key(call)))
    default = call.argument(1, "default") if "redis" not in call.path else EMPTY
    return join_all([_whatever(call), found, default])


def _get_or_set(call: ModelCall) -> Value:
    """``get_or_set(key, make)``."""
    default = call.argument(1, "default")
    code = Value({atom: known for atom, known in default.atoms.items() if isinstance(atom, (FunctionAtom, BoundAtom))})
    made = call.call(code) if code.atoms else default
    keys, store = _keys(call, _key(call)), _store(call)
    put_under(call.frame, call.state, store, keys, made)
    return join_all([_whatever(call), found_under(call.frame, call.state, store, keys), made])


def _get_many(call: ModelCall) -> Value:
    """``get_many(keys)``: a dict."""
    store, made = _store(call), call.new(DICT, "~many")
    for text in _keys(call, call.elements(_key(call))):
        found = found_under(call.frame, call.state, store, [text])
        call.state.store_weakly(made, index(text) if UNKNOWN not in text else ELEMENT, found)
    return of(made)


def _get_list(call: ModelCall) -> Value:
    """``mget(keys)``, ``mget(first, second)``: a list."""
    keys = join_all([join(each, call.elements(each)) for each in call.arguments.all()])
    return call.container(
        LIST, join(_whatever(call), found_under(call.frame, call.state, _store(call), _keys(call, keys)))
    )


def _get_all(call: ModelCall) -> Value:
    """``lrange(key, 0, -1)``: a list of what has been put there."""
    found = found_under(call.frame, call.state, _store(call), _keys(call, _key(call)))
    return call.container(LIST, join(_whatever(call), found))


def _get_field(call: ModelCall) -> Value:
    """``hget(key, field)``."""
    fields = _keys(call, call.argument(1, "key" if "name" in call.arguments.keywords else "field"))
    keys = [f"{key}{FIELD}{field}" for key in _keys(call, _key(call)) for field in fields]
    return join(_whatever(call), found_under(call.frame, call.state, _store(call), keys))


def _get_fields(call: ModelCall) -> Value:
    """``hgetall(key)``: a dict of all fields; ``hvals``: their values."""
    keys = [f"{key}{FIELD}{UNKNOWN}" for key in _keys(call, _key(call))]
    found = entries_under(call.frame, call.state, _store(call), keys)
    if not call.path.endswith("hgetall"):
        return call.container(LIST, join_all([_whatever(call), *(value for _, value in found)]))
    made = call.new(DICT, "~fields")
    call.state.store(made, ELEMENT, _whatever(call))
    for text, value in found:
        field = text.rpartition(FIELD)[2]
        call.state.store_weakly(made, index(field) if UNKNOWN not in field else ELEMENT, value)
    return of(made)


def _same(call: ModelCall) -> Value:
    """``pipeline()``: what is done there is done in the store; it holds nothing itself."""
    return of(call.external(f"{call.frame.world.policy.canonical(call.path)}()"))


_METHODS: Final[dict[str, Model]] = {
    **dict.fromkeys(PUTTING_SECOND, _put(1, "value")),
    **dict.fromkeys(PUTTING_THIRD, _put(2, "value")),
    **dict.fromkeys(PUTTING_REST, _put_rest(1)),
    **dict.fromkeys(PUTTING_MANY, _put_many),
    **dict.fromkeys(PUTTING_FIELDS, _put_field),
    "get_or_set": _get_or_set,
    **dict.fromkeys(("get", "getdel", "getex", "gets"), _get),
    **dict.fromkeys(("lpop", "rpop", "lindex", "spop", "srandmember"), _get),
    **dict.fromkeys(("lrange", "smembers", "zrange", "zrevrange", "zrangebyscore", "zrevrangebyscore"), _get_all),
    **dict.fromkeys(("blpop", "brpop", "xrange", "xrevrange", "sscan_iter", "zpopmin", "zpopmax", "sort"), _get_all),
    **dict.fromkeys(("get_many", "get_multi", "get_dict"), _get_many),
    **dict.fromkeys(("mget", "multi_get"), _get_list),
    "hget": _get_field,
    **dict.fromkeys(("hgetall", "hvals", "hmget"), _get_fields),
    "pipeline": _same,
}
