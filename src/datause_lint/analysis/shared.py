"""State that outlives every call: modules' names, class attributes, what is known of all instances of a class.

It only grows. Whoever reads it is recorded, so that a summary that rests on an older version is made anew.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from datause_lint.analysis.objects import Obj
from datause_lint.analysis.untold import either
from datause_lint.analysis.values import EMPTY, MANY_TEXTS, Value, is_text, join_all, taken_in, widened

CROWD = 8  # objects that one place makes by different calls, and that are told apart in what all code shares


class Reads:
    """What something was found out from, each with the version that was seen: entries of the shared state, what
    recursive calls were told, and other results."""

    __slots__ = ("names", "results", "runs")

    def __init__(self) -> None:
        self.names: dict[Hashable, int] = {}
        self.runs: dict[Hashable, int] = {}  # approximations of calls that were still running, of the results too
        self.results: dict[Result, int] = {}


class Result:
    """Something found out from shared state. Its version changes when finding it out anew gives something else: what
    rests on it stands as long as the version does."""

    __slots__ = ("checked", "outdated", "reads", "version")

    def __init__(self) -> None:
        self.version = 0
        self.reads = Reads()
        self.checked = -1  # how many changes there had been when it was last known to hold
        self.outdated = False  # something that it was found out from has changed: only finding it out again helps

    def rests_on(self, reads: Reads, *, changed: bool) -> None:
        self.reads = reads
        self.checked = -1
        self.outdated = False
        self.version += changed


class Remembered(Result):
    __slots__ = ("found",)

    def __init__(self) -> None:
        super().__init__()
        self.found: Any = None


class _Settled:
    """What a name of a module was when its body had ended."""

    __slots__ = ("since", "value", "version")

    def __init__(self, value: Value, version: int) -> None:
        self.value = value
        self.version = version
        self.since = 0  # changes, by the body on its way when it ran again


class SharedState:
    def __init__(self) -> None:
        self._values: dict[tuple[Obj, str], Value] = {}
        self._joined: dict[tuple[tuple[Obj, ...], str], tuple[list[Value], Value]] = {}  # what many names hold together
        self._keys: dict[Obj, dict[str, None]] = {}
        self._versions: dict[Hashable, int] = {}
        self._readers: list[Reads] = []
        self._allocations: dict[Obj, dict[Obj, Obj]] = {}  # those made at one place, each with the name it is known by
        self._names: dict[Obj, tuple[int, tuple[Obj, ...]]] = {}  # of how many allocations, and those that it may be
        self._told: dict[Obj, dict[str, None]] = {}  # what others have put into it than the module that makes it
        self._settled: dict[tuple[Obj, str], _Settled] = {}  # names of modules
        self.passing: dict[Hashable, None] = {}  # names to which a body that runs has given more than one thing
        self.changes = 0  # of anything that something may have been found out from
        self.bumps = 0  # of what code shares
        self.growth = 0  # the same, less what has been taken back

    def read(self, obj: Obj, key: str) -> Value | None:
        self.note_read((obj, key))
        return self._values.get((obj, key))

    def read_any(self, names: tuple[Obj, ...], key: str) -> Value | None:
        """What a field holds of any of the objects."""
        found = [part for part in (self.read(each, key) for each in names) if part is not None]
        if len(found) < 2:
            return found[0] if found else None
        parts, joined = self._joined.get((names, key), ([], EMPTY))
        if len(parts) != len(found) or any(before is not now for before, now in zip(parts, found, strict=True)):
            joined = join_all(found)
            self._joined[names, key] = found, joined
        return joined

    def keys(self, obj: Obj) -> tuple[str, ...]:
        self.note_read((obj, ""))
        return tuple(self._keys.get(obj, ()))

    def write(self, obj: Obj, key: str, value: Value, *, by_maker: bool = False) -> None:
        if not by_maker and key not in (told := self._told.setdefault(obj, {})):
            told[key] = None
            self.bump((obj, ""))
            self.bump((obj, key))
        before = self._values.get((obj, key))
        joined = value if before is None else either(before, taken_in(value, before))
        if joined is before:
            return
        after = _widened(joined)
        if before is None or after != before:
            self._values[obj, key] = after
            if (settled := self._settled.get((obj, key))) is not None:
                settled.since += 1
            self.bump((obj, key))
            if before is None:
                self._keys.setdefault(obj, {})[key] = None
                self.bump((obj, ""))

    def told_by_others(self, obj: Obj) -> dict[str, None]:
        """The fields into which others have put something than the body of the module that makes the object."""
        found: dict[str, None] = {}
        for name in self.names_of(obj) or (obj,):
            self.note_read((name, ""))
            for key in self._told.get(name, ()):
                self.note_read((name, key))
                found[key] = None
        return found

    def settle(self, obj: Obj, key: str, value: Value) -> None:
        """Replaces what was known while the module's own body was running."""
        before = self._values.get((obj, key))
        if before is None or before != value:
            self._values[obj, key] = value
            self.bump((obj, key))
            if before is None:
                self._keys.setdefault(obj, {})[key] = None
                self.bump((obj, ""))

    def settle_name(self, obj: Obj, key: str, value: Value) -> None:
        """The same for a name of the module. Where the body has run again, and the name is in the end what it was, all
        that was said of it on the way is as if it had not been said: else a body that gives a name two values, one
        after the other, would never come to rest."""
        settled = self._settled.get((obj, key))
        if settled is None or settled.value != value:
            self.settle(obj, key, value)
            self._settled[obj, key] = _Settled(value, self._versions.get((obj, key), 0))
        elif settled.since:
            self._values[obj, key] = settled.value
            self._versions[obj, key] = settled.version
            self.changes += 1
            self.growth -= settled.since
            settled.since = 0

    def announce(self, obj: Obj) -> Obj:
        """An allocated object that shared state refers to: what is put into it later is shared, too. Gives the name by
        which it is known: of very many that one place has made, some one of them."""
        alike = self._allocations.setdefault(obj.allocation, {})
        if obj not in alike:
            alike[obj] = self.known_as(obj)
            self.bump((obj.allocation, "@shared"))
            if alike[obj] is not obj:
                self.announce(alike[obj])
        return alike[obj]

    def known_as(self, obj: Obj) -> Obj:
        """The name by which what all code shares speaks of the object. What a closure captures stays what it is: of
        twenty functions under one decorator, each is called by its own wrapper."""
        alike = self._allocations.get(obj.allocation, {})
        is_captured = obj.api is None and obj.cls is None
        is_told_apart = is_captured or not obj.chain or len(alike) < CROWD
        return alike.get(obj, obj if is_told_apart else obj.allocation.past())

    def knows(self, obj: Obj) -> bool:
        return bool(self.names_of(obj))

    def names_of(self, obj: Obj) -> tuple[Obj, ...]:
        """As what shared state knows the object: its maker may have made it known, and each caller behind him."""
        self.note_read((obj.allocation, "@shared"))
        known = self._allocations.get(obj.allocation)
        if known is None:
            return ()
        if not obj.chain:
            return (obj,) if obj in known else ()
        count, names = self._names.get(obj, (0, ()))
        if count != len(known):
            chains = [obj.chain[start:] for start in range(len(obj.chain) + 1)]
            names = tuple(dict.fromkeys(name for each, name in known.items() if each.chain in chains))
            self._names[obj] = len(known), names
        return names

    def bump(self, name: Hashable) -> None:
        self.bump_run(name)
        self.bumps += 1
        self.growth += 1

    def bump_run(self, name: Hashable) -> None:
        """What a recursive call was told has turned out to be something else."""
        self.changes += 1
        self._versions[name] = self.changes  # no two are alike, also where an earlier one is put back

    def note_read(self, name: Hashable) -> None:
        if self._readers:
            names = self._readers[-1].names
            if name not in names:
                names[name] = self._versions.get(name, 0)

    # ── what rests on what ────────────────────────────────────────────────────────────────────────────────────────

    def note_run(self, name: Hashable) -> None:
        """A call that is still running was answered by an approximation."""
        if self._readers:
            self._readers[-1].runs.setdefault(name, self._versions.get(name, 0))

    def note_result(self, result: Result) -> None:
        if self._readers:
            reader = self._readers[-1]
            reader.results.setdefault(result, result.version)
            for name, version in result.reads.runs.items():
                reader.runs.setdefault(name, version)

    def begin(self) -> None:
        """What is read from here on, up to the matching ``end``, is counted apart."""
        self._readers.append(Reads())

    def end(self) -> Reads:
        return self._readers.pop()

    def holds(self, result: Result) -> bool:
        """Whether nothing has changed that the result was found out from."""
        if result.checked == self.changes:
            return True
        if result.outdated:
            return False
        reads = result.reads
        if not (self.unchanged(reads.names) and self.unchanged(reads.runs)):
            result.outdated = True
            return False
        checked, result.checked = result.checked, self.changes  # whoever comes back here in a circle goes no further
        for inner, version in reads.results.items():
            if inner.version != version:
                result.outdated = True
            if result.outdated or not self.holds(inner):
                result.checked = checked
                return False
        return True

    def has_passed(self, result: Result) -> bool:
        """Whether a name has had another value since, in a module's body that is still running: at its end nobody would
        know."""
        pending, seen = [result], {result: None}
        while self.passing and pending:
            reads = pending.pop().reads
            if any(reads.names[name] != self._versions.get(name, 0) for name in self.passing if name in reads.names):
                return True
            new = [inner for inner in reads.results if inner not in seen]
            seen.update(dict.fromkeys(new))
            pending += new
        return False

    def unchanged(self, versions: dict[Hashable, int]) -> bool:
        now = self._versions
        return all(now.get(name, 0) == version for name, version in versions.items())


def _widened(value: Value) -> Value:
    """Of many texts, no one counts: what all code shares must come to rest."""
    if len(value.atoms) <= MANY_TEXTS or sum(map(is_text, value.atoms)) <= MANY_TEXTS:
        return value
    return Value(widened(value.atoms))
