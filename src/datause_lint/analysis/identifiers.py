"""What identifiers say by themselves: which names stand for people, for records, for ids."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

PEOPLE: Final = frozenset(
    """account author applicant assignee borrower buyer candidate caller citizen client colleague consumer contact
    contributor customer driver donor employee friend guest guardian holder individual learner lead member owner
    parent participant passenger patient payer person player profile recipient recruit referee requester resident
    respondent sender student subject subscriber tenant traveller user viewer visitor volunteer voter worker writer
    creator reporter reader guarantor beneficiary insured claimant people creditor debtor lender teacher pupil
    doctor physician nurse therapist
    """.split()
)
"""Nouns for a person."""

SAME_PERSON: Final = frozenset(["user", "account", "person", "profile", "individual", "member", "identity", "contact"])
"""Relations of somebody that lead to himself, as others know him."""

HELD: Final = frozenset(["account", "profile", "contact", "lead", "member"])
"""Nouns for a person that are also what somebody has, or is in."""

SOFTWARE: Final = frozenset(
    """caller client creator driver holder parent player reader reporter requester sender subject subscriber viewer
    visitor worker writer""".split()
)
"""Those nouns for a person that are as often ones for software."""

RECORDS: Final = frozenset(
    "row record entry form payload profile message ticket note chat conversation email mail submission".split()
)
"""Nouns for what holds a person's data."""

WRITINGS: Final = RECORDS | frozenset(
    """post comment reply review feedback complaint letter inquiry enquiry answer question case request report
    application diary journal memo""".split()
)
"""Nouns for what somebody has written, with a title of his own."""

OF_THINGS: Final = frozenset("title subject description summary caption headline memo".split())
"""Names of texts that a thing has as well as what somebody says."""

MANY_NAMES: Final = 3  # that a note tells
ORDERS: Final = frozenset("prompt instruction goal".split())
"""What somebody tells a model to do."""

TOLD: Final = frozenset(
    "agent assistant bot chatbot config configuration persona preset setting skill template tool workflow".split()
)
"""Nouns for what is set up once, and told there what to do."""

ID_SUFFIXES: Final = ("_id", "_pk", "_uuid", "_uid", "_guid")
ID_NAMES: Final = frozenset(
    "id pk uuid uid guid _id number username login handle email email_address slug external_id".split()
)
"""Names of fields by which one person is told from all others."""

NUMBERS: Final = frozenset({"id", "pk", "_id", "uuid", "uid", "guid"})
"""Names of the field by which a record of its own is told from others, not a part of another one."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=65536)
def words(identifier: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORDS.findall(identifier))


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    if word == "people":
        return "person"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        return word[:-1]
    return word


@lru_cache(maxsize=65536)
def is_person(identifier: str) -> bool:
    """Whether the identifier's noun, its last word, is one for a person."""
    found = words(identifier)
    return bool(found) and singular(found[-1]) in PEOPLE


def is_same_person(relation: str) -> bool:
    found = words(relation)
    return bool(found) and singular(found[-1]) in SAME_PERSON


def is_held_by_somebody(noun: str) -> bool:
    found = words(noun)
    return bool(found) and singular(found[-1]) in HELD


def finds_person(function: str) -> bool:
    """Whether a function is called by what it does to get at a person: by a verb, and the noun."""
    return function[:1].islower() and is_person(function) and len(words(function)) > 1


@lru_cache(maxsize=65536)
def is_also_software(identifier: str) -> bool:
    """Whether the noun is one for a person, and as often one for software: a client of a firm, or of a server."""
    found = words(identifier)
    return bool(found) and singular(found[-1]) in SOFTWARE


@lru_cache(maxsize=65536)
def is_writing(identifier: str) -> bool:
    found = words(identifier)
    return bool(found) and singular(found[-1]) in WRITINGS


@lru_cache(maxsize=65536)
def is_of_things(identifier: str) -> bool:
    found = words(identifier)
    return bool(found) and singular(found[-1]) in OF_THINGS


@lru_cache(maxsize=65536)
def is_set_up(identifier: str, noun: str) -> bool:
    """``instruction`` of a ``SupportBot``, ``description`` of a ``ComponentConfig``: how it is set up, not what
    somebody has told it of himself."""
    name, holder = words(identifier), words(noun)
    return bool(name) and bool(holder) and singular(name[-1]) in ORDERS | OF_THINGS and singular(holder[-1]) in TOLD


@lru_cache(maxsize=65536)
def is_record(identifier: str) -> bool:
    found = words(identifier)
    return bool(found) and (singular(found[-1]) in PEOPLE or singular(found[-1]) in RECORDS)


@lru_cache(maxsize=65536)
def relation_of_id(name: str) -> str | None:
    """``owner`` of ``owner_id``; empty for ``id`` itself; None where the name is not that of an id."""
    if name in ID_NAMES:
        return ""
    for suffix in ID_SUFFIXES:
        if name.endswith(suffix):
            return name[: -len(suffix)]
    return None


def listed(names: list[str]) -> str:
    """Some names as a note tells them: ``title, description, …``."""
    return ", ".join(names[:MANY_NAMES]) + (", …" if len(names) > MANY_NAMES else "")
