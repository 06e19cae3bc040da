"""``collections``, and copies of containers: what stands at which place of them."""

from __future__ import annotations

from dataclasses import replace

from datause_lint.analysis.access import DICT, LIST, TUPLE, stored_value
from datause_lint.analysis.adding import (
    add_element,
    add_opaque,
)
from datause_lint.analysis.arguments import Arguments, add_star, known_length
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.classes import make_instance
from datause_lint.analysis.evidence import NO_IMPLICATION
from datause_lint.analysis.guards import fold
from datause_lint.analysis.iteration import elements, keys
from datause_lint.analysis.merging import merge_dict
from datause_lint.analysis.models.containers import method, update
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import ELEMENT, KEYS, LENGTH, Obj, attribute, index
from datause_lint.analysis.positions import forget_positions
from datause_lint.analysis.quantified import said_of_those_beside
from datause_lint.analysis.state import INTO, SHOWN
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, NONE, UNKNOWN_BOOLEAN, Value, const, join, join_all, of
from datause_lint.names import ApiPath, ClassId

MADE = "collections.namedtuple()"
DEFAULTS = "@defaults"  # of a class that namedtuple() has made
COUNTS = "@counts"  # of a Counter: that it is one
MAXIMAL_COPIES = 32  # objects of one deep copy that are told apart


# ── named tuples ──────────────────────────────────────────────────────────────────────────────────────────────────


@models("collections.namedtuple")
def named_tuple(call: ModelCall) -> Value:
    """``namedtuple("P", "a b")``: a class, as an object that knows its fields."""
    made = call.external(MADE)
    for position, name in enumerate(_names_in(call, call.argument(1, "field_names"))):
        call.state.store(made, f"@field{position}", const(name))
    fields = call.new(TUPLE, "~fields")
    for position, name in enumerate(_names_of_fields(call, of(made))):
        call.state.store(fields, index(position), const(name))
    call.state.store(made, attribute("_fields"), of(fields))
    defaults = call.arguments.keywords.get("defaults")
    if defaults is not None:
        call.state.store(made, DEFAULTS, defaults)
        call.state.store(made, attribute("_field_defaults"), _defaults_by_name(call, made, defaults))
    return of(made)


def _defaults_by_name(call: ModelCall, made: Obj, defaults: Value) -> Value:
    """The last fields have them."""
    found, names = call.new(DICT, "~defaults"), _names_of_fields(call, of(made))
    length = known_length(call.frame, call.state, defaults)
    if length is None:
        call.state.store(found, ELEMENT, call.elements(defaults))
    for place, name in enumerate(names[-length:] if length else ()):
        call.state.store(found, index(name), call.read(defaults, index(place)))
    return of(found)


def _names_in(call: ModelCall, value: Value) -> list[str]:
    only = fold(call.frame, value)
    if only is not None and len(only) == 1 and isinstance(only[0].value, str):
        return only[0].value.replace(",", " ").split()
    length = known_length(call.frame, call.state, value)
    found = [fold(call.frame, call.read(value, index(place))) for place in range(length or 0)]
    return [str(each[0].value) for each in found if each is not None and len(each) == 1]


@models(MADE)
def make_named_tuple(call: ModelCall) -> Value:
    """``P(1, b=2)``: a tuple whose places have names."""
    names = _fields_of(call)
    if not names:  # computed, or known to the caller only
        return call.data(*call.arguments.all())
    made = call.new(TUPLE)
    for position, value in enumerate(call.arguments.positional):
        _put(call, made, names, position, value)
    for name, value in call.arguments.keywords.items():
        if name in names:
            _put(call, made, names, names.index(name), value)
    for more in (call.arguments.more, call.arguments.more_keywords):
        if more is not None:
            call.state.store(made, ELEMENT, more)
    _put_defaults(call, made, names)
    return of(made)


def _put_defaults(call: ModelCall, made: Obj, names: list[str]) -> None:
    """The last fields have them."""
    stated = join_all([call.read(of(obj), DEFAULTS) for obj in call.receiver.objects()])
    length = known_length(call.frame, call.state, stated)
    first = len(names) - (length or 0)
    for position in range(first if length is not None else 0, len(names)):
        if stated.atoms and call.state.stored(made, index(position)) is None:
            default = call.read(stated, index(position - first)) if length is not None else call.elements(stated)
            _put(call, made, names, position, default)


@models(f"{MADE}._make")
def make_from_elements(call: ModelCall) -> Value:
    given = call.argument(0)
    names = _fields_of(call)
    if not names:
        return call.data(given)
    made = call.new(TUPLE)
    length = known_length(call.frame, call.state, given)
    for position in range(len(names)):
        value = call.read(given, index(position)) if length is not None else call.elements(given)
        _put(call, made, names, position, value)
    return of(made)


