"""Making instances of the program's classes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from datause_lint.analysis.access import DICT, LIST, SET, stored_value
from datause_lint.analysis.arguments import Arguments, Caller
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, FunctionAtom, Label
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.dataclass_fields import names_for_init_only
from datause_lint.analysis.enums import ENUMS, member_called
from datause_lint.analysis.exceptions import ARGS, keep_arguments, names_of_exceptions
from datause_lint.analysis.facts import NOTHING, Same, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.metaclasses import call_metaclass
from datause_lint.analysis.objects import ELEMENT, KEY, LENGTH, OPAQUE, Kind, Obj, attribute, index
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import EMPTY, UNKNOWN_BOOLEAN, Value, const, join, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

DICTS = frozenset({"TypedDict", "dict", "OrderedDict", "UserDict", "defaultdict", "Counter"})
FACTORIES = ("@argument:default_factory", "@argument:factory")  # of a field that is declared by a call
EMPTY_ONES: Final = {
    ApiPath("builtins.list"): ApiPath(LIST),
    ApiPath("builtins.dict"): ApiPath(DICT),
    ApiPath("builtins.set"): ApiPath(SET),
}
TUPLES = frozenset({"NamedTuple"})
GENERATED_INITIALISER = ApiPath("dataclasses.dataclass().__init__")  # as models know it, whoever generates it


def instantiate(
    frame: Frame, state: State, cls: ClassId, arguments: Arguments, span: Span, call: Caller
) -> tuple[Value, State | None]:
    """``Cls(…)``."""
    kinds = {last_name(path) for path in frame.world.outer_bases(cls)}
    if kinds & ENUMS:
        return member_called(frame, state, cls, arguments, span, call)
    told = call_metaclass(frame, state, cls, arguments, span, call)
    if told is None:
        return make_instance(frame, state, cls, arguments, span, call)
    if told[1] is None or any(obj.cls == cls for obj in told[0].objects()):
        return told
    made, after = make_instance(frame, told[1], cls, arguments, span, call)
    return join(made, told[0]), after


def make_instance(
    frame: Frame, state: State, cls: ClassId, arguments: Arguments, span: Span, call: Caller
) -> tuple[Value, State | None]:
    """``type.__call__``, whatever a metaclass does beside."""
    given, after = _given_by_new(frame, state, cls, arguments, span, call)
    kept = [(obj, obj.cls) for obj in given.objects() if obj.cls is not None]
    instances = [(obj, own) for obj, own in kept if cls in frame.world.hierarchy(own)]
    if after is None:
        return given, None
    if not instances:
        made, after = _make_anew(frame, after, cls, arguments, span, call)
        return join(given, made), after
    for obj, own in instances:
        kinds = {last_name(path) for path in frame.world.outer_bases(own)}
        after = _initialise(frame, after, obj, own, arguments, span, call, kinds) if after is not None else None
    return given, after


def _given_by_new(
    frame: Frame, state: State, cls: ClassId, arguments: Arguments, span: Span, call: Caller
) -> tuple[Value, State | None]:
    """What ``__new__`` of the class gives: an instance that it has made, or one that it has kept."""
    stated = frame.world.class_attribute(cls, "__new__")
    functions = [atom for atom in stated[0].atoms if isinstance(atom, FunctionAtom)] if stated is not None else []
    if not functions:
        return EMPTY, state
    holder = frame.world.objects.class_object(cls)
    return call(frame, state, of(*(BoundAtom(f.function, f.environment, holder) for f in functions)), arguments, span)


def bare_instance(frame: Frame, state: State, cls: ClassId, span: Span) -> Obj:
    """``object.__new__(cls)``: an instance that nobody has initialised."""
    made = frame.world.objects.new(frame.site(span), cls)
    state.allocate(made)
    frame.world.places[made] = frame.location(span)
    return made


def _make_anew(
    frame: Frame, state: State, cls: ClassId, arguments: Arguments, span: Span, call: Caller
) -> tuple[Value, State | None]:
    kinds = {last_name(path) for path in frame.world.outer_bases(cls)}
    made = bare_instance(frame, state, cls, span)
    _keep_arguments(state, made, arguments)
    for name in frame.world.remembered("true by default", cls, lambda: _true_by_default(frame, cls)):
        state.store(made, attribute(name), UNKNOWN_BOOLEAN)  # so that what is set on some paths only is not all
    after = _initialise(frame, state, made, cls, arguments, span, call, kinds)
    if after is not None:
        raised = names_of_exceptions(frame.world.outer_bases(cls))
        if raised and after.stored(made, ARGS) is None:  # its own initialiser does not tell
            keep_arguments(frame, after, made, raised, arguments, span)
        frame.world.wiring.instantiated(frame, after, made, cls)
        _tell_of_instance(frame, after, made, cls)
    return of(made), after


def _true_by_default(frame: Frame, cls: ClassId) -> list[str]:
    """The attributes that some instance is given, and of which the class says that they are true until then."""
    world = frame.world
    given = dict.fromkeys(
        key[1:]
        for each in world.hierarchy(cls)
        for key in world.shared.keys(world.objects.any_instance(each))
        if key.startswith(".")
    )
    found = [(name, world.class_attribute(cls, name)) for name in given]
    return [name for name, stated in found if stated is not None and stated[0] == const(True)]


def _keep_arguments(state: State, made: Obj, arguments: Arguments) -> None:
    """What the instance was made with: conditions and ``constructor_args`` of a policy look at it."""
    for position, value in enumerate(arguments.positional):
        state.store(made, f"@argument{position}", value)
    for name, value in arguments.keywords.items():
        state.store(made, f"@argument:{name}", value)


def _initialise(
    frame: Frame,
    state: State,
    made: Obj,
    cls: ClassId,
    arguments: Arguments,
    span: Span,
    call: Caller,
    kinds: set[str],
) -> State | None:
    initialiser = frame.world.class_attribute(cls, "__init__")
    functions = [atom for atom in initialiser[0].atoms if isinstance(atom, FunctionAtom)] if initialiser else []
    if functions:
        bound = Value({BoundAtom(each.function, each.environment, made): frozenset() for each in functions})
        _, after = call(frame, state, bound, arguments, span)
        return after
    return generated_init(frame, state, made, cls, arguments, span, call, kinds)


def generated_init(
    frame: Frame,
    state: State,
    made: Obj,
    cls: ClassId,
    arguments: Arguments,
    span: Span,
    call: Caller,
    kinds: Collection[str] = (),
) -> State | None:
    """What an ``__init__`` does that a decorator or a base has made from the declared fields."""
    _fill_fields(frame, state, made, cls, arguments, frozenset(kinds))
    if arguments.whole is not None and arguments.whole[1] == arguments.keywords.keys() and not arguments.positional:
        _note_row(state, made, arguments.whole[0])
    _put_defaults(frame, state, made, cls, span, call)
    then = frame.world.class_attribute(cls, "__post_init__")
    if then is not None:
        functions = [atom for atom in then[0].atoms if isinstance(atom, FunctionAtom)]
        bound = Value({BoundAtom(each.function, each.environment, made): frozenset() for each in functions})
        given = _for_post_init(frame, state, made, functions)
        _, after = call(frame, state, bound, given, span)
        if after is not None:
            _take_back(after, made, {name: given.keywords.get(name) for name in names_for_init_only(frame, cls)})
        return after
    return state


def _take_back(state: State, made: Obj, given: Mapping[str, Value | None]) -> None:
    """What was for ``__post_init__`` alone, unless that has kept something under the same name."""
    gone = {attribute(name) for name, value in given.items() if state.stored(made, attribute(name)) is value}
    if gone:
        state.heap[made] = {key: value for key, value in state.heap[made].items() if key not in gone}


def _note_row(state: State, made: Obj, row: Value) -> None:
    """``User(**row)``: the one whom the row is about. A dict of the code's own may have been somebody else's before."""
    only = row.only_object()
    person = of(*row.atoms) if only is None or only.kind is not Kind.NEW else state.stored(only, KEY)
    if person is not None and person.atoms:
        state.store(made, KEY, person)
        state.learn(common(*row.atoms.values()))


def _put_defaults(frame: Frame, state: State, made: Obj, cls: ClassId, span: Span, call: Caller) -> None:
    """What a field holds where nothing is given for it: data, which whoever looks at the whole instance finds, or a
    container of its own, which copies of the instance share with it."""
    for name in declared_fields(frame, cls):
        default = frame.world.class_attribute(cls, name) if state.stored(made, attribute(name)) is None else None
        if default is None:
            continue
        factories = [_factory_of(frame, state, obj) for obj in default[0].objects()]
        kinds = {EMPTY_ONES.get(atom.path) for factory in factories for atom in factory.atoms if type(atom) is ApiAtom}
        if len(kinds) == 1 and len(default[0].atoms) == 1 and (kind := kinds.pop()) is not None:
            empty = frame.world.objects.new(f"{frame.site(span)}~{name}", api=kind)
            state.allocate(empty)
            state.store(made, attribute(name), of(empty))
            continue
        values = [call(frame, state, factory, Arguments(), span)[0] for factory in factories if _is_outside(factory)]
        value = join_all([default[0], *values])
        if data_of(frame, state, value).atoms:
            state.store(made, attribute(name), value)


def _factory_of(frame: Frame, state: State, declared: Obj) -> Value:
    """What is outside of the program and makes the default of a field; what is in it has been called as it was handed
    over."""
    stated = (stored_value(frame, state, declared, key) for key in FACTORIES if declared.kind is Kind.EXTERNAL)
    return of(*(atom for value in stated if value is not None for atom in value.atoms if isinstance(atom, ApiAtom)))


def _is_outside(factory: Value) -> bool:
    paths = [atom.path for atom in factory.atoms if isinstance(atom, ApiAtom)]
    return bool(paths) and not all(path.startswith("builtins.") for path in paths)


def _for_post_init(frame: Frame, state: State, made: Obj, functions: list[FunctionAtom]) -> Arguments:
    """The fields that are only there to be handed to ``__post_init__``: ``InitVar``."""
    given = Arguments()
    for each in functions:
        function = frame.world.function(each.function)
        for parameter in function.parameters[1:] if function is not None else ():
            value = state.stored(made, attribute(parameter.name))
            if value is not None:
                given.keywords[parameter.name] = value
    return given


def _fill_fields(
    frame: Frame, state: State, made: Obj, cls: ClassId, arguments: Arguments, kinds: frozenset[str]
) -> None:
    """Fields by position and by name, as dataclasses, named tuples, typed dicts, models of frameworks have them."""
    names = declared_fields(frame, cls)
    if any(frame.world.policy.field_guards(name) for name in names):
        arguments = _about_its_person(made, arguments)
    for position, value in enumerate(arguments.positional):
        if position < len(names):
            _store_field(state, made, names[position], value, kinds)
            if kinds & TUPLES:
                state.store(made, index(position), value)
        else:
            _store_opaque(frame, state, made, value)
    for name, value in arguments.keywords.items():
        _store_field(state, made, name, value, kinds)
        if kinds & TUPLES and name in names:
            state.store(made, index(names.index(name)), value)
    for more in (arguments.more, arguments.more_keywords):
        if more is not None:
            for name in names:
                if name not in arguments.keywords:
                    _store_field(state, made, name, as_record(frame, state, made, cls, name, more), kinds)
            if not names:
                _store_opaque(frame, state, made, more)
    if kinds & TUPLES and arguments.more is None and arguments.more_keywords is None:
        _tell_places(frame, state, made, cls, names)


def as_record(frame: Frame, state: State, made: Obj, cls: ClassId, name: str, given: Value) -> Value:
    """What validation makes of unknown data where a record is declared: one, of which nobody knows more."""
    records = frame.world.records
    if not frame.world.wiring.is_value_class(frame.world, cls) or name not in records.names_of_records(frame, cls):
        return given
    return Value({made.child(attribute(name)): NOTHING, **data_of(frame, state, given).atoms})


def _tell_places(frame: Frame, state: State, made: Obj, cls: ClassId, names: list[str]) -> None:
    """The places of a named tuple: their names, and what stands there by default."""
    for position, name in enumerate(names):
        state.store(made, f"@field{position}", const(name))
        default = frame.world.class_attribute(cls, name)
        if state.stored(made, index(position)) is None and default is not None:
            state.store(made, index(position), default[0])
    state.store(made, LENGTH, const(len(names)))


def _about_its_person(made: Obj, arguments: Arguments) -> Arguments:
    """Into a record that says itself whether its person consents goes that person's data, wherever it was read."""

    def about(value: Value) -> Value:
        records = {atom.record for atom in value.atoms if type(atom) is Label}
        atoms: dict[Atom, Truths] = {}
        for atom, carried in value.atoms.items():
            source = atom.record if type(atom) is Label else atom.base if type(atom) is Obj else None
            atoms[atom] = carried | {Same(source, made)} if source in records and source is not None else carried
        return Value(atoms, value.implied, value.probes) if records else value

    positional = [about(value) for value in arguments.positional]
    keywords = {name: about(value) for name, value in arguments.keywords.items()}
    return replace(arguments, positional=positional, keywords=keywords)


def declared_fields(frame: Frame, cls: ClassId) -> list[str]:
    names: dict[str, None] = {}
    for each in reversed(frame.world.hierarchy(cls)):
        ir = frame.world.class_ir(each)
        if ir is not None:
            names.update(dict.fromkeys(field.name for field in ir.fields))
    return list(names)


def _store_field(state: State, made: Obj, name: str, value: Value, kinds: frozenset[str]) -> None:
    key = index(name) if kinds & DICTS else attribute(name)
    before = state.stored(made, key)
    state.store(made, key, value if before is None else join(before, value))


def _store_opaque(frame: Frame, state: State, made: Obj, value: Value) -> None:
    data = data_of(frame, state, value)
    if data.atoms:
        before = stored_value(frame, state, made, OPAQUE)
        state.store(made, OPAQUE, data if before is None else join(before, data))


def _tell_of_instance(frame: Frame, state: State, made: Obj, cls: ClassId) -> None:
    """Adds the instance's fields to what is known of every instance of the class."""
    everyone = frame.world.objects.any_instance(cls)
    for key, value in state.heap.get(made, {}).items():
        if key.startswith((".", "@argument")) and key != ELEMENT:
            frame.world.publisher.publish_for_all(frame, state, everyone, key, value)
