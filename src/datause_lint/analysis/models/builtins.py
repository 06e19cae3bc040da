"""Built-in functions."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import (
    DICT,
    LIST,
    SET,
    TUPLE,
    add_element,
    add_opaque,
    indexed,
    known_keys,
    read,
    stored_keys,
    stored_value,
)
from datause_lint.analysis.arguments import Arguments, known_length
from datause_lint.analysis.classes import GENERATED_INITIALISER, generated_init
from datause_lint.analysis.models.copies import copy_of, sequence_of
from datause_lint.analysis.models.registry import ModelCall, implying, models
from datause_lint.analysis.objects import ELEMENT, FULL, Kind, Obj, attribute, index
from datause_lint.analysis.reading import classes_of, definitions, read_attribute
from datause_lint.analysis.registration import set_attribute
from datause_lint.analysis.state import attach
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import (
    EMPTY,
    NONE,
    NOTHING,
    UNKNOWN_BOOLEAN,
    Atom,
    BoundAtom,
    ClassAtom,
    Const,
    Fact,
    FunctionAtom,
    Implied,
    Truths,
    Value,
    common,
    const,
    join,
    join_all,
    of,
)
from datause_lint.policy.entries import Evidence

# What says something about a value and nothing of it.
for _name in "id isinstance issubclass callable ord abs round range hasattr breakpoint globals".split():
    models(f"builtins.{_name}")(lambda call: EMPTY)
models("builtins.isinstance", "builtins.issubclass", "builtins.callable", "builtins.hasattr")(
    lambda call: UNKNOWN_BOOLEAN
)


@models("builtins.hash")
def hashed(call: ModelCall) -> Value:
    call.special(call.argument(0), "__hash__")
    return EMPTY


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
    shown = call.shown(value, *SHOWN_BY.get(call.path, ())).atoms
    return Value({**shown, **_identity(value).atoms}, probes=probes)  # of a flag: "False" and "None" are true, too


def _identity(value: Value) -> Value:
    """``str(user.id)`` still identifies the user."""
    only = value.only_object()
    return of(only) if only is not None and only.symbolic and only.kind is Kind.FIELD else EMPTY


@models(
    "builtins.int", "builtins.float", "builtins.complex", "builtins.bytes", "builtins.bytearray",
    "builtins.memoryview", "builtins.chr", "builtins.hex", "builtins.bin", "builtins.oct",
    "builtins.divmod", "builtins.pow",
)  # fmt: skip
def converted(call: ModelCall) -> Value:
    value = call.argument(0)
    constant = value.constant()
    if constant is not None and call.path in ("builtins.int",) and isinstance(constant.value, (int, float)):
        return const(int(constant.value))
    special = call.special(value, f"__{call.path.rpartition('.')[2]}__")
    if special is not None:
        return call.data(special)
    return Value({**call.data(*call.arguments.all()).atoms, **_identity(value).atoms})


# ── containers ────────────────────────────────────────────────────────────────────────────────────────────────────


@models("builtins.list", "builtins.tuple", "builtins.iter", "builtins.reversed", "builtins.aiter")
def sequence(call: ModelCall) -> Value:
    given = call.optional(0)
    kind = TUPLE if call.path == "builtins.tuple" else LIST
    if given is not None and call.path in ("builtins.reversed", "builtins.aiter"):
        given = call.special(given, "__reversed__" if call.path == "builtins.reversed" else "__aiter__") or given
    if given is not None and call.path == "builtins.iter" and len(call.arguments.positional) > 1:
        return call.container(kind, call.call(given))
    if given is None:
        return _empty(call, kind)
    if call.path == "builtins.reversed":
        return _keeping_every(call, given, call.container(kind, call.elements(given)))
    return _keeping_every(call, given, of(sequence_of(call, given, kind)))


def _keeping_every(call: ModelCall, given: Value, result: Value) -> Value:
    source, made = given.only_object(), result.only_object()
    if source is not None and made is not None:
        every = stored_value(call.frame, call.state, source, "@every")
        if every is not None:
            call.state.store(made, "@every", every)
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
    return call.container(SET, call.elements(given))


@models("builtins.dict")
def a_dict(call: ModelCall) -> Value:
    made = of(call.new(DICT))
    for given in call.arguments.positional:
        for obj in given.objects():
            values = call.special(of(obj), "__getitem__", given=[EMPTY])
            if values is not None:  # a mapping of the program's own
                add_element(call.frame, call.state, made, values, call.elements(of(obj)))
                continue
            names = [key for key in known_keys(call.frame, call.state, obj) if isinstance(key, str)]
            if names or obj.api == DICT:
                return _with_keywords(call, copy_of(call, of(obj)))
            pairs = call.elements(of(obj))
            add_element(call.frame, call.state, made, call.read(pairs, index(1)), call.read(pairs, index(0)))
            if obj.symbolic:
                add_element(call.frame, call.state, made, of(obj.child(ELEMENT)))
        rest = Value({atom: carried for atom, carried in given.atoms.items() if type(atom) not in (Const,)})
        data = Value({atom: c for atom, c in rest.atoms.items() if atom not in given.objects()})
        if data.atoms:
            add_element(call.frame, call.state, made, data)
    return _with_keywords(call, made)


def _with_keywords(call: ModelCall, made: Value) -> Value:
    for name, value in call.arguments.keywords.items():
        call.write(made, index(name), value)
    if call.arguments.more_keywords is not None:
        add_element(call.frame, call.state, made, call.arguments.more_keywords)
    return made


@models("builtins.enumerate")
def enumerated(call: ModelCall) -> Value:
    pair = call.new(TUPLE, "~pair")
    call.state.store(pair, index(0), EMPTY)
    call.state.store(pair, index(1), call.elements(call.argument(0, "iterable")))
    return call.container(LIST, of(pair))


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
    if call.path == "itertools.starmap":
        row = call.each(call.argument(1))
        length = known_length(call.frame, call.state, row)
        given = [call.read(row, index(position)) for position in range(length)] if length else []
        arguments = Arguments(given, {}, None if length else call.elements(row))
        result = call.call_with(function, arguments)
    else:
        rounds = [call.each(given, f"~{number}") for number, given in enumerate(call.arguments.positional[1:])]
        result = call.call(function, *rounds)
    made = call.container(LIST, attach(result, call.state.facts))
    if call.path == "builtins.map" and len(rounds) == 1:
        _note_every(call, made, rounds[0], guards.truths_of(result))
    for number in range(max(len(call.arguments.positional) - 1, 0)):
        call.done(f"~{number}")
    call.done()
    call.returns = True
    return made


def _note_every(call: ModelCall, made: Value, element: Value, implied: Implied) -> None:
    """``all(map(consented, users))``: what the truth of every answer would prove of each of them."""
    current = element.only_object()
    true, false = (
        guards.of_everybody(call.frame, call.state, facts, lambda loop: loop is current)
        for facts in (implied.true, implied.false)
    )
    for obj in made.objects():
        call.state.store(obj, "@every", Value({}, Implied(true=true, false=false)))


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
    return call.container(LIST, call.elements(given))


@models("builtins.min", "builtins.max", "random.choice")
def extreme(call: ModelCall) -> Value:
    if len(call.arguments.positional) == 1:
        given = call.argument(0)
        _call_key(call, given)
        found = call.elements(given)
    else:
        found = join_all(call.arguments.positional)
    default = call.arguments.keywords.get("default")
    return join(found, default) if default is not None else found


def _call_key(call: ModelCall, given: Value) -> None:
    key = call.arguments.keywords.get("key")
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
    proven: set[Fact] = set()
    given = call.argument(0)
    only = given.only_object()
    if only is not None:
        stored = stored_value(call.frame, call.state, only, "@every")
        if stored is not None:
            proven.update(fact for fact in stored.implied.true if type(fact) is Fact)
        length = known_length(call.frame, call.state, given)
        for position in range(length or 0):
            item = call.read(given, index(position))
            proven.update(fact for fact in guards.truths_of(item).true if type(fact) is Fact)
    return implying(frozenset(proven))


@models("builtins.any")
def some(call: ModelCall) -> Value:
    """Falsehood proves of each what its falsehood proves; truth proves of nobody in particular."""
    given = call.argument(0)
    length = known_length(call.frame, call.state, given)
    if not length:
        only = given.only_object()
        every = stored_value(call.frame, call.state, only, "@every") if only is not None else None
        return implying(NOTHING, every.implied.false) if every is not None else UNKNOWN_BOOLEAN
    items = [guards.truths_of(call.read(given, index(position))) for position in range(length)]
    return implying(common(*(item.true for item in items)), frozenset().union(*(item.false for item in items)))


@models("builtins.next", "builtins.anext")
def next_element(call: ModelCall) -> Value:
    iterator = call.argument(0)
    special = call.special(iterator, "__next__", "__anext__")
    found = special if special is not None else call.elements(iterator)
    default = call.optional(1)
    return _one_of(call, found, default)


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


# ── attributes and classes ────────────────────────────────────────────────────────────────────────────────────────


@models("builtins.getattr")
def get_attribute(call: ModelCall) -> Value:
    base, name, default = call.argument(0), call.argument(1), call.optional(2)
    constants = guards.fold(call.frame, name)
    found: list[Value] = []
    if constants is not None:
        for each in constants:
            value, after = read_attribute(call.frame, call.state, base, str(each.value), call.span, "", call.caller)
            if after is not None:
                found.append(value)
    else:
        found.append(_any_attribute(call, base))
    result = join_all(found)
    return _with_default(result, default) if default is not None else result


def _with_default(found: Value, default: Value) -> Value:
    """Where the attribute is missing, the default speaks: only what both ways prove is proven."""
    constant = default.constant()
    if constant is not None and found.probes:
        settled = found.settled()
        plain = Value(found.atoms, settled.implied)
        return (
            join(plain, default)
            if constant.value
            else Value({**found.atoms, **default.atoms}, Implied(true=settled.implied.true))
        )
    return join(found, default)


def _any_attribute(call: ModelCall, base: Value) -> Value:
    """An attribute whose name is not known: any method, any field."""
    parts: list[Value] = [call.data(base)]
    for obj in base.objects():
        for kind in types_of(call.frame, call.state, obj):
            if kind.cls is None:
                continue
            for cls in call.frame.world.hierarchy(kind.cls):
                ir = call.frame.world.class_ir(cls)
                for name, function in ir.methods if ir is not None else ():
                    if not name.startswith("__"):
                        parts.append(of(BoundAtom(function, None, obj)))
        for key in stored_keys(call.frame, call.state, obj):
            if key.startswith("."):
                parts.append(read(call.frame, call.state, of(obj), key))
    return join_all(parts)


@models("builtins.setattr")
def put_attribute(call: ModelCall) -> Value:
    constants = guards.fold(call.frame, call.argument(1))
    for each in constants or ():
        set_attribute(
            call.frame, call.state, call.argument(0), str(each.value), call.argument(2), call.span, call.caller
        )
    if constants is None:
        add_opaque(call.frame, call.state, call.argument(0), join(call.argument(2), call.data(call.argument(2))))
    return NONE


@models("builtins.object.__setattr__")
def put_own_attribute(call: ModelCall) -> Value:
    """``super().__setattr__(name, value)``, and with the object as the first argument."""
    given = call.arguments.positional
    receiver, rest = (call.receiver, given) if len(given) == 2 else (call.argument(0), given[1:])
    constants = guards.fold(call.frame, rest[0]) if len(rest) == 2 else None
    for each in constants or ():
        call.write(receiver, attribute(str(each.value)), rest[1])
    if constants is None:
        add_opaque(call.frame, call.state, receiver, join_all(rest[1:]))
    return NONE


@models(GENERATED_INITIALISER)
def fill_own_fields(call: ModelCall) -> Value:
    """``super().__init__(…)`` where a decorator or a base has made ``__init__``, and ``Base.__init__(self, …)``."""
    arguments = call.arguments
    receiver = call.receiver if call.receiver.objects() else call.argument(0)
    if receiver is not call.receiver:
        arguments = replace(arguments, positional=arguments.positional[1:])
    for obj in receiver.objects():
        for kind in types_of(call.frame, call.state, obj):
            if kind.cls is not None:
                after = generated_init(call.frame, call.state, obj, kind.cls, arguments, call.span, call.caller)
                call.go_on(after)
    return NONE


@models("builtins.print")
def printed(call: ModelCall) -> Value:
    """Into a file that is named: what is printed is in it."""
    file = call.arguments.keywords.get("file")
    shown = join_all([call.shown(value, "__str__", "__repr__") for value in call.arguments.positional])
    if file is not None:
        add_opaque(call.frame, call.state, file, shown)
    return NONE


@models("builtins.locals")
def local_variables(call: ModelCall) -> Value:
    made = of(call.new(DICT))
    for name, value in call.state.variables.items():
        if name.isidentifier():
            call.write(made, index(name), value)
    for key, value in call.state.heap.get(call.frame.cells, {}).items():
        if key.startswith("."):
            call.write(made, index(key[1:]), value)
    return made


@models("os.fspath", "os.fsdecode", "os.fsencode")
def path_text(call: ModelCall) -> Value:
    special = call.special(call.argument(0), "__fspath__")
    return call.data(special if special is not None else call.argument(0))


@models("builtins.vars", "dataclasses.asdict", "attr.asdict", "attrs.asdict")
def as_dict(call: ModelCall) -> Value:
    """The fields of a record, by their names."""
    made = of(call.new(DICT))
    fields: dict[str, list[Value]] = {}
    for obj in call.argument(0).objects():
        _copy_fields(call, obj, made, fields)
    for name, values in fields.items():
        call.write(made, index(name), join_all(values))
    return made


def _copy_fields(call: ModelCall, obj: Obj, made: Value, fields: dict[str, list[Value]]) -> None:
    frame, state = call.frame, call.state
    names: dict[str, None] = {}
    for kind in types_of(frame, state, obj):
        if kind.cls is not None:
            names.update(dict.fromkeys(frame.world.records.field_names(frame, kind.cls)))
    names.update((key[1:], None) for key in stored_keys(frame, state, obj) if key.startswith("."))
    for name in names:
        value, _ = read_attribute(frame, state, of(obj), name, call.span, "", call.caller)
        fields.setdefault(name, []).append(value)
    if not names:
        add_element(frame, state, made, call.data(of(obj)))


@models("dataclasses.astuple", "attr.astuple")
def as_tuple(call: ModelCall) -> Value:
    fields = as_dict(call).only_object()
    made = call.new(TUPLE, "~tuple")
    for position, (_, value) in enumerate(indexed(call.frame, call.state, fields) if fields is not None else ()):
        call.state.store(made, index(position), value)
    return of(made)


@models("builtins.super")
def super_(call: ModelCall) -> Value:
    made = call.new("builtins.super")
    function = call.frame.function
    world = call.frame.world
    outer = function
    while outer.owner_class is None and outer.parent is not None:
        parent = world.function(outer.parent)
        if parent is None:
            break
        outer = parent
    holder = call.optional(0)
    if holder is not None:
        holder = Value(
            {
                **holder.atoms,
                **of(*(each for obj in holder.objects() for each in definitions(call.frame, call.state, obj))).atoms,
            }
        )
    if holder is None and outer.owner_class is not None:
        holder = of(ClassAtom(outer.owner_class))
    receiver = call.optional(1)
    if receiver is None and outer is function and function.parameters:
        receiver = call.state.variables.get(function.parameters[0].name)
        if receiver is None:
            receiver = call.state.stored(call.frame.cells, attribute(function.parameters[0].name))
    if receiver is None and outer.parameters:
        receiver = of(world.objects.parameter(outer.id, outer.parameters[0].name))
    if holder is not None:
        call.state.store(made, "@class", holder)
    if receiver is not None:
        receiver = _as_objects(call, receiver)
        call.state.store(made, "@self", receiver)
    return of(made)


def _as_objects(call: ModelCall, receiver: Value) -> Value:
    """A class as a receiver, of class methods, is its class object."""
    objects = call.frame.world.objects
    return Value(
        {
            objects.class_object(atom.cls) if isinstance(atom, ClassAtom) else atom: carried
            for atom, carried in receiver.atoms.items()
        }
    )


@models("builtins.type")
def type_of(call: ModelCall) -> Value:
    classes: dict[Atom, Truths] = {}
    if len(call.arguments.positional) == 1:
        classes.update(classes_of(call.frame, call.state, call.argument(0)).atoms)
    elif len(call.arguments.positional) == 3:  # a class made at run time: what it holds is known, not what it does
        made = call.external("builtins.type()")
        for obj in call.argument(2).objects():
            for name in known_keys(call.frame, call.state, obj):
                call.state.store(made, attribute(str(name)), call.read(of(obj), index(name)))
        classes[made] = NOTHING
    return Value(classes)


@models("builtins.type()")
def made_of_type(call: ModelCall) -> Value:
    return call.receiver


@models("builtins.object", "builtins.Exception")
def plain_object(call: ModelCall) -> Value:
    made = call.external(f"{call.path}()")
    data = call.data(*call.arguments.all())
    return Value({made: NOTHING, **data.atoms})


@models("typing.cast", "typing_extensions.cast")
def cast(call: ModelCall) -> Value:
    value = call.argument(1)
    types, _ = call.frame.world.types_of_value(call.argument(0))
    if types:
        for obj in value.objects():
            call.frame.hints.setdefault(obj, types)
    return value
