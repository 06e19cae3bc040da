"""Built-in functions."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import (
    DICT,
    LIST,
    SET,
    TUPLE,
    known_keys,
    stored_keys,
    stored_value,
)
from datause_lint.analysis.adding import (
    add_element,
    add_opaque,
)
from datause_lint.analysis.arguments import Arguments, known_length
from datause_lint.analysis.atoms import ApiAtom, BoundAtom, Const, FunctionAtom, Pattern
from datause_lint.analysis.by_index import NUMBERED
from datause_lint.analysis.declared_clients import named_types, note_tested
from datause_lint.analysis.disk import texts_of
from datause_lint.analysis.everybody import of_everybody
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.exceptions import may_raise_with
from datause_lint.analysis.facts import NOTHING, Fact, common
from datause_lint.analysis.lost_facts import attach
from datause_lint.analysis.many import made_each_time
from datause_lint.analysis.merging import merge_dict
from datause_lint.analysis.models.containers import complete, put_pairs
from datause_lint.analysis.models.copies import MAXIMAL_COPIES, copy_of, sequence_of
from datause_lint.analysis.models.generators import may_end
from datause_lint.analysis.models.registry import ModelCall, implying, models
from datause_lint.analysis.objects import ELEMENT, FAILED, FULL, KEY, OPAQUE, WHOLE, Kind, Obj, index
from datause_lint.analysis.operators import is_path
from datause_lint.analysis.promised import with_client
from datause_lint.analysis.quantified import (
    OF_ALL,
    OF_SOME,
    answers_awaited,
    note_awaited,
    stand_beside,
    what_all_prove,
)
from datause_lint.analysis.spared import note_copied
from datause_lint.analysis.special_methods import special_methods
from datause_lint.analysis.standard_streams import print_out, standard_target
from datause_lint.analysis.state import is_held
from datause_lint.analysis.untold import either, something
from datause_lint.analysis.values import EMPTY, NONE, UNKNOWN_BOOLEAN, Value, const, join, join_all, of
from datause_lint.names import ApiPath
from datause_lint.policy.entries import Evidence

# What says something about a value and nothing of it.
for _name in "id isinstance issubclass callable hasattr breakpoint".split():
    models(f"builtins.{_name}")(lambda call: EMPTY)
models("builtins.callable", "builtins.hasattr")(lambda call: UNKNOWN_BOOLEAN)


@models("builtins.isinstance", "builtins.issubclass")
def is_of_class(call: ModelCall) -> Value:
    """The metaclass of a class may have its own mind about that."""
    name = "__instancecheck__" if call.path.endswith("isinstance") else "__subclasscheck__"
    call.special(call.argument(1), name, given=[call.argument(0)])
    note_tested(call.frame, call.state, call.argument(0), call.argument(1))
    return UNKNOWN_BOOLEAN


@models("builtins.range")
def numbers(call: ModelCall) -> Value:
    for given in call.arguments.positional:
        call.special(given, "__index__")
    return EMPTY


@models("builtins.dir")
def names_in(call: ModelCall) -> Value:
    return call.special(call.argument(0), "__dir__") or EMPTY


@models("builtins.hash")
def hashed(call: ModelCall) -> Value:
    call.special(call.argument(0), "__hash__")
    return EMPTY


@models("builtins.abs", "builtins.round")
def rounded(call: ModelCall) -> Value:
    """A number, where the value's class says nothing else."""
    return call.special(call.argument(0), f"__{call.path.rpartition('.')[2]}__") or EMPTY


@models("builtins.len")
def length(call: ModelCall) -> Value:
    """A number that is zero where the container is empty."""
    call.special(call.argument(0), "__len__")
    return Value({}, guards.with_contents(call.state, call.argument(0)).implied)


@models("builtins.bool")
def boolean(call: ModelCall) -> Value:
    value = call.argument(0)
    constants = guards.fold(call.frame, value)
    if constants is not None and len({bool(each.value) for each in constants}) == 1:
        return const(bool(constants[0].value))
    implied = guards.tested(call.frame, guards.with_contents(call.state, value))
    return Value(UNKNOWN_BOOLEAN.atoms, Implied(implied.true | implied.some, implied.false))


SHOWN_BY: Final = {
    "builtins.str": ("__str__", "__repr__"),
    "builtins.repr": ("__repr__",),
    "builtins.ascii": ("__repr__",),
}  # else by __format__


