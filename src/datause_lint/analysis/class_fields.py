"""The fields that classes of the program give to their instances, by what is written in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from datause_lint.analysis.objects import Obj, attribute
from datause_lint.ir.instructions import Const, Constant, GetAttribute, SetAttribute, SetItem
from datause_lint.ir.module import FunctionIR
from datause_lint.names import ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World


def declares_fields(world: World, classes: Iterable[ClassId]) -> bool:
    """Whether the body of one of the classes declares fields: what generates constructors makes one that fills them."""
    irs = [world.class_ir(each) for each in classes]
    return any(ir is not None and ir.fields for ir in irs)


def bound_in_bodies(world: World, cls: ClassId) -> Iterator[Obj]:
    """The objects to which the bodies of the class, and of its bases, give a name: columns, managers."""
    for each in world.hierarchy(cls):
        holder = world.objects.class_object(each)
        for key in world.shared.keys(holder):
            value = world.shared.read(holder, key) if key.startswith(attribute("")) else None
            yield from value.objects() if value is not None else ()


def set_by_methods(world: World, cls: ClassId) -> tuple[str, ...]:
    """The attributes that methods of the class, and of its bases, give to instances of it, or to others."""
    return world.remembered("set by methods", cls, lambda: tuple(_find_set_by_methods(world, cls)))


def _find_set_by_methods(world: World, cls: ClassId) -> dict[str, None]:
    irs = [world.class_ir(each) for each in world.hierarchy(cls)]
    methods = [world.function(method) for ir in irs if ir is not None for _, method in ir.methods]
    return {name: None for method in methods if method is not None for name in _set_in(method)}


def _set_in(method: FunctionIR) -> Iterator[str]:
    """``self.text = text``, and ``self.__dict__["text"] = text``."""
    dicts: set[int] = set()
    constants: dict[int, Constant] = {}
    for block in method.blocks:
        for instruction in block.instructions:
            if isinstance(instruction, SetAttribute):
                yield instruction.name
            elif isinstance(instruction, Const):
                constants[instruction.target] = instruction.value
            elif isinstance(instruction, GetAttribute) and instruction.name == "__dict__":
                dicts.add(instruction.target)
            elif isinstance(instruction, SetItem) and instruction.base in dicts:
                name = constants.get(instruction.key)
                if isinstance(name, str):
                    yield name
