"""From packs to one policy: what adds up, what replaces what, and whether every reference leads somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from datause_lint.errors import Problem, nearest
from datause_lint.names import CategoryKey, UseKey
from datause_lint.policy.entries import (
    Api,
    Category,
    Rule,
    Sanitizer,
    Use,
)
from datause_lint.policy.pack import Entry, Pack, Written
from datause_lint.policy.path_table import ApiNames
from datause_lint.policy.table_reader import Reference

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """An entry as ``rules list`` and ``rules show`` need it."""

    table: str
    id: str
    pack: str
    entry: Entry
    written: Mapping[str, Any]  # the table as the pack has it
    replaces: bool  # an entry before it had the id


@dataclass(frozen=True, slots=True)
class PackName:
    name: str
    description: str
    file: str


@dataclass(frozen=True, slots=True)
class Policy:
    """All that the loaded packs say together: plain, immutable values."""

    packs: tuple[PackName, ...]
    categories: Mapping[CategoryKey, Category]
    category_parts: tuple[Category, ...]  # as the packs write them, in order
    uses: Mapping[UseKey, Use]
    purposes: Mapping[str, tuple[UseKey, ...]]
    entries: tuple[NamedEntry, ...]
    digest: str

    def of(self, kind: type[E]) -> tuple[E, ...]:
        """The entries of one class, in the order of loading."""
        return tuple(named.entry for named in self.entries if isinstance(named.entry, kind))


def merge(packs: Sequence[Pack], vocabulary: Sequence[Pack], digest: str, problems: list[Problem]) -> Policy:
    """The packs' common policy; what does not fit together is added to ``problems``. Of the packs of the vocabulary
    only the keys of categories and uses count."""
    category_parts = tuple(category for pack in packs for category in pack.categories)
    keys = tuple(Category(part.key, part.label, (), ()) for pack in vocabulary for part in pack.categories)
    categories = _add_up_categories((*keys, *category_parts))
    uses = _add_up_uses(use for pack in (*vocabulary, *packs) for use in pack.uses)
    names_taken = list(_names_taken(packs))
    problems += names_taken
    # Generated ids begin with the pack's name, so that packs with one name collide in them as well.
    entries = _entries_by_id(packs, [] if names_taken else problems)
    words = {
        "category": _with_ancestors(categories),
        "use": _with_ancestors(uses),
        "rule": {named.id for named in entries if isinstance(named.entry, Rule)},
        "pack": {pack.name for pack in packs},
    }
    for pack in packs:
        problems.extend(_unresolved(pack.references, words))
    roots = tuple(CategoryKey(key) for key in sorted({key.partition(".")[0] for key in categories}))
    policy = Policy(
        packs=tuple(PackName(pack.name, pack.description, pack.position.document.file) for pack in packs),
        categories=categories,
        category_parts=category_parts,
        uses=uses,
        purposes=_add_up_purposes(packs),
        entries=tuple(_with_all_categories(named, roots) for named in entries),
        digest=digest,
    )
    _check_api_names(packs, problems)
    return policy


def _add_up_categories(parts: Iterable[Category]) -> dict[CategoryKey, Category]:
    categories: dict[CategoryKey, Category] = {}
    for part in parts:
        known = categories.get(part.key)
        categories[part.key] = part if known is None else _added_up(known, part)
    return categories


def _added_up(first: Category, second: Category) -> Category:
    return Category(
        first.key,
        label=second.label or first.label,
        names=_united(first.names, second.names),
        not_names=_united(first.not_names, second.not_names),
        weak_names=_united(first.weak_names, second.weak_names),
    )


def _add_up_uses(parts: Iterable[Use]) -> dict[UseKey, Use]:
    uses: dict[UseKey, Use] = {}
    for part in parts:
        known = uses.get(part.key, part)
        uses[part.key] = Use(part.key, part.label or known.label, _united(known.maps_to, part.maps_to))
    return uses


def _add_up_purposes(packs: Iterable[Pack]) -> dict[str, tuple[UseKey, ...]]:
    purposes: dict[str, tuple[UseKey, ...]] = {}
    for pack in packs:
        for purpose, uses in pack.purposes:
            purposes[purpose] = _united(purposes.get(purpose, ()), uses)
    return purposes


Word = TypeVar("Word", bound=str)


def _united(first: tuple[Word, ...], second: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _names_taken(packs: Iterable[Pack]) -> Iterable[Problem]:
    seen: dict[str, Pack] = {}
    for pack in packs:
        first = seen.setdefault(pack.name, pack)
        if first is not pack:
            file = first.position.document.file
            yield pack.position.problem(f'the pack of {file} is called "{pack.name}" too: give each its own name')


def _entries_by_id(packs: Iterable[Pack], problems: list[Problem]) -> list[NamedEntry]:
    written: dict[tuple[str, str], tuple[Written, NamedEntry]] = {}
    for pack in packs:
        for entry in pack.entries:
            key = (entry.table, entry.id)
            if key in written and not entry.replace:
                problems.append(_duplicate(entry, written[key][0]))
            named = NamedEntry(entry.table, entry.id, pack.name, entry.entry, entry.values, replaces=key in written)
            written[key] = entry, named
    return [named for _, named in written.values()]


def _duplicate(entry: Written, first: Written) -> Problem:
    where = f"{first.position.document.file}:{first.position.document.line(first.position.path)}"
    return entry.position.problem(
        f'the id "{entry.id}" is taken by the entry at {where}: choose another, or say "replace = true"'
    )


def _with_ancestors(keys: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for key in keys:
        while key and key not in found:
            found.add(key)
            key = key.rpartition(".")[0]
    return found


_KINDS = {"category": "category of data", "use": "use", "rule": "rule", "pack": "pack"}


def _unresolved(references: Iterable[Reference], words: Mapping[str, set[str]]) -> Iterable[Problem]:
    for reference in references:
        valid = words[reference.kind]
        if reference.word not in valid:
            message = f'"{reference.word}" is no {_KINDS[reference.kind]} of the loaded packs'
            yield reference.position.problem(message, nearest(reference.word, valid))


def _with_all_categories(named: NamedEntry, roots: tuple[CategoryKey, ...]) -> NamedEntry:
    if isinstance(named.entry, Sanitizer) and not named.entry.removes:
        return replace(named, entry=replace(named.entry, removes=roots))
    return named


def _check_api_names(packs: Iterable[Pack], problems: list[Problem]) -> None:
    written = [
        (entry, path, entry.entry.same_as)
        for pack in packs
        for entry in pack.entries
        if isinstance(entry.entry, Api)
        for path in entry.entry.path
    ]
    same_as: dict[str, str] = {}
    for entry, path, name in written:
        if same_as.setdefault(path, name) != name:
            problems.append(entry.position.problem(f'"{path}" is both "{same_as[path]}" and "{name}": keep one'))
    names = ApiNames(same_as)
    for entry, path, _ in written:
        if names.is_circular(path):
            problems.append(entry.position.problem(f'"{path}" leads back to itself: no entry may go round in a circle'))
