"""The words by which a source file with a direct way into a sink can be told without parsing it."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping

from datause_lint.policy.entries import Api, Propagator, Sink
from datause_lint.policy.path_table import ApiNames, PathTable


def anchor_words(
    sinks: Iterable[Sink], apis: Iterable[Api], sink_paths: PathTable[Sink], names: ApiNames
) -> tuple[str, ...]:
    """Sorted: top modules of the sinks' paths and of other names for what leads there, last names of paths that begin
    with a wildcard, hosts of URLs (of one with a wildcard its longest constant part)."""
    words: set[str] = set()
    for sink in sinks:
        words.update(_word_of_path(path) for path in sink.call)
        words.update(_word_of_url(url) for url in sink.url)
    for api in apis:
        if sink_paths.has_prefix(names.spellings(api.same_as)[-1]):
            words.update(_word_of_path(path) for path in (*api.path, api.same_as))
    return tuple(sorted(words))


def _word_of_path(path: str) -> str:
    names = [segment.rstrip("()[]") for segment in path.split(".")]
    if names[0].startswith("*"):
        return next(name for name in reversed(names) if not name.startswith("*"))
    return names[0]


def _word_of_url(url: str) -> str:
    host = url.partition("/")[0]
    constant = host if host.strip("*.") else url
    return max((part.strip("./:-_") for part in constant.split("*")), key=len)


def anchor_modules(
    sinks: Iterable[Sink], apis: Iterable[Api], sink_paths: PathTable[Sink], names: ApiNames
) -> tuple[str, ...]:
    """Sorted: the modules at the head of the sinks' paths; of a company's common name space, with what follows it."""
    paths = [path for sink in sinks for path in sink.call]
    for api in apis:
        if sink_paths.has_prefix(names.spellings(api.same_as)[-1]):
            paths.extend((*api.path, api.same_as))
    return tuple(sorted({_module_of(path) for path in paths if not path.startswith("*")}))


COMMON_NAME_SPACES = frozenset({"google", "azure"})


def _module_of(path: str) -> str:
    top, _, rest = path.partition(".")
    if top not in COMMON_NAME_SPACES:
        return top.rstrip("()[]")
    following = rest.partition(".")[0]
    return f"{top}.{following}" if following.isidentifier() else top


HTTP_WORDS = frozenset({"post", "put", "request", "stream", "urlopen", "Request", "build_request"})
SOCKET_WORDS = frozenset(
    {"connect", "ws_connect", "connect_ws", "create_connection", "WebSocketApp"}
    | {"send", "send_str", "send_text", "send_json", "send_bytes", "send_binary"}
)


def sink_words(
    sinks: Iterable[Sink], apis: Iterable[Api], propagators: Iterable[Propagator]
) -> Mapping[str, frozenset[str]]:
    """Last names of the sinks' paths, by the module that anchors them, and of what calls a sink of an object that it is
    given (``from_documents(documents, embeddings)``); under "" the latter, and those of paths with a wildcard first,
    under "url" the methods of HTTP clients and web sockets, which reach a sink by its address."""
    words: dict[str, set[str]] = defaultdict(set)
    for sink in sinks:
        for path in sink.call:
            words["" if path.startswith("*") else _module_of(path)].update(_last_name(path))
        if sink.url:
            words["url"].update(HTTP_WORDS | SOCKET_WORDS)
    for propagator in propagators:
        for path in propagator.call if propagator.calls is not None else ():
            # The standard library calls functions, which are named where they are handed over.
            if path.partition(".")[0] not in sys.stdlib_module_names:
                words[""].update(_last_name(path))
    for api in apis:  # other names for what leads there, and names of their own
        target = _module_of(api.same_as)
        for path in api.path:
            words[_module_of(path)].update(words.get(target, ()), _last_name(path))
    return {module: frozenset(found) for module, found in words.items()}


def _last_name(path: str) -> list[str]:
    names = [segment.rstrip("()[]") for segment in path.split(".")]
    return [name for name in names if name.isidentifier()][-1:]
