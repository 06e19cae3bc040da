"""Whoever calls a function, as the function asks him about what it is handed."""

from __future__ import annotations

from datause_lint.analysis.access import DICT, grounds, known_as, known_keys, read, stored_value
from datause_lint.analysis.arguments import known_length
from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.called import told_of_name
from datause_lint.analysis.frame import (
    ALL_KEYS,
    CALLED,
    EXACT,
    HAS,
    HELD,
    KEYS_OF,
    NO_SCALAR,
    OTHER,
    SENT,
    SHAPE,
    Frame,
    shape_of_atom,
)
from datause_lint.analysis.guards import EVIDENCE, tested
from datause_lint.analysis.handed import filling, of_all
from datause_lint.analysis.kinds import is_no_scalar
from datause_lint.analysis.known_keys import has_known_keys_only
from datause_lint.analysis.memo import Answer, Question
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.sinks import is_client
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of, variant_of
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.ir.module import FunctionKind

MAXIMAL_ANSWERS = 24  # that a value may be


class CallContext:
    """A caller, as its callee asks it about the inputs."""

    def __init__(self, frame: Frame, state: State, inputs: dict[Obj, Value]) -> None:
        self.frame = frame
        self.state = state
        self._values = dict(inputs)
        self._answers: dict[Question, Answer] = {}  # it is asked for its summary, and again by each run

    def value(self, obj: Obj) -> Value:
        found = self._values.get(obj)
        if found is None:
            self._values[obj] = EMPTY
            found = EMPTY if obj.base is None else self._read(obj, obj.base)
            self._values[obj] = found
        return found

    def _read(self, obj: Obj, base: Obj) -> Value:
        if obj.plain is not obj:
            return variant_of(self.frame, self.state, self.value(base), obj)
        return read(self.frame, self.state, self.value(base), obj.key)

    def answer(self, obj: Obj, question: str) -> Answer:
        known = self._answers.get((obj, question))
        if known is None:
            known = self._answers[obj, question] = self._find(obj, question)
        return known

    def _find(self, obj: Obj, question: str) -> Answer:
        value = self.frame.world.resolve(self.value(obj))
        if question == KEYS_OF:
            return self._keys(value)
        if question == ALL_KEYS:
            return self._tells_all_keys(value)
        if question == NO_SCALAR:
            told = bool(value.atoms) and all(is_no_scalar(self.frame, atom) for atom in value.atoms)
            return (NO_SCALAR,) if told else ()
        if question == HELD:
            return self._held(obj)
        if question == HAS:
            return self._has(obj)
        if question == SENT:
            return sent(self.frame, self.state, value)
        if question == CALLED:
            return of_names(self.frame, self.state, value)
        if question == EVIDENCE:
            return (EVIDENCE,) if any(tested(self.frame, value)) else ()
        return shape(self.frame, self.state, value)

    def _tells_all_keys(self, value: Value) -> Answer:
        objects = value.objects()
        told = len(objects) == len(value.atoms) > 0 and all(
            has_known_keys_only(self.frame, self.state, obj) for obj in objects
        )
        return (ALL_KEYS,) if told else ()

    def _has(self, obj: Obj) -> Answer:
        holders = self.value(obj.base).objects() if obj.base is not None else []
        return of_all(filling(self.frame, self.state, each, obj.key) for each in holders)

    def _held(self, obj: Obj) -> Answer:
        holders = self.value(obj.base) if obj.base is not None else EMPTY
        return (HELD,) if holders.atoms and all(self._holds(atom, obj.key) for atom in holders.atoms) else ()

    def _holds(self, holder: Atom, key: str) -> bool:
        if type(holder) is not Obj:
            return False
        if self.frame.is_input(holder):
            return bool(self.frame.ask(holder.child(key), HELD))
        stored = stored_value(self.frame, self.state, holder, key) if holder.kind is Kind.NEW else None
        if stored is None:
            return False
        if not self.frame.world.shared.knows(holder) or self._is_loading(holder):
            return True
        return all(map(self._is_filled_by_nobody, stored.objects()))

    def _is_filled_by_nobody(self, held: Obj) -> bool:
        """Others may fill a queue, or a list; a client is what it was made to be."""
        return held.cls is not None or (held.api is not None and is_client(self.frame, held.api))

    def _is_loading(self, holder: Obj) -> bool:
        """Whether the module that has made the object is still being loaded: all that happens to it so far, it sees."""
        return self.frame.function.kind is FunctionKind.MODULE_BODY and self.frame.owns(holder)

    def _keys(self, value: Value) -> Answer:
        found: dict[str | int, None] = {}
        lengths: set[int | None] = set()
        for obj in value.objects():
            found.update(dict.fromkeys(known_keys(self.frame, self.state, obj)))
            if obj.api != DICT:
                lengths.add(known_length(self.frame, self.state, of(obj)))
        exact = None not in lengths and len(lengths) <= 1  # the places are all that there are, whichever it is
        return tuple(sorted((key for key in found if exact or isinstance(key, str)), key=str))


def shape(frame: Frame, state: State, value: Value) -> Answer:
    """What a callee may ask of a value: the functions, classes, constants it can be, and what it is an instance of."""
    found: dict[object, None] = {EXACT: None} if _made_here(value) else {}
    unnamed = False
    for atom in value.atoms:
        if type(atom) is not Obj:
            found[shape_of_atom(atom)] = None
            continue
        stands = grounds(frame, state, atom) if atom.root.of_a_round else [atom]
        named = [known_as(frame, state, each) for each in stands]
        unnamed = unnamed or not stands or not all(named)
        if any(frame.is_input(each) and OTHER in frame.ask(each, SHAPE) for each in stands):
            found[OTHER] = None
        found.update((("instance", kind.cls or "", kind.api or ""), None) for kind in types_of(frame, state, atom))
        found.update((shape_of_atom(each), None) for known in named for each in known)
    constants = any(isinstance(each, tuple) and each[0] == "const" for each in found)
    if (found.pop(None, EXACT) is None and found) or (unnamed and constants):
        found[OTHER] = None
    return tuple(sorted(found, key=lambda each: (each != OTHER, repr(each)))[:MAXIMAL_ANSWERS])


def sent(frame: Frame, state: State, value: Value) -> Answer:
    objects = value.objects()
    records = frame.world.records
    return (SENT,) if objects and all(records.is_sent(frame, state, each) for each in objects) else ()


def of_names(frame: Frame, state: State, value: Value) -> Answer:
    found = {each for obj in value.objects() for each in told_of_name(frame, state, obj)}
    return tuple(sorted(found))


def _made_here(value: Value) -> bool:
    """Whether every object is one whose making was seen: it is of its class, and of none below it."""
    objects = value.objects()
    return bool(objects) and all(obj.kind is Kind.NEW and obj.cls is not None for obj in objects)
