"""Abstract values: what a reference can stand for, with the facts that travel with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Final, NamedTuple

from datause_lint.analysis.facts import NOTHING, Fact, Probe, Same, Truth, Truths, common
from datause_lint.analysis.objects import ALLOCATED, Kind, Obj, rerooted
from datause_lint.findings.finding import Location, Step
from datause_lint.ir.instructions import Constant
from datause_lint.names import ApiPath, CategoryKey, ClassId, FunctionId, ModuleName
from datause_lint.policy.entries import Confidence, Evidence, Guard


@dataclass(frozen=True, slots=True)
class Const:
    """A constant. Equality tells ``True`` from ``1``."""

    value: Constant
    kind: type
    name: str = dataclass_field(default="", compare=False)  # of an enum's member
    _hash: int = dataclass_field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.value, self.kind)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class Pattern:
    """A string of which parts are known: ``{}`` stands for the others."""

    text: str


@dataclass(frozen=True, slots=True)
class FunctionAtom:
    function: FunctionId
    environment: Obj | None  # holds the captured variables


@dataclass(frozen=True, slots=True)
class BoundAtom:
    function: FunctionId
    environment: Obj | None
    receiver: Obj


@dataclass(frozen=True, slots=True)
class ClassAtom:
    cls: ClassId


@dataclass(frozen=True, slots=True)
class ModuleAtom:
    module: ModuleName


@dataclass(frozen=True, slots=True)
class ApiAtom:
    """Code outside the program, by its path; ``receiver`` is the object whose attribute it is."""

    path: ApiPath
    receiver: Obj | None = None


@dataclass(frozen=True, slots=True)
class LazyImport:
    """``from module import name`` of a module of the program, not looked into yet."""

    module: ModuleName
    name: str  # empty: the module itself


@dataclass(frozen=True, slots=True)
class MethodAtom:
    """A method of an object whose class does not tell: of a container, a string, something unknown."""

    name: str
    receiver: Obj | None
    data: bool  # the receiver is, or holds, data without an object


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """Personal data of ``category``, read at ``source`` from ``record``; ``relation`` leads from it to its subject."""

    category: CategoryKey
    source: Step
    record: Obj
    field: str  # the key it was read by; empty for a record passed whole
    relations: tuple[tuple[str, ...], ...]  # ways from the record to its subject, each as keys; () is the record itself
    doubtful: tuple[tuple[str, ...], ...]  # ways to people whose consent would leave the flow unproven
    confidence: Confidence
    _hash: int = dataclass_field(
        init=False, repr=False
    )  # labels are keys everywhere: hashing them anew each time costs

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.category, self.source.location, self.record, self.field)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            type(other) is Label
            and self._hash == other._hash
            and self.record is other.record
            and self.category == other.category
            and self.field == other.field
            and self.source.location == other.source.location
            and self.relations == other.relations
            and self.doubtful == other.doubtful
            and self.confidence == other.confidence
        )

    def read_from(self, record: Obj) -> Label:
        """The same reading, of another object: as another frame, or a later round, knows it."""
        if record is self.record:
            return self
        return Label(self.category, self.source, record, self.field, self.relations, self.doubtful, self.confidence)


class Data:
    """Whatever data the symbolic object, and all that it holds, turns out to be: whole records, too, or only what was
    read from them. There is one of each for each object."""

    __slots__ = ("of", "whole")
    of: Obj
    whole: bool

    def __new__(cls, of: Obj, *, whole: bool = True) -> Data:
        known = of.as_data if whole else of.as_parts
        if known is None:
            known = object.__new__(cls)
            object.__setattr__(known, "of", of)
            object.__setattr__(known, "whole", whole)
            if whole:
                of.as_data = known
            else:
                of.as_parts = known
        assert isinstance(known, Data)
        return known

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"Data({self.of!r})" if self.whole else f"Data({self.of!r}, whole=False)"


Atom = (
    Obj
    | Const
    | Pattern
    | FunctionAtom
    | BoundAtom
    | ClassAtom
    | ModuleAtom
    | ApiAtom
    | LazyImport
    | MethodAtom
    | Label
    | Data
)


class Implied(NamedTuple):
    """What follows from a test of the value."""

    true: Truths = NOTHING
    false: Truths = NOTHING
    none: Truths = NOTHING
    some: Truths = NOTHING  # it is not None


NO_IMPLICATION: Final = Implied()

TEXT_TRUE: Final = frozenset({"true", "t", "yes", "y", "on", "1"})  # as files and forms write it
TEXT_FALSE: Final = frozenset({"false", "f", "no", "n", "off", "0", ""})
OTHER: Final = object()  # any value that a policy does not name


def outcomes(guard: Guard) -> tuple[list[object], list[object]]:
    """The values of its evidence to tell apart, and those of them that prove consent."""
    evidence = guard.evidence
    values: list[object] = list(guard.values)
    if evidence is Evidence.TRUE:
        return [True, False, None], [True, None] if guard.null_allows else [True]
    if evidence is Evidence.FALSE:
        return [True, False, None], [False, None]
    if evidence is Evidence.EQUALS:
        return [*values, None, OTHER], values
    if evidence is Evidence.NOT_EQUALS:
        return [*values, None, OTHER], [OTHER]
    if evidence is Evidence.SET:
        return [None, OTHER], [OTHER]
    return [], []


def _proves(probe: Probe, outcome: list[object], consenting: list[object]) -> Truths:
    if not outcome or not all(any(value is each or value == each for each in consenting) for value in outcome):
        return NOTHING
    fact = Fact(probe.guard.id, probe.uses, probe.subject, probe.location, probe.guard.organisation)
    return frozenset((fact,))


def proven(probe: Probe, outcome: list[object]) -> Truths:
    """What it proves that a value read from evidence is one of these."""
    return _proves(probe, outcome, outcomes(probe.guard)[1])


def implications(probe: Probe) -> Implied:
    """What the truth of a value read from evidence proves."""
    domain, consenting = outcomes(probe.guard)
    true = [value for value in domain if value is OTHER or bool(value)]
    false: list[object] = [value for value in domain if value is OTHER or not value]
    if probe.guard.evidence is Evidence.SET:
        false = [None]
    implied = Implied(
        _proves(probe, true, consenting),
        _proves(probe, false, consenting),
        _proves(probe, [None] * domain.count(None), consenting),
        _proves(probe, [value for value in domain if value is not None], consenting),
    )
    return Implied(implied.false, implied.true) if probe.negated else implied


def comparison(probe: Probe, constants: Iterable[Const]) -> tuple[Truths, Truths]:
    """What it proves that a value read from evidence equals one of the constants, and that it equals none of them."""
    domain, consenting = outcomes(probe.guard)
    if not domain or probe.negated:
        return NOTHING, NOTHING
    if probe.guard.evidence is Evidence.EQUALS and "*" in probe.guard.values:
        there = all(constant.value is not None for constant in constants)
        return (_proves(probe, [OTHER], [OTHER]) if there else NOTHING), NOTHING
    equal: list[object] = []
    for constant in constants:
        named = [value for value in domain if value is not OTHER and _is_constant(value, constant)]
        equal.extend(named or [OTHER])
    different = [value for value in domain if value is OTHER or value not in equal]
    return _proves(probe, equal, consenting), _proves(probe, different, consenting)


def _is_constant(value: object, constant: Const) -> bool:
    if isinstance(value, bool) and isinstance(constant.value, str):
        return constant.value.strip().lower() in (TEXT_TRUE if value else TEXT_FALSE)
    if value is None or isinstance(value, bool):
        return value is constant.value or (
            isinstance(value, bool) and constant.value in (0, 1) and value == constant.value
        )
    return value in (constant.value, constant.name) if constant.name else value == constant.value


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
    """Of very many atoms: any text instead of each, all that something holds instead of parts of it, and what was read
    from some one of the objects that a place has made."""
    texts = sum(map(is_text, atoms))
    parts = Counter(atom.of.root for atom in atoms if type(atom) is Data)
    readings = Counter(_reading(atom) for atom in atoms if type(atom) is Label and atom.record.root.kind in ALLOCATED)
    kept: dict[Atom, Truths] = {}
    for atom, carried in atoms.items():
        if texts > MANY_TEXTS and is_text(atom):
            atom, carried = ANY_TEXT, NOTHING
        elif type(atom) is Data and parts[atom.of.root] > 1:
            atom = Data(atom.of.root) if parts[atom.of.root] > MANY_PARTS else _part_of(atom, atoms)
        elif type(atom) is Label and readings[_reading(atom)] > MANY_RECORDS:
            atom = atom.read_from(rerooted(atom.record, atom.record.root.allocation.past()))
        kept[atom] = common(kept[atom], carried) if atom in kept else carried
    return kept if len(kept) < len(atoms) else atoms  # each of them makes fewer, or it changes nothing


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
