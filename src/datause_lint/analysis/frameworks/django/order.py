"""Mixins that stand behind a view: ``class Chat(View, Consenting)`` never comes to the mixin's ``dispatch``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from datause_lint.analysis.atoms import ApiAtom, ClassAtom
from datause_lint.analysis.objects import BASES
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import Value
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

OF_VIEWS = ("django.views.", "rest_framework.")


def reached_attribute(world: World, cls: ClassId, name: str) -> Value | None:
    """The class's attribute, where no view of the framework's, which has one of its own, stands before it."""
    found = world.class_attribute(cls, name)
    return None if found is None or is_behind_view(world, cls, found[1]) else found[0]


def is_behind_view(world: World, cls: ClassId, mixin: ClassId | ApiPath) -> bool:
    """Whether the mixin comes after a view of the framework's in the class's method resolution order."""
    return any(mixin in _behind_views(world, each) for each in world.hierarchy(cls))


def _behind_views(world: World, cls: ClassId) -> Iterator[str]:
    """What the class derives from by those of its bases that stand after a view. One that is a view itself comes
    before the class that all views derive from, with what it derives from."""
    stated = world.shared.read(world.objects.class_object(cls), BASES)
    behind = False
    for atom in stated.atoms if stated is not None else ():
        if isinstance(atom, ApiAtom):
            if behind:
                yield atom.path
            behind = behind or _is_view(atom.path)
        elif isinstance(atom, ClassAtom) and behind and not any(map(_is_view, world.outer_bases(atom.cls))):
            yield from world.hierarchy(atom.cls)
            yield from world.outer_bases(atom.cls)


def _is_view(path: ApiPath) -> bool:
    """Those mixins of the framework's that ask something call the next in order; its views do not."""
    return path.startswith(OF_VIEWS) and last_name(path).endswith(("View", "ViewSet"))