@models("builtins.str", "builtins.repr", "builtins.format", "builtins.ascii")
def text(call: ModelCall) -> Value:
    value = call.argument(0, "object")
    constant = value.constant()
    if constant is not None and isinstance(constant.value, (str, int)):
        return const(str(constant.value))
    probes = tuple(probe for probe in value.probes if probe.guard.evidence in (Evidence.EQUALS, Evidence.NOT_EQUALS))
    shown = call.spelled_out(value, *SHOWN_BY.get(call.path, ()))
    more = {**(_identity(value).atoms if shown is value else {}), **_paths_in(call, value).atoms}
    return Value({**call.data(shown).atoms, **more}, probes=probes)  # of a flag: "False" and "None" are true, too


def _paths_in(call: ModelCall, value: Value) -> Value:
    """``str(path)`` still names the file."""
    paths = [obj for obj in value.objects() if is_path(call.frame, call.state, obj)]
    return of(*(Pattern(text) for text in texts_of(call.frame, call.state, of(*paths)))) if paths else EMPTY


FLAGS: Final = (Evidence.TRUE, Evidence.FALSE)


def _identity(value: Value) -> Value:
    """``str(user.id)`` still identifies the user."""
    only = value.only_object()
    return of(only) if only is not None and only.symbolic and only.kind is Kind.FIELD else EMPTY


BY_INDEX: Final = frozenset({"int", "hex", "bin", "oct", "chr", "float", "complex", "bytes", "bytearray"})
NUMBERS: Final = ("builtins.int", "builtins.float", "builtins.complex")


@models(
    "builtins.int", "builtins.float", "builtins.complex", "builtins.bytes", "builtins.bytearray",
    "builtins.chr", "builtins.ord", "builtins.hex", "builtins.bin", "builtins.oct",
    "builtins.divmod", "builtins.pow",
)  # fmt: skip
def converted(call: ModelCall) -> Value:
    value = call.argument(0)
    constant = value.constant()
    if constant is not None and call.path in ("builtins.int",) and isinstance(constant.value, (int, float)):
        return const(int(constant.value))
    name = call.path.rpartition(".")[2]
    special = call.special(value, f"__{name}__", *(("__index__",) if name in BY_INDEX else ()))
    if special is not None:
        return special if call.path in ("builtins.divmod", "builtins.pow") else call.data(special)
    if call.path == "builtins.int" and any(probe.guard.evidence in FLAGS for probe in value.probes):
        return Value({}, guards.tested(call.frame, value))  # of a flag: 0 or 1
    data = call.data(*call.arguments.all())
    if call.path in NUMBERS and data.atoms:
        may_raise_with(call.frame, call.state, "ValueError", call.span, data)
    found = Value({**data.atoms, **_identity(value).atoms})
    return _bytes_that_change(call, found) if call.path == "builtins.bytearray" else found


def _bytes_that_change(call: ModelCall, data: Value) -> Value:
    made = call.external("builtins.bytearray()")
    if data.atoms:
        call.state.store(made, OPAQUE, data)
    return Value({**of(made).atoms, **data.atoms})


@models("builtins.memoryview")
def viewed(call: ModelCall) -> Value:
    """The bytes themselves: what is written into the view, or into a part of it, is written into them."""
    return call.argument(0, "object")


@models("builtins.bytearray().cast", "builtins.bytearray().toreadonly")
def viewed_otherwise(call: ModelCall) -> Value:
    return call.receiver


# ── containers ────────────────────────────────────────────────────────────────────────────────────────────────────


@models("builtins.list", "builtins.tuple", "builtins.iter", "builtins.reversed", "builtins.aiter")
def sequence(call: ModelCall) -> Value:
    given = call.optional(0)
    kind = TUPLE if call.path == "builtins.tuple" else LIST
    if given is not None and call.path in ("builtins.reversed", "builtins.aiter"):
        name = "__reversed__" if call.path == "builtins.reversed" else "__aiter__"
        special = call.special(given, name)
        given = join(special, call.unlike(given, name)) if special else given
    if given is not None and call.path == "builtins.iter" and len(call.arguments.positional) > 1:
        return call.container(kind, made_each_time(call.state, call.call(given), call.site()))
    if given is None:
        return _empty(call, kind)
    if call.path in ("builtins.list", "builtins.tuple"):
        call.special(given, "__len__", "__length_hint__")  # to see how much room it takes
    reverse = call.path == "builtins.reversed"
    made = call.container(kind, call.elements(given)) if reverse else of(sequence_of(call, given, kind))
    return _keeping_every(call, given, call.as_filled(made, given))


