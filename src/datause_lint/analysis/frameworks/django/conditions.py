"""What the conditions of a query prove of the records that satisfy them.

Conditions are a tree of ``Q`` objects and keywords. What a tree proves is found as in any logic: both sides of an *and*,
what both sides of an *or* share, and of a negated condition what its falsehood proves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from datause_lint.analysis.access import LIST, elements, stored_keys, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.schema import Target, schema_of
from datause_lint.analysis.guards import consent_of_members, fold
from datause_lint.analysis.identifiers import relation_of_id
from datause_lint.analysis.objects import ELEMENT, Kind, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.summary import GuardSite
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import (
    NOTHING,
    OTHER,
    Const,
    Fact,
    Implied,
    Same,
    Truth,
    Truths,
    Value,
    const,
    of,
    outcomes,
)
from datause_lint.findings.finding import Location
from datause_lint.names import ApiPath, UseKey
from datause_lint.policy.entries import Evidence, Guard, GuardKind, Scalar

Q: Final = "django.db.models.Q()"
EXISTS: Final = "Exists"
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
    """``operator`` is and, or, not, leaf, unknown, or either: one of them, as it happens; a leaf compares what the path leads to with a value."""

    operator: str
    children: tuple[Condition, ...] = ()
    path: tuple[str, ...] = ()
    lookup: str = ""
    value: Value | None = None


UNKNOWN: Final = Condition("unknown")


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
    parts = [_of_value(frame, state, value, 0) for value in arguments.positional]
    parts.extend(leaf(name, value) for name, value in arguments.keywords.items())
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


def _of_value(frame: Frame, state: State, value: Value, depth: int) -> Condition:
    """A ``Q`` object, an ``Exists``, or something that may be one of several."""
    if depth > MAXIMAL_DEPTH or len(value.atoms) > MAXIMAL_DEPTH:
        return UNKNOWN
    found = [_of_object(frame, state, atom, depth) if type(atom) is Obj else UNKNOWN for atom in value.atoms]
    return found[0] if len(found) == 1 else Condition("either", tuple(found))


def _of_object(frame: Frame, state: State, obj: Obj, depth: int) -> Condition:
    if obj.api == Q:
        return _of_q(frame, state, obj, depth)
    if last_name((obj.api or "").removesuffix("()")) == EXISTS:
        return Condition("leaf", (), (), "exists", of(obj))
    return UNKNOWN


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
    parts = [_of_value(frame, state, value, depth + 1) for value in arguments.positional]
    parts.extend(leaf(name, value) for name, value in arguments.keywords.items())
    if arguments.more is not None:
        parts.append(UNKNOWN)
    operator = _connector(options, operator)
    condition = Condition(operator, tuple(parts))
    if "_negated" in options and not _is_constant(options["_negated"], False):
        negated = True
    return Condition("not", (condition,)) if negated else condition


def _connector(options: dict[str, Value], operator: str) -> str:
    if "_connector" not in options:
        return operator
    constant = options["_connector"].constant()
    name = str(constant.value).lower() if constant is not None else "or"
    return name if name in ("and", "or") else "or"


def _is_constant(value: Value, wanted: object) -> bool:
    constant = value.constant()
    return constant is not None and constant.value is wanted


# ── what follows ──────────────────────────────────────────────────────────────────────────────────────────────────


def proven(query: Query, condition: Condition, *, holds: bool = True) -> Truths:
    """What the condition's truth, or its falsehood, proves of each record of the query."""
    operator = condition.operator
    if operator == "not":
        return proven(query, condition.children[0], holds=not holds)
    if operator in ("and", "or", "either"):
        parts = [proven(query, child, holds=holds) for child in condition.children]
        if not parts:
            return NOTHING
        if operator == "either":
            return frozenset.intersection(*parts)
        return frozenset().union(*parts) if (operator == "and") is holds else frozenset.intersection(*parts)
    if operator == "leaf" and condition.value is not None:
        return _of_leaf(query, condition, condition.value, holds=holds)
    return NOTHING


def _of_leaf(query: Query, condition: Condition, value: Value, *, holds: bool) -> Truths:
    if condition.lookup == "exists":
        return _of_exists(query, value) if holds else NOTHING
    note = dict(query.notes).get(condition.path[0]) if condition.path else None
    if note is not None:
        return _of_note(query, note, value, condition.lookup, holds=holds)
    found: set[Truth] = set(_of_field(query, condition, value, holds=holds))
    if holds:
        found.update(_of_identity(query, condition, value))
        found.update(_of_members(query, condition, value))
    return frozenset(found)


