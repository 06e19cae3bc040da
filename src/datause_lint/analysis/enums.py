"""Enums: their members, by name and by value, and what the program says of them."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import DICT, TUPLE
from datause_lint.analysis.arguments import Arguments, Caller, add_star
from datause_lint.analysis.atoms import Atom, BoundAtom, Const, FunctionAtom
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj, attribute, index
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

ENUMS: Final = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "TextChoices", "IntegerChoices"})
AUTO: Final = "enum.auto()"
GENERATE: Final = "_generate_next_value_"
PARTS: Final = ("value", "name")  # of a member


def is_enum(frame: Frame, cls: ClassId) -> bool:
    return any(last_name(path) in ENUMS for path in frame.world.outer_bases(cls))


# ── making members ────────────────────────────────────────────────────────────────────────────────────────────────


def member(frame: Frame, state: State, cls: ClassId, name: str, value: Value, call: Caller) -> Value:
    """An enum's member: its value, and its name. One whose value is data is an object that holds both."""
    if any(isinstance(atom, FunctionAtom) for atom in value.atoms) or name.startswith("_"):
        return value
    if any(obj.api == AUTO for obj in value.objects()):
        value = _generated(frame, state, cls, name, value, call)
    if data_of(frame, state, value).atoms:
        made = frame.world.objects.new(f"{frame.function.id}@{name}", cls)
        state.heap[made] = {attribute("value"): value, attribute("name"): of(Const(name, str))}
        frame.world.shared.announce(made)
        frame.world.shared.settle(made, attribute("value"), value)
        return of(made)
    constant = value.constant()
    if constant is None:
        only = value.only_object()
        first = state.stored(only, "[0]") if only is not None else None
        constant = first.constant() if first is not None else None
    if constant is None:
        return of(Const(name.lower(), str, name, cls))
    return of(Const(constant.value, constant.kind, name, cls))


def with_methods(frame: Frame, state: State, constant: Const, name: str) -> Obj | None:
    """``Kind.A.text()``: the member as an object, where its class says what the attribute is."""
    cls = ClassId(constant.cls)
    if not cls or name in ("value", "name") or frame.world.class_attribute(cls, name) is None:
        return None
    made = frame.world.objects.new(f"{cls}.<body>@{constant.name}", cls)
    if made not in state.heap:
        state.heap[made] = {
            attribute("value"): of(Const(constant.value, constant.kind)),
            attribute("name"): of(Const(constant.name, str)),
        }
    return made


def _generated(frame: Frame, state: State, cls: ClassId, name: str, value: Value, call: Caller) -> Value:
    """What ``_generate_next_value_`` makes of ``auto()``."""
    own = state.variables.get(GENERATE)
    inherited = frame.world.class_attribute(cls, GENERATE) if own is None else None
    found = own if own is not None else inherited[0] if inherited is not None else EMPTY
    functions = of(*(atom for atom in found.atoms if isinstance(atom, FunctionAtom)))
    given = [of(Const(name, str)), EMPTY, EMPTY, EMPTY]
    return call(frame, state, functions, Arguments(given), frame.function.span)[0] if functions.atoms else value


def initialise_members(frame: Frame, state: State, cls: ClassId, span: Span, call: Caller) -> None:
    """``__init__`` of an enum is called for each member, with the parts of its value."""
    found = frame.world.class_attribute(cls, "__init__") if is_enum(frame, cls) else None
    functions = [atom for atom in found[0].atoms if isinstance(atom, FunctionAtom)] if found is not None else []
    for each in enum_members(frame, cls).objects() if functions else ():
        value = frame.world.shared.read(each, attribute("value")) or EMPTY
        given = Arguments()
        if any(obj.api == TUPLE for obj in value.objects()):
            add_star(frame, state, given, value)
        else:
            given.positional.append(value)
        bound = of(*(BoundAtom(atom.function, atom.environment, each) for atom in functions))
        call(frame, state, bound, given, span)
        frame.world.publisher.publish_if_shared(frame, state, each)


def members_among(frame: Frame, state: State, obj: Obj, name: str) -> list[Obj]:
    """The members that an input may be, whose class says what the attribute is."""
    constants = [each for each in frame.known_atoms(obj) if isinstance(each, Const) and each.cls]
    found = (with_methods(frame, state, each, name) for each in constants)
    return [each for each in found if each is not None]


def has_methods(frame: Frame, cls: ClassId) -> bool:
    """Whether it is an enum whose members can do something."""
    ir = frame.world.class_ir(cls) if is_enum(frame, cls) else None
    return ir is not None and any(not name.startswith("__") for name, _ in ir.methods)


# ── finding members ───────────────────────────────────────────────────────────────────────────────────────────────


def enum_members(frame: Frame, cls: ClassId) -> Value:
    """``Status(text)``: one of the members."""
    members: dict[Atom, Truths] = {}
    owner = frame.world.objects.class_object(cls)
    for key in frame.world.shared.keys(owner):
        value = frame.world.shared.read(owner, key) if key.startswith(".") else None
        for atom in value.atoms if value is not None else ():
            if (type(atom) is Const and atom.name) or (type(atom) is Obj and atom.cls == cls):
                members[atom] = NOTHING
    return Value(members) if members else EMPTY


def member_called(
    frame: Frame, state: State, cls: ClassId, arguments: Arguments, span: Span, call: Caller
) -> tuple[Value, State | None]:
    """``Status(text)``: the member of that value, or what ``_missing_`` says."""
    members = enum_members(frame, cls)
    given = arguments.positional[0].constant() if len(arguments.positional) == 1 else None
    named = of(*(atom for atom in members.atoms if type(atom) is Const and given is not None and atom == given))
    if named.atoms:
        return named, state
    missing = frame.world.class_attribute(cls, "_missing_")
    holder = frame.world.objects.class_object(cls)
    functions = [atom for atom in missing[0].atoms if isinstance(atom, FunctionAtom)] if missing is not None else []
    if not functions:
        return members, state
    bound = of(*(BoundAtom(each.function, each.environment, holder) for each in functions))
    value, after = call(frame, state.copy(), bound, arguments, span)
    return (members, state) if after is None else (join(members, value), after)


def members_by_name(frame: Frame, state: State, cls: ClassId, span: Span) -> Value:
    """The members of an enum, by their names."""
    made = frame.world.objects.new(f"{frame.site(span)}~members", api=ApiPath(DICT))
    state.allocate(made)
    for key in frame.world.shared.keys(frame.world.objects.class_object(cls)):
        name = key[1:]
        found = frame.world.class_attribute(cls, name) if key.startswith(".") and not name.startswith("_") else None
        if found is not None and not any(isinstance(atom, FunctionAtom) for atom in found[0].atoms):
            state.store(made, index(name), found[0])
    return of(made)


def member_named(frame: Frame, cls: ClassId, name: Value) -> Value:
    """``Colour["RED"]``."""
    names = guards.fold(frame, name)
    found = [frame.world.class_attribute(cls, str(each.value)) for each in names or ()]
    known = [each[0] for each in found if each is not None]
    return join_all(known) if names is not None and len(known) == len(names) else enum_members(frame, cls)


def members_handed_in(frame: Frame, obj: Obj, part: str) -> list[Const]:
    """The members that an input is one of, whose ``value`` or ``name`` is asked for."""
    constants = guards.fold(frame, of(obj)) if part in PARTS and frame.is_input(obj) else None
    return constants if constants is not None and all(each.name for each in constants) else []
