"""Methods of built-in containers and strings, also of receivers of which nothing is known."""

from __future__ import annotations

from collections.abc import Callable

from datause_lint.analysis.access import (
    DICT,
    LIST,
    SEQUENCES,
    SET,
    TUPLE,
    elements,
    keys,
    known_keys,
    read,
    stored_keys,
    stored_value,
)
from datause_lint.analysis.adding import (
    add_element,
    note_filled_by,
)
from datause_lint.analysis.arguments import Arguments, known_length
from datause_lint.analysis.at_the_end import append_all, known_elements
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.evidence import Implied, comparison
from datause_lint.analysis.facts import Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import fold, forget_keys, note_by_key, with_keys_person
from datause_lint.analysis.item_names import item_names, note_key
from datause_lint.analysis.items import read_item
from datause_lint.analysis.known_keys import has_known_keys_only
from datause_lint.analysis.merging import put_known_items
from datause_lint.analysis.models.registry import UNMODELLED, Caller, ModelCall
from datause_lint.analysis.models.sequences import place_in, put_at, put_at_end, take_from, turn
from datause_lint.analysis.named_data import may_consent
from datause_lint.analysis.objects import COMPLETE, ELEMENT, KEYS, MAYBE, Obj, index, name_in
from datause_lint.analysis.positions import clear, forget_positions, note_taken, remove_item
from datause_lint.analysis.spared import note_added, note_other
from datause_lint.analysis.state import State
from datause_lint.analysis.surely_in import known_before, note_surely
from datause_lint.analysis.types import SCALARS
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.untold import something
from datause_lint.analysis.values import EMPTY, NONE, UNKNOWN_BOOLEAN, Value, carrying, join, join_all, of
from datause_lint.analysis.writing import write
from datause_lint.ir.instructions import Span
from datause_lint.policy.entries import Evidence

TAKING = frozenset("pop popleft popitem remove discard clear difference_update intersection_update get_nowait".split())
Method = Callable[[ModelCall], Value]
METHODS: dict[str, Method] = {}
OF_DATA: set[str] = set()  # those that mean the same on a receiver that is no object, but data

# Methods of strings whose result says nothing of the text, by names that only strings have; and others.
OF_TEXT_WITHOUT_DATA = frozenset(
    """startswith endswith isdigit isalpha isalnum isspace isupper islower istitle isnumeric isdecimal isascii
    isidentifier isprintable rfind rindex""".split()
)
WITHOUT_DATA = OF_TEXT_WITHOUT_DATA | frozenset(
    """count index bit_length is_integer __len__ __contains__ __bool__ __hash__ __eq__
    issubset issuperset isdisjoint""".split()
)

PLACES = frozenset({"start", "end", "span"})  # of a match, where nothing but data is known of it


def call_method(
    frame: Frame, state: State, name: str, receiver: Value, arguments: Arguments, span: Span, caller: Caller
) -> tuple[Value, State | None]:
    """``receiver.name(…)`` where the receiver's class says nothing of its own."""
    call = ModelCall(frame, state, f"?.{name}", receiver, arguments, span, caller)
    for model in frame.world.wiring.methods_of(name):
        modelled = model(call)
        if modelled is not UNMODELLED:
            return modelled, call.state if call.returns else None
    method = METHODS.get(name)
    if name in ("update", "setdefault", "__setitem__"):
        forget_keys(state, receiver)
    if name in TAKING:
        note_taken(frame, state, receiver)
    if method is not None and (receiver.objects() or name in OF_DATA):
        result = method(call)
        if result is not UNMODELLED:
            return result, call.state if call.returns else None
    if name in WITHOUT_DATA or (name in PLACES and not receiver.objects()) or (name == "find" and _is_of_text(call)):
        return EMPTY, state
    return unknown_call(frame, state, None, EMPTY, arguments, span, caller, receiver, name)


def _is_of_text(call: ModelCall) -> bool:
    """``text.find("@")`` gives a place in a text; ``accounts.find(account_id)``, of an object, what it looks for."""
    objects = call.receiver.objects()
    sought = fold(call.frame, call.argument(0, "sub"))
    if not objects or (sought is not None and all(isinstance(each.value, str) for each in sought)):
        return True
    kinds = [types_of(call.frame, call.state, obj) for obj in objects]
    return all(found and all(kind.api in SCALARS for kind in found) for found in kinds)


def method(*names: str, of_data: bool = False) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        for name in names:
            METHODS[name] = function
        OF_DATA.update(names if of_data else ())
        return function

    return register