def _of_note(query: Query, note: Value, value: Value, lookup: str, *, holds: bool) -> Truths:
    """``annotate(consented=Exists(…)).filter(consented=True)``."""
    if lookup != "exact":
        return NOTHING
    true, false = _is_constant(value, True), _is_constant(value, False)
    if (true and holds) or (false and not holds):
        return proven(query, _of_value(query.frame, query.state, note, 0))
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
        fact = Fact(guard.id, guard.allows, holder, query.location, guard.organisation)
        query.frame.note_guard(GuardSite(fact, query.frame.function.id))
        if field_proves(query, guard, condition.lookup, value, holds=holds, nullable=nullable):
            yield fact


def _walk(query: Query, path: tuple[str, ...]) -> tuple[Obj | None, Target | None, bool, str]:
    """The record that the path's last field stands in, its model, whether it may be missing, and the field."""
    schema = schema_of(query.frame.world)
    holder, model, nullable = query.element, query.model, False
    for position, name in enumerate(path[:-1]):
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
        named = [each for each in domain if each is not OTHER and _is_same(each, constant)]
        found.extend(named or [OTHER])
    return found


def _is_same(value: object, constant: Const) -> bool:
    if value is None or isinstance(value, bool):
        return value is constant.value or (
            isinstance(value, bool) and constant.value in (0, 1) and value == constant.value
        )
    return value in (constant.value, constant.name) if constant.name else value == constant.value


# ── who is meant ──────────────────────────────────────────────────────────────────────────────────────────────────


def person_path(query: Query, path: tuple[str, ...]) -> Obj | None:
    """The person whom a path of ids and to-one relations leads to: ``pk``, ``sender``, ``sender_id``, ``sender__pk``."""
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


def _of_identity(query: Query, condition: Condition, value: Value) -> Iterator[Same]:
    """``filter(sender=user)``, ``filter(pk=user_id)``."""
    if condition.lookup != "exact":
        return
    others = key_objects(value)
    person = person_path(query, condition.path)
    if person is not None and others and person is not others[0]:
        yield Same(person, others[0])


def _of_members(query: Query, condition: Condition, value: Value) -> Iterable[Truth]:
    """``filter(pk__in=…)`` of people, or of their ids, each of whom has consented."""
    if condition.lookup != "in":
        return ()
    person = person_path(query, condition.path)
    if person is None:
        return ()
    return consent_of_members(query.frame, query.state, person, _unwrapped(query, value))


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


# ── rows that prove consent ───────────────────────────────────────────────────────────────────────────────────────


def simple(condition: Condition, *, holds: bool = True) -> Iterator[tuple[str, Value]]:
    """The comparisons that every row satisfies, or that none does, by keyword with a sign."""
    if condition.operator == "not":
        yield from simple(condition.children[0], holds=not holds)
    elif condition.operator in ("and", "or"):
        if len(condition.children) == 1 or (condition.operator == "and") is holds:
            for child in condition.children:
                yield from simple(child, holds=holds)
    elif condition.operator == "leaf" and condition.value is not None and condition.path:
        yield (PLUS if holds else MINUS) + "__".join((*condition.path, condition.lookup)), condition.value


def remember(state: State, made: Obj, condition: Condition) -> None:
    """Keeps with a query which simple conditions its rows satisfy."""
    for key, value in simple(condition):
        state.store(made, key, value)


def remembered(frame: Frame, state: State, query: Obj) -> dict[str, Value]:
    """The conditions of a query, and of those that it was made from."""
    found: dict[str, Value] = {}
    seen: dict[Obj, None] = {}
    current: Obj | None = query
    while current is not None and current not in seen:
        seen[current] = None
        for key in stored_keys(frame, state, current):
            value = stored_value(frame, state, current, key) if key.startswith(("@where:", NOTE)) else None
            if value is not None:
                found.setdefault(key, value)
        related = holder_of(frame, state, current)
        if related is not None:
            found.setdefault(f"{PLUS}{related[0]}__exact", of(related[1]))
        before = stored_value(frame, state, current, FROM)
        current = before.only_object() if before is not None else None
    return found


