"""What is known to have been put into what a function is handed."""

from __future__ import annotations

from datause_lint.analysis.access import grounds, read_object, stored_value
from datause_lint.analysis.frame import EVERY, HAS, Frame
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, of


def filled(frame: Frame, state: State, obj: Obj, key: str) -> Value | None:
    """What was put there, of whatever the object is: the caller knows it, or the loop of which it is an element."""
    stored = stored_value(frame, state, obj, key)
    if stored is not None or not obj.symbolic:
        return stored
    if frame.is_input(obj):
        return of(obj.child(key)) if frame.ask(obj.child(key), HAS) == EVERY else None
    stands = grounds(frame, state, obj)
    if not stands or any(filled(frame, state, each, key) is None for each in stands):
        return None
    return read_object(frame, state, obj, key)
