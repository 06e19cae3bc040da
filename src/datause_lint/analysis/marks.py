"""What an attribute of a class is to its instances: a property, a static method, a setter, a column."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.atoms import FunctionAtom
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, of

PROPERTIES: Final = frozenset(
    """builtins.property functools.cached_property django.utils.functional.cached_property
    sqlalchemy.ext.hybrid.hybrid_property abc.abstractproperty cached_property.cached_property
    werkzeug.utils.cached_property pydantic.computed_field""".split()
)
PROPERTY: Final = "builtins.property"
STATIC: Final = "builtins.staticmethod"
CLASS: Final = "builtins.classmethod"

SETTING: Final = "set"
PARTS_OF_PROPERTIES: Final = {"fget": "get", "__get__": "get", "fset": SETTING, "__set__": SETTING, "fdel": SETTING}


def is_property(frame: Frame, atom: FunctionAtom) -> bool:
    return any(is_marked(frame, atom, path) for path in PROPERTIES)


def is_setter(frame: Frame, atom: FunctionAtom) -> bool:
    return any((mark.api or "").endswith((".setter()", ".deleter()")) for mark in frame.world.marks_on(atom))


def is_of_property(frame: Frame, atom: FunctionAtom) -> bool:
    return is_property(frame, atom) or is_setter(frame, atom)


def part_of_property(frame: Frame, atom: FunctionAtom, part: str) -> Value:
    """The function that a property calls, where the atom is that one: ``Base.note.fset``."""
    return of(atom) if is_setter(frame, atom) == (PARTS_OF_PROPERTIES[part] == SETTING) else EMPTY


def is_bound_to_classes(frame: Frame, atom: FunctionAtom) -> bool:
    """Whether a class has it, by ``super()``, as a method of its own."""
    return not is_marked(frame, atom, STATIC) and not is_of_property(frame, atom)


def is_marked(frame: Frame, atom: FunctionAtom, path: str) -> bool:
    return any(mark.api == f"{path}()" for mark in frame.world.marks_on(atom))


def is_column(frame: Frame, state: State, holder: Obj, member: Obj) -> bool:
    """A record's class attribute that describes a field, such as a column: an instance has the field's value there."""
    if member.kind is not Kind.EXTERNAL or (member.api is not None and frame.world.policy.knows_prefix(member.api)):
        return False
    kinds = types_of(frame, state, holder)
    return any(kind.cls is not None and frame.world.records.is_record_class(frame, kind.cls) for kind in kinds)
