"""The abstract state at one place of a function: variables, heap, and what is known to hold."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Mapping
from itertools import chain
from typing import Final, TypeVar

from datause_lint.analysis.answers import with_answers
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, Data, FunctionAtom, Label, MethodAtom
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.facts import NOTHING, Fact, Same, Truth, Truths, common
from datause_lint.analysis.lost_facts import Lost
from datause_lint.analysis.objects import (
    ALLOCATED,
    ASKED,
    CHILD,
    ELEMENT,
    FULL,
    MADE_OF,
    MAYBE,
    SURELY,
    WHOLE,
    Kind,
    Obj,
)
from datause_lint.analysis.rows_of_records import unmarked, with_mark
from datause_lint.analysis.untold import either
from datause_lint.analysis.values import EMPTY, Value, merge_atoms

Fields = Mapping[str, Value]
K = TypeVar("K", bound=Hashable)
INTO: Final = "@into"  # of a dict: the one into which it puts whatever is put into it
SHOWN: Final = "@shown"  # of a dict: others that show what is put into it
CONDITION: Final = "?"  # begins the variable that holds what a condition on an input came to
PICKED: Final = CONDITION + "["  # begins the one that holds what an index has picked, by the text of the index
BESIDE: Final = "@beside"  # of a list of answers: the collection that has, at the same places, those who gave them
INDEX: Final = "@index"  # of an element that an index has picked: the index
AMONG: Final = "@among"  # and the elements of which it is one
IS: Final = "@check:"  # followed by a number: an element of a table, where it is this one of its checks
MEANS: Final = "@means"  # of that: what it proves


class State:
    """Variables and heap are copied when a path forks; the tables inside the heap are never changed in place."""

    __slots__ = ("aged", "facts", "heap", "variables")

    def __init__(self, variables: dict[str, Value], heap: dict[Obj, Fields], facts: Truths, aged: int = 0) -> None:
        self.variables = variables
        self.heap = heap
        self.facts = facts
        self.aged = aged  # how many objects have been looked through on the way here, to age others in them

    def copy(self) -> State:
        return State(dict(self.variables), dict(self.heap), self.facts, self.aged)

    def same_as(self, other: State) -> bool:
        return self.facts == other.facts and self.variables == other.variables and self.heap == other.heap

    def stored(self, obj: Obj, key: str) -> Value | None:
        fields = self.heap.get(obj)
        return fields.get(key) if fields is not None else None

    def store(self, obj: Obj, key: str, value: Value) -> None:
        before = self.heap.get(obj)
        fields = dict(before) if before is not None else {}
        fields[key] = value
        if MADE_OF in fields and key[0] in "[.*":
            fields[MADE_OF] = unmarked()
        if SURELY in fields and (key == FULL or key[0] == "["):
            del fields[SURELY]
        self.heap[obj] = fields
        if key == ELEMENT and before is not None and (self.facts or WHOLE in fields or ASKED in fields):
            self.forget_everybody(obj)
        if before is None and obj.base is not None:  # whoever asks for all that the holder holds must find it
            self.store(obj.base, CHILD + obj.key, EMPTY)
        if key[0] == "[" and (INTO in fields or SHOWN in fields):
            for each in self._shown_in(obj):
                there = self.heap.get(each, {})
                self.heap[each] = {**there, key: either(there[key], value) if key in there else value}

    def _shown_in(self, obj: Obj) -> list[Obj]:
        """Where else is found what is put into the dict."""
        written = self._linked(dict.fromkeys((obj,)), INTO)
        return [each for each in self._linked(written, SHOWN) if each is not obj]

    def _linked(self, objects: dict[Obj, None], link: str) -> dict[Obj, None]:
        found, pending = dict(objects), list(objects)
        while pending:
            others = self.stored(pending.pop(), link)
            news = [each for each in others.objects() if each not in found] if others is not None else []
            found.update(dict.fromkeys(news))
            pending.extend(news)
        return found

    def store_surely(self, obj: Obj, key: str, value: Value) -> None:
        """On every path that led here."""
        self.store(obj, key, value)
        if key[0] in "[." and MAYBE + key in self.heap[obj]:
            self.heap[obj] = {name: each for name, each in self.heap[obj].items() if name != MAYBE + key}

    def store_all(self, obj: Obj, fields: Fields) -> None:
        before = self.heap.get(obj)
        self.heap[obj] = {**before, **fields} if before else fields
        if before and MADE_OF in before:
            self.heap[obj] = {**self.heap[obj], MADE_OF: unmarked()}
        if before is None and obj.base is not None:
            self.store(obj.base, CHILD + obj.key, EMPTY)

    def store_weakly(self, obj: Obj, key: str, value: Value) -> None:
        before = self.stored(obj, key)
        self.store(obj, key, value if before is None else either(before, value))

    def store_all_weakly(self, obj: Obj, fields: Fields) -> None:
        """The object, or another one that the same place has made, has these fields."""
        mark = fields.get(MADE_OF) if obj in self.heap else None
        before = self.stored(obj, MADE_OF) if self.heap.get(obj) else mark
        for key, value in fields.items():
            self.store_weakly(obj, key, value)
        if mark is not None and before is not None:
            self.store(obj, MADE_OF, either(before, mark))

    def allocate(self, obj: Obj) -> None:
        """``obj`` is made here: what the same place made in an earlier round becomes something of the past."""
        if obj in self.heap:
            age(self, obj)
        self.heap[obj] = {}

    def forget_everybody(self, collection: Obj) -> None:
        """Somebody has joined those of whom something is known."""
        self._forget(collection, parts_only=False)
        fields = self.heap.get(collection, {})
        if WHOLE in fields or ASKED in fields:
            self.heap[collection] = {key: value for key, value in fields.items() if key not in (WHOLE, ASKED)}

    def forget_parts(self, collection: Obj) -> None:
        """The elements have changed places: others may be in a part of it, and at an index, now."""
        self._forget(collection, parts_only=True)
        for name in [name for name in self.variables if name.startswith(PICKED)]:
            del self.variables[name]
        for obj, fields in list(self.heap.items()):
            if BESIDE in fields and (obj is collection or collection in fields[BESIDE].atoms):
                self.heap[obj] = {key: value for key, value in fields.items() if key != BESIDE}

    def _forget(self, collection: Obj, *, parts_only: bool) -> None:
        """What is known of its elements, and the answers that have been given about them."""

        def is_gone(truth: Truth) -> bool:
            return type(truth) is Fact and truth.every and _is_element_of(truth, collection, parts_only=parts_only)

        def left_of(value: Value) -> Value:
            if value.implied is NO_IMPLICATION:
                return value
            implied = Implied(*(frozenset(each for each in facts if not is_gone(each)) for facts in value.implied))
            return value if implied == value.implied else Value(value.atoms, implied, value.probes)

        gone = {fact for fact in self.facts if is_gone(fact)}
        if gone:
            self.facts = self.facts - gone
        if ASKED in self.heap.get(collection, {}):
            self.change_values(left_of)

    def learn(self, facts: Truths) -> None:
        if facts:
            self.facts = self.facts | facts
            for fact in facts:
                self.facts |= self.meant_by(fact)

    def meant_by(self, truth: Truth) -> Truths:
        """What a check proves that stands in a table, where all that are in the table have been made."""
        check = truth.subject if type(truth) is Fact and truth.every and not truth.refused else None
        means = self.stored(check, MEANS) if check is not None and check.key.startswith(IS) else None
        return means.implied.true if means is not None else NOTHING

    def change_values(self, change: Callable[[Value], Value]) -> None:
        """Whatever variables and objects hold is to be what it becomes by the change."""
        self.variables = {name: change(value) for name, value in self.variables.items()}
        self.heap = {obj: {key: change(each) for key, each in fields.items()} for obj, fields in self.heap.items()}


def is_held(state: State, obj: Obj) -> bool:
    """Whether a variable, or some object, has the object."""
    values = chain(state.variables.values(), *(fields.values() for fields in state.heap.values()))
    return any(obj in value.roots for value in values)


def _is_element_of(fact: Fact, collection: Obj, *, parts_only: bool) -> bool:
    obj = fact.subject
    while obj is not None:
        if obj.key == ELEMENT and obj.base is not None and obj.base.plain is collection:
            return obj.base is not collection or not parts_only
        obj = obj.base
    return False


def join_states(left: State, right: State) -> State:
    """Either state. Facts that only one side has stay with that side's data, and in what its values imply."""
    facts = common(left.facts, right.facts) if left.facts is not right.facts else left.facts
    left_lost, right_lost = Lost(left.facts - facts), Lost(right.facts - facts)
    variables = {
        name: _join_sides(value, right.variables.get(name), left_lost, right_lost)
        for name, value in left.variables.items()
        if name in right.variables or not name.startswith(CONDITION)
    }
    for name, value in right.variables.items():
        if name not in variables and not name.startswith(CONDITION):
            variables[name] = _only_side(value, right_lost)
    heap = dict(left.heap)
    for obj, fields in left.heap.items():
        others = right.heap.get(obj)
        if others is not fields:
            heap[obj] = _join_fields(obj, fields, others, left_lost, right_lost)
    for obj, fields in right.heap.items():
        if obj not in heap:
            heap[obj] = _join_fields(obj, fields, None, right_lost, left_lost)
    return State(variables, heap, facts, max(left.aged, right.aged))


