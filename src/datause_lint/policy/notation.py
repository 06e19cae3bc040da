"""The small notations inside a policy's strings: API paths, argument references, places of a call."""

from __future__ import annotations

import re
from functools import lru_cache

from datause_lint.policy.entries import ArgumentRef, Place

_NAME = r"[^\W\d]\w*"
_SEGMENT = rf"(?:{_NAME}|\*)(?:\(\)|\[\])*"
_API_PATH = re.compile(rf"(?:{_SEGMENT}|\*\*)(?:\.(?:{_SEGMENT}|\*\*))*")
_PARAMETER = re.compile(rf"(?P<function>.+)\((?P<parameter>{_NAME})\)")
_PLACE = re.compile(r"(?P<base>[^.\[\]]+)(?P<path>(?:\.\w+|\[\d*\])*)")
_PLACE_STEP = re.compile(r"\.\w+|\[\d*\]")
_KEY = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")


class NotationError(ValueError):
    """A malformed string; ``suggestion`` is what was most likely meant, where that is known."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion


def api_path(text: str) -> str:
    """The text itself, when it is a well-formed API path that says more than wildcards do."""
    if not _is_api_path(text):
        raise NotationError(f'"{text}" is no API path: {_fault_of_path(text)}', _mended_path(text))
    if all(segment.startswith("*") for segment in text.split(".")):
        raise NotationError(f'"{text}" would match everything: name a module, or an attribute ("*.name")')
    return text


def exact_api_path(text: str) -> str:
    """The text itself, when it is a well-formed API path without wildcards."""
    if "*" in text:
        raise NotationError(f'"{text}" has a wildcard, which this key does not take: name the object')
    return api_path(text)


def function_parameter(text: str) -> tuple[str, str]:
    """``"app.views.summarise(text)"``: the function's API path, and the parameter's name."""
    match = _PARAMETER.fullmatch(text)
    if match is None:
        raise NotationError(f'"{text}" names no parameter: write "module.function(parameter)"')
    return api_path(match["function"]), match["parameter"]


def parameter(text: str) -> str:
    """The text itself, when it is a function and one of its parameters."""
    function_parameter(text)
    return text


@lru_cache(maxsize=1024)
def argument_ref(text: str) -> ArgumentRef:
    """``"0"``, ``"messages"``, ``"messages|0"``, ``"*"`` or ``"self"``."""
    if text == "*":
        return ArgumentRef(every=True)
    words = text.split("|")
    for word in words:
        if not (word.isidentifier() or _is_position(word)):
            raise NotationError(
                f'"{text}" names no argument: write a position ("0"), a name ("messages"), either ("messages|0"), '
                '"*" or "self"'
            )
    return ArgumentRef(
        positions=tuple(int(word) for word in words if _is_position(word)),
        names=tuple(word for word in words if word.isidentifier() and word != "self"),
        receiver="self" in words,
    )


def place(text: str) -> Place:
    """``"return"``, ``"self"`` or an argument, and where in it: ``"return[0]"``, ``"return.text"``, ``"0[]"``."""
    match = _PLACE.fullmatch(text)
    if match is None:
        raise NotationError(
            f'"{text}" is no place of a call: write "return", "self" or an argument, then ".name", "[0]" or "[]"'
        )
    base = None if match["base"] == "return" else argument_ref(match["base"])
    return Place(base, tuple(_PLACE_STEP.findall(match["path"])))


def input_place(text: str) -> Place:
    """A place that holds something before the call: any but the return value."""
    found = place(text)
    if found.base is None:
        raise NotationError('"return" holds nothing before the call: name "self" or an argument', "self")
    return found


def url_pattern(text: str) -> str:
    """The text itself, when it is a host, or host and path, with ``*`` for any text."""
    bare = text.partition("://")[2].partition("?")[0] or text
    if bare != text or re.search(r"[\s?#]", text):
        raise NotationError(f'"{text}" is no host or host/path: scheme and query do not count', bare.partition("#")[0])
    if not text.strip("*/."):
        raise NotationError(f'"{text}" would match everything: name a host, or a path ("*/chat/completions")')
    return text


def dotted_key(text: str) -> str:
    """The text itself, when it is the key of a category or of a use."""
    if _KEY.fullmatch(text) is None:
        raise NotationError(f'"{text}" is no key: write lower-case words with dots, such as "user.contact"')
    return text


def _is_position(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 4


def _is_api_path(text: str) -> bool:
    return _API_PATH.fullmatch(text) is not None and not re.match(r"\*[(\[]", text)


def _fault_of_path(text: str) -> str:
    if not text or text.startswith(".") or text.endswith(".") or ".." in text:
        return "between two dots, before and after stands a name"
    if ":" in text:
        return "module and name are joined by a dot"
    if re.search(r"\([^)]|\[[^\]]", text):
        return "() and [] are written empty"
    if "**(" in text or "**[" in text or text.startswith(("*(", "*[")):
        return "no () or [] stands after ** and after a * at the start"
    if "*" in text:
        return "* and ** stand for whole segments"
    return 'write names with dots, "()" for a call\'s result and "[]" for an element'


def _mended_path(text: str) -> str | None:
    mended = re.sub(r"\([^()]*\)", "()", re.sub(r"\[[^\[\]]*\]", "[]", text.strip().replace(":", ".")))
    return mended if mended != text and _is_api_path(mended) else None
