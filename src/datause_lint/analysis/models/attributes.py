"""Attributes by names that are values, and classes as values: ``getattr``, ``vars``, ``super``, ``type``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from datause_lint.analysis import guards
from datause_lint.analysis.access import (
    DICT,
    known_keys,
    opaque,
    origin,
    read,
    stored_keys,
)
from datause_lint.analysis.adding import (
    add_element,
    add_opaque,
)
from datause_lint.analysis.atoms import Atom, BoundAtom, ClassAtom, FunctionAtom, Pattern
from datause_lint.analysis.class_attributes import class_of
from datause_lint.analysis.class_fields import declares_fields, set_by_methods
from datause_lint.analysis.classes import GENERATED_INITIALISER, bare_instance, generated_init, make_instance
from datause_lint.analysis.computed_names import note_computed_names
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.metaclasses import CLASS
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import Obj, attribute, index
from datause_lint.analysis.reading import classes_of, definitions, read_attribute
from datause_lint.analysis.registration import set_attribute
from datause_lint.analysis.special_methods import with_classes
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, NONE, Value, join, join_all, of
from datause_lint.names import ClassId


@models("builtins.getattr")
def get_attribute(call: ModelCall) -> Value:
    base, name, default = call.argument(0), call.argument(1), call.optional(2)
    constants = guards.fold(call.frame, _drawn(call, name))
    found: list[Value] = []
    if constants is not None:
        for each in constants:
            value, after = read_attribute(call.frame, call.state, base, str(each.value), call.span, "", call.caller)
            if after is not None:
                found.append(value)
    else:
        found.append(_any_attribute(call, base, _names_like(name)))
    result = join_all(found)
    return _with_default(result, default) if default is not None else result


def _drawn(call: ModelCall, name: Value) -> Value:
    """``for name in names``: what the name is drawn from, as the function was handed it."""
    parts = [
        origin(call.frame, call.state, atom) if type(atom) is Obj and atom.root.of_a_round else Value({atom: carried})
        for atom, carried in name.atoms.items()
    ]
    return join_all(parts)


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


def _names_like(name: Value) -> Callable[[str], bool]:
    """``f"visit_{kind}"``: a name of which parts are known."""
    patterns = [atom.text for atom in name.atoms if isinstance(atom, Pattern)]
    if not patterns or len(patterns) < len(name.atoms):
        return lambda _: True
    parts = ("(?s:.*)".join(map(re.escape, text.split("{}"))) for text in patterns)
    known = re.compile("|".join(parts))
    return lambda each: known.fullmatch(each) is not None


def _any_attribute(call: ModelCall, base: Value, is_meant: Callable[[str], bool]) -> Value:
    """An attribute whose name is not known: any method, any field."""
    parts: list[Value] = [call.data(base)]
    for obj in base.objects():
        for kind in types_of(call.frame, call.state, obj):
            if kind.cls is None:
                continue
            for cls in call.frame.world.hierarchy(kind.cls):
                ir = call.frame.world.class_ir(cls)
                for name, function in ir.methods if ir is not None else ():
                    if not name.startswith("__") and is_meant(name):
                        parts.append(of(BoundAtom(function, None, obj)))
        for key in stored_keys(call.frame, call.state, obj):
            if key.startswith(".") and is_meant(key[1:]):
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
        for obj in call.argument(0).objects():
            note_computed_names(call.frame, call.state, obj)
        value = join(call.argument(2), call.data(call.argument(2)))
        add_opaque(call.frame, call.state, _as_objects(call, call.argument(0)), value)
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
        for obj in receiver.objects():
            note_computed_names(call.frame, call.state, obj)
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


@models("builtins.vars")
def variables_of(call: ModelCall) -> Value:
    given = call.argument(0).objects()
    for obj in given:
        note_computed_names(call.frame, call.state, obj)
    return join(fields_of(call, call.argument(0)), of(*(obj.child(attribute("__dict__")) for obj in given)))


def fields_of(call: ModelCall, given: Value, part: str = "") -> Value:
    """The fields of a record, by their names."""
    made = of(call.new(DICT, part))
    fields: dict[str, list[Value]] = {}
    unknown = [_copy_fields(call, obj, made, fields) for obj in given.objects()]
    for name, values in fields.items():
        call.write(made, index(name), join_all([*values, *unknown]))
    return made


def _copy_fields(call: ModelCall, obj: Obj, made: Value, fields: dict[str, list[Value]]) -> Value:
    """Gives the data of an object of which it is not known what fields it has."""
    frame, state = call.frame, call.state
    names: dict[str, None] = {}
    declared = False
    for kind in types_of(frame, state, obj):
        if kind.cls is not None:
            names.update(dict.fromkeys(frame.world.records.field_names(frame, kind.cls)))
            names.update(dict.fromkeys(set_by_methods(frame.world, kind.cls) if obj.symbolic else ()))
            declared = declared or declares_fields(frame.world, frame.world.hierarchy(kind.cls))
    names.update((key[1:], None) for key in stored_keys(frame, state, obj) if key.startswith("."))
    for name in names:
        value, _ = read_attribute(frame, state, of(obj), name, call.span, "", call.caller)
        fields.setdefault(name, []).append(value)
    beyond = opaque(frame, state, obj) if names else None
    if beyond is not None:
        add_element(frame, state, made, beyond)
    if names and (declared or not obj.symbolic):
        return EMPTY
    data = call.data(of(obj))
    add_element(frame, state, made, data)
    return data if not names else EMPTY


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


@models("builtins.type().__new__", "builtins.type.__new__")
def made_by_metaclass(call: ModelCall) -> Value:
    """``super().__new__(…)``: the class that is made of the namespace."""
    return join_all([call.read(of(obj), CLASS) for value in call.arguments.positional for obj in value.objects()])


@models("builtins.object().__new__", "builtins.object.__new__")
def made_bare(call: ModelCall) -> Value:
    """``super().__new__(cls)``: of the class that it is handed."""
    classes = _classes_among(call, call.argument(0, "cls"))
    return of(*(bare_instance(call.frame, call.state, cls, call.span) for cls in classes))


@models("builtins.type().__call__", "builtins.type.__call__")
def instance_of_metaclass(call: ModelCall) -> Value:
    """``super().__call__(…)``: an instance of the class that the metaclass was called for, where that is known."""
    bound = "()" in call.path
    receiver, arguments = (call.receiver, call.arguments) if bound else (call.argument(0), call.arguments.without(1))
    made: list[Value] = []
    for cls in _classes_among(call, receiver):
        value, after = make_instance(call.frame, call.state, cls, arguments, call.span, call.caller)
        made.append(value if call.go_on(after) else EMPTY)
    return join_all(made)


def _classes_among(call: ModelCall, value: Value) -> list[ClassId]:
    """The classes of the program that the value may be."""
    meant = map(class_of, with_classes(call.frame, call.state, value).atoms)
    return list(dict.fromkeys(cls for cls in meant if cls is not None))


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


@models("types.new_class")
def new_class(call: ModelCall) -> Value:
    """A class made of the namespace that a function fills."""
    made, space = call.external("builtins.type()"), call.new(DICT, "~namespace")
    fill = call.optional(3, "exec_body")
    if fill is not None:
        call.call(fill, of(space))
    for name in known_keys(call.frame, call.state, space):
        call.state.store(made, attribute(str(name)), call.read(of(space), index(name)))
    return of(made)


@models("builtins.type()")
def made_of_type(call: ModelCall) -> Value:
    """An instance: what the class holds, its functions bound."""
    made = call.external("builtins.type()()")
    for cls in call.receiver.objects():
        for key in stored_keys(call.frame, call.state, cls):
            if key.startswith("."):
                value = call.read(of(cls), key)
                bound = (_bound_to(made, atom) for atom in value.atoms)
                call.state.store_weakly(made, key, of(*bound))
    return of(made)


def _bound_to(made: Obj, atom: Atom) -> Atom:
    return BoundAtom(atom.function, atom.environment, made) if isinstance(atom, FunctionAtom) else atom
