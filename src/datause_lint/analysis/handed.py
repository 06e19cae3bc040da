"""What is known to have been put into what a function is handed."""

from __future__ import annotations

from collections.abc import Iterable

from datause_lint.analysis.access import grounds, read_object, stored_value
from datause_lint.analysis.frame import EVERY, HAS, SOME, Frame
from datause_lint.analysis.memo import Answer
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value


def filled(frame: Frame, state: State, obj: Obj, key: str) -> Value | None:
    """What was put there, of whatever the object is; None where some may have nothing."""
    return read_object(frame, state, obj, key) if filling(frame, state, obj, key) == EVERY else None


def filling(frame: Frame, state: State, obj: Obj, key: str) -> Answer:
    """Whether something was put there: the caller knows it, or the loop of which the object is an element."""
    if stored_value(frame, state, obj, key) is not None:
        return EVERY
    if frame.is_input(obj):
        return frame.ask(obj.child(key), HAS)
    if obj.root.of_a_round:
        return of_all(filling(frame, state, each, key) for each in grounds(frame, state, obj))
    return SOME if obj.symbolic and key[0] == "." else ()


def of_all(answers: Iterable[Answer]) -> Answer:
    """One answer for objects of which only one is meant."""
    found = list(answers)
    if not any(found):
        return ()
    return EVERY if all(each == EVERY for each in found) else SOME
