"""A call's effects on its caller: what the callee has made and written, what it owes, and what it proves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from datause_lint.analysis.access import DICT, indexed, known_keys
from datause_lint.analysis.aliases import given_twice
from datause_lint.analysis.atoms import Atom, Data, Label
from datause_lint.analysis.by_index import Pick, is_one_of_several, numbered, picked_below
from datause_lint.analysis.contents import Contents
from datause_lint.analysis.effects import speaks_of, unsettle, write_definitions, write_field
from datause_lint.analysis.facts import NOTHING, Fact, Truth, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import forget_keys
from datause_lint.analysis.objects import (
    ALLOCATED,
    BY_KEY,
    ELEMENT,
    Kind,
    Obj,
)
from datause_lint.analysis.obligations import owe, passed_on
from datause_lint.analysis.state import Fields, State, age_with, concerns, join_states
from datause_lint.analysis.substitution import Substitution
from datause_lint.analysis.summary import Obligation, Summary
from datause_lint.analysis.told import look_again
from datause_lint.analysis.untold import either
from datause_lint.analysis.values import EMPTY, Value, carrying
from datause_lint.ir.instructions import Span

ATOMS_AN_INSTRUCTION: Final = 8  # of what is handed over
MAXIMAL_GUARDS: Final = 8  # of a callee, that a report names at the call


class Applied(Substitution):
    """A callee's summary, put into the caller's state. Of a generator, ``yields`` is what it yields, and ``inside``
    what holds where it does."""

    def __init__(self, frame: Frame, state: State, summary: Summary, inputs: dict[Obj, Value], span: Span) -> None:
        super().__init__(frame, state, summary, inputs, span)
        self.yields = EMPTY
        self.inside = NOTHING

    def apply(self) -> Value:
        """The call's effects on the caller's state; gives its result."""
        summary = self.summary
        self.frame.world.summaries.spend(summary.weight() // ATOMS_AN_INSTRUCTION)  # a call costs what it hands over
        self._allocate()
        if given_twice(self.state, summary, self.object):
            self._see_writes()
        result = self.value(summary.returns)
        mapped = [
            (obj, {key: self.value(value) for key, value in fields.items()}) for obj, fields in summary.fields.items()
        ]
        owed = list(self._owed(summary.obligations)) if self.frame.collecting else []  # of what stood there before
        for obj, fields in mapped:
            self._write(obj, fields)
        look_again(self.frame, self.state, summary.told)
        for each in owed:
            owe(self.frame, self.before, each)
        self._note_guards()
        self.state.learn(self.truths(summary.proves))
        self.yields = self.value(summary.yields or EMPTY)
        self.inside = self.truths(summary.proves_inside)
        return self._come_back(result)

    def _come_back(self, result: Value) -> Value:
        """Out of a recursion."""
        if not self._again:
            return result
        aged = age_with(self.state, self._again, {0: result, 1: self.yields})
        self.inside = frozenset(truth for truth in self.inside if not concerns(truth, self._again))
        self.yields = aged[1]
        return aged[0]

    def _see_writes(self) -> None:
        """Of an object that the callee has under two names: what it puts into the one, it finds in the other."""
        kept, self.state = self.state, self.state.copy()
        for obj, fields in self.summary.fields.items():
            own = self._allocated_by_callee(obj) and not obj.of_a_round  # a dict that it puts there
            if own or obj.root.kind is Kind.PARAMETER:
                self._write(obj, {key: self.value(value) for key, value in fields.items()})
        self.before, self.state = join_states(self.before, self.state), kept
        self._contents = Contents(self.frame, self.before)
        self._objects = {obj: found for obj, found in self._objects.items() if obj.kind is not Kind.FIELD}
        self._atoms, self._values = {}, {}

    def _note_guards(self) -> None:
        """The callee looks at evidence of consent: so does, at this call, whoever calls it."""
        for site in self.summary.guard_sites[:MAXIMAL_GUARDS] if self.frame.collecting else ():
            subject = self.person(site.fact.subject) if site.fact.subject is not None else None
            fact = site.fact._replace(subject=subject, location=self.frame.location(self.span))
            self.frame.note_guard(replace(site, fact=fact, function=self.frame.function.id))

    def _allocate(self) -> None:
        """What the callee made: of an earlier call at this place, it is something of the past from now on."""
        made = dict.fromkeys(
            self._seen(obj)
            for obj in speaks_of(self.summary)
            if obj.kind in (Kind.NEW, Kind.EXTERNAL) and self._allocated_by_callee(obj)
        )
        self._age({target: target.past() for target in made if target in self.state.heap})
        self.state.heap.update((target, {}) for target in made)
        for number, (obj, (holder, key)) in enumerate(self.summary.picked.items()):
            self._pick(obj, self.value(holder).only_object(), key, f"{self.site}~index{number}")
        self.before = self.state.copy()
        self._contents = Contents(self.frame, self.before)

    def _age(self, again: Mapping[Obj, Obj]) -> None:
        if again:
            self._objects = age_with(self.state, again, self._objects)

    def _pick(self, element: Obj, holder: Obj | None, asked: Value, site: str) -> None:
        """What the callee has picked by an index that it was given is what the same index picks here."""
        found, key = self.object(element), self.value(asked)
        function = self.frame.world.function(self.summary.function)
        if holder is None or function is None or not is_one_of_several(self.frame, self.before, found):
            return
        names = picked_below(self.frame, function, holder, key, asked, self.span)
        pick = Pick(holder, key, found, tuple(names))
        known = numbered(self.frame, self.state, holder, key) or pick.known(self.state)
        if known is None:
            current = self.frame.world.objects.current(site)
            self._age({current: current.past()} if current in self.state.heap else {})
            known = pick.draw(self.frame, self.state, site, self.span)
        self._objects[element] = known
        self._atoms, self._values, self._truths = {}, {}, {}

    def thrown(self) -> tuple[State, Value]:
        """The caller's state where the callee raises, and what it raises: with what the callee's own objects hold, the
        exception's too."""
        raised = self.value(self.summary.raises)
        after, self.state = self.state, self.state.copy()
        for obj, fields in self.summary.fields.items():
            if self._allocated_by_callee(obj):
                self._write(obj, {key: self.value(value) for key, value in fields.items()})
        after, self.state = self.state, after
        look_again(self.frame, after, self.summary.told)
        return after, age_with(after, self._again, {0: raised})[0] if self._again else raised

    def _write(self, obj: Obj, fields: Fields) -> None:
        targets = self.object(obj)
        fields = unsettle(self.frame, self.state, targets, fields)
        if BY_KEY not in fields and any(key.startswith("[") for key in fields):
            forget_keys(self.state, targets)
        write_definitions(self.frame, self.state, targets, fields, lambda key: (obj, key) in self.summary.strong)
        found = [target for target in targets.objects() if target.kind is not Kind.CLASS]
        made = self._allocated_by_callee(obj)
        for target in found:
            carried = targets.atoms[target]
            kept = {key: carrying(value, carried) for key, value in fields.items()} if carried else fields
            if made and (obj is not target or target.kind is Kind.EARLIER):
                self._write_made(target, kept)
                self.frame.world.publisher.publish_if_shared(self.frame, self.state, target)
            else:
                for key, value in kept.items():
                    certain = len(found) == 1 and (obj, key) in self.summary.strong
                    write_field(self.frame, self.state, target, key, value, certain=certain)
                if ELEMENT in kept and target.api == DICT:
                    self._may_replace_items(target, kept, obj)
                if not target.static:
                    self.frame.world.publisher.publish_if_shared(self.frame, self.state, target.plain)

    def _may_replace_items(self, target: Obj, fields: Fields, written: Obj) -> None:
        """What the callee has put under keys that it does not know may be under any that is known here."""
        new = self.value(self._of_unknown_keys(self.summary.fields[written][ELEMENT]))
        for known, there in indexed(self.frame, self.state, target) if new.atoms else ():
            if known not in fields:
                self.state.store(target, known, either(there, new))

    def _of_unknown_keys(self, value: Value) -> Value:
        """Without the elements of dicts of which the keys are known: they have been put under those."""

        def has_known_keys(holder: Obj) -> bool:
            return any(known_keys(self.frame, self.before, each) for each in self.object(holder).objects())

        return Value(
            {
                atom: carried
                for atom, carried in value.atoms.items()
                if type(atom) is not Obj or atom.key != ELEMENT or atom.base is None or not has_known_keys(atom.base)
            }
        )

    def _write_made(self, target: Obj, fields: Fields) -> None:
        """Of an object that the callee made."""
        self.before.store_all(target, fields)
        self._contents = Contents(self.frame, self.before)
        if target.kind in (Kind.PAST, Kind.EARLIER):
            self.state.store_all_weakly(target, fields)
        else:
            self.state.store_all(target, fields)

    def _owed(self, obligations: tuple[Obligation, ...]) -> Iterator[Obligation]:
        for obligation in obligations:
            for case in self._cases(obligation):
                carried = case.truths(self._without_others(obligation))
                for atom, more in case.atom(obligation.data).atoms.items():
                    if isinstance(atom, (Label, Data)):
                        yield passed_on(obligation, atom, carried | more, self.frame, self.span, self.summary.function)

    def _without_others(self, obligation: Obligation) -> Truths:
        """What holds of the data's own element: those of two loops may be one object here, and are two people."""
        data = obligation.data
        root = (data.record if isinstance(data, Label) else data.of).root
        if not root.of_a_round:
            return obligation.carried
        mine = self.object(root).atoms

        def is_of_another(truth: Truth) -> bool:
            other = truth.subject.root if type(truth) is Fact and truth.subject is not None else root
            is_everybody = type(truth) is Fact and truth.every
            return (
                other.of_a_round
                and not is_everybody
                and other is not root
                and any(atom in mine for atom in self.object(other).atoms)
            )

        return frozenset(truth for truth in obligation.carried if not is_of_another(truth))

    def _cases(self, obligation: Obligation) -> list[Substitution]:
        """One for each object that an element of a loop may be here: a check is of the one whose data it is."""
        data = obligation.data
        root = (data.record if isinstance(data, Label) else data.of).root
        checked = (fact.subject for fact in obligation.carried if type(fact) is Fact and fact.subject is not None)
        if not root.of_a_round or all(subject.root is not root for subject in checked):
            return [self]
        stands = self.object(root)
        if len(stands.atoms) < 2:
            return [self]
        made = self._made_among(root)
        return [self._where(root, each, carried, made.get(each)) for each, carried in stands.atoms.items()]

    def _made_among(self, element: Obj) -> dict[Atom, Value]:
        """Of those that an element stands for, what the callee has made: as it knows it, by what it is here."""
        stands = self._stands_for(element) or EMPTY
        objects = [(atom, carried) for atom, carried in stands.atoms.items() if type(atom) is Obj]
        return {
            seen: Value({atom: carried})
            for atom, carried in objects
            if atom.kind in ALLOCATED and self._allocated_by_callee(atom)
            for seen in self.object(atom).atoms
        }

    def _where(self, root: Obj, seen: Atom, carried: Truths, made: Value | None) -> Substitution:
        """The same call, where the callee's object is this of all that it may be."""
        objects = {obj: known for obj, known in self._objects.items() if obj.root is not root}
        case = Substitution(self.frame, self.state, self.summary, {**objects, root: Value({seen: carried})}, self.span)
        case.before, case._contents, case._again = self.before, self._contents, self._again
        case._chosen = root, made or EMPTY
        return case
