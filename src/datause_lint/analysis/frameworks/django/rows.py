"""Rows that prove consent: what a query has asked for, and whose consent its rows are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from datause_lint.analysis.access import read, stored_keys, stored_value
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.consent_rows import text_of
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import NOTHING, Fact, Same, Truth, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.conditions import (
    FROM,
    MINUS,
    NOTE,
    OUTER,
    PLUS,
    Query,
    is_same,
    person_path,
)
from datause_lint.analysis.frameworks.django.schema import Relation, Target, schema_of
from datause_lint.analysis.frameworks.django.stated_conditions import UNKNOWN, Condition
from datause_lint.analysis.guards import fold
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.objects import ELEMENT, Kind, Obj, attribute
from datause_lint.analysis.own_numbers import of_different_classes
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import key_objects, whose_consent
from datause_lint.analysis.summary import GuardSite
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import Value, const, of
from datause_lint.names import UseKey
from datause_lint.policy.entries import Guard, GuardKind, Scalar

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


def purposes_of(query: Query, guard: Guard, conditions: dict[str, Value]) -> list[str]:
    """The names of the purposes that a query asks for."""
    names = guard.purpose.names if guard.purpose is not None else ()
    constants = [each for name in names for each in _constants_for(query, conditions, name)]
    return [text for each in constants for text in (str(each.value), each.name) if text]


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
        return all(is_same(wanted, constant) for constant in constants)
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
    """What each row proves of the person that it names; and what is known of it, should it be tested for the rest."""
    found: set[Truth] = set(_tested_by_query(query, conditions))
    for guard in row_guards(query.frame, query.model):
        uses = allowed_by_row(query, guard, conditions)
        if uses and guard.person:
            person = query.element.child(attribute(guard.person))
            found.add(Fact(guard.id, uses, person, query.location, guard.organisation))
    return frozenset(found)


def completed_rows(query: Query, conditions: dict[str, Value], name: str) -> Implied:
    """What a field of one row proves by holding what a consent holds there, where the query has asked for the rest."""
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


def _tested_by_query(query: Query, conditions: dict[str, Value]) -> Truths:
    """What the fields of each row hold of what is asked of a consent, and whose row it is."""
    found: set[Truth] = set()
    schema = schema_of(query.frame.world)
    for guard in row_guards(query.frame, query.model):
        for name, wanted in guard.where:
            nullable = schema.is_nullable(query.model, name)
            if _satisfies(query, conditions, name, wanted, nullable=nullable):
                found.add(_test(query, name, text_of(wanted)))
        for name in guard.purpose.names if guard.purpose is not None else ():
            constants = _constants_for(query, conditions, name)
            if len(constants) == 1:
                texts = (constants[0].value, constants[0].name)
                found.update(_test(query, name, text_of(each)) for each in texts if isinstance(each, str) and each)
        person = person_of_row(guard, conditions)
        people = key_objects(person) if person is not None else []
        found.update(Same(query.element.child(attribute(guard.person)), each) for each in people)
    return frozenset(found)


def _test(query: Query, name: str, text: str) -> Fact:
    return Fact(text, (), query.element.child(attribute(name)), query.location)


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


def rows_exist(query: Query, value: Value) -> Truths:
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
    return frozenset(found) | _said_by_fields(query, rows, conditions)


def _said_by_fields(query: Query, rows: Obj, conditions: dict[str, Value]) -> Truths:
    """``Exists(Customer.objects.filter(pk=OuterRef("customer_id"), ai_consent=True))``: what is known of each of the
    rows, as said of the person whom the outer query names."""
    frame, state = query.frame, query.state
    found: set[Truth] = set()
    for row, carried in read(frame, state, of(rows), ELEMENT).atoms.items():
        for key, value in conditions.items() if type(row) is Obj else ():
            name, _, lookup = key.removeprefix(PLUS).rpartition("__")
            outer = _outer_path(query, value) if key.startswith(PLUS) and lookup == "exact" else None
            if outer is None or type(row) is not Obj:
                continue
            inner = row if name in ("pk", "id") else row.child(attribute(name.removesuffix("_id")))
            if of_different_classes(frame, state, inner.child(attribute("id")), outer.child(attribute("id"))):
                continue
            for fact in carried:
                if type(fact) is not Fact or fact.subject is None or fact.every:
                    continue
                if inner in whose_consent(frame, state, fact.subject, carried):
                    found.add(fact._replace(subject=outer))
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
    groups: dict[Obj, dict[str, Value]] = {}  # by what stands for the rows
    behind: dict[Obj, tuple[Obj, Relation]] = {}
    for leaf in _leaves(condition):
        found = _rows_behind(query, leaf.path)
        if found is None or leaf.value is None:
            continue
        holder, back, depth = found
        rows = holder.child(attribute(leaf.path[depth - 1]))
        behind[rows] = holder, back
        groups.setdefault(rows, {})[f"{PLUS}{'__'.join((*leaf.path[depth:], leaf.lookup))}"] = leaf.value
    proven: set[Truth] = set()
    for rows, conditions in groups.items():
        holder, back = behind[rows]
        asked = replace(query, model=back.owner)
        for guard in row_guards(query.frame, back.owner):
            uses = allowed_by_row(asked, guard, conditions)
            if uses and guard.person == back.name:
                proven.add(Fact(guard.id, uses, holder, query.location, guard.organisation))
    return frozenset(proven)


def _leaves(condition: Condition) -> Iterator[Condition]:
    """What one call of filter() asks in any case, also by ``Q(…) & Q(…)``: all of it of the same related row."""
    for each in condition.children if condition.operator == "and" else ():
        if each.operator == "leaf":
            yield each
        else:
            yield from _leaves(each)


def _rows_behind(query: Query, path: tuple[str, ...]) -> tuple[Obj, Relation, int] | None:
    """Whose rows a path leads to, by a relation of theirs, and how many of its names lead there:
    ``author__consents__purpose``."""
    schema = schema_of(query.frame.world)
    holder, model = query.element, query.model
    for position, name in enumerate(path[:-1]):
        if model is None:
            return None
        relation, back = schema.relation(model, name), schema.reverse(model, name, in_query=True)
        if relation is None and back is not None:
            return holder, back, position + 1
        if relation is None or relation.many:
            return None
        holder, model = holder.child(attribute(name)), relation.target
    return None
