"""Who else sets an attribute of a class's instances than the function that makes them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Final

from datause_lint.ir.instructions import GetAttribute, Load, SetAttribute
from datause_lint.ir.module import FunctionIR
from datause_lint.names import ClassId, FunctionId, ModuleName

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_set_by_others(world: World, cls: ClassId, name: str, maker: FunctionId) -> bool:
    """Whether another function puts something else there: one of the modules that know most of the class, or one that
    names the class, or has something by its name (``session`` of a class ``ChatSession``)."""
    family = {cls, *world.hierarchy(cls), *world.subclasses(cls)}
    homes = {world.module_of(each) for each in family}
    classes = {each.rpartition(".")[2].rpartition(":")[2] for each in (cls, *world.subclasses(cls))}
    naming = {*world.program.mentioning(classes)}
    instances = {spelled for each in classes for spelled in _names_of_instances(each)}
    near = [*homes, *world.program.mentioning(classes | instances, world.program.mentioning((name,)))]
    return any(
        function.id != maker and _sets(function, name, family, None if module in naming | homes else instances)
        for module in dict.fromkeys(sorted(near))
        for function in _functions(world, module)
    )


def _functions(world: World, module: ModuleName) -> Iterator[FunctionIR]:
    ir = world.module(module)
    yield from ir.functions.values() if ir is not None else ()


def _names_of_instances(cls: str) -> tuple[str, str]:
    words = [word.lower() for word in _HUMP.split(cls)]
    return "_".join(words), words[-1]


def _sets(function: FunctionIR, name: str, family: Container[str], holders: Container[str] | None) -> bool:
    """Whether the function sets the attribute: of something by one of these names, or of anything; a method of another
    class, of something else than its own instance."""
    own = function.parameters[0].name if function.owner_class is not None and function.parameters else ""
    held_by: dict[int, str] = {}
    for block in function.blocks:
        for instruction in block.instructions:
            if isinstance(instruction, (Load, GetAttribute)):
                held_by[instruction.target] = instruction.name
            elif isinstance(instruction, SetAttribute) and instruction.name == name:
                holder = held_by.get(instruction.base, "")
                if function.owner_class in family:
                    return True
                if holder != own and (holders is None or holder in holders):
                    return True
    return False
