"""From paths, as facts write them, to functions and classes of the program, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datause_lint.analysis.atoms import BoundAtom, ClassAtom, FunctionAtom
from datause_lint.analysis.types import Type, Types
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.ir.module import FunctionIR
from datause_lint.names import ApiPath

if TYPE_CHECKING:
    from datause_lint.analysis.world import World


def function_paths(world: World, function: FunctionIR) -> list[str]:
    """The paths of a function; of a method those by way of its class and of that class's bases."""
    if "<locals>" in function.id or "<body>" in function.name:
        return []
    owner = function.owner_class
    if owner is None:
        return world.paths_of(function.id)
    return [f"{path}().{function.name}" for path in world.class_paths(owner)]


def named(world: World, path: str) -> Value:
    """The functions that the program has under the path; EMPTY where there are none."""
    segments = path.split(".")
    if segments[-2:-1] and segments[-2].endswith("()"):
        return _method(world, ".".join(segments[:-1])[:-2], segments[-1])
    found = _object(world, segments)
    return of(*(atom for atom in found.atoms if isinstance(atom, FunctionAtom)))


def types_named(world: World, path: str) -> Types:
    """An instance of the class of that path, which is the program's or another's."""
    found = _object(world, path.split("."))
    classes = tuple(Type(atom.cls, None) for atom in found.atoms if isinstance(atom, ClassAtom))
    return classes or (Type(None, ApiPath(world.policy.canonical(path))),)


def _method(world: World, path: str, name: str) -> Value:
    classes = [atom.cls for atom in _object(world, path.split(".")).atoms if isinstance(atom, ClassAtom)]
    methods: list[BoundAtom] = []
    for cls in classes:
        found = world.class_attribute(cls, name)
        for each in found[0].atoms if found is not None else ():
            if isinstance(each, FunctionAtom):
                methods.append(BoundAtom(each.function, each.environment, world.objects.any_instance(cls)))
    return of(*methods)


def _object(world: World, segments: list[str]) -> Value:
    """What stands under the path, the longest part of which is a module of the program."""
    loaded = world.loaded()
    for cut in range(len(segments) - 1, 0, -1):
        module = world.program.find(".".join(segments[:cut]), loaded[0]) if loaded else None
        if module is None:
            continue
        value = world.global_value(module, segments[cut])
        for name in segments[cut + 1 :]:
            value = world.annotations.attribute_of(value, name) if value is not None else None
        return world.resolve(value) if value is not None else EMPTY
    return EMPTY
