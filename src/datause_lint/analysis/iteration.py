"""What iteration gives: the elements of a list, the keys of a dict."""

from __future__ import annotations

from datause_lint.analysis.access import DICT, known_keys, opaque, present, read, read_object, stood_for, stored_value
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import ELEMENT, KEYS, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, carrying, join_all, of


def elements(frame: Frame, state: State, value: Value) -> Value:
    """What iteration over the value gives."""
    parts: list[Value] = []
    for atom, carried in value.atoms.items():
        if type(atom) is Obj and is_dict(frame, state, atom):
            parts.append(carrying(keys(frame, state, atom), carried))
        elif type(atom) is Obj and atom.root.of_a_round and may_be_dict(frame, state, atom):
            parts.append(carrying(_names_in_each(frame, state, atom), carried))
        else:
            parts.append(read(frame, state, Value({atom: carried}), ELEMENT))
    return join_all(parts)


def may_be_dict(frame: Frame, state: State, element: Obj) -> bool:
    """``for each in listed``, where dicts are in the list."""
    return any(is_dict(frame, state, each) for each in (element, *stood_for(frame, state, element)))


def _names_in_each(frame: Frame, state: State, element: Obj) -> Value:
    """What iteration gives over an element of a loop that may be a dict: its keys, and what others hold."""
    known = [of(Const(constant, type(constant))) for constant in known_keys(frame, state, element)]
    return join_all([*known, read_object(frame, state, element, KEYS)])


def is_dict(frame: Frame, state: State, obj: Obj) -> bool:
    if obj.api == DICT:
        return True
    if not obj.symbolic:
        return False
    return any(
        descriptor == ("instance", "", DICT) for descriptor in (frame.ask(obj, "shape") if frame.is_input(obj) else ())
    )


def keys(frame: Frame, state: State, obj: Obj) -> Value:
    """The keys of a dict."""
    known = [of(Const(constant, type(constant))) for constant in known_keys(frame, state, obj)]
    some = stored_value(frame, state, obj, KEYS)
    if obj.symbolic:
        return join_all([*known, of(obj.child(KEYS)), *present(some)])
    return join_all([*known, *present(some, opaque(frame, state, obj))])
