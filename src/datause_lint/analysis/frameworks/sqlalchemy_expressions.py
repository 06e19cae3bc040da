"""SQLAlchemy's expressions: columns of models, and what a condition over them proves of the rows that satisfy it.

A column is an object that remembers ``model.field`` as a field of the *placeholder* of its model: the model's class
object, or an alias. A condition's facts speak of placeholders; a query puts its own elements in their place. What its
truth, and its falsehood (NULL is neither), proves stands in the ``implied`` of the condition's value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import stored_value
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied, comparison
from datause_lint.analysis.facts import NOTHING, Fact, Probe, Same, Truth, Truths, common
from datause_lint.analysis.objects import Kind, Obj, attribute
from datause_lint.analysis.own_numbers import of_different_classes
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.values import Value, join_all, of
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath
from datause_lint.policy.entries import Evidence

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame

COLUMN: Final = "sqlalchemy.orm.InstrumentedAttribute()"
CONDITION: Final = "sqlalchemy.ColumnElement()"
FIELD: Final = "@column"  # of a column: the field of the placeholder
PARTS: Final = "@columns"  # of an expression: the columns that its value is made of
TRUTH: Final = "@truth"  # of a condition: what it proves, for those who only have the object
RENAMED: Final = "@renamed"  # of a label: that it is one of a column, and not of what is made of one
AGGREGATE: Final = "@aggregate"  # of an expression: that it is of all rows together
LABEL: Final = "@label"  # of an expression: the name that the row has it by

NULL: Final = Const(None, type(None))


def column(frame: Frame, state: State, placeholder: Obj, name: str) -> Value:
    """``Model.name`` as expressions have it."""
    made = frame.world.objects.external(f"column {placeholder.key}.{name}", ApiPath(COLUMN))
    if made not in state.heap:
        state.heap[made] = {FIELD: of(placeholder.child(attribute(name)))}
    return of(made)


def expression(
    frame: Frame, state: State, site: str, parts: Iterable[Value], implied: Implied = NO_IMPLICATION
) -> Value:
    """A condition, or a value that is computed from columns."""
    made = frame.world.objects.external(f"{site}~expression", ApiPath(CONDITION))
    state.allocate(made)
    columns = [of(obj) for part in parts for obj in columns_in(frame, state, part)]
    if columns:
        state.store(made, PARTS, join_all(columns))
    if any(implied):
        state.store(made, TRUTH, Value({}, implied))
    return Value({made: NOTHING}, implied)


def is_aggregate(frame: Frame, state: State, value: Value) -> bool:
    """``func.count()``: of all rows together, also of none."""
    objects = value.objects()
    return bool(objects) and all(stored_value(frame, state, obj, AGGREGATE) is not None for obj in objects)


def columns_in(frame: Frame, state: State, value: Value) -> list[Obj]:
    found: dict[Obj, None] = {}
    for obj in value.objects():
        if obj.api == COLUMN:
            found[obj] = None
        elif obj.api == CONDITION:
            inner = stored_value(frame, state, obj, PARTS)
            found.update(dict.fromkeys(inner.objects() if inner is not None else ()))
    return list(found)


def is_expression(value: Value) -> bool:
    return any(obj.api in (COLUMN, CONDITION) for obj in value.objects())


def field_of(frame: Frame, state: State, value: Value) -> Obj | None:
    """The field of its placeholder that a column stands for."""
    for obj in value.objects():
        if obj.api == COLUMN:
            found = stored_value(frame, state, obj, FIELD)
            return found.only_object() if found is not None else None
    return None


# ── what conditions prove ─────────────────────────────────────────────────────────────────────────────────────────


def truth_of(frame: Frame, state: State, value: Value, span: Span) -> Implied:
    """What holds of rows for which the expression is true, and for which it is false."""
    if len(value.objects()) > 1:
        each = [truth_of(frame, state, Value({obj: value.atoms[obj]}, value.implied), span) for obj in value.objects()]
        return Implied(common(*(one.true for one in each)), common(*(one.false for one in each)))
    field = field_of(frame, state, value)
    if field is not None:
        return equality(frame, state, field, of(Const(True, bool)), span)
    only = value.only_object()
    told = stored_value(frame, state, only, TRUTH) if only is not None and not any(value.implied) else None
    return told.implied if told is not None else value.settled().implied


def equality(frame: Frame, state: State, field: Obj, other: Value, span: Span, *, null_counts: bool = False) -> Implied:
    """``field = other``; with ``null_counts`` it is ``IS``, of which NULL makes the opposite true."""
    constants = guards.fold(frame, other)
    probes = probes_of(frame, state, field, span)
    if constants is None:
        return _equal_to_value(frame, state, field, other, probes)
    tests: Truths = frozenset(test for constant in constants for test in _tests(frame, field, constant, span))
    tests = tests if len(constants) == 1 else NOTHING
    equal: set[Truth] = set(tests)
    different: set[Truth] = set(_not_null(frame, field, span) if constants == [NULL] else ())
    for probe in probes:
        same, other_than = comparison(probe, constants)
        equal |= same
        different |= other_than if null_counts or NULL in constants else _other_than(probe, constants)
    return Implied(frozenset(equal), frozenset(different))


def _equal_to_value(frame: Frame, state: State, field: Obj, other: Value, probes: tuple[Probe, ...]) -> Implied:
    """A comparison with what is no constant: an identity, and a value that is not NULL."""
    present: Truths = frozenset(fact for probe in probes for fact in present_facts(probe))
    any_value: Truths = frozenset(
        Fact(probe.guard.id, probe.uses, probe.subject, probe.location, probe.guard.organisation)
        for probe in probes
        if probe.guard.evidence is Evidence.EQUALS and "*" in probe.guard.values
    )
    theirs = field_of(frame, state, other)
    people = [theirs] if theirs is not None else key_objects(other)
    is_one = people and people[0] is not field and not of_different_classes(frame, state, field, people[0])
    same: Truths = frozenset((Same(field, people[0]),)) if is_one else NOTHING
    return Implied(same | present | any_value, present)


def present_facts(probe: Probe) -> Truths:
    """What it proves that the field is not NULL."""
    return comparison(probe, [NULL])[1] if probe.guard.evidence is Evidence.SET else NOTHING


def _other_than(probe: Probe, constants: list[Const]) -> Truths:
    """``field <> constant``: NULL does not satisfy it."""
    return comparison(probe, [*constants, NULL])[1]


def probes_of(frame: Frame, state: State, field: Obj, span: Span) -> tuple[Probe, ...]:
    """Evidence that the column is: by its name, or by an entry that names its path."""
    record, name = field.base, field.key[1:]
    if record is None:
        return ()
    paths = [f"{path}().{name}" for path in frame.world.class_paths(record.cls)] if record.cls is not None else []
    if record.kind is Kind.CLASS:
        paths = [f"{path}().{name}" for path in frame.world.class_paths(record.key)]  # type: ignore[arg-type]
    return (
        *guards.field_probes(frame, state, record, name, span),
        *guards.attribute_probes(frame, state, record, [*paths, f"?.{name}"], span),
    )


# ── tests: what a row satisfies, for guards that are rows ─────────────────────────────────────────────────────────


def _tests(frame: Frame, field: Obj, constant: Const, span: Span) -> list[Fact]:
    """Facts that prove nothing by themselves: what the row has in the field."""
    texts = [f"= {constant.value!r}", *([f"= {constant.name!r}"] if constant.name else [])]
    if constant.value is not None:
        texts.append("!= None")
    return [Fact(text, (), field, frame.location(span)) for text in texts]


def _not_null(frame: Frame, field: Obj, span: Span) -> list[Fact]:
    return [Fact("!= None", (), field, frame.location(span))]


# ── logic ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def conjunction(parts: list[Implied]) -> Implied:
    if not parts:
        return Implied()
    return Implied(frozenset().union(*(each.true for each in parts)), common(*(each.false for each in parts)))


def disjunction(parts: list[Implied]) -> Implied:
    return negation(conjunction([negation(each) for each in parts]))


def negation(part: Implied) -> Implied:
    return Implied(part.false, part.true)


def compare(frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
    """``Model.field == x``: an expression, never a boolean."""
    if not is_expression(left) and not is_expression(right):
        return None
    if field_of(frame, state, left) is None:
        left, right = right, left
    field = field_of(frame, state, left)
    implied = Implied()
    if field is None and operator == "==":
        condition, other = (left, right) if is_expression(left) else (right, left)
        implied = condition_is(truth_of(frame, state, condition, span), other)
    if field is not None:
        if operator == "==":
            implied = equality(frame, state, field, right, span)
        elif operator == "!=":
            implied = negation(equality(frame, state, field, right, span))
        elif operator in ("<", "<=", ">", ">="):
            present = frozenset(fact for probe in probes_of(frame, state, field, span) for fact in present_facts(probe))
            implied = Implied(present, present)
    return expression(frame, state, frame.site(span), (), implied)


def condition_is(truth: Implied, other: Value) -> Implied:
    """``(condition).is_(True)``, ``condition == False``."""
    constant = other.constant()
    if constant == Const(True, bool):
        return Implied(truth.true)
    return Implied(truth.false) if constant == Const(False, bool) else Implied()


def binary(frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
    """``&`` and ``|`` of conditions; any other operator computes a value from columns."""
    if not is_expression(left) and not is_expression(right):
        return None
    if operator not in ("&", "|"):
        return expression(frame, state, frame.site(span), (left, right))
    parts = [truth_of(frame, state, each, span) for each in (left, right)]
    implied = conjunction(parts) if operator == "&" else disjunction(parts)
    return expression(frame, state, frame.site(span), (), implied)


def unary(frame: Frame, state: State, operator: str, operand: Value, span: Span) -> Value | None:
    if operator != "~" or not is_expression(operand):
        return None
    return expression(frame, state, frame.site(span), (), negation(truth_of(frame, state, operand, span)))
