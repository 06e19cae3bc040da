"""Conditions on the rows of a frame: what it proves of a row that a column, compared or combined, is true there."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Final

from datause_lint.analysis import evidence, guards
from datause_lint.analysis.atoms import Const, Data, Label
from datause_lint.analysis.evidence import OTHER, Implied, outcomes, proven
from datause_lint.analysis.facts import NOTHING, Fact, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.dataframes.frames import Table, column_of, condition, series_value
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.sql.logic import EITHER, UNKNOWN, Outcomes, compared
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, Value, carrying
from datause_lint.ir.instructions import Span

COMPARISONS: Final = {"==": "EQ", "!=": "NEQ", "<": "LT", "<=": "LTE", ">": "GT", ">=": "GTE"}
BY_METHOD: Final = {
    "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "equals": "==", "equalTo": "==",
    "eqNullSafe": "==", "eq_missing": "==", "ne_missing": "!=",
}  # fmt: skip
MAXIMAL_QUERY: Final = 4000


def implied_by(value: Value) -> Implied:
    return value.settled().implied


def tested(value: Value, test: Callable[[object, tuple[object, ...]], Outcomes]) -> Implied:
    """What it proves that a test of the column's value holds, and that it does not. A missing value fails it."""
    true: Truths = NOTHING
    false: Truths = NOTHING
    for probe in value.probes:
        domain, _ = outcomes(probe.guard)
        if not domain or probe.negated:
            continue
        named = tuple(each for each in domain if each is not OTHER)
        results = [(each, test(each, named)) for each in domain]
        true |= proven(probe, [each for each, outcome in results if True in outcome])
        false |= proven(probe, [each for each, outcome in results if outcome != {True}])
    return Implied(true, false)


def comparison(frame: Frame, operator: str, left: Value, right: Value) -> Implied:
    """``column == constant``, and the other operators."""
    constants = guards.fold(frame, right)
    if constants is None:
        constants, left, right = guards.fold(frame, left), right, left
        operator = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
    kind = COMPARISONS[operator]

    def test(value: object, named: tuple[object, ...]) -> Outcomes:
        if value is None:
            return frozenset((operator == "!=",))
        if constants is None:
            return EITHER
        return frozenset(outcome for each in constants for outcome in compared(kind, value, each.value, named))

    implied = tested(left, test)
    if constants is not None and len(constants) == 1 and isinstance(constants[0].value, bool):
        return _with_truth(implied, left.implied, constants[0].value is (operator == "=="), operator)
    if constants is None:
        return Implied(implied.true | _anything(left, right, operator), implied.false)
    return implied


def _with_truth(implied: Implied, own: Implied, positive: bool, operator: str) -> Implied:
    """``(a & b) == True``."""
    if operator not in ("==", "!="):
        return implied
    true, false = (own.true, own.false) if positive else (own.false, own.true)
    return Implied(implied.true | true, implied.false | false)


def _anything(left: Value, right: Value, operator: str) -> Truths:
    """``equals = ["*"]``: the column equals whatever is current."""
    if operator != "==":
        return NOTHING
    return frozenset(
        Fact(probe.guard.id, probe.uses, probe.subject, probe.location, probe.guard.organisation)
        for probe in (*left.probes, *right.probes)
        if "*" in probe.guard.values and not probe.negated
    )


def membership(frame: Frame, state: State, column: Value, options: Value, rows: Value) -> Implied:
    """``column.isin(options)``: constants; or the ids of people who have consented."""
    members, theirs = series_value(frame, state, options)
    constants = guards.fold(frame, elements(frame, state, options))
    if constants is not None:

        def test(value: object, named: tuple[object, ...]) -> Outcomes:
            found = [compared("EQ", value, each.value, named) for each in constants]
            if value is None or all(True not in outcome for outcome in found):
                return frozenset((False,))
            return frozenset((True,)) if any(outcome == {True} for outcome in found) else EITHER

        return tested(column, test)
    return Implied(true=consent_of(members, rows, theirs))


