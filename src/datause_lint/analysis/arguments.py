"""The arguments of a call, and their way to the parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from datause_lint.analysis.access import (
    CONTAINERS,
    DICT,
    LIST,
    TUPLE,
    indexed,
    known_keys,
    origin,
    read,
    stored_value,
    surely_holds,
)
from datause_lint.analysis.facts import NOTHING, Same
from datause_lint.analysis.frame import KEYS_OF, Frame
from datause_lint.analysis.known_keys import has_known_keys_only
from datause_lint.analysis.objects import COPIED, ELEMENT, FULL, LENGTH, OPAQUE, SHUFFLED, Kind, Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, carrying, join, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR, Parameter, ParameterKind
from datause_lint.policy.entries import ArgumentRef

POSITIONAL = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL)


@dataclass(slots=True)
class Arguments:
    """Evaluated arguments: ``more`` is what starred ones of unknown length may bring, by position or by keyword."""

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    more: Value | None = None
    more_keywords: Value | None = None
    sent: Value | None = None  # into the generator that the call makes
    behind: Value | None = None  # what the generator that the call makes finds when it goes on after its yield
    star: Obj | None = None  # what only the caller knows and ``more`` is all of, in its order
    double_star: Obj | None = None  # the same of ``more_keywords``
    starred: Obj | None = None  # all whose elements are the positional arguments, in its order: ``gather(*tasks)``
    lists: tuple[Obj, ...] = ()  # what starred arguments of unknown length were drawn from
    maybe: frozenset[str] = frozenset()  # keywords that are not given on every path
    whole: tuple[Value, frozenset[str]] | None = None  # the one row that is handed over as a whole, and its known keys

    def get(self, ref: ArgumentRef, parameters: tuple[Parameter, ...] = ()) -> Value | None:
        """What a policy's argument reference stands for; None where the call does not give it."""
        if ref.every:
            return join_all(self.all()) if self.all() else None
        for name in ref.names:
            if name in self.keywords:
                return self.keywords[name]
            position = _position_of(name, parameters)
            if position is not None and position < len(self.positional):
                return self.positional[position]
        for position in ref.positions:
            if position < len(self.positional):
                return self.positional[position]
            name_there = _name_at(position, parameters)
            if name_there is not None and name_there in self.keywords:
                return self.keywords[name_there]
        some = [value for value in (self.more_keywords if ref.names else None, self.more) if value is not None]
        return join_all(some) if some else None

    def all(self) -> list[Value]:
        rest = [value for value in (self.more, self.more_keywords) if value is not None]
        return [*self.positional, *self.keywords.values(), *rest]

    def first(self) -> Value | None:
        return self.positional[0] if self.positional else next(iter(self.keywords.values()), None)

    def shifted(self, receiver: Value) -> Arguments:
        """The same call as a function sees it that takes the receiver first."""
        shifted = replace(self, positional=[receiver, *self.positional], starred=None)
        shifted.sent = None
        return shifted

    def followed_by(self, other: Arguments) -> Arguments:
        """One call that is given both."""
        return Arguments(
            [*self.positional, *other.positional],
            {**self.keywords, **other.keywords},
            _either(self.more, other.more),
            _either(self.more_keywords, other.more_keywords),
        )

    def without(self, count: int) -> Arguments:
        return Arguments(self.positional[count:], self.keywords, self.more, self.more_keywords)


Caller = Callable[[Frame, State, Value, Arguments, Span], "tuple[Value, State | None]"]
"""Calls a value; gives the result, and the state after it, or none where the call does not come back."""


def _either(left: Value | None, right: Value | None) -> Value | None:
    if left is None or right is None:
        return left if right is None else right
    return join(left, right)


def _position_of(name: str, parameters: tuple[Parameter, ...]) -> int | None:
    for position, parameter in enumerate(each for each in parameters if each.kind in POSITIONAL):
        if parameter.name == name:
            return position
    return None


def _name_at(position: int, parameters: tuple[Parameter, ...]) -> str | None:
    names = [parameter.name for parameter in parameters if parameter.kind in POSITIONAL]
    return names[position] if position < len(names) else None


