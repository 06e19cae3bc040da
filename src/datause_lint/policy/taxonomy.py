"""Which category of data an identifier, a column or a key names: decided by its last words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from datause_lint.names import CategoryKey
from datause_lint.policy.compiled import NameMatch
from datause_lint.policy.entries import Category, Confidence


class Taxonomy:
    """The names of all categories, indexed by their words. A name that several categories have is the last one's, so
    that a pack can take it from a pack before it; the same category may come several times."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self._names: dict[str, list[NameMatch]] = {}
        self._not_names: dict[str, set[CategoryKey]] = {}
        self._memo: dict[str, NameMatch | None] = {}
        for category in categories:
            self._add(category)
        for matches in self._names.values():
            matches.sort(key=lambda match: -match.confidence)
        self._longest = max((key.count("_") + 1 for key in (*self._names, *self._not_names)), default=0)

    def classify(self, identifier: str) -> NameMatch | None:
        """The longest name whose words are the identifier's last words decides; a ``not_names`` entry of the same
        category that is at least as long takes it out."""
        if identifier not in self._memo:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            self._memo[identifier] = self._classify(identifier)
        return self._memo[identifier]

    def _classify(self, identifier: str) -> NameMatch | None:
        words = split_words(identifier[-_LONGEST_IDENTIFIER:])
        return self._by_last_words(words) or self._by_last_words(_without_number(words))

    def _by_last_words(self, words: list[str]) -> NameMatch | None:
        excluded: set[CategoryKey] = set()
        for count in range(min(len(words), self._longest), 0, -1):
            key = "_".join(words[-count:])
            excluded |= self._not_names.get(key, _NO_CATEGORIES)
            for match in self._names.get(key, ()):
                if match.category not in excluded:
                    return match
        return None

    def _add(self, category: Category) -> None:
        for names, confidence in ((category.weak_names, Confidence.LOW), (category.names, Confidence.HIGH)):
            match = NameMatch(category.key, confidence)
            for name in names:
                for spelling in _spellings(name):
                    self._names.setdefault(spelling, []).insert(0, match)
        for name in category.not_names:
            for spelling in _spellings(name):
                self._not_names.setdefault(spelling, set()).add(category.key)


def split_words(identifier: str) -> list[str]:
    """``userEmail``, ``user_email``, ``User-Email`` and ``USER_EMAIL`` are all ``["user", "email"]``."""
    return [word.casefold() for chunk in _CHUNK.findall(identifier) for word in _CAMEL_BORDER.split(chunk)]


def _spellings(name: str) -> set[str]:
    """How the words of a name may stand in an identifier: as they are, in one word, and either in the plural."""
    words = split_words(name)
    if not words:
        return set()
    *before, noun = words
    return {separator.join((*before, form)) for separator in ("_", "") for form in (noun, _plural(noun))}


def _plural(noun: str) -> str:
    if noun in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[noun]
    if noun.endswith("is"):
        return noun[:-2] + "es"
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in ("a", "e", "i", "o", "u", ""):
        return noun[:-1] + "ies"
    return noun + "s"


def _without_number(words: list[str]) -> list[str]:
    """``email2`` and ``email_2`` are emails, when nothing is called that with its number."""
    if not words:
        return []
    noun = words[-1].rstrip("0123456789")
    return [*words[:-1], noun] if noun else words[:-1]


_MEMO_SIZE = 1 << 16
_LONGEST_IDENTIFIER = 200  # characters; what stands before the last so many decides nothing
_NO_CATEGORIES: frozenset[CategoryKey] = frozenset()
_IRREGULAR_PLURALS = {"person": "people", "child": "children", "man": "men", "woman": "women"}
_CHUNK = re.compile(r"[^\W_]+")
# Between "a" and "B"; between "A" and "Bc", as in HTTPServer, but not before the plural s of IDs.
_CAMEL_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z](?:[a-rt-z]|s[a-z]))")
