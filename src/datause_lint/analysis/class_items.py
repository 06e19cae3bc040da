"""What a class gives for a key: ``Annotated[Account, Depends(load)]``, a member of an enumeration, ``Class[key]``."""

from __future__ import annotations

from datause_lint.analysis.access import TUPLE
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, ClassAtom, FunctionAtom
from datause_lint.analysis.enums import is_enum, member_named
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import index
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath


def generic_alias(frame: Frame, state: State, base: Value, key: Value, span: Span) -> Value | None:
    """``Annotated[Account, Depends(load)]`` as a value."""
    for atom in base.atoms:
        if isinstance(atom, ApiAtom) and atom.receiver is None and _is_class_path(atom.path):
            made = frame.world.objects.new(frame.site(span), api=ApiPath(f"{atom.path}[]"))
            state.allocate(made)
            items = key.only_object()
            if items is not None and items.api == TUPLE:
                for name, item in [(k, v) for k, v in state.heap.get(items, {}).items() if k.startswith("[")]:
                    state.store(made, name, item)
            else:
                state.store(made, index(0), key)
            return of(made)
        if isinstance(atom, ClassAtom):
            return member_named(frame, atom.cls, key) if is_enum(frame, atom.cls) else of(atom)
    return None


def class_getitem(frame: Frame, base: Value) -> Value:
    """What a class of the program says ``Class[key]`` is."""
    bound: list[Atom] = []
    for atom in base.atoms:
        found = frame.world.class_attribute(atom.cls, "__class_getitem__") if isinstance(atom, ClassAtom) else None
        for each in found[0].atoms if found is not None else ():
            if isinstance(each, FunctionAtom) and isinstance(atom, ClassAtom):
                bound.append(BoundAtom(each.function, each.environment, frame.world.objects.class_object(atom.cls)))
    return of(*bound)


def _is_class_path(path: str) -> bool:
    last = path.rpartition(".")[2]
    return last[:1].isupper() or last in ("list", "dict", "set", "tuple", "frozenset", "type", "defaultdict", "deque")
