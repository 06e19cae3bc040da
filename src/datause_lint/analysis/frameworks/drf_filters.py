"""Django REST framework: what ``filter_backends`` leave of the rows of a view."""

from __future__ import annotations

from datause_lint.analysis.access import indexed
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import BoundAtom, ClassAtom, FunctionAtom
from datause_lint.analysis.frameworks.django.views import classes_of
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.values import Value, join_all, of
from datause_lint.names import ClassId


def filter_queryset(call: ModelCall) -> Value:
    """``self.filter_queryset(queryset)`` of the framework: by each of the view's backends in turn."""
    given = call.argument(0, "queryset")
    found = [_by_backends(call, given, cls) for cls in classes_of(call)]
    return join_all(found) if found else given


def as_the_view_filters(call: ModelCall, query: Value) -> Value:
    """The same, where the view may have a method of its own for it."""
    found: list[Value] = []
    for cls in classes_of(call):
        own = [each for each in _methods(call, cls) if each.function != call.frame.function.id]
        bound = [BoundAtom(each.function, each.environment, obj) for each in own for obj in call.receiver.objects()]
        found.append(call.call(of(*bound), query) if bound else _by_backends(call, query, cls))
    return join_all(found) if found else query


def _by_backends(call: ModelCall, query: Value, cls: ClassId) -> Value:
    stated = call.frame.world.class_attribute(cls, "filter_backends")
    listed = stated[0].only_object() if stated is not None else None
    for _, backend in indexed(call.frame, call.state, listed) if listed is not None else ():
        query = _by_backend(call, query, backend)
    return query


def _by_backend(call: ModelCall, query: Value, backend: Value) -> Value:
    """One of the program's; those of libraries only order the rows, or look for what the request asks for."""
    atoms = list(call.frame.world.resolve(backend).atoms)
    only = atoms[0] if len(atoms) == 1 else None
    methods = _methods(call, only.cls) if isinstance(only, ClassAtom) else []
    if not isinstance(only, ClassAtom) or not methods:
        return query
    made = call.frame.world.objects.new(call.site(f"~{only.cls}"), only.cls)
    requests: list[Obj] = [obj.child(attribute("request")) for obj in call.receiver.objects()]
    bound = of(*(BoundAtom(each.function, each.environment, made) for each in methods))
    return call.call_with(bound, Arguments([of(*requests), query, call.receiver]))


def _methods(call: ModelCall, cls: ClassId) -> list[FunctionAtom]:
    stated = call.frame.world.class_attribute(cls, "filter_queryset")
    return [atom for atom in (stated[0].atoms if stated is not None else ()) if isinstance(atom, FunctionAtom)]