def consent_of(members: Value, rows: Value, theirs: Value = EMPTY) -> Truths:
    """What is proven of everybody whose id is among the members, as said of the rows that have such an id. What else
    came with the members of a column is about the rows that it is of."""
    common: Truths | None = None
    for atom, carried in members.atoms.items():
        people = theirs.objects() if type(atom) is Data else _people_of(atom)
        own = frozenset(
            fact._replace(subject=None)
            for fact in carried
            if type(fact) is Fact and (fact.subject is None or fact.subject in people)
        )
        common = own if common is None else common & own
    found = common or NOTHING
    return frozenset(fact._replace(subject=row) for fact in found for row in rows.objects() if type(fact) is Fact)


def _people_of(atom: object) -> list[Obj]:
    if isinstance(atom, Label):
        return [atom.record]
    if isinstance(atom, Obj):
        return [each for each in (atom, atom.base) if each is not None]
    return []


def negated(implied: Implied) -> Implied:
    return Implied(implied.false, implied.true)


def both(left: Implied, right: Implied) -> Implied:
    return Implied(left.true | right.true, common(left.false, right.false))


def either(left: Implied, right: Implied) -> Implied:
    return Implied(common(left.true, right.true), left.false | right.false)


def missing(value: Value) -> Implied:
    """``column.isna()``."""
    implied = implied_by(value)
    return Implied(implied.none, implied.some)


def filled(value: Value, constant: object) -> Implied:
    """``column.fillna(constant)``: a missing value counts as the constant now."""
    implied = implied_by(value)
    if constant is None:
        return Implied()
    if constant:
        return Implied(common(implied.true, implied.none), implied.false)
    return Implied(implied.true, implied.false)


def means_consent(value: Value, constant: Const) -> bool:
    """Whether the constant, in the column, says yes."""
    return any(evidence.comparison(probe, [constant])[0] for probe in value.probes)


def kept_where(call: ModelCall) -> tuple[Truths, Value]:
    """Of ``column.where(condition, other)`` or ``mask``: what is known of what stays, and the data that comes in."""
    given = call.argument(0, "cond")
    implied = implied_by(condition(call.frame, call.state, given))
    other = call.optional(1, "other")
    instead = series_value(call.frame, call.state, other)[0] if other is not None else EMPTY
    kept, gone = (implied.false, implied.true) if call.path.endswith("mask") else (implied.true, implied.false)
    return kept, carrying(Value({a: c for a, c in instead.atoms.items() if type(a) in (Label, Data)}), gone)


def mapped(value: Value, table: dict[object, bool]) -> Implied:
    """``column.map({"yes": True, "no": False})``: what is not in the table is missing, and so not true."""

    def test(each: object, named: tuple[object, ...]) -> Outcomes:
        outcomes_of = {result for key, result in table.items() if True in compared("EQ", each, key, named)}
        certain = any(compared("EQ", each, key, named) == {True} for key in table)
        return frozenset(outcomes_of if certain else {*outcomes_of, False})

    return tested(value, test)


# ── query texts ───────────────────────────────────────────────────────────────────────────────────────────────────


