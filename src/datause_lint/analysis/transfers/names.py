"""Names: constants, variables, definitions, imports."""

from __future__ import annotations

import builtins
from typing import Final

from datause_lint.analysis import guards, registration
from datause_lint.analysis.access import read
from datause_lint.analysis.atoms import ApiAtom, ClassAtom, FunctionAtom, LazyImport, ModuleAtom
from datause_lint.analysis.by_index import forget_indexes
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.declarations import declared_in_line
from datause_lint.analysis.declared_clients import declared_clients
from datause_lint.analysis.definitions import absolute_name, imported_from
from datause_lint.analysis.facts import Fact
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.identifiers import is_record
from datause_lint.analysis.memo import SCRIPT
from datause_lint.analysis.metaclasses import prepared_name
from datause_lint.analysis.objects import (
    ENVIRONMENT,
    STARS,
    Kind,
    attribute,
)
from datause_lint.analysis.other_calls import of_other_calls
from datause_lint.analysis.promised import as_instance, with_client
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.transfers.registry import transfers
from datause_lint.analysis.types import Types
from datause_lint.analysis.values import EMPTY, Value, const, join, of
from datause_lint.analysis.writing import write
from datause_lint.ir import instructions as ir
from datause_lint.ir.instructions import Scope
from datause_lint.ir.module import FunctionIR, FunctionKind
from datause_lint.names import ApiPath, ClassId, ModuleName

MAXIMAL_ATOMS: Final = 96  # of one variable


@transfers(ir.Const)
def _const(frame: Frame, state: State, i: ir.Const) -> State:
    frame.registers[i.target] = const(i.value)
    return state


@transfers(ir.Load)
def _load(frame: Frame, state: State, i: ir.Load) -> State:
    value = load(frame, state, i.name, i.scope)
    if frame.handler >= 0 and _may_be_unbound(state, i, value):
        frame.may_raise(state)
    frame.registers[i.target] = value
    frame.register_names[i.target] = frame.variable_names.get(i.name) or i.name.partition(".")[0]
    return state


def _may_be_unbound(state: State, i: ir.Load, value: Value) -> bool:
    """Whether nobody was seen to bind the name."""
    if i.scope is Scope.LOCAL:
        return i.name not in state.variables
    return i.scope is Scope.GLOBAL and not hasattr(builtins, i.name) and value == of(_built_in(i.name))


def _built_in(name: str) -> ApiAtom:
    return ApiAtom(ApiPath(f"builtins.{name}"))


def load(frame: Frame, state: State, name: str, scope: Scope) -> Value:
    if scope is Scope.LOCAL:
        return state.variables.get(name, EMPTY)
    if scope is Scope.CELL:
        around = _class_around(frame) if name == "__class__" else None
        return of(ClassAtom(around)) if around is not None else _load_cell(frame, state, name)
    if scope is Scope.CLASS:
        here = state.variables.get(name)
        if here is not None:
            return here
    if frame.function.kind is FunctionKind.CLASS_BODY and (prepared := prepared_name(frame, name)) is not None:
        return prepared
    return load_global(frame, state, name)


def _class_around(frame: Frame) -> ClassId | None:
    """The class in whose body the function, or one around it, is defined."""
    function: FunctionIR | None = frame.function
    while function is not None and function.owner_class is None:
        function = frame.world.function(function.parent) if function.parent is not None else None
    return function.owner_class if function is not None else None


def _load_cell(frame: Frame, state: State, name: str) -> Value:
    depth = frame.depth_of_cell(name)
    if depth == 0:
        stored = state.stored(frame.cells, attribute(name))
        return stored if stored is not None else EMPTY
    holder = of(frame.environment)
    for _ in range(depth - 1):
        holder = read(frame, state, holder, ENVIRONMENT)
    return frame.world.resolve(read(frame, state, holder, attribute(name)))


