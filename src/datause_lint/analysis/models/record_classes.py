"""``dataclasses``: records taken apart, with the records in them."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import CONTAINERS, DICT, LIST, TUPLE, indexed, stored_keys, stored_value
from datause_lint.analysis.arguments import known_length
from datause_lint.analysis.atoms import ClassAtom, Const
from datause_lint.analysis.class_fields import declares_fields
from datause_lint.analysis.classes import declared_fields
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.attributes import fields_of
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import ELEMENT, KEY, OPAQUE, Obj, attribute, index
from datause_lint.analysis.special_methods import with_classes
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of

MAXIMAL_DEPTH: Final = 3  # of records in records


@models("dataclasses.asdict", "attr.asdict", "attrs.asdict")
def as_dict(call: ModelCall) -> Value:
    return _taken_apart(call, call.argument(0, "obj"), DICT, "", 0)


@models("dataclasses.astuple", "attr.astuple", "attrs.astuple")
def as_tuple(call: ModelCall) -> Value:
    return _taken_apart(call, call.argument(0, "obj"), TUPLE, "", 0)


@models("dataclasses.fields")
def described(call: ModelCall) -> Value:
    """What is told of any of the fields: a name, which is no data, and what stands in it by default."""
    given = with_classes(call.frame, call.state, call.argument(0, "class_or_instance"))
    kinds = [kind.cls for obj in given.objects() for kind in types_of(call.frame, call.state, obj)]
    kinds += [atom.cls for atom in given.atoms if isinstance(atom, ClassAtom)]
    names = [
        (cls, name) for cls in dict.fromkeys(kinds) if cls is not None for name in declared_fields(call.frame, cls)
    ]
    defaults = [call.frame.world.class_attribute(cls, name) for cls, name in names]
    field = call.external("dataclasses.Field()", part="~field")
    call.state.store(field, attribute("name"), EMPTY)
    call.state.store(field, attribute("default"), join_all([each[0] for each in defaults if each is not None]))
    return call.container(TUPLE, of(field))


MADE: Final = "dataclasses.make_dataclass()"


@models("dataclasses.make_dataclass")
def make_class(call: ModelCall) -> Value:
    """A class, as an object that knows its fields, and what stands in them by default."""
    made, fields = call.external(MADE), call.argument(1, "fields")
    for place in range(known_length(call.frame, call.state, fields) or 0):
        field = call.read(fields, index(place))
        triple = of(*field.objects())
        name = join(
            call.read(triple, index(0)), Value({atom: field.atoms[atom] for atom in field.atoms if type(atom) is Const})
        )
        call.state.store(made, f"@field{place}", name)
        default = call.read(triple, index(2))
        if default.atoms:
            call.state.store(made, f"@default{place}", default)
    return of(made)


@models(MADE)
def make_instance(call: ModelCall) -> Value:
    made = call.external(f"{MADE}()")
    for cls in call.receiver.objects():
        place = 0
        while (stated := stored_value(call.frame, call.state, cls, f"@field{place}")) is not None:
            for name in fold(call.frame, stated) or ():
                given = call.optional(place, str(name.value))
                default = stored_value(call.frame, call.state, cls, f"@default{place}")
                value = given if given is not None else default if default is not None else EMPTY
                call.state.store_weakly(made, attribute(str(name.value)), value)
            place += 1
        if not place:
            call.state.store(made, OPAQUE, call.data(*call.arguments.all()))
    return of(made)


def _taken_apart(call: ModelCall, record: Value, kind: str, part: str, depth: int) -> Value:
    fields = fields_of(call, record, f"{part}~fields").only_object()
    made = call.new(kind, part)
    for position, (key, value) in enumerate(indexed(call.frame, call.state, fields) if fields is not None else ()):
        place = key if kind == DICT else index(position)
        call.state.store(made, place, _inner(call, value, kind, f"{part}~{key}", depth + 1))
    rest = call.state.stored(fields, ELEMENT) if fields is not None else None
    if rest is not None:
        call.state.store(made, ELEMENT, rest)
    whole = record.only_object()
    if whole is not None:
        call.state.store(made, KEY, of(whole))  # whom it is about
    return of(made)


def _inner(call: ModelCall, value: Value, kind: str, part: str, depth: int) -> Value:
    """What stands there for a record, or for records in a list or dict."""
    parts: list[Value] = []
    for atom, carried in value.atoms.items():
        found = _of_object(call, atom, kind, part, depth) if type(atom) is Obj and depth < MAXIMAL_DEPTH else None
        parts.append(found if found is not None else Value({atom: carried}))
    return join_all(parts) if parts else EMPTY


def _of_object(call: ModelCall, obj: Obj, kind: str, part: str, depth: int) -> Value | None:
    frame = call.frame
    classes = [each.cls for each in types_of(frame, call.state, obj) if each.cls is not None]
    if classes and all(declares_fields(frame.world, frame.world.hierarchy(cls)) for cls in classes):
        return _taken_apart(call, of(obj), kind, part, depth)
    if obj.api not in CONTAINERS or obj.symbolic:
        return None
    made = call.new(obj.api or LIST, part)
    for key in stored_keys(frame, call.state, obj):
        if key[0] != "@":
            call.state.store(made, key, _inner(call, call.read(of(obj), key), kind, f"{part}~{key}", depth + 1))
    return of(made)
