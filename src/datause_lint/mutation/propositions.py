"""What a piece of evidence is asked: the smallest condition around it, and which outcome of it means consent."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import libcst as cst

from datause_lint.mutation.tree import Tree
from datause_lint.policy.entries import Evidence, Guard


@dataclass(frozen=True, slots=True)
class Proposition:
    node: cst.BaseExpression
    consent: bool  # the outcome that means consent
    of_rows: bool  # a mask or a condition of a query, of which ``~`` is the contrary


class _Unknown:
    """A value of which nothing is known but that the policy takes it for consent."""


_GRANTED: Final = _Unknown()
_COMPARED: Final[dict[type[cst.BaseCompOp], Callable[[object, object], object]]] = {
    cst.Equal: operator.eq,
    cst.Is: operator.is_,
    cst.NotEqual: operator.ne,
    cst.IsNot: operator.is_not,
    cst.In: lambda value, options: value in options,  # type: ignore[operator]  # checked where it is called
    cst.NotIn: lambda value, options: value not in options,  # type: ignore[operator]
}
_SAYS_NO: Final = frozenset({"", "0", "n", "no", "f", "false", "off", "none", "null"})
_NEGATIVE: Final = (cst.NotEqual, cst.IsNot, cst.NotIn)
_ASKED: Final = {"is_": False, "is_not": True, "isnot": True, "eq": False, "ne": True, "isnull": False, "notnull": True}


def proposition(tree: Tree, evidence: cst.BaseExpression, guard: Guard) -> Proposition | None:
    """None where the evidence is in no condition of its own: the subject of a ``match``, a key."""
    value = _granted(guard)
    node: cst.CSTNode = evidence
    decided = not isinstance(value, _Unknown) or guard.evidence is Evidence.SET
    while (around := tree.parent(node)) is not None:
        if isinstance(around, (cst.Await, cst.NamedExpr)) or _is_value_of_enum(around):
            node = around
        elif isinstance(around, (cst.Comparison, cst.ComparisonTarget)):
            whole = around if isinstance(around, cst.Comparison) else tree.parent(around)
            if not isinstance(whole, cst.Comparison) or len(whole.comparisons) != 1:
                return None
            return _made(tree, whole, _outcome(tree, whole, node, value))
        elif (called := _asked(tree, node, around)) is not None:
            call, outcome = called
            if outcome is None:
                node = call
                continue
            return _made(tree, call, outcome == bool(value))
        elif isinstance(around, cst.Arg) and _is_bool(tree.parent(around)):
            node = tree.parent(around) or around
        else:
            break
    return _made(tree, node, bool(value)) if decided and isinstance(node, cst.BaseExpression) else None


def _is_value_of_enum(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value in ("value", "name")


def _granted(guard: Guard) -> object:
    """A value that means consent."""
    if guard.evidence is Evidence.FALSE:
        return False
    if guard.evidence is Evidence.TRUE:
        return True
    return _GRANTED


def _made(tree: Tree, node: cst.BaseExpression, consent: bool) -> Proposition:
    if isinstance(node, cst.NamedExpr):  # the variable is to hold the spoiled outcome, too
        node = node.value
    return Proposition(node, consent, _is_of_rows(tree, node))


def _outcome(tree: Tree, whole: cst.Comparison, node: cst.CSTNode, value: object) -> bool:
    """What the comparison comes to where there is consent."""
    (target,) = whole.comparisons
    other = target.comparator if whole.left is node else whole.left
    negative = isinstance(target.operator, _NEGATIVE)
    if isinstance(value, _Unknown):
        return negative if _is_none(other) else not negative
    try:
        literal = ast.literal_eval(tree.code(other).strip())
        return bool(_COMPARED[type(target.operator)](value, _as_answer(literal)))
    except (ValueError, SyntaxError, KeyError, TypeError):
        return not negative


def _as_answer(literal: object) -> object:
    """Files and forms spell yes and no as texts and numbers."""
    if isinstance(literal, (tuple, list, set)):
        return [_as_answer(each) for each in literal]
    if isinstance(literal, str):
        return literal.strip().lower() not in _SAYS_NO
    return bool(literal) if isinstance(literal, (int, float)) else literal


def _is_none(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def _asked(tree: Tree, node: cst.CSTNode, around: cst.CSTNode) -> tuple[cst.Call, bool | None] | None:
    """``column.is_(True)``: the call, and the outcome that it asks for; None for a method that only passes on."""
    if not isinstance(around, cst.Attribute) or around.value is not node or around.attr.value not in _ASKED:
        return None
    call = tree.parent(around)
    if not isinstance(call, cst.Call) or call.func is not around:
        return None
    negative = _ASKED[around.attr.value]
    text = tree.code(call.args[0].value).strip() if call.args else "None"
    wanted = {"True": True, "true()": True, "False": False, "false()": False, "None": False}.get(text, True)
    return call, wanted != negative


def _is_bool(node: cst.CSTNode | None) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "bool"


def _is_of_rows(tree: Tree, node: cst.CSTNode) -> bool:
    around = tree.parent(node)
    if isinstance(around, cst.BinaryOperation):
        return isinstance(around.operator, (cst.BitAnd, cst.BitOr))
    if isinstance(around, cst.UnaryOperation):
        return isinstance(around.operator, cst.BitInvert)
    if isinstance(around, cst.Index):
        return True
    call = tree.parent(around) if isinstance(around, cst.Arg) else None
    return isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) and call.func.attr.value in QUERYING


QUERYING: Final = frozenset({"where", "filter", "filter_by", "having", "exclude", "query"})