def add_star(frame: Frame, state: State, arguments: Arguments, value: Value) -> None:
    """``*value``."""
    length = known_length(frame, state, value)
    if length is not None and arguments.more is None:
        arguments.positional.extend(read(frame, state, value, index(position)) for position in range(length))
        return
    only = value.only_object()
    arguments.lists += (only,) if only is not None and len(value.atoms) == 1 else ()
    more = _behind_first(frame, state, arguments, value)
    arguments.starred = value.only_object() if not arguments.all() and len(value.atoms) == 1 else None
    arguments.star = _of_caller(value) if arguments.more is None else None
    arguments.more = more if arguments.more is None else join(arguments.more, more)


def add_double_star(frame: Frame, state: State, arguments: Arguments, value: Value) -> None:
    """``**value``."""
    alone = not arguments.all()
    for obj in value.objects():
        for key in known_keys(frame, state, obj):
            if isinstance(key, str):
                found = read(frame, state, value, index(key))
                before = arguments.keywords.get(key)
                arguments.keywords[key] = found if before is None else join(before, found)
                if before is None and (len(value.atoms) > 1 or not surely_holds(frame, state, obj, index(key))):
                    arguments.maybe |= {key}
    unknown = _unknown_entries(frame, state, value)
    if unknown is not None:
        before = arguments.more_keywords
        arguments.double_star = _of_caller(value) if before is None else None
        arguments.more_keywords = unknown if before is None else join(before, unknown)
    only = value.only_object()
    row = Value({only: value.atoms[only]}) if alone and only is not None else None
    arguments.whole = (row, frozenset(arguments.keywords)) if row is not None else None


def _unknown_entries(frame: Frame, state: State, value: Value) -> Value | None:
    parts: list[Value] = []
    for atom, carried in value.atoms.items():
        if type(atom) is not Obj:
            parts.append(read(frame, state, Value({atom: carried}), ELEMENT))
            continue
        for key in (ELEMENT, OPAQUE):
            stored = stored_value(frame, state, atom, key)
            if stored is not None:
                parts.append(carrying(stored, carried))
        if atom.api != DICT and not has_known_keys_only(frame, state, atom):
            parts.append(Value({atom.child(ELEMENT): carried}))
    found = join_all(parts)
    return found if found.atoms else None


def known_length(frame: Frame, state: State, value: Value) -> int | None:
    """The length of a tuple or list, whichever it is, all of whose elements are known by their index."""
    objects = value.objects()
    if not objects or len(objects) != len(value.atoms):
        return None
    lengths = {_length_of(frame, state, obj) for obj in objects}
    return lengths.pop() if len(lengths) == 1 else None


def _length_of(frame: Frame, state: State, only: Obj) -> int | None:
    if only.root.of_a_round:
        stands = origin(frame, state, only)
        return None if stands.only_object() in (None, only) else known_length(frame, state, stands)
    if only.symbolic:
        return _length_told(frame, state, only)
    if stored_value(frame, state, only, ELEMENT) is not None or stored_value(frame, state, only, OPAQUE) is not None:
        return None
    if only.api not in (TUPLE, "builtins.list"):
        stated = stored_value(frame, state, only, LENGTH)
        length = stated.constant() if stated is not None else None
        return length.value if length is not None and isinstance(length.value, int) else None
    items = indexed(frame, state, only)
    return len(items) if all(surely_holds(frame, state, only, key) for key, _ in items) else None


def _length_told(frame: Frame, state: State, obj: Obj) -> int | None:
    """The length of what the caller holds, as long as nothing has been put in or taken out."""
    told = [key for key in frame.ask(obj, KEYS_OF) if isinstance(key, int)] if frame.is_input(obj) else []
    fields = state.heap.get(obj, {})
    changed = ELEMENT in fields or SHUFFLED in fields or FULL in fields
    return len(told) if told and not changed else None


def surely_filled(frame: Frame, state: State, value: Value) -> bool:
    """Whether there is something to iterate over in any case."""
    constant, only = value.constant(), value.only_object()
    if constant is not None:
        return isinstance(constant.value, (str, bytes)) and bool(constant.value)
    if only is None or len(value.atoms) != 1:
        return False
    if known_length(frame, state, value):
        return True
    if only.kind is not Kind.NEW:
        return False
    full = state.stored(only, FULL)
    if full is not None:
        stated = full.constant()
        return stated is not None and stated.value is True
    return only.api in CONTAINERS and any(
        surely_holds(frame, state, only, key) for key, _ in indexed(frame, state, only)
    )


