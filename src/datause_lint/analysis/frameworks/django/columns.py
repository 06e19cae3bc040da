"""Columns and expressions of queries: ``values()``, annotations, aggregates."""

from __future__ import annotations

from collections.abc import Callable

from datause_lint.analysis.access import DICT
from datause_lint.analysis.atoms import Const, Label
from datause_lint.analysis.facts import NOTHING, Fact, Truths, common
from datause_lint.analysis.frameworks.django.conditions import COLUMN, NAMED, NOTE, told_by
from datause_lint.analysis.frameworks.django.managers import (
    NUMBERS,
    derived,
    elements_of,
    method,
    model_of,
    query_for,
    sources_of,
)
from datause_lint.analysis.frameworks.django.querysets import narrowed, where_none
from datause_lint.analysis.frameworks.django.schema import Target, schema_of
from datause_lint.analysis.frameworks.django.stated_conditions import UNKNOWN, Condition, is_constant, of_value, split
from datause_lint.analysis.guards import field_probes, fold
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import ELEMENT, Obj, attribute, index
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.renaming import moved
from datause_lint.analysis.spared import note_those
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, carrying, join_all, of
from datause_lint.names import ClassId
from datause_lint.policy.entries import Evidence

# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────────


def column(call: ModelCall, element: Obj, path: str) -> Value:
    """What ``values("sender__email")`` gives of a record: the field at the end of the path."""
    schema = schema_of(call.frame.world)
    value = of(element)
    names, _ = split(path.lstrip("-"))
    model: Target | None = None
    for kind in types_of(call.frame, call.state, element):
        model = kind.cls if kind.cls is not None else kind.api
    for position, name in enumerate(names):
        relation = schema.relation(model, name) if model is not None else None
        back = schema.reverse(model, name, in_query=True) if model is not None and relation is None else None
        if position and model is None:
            break  # a part of a field: a date of a time, a key of JSON
        attribute_name = back.reverse if back is not None and back.reverse else name
        found, after = read_attribute(call.frame, call.state, value, attribute_name, call.span, "", call.caller)
        if after is None:
            return EMPTY
        many = (relation is not None and relation.many) or (back is not None and not back.one_to_one)
        value = Value({atom.child(ELEMENT): NOTHING for atom in found.objects()}) if many else found
        model = relation.target if relation is not None else back.owner if back is not None else None
    return value


@method("values")
def values(call: ModelCall) -> Value:
    """Dicts: of the named columns, or of all."""
    return _rows(call, lambda made, row, name, value: call.state.store(row, index(name), value))


@method("values_list")
def values_list(call: ModelCall) -> Value:
    flat, named = (call.arguments.keywords.get(word) for word in ("flat", "named"))
    if flat is not None and not _is_false(call, flat):
        return _flat(call)
    position: dict[str, int] = {}

    def put(made: Obj, row: Obj, name: str, value: Value) -> None:
        place = position.setdefault(name, len(position))
        call.state.store(row, index(place), value)
        if named is not None:
            call.state.store(row, attribute(name), value)

    return _rows(call, put)


def _is_false(call: ModelCall, value: Value) -> bool:
    constants = fold(call.frame, value)
    return constants is not None and not any(each.value for each in constants)


def _columns(call: ModelCall, source: Obj) -> list[tuple[str, Value | None]]:
    """The names of the columns, each with its expression where it is one."""
    names: dict[str, Value | None] = {}
    for value in call.arguments.positional:
        for constant in fold(call.frame, value) or ():
            names[str(constant.value)] = None
        for obj in value.objects():
            names[obj.key] = of(obj)
    for name, value in call.arguments.keywords.items():
        if name not in ("flat", "named"):
            names[name] = value
    if call.arguments.more is not None:
        for constant in fold(call.frame, call.arguments.more) or ():
            names[str(constant.value)] = None
    model = model_of(call.frame, call.state, source)
    if not names and model is not None and ":" in model:
        names = dict.fromkeys(call.frame.world.records.field_names(call.frame, ClassId(model)))
    return list(names.items())


def _rows(call: ModelCall, put: Callable[[Obj, Obj, str, Value], None]) -> Value:
    sources = sources_of(call)
    made = derived(call, sources, EMPTY)
    row = made.child(ELEMENT)
    facts: Truths | None = None
    flat: dict[str, list[Value]] = {}
    for source in sources:
        for atom, carried in elements_of(call.frame, call.state, source).atoms.items():
            if type(atom) is not Obj:
                continue
            for name, expression in _columns(call, source):
                value = column(call, atom, name) if expression is None else shown_by(call, atom, expression, 0)
                flat.setdefault(name, []).append(carrying(value, carried))
                put(made, row, name, carrying(_content(call, value), carried))
            own = frozenset(moved(truth, atom, row) for truth in carried)
            facts = own if facts is None else common(facts, own)
    call.state.store(made, ELEMENT, Value({row: facts or NOTHING}))
    if len(flat) == 1:
        call.state.store(made, COLUMN, join_all(*flat.values()))
    return of(made)