def queried(frame: Frame, state: State, table: Table, text: str, span: Span) -> Implied:
    """``frame.query("training_consent and fee > 0")``."""
    if len(text) > MAXIMAL_QUERY:
        return Implied()
    plain = re.sub(r"`([^`]*)`", lambda match: re.sub(r"\W", "_", match[1]), text)
    plain = re.sub(r"""('[^']*'|"[^"]*")|[&|~]""", _as_word, plain)
    plain = re.sub(r"@(?=[A-Za-z_])", "__local_", plain).replace("{}", "__unknown").replace("\n", " ").strip()
    try:
        tree = ast.parse(plain, mode="eval")
        return _Query(frame, state, table, span).implied(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Implied()


def _as_word(match: re.Match[str]) -> str:
    """pandas gives ``&``, ``|`` and ``~`` the precedence of the words."""
    return match[1] or {"&": " and ", "|": " or ", "~": " not "}[match[0]]


class _Query:
    def __init__(self, frame: Frame, state: State, table: Table, span: Span) -> None:
        self.frame, self.state, self.table, self.span = frame, state, table, span

    def implied(self, node: ast.expr) -> Implied:
        if isinstance(node, ast.BoolOp):
            combine = both if isinstance(node.op, ast.And) else either
            result = self.implied(node.values[0])
            for each in node.values[1:]:
                result = combine(result, self.implied(each))
            return result
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
            combine = both if isinstance(node.op, ast.BitAnd) else either
            return combine(self.implied(node.left), self.implied(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
            return negated(self.implied(node.operand))
        if isinstance(node, ast.Compare):
            return self._compared(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self._called(node.func, node)
        return implied_by(self._value(node))

    def _compared(self, node: ast.Compare) -> Implied:
        result: Implied | None = None
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            each = self._one_comparison(left, operator, right)
            result, left = each if result is None else both(result, each), right
        return result or Implied()

    def _one_comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Implied:
        if isinstance(operator, (ast.In, ast.NotIn)):
            found = self._among(left, right)
            return found if isinstance(operator, ast.In) else negated(found)
        symbol = _SYMBOLS.get(type(operator))
        if symbol is None:
            return Implied()
        if isinstance(right, ast.List) and symbol in ("==", "!="):  # pandas reads it as membership
            return self._among(left, right) if symbol == "==" else negated(self._among(left, right))
        return self._against(symbol, left, right)

    def _against(self, symbol: str, left: ast.expr, right: ast.expr) -> Implied:
        constant, column, turned = _constant(right), left, symbol
        if constant is UNKNOWN:
            constant, column = _constant(left), right
            turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(symbol, symbol)

        def test(value: object, named: tuple[object, ...]) -> Outcomes:
            if value is None:
                return frozenset((turned == "!=",))
            return EITHER if constant is UNKNOWN else compared(COMPARISONS[turned], value, constant, named)

        return tested(self._value(column), test)

    def _among(self, left: ast.expr, right: ast.expr) -> Implied:
        options = (
            [_constant(each) for each in right.elts] if isinstance(right, (ast.List, ast.Tuple, ast.Set)) else [UNKNOWN]
        )

        def test(value: object, named: tuple[object, ...]) -> Outcomes:
            found = [EITHER if each is UNKNOWN else compared("EQ", value, each, named) for each in options]
            if value is None or all(True not in outcome for outcome in found):
                return frozenset((False,))
            return frozenset((True,)) if any(outcome == {True} for outcome in found) else EITHER

        return tested(self._value(left), test)

    def _called(self, function: ast.Attribute, node: ast.Call) -> Implied:
        value = self._value(function.value)
        if function.attr in ("notna", "notnull"):
            return negated(missing(value))
        if function.attr in ("isna", "isnull"):
            return missing(value)
        if function.attr == "fillna" and node.args:
            constant = _constant(node.args[0])
            return filled(value, constant) if constant is not UNKNOWN else Implied()
        if function.attr == "isin" and node.args:
            return self._among(function.value, node.args[0])
        if function.attr in BY_METHOD and node.args:
            return self._against(BY_METHOD[function.attr], function.value, node.args[0])
        return Implied()

    def _value(self, node: ast.expr) -> Value:
        if isinstance(node, ast.Name) and not node.id.startswith("__"):
            return column_of(self.frame, self.state, self.table, node.id, self.span)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in KEEPING:
            return self._value(node.func.value)
        if isinstance(node, ast.Attribute) and node.attr in ("str", "dt"):
            return self._value(node.value)
        return EMPTY


KEEPING: Final = frozenset({"lower", "upper", "strip", "casefold", "astype", "copy"})
_SYMBOLS: Final[dict[type, str]] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


def _constant(node: ast.expr) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in ("true", "false"):
        return node.id == "true"
    return UNKNOWN