def _keeping_every(call: ModelCall, given: Value, result: Value) -> Value:
    source, made = given.only_object(), result.only_object()
    if source is not None and made is not None:
        call.state.store(made, WHOLE, of(source))
        every = stored_value(call.frame, call.state, source, OF_ALL)
        if every is not None:
            call.state.store(made, OF_ALL, every)
    return result


def _empty(call: ModelCall, kind: str) -> Value:
    made = call.new(kind)
    call.state.store(made, FULL, const(False))
    return of(made)


@models("builtins.set", "builtins.frozenset")
def a_set(call: ModelCall) -> Value:
    given = call.optional(0)
    if given is None:
        return _empty(call, SET)
    made = call.container(SET, call.elements(given))
    note_copied(call.frame, call.state, made, given)
    return made


@models("builtins.dict")
def a_dict(call: ModelCall) -> Value:
    made = of(call.new(DICT))
    for given in call.arguments.positional:
        if given.objects() and all(_is_table(call, obj) for obj in given.objects()):
            return _with_keywords(call, copy_of(call, given))
        for obj in given.objects():
            values = call.special(of(obj), "__getitem__", given=[EMPTY])
            if values is not None:  # a mapping of the program's own
                add_element(call.frame, call.state, made, values, call.elements(of(obj)))
                continue
            if _is_table(call, obj):
                merge_dict(call.frame, call.state, made, of(obj))
                continue
            put_pairs(call, made, of(obj))
            if len(given.atoms) == 1 and not call.arguments.keywords:
                call.state.store(made.objects()[0], KEY, of(obj))  # ``dict(row)``: the one whom the row is about
            if obj.symbolic:
                add_element(call.frame, call.state, made, of(obj.child(ELEMENT)))
        rest = Value({atom: carried for atom, carried in given.atoms.items() if type(atom) not in (Const,)})
        data = Value({atom: c for atom, c in rest.atoms.items() if atom not in given.objects()})
        if data.atoms:
            add_element(call.frame, call.state, made, data)
    return _with_keywords(call, made)


def _is_table(call: ModelCall, obj: Obj) -> bool:
    return obj.api == DICT or any(isinstance(key, str) for key in known_keys(call.frame, call.state, obj))


def _with_keywords(call: ModelCall, made: Value) -> Value:
    for name, value in call.arguments.keywords.items():
        call.write(made, index(name), value)
    if call.arguments.more_keywords is not None:
        add_element(call.frame, call.state, made, call.arguments.more_keywords)
    return made


@models("builtins.enumerate")
def enumerated(call: ModelCall) -> Value:
    given = call.argument(0, "iterable")
    length = known_length(call.frame, call.state, given)
    if length is None or length > MAXIMAL_COPIES or call.optional(1, "start") is not None:
        pair = _numbered(call, EMPTY, call.elements(given))
        for obj in pair.objects():
            call.state.store(obj, NUMBERED, given)
        return complete(call, call.container(LIST, pair))
    made = call.new(LIST)
    for place in range(length):
        call.state.store(made, index(place), _numbered(call, const(place), call.read(given, index(place)), str(place)))
    return of(made)


def _numbered(call: ModelCall, number: Value, value: Value, part: str = "") -> Value:
    pair = call.new(TUPLE, f"~pair{part}")
    call.state.store(pair, index(0), number)
    call.state.store(pair, index(1), value)
    return of(pair)


@models("itertools.product")
def product(call: ModelCall) -> Value:
    row = call.new(TUPLE, "~row")
    for position, given in enumerate(call.arguments.positional):
        call.state.store(row, index(position), call.elements(given))
    if call.arguments.more is not None:
        call.state.store(row, ELEMENT, call.elements(call.arguments.more))
    return call.container(LIST, of(row))


