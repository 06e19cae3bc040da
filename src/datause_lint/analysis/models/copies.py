"""Copies: other objects with the same contents. What is put into one is not in the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from datause_lint.analysis.access import DICT, LIST, SET, TUPLE, known_keys, stored_keys, stored_value
from datause_lint.analysis.arguments import Arguments, add_star, known_length
from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.class_fields import declares_fields, set_by_methods
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.merging import merge_dict
from datause_lint.analysis.models.containers import method
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall, models
from datause_lint.analysis.objects import ELEMENT, OPAQUE, Kind, Obj, attribute, index, own_name
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.special_methods import special_methods
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of
from datause_lint.names import ClassId

CONTAINERS = frozenset({DICT, LIST, TUPLE, SET})
MAXIMAL_ALTERNATIVES = 6  # objects that a value may be, of which each has a copy of its own
MAXIMAL_COPIES = 32  # objects of one deep copy that are told apart

PICKLED = "@given:pickled"  # of a text: what stands for the value that it was made of
TEXT = "@given:text"  # and all the data in it
HOOKS_FOR_NEW = ("__getnewargs__", "__getnewargs_ex__")
HOOKS = ("__reduce_ex__", "__reduce__", "__getstate__", "__setstate__", *HOOKS_FOR_NEW)

Inner = Callable[[Value], Value]  # what stands in the copy for what the original holds


@models("copy.copy")
def copied(call: ModelCall) -> Value:
    given = call.argument(0, "x")
    own = call.special(given, "__copy__")
    rest = call.unlike(given, "__copy__") if own is not None else given
    if own is not None and not rest.atoms:
        return own
    made = _rebuilt(call, rest)
    made = made if made is not None else copy_of(call, rest)
    return made if own is None else join(own, made)


def _rebuilt(call: ModelCall, given: Value) -> Value | None:
    """Made anew, as its class says, of what ``__reduce__`` or ``__getstate__`` gives; None where it says neither."""
    parts = call.special(given, "__reduce_ex__", "__reduce__")
    if parts is not None:
        arguments = Arguments()
        add_star(call.frame, call.state, arguments, call.read(parts, index(1)))
        return call.call_with(call.read(parts, index(0)), arguments)
    kept = call.special(given, "__getstate__")
    only = given.only_object()
    if only is None or only.cls is None or (kept is None and not _takes_state(call, given)):
        return None
    made = call.frame.world.objects.new(call.site("~rebuilt"), only.cls)
    call.state.allocate(made)
    if _takes_state(call, given):
        call.special(of(made), "__setstate__", given=[kept if kept is not None else given])
        return of(made)
    for fields in kept.objects() if kept is not None else ():
        for name in known_keys(call.frame, call.state, fields):
            call.state.store(made, attribute(str(name)), call.read(of(fields), index(name)))
    return of(made)


def _takes_state(call: ModelCall, value: Value) -> bool:
    return bool(special_methods(call.frame, call.state, value, "__setstate__").atoms)


@method("copy", "__copy__")
def copied_by_method(call: ModelCall) -> Value:
    return copy_of(call, call.receiver)


@models("copy.deepcopy")
def deep_copy(call: ModelCall) -> Value:
    """Other objects all the way down, with the same contents, unless their class says what its copies are."""
    given = call.argument(0, "x")
    own = call.special(given, "__deepcopy__", given=[EMPTY])
    return own if own is not None else _made_anew(call, given)


def _made_anew(call: ModelCall, given: Value) -> Value:
    own = _rebuilt(call, given)
    return own if own is not None else _deep(call, given, {})


@models("pickle.dumps", "cloudpickle.dumps", "dill.dumps")
def pickled(call: ModelCall) -> Value:
    """A text with the data of the value, and what the value was when it was made."""
    given, made = call.argument(0, "obj"), call.external("pickle.dumps()")
    data = call.data(given)
    seen: dict[Obj, Value] = {}
    as_it_is = _deep(call, given, seen)
    if _is_all_copied(call, given, seen):
        call.state.store(made, PICKLED, as_it_is)
        call.state.store(made, TEXT, data)
    return Value({made: NOTHING, **data.atoms})


def _is_all_copied(call: ModelCall, given: Value, seen: Mapping[Obj, Value]) -> bool:
    """Whether nothing in the copy is still the original, and no class of what is further in says how it is pickled."""
    inner = of(*(obj for obj in seen if obj not in given.atoms))
    told = [special_methods(call.frame, call.state, inner, name) for name in HOOKS]
    told += [special_methods(call.frame, call.state, given, name) for name in HOOKS_FOR_NEW]
    return len(seen) < MAXIMAL_COPIES and not any(obj.symbolic for obj in seen) and not any(each.atoms for each in told)


@models("pickle.loads", "cloudpickle.loads", "dill.loads")
def unpickled(call: ModelCall) -> Value:
    """What was pickled, anew; of any other text, its data."""
    text = call.argument(0, "data")
    kept = [stored_value(call.frame, call.state, obj, PICKLED) for obj in text.objects()]
    told = join_all([call.read(of(obj), TEXT) for obj in text.objects()])
    if not kept or None in kept or any(type(atom) is not Obj and atom not in told.atoms for atom in text.atoms):
        return UNMODELLED
    return _made_anew(call, join_all([each for each in kept if each is not None]))


@models("dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve")
def replaced(call: ModelCall) -> Value:
    given = call.argument(0)
    result = copy_of(call, given)
    for obj in result.objects():
        for name, value in call.arguments.keywords.items():
            before = call.read(of(obj), attribute(name)) if obj in given.atoms else EMPTY
            call.state.store(obj, attribute(name), join(before, value))
    return result


def copy_of(call: ModelCall, value: Value) -> Value:
    """A shallow copy. Of very many objects some stand for their copies, too: so a copy of a copy, in a loop, comes to
    rest."""
    copied = {obj: number for number, obj in enumerate(value.objects()[:MAXIMAL_ALTERNATIVES])}
    parts: list[Value] = []
    for atom, carried in value.atoms.items():
        twins = of(atom)
        if type(atom) is Obj and atom in copied:
            twins = _twins(call, atom, f"~copy{copied[atom]}", lambda inner: inner)
        parts.append(Value(dict.fromkeys(twins.atoms, carried)))
    return Value(join_all(parts).atoms, value.implied, value.probes)


def _deep(call: ModelCall, value: Value, seen: dict[Obj, Value]) -> Value:
    """What was copied here in an earlier round stands for its copy, too: so a loop comes to rest."""
    copied = call.site("~copy")
    atoms: dict[Atom, Truths] = {}
    for atom, carried in value.atoms.items():
        twins = of(atom)
        if type(atom) is Obj and atom in seen:
            twins = seen[atom]
        elif type(atom) is Obj and len(seen) < MAXIMAL_COPIES and not own_name(atom).startswith(copied):
            seen[atom] = of(atom)
            twins = seen[atom] = _twins(call, atom, f"~copy{len(seen)}", lambda inner: _deep(call, inner, seen))
        atoms.update(dict.fromkeys(twins.atoms, carried))
    return Value(atoms, value.implied, value.probes)


def _twins(call: ModelCall, obj: Obj, part: str, inner: Inner) -> Value:
    """What a copy of the object may be. Of an object of which nothing is known it may be that one, too: what is done to
    the copy may then be done to the original, or not."""
    if not obj.symbolic:
        copies = obj.kind is not Kind.MODULE and (obj.api in CONTAINERS or obj.cls is not None)
        return of(_twin_of_made(call, obj, part, inner) if copies else obj)
    kinds = types_of(call.frame, call.state, obj)
    if len(kinds) == 1 and kinds[0].cls is not None:
        return of(_twin_of_instance(call, obj, kinds[0].cls, part, inner))
    apis = {kind.api for kind in kinds}
    if len(apis) != 1 or not apis <= CONTAINERS:
        return of(obj) if kinds else of(obj, call.external(part=part))
    return of(_twin_of_container(call, obj, apis.pop() or LIST, part, inner))


def _twin_of_made(call: ModelCall, obj: Obj, part: str, inner: Inner) -> Obj:
    made = call.frame.world.objects.new(call.site(part), obj.cls, obj.api)
    call.state.allocate(made)
    _put_same(call, obj, made, inner)
    return made


def _twin_of_instance(call: ModelCall, obj: Obj, cls: ClassId, part: str, inner: Inner) -> Obj:
    made = call.frame.world.objects.new(call.site(part), cls)
    call.state.allocate(made)
    _put_same(call, obj, made, inner)
    world = call.frame.world
    for name in dict.fromkeys((*world.records.field_names(call.frame, cls), *set_by_methods(world, cls))):
        if call.state.stored(made, attribute(name)) is None:
            value, _ = read_attribute(call.frame, call.state, of(obj), name, call.span, "", call.caller)
            call.state.store(made, attribute(name), inner(value))
    if not declares_fields(world, world.hierarchy(cls)):  # its attributes are made anywhere: what they hold is there
        call.state.store(made, OPAQUE, call.data(of(obj)))
    return made


def _twin_of_container(call: ModelCall, obj: Obj, api: str, part: str, inner: Inner) -> Obj:
    if api == DICT:
        made = call.new(DICT, part)
        merge_dict(call.frame, call.state, of(made), of(obj))
    else:
        made = sequence_of(call, of(obj), api, part)
    _put_same(call, made, made, inner)
    return made


def _put_same(call: ModelCall, obj: Obj, made: Obj, inner: Inner) -> None:
    for key in stored_keys(call.frame, call.state, obj):
        value = stored_value(call.frame, call.state, obj, key)
        if value is not None:
            call.state.store(made, key, inner(value))


def sequence_of(call: ModelCall, given: Value, api: str, part: str = "") -> Obj:
    """A list, tuple or set of the elements, by their places where those are known."""
    length = known_length(call.frame, call.state, given) if api != SET else None
    some = call.elements(given) if length is None else None
    made = call.new(api, part)
    if some is not None:
        call.state.store(made, ELEMENT, some)
    for place in range(length or 0):
        call.state.store(made, index(place), call.read(given, index(place)))
    return made