def holder_of(frame: Frame, state: State, manager: Obj) -> tuple[str, Obj] | None:
    """Of ``user.consents``: the field that leads back, and the user."""
    if manager.kind is not Kind.FIELD or manager.base is None or not manager.key.startswith("."):
        return None
    for kind in types_of(frame, state, manager.base):
        target = kind.cls if kind.cls is not None else kind.api
        back = schema_of(frame.world).reverse(target, manager.key[1:]) if target is not None else None
        if back is not None and not back.many:
            return back.name, manager.base
    return None


def row_guards(frame: Frame, model: Target | None) -> list[Guard]:
    if model is None:
        return []
    paths = frame.world.class_paths(model) if ":" in model else [model]  # type: ignore[arg-type]  # a class, by the colon
    found: dict[str, Guard] = {}
    for path in paths:
        for guard in frame.world.policy.guards_at(GuardKind.ROW, path):
            found.setdefault(guard.id, guard)
    return list(found.values())


def allowed_by_row(query: Query, guard: Guard, conditions: dict[str, Value]) -> tuple[UseKey, ...]:
    """The uses that a row which satisfies the conditions allows; () where it need not be a consent."""
    schema = schema_of(query.frame.world)
    for name, wanted in guard.where:
        nullable = schema.is_nullable(query.model, name)
        if not _satisfies(query, conditions, name, wanted, nullable=nullable):
            return ()
    if guard.purpose is None:
        return guard.allows
    names = guard.purpose.names
    uses: list[tuple[UseKey, ...]] = []
    for name in names:
        for constant in _constants_for(query, conditions, name):
            known = query.frame.world.policy.uses_of_purpose(str(constant.value))
            uses.append(known or query.frame.world.policy.uses_of_purpose(constant.name))
    return tuple(use for use in uses[0] if all(use in other for other in uses)) if uses else ()


def _constants_for(query: Query, conditions: dict[str, Value], name: str) -> list[Const]:
    exact = conditions.get(f"{PLUS}{name}__exact")
    if exact is None:
        exact = next((value for key, value in conditions.items() if _is_about(key, name)), None)
    some = conditions.get(f"{PLUS}{name}__in")
    if exact is None and some is not None:
        exact = elements(query.frame, query.state, some)
    return (fold(query.frame, exact) or []) if exact is not None else []


def _is_about(key: str, name: str) -> bool:
    """A purpose that is a row of its own: ``purpose__code="ai"``, ``purpose__slug``."""
    return key.startswith(f"{PLUS}{name}__") and key.endswith("__exact")


def _satisfies(query: Query, conditions: dict[str, Value], name: str, wanted: Scalar, *, nullable: bool) -> bool:
    for sign, holds in ((PLUS, True), (MINUS, False)):
        for key, value in conditions.items():
            path, _, lookup = key.removeprefix(sign).rpartition("__")
            if key.startswith(sign) and path == name and _row_value(query, lookup, value, wanted, holds, nullable):
                return True
    return False


def _row_value(query: Query, lookup: str, value: Value, wanted: Scalar, holds: bool, nullable: bool) -> bool:
    constants = fold(query.frame, value)
    single = constants[0] if constants is not None and len(constants) == 1 else None
    if wanted in ("null", "not null") or wanted is None:
        null = wanted != "not null"
        if lookup == "isnull" and single is not None:
            return (bool(single.value) is null) is holds
        if lookup == "exact" and single is not None and single.value is None:
            return holds is null
        return holds and not null and lookup not in ("isnull",) and (single is None or single.value is not None)
    if lookup not in ("exact", "iexact", "in") or not isinstance(wanted, (str, int, float, bool)):
        return False
    if lookup == "in":
        constants = fold(query.frame, elements(query.frame, query.state, value))
    if not constants:
        return False
    if holds:
        return all(_is_same(wanted, constant) for constant in constants)
    # Not false is true, where it cannot be NULL.
    return isinstance(wanted, bool) and not nullable and any(constant.value is (not wanted) for constant in constants)


def person_of_row(guard: Guard, conditions: dict[str, Value]) -> Value | None:
    """Whose consent the row is, where the query says it."""
    name = guard.person
    for path in (name, f"{name}_id", f"{name}__id", f"{name}__pk", f"{name}_pk", f"{name}__uuid"):
        found = conditions.get(f"{PLUS}{path}__exact")
        if found is not None:
            return found
    return None


def consenting_rows(query: Query, conditions: dict[str, Value]) -> Truths:
    """What each row proves of the person that it names."""
    found: set[Truth] = set()
    for guard in row_guards(query.frame, query.model):
        uses = allowed_by_row(query, guard, conditions)
        if uses and guard.person:
            person = query.element.child(attribute(guard.person))
            found.add(Fact(guard.id, uses, person, query.location, guard.organisation))
    return frozenset(found)


