"""What the program's classes define for operators, built-ins and statements: ``__add__``, ``__str__``, ``__iter__``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from datause_lint.analysis.access import CONTAINERS, LIST, known_as, read, stored_value
from datause_lint.analysis.arguments import Arguments, Caller
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, ClassAtom, Const, Data, FunctionAtom, Label, Pattern
from datause_lint.analysis.built_in_bases import bound_method
from datause_lint.analysis.dataclass_fields import names_shown
from datause_lint.analysis.enums import enum_members, has_methods
from datause_lint.analysis.exceptions import ARGS, GROUPS, names_of_exceptions
from datause_lint.analysis.facts import Truths
from datause_lint.analysis.frame import OTHER, SHAPE, Frame
from datause_lint.analysis.handed import filled
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.many import made_each_time
from datause_lint.analysis.metaclasses import metaclass_of
from datause_lint.analysis.objects import ELEMENT, OPAQUE, Kind, Obj, attribute, index
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.typing_of import grounds, types_of
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId

MAXIMAL_DEPTH: Final = 3  # of containers in containers that are shown as text


def special_methods(frame: Frame, state: State, base: Value, name: str) -> Value:
    """The method that the objects' classes define under a special name, bound to each of them."""
    bound: dict[Atom, Truths] = {}
    for atom, carried in base.atoms.items():
        receiver, classes = _described_by(frame, state, atom)
        for cls in classes:
            found = frame.world.class_attribute(cls, name)
            for function in found[0].atoms if found is not None else ():
                if isinstance(function, FunctionAtom) and receiver is not None:
                    bound[BoundAtom(function.function, function.environment, receiver)] = carried
                elif type(function) is ApiAtom and receiver is not None:
                    inherited = bound_method(function.path, receiver)
                    bound.update({inherited: carried} if inherited is not None else {})
    return Value(bound)


def _described_by(frame: Frame, state: State, atom: Atom) -> tuple[Obj | None, list[ClassId]]:
    """What special methods are bound to, and the classes that may define them: of a class, its metaclass."""
    if isinstance(atom, ClassAtom):
        metaclass = metaclass_of(frame, atom.cls)
        return frame.world.objects.class_object(atom.cls), [metaclass] if metaclass is not None else []
    if type(atom) is not Obj:
        return None, []
    if atom.kind is Kind.CLASS:
        return _described_by(frame, state, ClassAtom(ClassId(atom.key)))
    return atom, [kind.cls for kind in types_of(frame, state, atom) if kind.cls is not None]


def call_special(
    frame: Frame, state: State, base: Value, name: str, arguments: list[Value], span: Span, caller: Caller
) -> tuple[Value, State | None] | None:
    """Calls the method of that special name; None where no class of the program defines one."""
    bound = special_methods(frame, state, base, name)
    if not bound.atoms:
        return None
    return caller(frame, state, bound, Arguments(arguments), span)


Otherwise = Callable[[State, Value], tuple[Value, State | None]]


def call_or(
    frame: Frame,
    state: State,
    base: Value,
    name: str,
    arguments: list[Value],
    span: Span,
    caller: Caller,
    otherwise: Otherwise,
) -> tuple[Value, State | None]:
    """Calls the method of that special name where a class of the program defines one, and does the other thing with
    what has none: a variable may hold an instance, or a list."""
    bound = special_methods(frame, state, base, name)
    rest = _unlike(frame, state, base, bound, name)
    if not bound.atoms or not rest.atoms:
        return caller(frame, state, bound, Arguments(arguments), span) if bound.atoms else otherwise(state, base)
    value, after = caller(frame, state.copy(), bound, Arguments(arguments), span)
    other, behind = otherwise(state, rest)
    if after is None or behind is None:
        return (other, behind) if after is None else (value, after)
    lost = after.facts - behind.facts, behind.facts - after.facts
    return join(value, other, *lost), join_states(after, behind)


def _unlike(frame: Frame, state: State, base: Value, bound: Value, *names: str) -> Value:
    """What of the value is none of those that the methods are bound to, nor data of theirs."""
    receivers = {
        atom.receiver
        for atom in bound.atoms
        if isinstance(atom, BoundAtom) and not _may_lack(frame, state, atom.receiver, names)
    }
    kept: dict[Atom, Truths] = {}
    for atom, carried in base.atoms.items():
        about = atom if type(atom) is Obj else atom.of if isinstance(atom, Data) else None
        about = atom.record if isinstance(atom, Label) else about
        if isinstance(atom, (Const, Pattern)):
            if not (isinstance(atom, Const) and atom.value is None):
                kept[atom] = carried
        elif about is not None and about.kind is not Kind.CLASS and not {about, about.root} & receivers:
            kept[atom] = carried
    return Value(kept, base.implied, base.probes) if kept else EMPTY