# ── putting in ────────────────────────────────────────────────────────────────────────────────────────────────────


@method("append", "add", "appendleft", "put", "put_nowait", "push")
def append(call: ModelCall) -> Value:
    before = known_before(call.state, call.receiver)
    _append(call)
    note_surely(call.state, call.receiver, call.argument(0, "item"), before)
    return NONE


def _append(call: ModelCall) -> Value:
    if call.path.endswith("appendleft"):
        if put_at(call, 0, call.argument(0, "item")):
            return NONE
        smash(call)
    elif put_at_end(call, call.argument(0, "item")):
        note_other(call.state, call.receiver)
        return NONE
    note_added(call.frame, call.state, call.receiver, call.argument(0, "item"))
    last = [call.argument(0, "item")] if call.path.endswith("append") else None
    if not append_all(call.frame, call.state, call.receiver, last):
        add_element(call.frame, call.state, call.receiver, call.argument(0, "item"))
    note_filled_by(call.frame, call.state, call.receiver)
    return NONE


@method("insert")
def insert(call: ModelCall) -> Value:
    if put_at(call, place_in(call, 0), call.argument(1)):
        return NONE
    smash(call)
    add_element(call.frame, call.state, call.receiver, call.argument(1))
    return NONE


@method("extend", "extendleft", "__iadd__")
def extend(call: ModelCall) -> Value:
    if call.path.endswith("extendleft"):
        smash(call)
    known = known_elements(call.frame, call.state, call.argument(0))
    if call.path.endswith("extendleft") or not append_all(call.frame, call.state, call.receiver, known):
        add_element(call.frame, call.state, call.receiver, call.elements(call.argument(0)))
    return call.receiver if call.path.endswith("__iadd__") else NONE


@method("update")
def update(call: ModelCall) -> Value:
    for given in call.arguments.positional:
        _update_from(call, given)
    for name, value in call.arguments.keywords.items():
        write(call.frame, call.state, call.receiver, index(name), value)
    if call.arguments.more_keywords is not None:
        add_element(call.frame, call.state, call.receiver, call.arguments.more_keywords)
    return NONE


def _update_from(call: ModelCall, given: Value) -> None:
    frame, state = call.frame, call.state
    known = {
        obj: [name for name in known_keys(frame, state, obj) if isinstance(name, str) or obj.api not in SEQUENCES]
        for obj in given.objects()
    }
    put_known_items(frame, state, call.receiver, known)
    for obj, names in known.items():
        if any(receiver.api == SET for receiver in call.receiver.objects()):
            add_element(frame, state, call.receiver, elements(frame, state, of(obj)))
            continue
        some, some_keys = stored_value(frame, state, obj, ELEMENT), stored_value(frame, state, obj, KEYS)
        if obj.api not in (DICT, None) and not names:
            put_pairs(call, call.receiver, of(obj))
            continue
        if obj.symbolic and not has_known_keys_only(frame, state, obj):
            inner = read(frame, state, of(obj), ELEMENT)
            some = join(some, inner) if some is not None else inner
            some_keys = keys(frame, state, obj)
        if some is not None:
            add_element(frame, state, call.receiver, some, some_keys)
    others = Value({atom: carried for atom, carried in given.atoms.items() if type(atom) is not Obj})
    if others.atoms:
        add_element(frame, state, call.receiver, others)


def _put_each(call: ModelCall, target: Value, pairs: Value) -> bool:
    """Whether each pair could be put under its key: as ``items()`` gives them, of a dict with known keys. None of them
    need be there."""
    found = call.elements(pairs)
    each = [of(obj) for obj in found.objects()]
    keys = [fold(call.frame, call.read(pair, index(0))) for pair in each]
    if not each or len(each) != len(found.atoms) or any(names is None or len(names) != 1 for names in keys):
        return False
    for pair, names in zip(each, keys, strict=True):
        before = join_all([call.read(target, index(name.value)) for name in names or ()])
        put_item(call, target, call.read(pair, index(0)), join(before, call.read(pair, index(1))))
    return True


