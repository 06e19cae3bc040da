"""Whom a check of consent is about, in words: for reports, which are read beside the code."""

from __future__ import annotations

import re
from typing import Final

from datause_lint.analysis.facts import Fact
from datause_lint.analysis.objects import ELEMENT, ROW, Kind, Obj, own_name

EVERYBODY: Final = "everybody"
_SITE: Final = re.compile(r"(?P<module>[^:]*):.*?@(?P<line>\d+):")
_HIDDEN: Final = "@"  # begins a key that no code spells
_AROUND: Final = ".[]'\""  # a name, as the key of a field


def description_of_subject(fact: Fact) -> str:
    """``memo.author``, *each element of people*, *the Candidate made in store, line 21*."""
    if fact.subject is None:
        return EVERYBODY
    if fact.every:
        return description(fact.subject).replace("an element of", "each element of", 1)
    return description(fact.subject)


def description(obj: Obj) -> str:
    """An object as a reader of the code would call it."""
    if obj.kind is Kind.FIELD and obj.base is not None:
        return _described_field(obj.base, obj.key)
    if obj.kind is Kind.PARAMETER:
        return obj.key.rpartition("(")[2].rstrip(")")
    if obj.kind is Kind.REQUESTER:
        return "whoever makes the request"
    if obj.kind in (Kind.MODULE, Kind.CLASS, Kind.FUNCTION):
        return obj.key.replace(":", ".")
    if obj.kind is Kind.ANY_INSTANCE:
        return f"any {_noun(obj)}"
    name = own_name(obj)
    if obj.kind is Kind.CURRENT or (obj.kind is Kind.PAST and obj.key.startswith("current ")):
        return f"the element of the loop in {_place(name)}"
    return f"the {_noun(obj)} {'made in' if obj.kind is Kind.NEW else 'from'} {_place(name)}"


def _described_field(base: Obj, key: str) -> str:
    holder = description(base)
    if key == ELEMENT:
        return f"an element of {holder}"
    if key == ROW:
        return f"a row of {holder}"
    if key.startswith(_HIDDEN):  # NARROWED too: the same person, where of that class
        return holder
    if " " not in holder:
        return f"{holder}{key}"
    name = key.strip(_AROUND)
    return f"item {name} of {holder}" if name.isdecimal() else f"{name} of {holder}"


def _noun(obj: Obj) -> str:
    """Of a class the name, of a row of a table that it is one."""
    if obj.cls is not None:
        return obj.cls.rpartition(":")[2].rpartition(".")[2]
    if obj.api is None:
        return "object"
    words = re.findall(r"\w+", obj.api)
    return words[-1] if words else "object"


def _place(site: str) -> str:
    match = _SITE.match(site)
    return f"{match['module']}, line {match['line']}" if match else "elsewhere"