def load_global(frame: Frame, state: State, name: str) -> Value:
    module = frame.world.module_of(frame.function.id)
    holder = frame.world.objects.module(module)
    here = state.stored(holder, attribute(name))
    if here is not None:
        if (holder, attribute(name)) in frame.world.written_globals:  # a function that was called may have changed it
            here = join(here, of_other_calls(frame, frame.world.shared.read(holder, attribute(name)) or EMPTY))
        return frame.world.resolve(here)
    found = frame.world.global_value(module, name)
    if found is not None:
        return of_other_calls(frame, found)
    if name == "__package__":
        return const(frame.module.name if frame.module.is_package else frame.module.name.rpartition(".")[0])
    if name == "__name__":
        return const("__main__" if is_script(frame) else str(module))
    if name in ("True", "False", "None"):
        return const({"True": True, "False": False, "None": None}[name])
    return of(_built_in(name))


def is_script(frame: Frame) -> bool:
    """Whether the module's body runs as a script, not by being imported."""
    if frame.function.kind is not FunctionKind.MODULE_BODY:
        return False
    return frame.ask(frame.world.objects.module(frame.module.name), SCRIPT) == (SCRIPT,)


@transfers(ir.Store)
def _store(frame: Frame, state: State, i: ir.Store) -> State:
    value = declared_in_line(frame, frame.registers[i.source], i.name, i.span)
    forget_indexes(frame, state, i.name)
    clients = declared_clients(frame)
    if i.name in clients:
        value = with_client(frame, state, value, clients[i.name], f"{frame.site(i.span)}~declared")
    if i.name.startswith("."):  # one side of ``and`` or ``or``: what its test proves is joined with that of the other
        implied = guards.tested(frame, value)
        value = value if implied == value.implied else Value(value.atoms, implied, value.probes, value.choice)
        frame.registers[i.source] = value
    if len(value.atoms) > MAXIMAL_ATOMS:
        frame.cut = True
        frame.world.cut[frame.function.id] = None
        value = Value(dict(list(value.atoms.items())[:MAXIMAL_ATOMS]))
    _note_name(frame, i)
    if i.scope is Scope.LOCAL or i.scope is Scope.CLASS:
        _note_stale(frame, state, i.name, value)
        state.variables[i.name] = value
    elif i.scope is Scope.CELL:
        if frame.depth_of_cell(i.name) == 0:
            value = frame.world.resolve(value)  # what is imported here is an import nowhere else
            state.store(frame.cells, attribute(i.name), value)
            frame.world.publisher.publish_if_shared(frame, state, frame.cells)
        else:
            holder = of(frame.environment)
            for _ in range(frame.depth_of_cell(i.name) - 1):
                holder = read(frame, state, holder, ENVIRONMENT)
            write(frame, state, holder, attribute(i.name), value)
    else:
        registration.store_global(frame, state, i.name, value)
    return state


def _note_name(frame: Frame, i: ir.Store) -> None:
    """``for u in users``: what it holds is a record, whatever the variable is called."""
    held = frame.register_names.get(i.source, "")
    if is_record(held) and not is_record(i.name):
        frame.variable_names[i.name] = held
    else:
        frame.variable_names.pop(i.name, None)


def _note_stale(frame: Frame, state: State, name: str, value: Value) -> None:
    """Checks of the person whom the variable is about to forget."""
    before = state.variables.get(name)
    person = before.only_object() if before is not None and state.facts and frame.collecting else None
    if person is None or person in value.atoms:
        return
    for fact in state.facts:
        if type(fact) is Fact and fact.subject is person:
            frame.stale.add((fact.guard, fact.location))


@transfers(ir.Delete)
def _delete(frame: Frame, state: State, i: ir.Delete) -> State:
    if i.name not in state.variables:
        frame.may_raise(state)
    state.variables.pop(i.name, None)
    return state


