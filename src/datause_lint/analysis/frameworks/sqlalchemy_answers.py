"""What one run of a statement gives: its elements, as objects of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datause_lint.analysis.access import read, stored_keys, stored_value
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, Label, MethodAtom
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import Fact, Probe, Same, Truth, Truths
from datause_lint.analysis.frameworks.sqlalchemy_queries import (
    ENTITIES,
    ENTITY,
    FACTS,
    ROW,
    ROWS,
    SCALARS,
    class_of,
    is_of_all,
)
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.renaming import replaced
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, Value
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame


class Answer:
    """What one run of a statement gives: rows, the first of each row's items, and what holds if there is a row."""

    def __init__(self, frame: Frame, state: State, statement: Value, site: str, span: Span) -> None:
        self._frame, self._state, self._site, self._span = frame, state, site, span
        self._new: dict[Obj, Obj] = {}
        rows, scalars = read(frame, state, statement, ROWS), read(frame, state, statement, SCALARS)
        facts = read(frame, state, statement, FACTS)
        self._renew(statement, rows, facts)
        self.rows, self.scalars = self._renamed(rows), self._renamed(scalars)
        self.entities = self._renamed(read(frame, state, statement, ENTITIES))
        self.facts = Value(facts.atoms, Implied(*(self._truths(each) for each in facts.implied)))
        if is_of_all(frame, state, statement):  # a number, which is not zero if there is somebody
            self.scalars = Value(self.scalars.atoms, Implied(true=self.facts.implied.true))
            self.facts = EMPTY

    def _renew(self, statement: Value, rows: Value, facts: Value) -> None:
        frame, state = self._frame, self._state
        old: dict[Obj, None] = {}
        for obj in statement.objects():
            for key in stored_keys(frame, state, obj):
                if key.startswith(ENTITY):
                    found = stored_value(frame, state, obj, key)
                    old.update(dict.fromkeys(each.root for each in found.objects()) if found is not None else {})
        old.update(dict.fromkeys(obj for obj in rows.objects() if obj.api == ROW))
        for truth in facts.implied.true:
            sides = (truth.subject,) if type(truth) is Fact else (truth.left, truth.right)  # type: ignore[union-attr]
            old.update(dict.fromkeys(each.root for each in sides if each is not None and each.root.kind is Kind.CLASS))
        for position, obj in enumerate(old):
            if not obj.symbolic:
                self._new[obj] = self._fresh(obj, position)
        for obj, fresh in self._new.items():
            keys = stored_keys(frame, state, obj) if obj.kind is not Kind.CLASS else []
            fields = {key: stored_value(frame, state, obj, key) for key in keys}
            state.allocate(fresh)
            for key, value in fields.items():
                if value is not None:
                    state.store(fresh, key, self._renamed(value))

    def _fresh(self, obj: Obj, position: int) -> Obj:
        objects = self._frame.world.objects
        site = f"{self._site}~{position}"
        if obj.api == ROW:
            return objects.new(site, api=ApiPath(ROW))
        made = objects.external(site, obj.api, class_of(obj))
        self._frame.world.places[made] = self._frame.location(self._span)
        return made

    def _renamed(self, value: Value) -> Value:
        atoms: dict[Atom, Truths] = {}
        for atom, carried in value.atoms.items():
            atoms[self._atom(atom)] = self._truths(carried)
        probes = tuple(self._probe(probe) for probe in value.probes)
        return Value(atoms, Implied(*(self._truths(each) for each in value.implied)), probes)

    def _atom(self, atom: Atom) -> Atom:
        if type(atom) is Obj:
            return self._object(atom)
        if isinstance(atom, Label):
            return atom.read_from(self._object(atom.record))
        if isinstance(atom, ApiAtom) and atom.receiver is not None:
            return ApiAtom(atom.path, self._object(atom.receiver))
        if isinstance(atom, MethodAtom) and atom.receiver is not None:
            return MethodAtom(atom.name, self._object(atom.receiver), atom.data)
        if isinstance(atom, BoundAtom):
            return BoundAtom(atom.function, atom.environment, self._object(atom.receiver))
        return atom

    def _probe(self, probe: Probe) -> Probe:
        return probe._replace(subject=self._object(probe.subject)) if probe.subject is not None else probe

    def _object(self, obj: Obj) -> Obj:
        fresh = self._new.get(obj.root)
        return replaced(obj, obj.root, fresh) if fresh is not None else obj

    def _truths(self, truths: Truths) -> Truths:
        if not truths or not self._new:
            return truths
        found: set[Truth] = set()
        for truth in truths:
            if type(truth) is Fact:
                found.add(truth._replace(subject=self._object(truth.subject)) if truth.subject is not None else truth)
            else:
                assert isinstance(truth, Same)
                found.add(Same(self._object(truth.left), self._object(truth.right)))
        return frozenset(found)

    def one(self, value: Value) -> Value:
        """A single answer: that there is one proves what the conditions say."""
        facts, implied = self.facts.implied.true, value.settled().implied
        proves = Implied(implied.true | facts, implied.false, implied.none, implied.some | facts)
        return Value(value.atoms, proves, value.probes)