def put_pairs(call: ModelCall, target: Value, pairs: Value) -> None:
    """Of pairs whose places are known, each under its key; of others, all under any."""
    length = known_length(call.frame, call.state, pairs)
    if length is None and not _put_each(call, target, pairs):
        either = call.elements(pairs)
        key, value = call.read(either, index(0)), call.read(either, index(1))
        add_element(call.frame, call.state, target, value, key)
        only = target.only_object()
        if only is not None and either.only_object() is not None:  # ``dict(rows)``: an answer, by whose id it is
            note_by_key(call.frame, call.state, only, key, value)
    for place in range(length or 0):
        pair = call.read(pairs, index(place))
        put_item(call, target, call.read(pair, index(0)), call.read(pair, index(1)))


@method("setdefault")
def setdefault(call: ModelCall) -> Value:
    key, default = call.argument(0), call.optional(1, "default") or NONE
    names = item_names(call.frame, call.state, key)
    if len(names) == 1:
        name = names[0]
        before = [read(call.frame, call.state, of(obj), name) for obj in call.receiver.objects()]
        value = join_all([*(each for each in before if each.atoms), default])  # nothing there is nothing to go by
        write(call.frame, call.state, call.receiver, name, value)
        if fold(call.frame, key) is None:
            note_key(call.frame, call.state, call.receiver, key)
        _note_default(call, name, default)
        return value
    add_element(call.frame, call.state, call.receiver, default, key)
    return join(call.read(call.receiver, ELEMENT), default)


def _note_default(call: ModelCall, key: str, default: Value) -> None:
    """``settings.setdefault("ai_consent", True)``: what stands there then may be nobody's answer."""
    constant, name = default.constant(), name_in(key)
    if constant is not None and name and may_consent(call.frame, name, constant):
        for obj in call.receiver.objects():
            call.state.store(obj, MAYBE + key, EMPTY)


@method("__setitem__")
def set_item(call: ModelCall) -> Value:
    put_item(call, call.receiver, call.argument(0), call.argument(1))
    return NONE


def put_item(call: ModelCall, target: Value, key: Value, value: Value) -> None:
    names = item_names(call.frame, call.state, key)
    if len(names) == 1:
        write(call.frame, call.state, target, names[0], value)
        if fold(call.frame, key) is None:
            note_key(call.frame, call.state, target, key)
    else:
        add_element(call.frame, call.state, target, value, key)


@method("clear")
def clear_all(call: ModelCall) -> Value:
    objects = call.receiver.objects()
    if len(objects) == 1 and not objects[0].symbolic:
        clear(call.frame, call.state, objects[0])
    return NONE


@method("rotate")
def rotate(call: ModelCall) -> Value:
    if turn(call):
        note_other(call.state, call.receiver)
    else:
        smash(call)
    return NONE


@method("sort", "reverse")
def reorder(call: ModelCall) -> Value:
    smash(call)
    return NONE


@method("remove", "discard")
def remove(call: ModelCall) -> Value:
    smash(call)
    return NONE


def smash(call: ModelCall) -> None:
    """Positions mean nothing any more."""
    note_other(call.state, call.receiver)
    forget_positions(call.frame, call.state, call.receiver)


# ── taking out ────────────────────────────────────────────────────────────────────────────────────────────────────


@method("get", "__getitem__", "getlist", "getall", "getone")
def get(call: ModelCall) -> Value:
    if not call.arguments.all():  # of a queue
        return call.read(call.receiver, ELEMENT)
    key = call.argument(0, "key")
    hint = call.frame.receiver_name
    item = read_item(call.frame, call.state, call.receiver, key, call.span, hint)
    before = call.state.facts
    found = with_keys_person(call.frame, call.state, call.receiver, key, item)
    default = call.optional(1, "default")
    if call.path.endswith("get"):  # whom the key stands for is the one who was found, if one was
        found, call.state.facts = _where_found(found, call.state.facts - before), before
    if default is None and call.path.endswith("get") and len(call.arguments.positional) == 1:
        default = NONE
    found = something(found) if _has_untold(call, key, found) else found
    return with_default(found, _as_known(call, default, found)) if default is not None else found


def _where_found(found: Value, facts: Truths) -> Value:
    if not facts:
        return found
    implied = found.implied
    told = Implied(implied.true | facts, implied.false, implied.none, implied.some | facts)
    return Value(carrying(found, facts).atoms, told, found.probes)


def _as_known(call: ModelCall, default: Value, found: Value) -> Value:
    """``settings.get(name, default)`` in a helper: its callers say what the default is."""
    asked = default.objects() and (found.probes or not found.atoms)
    constants = fold(call.frame, default) if asked else None
    return of(*constants) if constants is not None else default