def completed_rows(query: Query, conditions: dict[str, Value], name: str) -> Implied:
    """What it proves that a field of one row holds what a consent holds there, where the query has asked for the rest."""
    found = [NOTHING, NOTHING, NOTHING, NOTHING]
    for guard in row_guards(query.frame, query.model):
        wanted = dict(guard.where).get(name, UNKNOWN)
        if wanted is UNKNOWN or allowed_by_row(query, guard, conditions):
            continue
        null = wanted in ("null", "not null") or wanted is None
        key = f"{PLUS}{name}__isnull" if null else f"{PLUS}{name}__exact"
        value = const(wanted != "not null") if null else const(wanted)  # type: ignore[arg-type]  # no UNKNOWN
        rows = existing_rows(query, {**conditions, key: value})
        sides: tuple[int, ...]
        if null:
            sides = (2,) if wanted != "not null" else (0, 3)
        else:
            sides = (0,) if wanted is True else (1,) if wanted is False else ()
        for side in sides:
            found[side] |= rows
    return Implied(*found)


def existing_rows(query: Query, conditions: dict[str, Value]) -> Truths:
    """What it proves that the query has a row at all."""
    found: set[Truth] = set()
    for guard in row_guards(query.frame, query.model):
        uses = allowed_by_row(query, guard, conditions)
        person = person_of_row(guard, conditions)
        people = key_objects(person) if person is not None else []
        subject = people[0] if people else None
        fact = Fact(guard.id, uses, subject, query.location, guard.organisation)
        query.frame.note_guard(
            GuardSite(fact if subject is not None else fact._replace(uses=()), query.frame.function.id)
        )
        if uses and subject is not None:
            found.add(fact)
    return frozenset(found)


def _of_exists(query: Query, value: Value) -> Truths:
    """``filter(Exists(Consent.objects.filter(user=OuterRef("pk"), …)))``."""
    only = value.only_object()
    inner = stored_value(query.frame, query.state, only, "@argument0") if only is not None else None
    rows = inner.only_object() if inner is not None else None
    if rows is None:
        return NOTHING
    conditions = remembered(query.frame, query.state, rows)
    model = model_of_query(query.frame, query.state, rows)
    if model is None:
        return NOTHING
    found: set[Truth] = set()
    asked = replace(query, model=model)
    for guard in row_guards(query.frame, model):
        uses = allowed_by_row(asked, guard, conditions)
        person = person_of_row(guard, conditions)
        outer = _outer_path(query, person) if person is not None else None
        if uses and outer is not None:
            found.add(Fact(guard.id, uses, outer, query.location, guard.organisation))
    return frozenset(found)


def _outer_path(query: Query, value: Value) -> Obj | None:
    only = value.only_object()
    if only is None or last_name((only.api or "").removesuffix("()")) != OUTER:
        return None
    stated = stored_value(query.frame, query.state, only, "@argument0")
    constant = stated.constant() if stated is not None else None
    return person_path(query, tuple(str(constant.value).split("__"))) if constant is not None else None


def model_of_query(frame: Frame, state: State, query: Obj) -> Target | None:
    """The model whose records the query is about."""
    from datause_lint.analysis.frameworks.django.managers import model_of

    return model_of(frame, state, query)


def related_rows(query: Query, condition: Condition) -> Truths:
    """``filter(consents__purpose="ai", consents__withdrawn_at__isnull=True)``: one related row satisfies it all."""
    schema = schema_of(query.frame.world)
    groups: dict[str, list[Condition]] = {}
    for each in condition.children if condition.operator == "and" else ():
        if each.operator == "leaf" and len(each.path) > 1:
            groups.setdefault(each.path[0], []).append(each)
    found: set[Truth] = set()
    for name, leaves in groups.items():
        back = schema.reverse(query.model, name, in_query=True) if query.model is not None else None
        if back is None:
            continue
        conditions = {f"{PLUS}{'__'.join((*each.path[1:], each.lookup))}": each.value for each in leaves if each.value}
        asked = replace(query, model=back.owner)
        for guard in row_guards(query.frame, back.owner):
            uses = allowed_by_row(asked, guard, conditions)
            if uses and guard.person == back.name:
                found.add(Fact(guard.id, uses, query.element, query.location, guard.organisation))
    return frozenset(found)
