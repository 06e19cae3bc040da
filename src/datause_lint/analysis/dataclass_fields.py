"""Fields of a dataclass, by how they are declared: those that its text shows, and those that only its making needs."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.ir.module import Field
from datause_lint.ir.types import TypeAttribute, TypeExpr, TypeItem, TypeName
from datause_lint.names import ClassId

DATACLASS: Final = "dataclasses.dataclass"
INIT_ONLY: Final = "InitVar"
OF_THE_CLASS: Final = "ClassVar"


def names_for_init_only(frame: Frame, cls: ClassId) -> tuple[str, ...]:
    """What the initialiser takes for ``__post_init__``: no instance has it."""

    def found() -> tuple[str, ...]:
        return tuple(name for name, field in _fields(frame, cls).items() if _outer_name(field.annotation) == INIT_ONLY)

    return frame.world.remembered("for init only", cls, found)


def names_shown(frame: Frame, state: State, obj: Obj) -> list[str] | None:
    """The fields that ``repr()`` shows, where the instance has others, too; None where they cannot be told apart."""
    if obj.kind is not Kind.NEW or obj.cls is None or set(frame.world.decorators_of(obj.cls)) != {DATACLASS}:
        return None
    shown = [name for name in _fields(frame, obj.cls) if _is_shown(frame, state, obj.cls, name)]
    has = {key[1:] for key in state.heap.get(obj, {}) if key.startswith(".")}
    return shown if not frame.world.outer_bases(obj.cls) and has - set(shown) else None


def _is_shown(frame: Frame, state: State, cls: ClassId, name: str) -> bool:
    if _outer_name(_fields(frame, cls)[name].annotation) in (INIT_ONLY, OF_THE_CLASS):
        return False
    default = frame.world.class_attribute(cls, name)
    declared = default[0].objects() if default is not None else []
    stated = [stored_value(frame, state, obj, "@argument:repr") for obj in declared]
    constants = [value.constant() for value in stated if value is not None]
    return not constants or any(each is None or bool(each.value) for each in constants)


def _fields(frame: Frame, cls: ClassId) -> dict[str, Field]:
    irs = [frame.world.class_ir(each) for each in reversed(frame.world.hierarchy(cls))]
    return {field.name: field for ir in irs if ir is not None for field in ir.fields}


def _outer_name(annotation: TypeExpr) -> str:
    if isinstance(annotation, TypeItem):
        return _outer_name(annotation.base)
    return annotation.name if isinstance(annotation, (TypeName, TypeAttribute)) else ""