def _may_lack(frame: Frame, state: State, obj: Obj, names: tuple[str, ...]) -> bool:
    """Whether what a caller hands over, or an element of a loop, may also be something without the methods: a list
    beside an instance."""
    stands = grounds(frame, state, obj) if obj.root.of_a_round else [obj]
    return any(
        _shape_lacks(frame, each, names)
        if frame.is_input(each)
        else each is not obj and not any(special_methods(frame, state, of(each), name).atoms for name in names)
        for each in stands
    )


def _shape_lacks(frame: Frame, obj: Obj, names: tuple[str, ...]) -> bool:
    shape = frame.ask(obj, SHAPE)
    classes = [each[1] for each in shape if isinstance(each, tuple) and each[0] == "instance"]
    return OTHER in shape or any(
        not each or all(frame.world.class_attribute(ClassId(each), name) is None for name in names) for each in classes
    )


def unlike(frame: Frame, state: State, value: Value, *names: str) -> Value:
    """What of the value has none of the special methods, which are not of its own data either."""
    bound = [special_methods(frame, state, value, name) for name in names]
    return _unlike(frame, state, value, join_all(bound), *names)


def item_by_class(
    frame: Frame, state: State, base: Value, key: str, span: Span, caller: Caller
) -> tuple[Value, State | None]:
    """What stands under a name, also where a class of the program says what that is."""
    name = [of(Const(key, str))]
    special = call_special(frame, state, base, "__getitem__", name, span, caller)
    if special is not None:
        return special
    found, only = read(frame, state, base, index(key)), base.only_object()
    if only is not None and stored_value(frame, state, only, index(key)) is not None:
        return found, state
    missing = call_special(frame, state, base, "__missing__", name, span, caller)
    return (found, state) if missing is None else (join(found, missing[0]), missing[1] or state)


SHOWN_BY: Final = {"r": ("__repr__",), "a": ("__repr__",), "s": ("__str__", "__repr__")}
"""By the letter of a conversion: the special methods that make the text. Without one, ``__format__`` is first."""


def shown_as_text(
    frame: Frame,
    state: State,
    value: Value,
    span: Span,
    caller: Caller,
    names: tuple[str, ...] = (),
    depth: int = 0,
    form: Value = EMPTY,
) -> tuple[Value, State | None]:
    """What ``str()`` shows of a value: a class of the program may say, a container shows what it holds."""
    first, *others = names or ("__format__", "__str__", "__repr__")

    def otherwise(state: State, rest: Value) -> tuple[Value, State | None]:
        if others:
            return shown_as_text(frame, state, rest, span, caller, tuple(others), depth, form)
        return _shown_by_built_in(frame, state, rest, span, caller, depth)

    return call_or(frame, state, value, first, [form] if first == "__format__" else [], span, caller, otherwise)


def _shown_by_built_in(
    frame: Frame, state: State, value: Value, span: Span, caller: Caller, depth: int
) -> tuple[Value, State | None]:
    value = _with_fields_shown(frame, state, _without_plain_instances(frame, value))
    told = _arguments_of_exceptions(frame, state, value)
    if told is not None and depth < MAXIMAL_DEPTH:
        return shown_as_text(frame, state, told, span, caller, (), depth + 1)
    if depth < MAXIMAL_DEPTH and any(obj.api in CONTAINERS for obj in value.objects()):
        inner = elements(frame, state, value)
        shown, after = shown_as_text(frame, state, inner, span, caller, ("__repr__",), depth + 1)
        return (join(value, shown) if shown is not inner else value), after
    return value, state


def _without_plain_instances(frame: Frame, value: Value) -> Value:
    """``<Box object at 0x…>``: of a class that says nothing else, the text is its name."""
    kept = {
        atom: carried for atom, carried in value.atoms.items() if not (type(atom) is Obj and _is_plain(frame, atom))
    }
    return value if len(kept) == len(value.atoms) else Value(kept, value.implied, value.probes)


