"""A callee's summary in the caller's terms."""

from __future__ import annotations

from datause_lint.analysis.access import read, stored_value
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, Const, Data, FunctionAtom, Label, MethodAtom
from datause_lint.analysis.contents import Contents
from datause_lint.analysis.effects import without_facts
from datause_lint.analysis.everybody import any_of, in_their_places
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.facts import Fact, Probe, Same, Truth, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.giving_up import without_whole_people
from datause_lint.analysis.guards import tested
from datause_lint.analysis.objects import (
    ALLOCATED,
    ELEMENT,
    MAXIMAL_CHAIN,
    OPAQUE,
    OUTCOME,
    Kind,
    Obj,
    own_name,
)
from datause_lint.analysis.state import State
from datause_lint.analysis.stored_in_records import put_there
from datause_lint.analysis.summary import Summary
from datause_lint.analysis.typing_of import variant_of
from datause_lint.analysis.values import EMPTY, MANY_ATOMS, Value, carrying, join_all, of, widened
from datause_lint.ir.instructions import Span
from datause_lint.policy.entries import Confidence

FARTHEST = 2 * MAXIMAL_CHAIN  # calls down, from where objects are told apart that a shortened chain makes one
CROWD = 24  # of such objects
_MADE = ALLOCATED | {Kind.PAST, Kind.CURRENT}


