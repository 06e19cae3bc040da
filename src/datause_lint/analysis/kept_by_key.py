"""Stores outside of the program that keep things by a key: what one piece of code puts there, another one may find.

A store of a library is one, whichever server or alias it is; a key is known by its text, ``{}`` for the parts that are
not known: ``note:{}``. A key of which nothing is known meets others of the kind, and no key that is known: a program
has counters, and answers under hashes, in the store where it has its sessions.
"""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import indexed
from datause_lint.analysis.disk import UNKNOWN, texts_of
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj, constant_in, index
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, Value, join_all

KEYS_READ: Final = (
    "keys that are read"  # the object whose keys are those that somebody looks up, each behind its store's
)
_NOT_TELLING: Final = "{}:-_/. "
MAXIMAL_KEYS: Final = 16  # that one call may mean
LIBRARIES: Final = {
    **dict.fromkeys(
        ("redis", "aioredis", "fakeredis", "django_redis", "flask_redis", "valkey", "coredis", "upstash_redis"), "redis"
    ),
    **dict.fromkeys(
        ("memcache", "pymemcache", "pylibmc", "bmemcached", "aiomcache", "google.appengine.api.memcache"), "memcached"
    ),
    "django.core.cache": "django",
    "flask_caching": "flask",
    "flask_cache": "flask",
    "cachelib": "flask",
    "aiocache": "aiocache",
    "diskcache": "diskcache",
}
"""The beginnings of paths, each with the name of the store that all who use it share."""
PUTTING_SECOND: Final = ("set", "setnx", "add", "replace", "append", "prepend", "getset", "cas")
PUTTING_THIRD: Final = ("setex", "psetex", "lset")
PUTTING_REST: Final = ("rpush", "lpush", "rpushx", "lpushx", "sadd", "zadd", "xadd", "publish", "linsert")
PUTTING_MANY: Final = ("set_many", "set_multi", "mset", "msetnx", "multi_set")
PUTTING_FIELDS: Final = ("hset", "hmset", "hsetnx")
"""The methods that put something there, by which of their arguments they put."""

PUTTING: Final = frozenset(
    (*PUTTING_SECOND, *PUTTING_THIRD, *PUTTING_REST, *PUTTING_MANY, *PUTTING_FIELDS, "get_or_set")
) | {"aset", "aadd", "aset_many", "aget_or_set"}
"""All of them, with those that Django waits for."""


def library_of(path: str) -> str | None:
    """The store that a path of an API leads to."""
    first = path.partition(".")[0].removesuffix("()")
    if first in LIBRARIES:
        return LIBRARIES[first]
    return next((name for begin, name in LIBRARIES.items() if "." in begin and path.startswith(f"{begin}.")), None)


def store_of(frame: Frame, library: str) -> Obj:
    store = frame.world.objects.external(f"store {library}", None)
    frame.world.shared.announce(store)
    return store


def keys_of(frame: Frame, state: State, key: Value) -> list[str]:
    """The texts that a key may be."""
    texts = list(dict.fromkeys(texts_of(frame, state, key)))[:MAXIMAL_KEYS]
    return [text if text.strip(_NOT_TELLING) else UNKNOWN for text in texts] or [UNKNOWN]


def put_under(frame: Frame, state: State, store: Obj, keys: list[str], value: Value) -> None:
    """An answer that is kept there is no answer any more for whoever finds it: nobody knows when it was asked."""
    kept = Value(value.atoms)
    for key in keys if kept.atoms else ():
        state.store_weakly(store, index(key), kept)
        frame.world.publisher.publish(frame, state, store, index(key), kept)


def found_under(frame: Frame, state: State, store: Obj, keys: list[str]) -> Value:
    """What the program has put under any key that may be one of them."""
    return join_all([value for _, value in entries_under(frame, state, store, keys)])


def entries_under(frame: Frame, state: State, store: Obj, keys: list[str]) -> list[tuple[str, Value]]:
    """The same, each with its key."""
    for key in keys:
        frame.world.shared.write(frame.world.objects.external(KEYS_READ, None), f"{store.key} {key}", EMPTY)
    known = [(str(constant_in(key)), value) for key, value in indexed(frame, state, store)]
    return [(text, value) for text, value in known if any(may_be_one(text, key) for key in keys)]


def may_be_one(left: str, right: str) -> bool:
    """Whether two texts with parts that are not known may be the same."""
    if UNKNOWN in (left, right) or (UNKNOWN not in left and UNKNOWN not in right):
        return left == right
    begin_left, begin_right = left.partition(UNKNOWN)[0], right.partition(UNKNOWN)[0]
    end_left, end_right = left.rpartition(UNKNOWN)[2], right.rpartition(UNKNOWN)[2]
    begins = begin_left.startswith(begin_right) or begin_right.startswith(begin_left)
    return begins and (end_left.endswith(end_right) or end_right.endswith(end_left))
