"""Objects that a callee is given under two names: what it puts into the one, it finds in the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from datause_lint.analysis.atoms import Atom, Data
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.reachable import objects_in
from datause_lint.analysis.state import State
from datause_lint.analysis.summary import Summary
from datause_lint.analysis.values import EMPTY, Value

MOST_SEARCHED = 200  # objects, in what is handed over as a whole


def given_twice(state: State, summary: Summary, here: Callable[[Obj], Value]) -> bool:
    """Whether the callee writes into something that it looks into by another name, too. ``here`` is what an object of
    the callee's is for its caller."""
    written: dict[Obj, list[Obj]] = {}
    for name in summary.fields:
        for obj in here(name).objects() if name.root.kind is Kind.PARAMETER else ():
            written.setdefault(obj, []).append(name)
    if not written:
        return False

    def is_written(name: Obj, objects: Iterable[Obj]) -> bool:
        return any(_are_two(name, other) for obj in objects for other in written.get(obj, ()))

    looked_into, taken_whole = _names(summary)
    return any(is_written(name, here(name).objects()) for name in looked_into) or any(
        is_written(name, _held(state, here(name))) for name in taken_whole
    )


def _names(summary: Summary) -> tuple[dict[Obj, None], dict[Obj, None]]:
    """Of what the callee has read something from, and of what it has taken with all that it holds."""
    looked_into: dict[Obj, None] = {}
    whole: dict[Obj, None] = {}
    for atom in _atoms(summary):
        for obj in objects_in(atom):
            looked_into.update(dict.fromkeys(_holders(obj)))
        if type(atom) is Data and atom.of.root.symbolic:
            whole[atom.of] = None
    return looked_into, whole


def _atoms(summary: Summary) -> Iterator[Atom]:
    values = (*summary.writes.values(), *summary.aliases.values(), summary.returns, summary.raises)
    yield from chain.from_iterable(value.atoms for value in (*values, summary.yields or EMPTY))
    for obligation in summary.obligations:
        yield obligation.data


def _holders(obj: Obj) -> list[Obj]:
    found: list[Obj] = []
    while obj.root.symbolic and obj.kind is Kind.FIELD and obj.base is not None:
        obj = obj.base
        found.append(obj)
    return found


def _are_two(name: Obj, other: Obj) -> bool:
    """Of one that is a part of the other, the callee knows."""
    return name is not other and other not in _holders(name) and name not in _holders(other)


def _held(state: State, value: Value) -> dict[Obj, None]:
    """The objects, and all that they hold."""
    found = dict.fromkeys(value.objects())
    left = list(found)
    while left and len(found) < MOST_SEARCHED:
        for held in state.heap.get(left.pop(), {}).values():
            new = [obj for obj in held.objects() if obj not in found]
            found.update(dict.fromkeys(new))
            left += new
    return found
