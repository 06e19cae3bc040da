"""What the conditions of a query prove of the records that satisfy them.

Conditions are a tree of ``Q`` objects and keywords. What a tree proves is found as in any logic: both sides of an
*and*, what both sides of an *or* share, and of a negated condition what its falsehood proves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from datause_lint.analysis.access import LIST, stored_keys, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Atom, Const
from datause_lint.analysis.comparisons import consent_of_members
from datause_lint.analysis.evidence import OTHER, Implied, outcomes
from datause_lint.analysis.facts import NOTHING, Fact, Same, Truth, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.schema import Target, schema_of
from datause_lint.analysis.given_by_code import is_given
from datause_lint.analysis.guards import fold
from datause_lint.analysis.identifiers import relation_of_id
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.objects import ELEMENT, OWN_NUMBERS, Obj, attribute
from datause_lint.analysis.own_numbers import of_different_classes
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.summary import GuardSite
from datause_lint.analysis.surely_in import surely_in
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import Value, const, of
from datause_lint.findings.finding import Location
from datause_lint.names import ApiPath
from datause_lint.policy.entries import Evidence, Guard

Q: Final = "django.db.models.Q()"
EXISTS: Final = "Exists"
CASE: Final = "Case"
WRAPPER: Final = "ExpressionWrapper"
COALESCE: Final = "Coalesce"
OUTER: Final = "OuterRef"
FROM: Final = "@from"  # of a query: the one that it was made from
PLUS: Final = "@where:+"  # followed by a keyword: what the rows satisfy
MINUS: Final = "@where:-"  # what they do not
COLUMN: Final = "@column"  # of values(): what its one column holds
NAMED: Final = "@named"  # of values_list(): the name of its one column
NOTE: Final = "@annotation:"

LOOKUPS: Final = frozenset(
    """exact iexact contains icontains in gt gte lt lte startswith istartswith endswith iendswith range date year
    iso_year month day week week_day iso_week_day quarter time hour minute second isnull regex iregex search
    trigram_similar unaccent has_key has_keys has_any_keys contained_by overlap len""".split()
)
_IDS: Final = frozenset({"pk", "id"})
NATURAL: Final = frozenset({"username", "email", "slug", "uuid"})
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


@dataclass(frozen=True, slots=True)
class Query:
    """Whose records are asked for: the place of the query, its model, and what stands for each of its records."""

    frame: Frame
    state: State
    model: Target | None
    element: Obj
    location: Location
    notes: tuple[tuple[str, Value], ...] = ()  # annotations by name


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


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
        return _truth_of(frame, state, of(obj), depth)
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
    return Condition("or", (*ways, _truth_of(frame, state, default, depth) if default is not None else NEVER))


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
    truth = _truth_of(frame, state, then, depth) if then is not None else UNKNOWN
    return NEVER if truth.operator == "never" else Condition("and", (*parts, truth))


def _of_coalesce(frame: Frame, state: State, obj: Obj, depth: int) -> Condition:
    """``Coalesce("ai_consent", False)``: true where whichever of them is not NULL is true."""
    given = [stored_value(frame, state, obj, f"@argument{place}") for place in range(MAXIMAL_DEPTH)]
    return Condition("or", tuple(_truth_of(frame, state, each, depth) for each in given if each is not None))


def _truth_of(frame: Frame, state: State, value: Value, depth: int) -> Condition:
    """That a field, an expression or a constant is true."""
    constant, only = value.constant(), value.only_object()
    name = last_name((only.api or "").removesuffix("()")) if only is not None else ""
    inner = stored_value(frame, state, only, "@argument0") if only is not None and name in ("F", "Value") else None
    if inner is not None and name == "F":
        return _truth_of(frame, state, inner, depth)
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


# ── what follows ──────────────────────────────────────────────────────────────────────────────────────────────────


def proven(query: Query, condition: Condition, *, holds: bool = True) -> Truths:
    """What the condition's truth, or its falsehood, proves of each record of the query."""
    operator = condition.operator
    if operator == "not":
        return proven(query, condition.children[0], holds=not holds)
    if operator in ("and", "or", "either"):
        parts = [proven(query, child, holds=holds) for child in condition.children if child.operator != "never"]
        if not parts:
            return NOTHING
        if operator == "either":
            return common(*parts)
        return frozenset().union(*parts) if (operator == "and") is holds else common(*parts)
    if operator == "leaf" and condition.value is not None:
        return _of_leaf(query, condition, condition.value, holds=holds)
    return NOTHING