@models("builtins.map", "itertools.starmap")
def mapped(call: ModelCall) -> Value:
    function = call.argument(0, "func")
    rounds: list[Value] = []
    raised: list[Value] = []
    if call.path == "itertools.starmap":
        row = call.each(call.argument(1))
        length = known_length(call.frame, call.state, row)
        given = [call.read(row, index(position)) for position in range(length)] if length else []
        arguments = Arguments(given, {}, None if length else call.elements(row))
        result = call.call_with(function, arguments)
    else:
        rounds = [call.each(given, f"~{number}") for number, given in enumerate(call.arguments.positional[1:])]
        with call.frame.noticing() as raised:
            result = call.call(function, *rounds)
    result = made_each_time(call.state, result, call.site())
    made = call.as_filled(call.container(LIST, attach(result, call.state.facts)), call.argument(1))
    for obj in made.objects() if raised else ():
        call.state.store(obj, FAILED, join_all(raised))
    if call.path == "builtins.map" and len(rounds) == 1:
        _note_every(call, made, rounds[0], result)
    for number in range(max(len(call.arguments.positional) - 1, 0)):
        call.done(f"~{number}")
    call.done()
    call.returns = True
    return made


def _note_every(call: ModelCall, made: Value, element: Value, result: Value) -> None:
    """``all(map(consented, users))``: what the truth of every answer would prove of each of them."""
    current, implied = element.only_object(), guards.truths_of(result)
    awaited = answers_awaited(call.frame, call.state, result)
    true, false = (
        of_everybody(call.frame, call.state, facts, lambda loop: loop is current)
        for facts in (implied.true, implied.false)
    )
    for obj in made.objects():
        call.state.store(obj, OF_ALL, Value({}, Implied(true=true, false=false)))
        if awaited is not None:
            note_awaited(call.frame, call.state, obj, awaited, lambda loop: loop is current)
        if current is not None and current.kind is Kind.CURRENT:
            stand_beside(call.state, obj, current)


@models("builtins.filter", "itertools.filterfalse", "itertools.takewhile", "itertools.dropwhile")
def filtered(call: ModelCall) -> Value:
    """The elements that pass carry what passing proves."""
    function, iterable = call.argument(0), call.argument(1)
    element = call.each(iterable)
    constant = function.constant()
    answer = element if constant is not None and constant.value is None else call.call(function, element)
    implied = guards.truths_of(answer)
    proven = implied.false if call.path.endswith("filterfalse") else implied.true | implied.some
    if call.path.endswith("dropwhile"):
        proven = NOTHING
    kept = Value({atom: carried | proven for atom, carried in element.atoms.items()})
    made = call.container(LIST, kept)
    call.done()
    call.returns = True
    return made


@models("builtins.sorted", "heapq.nlargest", "heapq.nsmallest", "heapq.merge", "random.sample", "random.choices")
def sorted_(call: ModelCall) -> Value:
    position = 1 if call.path.startswith("heapq.n") else 0
    given = call.argument(position, "iterable")
    _call_key(call, given)
    merged = call.arguments.positional if call.path == "heapq.merge" else [given]
    made = call.container(LIST, join_all([call.elements(each) for each in merged]))
    return complete(call, made) if call.path == "builtins.sorted" else made


@models("builtins.min", "builtins.max", "random.choice")
def extreme(call: ModelCall) -> Value:
    if len(call.arguments.positional) == 1:
        given = call.argument(0)
        _call_key(call, given)
        found = call.one_of(call.elements(given), given)
    else:
        found = join_all(call.arguments.positional)
        call.special(found, "__lt__", "__gt__", given=[found])
        call.returns = True
    default = call.arguments.keywords.get("default")
    return either(found, default) if default is not None else found


def _call_key(call: ModelCall, given: Value) -> None:
    key = call.arguments.keywords.get("key")
    if key is None:
        members = call.elements(given)
        call.special(members, "__lt__", "__gt__", given=[members])
        call.returns = True
    if key is not None and any(isinstance(atom, (FunctionAtom, BoundAtom)) for atom in key.atoms):
        call.call(key, call.each(given, "~key"))
        call.done("~key")
        call.returns = True


@models("builtins.sum")
def summed(call: ModelCall) -> Value:
    """A number says nothing of a person; but lists and strings can be added up, too."""
    members = call.elements(call.argument(0))
    start = call.optional(1, "start")
    if start is not None and start.objects():
        parts = [call.elements(of(obj)) for obj in members.objects()]
        return call.container(LIST, join_all([*parts, call.elements(start)]))
    return EMPTY


@models("builtins.all")
def every(call: ModelCall) -> Value:
    given = call.argument(0)
    only = given.only_object()
    if only is None:
        return UNKNOWN_BOOLEAN
    proven = set(what_all_prove(call.frame, call.state, only))
    for position in range(known_length(call.frame, call.state, given) or 0):
        proven.update(guards.truths_of(call.read(given, index(position))).true)
    return implying(frozenset(fact for fact in proven if type(fact) is Fact))