@models("typing.NamedTuple._make")
def make_instance_of_elements(call: ModelCall) -> Value:
    arguments = Arguments()
    add_star(call.frame, call.state, arguments, call.argument(0))
    made = []
    for cls in call.receiver.objects():
        value, after = make_instance(call.frame, call.state, ClassId(cls.key), arguments, call.span, call.caller)
        made.append(value if call.go_on(after) else EMPTY)
    return join_all(made)


def _fields_of(call: ModelCall) -> list[str]:
    return _names_of_fields(call, call.receiver)


def _names_of_fields(call: ModelCall, kinds: Value) -> list[str]:
    names: list[str] = []
    for obj in kinds.objects():
        while (stated := stored_value(call.frame, call.state, obj, f"@field{len(names)}")) is not None:
            constants = fold(call.frame, stated) or ()
            names.append(str(constants[0].value) if len(constants) == 1 else "")
    return names


def _put(call: ModelCall, made: Obj, names: list[str], position: int, value: Value) -> None:
    call.state.store(made, index(position), value)
    if position < len(names):
        call.state.store(made, attribute(names[position]), value)
        call.state.store(made, f"@field{position}", const(names[position]))


@method("_replace")
def replaced(call: ModelCall) -> Value:
    only, names = call.receiver.only_object(), _fields_of(call)
    kinds = {kind.cls for kind in types_of(call.frame, call.state, only)} if only is not None else {None}
    kind = next(iter(kinds)) if len(kinds) == 1 else None
    made = call.frame.world.objects.new(call.site(), kind, ApiPath(TUPLE) if kind is None else None)
    call.state.allocate(made)
    call.state.store(made, LENGTH, const(len(names)))
    for position, name in enumerate(names):
        value = call.arguments.keywords.get(name)
        _put(call, made, names, position, value if value is not None else call.read(call.receiver, attribute(name)))
    return of(made) if names else call.data(call.receiver, *call.arguments.all())


@method("_asdict")
def as_dict(call: ModelCall) -> Value:
    names = _fields_of(call)
    if not names:
        return call.data(call.receiver)
    made = call.new(DICT)
    for name in names:
        call.state.store(made, index(name), call.read(call.receiver, attribute(name)))
    return of(made)


# ── dictionaries ──────────────────────────────────────────────────────────────────────────────────────────────────


@models("builtins.dict.fromkeys", "collections.OrderedDict.fromkeys")
def from_keys(call: ModelCall) -> Value:
    """The elements of the one argument are the keys, the other is the value of each."""
    made = call.new(DICT)
    given, value = call.argument(0, "iterable"), call.optional(1, "value")
    value = value if value is not None else NONE
    length = known_length(call.frame, call.state, given)
    names = [fold(call.frame, call.read(given, index(place))) for place in range(length or 0)]
    if length is not None and all(each is not None and len(each) == 1 for each in names):
        for each in names:
            assert each is not None
            call.state.store(made, index(each[0].value), value)
    else:
        call.state.store(made, KEYS, call.elements(given))
        call.state.store(made, ELEMENT, value)
    return of(made)


_DICTS = ("builtins.dict", "collections.OrderedDict", "collections.UserDict")


@models(*(f"{kind}().__init__" for kind in _DICTS))
def filled_at_first(call: ModelCall) -> Value:
    """``super().__init__(…)`` of a class that derives from a dict: what it holds may be found under other names, too,
    as ``self.__dict__ = self`` has it."""
    add_opaque(call.frame, call.state, call.receiver, call.data(*call.arguments.all()))
    return update(replace(call, path="?.update"))


@models(*(f"{kind}.__init__" for kind in _DICTS))
def filled_by_name(call: ModelCall) -> Value:
    """``dict.__init__(self, …)``."""
    return filled_at_first(replace(call, receiver=call.argument(0), arguments=call.arguments.without(1)))


@models("collections.Counter")
def counter(call: ModelCall) -> Value:
    """What is counted are the keys; the counts say nothing of anybody."""
    made = call.new(DICT)
    call.state.store(made, KEYS, join(call.elements(call.argument(0)), _names_of_arguments(call)))
    call.state.store(made, ELEMENT, EMPTY)
    call.state.store(made, COUNTS, UNKNOWN_BOOLEAN)
    return of(made)


def _names_of_arguments(call: ModelCall) -> Value:
    return of(*(Const(name, str) for name in call.arguments.keywords))


@method("update", "subtract")
def count(call: ModelCall) -> Value:
    """Of a Counter: one more, or less, of each element."""
    only = call.receiver.only_object()
    if only is None or stored_value(call.frame, call.state, only, COUNTS) is None:
        return update(call)
    more = join_all([call.elements(given) for given in call.arguments.positional])
    add_element(call.frame, call.state, call.receiver, EMPTY, join(more, _names_of_arguments(call)))
    return NONE


