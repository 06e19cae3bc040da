"""Which instructions may raise: what a handler sees is the state at one of those, and what was done before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import CONTAINERS, DICT, SEQUENCES, surely_holds
from datause_lint.analysis.arguments import known_length
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj, attribute, index
from datause_lint.analysis.state import State
from datause_lint.analysis.values import Value
from datause_lint.ir import instructions as ir

CHANGING: Final = frozenset(
    {
        ir.Store, ir.Delete, ir.SetAttribute, ir.DeleteAttribute, ir.SetItem, ir.DeleteItem, ir.Append, ir.Call,
        ir.Binary, ir.ImportStar,
    }
)  # fmt: skip
"""Instructions after which a handler sees something else than before."""

SILENT: Final = frozenset(
    {
        ir.Const, ir.Load, ir.Store, ir.Delete, ir.Annotate, ir.AnnotateAttribute, ir.Append, ir.BuildDict,
        ir.MakeFunction, ir.Caught, ir.Handled, ir.ExceptionMatches, ir.MatchSequence, ir.MatchMapping,
        ir.MatchClass, ir.PartsLeft, ir.Assumed, ir.Suppresses,
    }
)  # fmt: skip
"""Those that never raise."""

SAY_SO: Final = frozenset({ir.Call, ir.Iterate, ir.Yield, ir.YieldFrom, ir.EnterContext})
"""Those that see to it themselves."""


def may_raise(frame: Frame, state: State, instruction: ir.Instruction) -> bool:
    """Whether Python may raise here, for something that its types do not rule out."""
    kind = type(instruction)
    if kind in SILENT or kind in SAY_SO:
        return False
    fits = _FITS.get(kind)
    return fits is None or not fits(frame, state, instruction)


def end_may_raise(frame: Frame, terminator: ir.Terminator) -> bool:
    """Whether the end of a block may raise: what is drawn from may, and ``__bool__``."""
    if isinstance(terminator, ir.Branch):
        return any(obj.api not in CONTAINERS for obj in frame.registers[terminator.condition].objects())
    return isinstance(terminator, ir.ForNext)


def _new_attribute_fits(frame: Frame, state: State, i: ir.SetAttribute) -> bool:
    only = _only(frame.registers[i.base])
    return only is not None and state.stored(only, attribute(i.name)) is not None


def _item_fits(frame: Frame, state: State, i: ir.GetItem) -> bool:
    only, place = _only(frame.registers[i.base]), _place(frame, i.key)
    return only is not None and only.api in CONTAINERS and place is not None and _is_there(frame, state, only, place)


def _new_item_fits(frame: Frame, state: State, i: ir.SetItem) -> bool:
    only, place = _only(frame.registers[i.base]), _place(frame, i.key)
    if only is None or place is None:
        return False
    return only.api == DICT or (only.api in CONTAINERS and _is_there(frame, state, only, place))


def _is_there(frame: Frame, state: State, holder: Obj, place: str) -> bool:
    length = known_length(frame, state, Value({holder: frozenset()})) if holder.api in SEQUENCES else None
    if length is not None and place[1:-1].lstrip("-").isdigit():
        return -length <= int(place[1:-1]) < length
    return state.stored(holder, place) is not None and surely_holds(frame, state, holder, place)


def _place(frame: Frame, key: ir.Register) -> str | None:
    constants = guards.fold(frame, frame.registers[key])
    return index(constants[0].value) if constants is not None and len(constants) == 1 else None


def _unpacking_fits(frame: Frame, state: State, i: ir.Unpack) -> bool:
    return i.star < 0 and known_length(frame, state, frame.registers[i.source]) == len(i.targets)


def _display_fits(frame: Frame, state: State, i: ir.Build) -> bool:
    if i.kind is ir.BuildKind.STRING:
        return all(type(atom) is Const for item in i.items for atom in frame.registers[item.register].atoms)
    return not any(item.starred for item in i.items)


def _operation_fits(frame: Frame, state: State, i: ir.Binary) -> bool:
    sides = (frame.registers[i.left].constant(), frame.registers[i.right].constant())
    return i.operator == "+" and None not in sides and len({each.kind for each in sides if each is not None}) == 1


def _negation_fits(frame: Frame, state: State, i: ir.Unary) -> bool:
    return i.operator == "not"


def _comparison_fits(frame: Frame, state: State, i: ir.Compare) -> bool:
    return i.operator in ("is", "is not", "==", "!=")


_FITS: Final[dict[type, Callable[[Frame, State, Any], bool]]] = {
    ir.SetAttribute: _new_attribute_fits,
    ir.GetItem: _item_fits,
    ir.SetItem: _new_item_fits,
    ir.Unpack: _unpacking_fits,
    ir.Build: _display_fits,
    ir.Binary: _operation_fits,
    ir.Unary: _negation_fits,
    ir.Compare: _comparison_fits,
}


def _only(value: Value) -> Obj | None:
    return value.only_object() if len(value.atoms) == 1 else None
