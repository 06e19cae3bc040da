"""The conditions of a query as the code states them: keywords, ``Q`` objects and expressions, as one tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from datause_lint.analysis.access import stored_keys, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.surely_in import surely_in
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import Value, const, of

Q: Final = "django.db.models.Q()"
EXISTS: Final = "Exists"
CASE: Final = "Case"
WRAPPER: Final = "ExpressionWrapper"
COALESCE: Final = "Coalesce"
LOOKUPS: Final = frozenset(
    """exact iexact contains icontains in gt gte lt lte startswith istartswith endswith iendswith range date year
    iso_year month day week week_day iso_week_day quarter time hour minute second isnull regex iregex search
    trigram_similar unaccent has_key has_keys has_any_keys contained_by overlap len""".split()
)
MAXIMAL_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class Condition:
    """``operator`` is and, or, not, leaf, unknown, or either: one of them, as it happens.

    A leaf compares what the path leads to with a value.
    """

    operator: str
    children: tuple[Condition, ...] = ()
    path: tuple[str, ...] = ()
    lookup: str = ""
    value: Value | None = None


UNKNOWN: Final = Condition("unknown")
NEVER: Final = Condition("never")  # true: a part of something else that it leaves as it is


def conditions_of(frame: Frame, state: State, arguments: Arguments) -> Condition:
    """Those of ``filter(…)``: all must hold."""
    listed = [each for held in arguments.lists for each in surely_in(state, held)]
    parts = [of_value(frame, state, value, 0) for value in (*arguments.positional, *listed)]
    parts.extend(
        leaf(name, value) if name not in arguments.maybe else UNKNOWN for name, value in arguments.keywords.items()
    )
    if arguments.more is not None or arguments.more_keywords is not None:
        parts.append(UNKNOWN)
    return Condition("and", tuple(parts))


def leaf(keyword: str, value: Value) -> Condition:
    path, lookup = split(keyword)
    return Condition("leaf", (), path, lookup, value)


def split(keyword: str) -> tuple[tuple[str, ...], str]:
    """``sender__ai_consent__exact``: the way to the field, and the comparison."""
    parts = keyword.split("__")
    lookups: list[str] = []
    while len(parts) > 1 and parts[-1] in LOOKUPS:
        lookups.append(parts.pop())
    lookup = lookups[0] if lookups else "exact"
    if len(lookups) > 1 and lookup != "isnull":  # of a part of the value: ``joined__year__in``
        lookup = "other"
    return tuple(parts), lookup


def of_value(frame: Frame, state: State, value: Value, depth: int) -> Condition:
    """A ``Q`` object, an ``Exists``, or something that may be one of several."""
    if depth > MAXIMAL_DEPTH or len(value.atoms) > MAXIMAL_DEPTH:
        return UNKNOWN
    atoms: list[Atom] = [*value.objects()] or [*value.atoms]  # data beside an object is what has gone into it
    found = [_of_object(frame, state, atom, depth) if type(atom) is Obj else UNKNOWN for atom in atoms]
    return found[0] if len(found) == 1 else Condition("either", tuple(found))


def _of_object(frame: Frame, state: State, obj: Obj, depth: int) -> Condition:
    if obj.api == Q:
        return _of_q(frame, state, obj, depth)
    name = last_name((obj.api or "").removesuffix("()"))
    if name == EXISTS:
        return Condition("leaf", (), (), "exists", of(obj))
    if name == COALESCE:
        return _of_coalesce(frame, state, obj, depth)
    if name == CASE:
        return _of_case(frame, state, obj, depth)
    if name == "F":
        return truth_of(frame, state, of(obj), depth)
    wrapped = stored_value(frame, state, obj, "@argument0") if name == WRAPPER else None
    return of_value(frame, state, wrapped, depth + 1) if wrapped is not None else UNKNOWN


def _of_case(frame: Frame, state: State, obj: Obj, depth: int) -> Condition:
    """``Case(When(ai_consent=True, then=Value(True)), default=Value(False))``: true where one that says so is."""
    given = [stored_value(frame, state, obj, f"@argument{place}") for place in range(MAXIMAL_DEPTH)]
    cases = [each.only_object() for each in given if each is not None]
    if None in cases or stored_value(frame, state, obj, f"@argument{MAXIMAL_DEPTH}") is not None:
        return UNKNOWN
    ways = [_of_when(frame, state, each, depth) for each in cases if each is not None]
    default = stored_value(frame, state, obj, "@argument:default")
    return Condition("or", (*ways, truth_of(frame, state, default, depth) if default is not None else NEVER))


def _of_when(frame: Frame, state: State, obj: Obj, depth: int) -> Condition:
    """That the condition holds, and the value is true."""
    parts: list[Condition] = []
    then: Value | None = None
    for key in stored_keys(frame, state, obj):
        value = stored_value(frame, state, obj, key)
        if value is None or not key.startswith("@argument"):
            continue
        if key in ("@argument:then", "@argument1"):
            then = value
        elif key == "@argument0":
            parts.append(of_value(frame, state, value, depth + 1))
        elif key.startswith("@argument:") and key != "@argument:condition":
            parts.append(leaf(key.partition(":")[2], value))
    truth = truth_of(frame, state, then, depth) if then is not None else UNKNOWN
    return NEVER if truth.operator == "never" else Condition("and", (*parts, truth))


def _of_coalesce(frame: Frame, state: State, obj: Obj, depth: int) -> Condition:
    """``Coalesce("ai_consent", False)``: true where whichever of them is not NULL is true."""
    given = [stored_value(frame, state, obj, f"@argument{place}") for place in range(MAXIMAL_DEPTH)]
    return Condition("or", tuple(truth_of(frame, state, each, depth) for each in given if each is not None))


def truth_of(frame: Frame, state: State, value: Value, depth: int) -> Condition:
    """That a field, an expression or a constant is true."""
    constant, only = value.constant(), value.only_object()
    name = last_name((only.api or "").removesuffix("()")) if only is not None else ""
    inner = stored_value(frame, state, only, "@argument0") if only is not None and name in ("F", "Value") else None
    if inner is not None and name == "F":
        return truth_of(frame, state, inner, depth)
    if inner is not None:
        constant = inner.constant()
    elif constant is not None and isinstance(constant.value, str):
        return leaf(constant.value, const(True))
    if constant is not None:
        return UNKNOWN if constant.value else NEVER
    return of_value(frame, state, value, depth + 1)


def _of_q(frame: Frame, state: State, obj: Obj, depth: int) -> Condition:
    arguments = Arguments()
    operator, negated = "and", False
    for key in stored_keys(frame, state, obj):
        value = stored_value(frame, state, obj, key)
        if value is None:
            continue
        if key == "@operator":
            constant = value.constant()
            operator = str(constant.value) if constant is not None else "unknown"
        elif key == "@negated":
            negated = True
        elif key.startswith("@argument:"):
            arguments.keywords[key.partition(":")[2]] = value
        elif key.startswith("@argument"):
            arguments.positional.append(value)
        elif key == "@more":
            arguments.more = value
    options: dict[str, Value] = {}
    for option in ("_connector", "_negated"):
        if option in arguments.keywords:
            options[option] = arguments.keywords.pop(option)
    parts = [of_value(frame, state, value, depth + 1) for value in arguments.positional]
    parts.extend(leaf(name, value) for name, value in arguments.keywords.items())
    if arguments.more is not None:
        parts.append(UNKNOWN)
    operator = _connector(options, operator)
    condition = Condition(operator, tuple(parts))
    if "_negated" in options and not is_constant(options["_negated"], False):
        negated = True
    return Condition("not", (condition,)) if negated else condition


def _connector(options: dict[str, Value], operator: str) -> str:
    if "_connector" not in options:
        return operator
    constant = options["_connector"].constant()
    name = str(constant.value).lower() if constant is not None else "or"
    return name if name in ("and", "or") else "or"


def is_constant(value: Value, wanted: object) -> bool:
    constant = value.constant()
    return constant is not None and constant.value is wanted
