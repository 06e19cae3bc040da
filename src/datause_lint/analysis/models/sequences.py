"""Lists whose elements are known by their places: what is put in and taken out moves the others."""

from __future__ import annotations

from datause_lint.analysis.access import BOUND, LIST, read
from datause_lint.analysis.arguments import known_length
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import Kind, Obj, index
from datause_lint.analysis.positions import is_own, remove_item
from datause_lint.analysis.values import Value, of

MAXIMAL_LENGTH = 32  # of a list that is moved element by element


def put_at(call: ModelCall, position: int | None, value: Value) -> bool:
    """Whether the value could be put at the place, which None stands for where it is not known."""
    items = _items(call)
    if items is None or position is None:
        return False
    changed = [*items[1][:position], value, *items[1][position:]]
    _become(call, items[0], changed[: _bound(call, items[0], len(changed))])
    return True


def put_at_end(call: ModelCall, value: Value) -> bool:
    """Of a deque with a bound: where it is full, the first element goes."""
    items = _items(call)
    if items is None or call.state.stored(items[0], BOUND) is None:
        return False
    changed = [*items[1], value]
    _become(call, items[0], changed[len(changed) - min(len(changed), _bound(call, items[0], len(changed))) :])
    return True


def turn(call: ModelCall) -> bool:
    """``rotate()``: whether it is known what is where afterwards."""
    items, steps = _items(call), place_in(call, 0) if call.arguments.all() else 1
    if items is None or steps is None:
        return False
    shift = -steps % len(items[1]) if items[1] else 0
    _become(call, items[0], [*items[1][shift:], *items[1][:shift]])
    return True


def _bound(call: ModelCall, items: Obj, length: int) -> int:
    stated = call.state.stored(items, BOUND)
    constant = stated.constant() if stated is not None else None
    return constant.value if constant is not None and isinstance(constant.value, int) else length


def take_from(call: ModelCall, position: int | None) -> Value | None:
    """The element at the place, which is there no more; None where it is not known which that is."""
    items = _items(call)
    if items is None or position is None or not -len(items[1]) <= position < len(items[1]):
        return None
    rest = list(items[1])
    taken = rest.pop(position)
    _become(call, items[0], rest)
    return taken


def place_in(call: ModelCall, argument: int) -> int | None:
    """The index that an argument is, where that is known."""
    constants = fold(call.frame, call.argument(argument))
    only = constants[0].value if constants is not None and len(constants) == 1 else None
    return only if isinstance(only, int) and not isinstance(only, bool) else None


def _items(call: ModelCall) -> tuple[Obj, list[Value]] | None:
    only = call.receiver.only_object()
    if only is None or only.api != LIST or only.kind is not Kind.NEW or len(call.receiver.atoms) != 1:
        return None
    length = known_length(call.frame, call.state, of(only))
    if length is None or length > MAXIMAL_LENGTH or not is_own(call.frame, only):
        return None
    return only, [read(call.frame, call.state, of(only), index(place)) for place in range(length)]


def _become(call: ModelCall, items: Obj, values: list[Value]) -> None:
    length = known_length(call.frame, call.state, of(items)) or 0
    for place, value in enumerate(values):
        call.state.store(items, index(place), value)
    for place in range(len(values), length):
        remove_item(call.frame, call.state, items, index(place))
