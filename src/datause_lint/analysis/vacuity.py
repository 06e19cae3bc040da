"""Checks that let everybody through: declared guards whose own body, in the scanned program, never refuses."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from datause_lint.analysis.atoms import Const, FunctionAtom
from datause_lint.analysis.stubs import is_abstract
from datause_lint.analysis.summary import Frame as Place
from datause_lint.analysis.values import Value
from datause_lint.analysis.world import World
from datause_lint.findings.finding import Location
from datause_lint.ir.instructions import Call, GetAttribute, Load, Raise
from datause_lint.ir.module import Block, FunctionIR, ModuleIR
from datause_lint.names import FunctionId
from datause_lint.policy.entries import Evidence, Guard, GuardKind

BUDGET: Final = 4_000  # instructions that may be run to find out
_LOGS: Final = frozenset("debug info warning error exception critical log print".split())


def vacuous_guards(world: World, guards: Collection[str]) -> dict[str, list[Place]]:
    """Where functions stand that are one of the guards, by id, and that never refuse."""
    found: dict[str, list[Place]] = {}
    for name in sorted(world.summaries.functions_run()):
        function, module = world.function(name), world.module(world.module_of(name))
        if function is None or module is None:
            continue
        for guard in _guards_that_it_is(world, name):
            if guard.id in guards and _never_refuses(world, function, module, guard):
                found.setdefault(guard.id, []).append(Place(name, Location(module.path, *function.span)))
    return found


def _guards_that_it_is(world: World, name: FunctionId) -> list[Guard]:
    paths = [*world.function_paths(FunctionAtom(name, None)), *world.method_paths(name)]
    found = {
        guard.id: guard
        for kind in (GuardKind.TEST, GuardKind.ENFORCE)
        for path in paths
        for guard in world.policy.guards_at(kind, path)
    }
    return [guard for _, guard in sorted(found.items())]


def _never_refuses(world: World, function: FunctionIR, module: ModuleIR, guard: Guard) -> bool:
    from datause_lint.analysis.interpreter import explore  # which imports the world, as this does

    if function.is_generator or is_abstract(world, function.id):
        return False
    cut, world.summaries.budget = dict(world.cut), BUDGET
    returned, reached = explore(world, function, module)
    world.cut = cut  # a bound that is met here says nothing about the program's flows
    if not returned:
        return False
    if guard.kind is GuardKind.TEST:
        return all(_is_consent(value, guard) for value in returned)
    return not any(isinstance(block.terminator, Raise) or _calls(block) for block in reached)


def _is_consent(value: Value, guard: Guard) -> bool:
    """Whether the value is a constant that the guard takes for consent, whoever is asked about."""
    constants = [atom.value for atom in value.atoms if type(atom) is Const]
    if not constants or len(constants) < len(value.atoms):
        return False
    if guard.evidence is Evidence.TRUE:
        return all(constants)
    if guard.evidence is Evidence.FALSE:
        return not any(constants)
    return guard.evidence is Evidence.EQUALS and all(constant in guard.values for constant in constants)


def _calls(block: Block) -> bool:
    """Whether something is called that may raise: to write a log does not refuse anybody."""
    names = {
        instruction.target: instruction.name
        for instruction in block.instructions
        if isinstance(instruction, (Load, GetAttribute))
    }
    return any(
        isinstance(instruction, Call) and names.get(instruction.function) not in _LOGS
        for instruction in block.instructions
    )