def bind(frame: Frame, state: State, function: FunctionIR, arguments: Arguments, site: str) -> dict[str, Value | None]:
    """Each parameter's value; None for one that is left to its default."""
    bound: dict[str, Value | None] = {}
    positional = list(arguments.positional)
    keywords = dict(arguments.keywords)
    for place, parameter in enumerate(function.parameters, -len(positional)):
        if parameter.kind in POSITIONAL:
            if positional:
                bound[parameter.name] = positional.pop(0)
            elif parameter.name in keywords and parameter.kind is ParameterKind.POSITIONAL:
                bound[parameter.name] = keywords.pop(parameter.name)
            else:
                bound[parameter.name] = _from_more(frame, state, arguments, parameter, place)
        elif parameter.kind is ParameterKind.VAR_POSITIONAL:
            bound[parameter.name] = _pack_positional(frame, state, positional, arguments, f"{site}*{parameter.name}")
        elif parameter.kind is ParameterKind.KEYWORD_ONLY:
            if parameter.name in keywords:
                bound[parameter.name] = keywords.pop(parameter.name)
            else:
                bound[parameter.name] = _keyword_among(frame, state, arguments, parameter)
        else:
            bound[parameter.name] = _pack_keywords(frame, state, keywords, arguments, f"{site}**{parameter.name}")
    return bound


def _from_more(frame: Frame, state: State, arguments: Arguments, parameter: Parameter, place: int) -> Value | None:
    some = [_among(frame, state, arguments.more, arguments.star, index(place))]
    if parameter.kind is ParameterKind.POSITIONAL:
        some.append(_keyword_among(frame, state, arguments, parameter))
    present = [value for value in some if value is not None]
    return _as_one(present) if present else None


def _as_one(ways: list[Value]) -> Value:
    """By position or by keyword: only one of the two is there, so whatever is known of either is known of it."""
    objects = [way.only_object() for way in ways]
    known = [obj for obj in objects if obj is not None]
    same = frozenset((Same(known[0], known[1]),)) if len(known) == 2 and known[0] is not known[1] else NOTHING
    return carrying(join_all(ways), same)


def _keyword_among(frame: Frame, state: State, arguments: Arguments, parameter: Parameter) -> Value | None:
    return _among(frame, state, arguments.more_keywords, arguments.double_star, index(parameter.name))


def _among(frame: Frame, state: State, more: Value | None, whole: Obj | None, key: str) -> Value | None:
    """Of ``*args`` or ``**kwargs`` that only the caller knows, the one that goes to a parameter."""
    return read(frame, state, of(whole), key) if whole is not None else more


def _behind_first(frame: Frame, state: State, arguments: Arguments, value: Value) -> Value:
    """What may follow the elements of a list that are known to be its first; those are arguments of their own."""
    only = value.only_object()
    if arguments.more is not None or only is None or len(value.atoms) > 1 or only.api not in (TUPLE, LIST):
        return read(frame, state, value, ELEMENT)
    items = dict(indexed(frame, state, only))
    position = 0
    while (key := index(position)) in items and surely_holds(frame, state, only, key):
        arguments.positional.append(items.pop(key))
        position += 1
    rest = [stored_value(frame, state, only, key) for key in (ELEMENT, OPAQUE)]
    return join_all([*items.values(), *(each for each in rest if each is not None)])


def _of_caller(value: Value) -> Obj | None:
    """``args`` that the function itself was given."""
    only = value.only_object()
    return only if only is not None and len(value.atoms) == 1 and only.symbolic else None


def _pack_positional(frame: Frame, state: State, rest: list[Value], arguments: Arguments, site: str) -> Value:
    packed = frame.world.objects.new(site, api="builtins.tuple")  # type: ignore[arg-type]
    state.allocate(packed)
    for position, value in enumerate(rest):
        state.store(packed, index(position), value)
    if arguments.more is not None:
        state.store(packed, ELEMENT, arguments.more)
        _note_copied(state, packed, arguments.star if not rest else None)
    return of(packed)


def _pack_keywords(frame: Frame, state: State, rest: dict[str, Value], arguments: Arguments, site: str) -> Value:
    packed = frame.world.objects.new(site, api="builtins.dict")  # type: ignore[arg-type]
    state.allocate(packed)
    for name, value in rest.items():
        state.store(packed, index(name), value)
    if arguments.more_keywords is not None:
        state.store(packed, ELEMENT, arguments.more_keywords)
        _note_copied(state, packed, arguments.double_star if not rest else None)
    return of(packed)


def _note_copied(state: State, packed: Obj, whole: Obj | None) -> None:
    if whole is not None:
        state.store(packed, COPIED, of(whole))