def _has_untold(call: ModelCall, key: Value, found: Value) -> bool:
    """Whether something stands under the key of which nothing is known."""
    return not found.atoms and any(
        stored_value(call.frame, call.state, obj, place) is not None
        for obj in call.receiver.objects()
        for place in _places(call, key, obj)
    )


def _places(call: ModelCall, key: Value, obj: Obj) -> list[str]:
    constants = fold(call.frame, key)
    if constants is None:
        return [place for place in stored_keys(call.frame, call.state, obj) if place.startswith("[")]
    return [*(index(constant.value) for constant in constants), ELEMENT]


def with_default(found: Value, default: Value) -> Value:
    """Evidence that may be missing: the default speaks in its place, and keeps it evidence where it says no."""
    constant = default.constant()
    if constant is None or not found.probes or any(comparison(probe, [constant])[0] for probe in found.probes):
        return join(found, default)
    if any(probe.guard.evidence is Evidence.FALSE and constant.value is None for probe in found.probes):
        return join(found, default)
    return Value({**found.atoms, **default.atoms}, found.implied, found.probes)


def pair_of(call: ModelCall, first: Value, second: Value, part: str = "~pair") -> Value:
    made = call.new(TUPLE, part)
    call.state.store(made, index(0), first)
    call.state.store(made, index(1), second)
    return of(made)


@method("pop", "popleft", "popitem", "get_nowait")
def pop(call: ModelCall) -> Value:
    if call.path.endswith("popitem"):
        return pair_of(call, _keys_of(call), call.read(call.receiver, ELEMENT))
    last = -1 if call.path.endswith("pop") else 0
    taken = take_from(call, place_in(call, 0) if call.arguments.all() else last)
    if taken is not None:
        return taken
    if not call.arguments.all():
        return _pop_from_end(call, first=call.path.endswith("popleft"))
    found = read_item(call.frame, call.state, call.receiver, call.argument(0), call.span)
    untold = _has_untold(call, call.argument(0), found)
    constants = fold(call.frame, call.argument(0))
    for obj in call.receiver.objects():
        if constants is not None and len(constants) == 1 and obj.api == DICT and len(call.receiver.objects()) == 1:
            remove_item(call.frame, call.state, obj, index(constants[0].value))
        elif obj.api == LIST or (obj.symbolic and place_in(call, 0) is not None):
            smash(call)
    default = call.optional(1)
    found = something(found) if untold else found
    return join(found, default) if default is not None else found


def _pop_from_end(call: ModelCall, *, first: bool) -> Value:
    objects = call.receiver.objects()
    if len(objects) != 1 or objects[0].api != LIST:
        taken = call.one_of(call.read(call.receiver, ELEMENT), call.receiver)
        if any(obj.symbolic for obj in objects):
            smash(call)
        return taken
    taken = call.one_of(call.read(call.receiver, ELEMENT if first else index(-1)), call.receiver)
    if first or stored_value(call.frame, call.state, objects[0], ELEMENT) is None:
        smash(call)  # the others move, or there is no saying which is the last one now
    return taken


def complete(call: ModelCall, made: Value) -> Value:
    """A container of which is known that nothing was left out."""
    for obj in made.objects():
        call.state.store(obj, COMPLETE, UNKNOWN_BOOLEAN)
    return made


@method("keys")
def keys_of(call: ModelCall) -> Value:
    made = call.container(LIST, join(_keys_of(call), others_in(call.receiver)), "~keys")
    return call.as_filled(made, call.receiver)


def _keys_of(call: ModelCall) -> Value:
    return join_all([keys(call.frame, call.state, obj) for obj in call.receiver.objects()])


def others_in(value: Value) -> Value:
    return Value({atom: carried for atom, carried in value.atoms.items() if type(atom) is not Obj})


@method("union", "intersection", "difference", "symmetric_difference")
def combine(call: ModelCall) -> Value:
    parts = [call.elements(call.receiver)]
    if not call.path.endswith(("intersection", ".difference")):
        parts.extend(call.elements(value) for value in call.arguments.positional)
    return call.container(SET, join_all(parts), "~set")


@method("__iter__", "__aiter__", "__enter__")
def itself(call: ModelCall) -> Value:
    return call.receiver


@method("join")
def join_strings(call: ModelCall) -> Value:
    return call.data(call.receiver, call.argument(0))


@method("tolist", "to_list")
def to_list(call: ModelCall) -> Value:
    return call.container(
        LIST, join(call.elements(call.receiver), data_of(call.frame, call.state, call.receiver)), "~list"
    )
