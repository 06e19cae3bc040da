"""Abstract values: what a reference can stand for, with the facts that travel with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from datause_lint.analysis.atoms import (
    ApiAtom,
    Atom,
    BoundAtom,
    ClassAtom,
    Const,
    Data,
    FunctionAtom,
    Label,
    MethodAtom,
    ModuleAtom,
    Pattern,
)
from datause_lint.analysis.evidence import (
    NO_IMPLICATION,
    Implied,
    comparison,
    implications,
)
from datause_lint.analysis.facts import NOTHING, Fact, Probe, Same, Truth, Truths, common
from datause_lint.analysis.objects import ALLOCATED, Kind, Obj, rerooted
from datause_lint.findings.finding import Location
from datause_lint.ir.instructions import Constant
from datause_lint.names import CategoryKey
from datause_lint.policy.entries import Evidence


class Value:
    """Everything that an expression may evaluate to; with each atom the facts that held wherever it came from.

    ``atoms`` maps an atom to the truths that it carries: a *must* set, the intersection over all ways.
    """

    __slots__ = ("_roots", "atoms", "choice", "implied", "probes")

    def __init__(
        self,
        atoms: Mapping[Atom, Truths],
        implied: Implied = NO_IMPLICATION,
        probes: tuple[Probe, ...] = (),
        choice: Choice | None = None,
    ) -> None:
        self.atoms = atoms
        self.implied = implied
        self.probes = probes
        self.choice = choice
        self._roots: frozenset[Obj] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and (
            self is other
            or (self.atoms == other.atoms and self.implied == other.implied and self.probes == other.probes)
        )

    __hash__ = None  # type: ignore[assignment]  # values are compared, never keys

    def __repr__(self) -> str:
        return f"Value({list(self.atoms)!r})"

    @property
    def roots(self) -> frozenset[Obj]:
        """The roots of all objects that the value speaks of: in its atoms, and in the truths that go with them."""
        if self._roots is None:
            self._roots = frozenset(_roots_of(self))
        return self._roots

    def objects(self) -> list[Obj]:
        return [atom for atom in self.atoms if type(atom) is Obj]

    def constants(self) -> list[Constant] | None:
        """The constants that the value is one of; None when it may be something else."""
        found: list[Constant] = []
        for atom in self.atoms:
            if type(atom) is not Const:
                return None
            found.append(atom.value)
        return found or None

    def constant(self) -> Const | None:
        if len(self.atoms) != 1:
            return None
        (atom,) = self.atoms
        return atom if type(atom) is Const else None

    def only_object(self) -> Obj | None:
        """The one object that the value must be."""
        found = self.objects()
        return found[0] if len(found) == 1 else None

    def may_be_true(self) -> bool:
        return any(not (type(atom) is Const and not atom.value) for atom in self.atoms) or not self.atoms

    def may_be_false(self) -> bool:
        return any(not _always_true(atom) for atom in self.atoms) or not self.atoms

    def may_be_none(self) -> bool:
        return not self.atoms or any(
            (type(atom) is Const and atom.value is None)
            or type(atom) in ANYTHING
            or (type(atom) is Obj and not _is_instance(atom))
            for atom in self.atoms
        )

    def may_be_some(self) -> bool:
        return any(not (type(atom) is Const and atom.value is None) for atom in self.atoms) or not self.atoms

    def if_true(self) -> Value:
        """What is left of the value where it is true."""
        kept = {atom: carried for atom, carried in self.atoms.items() if type(atom) is not Const or atom.value}
        return self if len(kept) == len(self.atoms) or not kept else Value(kept, self.implied, self.probes)

    def if_false(self) -> Value:
        """What is left of the value where it is false: no data is in that."""
        kept: dict[Atom, Truths] = {}
        for atom, carried in self.atoms.items():
            if type(atom) is Const and not atom.value:
                kept[atom] = carried
            elif not _always_true(atom):
                for falsy in (Const(False, bool), Const(None, type(None))):
                    kept[falsy] = common(kept[falsy], carried) if falsy in kept else carried
        return Value(kept, self.implied, self.probes) if kept else self

    def settled(self) -> Value:
        """The value with what its probes prove written out as implications."""
        if not self.probes:
            return self
        implied = self.implied
        for probe in self.probes:
            implied = Implied(*(a | b for a, b in zip(implied, implications(probe), strict=True)))
        return Value(self.atoms, implied)


def _is_instance(obj: Obj) -> bool:
    """Whether the object was made by a display, or by calling a class."""
    if obj.kind is not Kind.EXTERNAL:
        return obj.kind is Kind.NEW
    path = obj.api or ""
    return path.endswith("()") and path.removesuffix("()").rpartition(".")[2][:1].isupper()


def _roots_of(value: Value) -> Iterator[Obj]:
    for atom, carried in value.atoms.items():
        kind = type(atom)
        if kind is Obj:
            yield atom.root  # type: ignore[union-attr]  # narrowed by kind
        elif isinstance(atom, Label):
            yield atom.record.root
        elif isinstance(atom, Data):
            yield atom.of.root
        elif isinstance(atom, BoundAtom):
            yield atom.receiver.root
            if atom.environment is not None:
                yield atom.environment.root
        elif isinstance(atom, FunctionAtom):
            if atom.environment is not None:
                yield atom.environment.root
        elif isinstance(atom, (ApiAtom, MethodAtom)) and atom.receiver is not None:
            yield atom.receiver.root
        for truth in carried:
            yield from _roots_of_truth(truth)
    for facts in value.implied:
        for truth in facts:
            yield from _roots_of_truth(truth)
    for probe in value.probes:
        if probe.subject is not None:
            yield probe.subject.root


def _roots_of_truth(truth: Truth) -> Iterator[Obj]:
    if type(truth) is Fact:
        if truth.subject is not None:
            yield truth.subject.root
    else:
        assert isinstance(truth, Same)
        yield truth.left.root
        yield truth.right.root


def _always_true(atom: Atom) -> bool:
    if type(atom) is Const:
        return bool(atom.value)
    return type(atom) in (FunctionAtom, BoundAtom, ClassAtom, ModuleAtom)


class Choice(NamedTuple):
    """What was read from one of several objects: what it proves of each of them, where that is the one."""

    base: Value
    implied: dict[Obj, Implied]

    def proven(self, outcome: bool) -> Value:
        """The objects, each with what the truth, or the falsehood, of what was read proves of it."""
        more = {obj: each.true | each.some if outcome else each.false for obj, each in self.implied.items()}
        atoms = {
            atom: carried | more.get(atom, NOTHING) if type(atom) is Obj else carried
            for atom, carried in self.base.atoms.items()
        }
        return Value(atoms, self.base.implied, self.base.probes)


EMPTY: Final = Value({})


def of(*atoms: Atom) -> Value:
    return Value(dict.fromkeys(atoms, NOTHING))


def const(value: Constant) -> Value:
    return Value({Const(value, type(value)): NOTHING})


NONE: Final = const(None)
ANYTHING: Final = frozenset({Data, Label, ApiAtom, MethodAtom})  # may be true, false, None or something else
UNKNOWN_BOOLEAN: Final = Value({Const(True, bool): NOTHING, Const(False, bool): NOTHING})


def merge_atoms(left: Mapping[Atom, Truths], right: Mapping[Atom, Truths]) -> Mapping[Atom, Truths]:
    """Union of the atoms; what both have carries only what it carries on both sides. The left one where that is all."""
    if left is right or not right:
        return left
    if not left:
        return right
    merged: dict[Atom, Truths] | None = None
    for atom, carried in right.items():
        before = left.get(atom)
        if before is not None and (before is carried or before <= carried):
            continue
        if merged is None:
            merged = dict(left)
        merged[atom] = carried if before is None else common(before, carried)
    if merged is None:
        return left
    return merged if len(merged) <= MANY_ATOMS else widened(merged)


def widened(atoms: Mapping[Atom, Truths]) -> Mapping[Atom, Truths]:
    """Of very many atoms: any text instead of each, all that something holds instead of parts of it, a collection
    instead of slices of it, and what was read from some one of the objects that a place has made."""
    texts = sum(map(is_text, atoms))
    parts = Counter(atom.of.root for atom in atoms if type(atom) is Data)
    readings = Counter(_reading(atom) for atom in atoms if type(atom) is Label and atom.record.root.kind in ALLOCATED)
    kept: dict[Atom, Truths] = {}
    for atom, carried in atoms.items():
        if texts > MANY_TEXTS and is_text(atom):
            atom, carried = ANY_TEXT, NOTHING
        elif type(atom) is Obj and atom.is_part and atom.plain in atoms:
            atom = atom.plain
        elif type(atom) is Data and parts[atom.of.root] > 1:
            atom = Data(atom.of.root) if parts[atom.of.root] > MANY_PARTS else _part_of(atom, atoms)
        elif type(atom) is Label and readings[_reading(atom)] > MANY_RECORDS:
            atom = _of_any_made_there(atom)
        kept[atom] = common(kept[atom], carried) if atom in kept else carried
    return kept if len(kept) < len(atoms) else atoms  # each of them makes fewer, or it changes nothing


def taken_in(value: Value, by: Value) -> Value:
    """The value, with what ``by`` has in place of such atoms since it was widened. What grows by it comes to rest:
    otherwise the same texts and readings come in again until there are many, and are widened again, for ever."""
    known = by.atoms
    if all(atom in known for atom in value.atoms):
        return value
    atoms: dict[Atom, Truths] = {}
    for atom, carried in value.atoms.items():
        if atom not in known:
            atom = _stood_for(atom, known)
        atoms[atom] = common(atoms[atom], carried) if atom in atoms else carried
    return Value(atoms, value.implied, value.probes)


def _stood_for(atom: Atom, known: Mapping[Atom, Truths]) -> Atom:
    if ANY_TEXT in known and is_text(atom):
        return ANY_TEXT
    if type(atom) is Obj and atom.is_part and atom.plain in known:
        return atom.plain
    if type(atom) is Data:
        return _part_of(atom, known)
    if type(atom) is Label and atom.record.root.kind in ALLOCATED and atom.record.root.chain:
        of_any = _of_any_made_there(atom)
        return of_any if of_any in known else atom
    return atom


def _of_any_made_there(label: Label) -> Label:
    return label.read_from(rerooted(label.record, label.record.root.allocation.past()))


def _reading(label: Label) -> tuple[Obj, str, CategoryKey, Location]:
    """What labels have in common that were read at one place from objects that another place has made."""
    return label.record.root.allocation, label.field, label.category, label.source.location


def _part_of(data: Data, atoms: Mapping[Atom, Truths]) -> Data:
    """The data that this is a part of, if it is there."""
    holder: Obj | None = data.of
    found = data
    while holder is not None:
        if (whole := Data(holder)) in atoms:
            found = whole
        holder = holder.base if holder.kind is Kind.FIELD else None
    return found


def is_text(atom: Atom) -> bool:
    return isinstance(atom, Pattern) or (isinstance(atom, Const) and isinstance(atom.value, (str, bytes)))


MANY_ATOMS: Final = 40
MANY_PARTS: Final = 16
MANY_RECORDS: Final = 4
MANY_TEXTS: Final = 12
ANY_TEXT: Final = Pattern("{}")


def _meet(cases: Iterable[tuple[bool, Truths]]) -> Truths:
    """What follows from an outcome: the facts common to all the sides on which the outcome is possible."""
    result: Truths | None = None
    for possible, facts in cases:
        if possible:
            result = facts if result is None else common(result, facts)
    return result if result is not None else NOTHING


def _tells_nothing(value: Value, lost: Truths) -> bool:
    """Whether no outcome of a test of the value would prove anything, and every outcome is possible."""
    if lost or value.implied is not NO_IMPLICATION:
        return False
    for atom in value.atoms:
        if type(atom) in ANYTHING or (type(atom) is Obj and not _is_instance(atom)):
            return True
    return not value.atoms


def join(left: Value, right: Value, left_lost: Truths = NOTHING, right_lost: Truths = NOTHING) -> Value:
    """Either value. ``…_lost`` are facts of that side's path that the other lacks: they may depend on the value."""
    lost = bool(left_lost or right_lost)
    if left is right and not lost:
        return left
    atoms = merge_atoms(left.atoms, right.atoms)
    if not left.atoms or not right.atoms:
        atoms = _of_constants_nothing(atoms)
    if left.probes != right.probes or lost:
        evidence = None if lost else _evidence_or_no(left, right) or _evidence_or_no(right, left)
        if evidence is not None:
            return Value(atoms, evidence.implied, evidence.probes)
        left, right = left.settled(), right.settled()
    a, b = left.implied, right.implied
    implied = NO_IMPLICATION
    if not (_tells_nothing(left, left_lost) or _tells_nothing(right, right_lost)):
        implied = Implied(
            _meet(((left.may_be_true(), a.true | left_lost), (right.may_be_true(), b.true | right_lost))),
            _meet(((left.may_be_false(), a.false | left_lost), (right.may_be_false(), b.false | right_lost))),
            _meet(((left.may_be_none(), a.none | left_lost), (right.may_be_none(), b.none | right_lost))),
            _meet(((left.may_be_some(), a.some | left_lost), (right.may_be_some(), b.some | right_lost))),
        )
        if not any(implied):
            implied = NO_IMPLICATION
    if atoms is left.atoms and implied == left.implied and left.choice is None:
        return left
    return Value(atoms, implied, left.probes)


