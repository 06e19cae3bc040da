"""What objects hold: attributes, items, displays, unpacking."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Final

from datause_lint.analysis import guards, registration
from datause_lint.analysis.access import DICT, EACH, GENERATOR, LIST, SET, TUPLE, read, stored_value, surely_holds
from datause_lint.analysis.adding import (
    add_element,
    note_filled_by,
)
from datause_lint.analysis.application_places import kept_behind
from datause_lint.analysis.arguments import Arguments, known_length
from datause_lint.analysis.atoms import Atom, Const, Label, Pattern
from datause_lint.analysis.by_index import forget_indexes
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.class_items import class_getitem, generic_alias
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.descriptors import delete_by_class
from datause_lint.analysis.exceptions import may_raise_with
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.identifiers import is_record, singular
from datause_lint.analysis.item_names import item_names, name_of_key, note_key, write_items
from datause_lint.analysis.items import read_item
from datause_lint.analysis.iteration import elements, is_dict
from datause_lint.analysis.lost_facts import attach
from datause_lint.analysis.merging import merge_dict
from datause_lint.analysis.objects import (
    BY_KEY,
    DELETED,
    ELEMENT,
    FULL,
    Kind,
    Obj,
    attribute,
    index,
)
from datause_lint.analysis.positions import forget_positions, note_taken, remove_item
from datause_lint.analysis.quantified import note_quantified
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.spared import note_added
from datause_lint.analysis.special_methods import SHOWN_BY, call_or, call_special, iterated, shown_as_text, with_classes
from datause_lint.analysis.state import State
from datause_lint.analysis.texts import may_name_evidence, urls_made_of
from datause_lint.analysis.transfers.registry import transfers
from datause_lint.analysis.values import EMPTY, UNKNOWN_BOOLEAN, Value, const, join, join_all, of
from datause_lint.analysis.withdrawal import note_overwritten
from datause_lint.analysis.writing import write
from datause_lint.ir import instructions as ir
from datause_lint.ir.instructions import BuildKind
from datause_lint.names import ApiPath


@transfers(ir.GetAttribute)
def _get_attribute(frame: Frame, state: State, i: ir.GetAttribute) -> State | None:
    base = frame.registers[i.base]
    hint = frame.register_names.get(i.base, "")
    value = kept_behind(frame.world, base, i.name)
    after: State | None = state
    if value is None:
        value, after = read_attribute(frame, state, base, i.name, i.span, hint, call_values)
    frame.registers[i.target] = value
    frame.register_names[i.target] = i.name
    frame.holder_names[i.target] = hint
    return after


@transfers(ir.SetAttribute)
def _set_attribute(frame: Frame, state: State, i: ir.SetAttribute) -> State:
    base, value = frame.world.resolve(frame.registers[i.base]), frame.registers[i.source]
    forget_indexes(frame, state, attribute(i.name))
    registration.set_attribute(frame, state, base, i.name, value, i.span, call_values)
    return state


@transfers(ir.DeleteAttribute)
def _delete_attribute(frame: Frame, state: State, i: ir.DeleteAttribute) -> State:
    base = frame.registers[i.base]
    call_special(frame, state, base, "__delattr__", [const(i.name)], i.span, call_values)
    if not delete_by_class(frame, state, base, i.name, i.span, call_values):
        write(frame, state, base, attribute(i.name), _behind_deleted(frame, base, i.name))
        write(frame, state, base, DELETED + attribute(i.name), UNKNOWN_BOOLEAN)
    return state


def _behind_deleted(frame: Frame, base: Value, name: str) -> Value:
    """What the attribute is once an instance has none of its own: that of its class."""
    found = [frame.world.class_attribute(obj.cls, name) for obj in base.objects() if obj.cls is not None]
    return join_all([each[0] for each in found if each is not None])


@transfers(ir.GetItem)
def _get_item(frame: Frame, state: State, i: ir.GetItem) -> State | None:
    base, key = frame.world.resolve(frame.registers[i.base]), frame.world.resolve(frame.registers[i.key])
    base = with_classes(frame, state, base)
    hint = frame.register_names.get(i.base, "")

    def generic(state: State, base: Value) -> tuple[Value, State | None]:
        return _item(frame, state, base, key, i.span, hint)

    value, after = call_or(frame, state, base, "__getitem__", [key], i.span, call_values, generic)
    frame.registers[i.target] = value
    frame.register_names[i.target] = name_of_key(key) or singular(hint)
    return after


def _item(frame: Frame, state: State, base: Value, key: Value, span: ir.Span, hint: str) -> tuple[Value, State | None]:
    """``base[key]``, of what is no instance of a class that says what that is."""
    _told_as_index(frame, state, key, span)
    by_class = class_getitem(frame, base)
    if by_class.atoms:
        return call_values(frame, state, by_class, Arguments([key]), span)
    if frame.handler >= 0:
        _may_lack(frame, state, base, key, span)
    _note_filled_key(frame, state, base, key)
    generic = generic_alias(frame, state, base, key, span)
    value = generic if generic is not None else read_item(frame, state, base, key, span, hint)
    missing = None
    if not _is_surely_there(frame, state, base, key):
        missing = call_special(frame, state, base, "__missing__", [key], span, call_values)
    if missing is not None and missing[1] is not None:
        value, state = join(value, missing[0]), missing[1]
    value = guards.with_keys_person(frame, state, base, key, value)
    modelled = frame.world.wiring.item(frame, state, base, key, value, span)
    return modelled if modelled is not None else value, state


def _note_filled_key(frame: Frame, state: State, base: Value, key: Value) -> None:
    """``defaultdict(list)[user.email]``: whatever is asked for is a key of it from now on."""
    if guards.fold(frame, key) is None and (key.objects() or any(type(atom) is Label for atom in key.atoms)):
        for obj in base.objects():
            if not frame.is_input(obj) and stored_value(frame, state, obj, EACH) is not None:
                note_key(frame, state, of(obj), key)
                frame.world.publisher.publish_if_shared(frame, state, obj)


def _told_as_index(frame: Frame, state: State, key: Value, span: ir.Span) -> None:
    """What stands for a number, also as a bound of a slice, is asked which."""
    bounds = [value for obj in key.objects() if obj.api == SLICE for value in state.heap.get(obj, {}).values()]
    asked = of(*(obj for value in (key, *bounds) for obj in value.objects() if obj.cls is not None))
    if asked.atoms:
        call_special(frame, state, asked, "__index__", [], span, call_values)


def _is_surely_there(frame: Frame, state: State, base: Value, key: Value) -> bool:
    names, only = item_names(frame, state, key), base.only_object()
    if len(names) != 1 or only is None:
        return False
    return stored_value(frame, state, only, names[0]) is not None and surely_holds(frame, state, only, names[0])


def _may_lack(frame: Frame, state: State, base: Value, key: Value, span: ir.Span) -> None:
    """The text of ``KeyError`` is the key."""
    if any(is_dict(frame, state, obj) for obj in base.objects()) and guards.fold(frame, key) is None:
        data = data_of(frame, state, key)
        if data.atoms:
            may_raise_with(frame, state, "KeyError", span, data)


@transfers(ir.SetItem)
def _set_item(frame: Frame, state: State, i: ir.SetItem) -> State | None:
    base, key, value = frame.registers[i.base], frame.world.resolve(frame.registers[i.key]), frame.registers[i.source]

    def otherwise(state: State, rest: Value) -> tuple[Value, State | None]:
        _put(frame, state, rest, key, value)
        return EMPTY, state

    return call_or(frame, state, base, "__setitem__", [key, value], i.span, call_values, otherwise)[1]


def _put(frame: Frame, state: State, base: Value, key: Value, value: Value) -> None:
    """``base[key] = value``, of what is no instance of a class that says what that does."""
    if frame.world.wiring.set_item(frame, state, base, key, value):
        return
    constants, names = guards.fold(frame, key), item_names(frame, state, key)
    if names:
        write_items(frame, state, base, names, value)
        for name in names:
            note_overwritten(frame, state, base.objects(), name, value)
        if constants is None:
            note_key(frame, state, base, key)
        note_filled_by(frame, state, base)
        guards.forget_keys(state, base)
    elif any(obj.api == "builtins.slice" for obj in key.objects()):
        forget_positions(frame, state, base)
        note_taken(frame, state, base)
        add_element(frame, state, base, elements(frame, state, value))
    else:
        only = base.only_object()
        fresh = only is not None and not elements(frame, state, base).atoms
        if only is not None and (fresh or state.stored(only, BY_KEY) is not None):
            guards.note_by_key(frame, state, only, key, value)
        write(frame, state, base, ELEMENT, value)
        note_filled_by(frame, state, base)
        if constants or (key if key.objects() else data_of(frame, state, key)).atoms:
            note_key(frame, state, base, key)
    for obj in base.objects():
        if not frame.is_input(obj):
            frame.world.publisher.publish_if_shared(frame, state, obj)


@transfers(ir.DeleteItem)
def _delete_item(frame: Frame, state: State, i: ir.DeleteItem) -> State | None:
    special = call_special(
        frame, state, frame.registers[i.base], "__delitem__", [frame.registers[i.key]], i.span, call_values
    )
    if special is not None:
        return special[1]
    base, constants = frame.registers[i.base], guards.fold(frame, frame.registers[i.key])
    note_taken(frame, state, base)
    only = base.only_object()
    place = constants[0].value if constants is not None and len(constants) == 1 else None
    if only is not None and place is not None and only.kind in (Kind.NEW, Kind.EXTERNAL) and only.api != LIST:
        remove_item(frame, state, only, index(place))
    elif not isinstance(place, int) or not _delete_position(frame, state, base, place):
        lists = [obj for obj in base.objects() if obj.api != DICT]
        forget_positions(frame, state, of(*lists) if not isinstance(place, str) else EMPTY)
    return state


def _delete_position(frame: Frame, state: State, base: Value, place: int) -> bool:
    """What follows an element of a list takes its place: whether it is known what that is."""
    items, length = base.only_object(), known_length(frame, state, base)
    if items is None or length is None or items.symbolic:
        return False
    for each in range(place if place >= 0 else max(place + length, 0), length - 1):
        state.store(items, index(each), read(frame, state, of(items), index(each + 1)))
    remove_item(frame, state, items, index(length - 1))
    return True


SLICE: Final = "builtins.slice"
KINDS: Final = {
    BuildKind.TUPLE: TUPLE,
    BuildKind.LIST: LIST,
    BuildKind.SET: SET,
    BuildKind.GENERATOR: GENERATOR,
    BuildKind.SLICE: SLICE,
}


@transfers(ir.Build)
def _build(frame: Frame, state: State, i: ir.Build) -> State | None:
    if i.kind is BuildKind.STRING:
        frame.registers[i.target], after = _string(frame, state, i)
        return after
    made = frame.world.objects.new(frame.site(i.span), api=ApiPath(KINDS[i.kind]))
    state.allocate(made)
    if not i.items and i.kind in (BuildKind.LIST, BuildKind.SET, BuildKind.GENERATOR):
        state.store(made, FULL, const(False))
        frame.registers[i.target] = of(made)
        return state
    if i.kind is not BuildKind.SET and not any(item.starred for item in i.items):
        state.heap[made] = {index(n): frame.registers[item.register] for n, item in enumerate(i.items)}
        frame.registers[i.target] = of(made)
        return state
    position = 0
    exact = True
    for item in i.items:
        value = frame.registers[item.register]
        if item.starred:
            value, after = iterated(frame, state, value, i.span, call_values)
            if after is None:
                return None
            state = after
            length = _starred(frame, state, made, value, position if exact else None)
            exact = exact and length is not None
            position += length or 0
        elif exact and i.kind is not BuildKind.SET:
            state.store(made, index(position), value)
            position += 1
        else:
            state.store_weakly(made, ELEMENT, value)
    frame.registers[i.target] = of(made)
    return state


def _starred(frame: Frame, state: State, made: Obj, value: Value, position: int | None) -> int | None:
    length = known_length(frame, state, value)
    if position is not None and length is not None:
        for offset in range(length):
            state.store(made, index(position + offset), read(frame, state, value, index(offset)))
        return length
    state.store_weakly(made, ELEMENT, elements(frame, state, value))
    return None


def _string(frame: Frame, state: State, i: ir.Build) -> tuple[Value, State | None]:
    """An f-string: its constant parts as a pattern, and the data of the others."""
    texts: list[str] = []
    data: list[Value] = []
    after: State | None = state
    telling = _is_telling(frame, i)
    for position, item in enumerate(i.items):
        value, form = frame.world.resolve(frame.registers[item.register]), _format_of(frame, i, position)
        text = _text_of(frame, value) if telling or not value.objects() else None
        texts.append(text if text is not None else "{}")
        names = SHOWN_BY.get(item.conversion, ())
        shown, after = shown_as_text(frame, state, value, i.span, call_values, names, form=form)
        if after is None:
            return EMPTY, None
        state = after
        if not telling or guards.fold(frame, value) is None:  # a constant that the caller gives is nobody's data
            data.append(data_of(frame, state, shown))
    pattern = "".join(texts)
    whole: Atom = Const(pattern, str) if "{}" not in texts else Pattern(pattern[:2000])
    parts = [frame.world.resolve(frame.registers[item.register]) for item in i.items] if telling else []
    wholes = dict.fromkeys(urls_made_of(frame, parts) or [whole], NOTHING)
    return Value({**join_all(data).atoms, **wholes}), after


def _format_of(frame: Frame, i: ir.Build, position: int) -> Value:
    """The values that stand in the format of a part."""
    behind = takewhile(lambda item: item.of_format, i.items[position + 1 :])
    return join_all([frame.registers[item.register] for item in behind]) if not i.items[position].of_format else EMPTY


_TELLING: Final = re.compile(r"/|^\?\w+=|\b(select|insert|update|delete|from|where)\b", re.IGNORECASE)


def _is_telling(frame: Frame, i: ir.Build) -> bool:
    """Whether the string looks like a URL or SQL, of which every part counts: of other text the caller is not asked.

    Two values side by side, as in ``f"{base}{path}"``, are seldom prose; ``f"{purpose}_consent"`` may name evidence.
    """
    values = 0  # with nothing before them
    if may_name_evidence(frame, [frame.registers[item.register].constant() for item in i.items]):
        return True
    for position, item in enumerate(i.items):
        constant = frame.registers[item.register].constant()
        if constant is None:
            values += values == position and not item.of_format
        elif isinstance(constant.value, str) and _TELLING.search(constant.value):
            return True
    return values > 1


def _text_of(frame: Frame, value: Value) -> str | None:
    constants = guards.fold(frame, value)
    if constants is not None and len(constants) == 1 and isinstance(constants[0].value, (str, int)):
        return str(constants[0].value)
    patterns = [atom for atom in value.atoms if isinstance(atom, Pattern)]
    return patterns[0].text if len(patterns) == 1 else None


def _with_all_of(frame: Frame, state: State, base: Value, given: Value, span: ir.Span) -> State:
    """``{**given}``, where a class of the program may say what stands in it."""
    merge_dict(frame, state, base, given)
    told = call_special(frame, state, given, "__getitem__", [EMPTY], span, call_values)
    if told is None or told[1] is None:
        return state
    names, after = iterated(frame, told[1], given, span, call_values)
    state = after if after is not None else told[1]
    add_element(frame, state, base, told[0], elements(frame, state, names))
    return state


@transfers(ir.BuildDict)
def _build_dict(frame: Frame, state: State, i: ir.BuildDict) -> State:
    made = frame.world.objects.new(frame.site(i.span), api=ApiPath(DICT))
    state.allocate(made)
    if not i.entries:
        state.store(made, FULL, const(False))
    base = of(made)
    for entry in i.entries:
        value = frame.registers[entry.value]
        if entry.key is None:
            state = _with_all_of(frame, state, base, value, i.span)
            continue
        key = frame.world.resolve(frame.registers[entry.key])
        names = item_names(frame, state, key)
        if len(names) == 1:
            write(frame, state, base, names[0], value)
            if guards.fold(frame, key) is None:
                note_key(frame, state, base, key)
        else:
            add_element(frame, state, base, value, key)
    frame.registers[i.target] = base
    return state


@transfers(ir.Append)
def _append(frame: Frame, state: State, i: ir.Append) -> State:
    value = frame.registers[i.value]
    base = frame.registers[i.container]
    collected = frame.register_names.get(i.value, "")
    if is_record(collected):  # ``[u for u in users if …]`` holds users, whatever it is called
        frame.register_names[i.container] = collected
    key = frame.world.resolve(frame.registers[i.key]) if i.key is not None else None
    note_added(frame, state, base, value if key is None else key)
    add_element(frame, state, base, attach(value, _facts_for_element(state)), key)
    note_filled_by(frame, state, base)
    note_quantified(frame, state, base, value)
    only = base.only_object()
    if key is not None and only is not None:
        guards.note_by_key(frame, state, only, key, value)
    return state


def _facts_for_element(state: State) -> Truths:
    """Facts about this round travel with what the round adds; the join at the loop's head would do it, later."""
    return state.facts