def _of_leaf(query: Query, condition: Condition, value: Value, *, holds: bool) -> Truths:
    if condition.lookup == "exists":
        from datause_lint.analysis.frameworks.django.rows import rows_exist

        return rows_exist(query, value) if holds else NOTHING
    note = dict(query.notes).get(condition.path[0]) if condition.path else None
    if note is not None:
        return _of_note(query, note, value, condition.lookup, holds=holds)
    found: set[Truth] = set(_of_field(query, condition, value, holds=holds))
    if holds:
        found.update(_of_identity(query, condition, value))
        found.update(_of_members(query, condition, value))
    return frozenset(found)


def told_by(query: Query, expression: Value) -> Implied:
    """``annotate(consented=Exists(…))``: what it proves of a record that the expression is true of it, or false."""
    condition = of_value(query.frame, query.state, expression, 0)
    return Implied(proven(query, condition), proven(query, condition, holds=False))


def _of_note(query: Query, note: Value, value: Value, lookup: str, *, holds: bool) -> Truths:
    """``annotate(consented=Exists(…)).filter(consented=True)``, or ``consented=F("author__ai_consent")``."""
    if lookup != "exact":
        return NOTHING
    true, false = is_constant(value, True), is_constant(value, False)
    if (true and holds) or (false and not holds):
        return proven(query, _truth_of(query.frame, query.state, note, 0))
    return NOTHING


def _of_field(query: Query, condition: Condition, value: Value, *, holds: bool) -> Iterator[Fact]:
    """Evidence of consent that a field is."""
    holder, model, nullable, name = _walk(query, condition.path)
    if holder is None:
        return
    nullable = nullable or schema_of(query.frame.world).is_nullable(model, name)
    for guard in query.frame.world.policy.field_guards(name):
        if guard.purpose is not None:
            continue
        subject = None if guard.any_subject else holder
        fact = Fact(guard.id, guard.allows, subject, query.location, guard.organisation)
        query.frame.note_guard(GuardSite(fact, query.frame.function.id))
        if is_given(query.frame, query.state, guard.id):
            continue
        if field_proves(query, guard, condition.lookup, value, holds=holds, nullable=nullable):
            yield fact


def _walk(query: Query, path: tuple[str, ...]) -> tuple[Obj | None, Target | None, bool, str]:
    """The record that the path's last field stands in, its model, whether it may be missing, and the field."""
    schema = schema_of(query.frame.world)
    holder, model, nullable = query.element, query.model, False
    for name in path[:-1]:
        relation = schema.relation(model, name) if model is not None else None
        back = schema.reverse(model, name, in_query=True) if model is not None and relation is None else None
        if relation is not None and not relation.many:
            nullable = nullable or schema.is_nullable(model, name)
            holder, model = holder.child(attribute(name)), relation.target
        elif back is not None and back.one_to_one:
            holder, model, nullable = holder.child(attribute(name)), back.owner, True
        elif relation is not None or back is not None:
            return None, None, True, path[-1]  # one of several: of whom is not said
        elif model is not None and schema.field(model, name) is not None:
            return holder, None, True, path[-1]  # a key in a field of JSON
        else:
            holder, model, nullable = holder.child(attribute(name)), None, True
    return holder, model, nullable, path[-1] if path else ""


def field_proves(query: Query, guard: Guard, lookup: str, value: Value, *, holds: bool, nullable: bool) -> bool:
    """Whether a comparison of the field in SQL, or its failure, leaves only values that prove consent."""
    domain, consenting = outcomes(guard)
    if guard.evidence is Evidence.EQUALS and "*" in guard.values:
        return holds and lookup == "exact" and fold(query.frame, value) != [Const(None, type(None))]
    equal = _equal_values(query, domain, lookup, value)
    if equal is None:
        left = [each for each in domain if each is not None] if holds and lookup != "isnull" else []
    elif holds:
        left = equal
    else:
        left = [each for each in domain if each is OTHER or not any(each is other for other in equal)]
        if not nullable:
            left = [each for each in left if each is not None]
    return bool(left) and all(any(each is other for other in consenting) for each in left)


