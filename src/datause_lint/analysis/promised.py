"""What the annotation of a function promises of what it returns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from datause_lint.analysis import types
from datause_lint.analysis.atoms import ApiAtom, Atom, MethodAtom
from datause_lint.analysis.facts import NOTHING, Same
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import ELEMENT, Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Types
from datause_lint.analysis.typing_of import declared_attribute, is_class, types_of
from datause_lint.analysis.values import Value, of
from datause_lint.ir.module import FunctionIR, ParameterKind
from datause_lint.names import ApiPath, ClassId

STARRED: Final = frozenset({ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD})


def as_promised(frame: Frame, state: State, value: Value, function: FunctionIR) -> Value:
    """What the function returns, with the classes that its annotation promises where nothing better is known."""
    if function.returns is None:
        return value
    declared = frame.world.annotations.declared(function.returns, frame.world.module_of(function.id))
    if not declared:
        return value
    only = [kind.cls for kind in declared if kind.cls is not None]
    narrowed = as_instance(frame, state, value, declared)
    if narrowed is not value:
        return narrowed
    elements = [kind for kind in types.element_types(declared, ELEMENT) if kind.cls is not None]
    for obj in value.objects():
        if obj.kind is not Kind.EXTERNAL or obj.cls is not None:
            continue
        if len(only) == 1:
            return _retyped(frame, state, value, obj, only[0])
        if len(elements) == 1 and state.stored(obj, ELEMENT) is None:
            element = frame.world.objects.external(f"{obj.key}~element", None, elements[0].cls)
            frame.world.places[element] = frame.world.places.get(obj, frame.location(function.span))
            state.store(obj, ELEMENT, of(element))
    return with_client(frame, state, value, declared, f"{function.id}@returned")


def yielded_as_promised(frame: Frame, state: State, value: Value) -> Value:
    """What a generator yields: the client that its annotation promises, where nothing better is known."""
    if frame.function.returns is None:
        return value
    declared = frame.world.annotations.declared(frame.function.returns, frame.world.module_of(frame.function.id))
    return with_client(frame, state, value, types.element_types(declared, ELEMENT), f"{frame.function.id}@yielded")


def as_instance(frame: Frame, state: State, value: Value, declared: Types) -> Value:
    """``context: Context = info.context``: what a field holds, of a class that nobody knows but the annotation."""
    only = [kind.cls for kind in declared if kind.cls is not None]
    field = _only_field(frame, state, value) if len(only) == 1 else None
    if field is None:
        return value
    return Value({field.narrowed(only[0]): value.atoms[field]}, value.implied, value.probes)


def with_client(frame: Frame, state: State, value: Value, declared: Types, site: str) -> Value:
    """The value, and the client that an annotation says it is: ``client: OpenAI = registry["openai"]``."""
    path = _client(frame, declared)
    if path is None:
        return _with_clients_inside(frame, state, value, declared, site)
    if not any(isinstance(atom, (Obj, ApiAtom)) for atom in value.atoms):
        return value
    if any(is_known(frame, state, atom) for atom in value.atoms):
        return value
    made = frame.world.objects.external(site, path)
    state.allocate(made)
    return Value({**value.atoms, made: NOTHING}, value.implied, value.probes)


def _with_clients_inside(frame: Frame, state: State, value: Value, declared: Types, site: str) -> Value:
    """The value, with the clients that an annotation says are in it: ``tuple[OpenAI, str]``, ``dict[str, OpenAI]``."""
    inside = {key: kinds for key, kinds in types.elements_by_key(declared).items() if _client(frame, kinds) is not None}
    if not inside:
        return value
    for obj in value.objects():
        for key, kinds in inside.items():
            held = state.stored(obj, key)
            if held is not None:
                state.store(obj, key, with_client(frame, state, held, kinds, f"{site}{key}"))
    if not any(_is_opaque(frame, state, atom, inside) for atom in value.atoms):
        return value
    holder = frame.world.objects.external(site, None)
    state.allocate(holder)
    for key, kinds in inside.items():
        client = frame.world.objects.external(f"{site}{key}", _client(frame, kinds))
        state.allocate(client)
        state.store(holder, key, of(client))
    return Value({**value.atoms, holder: NOTHING}, value.implied, value.probes)


def _is_opaque(frame: Frame, state: State, atom: Atom, keys: Iterable[str]) -> bool:
    """Whether it comes from outside, and nobody has said what it holds."""
    if isinstance(atom, ApiAtom):
        return not frame.world.policy.knows_prefix(atom.path)
    return (
        type(atom) is Obj
        and atom.kind in (Kind.EXTERNAL, Kind.FIELD)
        and not is_known(frame, state, atom)
        and all(state.stored(atom, key) is None for key in keys)
    )


def client_parameters(frame: Frame, function: FunctionIR) -> dict[str, Types]:
    """Those of the parameters that an annotation says are clients."""

    def find() -> dict[str, Types]:
        module = frame.world.module_of(function.id)
        declared = {
            each.name: frame.world.annotations.declared(each.annotation, module)
            for each in function.parameters
            if each.annotation is not None and each.kind not in STARRED
        }
        return {name: kinds for name, kinds in declared.items() if _client(frame, kinds) is not None}

    return frame.world.remembered("client parameters", function.id, find)


def as_declared(frame: Frame, state: State, obj: Obj, name: str, value: Value) -> Value:
    """What stands in an attribute, and the client that the class says it is."""
    if not any(isinstance(atom, ApiAtom) or (type(atom) is Obj and atom.kind is Kind.EXTERNAL) for atom in value.atoms):
        return value
    for kind in types_of(frame, state, obj):
        if kind.cls is not None:
            declared = declared_attribute(frame, kind.cls, name)
            value = with_client(frame, state, value, declared, f"{kind.cls}@{name}")
    return value


def leads_to_client(frame: Frame, declared: Types) -> bool:
    return _client(frame, declared) is not None


def _client(frame: Frame, declared: Types) -> ApiPath | None:
    paths = [ApiPath(f"{kind.api}()") for kind in declared if kind.api is not None]
    clients = [path for path in paths if frame.world.policy.leads_to_sink(path)]
    return clients[0] if len(clients) == 1 else None


def is_known(frame: Frame, state: State, atom: Atom) -> bool:
    """Whether it is known, without the annotation, what is called on it."""
    if isinstance(atom, ApiAtom):
        return frame.world.policy.knows_prefix(atom.path)
    if type(atom) is not Obj:
        return False
    if atom.api is not None and is_class(frame, atom.api):
        return True
    return any(kind.cls is not None or _client(frame, (kind,)) is not None for kind in types_of(frame, state, atom))


def _only_field(frame: Frame, state: State, value: Value) -> Obj | None:
    """The field that the value is, and nothing else that the path to it could mean."""
    only = value.only_object()
    if only is None or only.kind is not Kind.FIELD or any(is_known(frame, state, atom) for atom in value.atoms):
        return None
    return only if all(atom is only or isinstance(atom, (ApiAtom, MethodAtom)) for atom in value.atoms) else None


def _retyped(frame: Frame, state: State, value: Value, obj: Obj, cls: ClassId) -> Value:
    typed = frame.world.objects.external(obj.key, None, cls)
    state.heap[typed] = state.heap.get(obj, {})
    state.learn(frozenset((Same(typed, obj),)))
    place = frame.world.places.get(obj)
    if place is not None:
        frame.world.places[typed] = place
    atoms = {typed if atom is obj else atom: carried for atom, carried in value.atoms.items()}
    return Value(atoms, value.implied, value.probes)
