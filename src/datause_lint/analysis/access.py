"""Reading and writing what objects hold."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.answers import answer_in
from datause_lint.analysis.atoms import (
    ApiAtom,
    Atom,
    BoundAtom,
    ClassAtom,
    Data,
    FunctionAtom,
    Label,
    MethodAtom,
)
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.frame import HAS, KEYS_OF, Frame
from datause_lint.analysis.many import those_for_many
from datause_lint.analysis.objects import (
    CHILD,
    COPIED,
    ELEMENT,
    FAILED,
    KEYS,
    MAYBE,
    OF,
    OPAQUE,
    RESULT,
    ROW,
    Kind,
    Obj,
    constant_in,
    index,
    may_be_same_place,
)
from datause_lint.analysis.other_calls import is_of_this_request, of_other_calls
from datause_lint.analysis.renaming import moved, of_any_round, seen_as
from datause_lint.analysis.state import State
from datause_lint.analysis.untold import any_of
from datause_lint.analysis.values import EMPTY, Value, carrying, join, join_all, of
from datause_lint.names import ClassId

LIST: Final = "builtins.list"
DICT: Final = "builtins.dict"
COROUTINE: Final = "builtins.coroutine"
SET: Final = "builtins.set"
TUPLE: Final = "builtins.tuple"
GENERATOR: Final = "builtins.generator"
ATOMS_AN_INSTRUCTION: Final = 8  # of those that an element of a loop may stand for
MAXIMAL_READING: Final = 128  # fields of loops' elements that are looked at for one read, where loops feed each other
CONTAINERS: Final = frozenset({LIST, DICT, SET, TUPLE, GENERATOR})
SEQUENCES: Final = frozenset({LIST, TUPLE})
WITHOUT_KEYS: Final = CONTAINERS - {DICT}
WITHOUT_DATA: Final = frozenset(
    ".columns .dtypes .shape .size .ndim .index .__class__ .__name__ .__doc__ .__len__ .dtype .returncode".split()
)
"""Attributes of data that say nothing of it."""
EACH: Final = "@each"  # of a dict: what is made for a key that is not there
BOUND: Final = "@given:bound"  # of a deque: how many elements it holds at most
FIELDS: Final = ".__dict__"  # of an instance: data that it holds stands in it, but not as its names
FILE: Final = "@file"  # of an open file: what stands for the file on disk; of what wraps a stream, that
PARTS: Final = (
    *("@argument", "@field", "@given", "@counts", "@runs", FAILED),
    *("@partial", "@args", "@kwargs", "@wrapped", "@function", "@task", "@steps", "@choices", "@template", FILE),
)
"""Begin the keys of what a model keeps in what it makes."""


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def read(frame: Frame, state: State, base: Value, key: str) -> Value:
    """What the value holds under the key. Data without a known place passes itself on."""
    parts: list[Value] = []
    for atom, carried in base.atoms.items():
        kind = type(atom)
        if kind is Obj:
            parts.append(carrying(read_object(frame, state, atom, key), carried))  # type: ignore[arg-type]
        elif kind is Label or kind is Data:
            if key not in WITHOUT_DATA:
                parts.append(Value({atom: carried}))
        elif kind is FunctionAtom or kind is BoundAtom:
            parts.append(_read_function(frame, state, atom, key))  # type: ignore[arg-type]
        elif kind is ApiAtom:
            parts.append(_read_api(atom, key, carried))  # type: ignore[arg-type]
        elif kind is MethodAtom and key == "@self":
            assert isinstance(atom, MethodAtom)
            parts.append(of(atom.receiver) if atom.receiver is not None else EMPTY)
    if len(parts) == 1:
        return parts[0]
    return any_of(parts) if key[0] != "@" else join_all(parts)


def _read_function(frame: Frame, state: State, atom: FunctionAtom | BoundAtom, key: str) -> Value:
    if key == "@env":
        return of(atom.environment) if atom.environment is not None else EMPTY
    if key == "@self" and isinstance(atom, BoundAtom):
        return of(atom.receiver)
    if key[0] == ".":  # an attribute that code has set on it
        stored = stored_value(frame, state, frame.world.objects.function_object(atom.function), key)
        return stored if stored is not None else EMPTY
    return EMPTY


def _read_api(atom: ApiAtom, key: str, carried: Truths) -> Value:
    if key == "@self":
        return of(atom.receiver) if atom.receiver is not None else EMPTY
    if atom.receiver is not None and key.startswith("["):
        return Value({atom.receiver.child(key): carried})
    return EMPTY


def read_object(frame: Frame, state: State, obj: Obj, key: str) -> Value:
    obj = obj.plain
    stored = stored_value(frame, state, obj, key)
    if obj.symbolic:
        return _read_symbolic(frame, state, obj, key, stored)
    if key == KEYS and stored is None and obj.api in WITHOUT_KEYS:
        key = ELEMENT  # a callee was handed what may be a dict, or this: it asks for what iteration gives
        stored = stored_value(frame, state, obj, key)
    if stored is not None and obj.api == LIST and key[0] == "[" and has_moved(frame, state, obj):
        key = ELEMENT
        stored = stored_value(frame, state, obj, key)
    if key == ELEMENT:
        known = [*(value for _, value in indexed(frame, state, obj)), *present(stored, opaque(frame, state, obj))]
        if obj.kind is Kind.EXTERNAL and obj.api not in CONTAINERS:
            # Made by code outside: it has elements, whatever they are.
            known = [*known, *_changed(frame, state, obj)] or [of(obj.child(key))]
        return any_of(known)
    if stored is not None and (key[0] != "[" or obj.api != LIST or surely_holds(frame, state, obj, key)):
        return stored
    if key.startswith("["):
        missing = _read_missing_item(frame, state, obj, key)
        return missing if stored is None else join(stored, missing)
    beyond = opaque(frame, state, obj)
    if obj.api in CONTAINERS or key.startswith(("@", "{")):
        return beyond if beyond is not None and not key.startswith("@") else EMPTY
    content = of(obj.child(key))
    return content if beyond is None or key == FIELDS else join(content, beyond)


def has_moved(frame: Frame, state: State, obj: Obj) -> bool:
    """A deque with a bound drops elements when others come, at places that are not known: then all may be anywhere."""
    bounded = stored_value(frame, state, obj, BOUND) is not None
    return bounded and stored_value(frame, state, obj, ELEMENT) is not None


def _read_symbolic(frame: Frame, state: State, obj: Obj, key: str, stored: Value | None) -> Value:
    if obj.root.of_a_round:
        return _read_current(frame, state, obj, key, stored)
    content = of(obj.child(key))
    if key == ELEMENT:
        content = join_all([content, *(value for _, value in indexed(frame, state, obj)), *_changed(frame, state, obj)])
        return content if stored is None else join(content, stored)
    if stored is not None:
        return stored
    if key.startswith("["):
        others = [value for known, value in indexed(frame, state, obj) if may_be_same_place(key, known)]
        some = _changed(frame, state, obj, ELEMENT)
        return join_all([content, *present(stored_value(frame, state, obj, ELEMENT)), *others, *some])
    return content


def _changed(frame: Frame, state: State, obj: Obj, only: str = "[") -> list[Value]:
    """The items of an input, or of what code outside has made, into which something was put: whoever reads another
    place may come by them."""
    begin = CHILD + only
    return [of(obj.child(key.removeprefix(CHILD))) for key in stored_keys(frame, state, obj) if key.startswith(begin)]


def _read_behind(frame: Frame, state: State, obj: Obj, key: str) -> Value:
    """What is kept in the objects that an element of a loop stands for; loops may feed each other."""
    parts: list[Value] = []
    seen: dict[Obj, None] = {obj: None}
    pending: list[tuple[Obj, Truths]] = [(obj, NOTHING)]
    while pending:
        each, known = pending.pop()
        for atom, carried in origin(frame, state, each).atoms.items():
            if type(atom) is not Obj or not atom.root.of_a_round or state.stored(atom.plain, key) is not None:
                parts.append(carrying(read(frame, state, Value({atom: carried}), key), known))
            elif atom.plain not in seen:
                seen[atom.plain] = None
                pending.append((atom.plain, known | carried))
    return join_all(parts)


def _read_current(frame: Frame, state: State, obj: Obj, key: str, stored: Value | None) -> Value:
    """A field of the current element: one identity of its own, with all the contents of what it stands for."""
    if key.startswith("@"):
        if stored is None and (key in (ROW, RESULT) or key.startswith(PARTS)):
            return _read_behind(frame, state, obj, key)
        return stored if stored is not None else EMPTY
    if stored is not None and key != ELEMENT:
        return stored
    content = content_of_origin(frame, state, obj, key)
    field = obj.child(key)
    atoms: dict[Atom, Truths] = {}
    shared: Truths | None = None
    for atom, carried in content.atoms.items():
        if type(atom) is not Obj:
            atoms[atom] = carried
        elif shared is None or shared:  # else they have nothing in common, whatever this one carries
            own = frozenset([moved(truth, atom, field) for truth in carried]) if carried else NOTHING
            shared = own if shared is None else common(shared, own)
    if shared is not None or not content.atoms:
        atoms = {field: shared or NOTHING, **atoms}
    result = Value(atoms, content.implied, content.probes)
    return result if stored is None else join(result, stored)


def content_of_origin(frame: Frame, state: State, obj: Obj, key: str) -> Value:
    """What the objects hold that the element stands for. They may stand for it in turn: loops feed each other."""
    known = frame.reading.get((obj, key))
    if known is not None:
        return known
    if len(frame.reading) >= MAXIMAL_READING:
        frame.cut = True
        frame.world.cut[frame.function.id] = None
        return EMPTY
    frame.world.summaries.spend(1)  # what elements of loops hold is the dearest thing to find out
    outermost = not frame.reading
    frame.reading[obj, key] = EMPTY
    try:
        stands = origin(frame, state, obj)
        frame.world.summaries.spend(len(stands.atoms) // ATOMS_AN_INSTRUCTION)
        content = _read_rows(frame, state, stands, key, obj)
        record, many = _about(frame, state, stands), those_for_many(frame, state, stands)
        about = of_any_round(record) if record is not None else None
        if record is not None:
            many += those_for_many(frame, state, of(record))
        found = seen_as(content, stands, obj, about, state.facts, many)
        frame.reading[obj, key] = found
        return found
    finally:
        if outermost:
            frame.reading.clear()


def _read_rows(frame: Frame, state: State, rows: Value, key: str, current: Obj) -> Value:
    """What stands under a key in each of the rows that an element of a loop stands for."""
    stored = [state.stored(row, key) for row in rows.objects()]
    if not any(each is not None and (each.probes or any(each.implied)) for each in stored):
        return read(frame, state, rows, key)
    parts: list[Value] = []
    for row, carried in rows.atoms.items():
        found = read(frame, state, Value({row: carried}), key)
        fields = state.heap.get(row, {}) if type(row) is Obj else {}
        parts.append(answer_in(row, current, fields, key, found) if type(row) is Obj else found)
    return join_all(parts)


def _about(frame: Frame, state: State, stands: Value) -> Obj | None:
    """The one record of which all data is that was put into dicts or instances: they are about whom it is about."""
    records: dict[Obj, Obj] = {}
    for obj in stands.objects():
        if obj.api not in (DICT, TUPLE) and obj.cls is None:
            return None
        for key in stored_keys(frame, state, obj):
            for atom in (stored_value(frame, state, obj, key) or EMPTY).atoms:
                if isinstance(atom, Label):
                    records.setdefault(of_any_round(atom.record), atom.record)
    return next(iter(records.values())) if len(records) == 1 else None


def origin(frame: Frame, state: State, obj: Obj) -> Value:
    """What an element of a loop, or something in it, stands for."""
    obj = obj.plain
    if not obj.root.of_a_round:
        return of(obj)
    if obj.base is None:
        stands = state.stored(obj, OF)
        return stands if stands is not None else EMPTY
    return read(frame, state, origin(frame, state, obj.base), obj.key)


def known_as(frame: Frame, state: State, obj: Obj) -> list[Atom]:
    """The functions, classes and constants that an input is known to be, or an element of a loop over one."""
    found = stood_for(frame, state, obj) if obj.root.of_a_round else [obj]
    return [atom for each in found for atom in _known_alone(frame, each)]


def _known_alone(frame: Frame, obj: Obj) -> tuple[Atom, ...]:
    return (ClassAtom(ClassId(obj.key)),) if obj.kind is Kind.CLASS else frame.known_atoms(obj)


def stored_value(frame: Frame, state: State, obj: Obj, key: str) -> Value | None:
    obj = obj.plain
    stored = state.stored(obj, key)
    if stored is not None:
        return stored
    if key[0] == "@" and obj.symbolic and key.startswith(PARTS):
        return _part(frame, state, obj, key)
    if frame.is_input(obj):
        return None
    if frame.builds(obj) and obj in state.heap and key not in frame.world.shared.told_by_others(obj):
        return None
    found = frame.world.shared_value(obj, key)
    return of_other_calls(frame, found) if found is not None and not is_of_this_request(frame, obj) else found


def _part(frame: Frame, state: State, obj: Obj, key: str) -> Value | None:
    """What a model has kept in something that the caller, or a loop, hands on."""
    if frame.is_input(obj):
        part = obj.child(key)
        return of(part) if part is not obj and frame.ask(part, HAS) else None
    found = present(*(stored_value(frame, state, each, key) for each in grounds(frame, state, obj)))
    return join_all(found) if found else None


def grounds(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """What an element of a loop stands for in the end."""
    return [each for each in stood_for(frame, state, obj) if not each.root.of_a_round]


def stored_keys(frame: Frame, state: State, obj: Obj) -> list[str]:
    obj = obj.plain
    keys = dict.fromkeys(state.heap.get(obj, ()))
    if frame.builds(obj) and obj in state.heap:
        keys.update(frame.world.shared.told_by_others(obj))
    elif not frame.is_input(obj):
        for each in frame.world.shared.names_of(obj) or (obj,):
            keys.update(dict.fromkeys(frame.world.shared.keys(each)))
    return list(keys)


def indexed(frame: Frame, state: State, obj: Obj) -> list[tuple[str, Value]]:
    """What the object holds under constant indexes and keys."""
    found: list[tuple[str, Value]] = []
    for key in stored_keys(frame, state, obj):
        if key.startswith("[") and key != ELEMENT:
            value = stored_value(frame, state, obj, key)
            if value is not None:
                found.append((key, value))
    return found


def opaque(frame: Frame, state: State, obj: Obj) -> Value | None:
    return stored_value(frame, state, obj, OPAQUE)


def present(*values: Value | None) -> list[Value]:
    return [value for value in values if value is not None]


def _read_missing_item(frame: Frame, state: State, obj: Obj, key: str) -> Value:
    """A constant index that nothing was stored under."""
    some = stored_value(frame, state, obj, ELEMENT)
    beyond = opaque(frame, state, obj)
    items = indexed(frame, state, obj)
    if obj.api in SEQUENCES and key.startswith("[-") and items:
        if some is None and beyond is None and all(surely_holds(frame, state, obj, each) for each, _ in items):
            position = len(items) + int(key[1:-1])
            return dict(items).get(index(position), EMPTY)
        return join_all([*(value for _, value in items), *present(some, beyond)])
    if obj.api == SET:
        return join_all([*(value for _, value in items), *present(some, beyond)])
    if obj.api is None or obj.api not in CONTAINERS:
        return join_all([of(obj.child(key)), *present(some, beyond), *_changed(frame, state, obj, ELEMENT)])
    copied = stored_value(frame, state, obj, COPIED)
    if copied is not None:
        return read(frame, state, copied, key)
    return join_all(present(some, beyond))


def known_keys(frame: Frame, state: State, obj: Obj) -> list[str | int]:
    """The constant keys, or indexes, that the object is known to have."""
    found: dict[str | int, None] = {}
    for each in (obj, *stood_for(frame, state, obj)):
        constants = (constant_in(key) for key in stored_keys(frame, state, each) if key[0] == "[" and key != ELEMENT)
        found.update(dict.fromkeys(constant for constant in constants if constant is not None))
        for descriptor in frame.ask(each, KEYS_OF) if frame.is_input(each) else ():
            assert isinstance(descriptor, (str, int))
            found[descriptor] = None
    return list(found)


def stood_for(frame: Frame, state: State, obj: Obj) -> list[Obj]:
    """What an element of a loop stands for, and what that stands for in turn; loops may feed each other."""
    if not obj.root.of_a_round:
        return []
    found: dict[Obj, None] = {obj.plain: None}
    pending = [obj.plain]
    with frame.one_look():
        while pending:
            each = pending.pop()
            if each.root.of_a_round:
                news = [other.plain for other in origin(frame, state, each).objects() if other.plain not in found]
                found.update(dict.fromkeys(news))
                pending.extend(news)
    return list(found)[1:]


def surely_holds(frame: Frame, state: State, obj: Obj, key: str) -> bool:
    """Whether something is there on every path, of an item that may be there."""
    return stored_value(frame, state, obj, MAYBE + key) is None
