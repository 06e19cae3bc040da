"""Texts that are put together: what they may be, where some of the parts are one of several, or not known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final

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
    """The texts that the parts make when they are put together, where those look like a URL and may be several.

    Nothing where one text stands for all, or they are too many: others know what to make of that.
    """
    alternatives = [_alternatives(frame, part) for part in parts]
    texts = [text for each in alternatives for text in each]
    if not any(len(each) > 1 for each in alternatives) or not any(map(_URL_PART.search, texts)):
        return []
    if any(map(_SQL.search, texts)):
        return []
    found = dict.fromkeys(
        "".join(each)[:MAXIMAL_TEXT] for each in list(product(*alternatives))[: MAXIMAL_ALTERNATIVES + 1]
    )
    if len(found) > MAXIMAL_ALTERNATIVES:
        return []
    return [Pattern(text) if UNKNOWN in text else Const(text, str) for text in found]


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