def _evidence_or_no(evidence: Value, other: Value) -> Value | None:
    """``settings.get("ai_consent") or None``: beside a constant that says no, evidence is still evidence."""
    constants = [atom for atom in other.atoms if type(atom) is Const]
    if not evidence.probes or other.probes or any(other.implied) or not len(constants) == len(other.atoms) > 0:
        return None
    for probe in evidence.probes:
        wrong = any(bool(each.value) is not (probe.guard.evidence is Evidence.FALSE) for each in constants)
        if wrong or probe.negated or comparison(probe, constants)[0]:
            return None
    return evidence


def _of_constants_nothing(atoms: Mapping[Atom, Truths]) -> Mapping[Atom, Truths]:
    """Beside a value of which nothing is known, which may be the same constant: that it is one proves nothing."""
    if not any(carried and type(atom) is Const for atom, carried in atoms.items()):
        return atoms
    return {atom: NOTHING if type(atom) is Const else carried for atom, carried in atoms.items()}


def join_all(values: Iterable[Value]) -> Value:
    parts = list(values)
    if len(parts) > 2 and all(part.implied is NO_IMPLICATION and not part.probes for part in parts):
        return _union(parts)
    result: Value | None = None
    for value in parts:
        result = value if result is None else join(result, value)
    return result if result is not None else EMPTY


def _union(parts: list[Value]) -> Value:
    """Any of many values of which only the atoms tell something: put together at once, since each join is a copy."""
    first = parts[0]
    merged = dict(first.atoms)
    changed = first.choice is not None
    for part in parts[1:]:
        for atom, carried in part.atoms.items():
            before = merged.get(atom)
            if before is None or not (before is carried or before <= carried):
                merged[atom] = carried if before is None else common(before, carried)
                changed = True
    if not changed:
        return first
    return Value(merged if len(merged) <= MANY_ATOMS else widened(merged))


def carrying(value: Value, facts: Truths) -> Value:
    """The value, every atom of which also carries the facts."""
    if not facts:
        return value
    return Value({atom: carried | facts for atom, carried in value.atoms.items()}, value.implied, value.probes)