@models("builtins.any")
def some(call: ModelCall) -> Value:
    """Falsehood proves of each what its falsehood proves; truth, what each proves of somebody outside of the loop."""
    given = call.argument(0)
    length = known_length(call.frame, call.state, given)
    if not length:
        only = given.only_object()
        every = stored_value(call.frame, call.state, only, OF_ALL) if only is not None else None
        one = stored_value(call.frame, call.state, only, OF_SOME) if only is not None else None
        of_some = one.implied.true if one is not None else NOTHING
        return implying(of_some, every.implied.false) if every is not None else UNKNOWN_BOOLEAN
    items = [guards.tested(call.frame, call.read(given, index(position))) for position in range(length)]
    return implying(common(*(item.true for item in items)), frozenset().union(*(item.false for item in items)))


@models("builtins.next", "builtins.anext")
def next_element(call: ModelCall) -> Value:
    iterator = call.argument(0)
    special = call.special(iterator, "__next__", "__anext__")
    if special is None and len(call.arguments.positional) == 1:
        may_end(call, iterator)
    first = _first(call, iterator) if special is None else None
    if first is not None:
        return first
    rest = call.unlike(iterator, "__next__", "__anext__") if special is not None else iterator
    drawn = call.one_of(call.elements(rest), rest) if rest.atoms or special is None else EMPTY
    found = join(special, drawn) if special is not None else drawn
    default = call.optional(1)
    if default is not None and not found.atoms and _has_elements(call, iterator):
        found = something(found)
    return _one_of(call, found, default)


def _has_elements(call: ModelCall, iterator: Value) -> bool:
    return any(key.startswith("[") for obj in iterator.objects() for key in stored_keys(call.frame, call.state, obj))


def _first(call: ModelCall, iterator: Value) -> Value | None:
    """Of an iterator over known elements that nobody else has, and so nobody else has drawn from: the first of them."""
    only = iterator.only_object()
    if only is None or only.api != LIST or only.kind is not Kind.NEW:
        return None
    held = call.frame.world.shared.knows(only) or is_held(call.state, only)
    return call.read(iterator, index(0)) if not held and known_length(call.frame, call.state, iterator) else None


def _one_of(call: ModelCall, found: Value, default: Value | None) -> Value:
    """The element as one object, so that a later check of it is about itself."""
    objects = {atom: carried for atom, carried in found.atoms.items() if type(atom) is not Const}
    if default is None:
        return found
    constant = default.constant()
    if constant is not None and constant.value is None:
        carried = common(*objects.values())
        return Value({**found.atoms, **default.atoms}, Implied(true=carried, some=carried))
    return join(found, default)


@models("builtins.print")
def printed(call: ModelCall) -> Value:
    """Into a file that is named: what is printed is in it."""
    file = call.arguments.keywords.get("file")
    shown = join_all([call.shown(value, "__str__", "__repr__") for value in call.arguments.positional])
    if file is not None:
        add_opaque(call.frame, call.state, file, shown)
        _write(call, file, shown)
        for stream in ("out", "err"):
            if ApiAtom(ApiPath(f"sys.std{stream}"), None) in file.atoms:
                print_out(call.frame, call.state, shown, stream)
    else:
        print_out(call.frame, call.state, shown)
        _write(call, standard_target(call.frame, call.state), shown)
    return NONE


def _write(call: ModelCall, file: Value, shown: Value) -> None:
    """A stream of the program's own is asked to write."""
    method = special_methods(call.frame, call.state, file, "write")
    if method.atoms:
        call.maybe(method, shown)
        call.returns = True


@models("os.fspath", "os.fsdecode", "os.fsencode")
def path_text(call: ModelCall) -> Value:
    special = call.special(call.argument(0), "__fspath__")
    if special is not None:
        return call.data(special)
    return join(call.data(call.argument(0)), _paths_in(call, call.argument(0)))


@models("builtins.object", "builtins.Exception")
def plain_object(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()")
    data = call.data(*call.arguments.all())
    return Value({made: NOTHING, **data.atoms})


@models("typing.cast", "typing_extensions.cast")
def cast(call: ModelCall) -> Value:
    value = call.argument(1)
    types = named_types(call.frame, call.argument(0))
    said = with_client(call.frame, call.state, value, types, call.site("~cast"))
    for obj in value.objects() if types else ():
        call.frame.hints.setdefault(obj, types)
    return said
