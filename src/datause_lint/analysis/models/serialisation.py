"""Serialisation: text of all that a value holds, in the words of what the program says of its objects."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import DICT, LIST, TUPLE
from datause_lint.analysis.adding import (
    add_opaque,
)
from datause_lint.analysis.atoms import BoundAtom, ClassAtom, FunctionAtom
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.exceptions import may_raise_with
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.iteration import keys
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import ELEMENT, KEYS, Kind, Obj
from datause_lint.analysis.special_methods import with_classes
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import EMPTY, NONE, Value, join, join_all, of


@models(
    "json.dumps",
    "json.dump",
    "orjson.dumps",
    "ujson.dumps",
    "simplejson.dumps",
    "yaml.dump",
    "yaml.safe_dump",
    "msgspec.json.encode",
)
def dumped(call: ModelCall) -> Value:
    """Text of all that the value holds, with what ``default`` makes of the objects in it."""
    given = call.argument(0, "obj")
    default = _default_of(call) if call.path.startswith("json.") else EMPTY
    shown = _shown_by(call, given, default) if default.atoms else None
    if shown is None and any(isinstance(atom, (FunctionAtom, BoundAtom)) for atom in default.atoms):
        shown = join(given, call.maybe(default, _within(call, given)))  # of what is not known to be plain
    data = data_of(call.frame, call.state, given if shown is None else shown)
    if call.path == "json.dump":
        add_opaque(call.frame, call.state, call.argument(1, "fp"), data)
        return NONE
    return Value(dict(data.atoms))


@models("json.JSONEncoder().encode", "json.JSONEncoder().iterencode")
def encoded(call: ModelCall) -> Value:
    given = call.argument(0, "o")
    return call.data(given, call.special(call.receiver, "default", given=[given]) or EMPTY)


@models("json.JSONEncoder().default")
def refused(call: ModelCall) -> Value:
    """Python's own encoder knows no other objects: it raises, and names the class."""
    may_raise_with(call.frame, call.state, "TypeError", call.span)
    call.returns = False
    return EMPTY


def _default_of(call: ModelCall) -> Value:
    """``default=function``, or the method of that name of ``cls=Encoder``, bound to an encoder."""
    function = call.arguments.keywords.get("default")
    if function is not None:
        return call.frame.world.resolve(function)
    found: list[Value] = []
    for atom in with_classes(call.frame, call.state, call.arguments.keywords.get("cls", EMPTY)).atoms:
        method = call.frame.world.class_attribute(atom.cls, "default") if isinstance(atom, ClassAtom) else None
        for each in method[0].atoms if method is not None else ():
            if isinstance(each, FunctionAtom) and isinstance(atom, ClassAtom):
                encoder = call.frame.world.objects.new(call.site("~encoder"), atom.cls)
                call.state.allocate(encoder)
                found.append(of(BoundAtom(each.function, each.environment, encoder)))
    return join_all(found)


def _shown_by(call: ModelCall, given: Value, default: Value) -> Value | None:
    """The value, or a container's elements, with what the function gives for each instance; None where other objects
    are there."""
    only = given.only_object()
    if only is None or not all(isinstance(atom, (FunctionAtom, BoundAtom)) for atom in default.atoms):
        return None
    holds = only.api in (DICT, LIST)
    inner = call.read(given, ELEMENT) if holds else given
    instances = Value({obj: NOTHING for obj in inner.objects() if _is_shown_by_function(call, obj)})
    if not instances.atoms or len(instances.atoms) != len(inner.objects()):
        return None
    plain = Value({atom: carried for atom, carried in inner.atoms.items() if atom not in instances.atoms})
    names = keys(call.frame, call.state, only) if holds else EMPTY
    return join_all([plain, names, call.call(default, instances)])


def _within(call: ModelCall, given: Value) -> Value:
    """What ``default`` may be asked about: the value, or what is in its lists and dicts, one by one."""
    found: list[Value] = []
    for _ in range(MAXIMAL_LEVELS):
        holders = of(*(obj for obj in given.objects() if obj.api in (DICT, LIST, TUPLE)))
        found.append(Value({atom: carried for atom, carried in given.atoms.items() if atom not in holders.atoms}))
        if not holders.atoms:
            break
        given = call.read(holders, ELEMENT)
    return join_all(found)


MAXIMAL_LEVELS: Final = 4  # of lists in lists
_SHOWN_AS_THEY_ARE: Final = frozenset(
    """dict list tuple str int float OrderedDict defaultdict Counter NamedTuple TypedDict StrEnum IntEnum""".split()
)


def _is_shown_by_function(call: ModelCall, obj: Obj) -> bool:
    if obj.kind is not Kind.NEW or obj.cls is None:
        return False
    return _SHOWN_AS_THEY_ARE.isdisjoint(last_name(base) for base in call.frame.world.outer_bases(obj.cls))


@models(*(f"configparser.{kind}().write" for kind in ("ConfigParser", "RawConfigParser")))
def written_as_text(call: ModelCall) -> Value:
    add_opaque(call.frame, call.state, call.argument(0, "fp"), call.data(call.receiver))
    return NONE


@models(*(f"configparser.{kind}().add_section" for kind in ("ConfigParser", "RawConfigParser")))
def section_added(call: ModelCall) -> Value:
    call.write(call.receiver, KEYS, join(call.read(call.receiver, KEYS), call.argument(0, "section")))
    return NONE


@models(*(f"configparser.{kind}().sections" for kind in ("ConfigParser", "RawConfigParser")))
def sections(call: ModelCall) -> Value:
    """Names: of what was read, and of what was put in since."""
    names = join_all([keys(call.frame, call.state, obj) for obj in call.receiver.objects()])
    return call.container(LIST, call.data(names))


# ── pickle ────────────────────────────────────────────────────────────────────────────────────────────────────────


@models("pickle.Pickler().dump")
def pickled(call: ModelCall) -> Value:
    """Into the file that it was made with, with what ``persistent_id`` puts in the place of some."""
    given = call.argument(0, "obj")
    told = call.special(call.receiver, "persistent_id", given=[given]) or EMPTY
    add_opaque(call.frame, call.state, call.read(call.receiver, "@argument0"), call.data(given, told))
    return NONE


@models("pickle.Unpickler().load")
def unpickled(call: ModelCall) -> Value:
    data = call.data(call.read(call.receiver, "@argument0"))
    told = call.special(call.receiver, "persistent_load", given=[data])
    return join(data, call.data(told)) if told is not None else data
