"""What a module will bind its names to, by its text: for who asks while the module's body is still running.

Bodies are run when they are asked for, not in the order in which Python imports them. So somebody may ask for a name
that Python would have bound by then.
"""

from __future__ import annotations

from datause_lint.analysis.atoms import ClassAtom, FunctionAtom, LazyImport, ModuleAtom
from datause_lint.analysis.program import Program
from datause_lint.analysis.values import Value, of
from datause_lint.ir import instructions as ir
from datause_lint.ir.module import ModuleIR
from datause_lint.names import ModuleName

Definition = ir.MakeFunction | ir.MakeClass | ir.ImportFrom


class Definitions:
    """Found once for each module: a long body asks for many of its names."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._by_name: dict[ModuleName, dict[str, Definition]] = {}

    def value(self, module: ModuleIR, name: str) -> Value | None:
        """What a definition without decorators, or an import of a part of the program, binds the name to."""
        if module.name not in self._by_name:
            self._by_name[module.name] = _definitions(module)
        found = self._by_name[module.name].get(name)
        return _bound(self._program, module, found) if found is not None else None


def _definitions(module: ModuleIR) -> dict[str, Definition]:
    """The first one of each name."""
    found: dict[str, Definition] = {}
    for block in module.functions[module.body].blocks:
        made: dict[ir.Register, Definition] = {}
        for i in block.instructions:
            match i:
                case ir.MakeFunction() | ir.MakeClass() | ir.ImportFrom():
                    made[i.target] = i
                case ir.Store() if i.source in made:
                    found.setdefault(i.name, made[i.source])
    return found


def _bound(program: Program, module: ModuleIR, i: Definition) -> Value | None:
    if isinstance(i, ir.MakeFunction):
        return of(FunctionAtom(i.function, None))
    if isinstance(i, ir.MakeClass):
        return of(ClassAtom(i.class_id))
    return imported_from(program, module, i)


def imported_from(program: Program, module: ModuleIR, i: ir.ImportFrom) -> Value | None:
    """What ``from x import y`` brings when a part of the program; None for code from outside."""
    source = absolute_name(module, i.module, i.level)
    found = program.find(source, module.name)
    if found is not None:
        return of(LazyImport(found, i.name))
    inner = program.find(f"{source}.{i.name}", module.name)
    return of(ModuleAtom(inner)) if inner is not None else None


def absolute_name(module: ModuleIR, name: str, level: int) -> str:
    if level == 0:
        return name
    parts = module.name.split(".")
    if not module.is_package:
        parts = parts[:-1]
    parts = parts[: len(parts) - (level - 1)]
    return ".".join([*parts, name] if name else parts)