def _content(call: ModelCall, value: Value) -> Value:
    """What a row holds: of personal data not the field of the record, which the row would pass for its own."""
    data = call.data(value)
    return data if any(isinstance(atom, Label) for atom in data.atoms) else value


def _flat(call: ModelCall) -> Value:
    sources = sources_of(call)
    made = derived(call, sources, EMPTY)
    parts: list[Value] = []
    for source in sources:
        for atom, carried in elements_of(call.frame, call.state, source).atoms.items():
            if type(atom) is not Obj:
                continue
            for name, expression in _columns(call, source):
                value = column(call, atom, name) if expression is None else shown_by(call, atom, expression, 0)
                parts.append(carrying(value, carried))
                call.state.store(made, NAMED, of(Const(name, str)))
    call.state.store(made, ELEMENT, join_all(parts))
    names = {name for source in sources for name, _ in _columns(call, source)}
    if len(sources) == len(names) == 1:
        _note_spared(call, made, sources[0], names.pop())
    return of(made)


def _note_spared(call: ModelCall, made: Obj, source: Obj, name: str) -> None:
    """``filter(ai_consent=False).values_list("id", flat=True)``: who is not among them has consented."""
    spared = where_none(call, [source])
    people = {fact.subject for fact in spared if type(fact) is Fact and fact.subject is not None}
    if len(people) == 1 and "__" not in name:
        note_those(call.state, made, people.pop().child(attribute(name)), spared)


# ── expressions ────────────────────────────────────────────────────────────────────────────────────────────────────


@method("annotate", "alias", "extra")
def annotate(call: ModelCall) -> Value:
    """Names for expressions: ones that show a field carry its data."""
    made = narrowed(call, Condition("and"))
    query = made.only_object()
    if query is None:
        return made
    for name, expression in call.arguments.keywords.items():
        call.state.store(query, NOTE + name, expression)
        for element in elements_of(call.frame, call.state, query).objects():
            shown = _with_answer(call, element, expression, shown_by(call, element, expression, 0))
            told = told_by(query_for(call, query, element), expression)
            if any(told):
                shown = Value({element.child(attribute(name)): NOTHING, **shown.atoms}, told, shown.probes)
            if shown.atoms:
                call.state.store(element, attribute(name), shown)
    return made


def _with_answer(call: ModelCall, element: Obj, expression: Value, shown: Value) -> Value:
    """``annotate(agreed=Coalesce("ai_consent", False))``: true where the one field that it shows is."""
    name = _field_that_is_true(call, expression)
    if name is None:
        return shown
    probes = field_probes(call.frame, call.state, element, name, call.span)
    answers = tuple(probe for probe in probes if probe.guard.evidence is Evidence.TRUE)
    return Value({element.child(attribute(name)): NOTHING, **shown.atoms}, shown.implied, (*shown.probes, *answers))


def _field_that_is_true(call: ModelCall, expression: Value) -> str | None:
    """The one field that must be true for such an expression to be."""
    condition = of_value(call.frame, call.state, expression, 0)
    leaves = [child for child in condition.children if child.operator != "never"]
    only = leaves[0] if len(leaves) == 1 and condition.operator == "or" else UNKNOWN
    is_field = only.operator == "leaf" and len(only.path) == 1 and only.lookup == "exact"
    return only.path[0] if is_field and only.value is not None and is_constant(only.value, True) else None


def shown_by(call: ModelCall, element: Obj, expression: Value, depth: int) -> Value:
    """The data of the fields that an expression of SQL is made from."""
    parts: list[Value] = []
    for obj in expression.objects() if depth < 6 else ():
        name = last_name((obj.api or "").removesuffix("()"))
        if name in NUMBERS or not (obj.api or "").startswith("django."):
            continue
        fields = call.state.heap.get(obj, {})
        for key, value in fields.items():
            if not key.startswith("@argument"):
                continue
            constant = value.constant()
            if constant is not None and isinstance(constant.value, str) and name != "Value":
                parts.append(column(call, element, constant.value))
            else:
                parts.append(shown_by(call, element, value, depth + 1))
    return call.data(*parts)


@method("aggregate")
def aggregate(call: ModelCall) -> Value:
    made = call.new(DICT)
    for source in sources_of(call):
        for element in elements_of(call.frame, call.state, source).objects():
            for name, expression in call.arguments.keywords.items():
                shown = shown_by(call, element, expression, 0)
                call.state.store(made, index(name), shown if shown.atoms else EMPTY)
    return of(made)
