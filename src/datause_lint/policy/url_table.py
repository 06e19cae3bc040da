"""Sinks by the URL of an HTTP request."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from datause_lint.policy.entries import Sink
from datause_lint.policy.wildcards import matches


class UrlTable:
    """A pattern is a host (``api.openai.com``, ``*.openai.azure.com``), or host and path (``*/chat/completions``),
    where ``*`` stands for any text. Scheme, port, query, a slash at the end and the case of the host do not count."""

    def __init__(self, sinks: Iterable[Sink]) -> None:
        self._by_host: dict[str, list[tuple[int, Sink]]] = {}
        self._by_pattern: list[tuple[str, int, Sink]] = []
        for order, sink in enumerate(sinks):
            for pattern in sink.url:
                host, slash, path = pattern.rstrip("/").partition("/")
                if slash or "*" in host:
                    self._by_pattern.append((host.lower() + slash + path, order, sink))
                else:
                    self._by_host.setdefault(host.lower(), []).append((order, sink))

    def matches(self, url: str) -> tuple[Sink, ...]:
        """The sinks of a URL in which ``{}`` stands for each part that is not constant, in the order of building."""
        host, path = _host_and_path(url)
        found = dict(self._by_host.get(host, ()))
        for pattern, order, sink in self._by_pattern:
            if matches(pattern, host + path if "/" in pattern else host):
                found[order] = sink
        return tuple(found[order] for order in sorted(found))


def _host_and_path(url: str) -> tuple[str, str]:
    if "//" not in url.partition("?")[0]:
        url = "//" + url  # no scheme: the host, or what is not constant, comes first
    try:
        parts = urlsplit(url)
    except ValueError:  # of scanned code, where an address in brackets may be malformed
        return "", ""
    host = parts.netloc.rpartition("@")[2].lower()
    name, colon, port = host.rpartition(":")
    host = name if colon and (port.isdigit() or port == "{}") else host
    path = parts.path.rstrip("/")
    # f"{base}chat/completions": the base ends in a slash, or the request would not work.
    if host.startswith("{}") and len(host) > 2 and host[2] != ".":
        host, path = "{}", f"/{host[2:]}{path}"
    return host, path
