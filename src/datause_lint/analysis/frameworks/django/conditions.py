"""What the conditions of a query prove of the records that satisfy them.

Conditions are a tree of ``Q`` objects and keywords. What a tree proves is found as in any logic: both sides of an
*and*, what both sides of an *or* share, and of a negated condition what its falsehood proves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from datause_lint.analysis.access import LIST, stored_value
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.comparisons import consent_of_members
from datause_lint.analysis.evidence import OTHER, Implied, outcomes
from datause_lint.analysis.facts import NOTHING, Fact, Same, Truth, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.schema import Target, schema_of
from datause_lint.analysis.frameworks.django.stated_conditions import Condition, is_constant, of_value, truth_of
from datause_lint.analysis.given_by_code import is_given
from datause_lint.analysis.guards import fold
from datause_lint.analysis.identifiers import relation_of_id
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.objects import ELEMENT, OWN_NUMBERS, Obj, attribute
from datause_lint.analysis.own_numbers import of_different_classes
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.summary import GuardSite
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import Value, of
from datause_lint.findings.finding import Location
from datause_lint.names import ApiPath
from datause_lint.policy.entries import Evidence, Guard

OUTER: Final = "OuterRef"
FROM: Final = "@from"  # of a query: the one that it was made from
PLUS: Final = "@where:+"  # followed by a keyword: what the rows satisfy
MINUS: Final = "@where:-"  # what they do not
COLUMN: Final = "@column"  # of values(): what its one column holds
NAMED: Final = "@named"  # of values_list(): the name of its one column
NOTE: Final = "@annotation:"
_IDS: Final = frozenset({"pk", "id"})
NATURAL: Final = frozenset({"username", "email", "slug", "uuid"})


@dataclass(frozen=True, slots=True)
class Query:
    """Whose records are asked for: the place of the query, its model, and what stands for each of its records."""

    frame: Frame
    state: State
    model: Target | None
    element: Obj
    location: Location
    notes: tuple[tuple[str, Value], ...] = ()  # annotations by name


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
        return proven(query, truth_of(query.frame, query.state, note, 0))
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
