"""Texts that are put together: what they may be, where some of the parts are one of several, or not known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final
from urllib.parse import urljoin

from datause_lint.analysis import guards
from datause_lint.analysis.atoms import Atom, Const, Data, Label, Pattern
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.values import Value

UNKNOWN: Final = "{}"
MAXIMAL_TEXT: Final = 2000  # characters
MAXIMAL_ALTERNATIVES: Final = 4
_URL_PART: Final = re.compile(r"https?:|wss?:|^/\w|\w/\w")
_SQL: Final = re.compile(r"\b(select|insert|update|delete|from|where)\b", re.IGNORECASE)


def urls_made_of(frame: Frame, parts: Iterable[Value]) -> list[Atom]:
    """The texts that the parts make when they are put together, where those look like a URL and may be several; of SQL,
    where all that they may be is known.

    Nothing where one text stands for all, or they are too many: others know what to make of that.
    """
    alternatives = [_alternatives(frame, part) for part in parts]
    texts = [text for each in alternatives for text in each]
    if not any(len(each) > 1 for each in alternatives):
        return []
    if any(map(_SQL.search, texts)):
        is_known = UNKNOWN not in texts and sum(map(len, texts)) < MAXIMAL_TEXT
        return _put_together(alternatives) if is_known else []
    return _put_together(alternatives) if any(map(_URL_PART.search, texts)) else []


def texts_joined(frame: Frame, separator: Value, parts: Sequence[Value], *, is_whole: bool) -> list[Atom]:
    """``"/".join([HOST, "chat", name])``, where that looks like a URL, or is all known; of ``[HOST, *names]`` the first
    is known."""
    between, *others = _alternatives(frame, separator)
    alternatives: list[list[str]] = []
    for part in parts:
        alternatives.extend([[between], _alternatives(frame, part)] if alternatives else [_alternatives(frame, part)])
    if others:
        return []
    if is_whole and between != UNKNOWN and all(len(each) == 1 and UNKNOWN not in each[0] for each in alternatives):
        return _put_together(alternatives)  # the columns of a query, say
    if not any(_URL_PART.search(text) for each in alternatives for text in each):
        return []
    return _put_together(alternatives if is_whole else [*alternatives, [between + UNKNOWN]])


def urls_resolved(frame: Frame, base: Value, path: Value) -> list[Atom]:
    """``urljoin(base, path)``."""
    pairs = product(_alternatives(frame, base), _alternatives(frame, path))
    found = dict.fromkeys(_resolved(base, path) for base, path in pairs if "://" in base)
    return _atoms_of(found) if len(found) <= MAXIMAL_ALTERNATIVES else []


def _resolved(base: str, path: str) -> str:
    try:
        return urljoin(base, path)[:MAXIMAL_TEXT]
    except ValueError:  # "https://[": an address that nobody can resolve
        return base[:MAXIMAL_TEXT]


def _put_together(alternatives: list[list[str]]) -> list[Atom]:
    found = dict.fromkeys(
        "".join(each)[:MAXIMAL_TEXT] for each in list(product(*alternatives))[: MAXIMAL_ALTERNATIVES + 1]
    )
    return _atoms_of(found) if len(found) <= MAXIMAL_ALTERNATIVES else []


def _atoms_of(texts: Iterable[str]) -> list[Atom]:
    return [Pattern(text) if UNKNOWN in text else Const(text, str) for text in texts]


def may_name_evidence(frame: Frame, parts: Sequence[Const | None]) -> bool:
    """Whether what the parts make, of which some are not known, may be the name of a field that says who consents."""
    known = [str(part.value) for part in parts if part is not None]
    if not known or len(known) == len(parts) or not all(map(str.isidentifier, ("_" + part for part in known))):
        return False
    pattern = re.compile("".join(r"\w+" if part is None else str(part.value) for part in parts))
    return any(map(pattern.fullmatch, frame.world.policy.evidence_fields()))


def _alternatives(frame: Frame, value: Value) -> list[str]:
    """What a part may be: ``{}`` where it may be anything else, too."""
    found: dict[str, None] = {}
    for atom in value.atoms:
        if isinstance(atom, Pattern):
            found[atom.text] = None
        elif isinstance(atom, (Label, Data)):
            continue  # the data in a text that is known otherwise
        else:
            constants = guards.fold(frame, Value({atom: frozenset()}))
            found.update(dict.fromkeys([str(each.value) for each in constants] if constants else [UNKNOWN]))
    return list(found) or [UNKNOWN]
