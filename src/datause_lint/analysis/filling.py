"""What functions put something into, judged by the names that they use for it, before anybody is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from datause_lint.ir import instructions as ir
from datause_lint.ir.instructions import Scope
from datause_lint.ir.module import FunctionIR, FunctionKind, ModuleIR

FILLING: Final = frozenset(
    "append appendleft add update extend insert setdefault put put_nowait push set write send send_nowait".split()
)


MAXIMAL_WAY: Final = 2
"""Names on the way to a call that may give what its module holds: ``state.get_store().add(x)``."""


def filling(function: FunctionIR, *, longest_way: int = MAXIMAL_WAY) -> Iterator[tuple[str, str | None]]:
    """The names through which the function may put something into an object, each with the method that it calls:
    ``QUEUE.put(x)``, ``state.last = x``, ``get_store().add(x)``, ``setattr(state, name, x)``."""
    for block in function.blocks:
        through: dict[int, tuple[str, ...]] = {}  # by register: the names on the way to what it is
        for i in block.instructions:
            match i:
                case ir.Load(target, name):
                    through[target] = (name,)
                case ir.GetAttribute(target, base, name):
                    yield from ((each, name) for each in through.get(base, ()))
                    through[target] = (*through.get(base, ()), name)
                case ir.GetItem(target, base):
                    through[target] = through.get(base, ())
                case ir.Call(target, called, arguments):
                    way = through.get(called, ())
                    given = through.get(arguments[0].register, ()) if arguments else ()
                    if way == ("setattr",):
                        yield from ((each, None) for each in given)
                    through[target] = given if way == ("vars",) else way if len(way) <= longest_way else ()
                case ir.SetAttribute() | ir.SetItem():
                    yield from ((each, None) for each in through.get(i.base, ()))


def methods_that_fill(methods: Iterable[FunctionIR], cls: str = "") -> frozenset[str]:
    """Those that put something into what they are called on, also by one another: into the instance, or into the class
    of that name. A constructor is no such."""
    found: set[str] = set()
    left = [each for each in methods if each.name not in ("__init__", "__new__")]
    while filled := [each for each in left if _fills_its_own(each, cls, FILLING | found)]:
        found.update(each.name for each in filled)
        left = [each for each in left if each not in filled]
    return frozenset(found)


def _fills_its_own(method: FunctionIR, cls: str, verbs: frozenset[str]) -> bool:
    own = {cls, "cls"} if cls else {each.name for each in method.parameters[:1]}
    return any(name in own and (verb is None or verb in verbs) for name, verb in filling(method, longest_way=0))


def globals_set(function: FunctionIR) -> Iterator[str]:
    """``global READY``, and what follows."""
    if function.kind is FunctionKind.FUNCTION:
        for block in function.blocks:
            yield from (i.name for i in block.instructions if type(i) is ir.Store and i.scope is Scope.GLOBAL)


def imported_names(module: ModuleIR) -> Iterator[tuple[str, str]]:
    """What the module imports, each with the name it gives to that: ``import app.state as kept``."""
    for function in module.functions.values():
        for block in function.blocks:
            imported = {
                i.target: i.name if type(i) is ir.ImportFrom else i.module.rpartition(".")[2]
                for i in block.instructions
                if type(i) is ir.ImportFrom or type(i) is ir.Import
            }
            for i in block.instructions if imported else ():
                if type(i) is ir.Store and i.source in imported:
                    yield imported[i.source], i.name