@transfers(ir.Annotate)
def _annotate(frame: Frame, state: State, i: ir.Annotate) -> State:
    declared = frame.world.annotations.declared(i.annotation, frame.world.module_of(frame.function.id))
    if not declared:
        return state
    if i.scope is not Scope.CLASS:
        value = load(frame, state, i.name, i.scope)
        said = as_instance(frame, state, value, declared)
        said = with_client(frame, state, said, declared, frame.site(i.span) + "~declared")
        if said is not value and i.scope is Scope.LOCAL:
            state.variables[i.name] = said
        elif said is not value and i.scope is Scope.GLOBAL:
            registration.store_global(frame, state, i.name, said)
        if i.scope is not Scope.GLOBAL:
            _hint(frame, value, declared)
    if frame.function.kind is FunctionKind.MODULE_BODY:
        registration.fill_as_declared(frame, state, load(frame, state, i.name, i.scope), declared, i.span)
    return state


@transfers(ir.AnnotateAttribute)
def _annotate_attribute(frame: Frame, state: State, i: ir.AnnotateAttribute) -> State:
    declared = frame.world.annotations.declared(i.annotation, frame.world.module_of(frame.function.id))
    if not declared:
        return state
    value = read(frame, state, frame.registers[i.base], attribute(i.name))
    said = with_client(frame, state, value, declared, frame.site(i.span) + "~declared")
    if said is not value:
        registration.set_attribute(frame, state, frame.registers[i.base], i.name, said, i.span, call_values)
    _hint(frame, value, declared)
    return state


def _hint(frame: Frame, value: Value, declared: Types) -> None:
    for obj in value.objects():
        if obj.kind in (Kind.EXTERNAL, Kind.FIELD) and obj.cls is None:
            frame.hints.setdefault(obj, declared)


@transfers(ir.MakeFunction)
def _make_function(frame: Frame, state: State, i: ir.MakeFunction) -> State:
    function = frame.world.function(i.function)
    captures = function is not None and bool(function.frees)
    for name, register in i.defaults:
        frame.world.keep_default(frame, state, i.function, name, frame.registers[register])
    frame.registers[i.target] = of(FunctionAtom(i.function, frame.cells if captures else None))
    return state


@transfers(ir.MakeClass)
def _make_class(frame: Frame, state: State, i: ir.MakeClass) -> State:
    registration.make_class(frame, state, i, call_values)
    frame.registers[i.target] = of(ClassAtom(i.class_id))
    return state


@transfers(ir.Import)
def _import(frame: Frame, state: State, i: ir.Import) -> State:
    name = i.module.partition(".")[0] if i.top else i.module
    frame.registers[i.target] = _module_value(frame, name)
    if i.top and "." in i.module:
        frame.world.program.find(i.module, frame.module.name)
    return state


def _module_value(frame: Frame, name: str) -> Value:
    found = frame.world.program.find(name, frame.module.name)
    return of(ModuleAtom(found)) if found is not None else of(ApiAtom(ApiPath(frame.world.policy.canonical(name))))


@transfers(ir.ImportFrom)
def _import_from(frame: Frame, state: State, i: ir.ImportFrom) -> State:
    value = imported_from(frame.world.program, frame.module, i)
    if value is None:
        value = frame.world.exported(f"{absolute_name(frame.module, i.module, i.level)}.{i.name}")
    lazy = [atom for atom in value.atoms if isinstance(atom, LazyImport) and frame.world.gives_on_demand(atom)]
    for atom in lazy:
        module = of(ModuleAtom(atom.module))
        value, after = read_attribute(frame, state, module, atom.name, i.span, "", call_values)
        state = after if after is not None else state
    frame.registers[i.target] = value
    return state


@transfers(ir.ImportStar)
def _import_star(frame: Frame, state: State, i: ir.ImportStar) -> State:
    module = absolute_name(frame.module, i.module, i.level)
    found = frame.world.program.find(module, frame.module.name)
    holder = frame.world.objects.module(ModuleName(frame.module.name))
    value = of(ModuleAtom(found)) if found is not None else of(ApiAtom(ApiPath(module)))
    frame.world.shared.write(holder, STARS, value)
    return state


@transfers(ir.Assumed)
def _assumed(frame: Frame, state: State, i: ir.Assumed) -> State:
    state.facts = frozenset(
        fact._replace(asserted=True) if type(fact) is Fact and fact.location.line == i.span.line else fact
        for fact in state.facts
    )
    return state
