"""SQL conditions in three-valued logic, over values of which some are known.

A condition is evaluated as if a person's consent column held some value, while nothing is known of the other columns.
Where it cannot come out true for any value that is no consent, the rows that it keeps have consent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from datause_lint.analysis.evidence import OTHER, TEXT_FALSE, TEXT_TRUE

if TYPE_CHECKING:
    from sqlglot import exp

UNKNOWN: Final = object()  # a value of which nothing is known

Outcomes = frozenset[object]  # True, False, None: those that a condition may have
YES: Final[Outcomes] = frozenset((True,))
NO: Final[Outcomes] = frozenset((False,))
NULL: Final[Outcomes] = frozenset((None,))
ANY: Final[Outcomes] = frozenset((True, False, None))
EITHER: Final[Outcomes] = frozenset((True, False))


class Place(NamedTuple):
    """A column of one of the statement's tables, as the statement calls that."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """One column's value, or that a table has no row; ``named`` are the values that a policy tells apart."""

    place: Place | None = None
    value: object = None
    named: tuple[object, ...] = ()
    absent: str = ""


class Logic:
    """Evaluates conditions under an assumption."""

    def __init__(
        self,
        assumption: Assumption,
        constants: Mapping[str, object],
        place_of: Callable[[exp.Column], Place],
        exists: Callable[[exp.Expr, Logic], Outcomes],
    ) -> None:
        self.assumption = assumption
        self._constants = constants
        self._place_of = place_of
        self._exists = exists

    # ── conditions ────────────────────────────────────────────────────────────────────────────────────────────────

    def truth(self, node: exp.Expr | None) -> Outcomes:
        """What the condition may come out as."""
        if node is None:
            return YES
        handler = _CONDITIONS.get(type(node).__name__)
        if handler is not None:
            return handler(self, node)
        return frozenset(outcome for value in self.values(node) for outcome in _truth_of(value))

    def compare(self, node: exp.Expr, left: object, right: object) -> Outcomes:
        return compared(type(node).__name__, left, right, self.assumption.named)

    def subquery(self, query: exp.Expr) -> Outcomes:
        return self._exists(query, self)

    # ── values ────────────────────────────────────────────────────────────────────────────────────────────────────

    def values(self, node: exp.Expr) -> tuple[object, ...]:
        """The values that the expression may have."""
        name = type(node).__name__
        if name == "Column":
            return (self._column(node),)
        if name in ("Placeholder", "Parameter"):
            return (self._constants.get(placeholder_name(node), UNKNOWN),)
        handler = _VALUES.get(name)
        if handler is not None:
            return handler(self, node)
        if name in _CONDITIONS:
            return tuple(self.truth(node))
        return (UNKNOWN,)

    def _column(self, node: exp.Expr) -> object:
        place = self._place_of(node)  # type: ignore[arg-type]  # a Column, by the caller
        assumed = self.assumption
        if assumed.absent and place.table == assumed.absent:
            return None
        return assumed.value if place == assumed.place else UNKNOWN


def placeholder_name(node: exp.Expr) -> str:
    inner = node.this
    return str(getattr(inner, "name", None) or inner or "")


# ── operators ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _and(logic: Logic, node: exp.Expr) -> Outcomes:
    left, right = logic.truth(node.this), logic.truth(node.args.get("expression"))
    return frozenset(_both(a, b) for a in left for b in right)


def _both(a: object, b: object) -> object:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def _or(logic: Logic, node: exp.Expr) -> Outcomes:
    left, right = logic.truth(node.this), logic.truth(node.args.get("expression"))
    return frozenset(_negated(_both(_negated(a), _negated(b))) for a in left for b in right)


def _negated(outcome: object) -> object:
    return None if outcome is None else not outcome


def _not(logic: Logic, node: exp.Expr) -> Outcomes:
    return frozenset(_negated(outcome) for outcome in logic.truth(node.this))


def _paren(logic: Logic, node: exp.Expr) -> Outcomes:
    return logic.truth(node.this)


def _comparison(logic: Logic, node: exp.Expr) -> Outcomes:
    left, right = logic.values(node.this), logic.values(node.args["expression"])
    return frozenset(outcome for a in left for b in right for outcome in logic.compare(node, a, b))


def _is(logic: Logic, node: exp.Expr) -> Outcomes:
    """``x IS NULL``, ``x IS TRUE``: never NULL itself."""
    target = node.args["expression"]
    if type(target).__name__ == "Not":
        return frozenset(_negated(outcome) for outcome in _is_what(logic, node.this, target.this))
    return _is_what(logic, node.this, target)


def _is_what(logic: Logic, subject: exp.Expr, target: exp.Expr) -> Outcomes:
    name = type(target).__name__
    if name == "Null":
        return frozenset(outcome for value in logic.values(subject) for outcome in _is_null(value))
    if name == "Boolean":
        wanted = bool(target.this)
        found = frozenset(outcome for value in logic.values(subject) for outcome in _truth_of(value))
        return frozenset(outcome is wanted for outcome in found)
    return EITHER


def _is_null(value: object) -> Outcomes:
    if value is UNKNOWN:
        return EITHER
    return YES if value is None else NO


def _in(logic: Logic, node: exp.Expr) -> Outcomes:
    query = node.args.get("query")
    if query is not None:
        return logic.subquery(query)
    options = node.args.get("expressions") or []
    if not options:
        return ANY
    found: set[object] = set()
    for value in logic.values(node.this):
        outcome: Outcomes = NO
        for option in options:
            each = frozenset(o for b in logic.values(option) for o in compared("EQ", value, b, logic.assumption.named))
            outcome = frozenset(_negated(_both(_negated(a), _negated(b))) for a in outcome for b in each)
        found.update(outcome)
    return frozenset(found)


def _exists(logic: Logic, node: exp.Expr) -> Outcomes:
    return logic.subquery(node.this)


def _between(logic: Logic, node: exp.Expr) -> Outcomes:
    return NULL if None in logic.values(node.this) else ANY


def _text_match(logic: Logic, node: exp.Expr) -> Outcomes:
    """``LIKE`` without a wildcard is equality; with NULL it is NULL."""
    found: set[object] = set()
    for value in logic.values(node.this):
        for pattern in logic.values(node.args["expression"]):
            if value is None or pattern is None:
                found.add(None)
            elif isinstance(value, str) and isinstance(pattern, str) and not set("%_*?") & set(pattern):
                found.add(value.lower() == pattern.lower())
            else:
                found.update(EITHER if value is not UNKNOWN else ANY)
    return frozenset(found)


_CONDITIONS: Final[dict[str, Callable[[Logic, exp.Expr], Outcomes]]] = {
    "And": _and,
    "Or": _or,
    "Not": _not,
    "Paren": _paren,
    "Is": _is,
    "In": _in,
    "Exists": _exists,
    "Between": _between,
    "Like": _text_match,
    "ILike": _text_match,
    **dict.fromkeys(("EQ", "NEQ", "GT", "GTE", "LT", "LTE", "NullSafeEQ", "NullSafeNEQ"), _comparison),
}


def compared(operator: str, left: object, right: object, named: tuple[object, ...]) -> Outcomes:
    if operator in ("NullSafeEQ", "NullSafeNEQ"):
        if left is None and right is None:
            equal: Outcomes = YES
        elif left is None or right is None:
            equal = NO if UNKNOWN not in (left, right) else EITHER
        else:
            equal = frozenset(bool(outcome) for outcome in _equal(left, right, named))
        return equal if operator == "NullSafeEQ" else frozenset(_negated(outcome) for outcome in equal)
    if left is None or right is None:
        return NULL
    if operator == "EQ":
        return _equal(left, right, named)
    if operator == "NEQ":
        return frozenset(_negated(outcome) for outcome in _equal(left, right, named))
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        ordered = {"GT": left > right, "GTE": left >= right, "LT": left < right, "LTE": left <= right}
        return frozenset((ordered[operator],))
    return ANY if UNKNOWN in (left, right) else EITHER


def _equal(left: object, right: object, named: tuple[object, ...]) -> Outcomes:
    if UNKNOWN in (left, right):
        return ANY
    if OTHER in (left, right):
        constant = right if left is OTHER else left
        return NO if constant in named else EITHER
    if isinstance(left, bool) or isinstance(right, bool):
        left, right = _as_boolean(left), _as_boolean(right)
    if isinstance(left, str) != isinstance(right, str):
        left, right = str(left), str(right)
    return frozenset((left == right,))


def _as_boolean(value: object) -> object:
    """``'t'`` and ``1`` are how some databases, and most files, write true."""
    if isinstance(value, str):
        word = value.strip().lower()
        return True if word in TEXT_TRUE else False if word in TEXT_FALSE else value
    return bool(value) if value in (0, 1) else value


def _truth_of(value: object) -> Outcomes:
    if value is None:
        return NULL
    if value is UNKNOWN:
        return ANY
    if value is OTHER:
        return EITHER
    known = _as_boolean(value)
    return frozenset((known,)) if isinstance(known, bool) else YES if isinstance(known, (int, float)) else EITHER


# ── expressions ───────────────────────────────────────────────────────────────────────────────────────────────────


def _literal(logic: Logic, node: exp.Expr) -> tuple[object, ...]:
    text = str(node.this)
    if node.is_string:
        return (text,)
    try:
        return (int(text),)
    except ValueError:
        try:
            return (float(text),)
        except ValueError:
            return (UNKNOWN,)


def _inner(logic: Logic, node: exp.Expr) -> tuple[object, ...]:
    return logic.values(node.this)


def _cased(change: Callable[[str], str]) -> Callable[[Logic, exp.Expr], tuple[object, ...]]:
    def evaluate(logic: Logic, node: exp.Expr) -> tuple[object, ...]:
        return tuple(change(value) if isinstance(value, str) else value for value in logic.values(node.this))

    return evaluate


def _coalesce(logic: Logic, node: exp.Expr) -> tuple[object, ...]:
    """The first that is not NULL."""
    found: dict[object, None] = {}
    for option in (node.this, *(node.args.get("expressions") or [])):
        values = logic.values(option)
        found.update(dict.fromkeys(value for value in values if value is not None))
        if None not in values and UNKNOWN not in values:
            return tuple(found)
    found[None] = None
    return tuple(found)


def _case(logic: Logic, node: exp.Expr) -> tuple[object, ...]:
    found: dict[object, None] = {}
    subject = node.this
    for branch in node.args.get("ifs") or []:
        if subject is not None:
            pairs = [(a, b) for a in logic.values(subject) for b in logic.values(branch.this)]
            outcome = frozenset(o for a, b in pairs for o in compared("EQ", a, b, logic.assumption.named))
        else:
            outcome = logic.truth(branch.this)
        if True in outcome:
            found.update(dict.fromkeys(logic.values(branch.args["true"])))
        if outcome == YES:
            return tuple(found)
    default = node.args.get("default")
    found.update(dict.fromkeys(logic.values(default) if default is not None else (None,)))
    return tuple(found)


def _if(logic: Logic, node: exp.Expr) -> tuple[object, ...]:
    outcome = logic.truth(node.this)
    found: dict[object, None] = {}
    if True in outcome:
        found.update(dict.fromkeys(logic.values(node.args["true"])))
    if outcome != YES:
        otherwise = node.args.get("false")
        found.update(dict.fromkeys(logic.values(otherwise) if otherwise is not None else (None,)))
    return tuple(found)


def _nullif(logic: Logic, node: exp.Expr) -> tuple[object, ...]:
    found: dict[object, None] = {}
    for value in logic.values(node.this):
        for other in logic.values(node.args["expression"]):
            outcome = compared("EQ", value, other, logic.assumption.named)
            if True in outcome:
                found[None] = None
            if outcome != YES:
                found[value] = None
    return tuple(found)


_VALUES: Final[dict[str, Callable[[Logic, exp.Expr], tuple[object, ...]]]] = {
    "Literal": _literal,
    "Boolean": lambda logic, node: (bool(node.this),),
    "Null": lambda logic, node: (None,),
    "Lower": _cased(str.lower),
    "Upper": _cased(str.upper),
    "Trim": _cased(str.strip),
    "Coalesce": _coalesce,
    "Case": _case,
    "If": _if,
    "Nullif": _nullif,
    **dict.fromkeys(("Paren", "Cast", "TryCast", "LogicalAnd", "Min"), _inner),
}
