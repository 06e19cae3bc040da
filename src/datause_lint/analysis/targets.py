"""What may be called: functions, classes and methods, with receivers and the names that a policy uses."""

from __future__ import annotations

from datause_lint.analysis.access import known_as
from datause_lint.analysis.atoms import (
    ApiAtom,
    Atom,
    BoundAtom,
    ClassAtom,
    Const,
    Data,
    FunctionAtom,
    Label,
    LazyImport,
    MethodAtom,
    Pattern,
)
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.stubs import is_abstract, is_empty, is_stub
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value, of
from datause_lint.ir.module import Parameter
from datause_lint.names import ClassId

MAXIMAL_TARGETS = 24


def targets_of(frame: Frame, state: State, function: Value) -> list[Atom]:
    """What can be called, with symbolic objects replaced by what the context knows of them."""
    found: dict[Atom, None] = {}
    for atom in frame.world.resolve(function).atoms:
        if isinstance(atom, (FunctionAtom, BoundAtom, ClassAtom, ApiAtom, MethodAtom, LazyImport)):
            found[atom] = None
        elif type(atom) is Obj and atom.kind is Kind.CLASS:
            found[ClassAtom(ClassId(atom.key))] = None
        elif type(atom) is Obj:
            for known in known_as(frame, state, atom):
                if isinstance(known, (FunctionAtom, BoundAtom, ClassAtom, ApiAtom, MethodAtom)):
                    found[known] = None
            found.update(dict.fromkeys(_callable_object(frame, state, atom)))
    held = {atom.name for atom in found if isinstance(atom, MethodAtom) and atom.receiver is not None}
    # The item of a record says what its evidence says, whatever data went into the record.
    held |= {"get" for atom in found if isinstance(atom, ApiAtom) and atom.receiver and atom.path.endswith(".get")}
    targets = [
        atom for atom in found if not (isinstance(atom, MethodAtom) and atom.receiver is None and atom.name in held)
    ]
    return targets[:MAXIMAL_TARGETS]


def _callable_object(frame: Frame, state: State, obj: Obj) -> list[Atom]:
    """``obj()``: its class's ``__call__``, or an external object's."""
    found: list[Atom] = []
    for kind in types_of(frame, state, obj):
        if kind.cls is not None:
            method = frame.world.class_attribute(kind.cls, "__call__")
            called_as = frame.world.wiring.called_as(frame.world, kind.cls) if method is None else None
            if called_as is not None:
                method = frame.world.class_attribute(kind.cls, called_as)
            for atom in method[0].atoms if method is not None else ():
                if isinstance(atom, FunctionAtom):
                    found.append(BoundAtom(atom.function, atom.environment, obj))
            if method is None:
                found.extend(ApiAtom(f"{base}()", obj) for base in frame.world.outer_bases(kind.cls))  # type: ignore[arg-type]
        elif kind.api is not None:
            path = obj.api if obj.api is not None else f"{kind.api}()"
            found.append(ApiAtom(path, obj))  # type: ignore[arg-type]
    return found


def with_bodies(frame: Frame, targets: list[Atom]) -> list[Atom]:
    """Without the abstract methods, where something else is there that may implement them."""
    found = [
        target
        for target in targets
        if not (isinstance(target, BoundAtom) and is_abstract(frame.world, target.function))
    ]
    return found or targets


def data_beside(function: Value) -> Value:
    """The data that the receiver of a method carries, beside being an object."""
    return Value(
        {atom: carried for atom, carried in function.atoms.items() if isinstance(atom, (Label, Data, Const, Pattern))}
    )


def receiver_of(target: Atom, function: Value) -> Value | None:
    if isinstance(target, BoundAtom):
        return of(target.receiver)
    if isinstance(target, (ApiAtom, MethodAtom)) and target.receiver is not None:
        return Value({target.receiver: function.atoms.get(target, NOTHING), **data_beside(function).atoms})
    return None


def parameters_of(frame: Frame, target: Atom) -> tuple[Parameter, ...]:
    if isinstance(target, (FunctionAtom, BoundAtom)):
        function = frame.world.function(target.function)
        if function is None:
            return ()
        return function.parameters[1:] if isinstance(target, BoundAtom) else function.parameters
    return ()


def is_async(frame: Frame, target: Atom) -> bool:
    if isinstance(target, (FunctionAtom, BoundAtom)):
        function = frame.world.function(target.function)
        return function is not None and function.is_async and not function.is_generator
    return False


def call_paths(frame: Frame, state: State, target: Atom) -> list[str]:
    """The names under which a policy may speak of what is called."""
    world = frame.world
    if isinstance(target, FunctionAtom):
        return world.function_paths(target)
    if isinstance(target, BoundAtom):
        name = target.function.rpartition(".")[2].partition("#")[0]
        paths: dict[str, None] = {}
        for kind in types_of(frame, state, target.receiver):
            if kind.cls is not None:
                paths.update(dict.fromkeys(f"{each}().{name}" for each in world.class_paths(kind.cls)))
        paths.update(dict.fromkeys(world.method_paths(target.function)))
        return [*paths, f"?.{name}"]
    if isinstance(target, ClassAtom):
        return world.class_paths(target.cls)
    if isinstance(target, ApiAtom):
        return [target.path, f"{target.path}()"] if target.path.endswith("()") else [target.path]
    if isinstance(target, MethodAtom):
        return [f"?.{target.name}"]
    return []


def of_its_own(frame: Frame, state: State, target: Atom, paths: list[str]) -> list[str]:
    """The names of a method without those that its bases outside have: where the program has put a method of its own in
    place of theirs, ``class OnSite(Embeddings)``, that says itself who is sent what."""
    function = frame.world.function(target.function) if isinstance(target, BoundAtom) else None
    if not isinstance(target, BoundAtom) or function is None or is_empty(function) or is_stub(function):
        return paths
    name = target.function.rpartition(".")[2].partition("#")[0]
    kinds = types_of(frame, state, target.receiver)
    outer = {f"{base}().{name}" for kind in kinds if kind.cls is not None for base in frame.world.outer_bases(kind.cls)}
    return [path for path in paths if path not in outer]