def _join_sides(left: Value, right: Value | None, left_lost: Lost, right_lost: Lost) -> Value:
    if right is None:
        return _only_side(left, left_lost)
    if left is right:
        return left
    return either(left_lost.attach(left), right_lost.attach(right), left_lost.all, right_lost.all)


def _only_side(value: Value, lost: Lost) -> Value:
    """A variable that the other path does not have: where it exists, this path was taken."""
    if not lost.all:
        return value
    implied = Implied(*(facts | lost.all for facts in value.implied))
    return Value(lost.attach(value).atoms, implied, value.probes)


def _join_fields(obj: Obj, left: Fields, right: Fields | None, left_lost: Lost, right_lost: Lost) -> Fields:
    if left is right:
        return left
    if right is None:
        right = {}
        if obj.kind is Kind.PAST or (not obj.symbolic and not obj.static):  # allocated on one path only
            return {key: left_lost.attach(value) for key, value in left.items()} if left_lost.all else left
    changed: dict[str, Value] = {}
    for key, mine in left.items():
        others = right.get(key)
        if others is None:
            _add_of_one_side(changed, obj, key, left_lost.attach(mine), right)
        elif others is not mine and (both := _join_sides(mine, others, left_lost, right_lost)) is not mine:
            changed[key] = both
    for key, others in right.items():
        if key not in left:
            _add_of_one_side(changed, obj, key, right_lost.attach(others), left)
    if SURELY in left and SURELY not in right:
        left = {key: value for key, value in left.items() if key != SURELY}
    return {**left, **changed} if changed else left


