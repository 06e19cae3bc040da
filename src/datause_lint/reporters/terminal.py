"""Text for a terminal: colours, and scanned text made harmless."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import Enum

Paint = Callable[[str, "Style"], str]


class Style(Enum):
    """Select Graphic Rendition parameters of ECMA-48."""

    STRONG = "1"
    DIM = "2"
    RED = "1;31"
    YELLOW = "1;33"
    GREEN = "32"
    BLUE = "34"
    CYAN = "1;36"


def painter(color: bool) -> Paint:
    return _painted if color else _plain


def _painted(text: str, style: Style) -> str:
    return f"\x1b[{style.value}m{text}\x1b[0m" if text else text


def _plain(text: str, style: Style) -> str:
    return text


# Control characters could rewrite what the terminal already shows, bidirectional controls what the reader sees.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """The text on one line, with control characters spelled as escapes."""
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def width(text: str) -> int:
    """The columns that printable text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_width_of(character) for character in text)


def _width_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
