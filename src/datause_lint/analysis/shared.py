"""State that outlives every call: modules' names, class attributes, what is known of all instances of a class.

It only grows. Whoever reads it is recorded, so that a summary that rests on an older version is made anew.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from datause_lint.analysis.objects import Obj
from datause_lint.analysis.values import MANY_TEXTS, Value, is_text, join, widened

Reads = dict[Hashable, int]


class Remembered:
    """Something found out from shared state, and the versions of what was read for it."""

    __slots__ = ("changes", "found", "reads")

    def __init__(self, found: Any, reads: Reads, changes: int) -> None:
        self.found = found
        self.reads = reads
        self.changes = changes  # how many there had been when it was last known to hold


class SharedState:
    def __init__(self) -> None:
        self._values: dict[tuple[Obj, str], Value] = {}
        self._keys: dict[Obj, dict[str, None]] = {}
        self._versions: dict[Hashable, int] = {}
        self._readers: list[Reads] = []
        self._known: dict[Obj, None] = {}
        self._allocations: dict[Obj, dict[Obj, None]] = {}  # those of them that were made at one place
        self.changes = 0

    def read(self, obj: Obj, key: str) -> Value | None:
        self.note_read((obj, key))
        return self._values.get((obj, key))

    def keys(self, obj: Obj) -> tuple[str, ...]:
        self.note_read((obj, ""))
        return tuple(self._keys.get(obj, ()))

    def write(self, obj: Obj, key: str, value: Value) -> None:
        before = self._values.get((obj, key))
        after = _widened(value if before is None else join(before, value))
        if before is None or after != before:
            self._values[obj, key] = after
            self.bump((obj, key))
            if before is None:
                self._keys.setdefault(obj, {})[key] = None
                self.bump((obj, ""))

    def settle(self, obj: Obj, key: str, value: Value) -> None:
        """Replaces what was known while the module's own body was running."""
        before = self._values.get((obj, key))
        if before is None or before != value:
            self._values[obj, key] = value
            self.bump((obj, key))
            if before is None:
                self._keys.setdefault(obj, {})[key] = None
                self.bump((obj, ""))

    def announce(self, obj: Obj) -> None:
        """An allocated object that shared state refers to: what is put into it later is shared, too."""
        if obj not in self._known:
            self._known[obj] = None
            self._allocations.setdefault(obj.allocation, {})[obj] = None
            self.bump((obj.allocation, "@shared"))

    def knows(self, obj: Obj) -> bool:
        return bool(self.names_of(obj))

    def names_of(self, obj: Obj) -> list[Obj]:
        """As what shared state knows the object: its maker may have made it known, and each caller behind him."""
        self.note_read((obj.allocation, "@shared"))
        known = self._allocations.get(obj.allocation)
        if known is None:
            return []
        chains = [obj.chain[start:] for start in range(len(obj.chain) + 1)]
        return [each for each in known if each.chain in chains]

    def bump(self, name: Hashable) -> None:
        self._versions[name] = self._versions.get(name, 0) + 1
        self.changes += 1

    def note_read(self, name: Hashable) -> None:
        if self._readers:
            self._readers[-1].setdefault(name, self._versions.get(name, 0))

    def fresh(self, reads: Reads) -> bool:
        versions = self._versions
        return all(versions.get(name, 0) == version for name, version in reads.items())

    def begin(self) -> None:
        self._readers.append({})

    def end(self) -> Reads:
        """The reads since the matching ``begin``; they count for the surrounding reader too."""
        reads = self._readers.pop()
        self.note_all(reads)
        return reads

    def still(self, remembered: Remembered) -> bool:
        if remembered.changes == self.changes:
            return True
        if self.fresh(remembered.reads):
            remembered.changes = self.changes
            return True
        return False

    def note_once(self, name: Hashable, reads: Reads) -> None:
        """The reads behind something remembered, unless this reader has them already."""
        if self._readers:
            outer = self._readers[-1]
            mark = ("remembered", name)
            if mark not in outer:
                outer[mark] = 0
                for each, version in reads.items():
                    outer.setdefault(each, version)

    def note_all(self, reads: Reads) -> None:
        if self._readers:
            outer = self._readers[-1]
            for name, version in reads.items():
                outer.setdefault(name, version)


def _widened(value: Value) -> Value:
    """Of many texts, no one counts: what all code shares must come to rest."""
    if sum(map(is_text, value.atoms)) <= MANY_TEXTS:
        return value
    return Value(widened(value.atoms))