def _add_of_one_side(fields: dict[str, Value], obj: Obj, key: str, written: Value, elsewhere: Fields) -> None:
    if key == MADE_OF:
        fields[key] = unmarked()
        return
    if key == SURELY:
        return
    fields[key] = _unwritten(obj, key, written, elsewhere)
    if (key[0] == "[" or (key[0] == "." and (obj.cls is not None or obj.kind is Kind.CLASS))) and not obj.symbolic:
        fields[MAYBE + key] = EMPTY


def _unwritten(obj: Obj, key: str, written: Value, elsewhere: Fields) -> Value:
    """A field that only one path has written: on the other it is what it was, or what was put at some place."""
    some = elsewhere.get(ELEMENT) if key[0] == "[" else None
    if some is not None:
        written = Value(merge_atoms(written.atoms, some.atoms))
    if obj.symbolic and obj.kind is not Kind.PAST and not key.startswith("@"):
        return Value(merge_atoms(written.atoms, {obj.child(key): NOTHING}))
    return written


def age(state: State, *objects: Obj) -> None:
    """The places that made the objects are about to make others: the old ones become ``past``, and facts about them go.

    The facts stay with the data that they are about: what was collected in earlier rounds keeps its consent.
    """
    _Aging(state, {obj: obj.past() for obj in objects}).run()


def age_to(state: State, pasts: Mapping[Obj, Obj]) -> None:
    """The same, where each object has a past of its own."""
    _Aging(state, pasts).run()


def age_with(state: State, objects: Mapping[Obj, Obj], values: Mapping[K, Value]) -> dict[K, Value]:
    """Ages objects of the state, and gives values from outside of it as they are then."""
    aging = _Aging(state, objects)
    outside = {name: aging.value(value) for name, value in values.items()}
    aging.run()
    return outside


def concerns(truth: Truth, objects: Container[Obj]) -> bool:
    if type(truth) is Fact:
        return truth.subject is not None and truth.subject.root in objects
    assert isinstance(truth, Same)
    return truth.left.root in objects or truth.right.root in objects