def _equal_values(query: Query, domain: list[object], lookup: str, value: Value) -> list[object] | None:
    """The values of the domain for which the comparison is true; None where that is not known."""
    if lookup == "isnull":
        constants = fold(query.frame, value)
        if constants is None or len(constants) != 1:
            return None
        return [each for each in domain if (each is None) is bool(constants[0].value)]
    if lookup == "in":
        constants = fold(query.frame, elements(query.frame, query.state, value))
    else:
        constants = fold(query.frame, value) if lookup in ("exact", "iexact") else None
    if constants is None:
        return None
    found: list[object] = []
    for constant in constants:
        named = [each for each in domain if each is not OTHER and is_same(each, constant)]
        found.extend(named or [OTHER])
    return found


def is_same(value: object, constant: Const) -> bool:
    if value is None or isinstance(value, bool):
        return value is constant.value or (
            isinstance(value, bool) and constant.value in (0, 1) and value == constant.value
        )
    return value in (constant.value, constant.name) if constant.name else value == constant.value


# ── who is meant ──────────────────────────────────────────────────────────────────────────────────────────────────


def person_path(query: Query, path: tuple[str, ...]) -> Obj | None:
    """The person whom a path of ids and to-one relations leads to: ``sender``, ``sender_id``, ``sender__pk``."""
    if not path:
        return None
    schema = schema_of(query.frame.world)
    obj, model = query.element, query.model
    for name in path:
        if name in _IDS:
            continue
        if model is not None:
            relation, back = schema.relation(model, name), schema.reverse(model, name, in_query=True)
            of_id = relation_of_id(name)
            if relation is None and back is None and of_id and schema.relation(model, of_id) is not None:
                name, relation = of_id, schema.relation(model, of_id)
            if relation is None and (back is None or not back.one_to_one):
                return None
            if relation is not None and relation.many:
                return None
            model = relation.target if relation is not None else back.owner if back is not None else None
        else:
            name = relation_of_id(name) or name
        obj = obj.child(attribute(name))
    return obj


def _of_identity(query: Query, condition: Condition, value: Value) -> Iterator[Truth]:
    """``filter(sender=user)``, ``filter(pk=user_id)``: with what is known of whom the id stands for."""
    if condition.lookup != "exact":
        return
    others = key_objects(value)
    person = person_path(query, condition.path)
    if person is not None and others and person is not others[0] and not _of_other_table(query, condition, others[0]):
        number = query.element.child(attribute(condition.path[0]))
        yield Same(number if person is query.element and number.key in OWN_NUMBERS else person, others[0])
        yield from value.atoms.get(others[0], NOTHING)


def _of_other_table(query: Query, condition: Condition, other: Obj) -> bool:
    """``filter(pk=user.pk)`` of anything but users."""
    if len(condition.path) != 1:
        return False
    own = query.element.child(attribute(condition.path[0]))
    return of_different_classes(query.frame, query.state, own, other)


def _of_members(query: Query, condition: Condition, value: Value) -> Iterable[Truth]:
    """``filter(pk__in=…)`` of people, or of their ids, each of whom has consented."""
    if condition.lookup != "in":
        return ()
    person = person_path(query, condition.path)
    members = _unwrapped(query, value)
    rows = elements(query.frame, query.state, members).objects()
    ids = [each if each.key in OWN_NUMBERS else each.child(attribute("pk")) for each in rows]
    if person is None or any(_of_other_table(query, condition, each) for each in ids):
        return ()
    return consent_of_members(query.frame, query.state, person, members)


def _unwrapped(query: Query, value: Value) -> Value:
    """``Subquery(queryset)`` is the query set; one of a single column stands for what that holds."""
    frame, state = query.frame, query.state
    only = value.only_object()
    if only is not None and last_name((only.api or "").removesuffix("()")) == "Subquery":
        inner = stored_value(frame, state, only, "@argument0")
        return _unwrapped(query, inner) if inner is not None else value
    column = stored_value(frame, state, only, COLUMN) if only is not None else None
    if column is None:
        return value
    made = frame.world.objects.new(f"{query.element!r}~members", api=ApiPath(LIST))
    state.heap[made] = {ELEMENT: column}
    return of(made)
