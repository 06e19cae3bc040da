"""What is made known to all code: what is put into modules, classes, and whatever they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.loops import grounded
from datause_lint.analysis.objects import ALLOCATED, Kind, Obj, Objects
from datause_lint.analysis.own_facts import own_facts
from datause_lint.analysis.reachable import objects_in, reachable
from datause_lint.analysis.shared import SharedState
from datause_lint.analysis.state import State, age_with
from datause_lint.analysis.values import Value

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame


class Publisher:
    def __init__(self, objects: Objects, shared: SharedState) -> None:
        self._objects = objects
        self._shared = shared
        self._published: dict[tuple[Obj, Obj], Mapping[str, Value]] = {}

    def publish(self, frame: Frame, state: State, obj: Obj, key: str, value: Value) -> None:
        """Makes known to all what was put into something that all see, with the objects that it holds."""
        closed = self.closed(frame, state, value)
        self.publish_contents(frame, state, closed, {})  # first: it gives the objects the names by which they are known
        if closed.atoms or not value.atoms:
            self._shared.write(obj, key, self.as_known(closed), by_maker=frame.builds(obj))

    def as_known(self, value: Value) -> Value:
        """With the objects as shared state knows them: some one of very many."""
        known = [(root, self._shared.known_as(root)) for root in value.roots if root.chain]
        others = {root: name for root, name in known if name is not root}
        return age_with(State({}, {}, NOTHING), others, {"": value})[""] if others else value

    def publish_for_all(self, frame: Frame, state: State, obj: Obj, key: str, value: Value) -> None:
        """The same for what is known of all instances of a class: one object stands for all of its allocation."""
        closed = self.closed(frame, state, value)
        if closed.atoms or not value.atoms:
            self._shared.write(obj, key, self.abstracted(frame, state, closed, {}))

    def abstracted(self, frame: Frame, state: State, value: Value, seen: dict[Obj, Obj]) -> Value:
        atoms: dict[Atom, Truths] = {}
        for atom, carried in value.atoms.items():
            if type(atom) is Obj and atom.kind in (Kind.NEW, Kind.EXTERNAL):
                atoms[self._representative(frame, state, atom, seen)] = carried
            else:
                atoms[atom] = carried
        return Value(atoms, value.implied, value.probes)

    def _representative(self, frame: Frame, state: State, obj: Obj, seen: dict[Obj, Obj]) -> Obj:
        if obj in seen:
            return seen[obj]
        if obj.kind is Kind.NEW and obj.cls is not None:
            return self._objects.any_instance(obj.cls)
        found = seen[obj] = self._objects.past(self._objects.unchained(obj))  # of any instance, not of this one
        self._shared.announce(found)
        for key, content in state.heap.get(obj, {}).items():
            self._shared.write(found, key, self.abstracted(frame, state, self.closed(frame, state, content), seen))
        return found

    def publish_contents(self, frame: Frame, state: State, value: Value, seen: dict[Obj, None]) -> None:
        for obj in reachable(value):
            if obj in seen or obj.kind not in ALLOCATED:
                continue
            seen[obj] = None
            name = self._shared.announce(obj)
            for key, content in self._news_of(state, obj, obj):
                closed = self.closed(frame, state, content)
                self.publish_contents(frame, state, closed, seen)
                if closed.atoms or not content.atoms:
                    self._shared.write(name, key, self.as_known(closed), by_maker=frame.builds(obj))

    def publish_if_shared(self, frame: Frame, state: State, obj: Obj) -> None:
        """An object that others already see has changed."""
        whole = obj.static or (obj.kind is Kind.FIELD and self._is_of_all(obj))
        for name in [obj] if whole else self._shared.names_of(obj):
            for key, content in self._news_of(state, obj, name):
                self.publish(frame, state, name, key, content)

    def _is_of_all(self, obj: Obj) -> bool:
        """Whether it is a field of something that all see, which nobody was seen to fill."""
        return obj.root.static or (not obj.root.symbolic and self._shared.knows(obj.root))

    def _news_of(self, state: State, obj: Obj, name: Obj) -> list[tuple[str, Value]]:
        """The object's fields that are others than when they were last made known under the name."""
        fields = state.heap.get(obj)
        before = self._published.get((obj, name))
        if fields is None or before is fields:
            return []
        self._published[obj, name] = fields
        if before is None:
            return list(fields.items())
        return [(key, value) for key, value in fields.items() if before.get(key) is not value]

    def closed(self, frame: Frame, state: State, value: Value) -> Value:
        """Without what only the caller knows: callers add that when the function is called.

        What is proven here of the people whose data it is goes with the data, as facts about its own records.
        """
        if not any(root.symbolic for root in value.roots) and not state.facts and not any(value.atoms.values()):
            return value
        atoms: dict[Atom, Truths] = {}
        for atom, carried in value.atoms.items():
            facts = own_facts(frame, state, atom, carried) if carried or state.facts else carried
            for each, known in grounded(frame, state, atom, facts).items():
                if not any(frame.is_input(obj) for obj in objects_in(each)):
                    atoms[each] = common(atoms[each], known) if each in atoms else known
        return value if len(atoms) == len(value.atoms) and atoms == value.atoms else Value(atoms)