class _Aging:
    def __init__(self, state: State, objects: Mapping[Obj, Obj]) -> None:
        self.state = state
        self.objects = objects
        self.dying = frozenset(fact for fact in state.facts if concerns(fact, objects))
        self.lost = Lost(self.dying, objects)

    def run(self) -> None:
        state = self.state
        state.aged += len(state.heap)
        for name, value in state.variables.items():
            renamed = self.value(value)
            if renamed is not value:
                state.variables[name] = renamed
        heap: dict[Obj, Fields] = {}
        for obj, fields in state.heap.items():
            target = self.rename(obj)
            renamed_fields = self.fields(fields)
            if target is not obj and obj.kind in ALLOCATED:
                renamed_fields = with_answers(obj, target, fields, renamed_fields)
            if renamed_fields is not fields or target is not obj:
                renamed_fields = with_mark(obj, fields, renamed_fields, state.heap)
            if target in heap:
                renamed_fields = _merge_fields(heap[target], renamed_fields)
            heap[target] = renamed_fields
        state.heap = heap
        state.facts = state.facts - self.dying

    def fields(self, fields: Fields) -> Fields:
        if all(value.roots.isdisjoint(self.objects) for value in fields.values()):
            return fields
        return {key: self.value(value) for key, value in fields.items()}

    def rename(self, obj: Obj) -> Obj:
        if obj.root not in self.objects:
            return obj
        if obj in self.objects:
            return self.objects[obj]
        assert obj.base is not None
        return self.rename(obj.base).child(obj.key)

    def value(self, value: Value) -> Value:
        if value.roots.isdisjoint(self.objects):
            return value
        atoms: dict[Atom, Truths] = {}
        for atom, carried in value.atoms.items():
            renamed = self.atom(atom)
            if renamed is not atom:
                carried = frozenset(self.truth(truth) for truth in carried | self.lost.for_atom(atom))
            else:  # what was known of this round's element says nothing about the next one
                carried = frozenset(truth for truth in carried if not concerns(truth, self.objects))
            atoms[renamed] = common(atoms[renamed], carried) if renamed in atoms else carried
        # What a test in a later round would prove is about somebody of an earlier one: it is forgotten.
        implied = Implied(
            *(frozenset(truth for truth in facts if not concerns(truth, self.objects)) for facts in value.implied)
        )
        probes = tuple(
            probe for probe in value.probes if probe.subject is None or probe.subject.root not in self.objects
        )
        return Value(atoms, implied, probes)

    def atom(self, atom: Atom) -> Atom:
        kind = type(atom)
        if kind is Obj:
            return self.rename(atom)  # type: ignore[arg-type]  # narrowed by kind
        if isinstance(atom, Data):
            return Data(self.rename(atom.of), whole=atom.whole) if atom.of.root in self.objects else atom
        if isinstance(atom, Label):
            return atom.read_from(self.rename(atom.record))
        if isinstance(atom, FunctionAtom) and atom.environment is not None:
            return FunctionAtom(atom.function, self.rename(atom.environment))
        if isinstance(atom, BoundAtom):
            environment = self.rename(atom.environment) if atom.environment is not None else None
            return BoundAtom(atom.function, environment, self.rename(atom.receiver))
        if isinstance(atom, ApiAtom) and atom.receiver is not None and atom.receiver.root in self.objects:
            return ApiAtom(atom.path, self.rename(atom.receiver))
        if isinstance(atom, MethodAtom) and atom.receiver is not None and atom.receiver.root in self.objects:
            return MethodAtom(atom.name, self.rename(atom.receiver), atom.data)
        return atom

    def truth(self, truth: Truth) -> Truth:
        if not concerns(truth, self.objects):
            return truth
        if type(truth) is Fact:
            assert truth.subject is not None
            return truth._replace(subject=self.rename(truth.subject))
        assert isinstance(truth, Same)
        return Same(self.rename(truth.left), self.rename(truth.right))


def _merge_fields(left: Fields, right: Fields) -> Fields:
    merged = dict(left)
    for key, value in right.items():
        merged[key] = either(merged[key], value) if key in merged else value
    if (MADE_OF in left) != (MADE_OF in right):
        merged[MADE_OF] = unmarked()
    return merged
