"""What surely is in a list, at whatever place: conditions that are appended one by one, some of them or not."""

from __future__ import annotations

from datause_lint.analysis.access import LIST, SEQUENCES
from datause_lint.analysis.facts import NOTHING, Same, Truths
from datause_lint.analysis.objects import ELEMENT, MAYBE, SURELY, Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, const


def surely_in(state: State, listed: Obj) -> list[Value]:
    """What has been appended on every path, and never been taken out."""
    sames = [truth for truth in _known(state, listed) if type(truth) is Same and truth.right is listed]
    fields = state.heap.get(listed, {}) if listed.kind is Kind.NEW and listed.api in SEQUENCES else {}
    at_places = [
        value for key, value in fields.items() if key[0] == "[" and key != ELEMENT and MAYBE + key not in fields
    ]
    return [*at_places, *(Value({each: NOTHING}) for each in sorted((same.left for same in sames), key=repr))]


def known_before(state: State, receiver: Value) -> Truths:
    """What is known of a list before something is put into it."""
    only = _listed(receiver)
    return _known(state, only) if only is not None else NOTHING


def note_surely(state: State, receiver: Value, item: Value, before: Truths) -> None:
    """The item is in the list now, and so is what was in it before."""
    only, part = _listed(receiver), item.only_object()
    if only is not None and (part is not None or before):
        added = {Same(part, only)} if part is not None and len(item.objects()) == 1 else set()
        state.store(only, SURELY, Value(dict.fromkeys(const(True).atoms, before | added)))


def _listed(receiver: Value) -> Obj | None:
    only = receiver.only_object() if len(receiver.atoms) == 1 else None
    return only if only is not None and only.api == LIST and only.kind is Kind.NEW else None


def _known(state: State, listed: Obj) -> Truths:
    mark = state.stored(listed, SURELY)
    return next(iter(mark.atoms.values()), NOTHING) if mark is not None and len(mark.atoms) == 1 else NOTHING
