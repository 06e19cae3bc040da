"""Query sets: every query made from another has the same elements, which carry what its conditions prove of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from datause_lint.analysis.access import DICT, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.comparisons import consent_of_members
from datause_lint.analysis.everybody import whole
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import NOTHING, Fact, Same, Truth, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.conditions import PLUS, Query, proven
from datause_lint.analysis.frameworks.django.managers import (
    MODEL,
    QUERYSET,
    derived,
    elements_of,
    is_collection,
    method,
    model_of,
    query_for,
    sources_of,
)
from datause_lint.analysis.frameworks.django.records import holds_columns, single
from datause_lint.analysis.frameworks.django.rows import (
    consenting_rows,
    existing_rows,
    holder_of,
    related_rows,
    remember,
    remembered,
    simple,
)
from datause_lint.analysis.frameworks.django.schema import atom_of
from datause_lint.analysis.frameworks.django.stated_conditions import Condition, conditions_of
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import UNMODELLED, Caller, ModelCall, implying
from datause_lint.analysis.objects import ELEMENT, KEYS, OWN_NUMBERS, WHOLE, Obj, attribute
from datause_lint.analysis.own_numbers import number_in
from datause_lint.analysis.renaming import moved
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import EMPTY, NONE, UNKNOWN_BOOLEAN, Value, join, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ClassId

# ── queries ───────────────────────────────────────────────────────────────────────────────────────────────────────


NOBODY: Final = "@nobody"  # of a query: what is known of all that it was chosen from, where it finds nothing
SAME = """all order_by distinct select_related prefetch_related only defer using reverse iterator select_for_update none
db_manager get_queryset _clone _chain select_subclasses non_polymorphic fetch_mode""".split()


@method(*SAME)
def same(call: ModelCall) -> Value:
    sources, result = sources_of(call), narrowed(call, Condition("and"))
    if len(sources) == 1 and last_name(call.path) != "none":
        for made in result.objects():
            call.state.store(made, WHOLE, of(sources[0]))
    return result


@method("filter", "complex_filter")
def filter_(call: ModelCall) -> Value:
    return narrowed(call, conditions_of(call.frame, call.state, call.arguments))


@method("exclude")
def exclude(call: ModelCall) -> Value:
    return narrowed(call, Condition("not", (conditions_of(call.frame, call.state, call.arguments),)))


def narrowed(call: ModelCall, condition: Condition) -> Value:
    """The query with one more condition: its elements carry what that proves."""
    sources = sources_of(call)
    narrowed: dict[Atom, Truths] = {}
    for source in sources:
        found = elements_of(call.frame, call.state, source)
        related = holder_of(call.frame, call.state, source)
        for atom, carried in found.atoms.items():
            if type(atom) is Obj:
                query = query_for(call, source, atom)
                carried = carried | proven(query, condition) | related_rows(query, condition)
                if related is not None:
                    carried |= {Same(atom.child(attribute(related[0])), related[1])}
            narrowed[atom] = common(narrowed[atom], carried) if atom in narrowed else carried
    made = derived(call, sources, Value(narrowed))
    remember(call.state, made, condition)
    if condition.children and len(sources) == 1:
        call.state.store(made, NOBODY, Value({}, Implied(false=_where_nobody(call, sources[0], condition))))
    return _as_rows(call, made)


def _where_nobody(call: ModelCall, source: Obj, condition: Condition) -> Truths:
    """What is known of everybody in a collection in which nobody is as the condition says."""
    if any(key.startswith(PLUS) for key in remembered(call.frame, call.state, source)):
        return NOTHING
    members = elements_of(call.frame, call.state, source).objects()
    if len(members) != 1:
        return NOTHING
    everybody = whole(call.frame, call.state, of(source))
    found = proven(query_for(call, source, members[0]), Condition("not", (condition,)))
    return frozenset(
        fact._replace(subject=everybody.child(ELEMENT), every=True)
        for fact in found
        if type(fact) is Fact and fact.subject is members[0] and everybody is not None
    )


def where_none(call: ModelCall, sources: list[Obj]) -> Truths:
    told = stored_value(call.frame, call.state, sources[0], NOBODY) if len(sources) == 1 else None
    return told.implied.false if told is not None else NOTHING


def _as_rows(call: ModelCall, made: Obj) -> Value:
    """Of rows that are consents: each proves it of its person; that there is one, of whom it is asked for."""
    conditions = remembered(call.frame, call.state, made)
    elements = elements_of(call.frame, call.state, made)
    atoms = dict(elements.atoms)
    true: set[object] = set()
    for atom, carried in elements.atoms.items():
        if type(atom) is Obj:
            query = query_for(call, made, atom)
            atoms[atom] = carried | consenting_rows(query, conditions)
            true |= existing_rows(query, conditions)
    call.state.store(made, ELEMENT, Value(atoms))
    return Value({made: NOTHING}, Implied(true=frozenset(true)) if true else Implied())  # type: ignore[arg-type]


def _exist(call: ModelCall, sources: Iterable[Obj]) -> Truths:
    found: Truths | None = None
    for source in sources:
        conditions = remembered(call.frame, call.state, source)
        for atom, carried in elements_of(call.frame, call.state, source).atoms.items():
            if type(atom) is not Obj:
                continue
            query = query_for(call, source, atom)
            rows = existing_rows(query, conditions) | _of_the_named(query, carried)
            found = rows if found is None else common(found, rows)
    return found or NOTHING


def _of_the_named(query: Query, carried: Truths) -> Truths:
    """``filter(pk=user.pk, ai_consent=True)``: what is proven of whom the query names, when there is a record."""
    named: dict[Obj, Obj] = {truth.left: truth.right for truth in carried if type(truth) is Same}
    number = next(
        (named[field] for field in (query.element.child(each) for each in sorted(OWN_NUMBERS)) if field in named), None
    )
    if number is not None:
        named.setdefault(query.element, number_in(number, query.model))
    people: list[str] = []
    if query.model is not None and ":" in query.model:
        people = query.frame.world.records.person_relations(query.frame, ClassId(query.model))
    if len(people) == 1 and (person := named.get(query.element.child(attribute(people[0])))) is not None:
        named.setdefault(query.element, person)
    return frozenset(
        fact._replace(subject=named[fact.subject])
        for fact in carried
        if type(fact) is Fact and fact.subject is not None and fact.subject in named
    )


@method("exists")
def exists(call: ModelCall) -> Value:
    sources = sources_of(call)
    return implying(_exist(call, sources), where_none(call, sources))


@method("count")
def count(call: ModelCall) -> Value:
    """A number; that it is not zero says that there are rows."""
    sources = sources_of(call)
    rows, nobody = _exist(call, sources), where_none(call, sources)
    if not rows:
        return Value({}, Implied(false=nobody)) if nobody else EMPTY
    return Value({call.external("builtins.int()"): NOTHING}, Implied(true=rows, false=nobody))


@method("contains")
def contains(call: ModelCall) -> Value:
    people = key_objects(call.argument(0, "obj"))
    if not people:
        return UNKNOWN_BOOLEAN
    members = [consent_of_members(call.frame, call.state, people[0], of(each)) for each in sources_of(call)]
    return implying(common(*members))


@method("union", "difference", "intersection", "__or__", "__and__", "__xor__")
def combined(call: ModelCall) -> Value:
    """The elements of all: what only one of them proves is proven of none."""
    return combine(call, last_name(call.path), [call.receiver, *call.arguments.positional])


def combine(call: ModelCall, name: str, parts: list[Value]) -> Value:
    sources: list[list[Obj]] = []
    for part in parts:
        inner = ModelCall(call.frame, call.state, QUERYSET + ".all", part, Arguments(), call.span, call.caller)
        sources.append(sources_of(inner))
    made = call.external(QUERYSET)
    element = made.child(ELEMENT)
    facts = [
        _about(call, source, element)
        for each in sources
        for source in each
        if is_collection(call.frame, call.state, source)
    ]
    models = [model_of(call.frame, call.state, source) for each in sources for source in each]
    if any(word in name for word in ("intersection", "__and__", "difference")) and facts:
        proven_of_all = facts[0] if "difference" in name else frozenset().union(*facts)
    else:
        proven_of_all = _shared(facts)
    if models and models[0] is not None:
        call.state.store(made, MODEL, of(atom_of(models[0])))
    call.state.store(made, ELEMENT, Value({element: proven_of_all}))
    return of(made)


def _shared(sets: list[Truths]) -> Truths:
    """What all of them prove, wherever each does."""

    def meaning(truth: Truth) -> object:
        return (truth.guard, truth.uses, truth.subject, truth.organisation) if type(truth) is Fact else truth

    if not sets:
        return NOTHING
    others = [frozenset(meaning(truth) for truth in facts) for facts in sets[1:]]
    return frozenset(truth for truth in sets[0] if all(meaning(truth) in other for other in others))


def _about(call: ModelCall, source: Obj, element: Obj) -> Truths:
    """What a query proves of its elements, as if they were the given one."""
    found: Truths | None = None
    for atom, carried in elements_of(call.frame, call.state, source).atoms.items():
        facts = frozenset(moved(truth, atom, element) for truth in carried) if type(atom) is Obj else carried
        found = facts if found is None else common(found, facts)
    return found or NOTHING


# ── records ───────────────────────────────────────────────────────────────────────────────────────────────────────


def there_or_none(call: ModelCall, found: Value, rows: Truths) -> Value:
    if found.probes or any(found.implied):  # a field of it: that there is nobody is an answer, too
        found = join(found, NONE)
    implied = found.implied._replace(true=found.implied.true | rows, some=found.implied.some | rows)
    return Value({**found.atoms, **NONE.atoms}, implied, found.probes)


@method("get", "get_by_natural_key", "get_by_id")
def get(call: ModelCall) -> Value:
    """One record: or an error is raised."""
    sources = sources_of(call)
    conditions = conditions_of(call.frame, call.state, call.arguments)
    if last_name(call.path).endswith("natural_key"):
        conditions = Condition("leaf", (), ("username",), "exact", call.argument(0, "username"))
    found = single(call, sources, conditions)
    call.state.learn(_exist_with(call, sources, conditions))
    return found


def _exist_with(call: ModelCall, sources: list[Obj], conditions: Condition) -> Truths:
    """What it proves that there is a record, of the query narrowed by more conditions."""
    found: Truths | None = None
    for source in sources:
        known = {**remembered(call.frame, call.state, source), **dict(simple(conditions))}
        for atom in elements_of(call.frame, call.state, source).objects():
            rows = existing_rows(query_for(call, source, atom), known)
            found = rows if found is None else common(found, rows)
    return found or NOTHING


@method("first", "last", "get_or_none")
def first(call: ModelCall) -> Value:
    sources = sources_of(call)
    conditions = conditions_of(call.frame, call.state, call.arguments)
    rows = _exist_with(call, sources, conditions)
    return there_or_none(call, single(call, sources, conditions), rows)


@method("latest", "earliest")
def latest(call: ModelCall) -> Value:
    sources = sources_of(call)
    call.state.learn(_exist(call, sources))
    return single(call, sources, Condition("and"))


@method("in_bulk")
def in_bulk(call: ModelCall) -> Value:
    made = call.new(DICT)
    found = join_all([elements_of(call.frame, call.state, source) for source in sources_of(call)])
    call.state.store(made, ELEMENT, found)
    if call.optional(1, "field_name") is None:
        ids = {obj.child(attribute("pk")): found.atoms[obj] for obj in found.objects()}
        call.state.store(made, KEYS, Value(ids))  # type: ignore[arg-type]  # keys of a dict are invariant
    return of(made)


@method("raw")
def raw(call: ModelCall) -> Value:
    return UNMODELLED


@method("dates", "datetimes", "explain", "add", "remove", "set", "clear", "acreate_batch")
def nothing(call: ModelCall) -> Value:
    return NONE


# ── items and iteration ───────────────────────────────────────────────────────────────────────────────────────────


def item(frame: Frame, state: State, base: Value, key: Value, span: Span, caller: Caller) -> Value | None:
    """``queryset[0]`` is one record, ``queryset[:10]`` a query for some of them."""
    objects = base.objects()
    if not objects or not all(is_collection(frame, state, obj) for obj in objects):
        return None
    call = ModelCall(frame, state, QUERYSET + ".__getitem__", base, Arguments([key]), span, caller)
    if fold(frame, key) is None and not _may_be_index(key):
        return narrowed(call, Condition("and"))
    sources = sources_of(call)
    rows = [elements_of(frame, state, source) for source in sources]
    if any(not row.objects() or holds_columns(frame, state, row) for row in rows):
        return join_all(rows)
    return single(call, sources, Condition("and"), "~item")


def _may_be_index(key: Value) -> bool:
    only = key.only_object()
    return only is not None and only.api != "builtins.slice"
