"""Pairs of key and value: what a dict holds, one beside the other."""

from __future__ import annotations

from datause_lint.analysis.access import DICT, LIST, indexed, known_keys, read, stored_value, surely_holds
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.by_index import NUMBERED
from datause_lint.analysis.models.containers import complete, method, others_in, pair_of
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import BY_KEY, ELEMENT, KEYS, OPAQUE, OWN_KEY, Obj, index
from datause_lint.analysis.quantified import note_all_of
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of


@method("items")
def items(call: ModelCall) -> Value:
    """Pairs of key and value: known keys stay with their values."""
    frame, state = call.frame, call.state
    pairs: list[Value] = []
    for obj in call.receiver.objects():
        for name in known_keys(frame, state, obj):
            pairs.append(
                pair_of(call, of(Const(name, type(name))), read(frame, state, of(obj), index(name)), f"~{name}")
            )
        rest = stored_value(frame, state, obj, ELEMENT)
        if obj.symbolic or (obj.api != DICT and rest is None):
            child = of(obj.child(ELEMENT))
            rest = child if rest is None else join(rest, child)
        opaque = stored_value(frame, state, obj, OPAQUE)
        if opaque is not None:
            rest = opaque if rest is None else join(rest, opaque)
        if rest is not None:
            names = stored_value(frame, state, obj, KEYS)
            if obj.symbolic:
                child = of(obj.child(KEYS))
                names = child if names is None else join(names, child)
            pair = pair_of(call, names or EMPTY, rest, "~rest")
            for made in pair.objects():
                state.store(made, NUMBERED, of(obj))
                state.store(made, OWN_KEY, of(_own_key(call, obj)))
            pairs.append(pair)
    others = others_in(call.receiver)
    if others.atoms:
        pairs.append(pair_of(call, others, others, "~others"))
    listed = call.container(LIST, join_all(pairs), "~items")
    if _knows_all(call, len(pairs)):
        for obj in listed.objects():
            state.heap[obj] = {index(place): pair for place, pair in enumerate(pairs)}
    return call.as_filled(listed, call.receiver)


def _own_key(call: ModelCall, obj: Obj) -> Const:
    """``{user.id: user}``: the name of the field under which the dict has each of its values."""
    told = call.state.stored(obj, BY_KEY)
    field = told.constant() if told is not None and not obj.symbolic else None
    is_all = stored_value(call.frame, call.state, obj, OPAQUE) is None and not known_keys(call.frame, call.state, obj)
    return field if field is not None and is_all else Const("", str)


def _knows_all(call: ModelCall, number: int) -> bool:
    """Whether these are all that a dict surely has."""
    only = call.receiver.only_object()
    if only is None or only.api != DICT or len(call.receiver.atoms) != 1:
        return False
    names = known_keys(call.frame, call.state, only)
    return len(names) == number and all(surely_holds(call.frame, call.state, only, index(name)) for name in names)


@method("values")
def values(call: ModelCall) -> Value:
    frame, state = call.frame, call.state
    found = [call.read(of(obj), ELEMENT) for obj in call.receiver.objects()]
    made = call.container(LIST, join_all([*found, others_in(call.receiver)]), "~values")
    note_all_of(frame, state, made, call.receiver)
    only, listed = call.receiver.only_object(), made.only_object()
    known = indexed(frame, state, only) if only is not None else []
    unknown = [stored_value(frame, state, only, key) for key in (ELEMENT, OPAQUE)] if only is not None else []
    if listed is not None and known and unknown == [None, None] and _knows_all(call, len(known)):
        kept = {key: value for key, value in state.heap[listed].items() if key != ELEMENT}
        state.heap[listed] = {**kept, **{index(place): value for place, (_, value) in enumerate(known)}}
        if not any(value.objects() for _, value in known):
            return call.as_filled(made, call.receiver)
    return complete(call, call.as_filled(made, call.receiver))