def _with_fields_shown(frame: Frame, state: State, value: Value) -> Value:
    """The text of a dataclass has its fields, without those that say ``repr=False``, and what it was given besides."""
    shown = {obj: names for obj in value.objects() if (names := names_shown(frame, state, obj)) is not None}
    if not shown:
        return value
    keys = {obj: (*map(attribute, names), OPAQUE) for obj, names in shown.items()}
    held = [stored_value(frame, state, obj, key) for obj in shown for key in keys[obj]]
    rest = Value({atom: carried for atom, carried in value.atoms.items() if atom not in shown})
    return join_all([rest, *(each for each in held if each is not None)])


def _is_plain(frame: Frame, obj: Obj) -> bool:
    if obj.kind is not Kind.NEW or obj.cls is None or frame.world.outer_bases(obj.cls):
        return False
    return not any(frame.world.decorators_of(each) for each in frame.world.hierarchy(obj.cls))


def _arguments_of_exceptions(frame: Frame, state: State, value: Value) -> Value | None:
    """What the text of exceptions is made of; None where the value is, or may be, anything else."""
    objects = value.objects()
    held = [filled(frame, state, obj, ARGS) for obj in objects]
    if (
        not objects
        or any(each is None for each in held)
        or not all(_is_exception(frame, state, obj) for obj in objects)
    ):
        return None
    beside = Value({atom: carried for atom, carried in value.atoms.items() if type(atom) is not Obj})
    return join_all([beside, *(elements(frame, state, each) for each in held if each is not None)])


def _is_exception(frame: Frame, state: State, obj: Obj) -> bool:
    kinds = types_of(frame, state, obj)
    paths = [path for kind in kinds for path in (frame.world.outer_bases(kind.cls) if kind.cls else [kind.api or ""])]
    return bool(names_of_exceptions(paths)) or any(path.rpartition(".")[2] in GROUPS for path in paths)


def next_of(
    frame: Frame, state: State, iterator: Value, span: Span, caller: Caller
) -> tuple[Value, State | None] | None:
    """What ``next()`` gives, of an iterator whose class defines ``__next__``."""
    return call_special(frame, state, iterator, "__next__", [], span, caller)


def with_classes(frame: Frame, state: State, value: Value) -> Value:
    """The value, with the classes that were handed over as it."""
    known: dict[Atom, Truths] = {
        atom: carried
        for obj, carried in value.atoms.items()
        if type(obj) is Obj
        for atom in known_as(frame, state, obj)
        if isinstance(atom, ClassAtom)
    }
    return Value({**value.atoms, **known}, value.implied, value.probes) if known else value


def iterated(frame: Frame, state: State, source: Value, span: Span, caller: Caller) -> tuple[Value, State | None]:
    """What a loop over the value draws from: of a class of the program, what its special methods give."""
    source = with_classes(frame, state, source)
    enums = [atom.cls for atom in source.atoms if isinstance(atom, ClassAtom)]
    members = [enum_members(frame, cls) for cls in enums]
    if any(each.objects() for each in members) or any(has_methods(frame, cls) for cls in enums):  # more than names
        return _drawn(frame, (join_all(members), state), f"{frame.site(span)}~members")

    def by_iterator(
        frame: Frame, state: State, bound: Value, arguments: Arguments, span: Span
    ) -> tuple[Value, State | None]:
        value, after = caller(frame, state, bound, arguments, span)
        drawn = next_of(frame, after, value, span, caller) if after is not None else None
        return (value, after) if drawn is None else _drawn(frame, drawn, f"{frame.site(span)}~iterator")

    def by_items(
        frame: Frame, state: State, bound: Value, arguments: Arguments, span: Span
    ) -> tuple[Value, State | None]:
        return _drawn(frame, caller(frame, state, bound, arguments, span), f"{frame.site(span)}~items")

    def from_items(state: State, rest: Value) -> tuple[Value, State | None]:
        return call_or(frame, state, rest, "__getitem__", [EMPTY], span, by_items, lambda state, rest: (rest, state))

    return call_or(frame, state, source, "__iter__", [], span, by_iterator, from_items)


def _drawn(frame: Frame, outcome: tuple[Value, State | None], site: str) -> tuple[Value, State | None]:
    element, after = outcome
    if after is None:
        return EMPTY, None
    made = frame.world.objects.new(site, api=ApiPath(LIST))
    after.allocate(made)
    after.store(made, ELEMENT, made_each_time(after, element, site.partition("~")[0]))
    return of(made), after
