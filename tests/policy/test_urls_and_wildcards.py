from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datause_lint.policy.loader import PackText, load_policy
from datause_lint.policy.wildcards import matches


def naive(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(naive(pattern[1:], text[skipped:]) for skipped in range(len(text) + 1))
    return text[:1] == pattern[0] and naive(pattern[1:], text[1:])


@given(st.text("ab*", max_size=7), st.text("ab", max_size=8))
def test_wildcards(pattern: str, text: str) -> None:
    assert matches(pattern, text) is naive(pattern, text)


PACK = """
[[sink]]
id = "host"
url = "API.openai.com"
use = "ai"
[[sink]]
id = "azure"
url = "*.openai.azure.com"
use = "ai"
[[sink]]
id = "path"
url = ["*/chat/completions", "gateway.example/v1/*"]
use = "ai"
"""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.openai.com/v1/files", ["host"]),
        ("https://api.openai.com:443/v1/chat/completions?x=1", ["host", "path"]),
        ("https://user:key@API.OpenAI.com", ["host"]),
        ("api.openai.com/v1/files", ["host"]),
        ("https://api.openai.com.evil.example/", []),
        ("https://{}.openai.azure.com/x", ["azure"]),
        ("https://{}/v1/chat/completions/", ["path"]),
        ("{}/chat/completions", ["path"]),
        ("{}chat/completions", ["path"]),
        ("/chat/completions", ["path"]),
        ("http://localhost:{}/chat/completions", ["path"]),
        ("https://gateway.example/v1/anything/at/all", ["path"]),
        ("https://gateway.example/v2", []),
        ("https://example.org/?next=https://api.openai.com", []),
        ("http://[::1", []),
        ("{}", []),
        ("", []),
    ],
)
@pytest.mark.usefixtures("small_packs")
def test_urls(url: str, expected: list[str]) -> None:
    tables = load_policy([PackText("urls", PACK)], default_packs=False)
    assert [sink.id for sink in tables.url_sinks(url)] == expected
