"""What annotations say: the types that they allow, and what ``Annotated`` has beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from datause_lint.analysis import types
from datause_lint.analysis.atoms import ApiAtom, ClassAtom, ModuleAtom
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.types import Type, Types
from datause_lint.analysis.values import EMPTY, Value, const, join_all, of
from datause_lint.ir.types import (
    TypeAttribute,
    TypeCall,
    TypeConstant,
    TypeExpr,
    TypeItem,
    TypeList,
    TypeName,
    TypeUnion,
)
from datause_lint.names import ApiPath, ClassId, ModuleName

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

Said = tuple[Types, tuple[Value, ...]]
"""The types that an annotation allows, and what stands beside them in ``Annotated``."""


class Annotations:
    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[tuple[TypeExpr, ModuleName], Said] = {}

    def declared(self, annotation: TypeExpr | None, module: ModuleName) -> Types:
        return self.of(annotation, module)[0] if annotation is not None else ()

    def of(self, annotation: TypeExpr, module: ModuleName) -> Said:
        """The types that an annotation allows, and what ``Annotated`` says beside them."""
        known = self._known.get((annotation, module))
        if known is not None:
            return known
        found = self._find(annotation, module)
        if (found[0] or found[1]) and self._world.has_run(module):  # before, names may still be missing
            self._known[annotation, module] = found
        return found

    def _find(self, annotation: TypeExpr, module: ModuleName) -> Said:
        if isinstance(annotation, TypeUnion):
            return self._union([self.of(member, module) for member in annotation.members])
        if isinstance(annotation, TypeItem):
            return self._generic(annotation, module)
        if isinstance(annotation, (TypeName, TypeAttribute)):
            return self.of_value(self.value(annotation, module))
        return (), ()

    def _union(self, members: Iterable[Said]) -> Said:
        found: dict[Type, None] = {}
        extra: list[Value] = []
        for member, metadata in members:
            found.update(dict.fromkeys(member))
            extra.extend(metadata)
        return tuple(found), tuple(extra)

    def _generic(self, annotation: TypeItem, module: ModuleName) -> Said:
        base = self.value(annotation.base, module)
        arguments = annotation.arguments
        for atom in base.atoms:
            if isinstance(atom, ApiAtom):
                name = types.last_name(atom.path)
                if name == "Annotated" and arguments:
                    inner, metadata = self.of(arguments[0], module)
                    return inner, (*metadata, *(self.value(each, module) for each in arguments[1:]))
                if name in types.TRANSPARENT and arguments:
                    return self.of(arguments[0], module)
                if atom.path in types.MARKERS and arguments:
                    marker = self._world.objects.external(atom.path, ApiPath(f"{atom.path}()"))
                    return self.of(arguments[0], module)[0], (of(marker),)
                if name == "Union":
                    return self._union([self.of(each, module) for each in arguments])
                if name in ("Literal", "Callable"):
                    return (), ()
                if name in ("type", "Type"):
                    return (), ()
                inner_types = tuple(self.of(each, module)[0] for each in arguments)
                return (Type(None, atom.path, inner_types),), ()
            if isinstance(atom, ClassAtom):
                inner_types = tuple(self.of(each, module)[0] for each in arguments)
                return (Type(atom.cls, None, inner_types),), ()
        return self.of_value(base)

    def of_value(self, value: Value) -> Said:
        """The types that a value means where it stands as an annotation."""
        found: dict[Type, None] = {}
        metadata: list[Value] = []
        for atom in value.atoms:
            direct = types.type_of_atom(atom)
            if direct is not None:
                if direct.api not in types.SAYING_NOTHING:
                    found[direct] = None
            elif type(atom) is Obj and atom.api is not None and atom.api.endswith("[]"):
                inner, extra = self._types_of_alias(atom)
                found.update(dict.fromkeys(inner))
                metadata.extend(extra)
        return tuple(found), tuple(metadata)

    def _types_of_alias(self, alias: Obj) -> Said:
        """Of ``Alias = Annotated[Account, Depends(load)]``, ``Rows = list[Account]``: objects that a module holds."""
        assert alias.api is not None
        name = types.last_name(alias.api.removesuffix("[]"))
        items: list[Value] = []
        while (item := self._world.shared.read(alias, f"[{len(items)}]")) is not None:
            items.append(self._world.resolve(item))
        if not items:
            return (), ()
        if name == "Annotated":
            inner, extra = self.of_value(items[0])
            return inner, (*extra, *items[1:])
        if name in types.TRANSPARENT:
            return self.of_value(items[0])
        if name == "Union":
            return self._union([self.of_value(item) for item in items])
        base = ApiPath(alias.api.removesuffix("[]"))
        return (Type(None, base, tuple(self.of_value(item)[0] for item in items)),), ()

    def value(self, annotation: TypeExpr, module: ModuleName) -> Value:
        """What an annotation's expression evaluates to."""
        if isinstance(annotation, TypeName):
            return self.name_value(annotation.name, module)
        if isinstance(annotation, TypeAttribute):
            return self.attribute_of(self.value(annotation.base, module), annotation.name)
        if isinstance(annotation, TypeCall):
            return self._call(annotation, module)
        if isinstance(annotation, TypeConstant):
            return const(annotation.value)
        if isinstance(annotation, (TypeList, TypeItem, TypeUnion)):
            return EMPTY
        return EMPTY

    def name_value(self, name: str, module: ModuleName) -> Value:
        found = self._world.global_value(module, name)
        if found is not None:
            return found
        nested = self._class_named(name, module)
        return of(ClassAtom(nested)) if nested is not None else of(ApiAtom(ApiPath(f"builtins.{name}")))

    def _class_named(self, name: str, module: ModuleName) -> ClassId | None:
        """A class nested in another one, or local to a function, that an annotation near it names."""
        ir = self._world.module(module)
        found = [each for each, cls in ir.classes.items() if cls.name == name] if ir is not None else []
        return found[0] if len(found) == 1 else None

    def attribute_of(self, value: Value, name: str) -> Value:
        parts: list[Value] = []
        for atom in value.atoms:
            if isinstance(atom, ModuleAtom):
                found = self._world.global_value(atom.module, name)
                if found is not None:
                    parts.append(found)
            elif isinstance(atom, ApiAtom):
                parts.append(of(self._world.api(f"{atom.path}.{name}")))
            elif isinstance(atom, ClassAtom):
                member = self._world.class_attribute(atom.cls, name)
                if member is not None:
                    parts.append(member[0])
        return join_all(parts)

    def _call(self, call: TypeCall, module: ModuleName) -> Value:
        """``Depends(load)`` inside ``Annotated``: an external object that remembers what it was made of."""
        function = self.value(call.function, module)
        for atom in function.atoms:
            if isinstance(atom, ApiAtom):
                site = f"{module}@{call!r}"
                made = self._world.objects.external(site, ApiPath(f"{atom.path}()"))
                for position, argument in enumerate(call.arguments):
                    self._world.shared.write(made, f"@argument{position}", self.value(argument, module))
                for name, argument in call.keywords:
                    self._world.shared.write(made, f"@argument:{name}", self.value(argument, module))
                return of(made)
        return EMPTY
