"""Appending to a list whose length is known: each element stands at its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from datause_lint.analysis.access import BOUND, LIST, read
from datause_lint.analysis.arguments import known_length
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.loops import in_loop
from datause_lint.analysis.objects import Kind, index
from datause_lint.analysis.positions import is_own
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, of

MAXIMAL_LENGTH: Final = 32


def append_all(frame: Frame, state: State, base: Value, values: Sequence[Value] | None) -> bool:
    """Whether it is known which places these are: in a loop, nobody has counted."""
    only = base.only_object()
    if values is None or only is None or only.api != LIST or only.kind is not Kind.NEW or len(base.atoms) != 1:
        return False
    if state.stored(only, BOUND) is not None:  # others go when these come
        return False
    length = known_length(frame, state, of(only))
    if length is None or length + len(values) > MAXIMAL_LENGTH or in_loop(frame) or not is_own(frame, only):
        return False
    for place, value in enumerate(values, length):
        state.store(only, index(place), value)
    state.forget_everybody(only)
    return True


def known_elements(frame: Frame, state: State, given: Value) -> list[Value] | None:
    """The elements, in their order, where that is known."""
    length = known_length(frame, state, given)
    return [read(frame, state, given, index(place)) for place in range(length)] if length is not None else None