class Substitution:
    """Maps the callee's objects to the caller's values, as they are when the call is made."""

    def __init__(self, frame: Frame, state: State, summary: Summary, inputs: dict[Obj, Value], span: Span) -> None:
        self.frame = frame
        self.state = state
        self.before = state.copy()
        self._contents = Contents(frame, self.before)
        self.summary = summary
        self.span = span
        self.site = frame.site(span)
        self._own = summary.function + "@"
        self._cells = summary.function + "#cells"
        self._objects: dict[Obj, Value] = dict(inputs)
        self._again: dict[Obj, Obj] = {}  # what the same function made, further in: what it is from here on
        self._chosen: tuple[Obj, Value] | None = None  # an element of a loop, and which of those it is taken for
        self._truths: dict[Truth, Truth | None] = {}
        self._atoms: dict[Atom, Value] = {}
        self._values: dict[int, tuple[Value, Value]] = {}  # by identity, with the value itself: it must stay alive

    # ── objects ───────────────────────────────────────────────────────────────────────────────────────────────────

    def object(self, obj: Obj) -> Value:
        found = self._objects.get(obj)
        if found is None:
            self._objects[obj] = EMPTY  # ends circles
            found = self._objects[obj] = self._map(obj)
        return found

    def _map(self, obj: Obj) -> Value:
        if obj.kind is Kind.FIELD:
            assert obj.base is not None
            base = self.object(obj.base)
            if obj.plain is not obj:
                return variant_of(self.frame, self.before, base, obj)
            if base.atoms == {obj.base: frozenset()}:
                return of(obj)
            if obj.key == ELEMENT and obj.base.kind in ALLOCATED and self._allocated_by_callee(obj.base):
                return of(*(each.child(ELEMENT) for each in base.objects()))
            held = self._held_by_callee(obj.base, obj.key)
            return held if held is not None else read(self.frame, self.before, base, obj.key)
        if obj.of_a_round:
            stands = self.summary.stands_for(obj)
            if stands is not None:
                return self.value(stands)
        if obj.kind is Kind.PARAMETER:
            return EMPTY if obj.key.startswith(self.summary.function + "(") else of(obj)
        if not self._allocated_by_callee(obj):
            return of(obj)
        return of(self._seen(obj), *self._known_to_all(obj))

    def _known_to_all(self, obj: Obj) -> tuple[Obj, ...]:
        """What other calls of the callee have made, and left where all see it."""
        world = self.frame.world
        return world.shared.names_of(world.objects.original(obj)) if obj.kind is Kind.EARLIER else ()

    def _seen(self, made: Obj) -> Obj:
        """An object that the callee allocated, as it is known here. In a recursion, what this function itself made
        further in is, after the call, something that it made at another time: so recursion comes to rest. Of very many
        that a shortened chain of calls does not tell apart, it is some one."""
        objects = self.frame.world.objects
        seen = objects.seen_from(made, self.site)
        if self.frame.owns(made.allocation):
            earlier = objects.past(made.allocation)
            if earlier.kind is made.kind:
                return earlier
            self._again[seen] = earlier
        elif made in self.summary.crowded:
            apart = objects.told_apart(made, self.site)
            if self.site in made.chain or len(made.chain) > FARTHEST or len(self.summary.crowded) > CROWD:
                self._again[apart] = seen.past()
            return apart
        return seen

    def _held_by_callee(self, holder: Obj, key: str) -> Value | None:
        """What is in an element of a loop that stands for objects of the callee's own; None where it does for none."""
        stands = self._stands_for(holder)
        held_here = stands.objects() if stands is not None else ()
        if stands is None or not any(self._allocated_by_callee(each) or each.in_an_element for each in held_here):
            return None
        parts: list[Value] = []
        for atom, carried in stands.atoms.items():
            if type(atom) is Obj and self._allocated_by_callee(atom):
                held = [self.value(without_facts(each)) for each in self._fields_of(atom, key)]
                if atom in self.summary.aliases or (not held and atom.kind is Kind.EXTERNAL):
                    held.append(self.object(atom.child(key)))  # of another loop; or whatever a row has there
                parts.extend(carrying(each, self.truths(carried)) for each in held)
            elif type(atom) is Obj and atom.in_an_element:
                parts.append(carrying(self.object(atom.child(key)), self.truths(carried)))
            else:
                parts.append(read(self.frame, self.before, self.value(Value({atom: carried})), key))
        return join_all(parts)

    def _stands_for(self, obj: Obj) -> Value | None:
        """In the callee's terms, and who it is, not what the callee knew of it in the end."""
        if obj.of_a_round:
            return self._chosen[1] if self._chosen and obj is self._chosen[0] else self.summary.stands_for(obj)
        if obj.kind is not Kind.FIELD or obj.base is None or not obj.root.of_a_round:
            return None
        stands = self._stands_for(obj.base)
        if stands is None:
            return None
        parts: list[Value] = []
        for each in stands.objects():
            own = self._allocated_by_callee(each)
            parts.extend(map(without_facts, self._fields_of(each, obj.key) if own else ()))
            if not own or each in self.summary.aliases:
                parts.append(of(each.child(obj.key)))
        return join_all(parts)

    def _fields_of(self, obj: Obj, key: str) -> list[Value]:
        """What the callee has put into an object of its own: there, or where it is not known to be elsewhere."""
        fields = self.summary.fields.get(obj, {})
        if key == ELEMENT or (key.startswith("[-") and key not in fields):
            return [value for name, value in fields.items() if name.startswith("[")]
        names = (key,) if key in fields else (ELEMENT, OPAQUE)
        return [fields[name] for name in names if name in fields]

    def _allocated_by_callee(self, obj: Obj) -> bool:
        if obj.kind not in _MADE:
            return False
        origin = obj.chain[0] if obj.chain else own_name(obj)
        if origin.startswith(self._own):
            return True
        return origin.startswith(self._cells) and not self.frame.world.shared.knows(obj)

    # ── values ────────────────────────────────────────────────────────────────────────────────────────────────────

    def value(self, value: Value) -> Value:
        known = self._values.get(id(value))
        if known is None:
            known = self._values[id(value)] = (value, self._map_value(value))
        return known[1]

    def _map_value(self, value: Value) -> Value:
        parts: dict[Atom, Truths] = {}
        for atom, carried in value.atoms.items():
            mapped = self.truths(carried)
            for replacement, more in self.atom(atom).atoms.items():
                total = mapped | more if more else mapped
                parts[replacement] = common(parts[replacement], total) if replacement in parts else total
        if len(parts) > MANY_ATOMS:
            parts = dict(widened(parts))
        implied = value.implied
        if implied is not NO_IMPLICATION:
            implied = Implied(*(self.truths(facts) for facts in implied))
        probes = tuple(probe for probe in map(self.probe, value.probes) if probe is not None)
        result = Value(parts, implied, probes)
        return self._with_inputs_implications(value, result)

    def _with_inputs_implications(self, before: Value, after: Value) -> Value:
        """A callee that hands an input back hands back what its truth implies, too."""
        if len(before.atoms) != 1:
            return after
        (atom,) = before.atoms
        if type(atom) is not Obj or (not atom.symbolic and atom.kind is not Kind.FIELD):
            return after
        source = self.object(atom)
        implied = source.settled().implied
        if implied is NO_IMPLICATION:
            return after
        return Value(after.atoms, Implied(*(a | b for a, b in zip(after.implied, implied, strict=True))), after.probes)

    def atom(self, atom: Atom) -> Value:
        found = self._atoms.get(atom)
        if found is None:
            found = self._atoms[atom] = self._map_atom(atom)
        return found

    def _map_atom(self, atom: Atom) -> Value:
        kind = type(atom)
        if kind is Obj:
            return self.object(atom)  # type: ignore[arg-type]
        if kind is Label:
            return self.label(atom)  # type: ignore[arg-type]
        if kind is Data:
            held = self._contents.of(self.object(atom.of))  # type: ignore[union-attr]
            return held if atom.whole else without_whole_people(self.frame, self.before, held)  # type: ignore[union-attr]
        if isinstance(atom, BoundAtom):
            environment = self._one(atom.environment)
            receivers = self.object(atom.receiver).objects()
            return Value({BoundAtom(atom.function, environment, each): frozenset() for each in receivers})
        if isinstance(atom, FunctionAtom):
            return of(FunctionAtom(atom.function, self._one(atom.environment)))
        if isinstance(atom, ApiAtom) and atom.receiver is not None:
            receivers = self.object(atom.receiver).objects()
            return (
                Value({ApiAtom(atom.path, each): frozenset() for each in receivers})
                if receivers
                else of(ApiAtom(atom.path))
            )
        if isinstance(atom, MethodAtom) and atom.receiver is not None:
            receivers = self.object(atom.receiver).objects()
            return Value({MethodAtom(atom.name, each, atom.data): frozenset() for each in receivers})
        return of(atom)

    def _one(self, obj: Obj | None) -> Obj | None:
        if obj is None:
            return None
        found = self.object(obj).objects()
        return found[0] if found else None

    def label(self, label: Label) -> Value:
        """Read from whatever the caller's record is; nothing where the caller put a constant there."""
        record = label.record
        mapped = self.object(record)
        if len(mapped.atoms) == 1 and record in mapped.atoms:
            return of(label)
        found: dict[Atom, Truths] = {}
        is_there = any(type(atom) is Obj for atom in mapped.atoms)
        for atom, carried in mapped.atoms.items():
            if type(atom) is Obj:
                if not self._says_itself(atom, label.field, label.confidence):
                    found[label.read_from(atom)] = carried
            elif is_there and (type(atom) is Label or type(atom) is Data):
                found[atom] = carried  # the data that went into the record: it stays what it is
            elif type(atom) is Label or type(atom) is Data:
                holder = atom.record if isinstance(atom, Label) else atom.of
                found[label.read_from(holder)] = carried
        if not mapped.atoms:
            found[label] = frozenset()
        return Value(found)

    def _says_itself(self, record: Obj, field: str, confidence: Confidence) -> bool:
        if not field:
            return False
        stored = stored_value(self.frame, self.before, record, field)
        if stored is None or not stored.atoms:
            return False
        return all(type(atom) is Const for atom in stored.atoms) or put_there(record, field, stored, confidence)

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def truths(self, truths: Truths) -> Truths:
        if not truths:
            return truths
        found: set[Truth] = set()
        for truth in truths:
            if type(truth) is Same and truth.left.key.startswith(OUTCOME):
                found.update(self._outcome(truth.left))
            elif (mapped := self.truth(truth)) is not None:
                found.add(mapped)
                if type(mapped) is Fact and mapped.every:
                    found.update(in_their_places(self.frame, self.state, mapped))
        return frozenset(found)

    def _outcome(self, obj: Obj) -> Truths:
        """What it proves here that the callee's test of what it was given had this outcome."""
        assert obj.base is not None
        given = tested(self.frame, self.object(obj.base))
        return given[Implied._fields.index(obj.key.removeprefix(OUTCOME))]

    def truth(self, truth: Truth) -> Truth | None:
        if truth not in self._truths:
            self._truths[truth] = self._map_truth(truth)
        return self._truths[truth]

    def _map_truth(self, truth: Truth) -> Truth | None:
        if type(truth) is Fact:
            if truth.subject is None:
                return truth
            subject = any_of(truth.subject, self.person) if truth.every else self.person(truth.subject)
            return truth._replace(subject=subject) if subject is not None else None
        assert isinstance(truth, Same)
        left, right = self.person(truth.left), self.person(truth.right)
        return Same(left, right) if left is not None and right is not None else None

    def person(self, obj: Obj) -> Obj | None:
        """The one object that a subject is here: an id that was handed over stands for itself.

        What stands beside an object is the data that went into it: it says nothing about who it is.
        """
        mapped = self.object(obj)
        found: dict[Obj, None] = dict.fromkeys(mapped.objects())
        for atom in mapped.atoms if not found else ():
            if type(atom) is Data:
                found[atom.of] = None
            elif type(atom) is Label and atom.field:
                found[atom.record.child(atom.field)] = None
        return next(iter(found)) if len(found) == 1 else None

    def probe(self, probe: Probe) -> Probe | None:
        if probe.subject is None:
            return probe
        subject = self.person(probe.subject)
        return probe._replace(subject=subject) if subject is not None else None
