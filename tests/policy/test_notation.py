from __future__ import annotations

from collections.abc import Callable

import pytest

from datause_lint.policy.entries import ArgumentRef, Place
from datause_lint.policy.notation import (
    NotationError,
    api_path,
    argument_ref,
    exact_api_path,
    function_parameter,
    input_place,
    place,
    url_pattern,
)


@pytest.mark.parametrize(
    "path",
    ["openai.OpenAI().chat.completions.create", "pkg.X()[]", "pkg.X[]", "a.**.b", "a.*().b", "*.has_consent", "**.ask"],
)
def test_api_paths(path: str) -> None:
    assert api_path(path) == path


@pytest.mark.parametrize(
    ("path", "message", "suggestion"),
    [
        ("app:run", '"app:run" is no API path: module and name are joined by a dot', "app.run"),
        ("app.f(x)", '"app.f(x)" is no API path: () and [] are written empty', "app.f()"),
        ("app.d['k']", "\"app.d['k']\" is no API path: () and [] are written empty", "app.d[]"),
        ("app..f", '"app..f" is no API path: between two dots, before and after stands a name', None),
        ("app.get_*", '"app.get_*" is no API path: * and ** stand for whole segments', None),
        ("app.**()", '"app.**()" is no API path: no () or [] stands after ** and after a * at the start', None),
        ("*().x", '"*().x" is no API path: no () or [] stands after ** and after a * at the start', None),
        ("**", '"**" would match everything: name a module, or an attribute ("*.name")', None),
        ("*.*", '"*.*" would match everything: name a module, or an attribute ("*.name")', None),
    ],
)
def test_malformed_api_paths(path: str, message: str, suggestion: str | None) -> None:
    with pytest.raises(NotationError) as caught:
        api_path(path)
    assert (caught.value.message, caught.value.suggestion) == (message, suggestion)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", ArgumentRef(positions=(0,))),
        ("messages", ArgumentRef(names=("messages",))),
        ("messages|0", ArgumentRef(positions=(0,), names=("messages",))),
        ("*", ArgumentRef(every=True)),
        ("self", ArgumentRef(receiver=True)),
    ],
)
def test_arguments(text: str, expected: ArgumentRef) -> None:
    assert argument_ref(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("return", Place(None)),
        ("return[0]", Place(None, ("[0]",))),
        ("return.text", Place(None, (".text",))),
        ("0[]", Place(ArgumentRef(positions=(0,)), ("[]",))),
        ("messages|0[].content", Place(ArgumentRef(positions=(0,), names=("messages",)), ("[]", ".content"))),
        ("self", Place(ArgumentRef(receiver=True))),
        ("*", Place(ArgumentRef(every=True))),
    ],
)
def test_places(text: str, expected: Place) -> None:
    assert place(text) == expected


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (argument_ref, "-1"),
        (argument_ref, "*|0"),
        (argument_ref, "a b"),
        (argument_ref, "0|"),
        (argument_ref, "99999999999"),
        (place, "return["),
        (place, "[0]"),
        (place, "return[-1]"),
        (input_place, "return.x"),
        (function_parameter, "app.f"),
        (function_parameter, "app.f(a, b)"),
        (exact_api_path, "app.*"),
        (url_pattern, "https://api.openai.com"),
        (url_pattern, "*"),
        (url_pattern, "*/"),
    ],
)
def test_malformed(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(NotationError):
        parse(text)


def test_parameter() -> None:
    assert function_parameter("app.views.summarise(text)") == ("app.views.summarise", "text")