@method("total")
def total(call: ModelCall) -> Value:
    return EMPTY


@method("most_common")
def most_common(call: ModelCall) -> Value:
    """Pairs of what was counted, and how often."""
    pair = call.new(TUPLE, "~pair")
    call.state.store(pair, index(0), keys(call.frame, call.state, call.receiver.objects()[0]))
    call.state.store(pair, index(1), EMPTY)
    return call.container(LIST, of(pair))


@models("collections.ChainMap")
def chain_map(call: ModelCall) -> Value:
    """The first dict that has a key is asked."""
    maps = call.arguments.positional
    return of(_chained(call, maps if maps else [of(call.new(DICT, "~m"))], "~0"))


def _chained(call: ModelCall, maps: list[Value], part: str) -> Obj:
    made = call.new(DICT, part)
    for each in reversed(maps):
        merge_dict(call.frame, call.state, of(made), each)
    held = call.new(LIST, f"{part}~maps")
    for place, each in enumerate(maps):
        call.state.store(held, index(place), each)
    call.state.store(made, attribute("maps"), of(held))
    _link(call, made, maps)
    if len(maps) > 1:
        call.state.store(made, attribute("parents"), of(_chained(call, maps[1:], f"{part}~")))
    return made


def _link(call: ModelCall, made: Obj, maps: list[Value]) -> None:
    """What is put into it is in the first of its dicts, and it shows what is put into any of them."""
    first = maps[0].only_object() if maps else None
    if first is not None:
        call.state.store(made, INTO, of(first))
    for each in {obj: None for value in maps for obj in value.objects()}:
        call.state.store_weakly(each, SHOWN, of(made))


@method("new_child")
def new_child(call: ModelCall) -> Value:
    first = call.optional(0, "m")
    return of(_chained(call, [first if first is not None else of(call.new(DICT, "~m")), call.receiver], "~0"))


# ── lists whose order others change ───────────────────────────────────────────────────────────────────────────────


@models("random.shuffle", "random.Random().shuffle", "random.SystemRandom().shuffle", "heapq.heapify")
def reordered(call: ModelCall) -> Value:
    forget_positions(call.frame, call.state, call.argument(0))
    return NONE


@models("heapq.heappush", "bisect.insort", "bisect.insort_left", "bisect.insort_right")
def put_in_order(call: ModelCall) -> Value:
    compare(call, call.argument(1), call.elements(call.argument(0)))
    forget_positions(call.frame, call.state, call.argument(0))
    add_element(call.frame, call.state, call.argument(0), call.argument(1))
    return NONE


def compare(call: ModelCall, one: Value, others: Value) -> None:
    """Something is put into its place among others."""
    for left, right in ((one, others), (others, one)):
        if right.atoms:
            call.special(left, "__lt__", given=[right])
            call.returns = True


@models("heapq.heappop", "heapq.heapreplace", "heapq.heappushpop")
def least(call: ModelCall) -> Value:
    forget_positions(call.frame, call.state, call.argument(0))
    if call.optional(1) is not None:
        add_element(call.frame, call.state, call.argument(0), call.argument(1))
    return call.elements(call.argument(0))


# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────────


@models("builtins.zip", "itertools.zip_longest")
def zipped(call: ModelCall) -> Value:
    """Rows: each by its place, where all lengths are known."""
    given = call.arguments.positional
    lengths = [known_length(call.frame, call.state, each) for each in given]
    known = [length for length in lengths if length is not None]
    fill = call.arguments.keywords.get("fillvalue", EMPTY)
    if given and len(known) == len(given) and call.arguments.more is None and max(known) <= MAXIMAL_COPIES:
        return _rows(call, known, fill)
    row = call.new(TUPLE, "~row")
    for position, each in enumerate(given):
        said = said_of_those_beside(call.frame, call.state, each, given) if not fill.atoms else NO_IMPLICATION
        call.state.store(row, index(position), Value({**call.elements(each).atoms, **fill.atoms}, said))
    if call.arguments.more is not None:
        inner = elements(call.frame, call.state, call.arguments.more)
        call.state.store(row, ELEMENT, Value({**inner.atoms, **fill.atoms}))
    return call.container(LIST, of(row))


def _rows(call: ModelCall, lengths: list[int], fill: Value) -> Value:
    made = call.new(LIST)
    count = max(lengths) if call.path.endswith("zip_longest") else min(lengths)
    for place in range(count):
        row = call.new(TUPLE, f"~row{place}")
        for position, given in enumerate(call.arguments.positional):
            value = call.read(given, index(place)) if place < lengths[position] else fill
            call.state.store(row, index(position), value)
        call.state.store(made, index(place), of(row))
    return of(made)
