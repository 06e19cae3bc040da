"""SQLAlchemy's calls that make expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datause_lint.analysis import comparisons, guards
from datause_lint.analysis.access import read
from datause_lint.analysis.atoms import Const
from datause_lint.analysis.consent_rows import rows_that_prove
from datause_lint.analysis.evidence import NO_IMPLICATION, Implied
from datause_lint.analysis.facts import NOTHING, Fact, Same, Truths, common
from datause_lint.analysis.frameworks.sqlalchemy_answers import Answer
from datause_lint.analysis.frameworks.sqlalchemy_expressions import (
    AGGREGATE,
    LABEL,
    RENAMED,
    compare,
    condition_is,
    conjunction,
    disjunction,
    equality,
    expression,
    field_of,
    is_aggregate,
    is_expression,
    negation,
    truth_of,
)
from datause_lint.analysis.frameworks.sqlalchemy_models import foreign_key
from datause_lint.analysis.frameworks.sqlalchemy_queries import (
    ALIAS,
    FACTS,
    SELECT,
    Statement,
    class_of,
    is_statement,
    placeholder_of,
)
from datause_lint.analysis.frameworks.sqlalchemy_tables import (
    AGGREGATES,
    FUNCTIONS,
    OF_EXPRESSION,
    OF_STATEMENT,
    of_kind,
)
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.own_numbers import of_different_classes
from datause_lint.analysis.renaming import replaced
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.surely_in import surely_in
from datause_lint.analysis.typing_of import attribute_types
from datause_lint.analysis.values import Value, const, of
from datause_lint.names import ClassId

if TYPE_CHECKING:
    pass

# ── expressions ───────────────────────────────────────────────────────────────────────────────────────────────────


def made(call: ModelCall, implied: Implied = NO_IMPLICATION, *parts: Value) -> Value:
    return expression(call.frame, call.state, call.site(), parts, implied)


def computed(call: ModelCall) -> Value:
    """A value computed from columns: ``Account.email.concat(…)``, ``cast(Account.email, String)``."""
    return made(call, Implied(), call.receiver, *call.arguments.all())


def sql_function(call: ModelCall) -> Value:
    name = call.path.rpartition(".")[2]
    if name in AGGREGATES:
        result = made(call)
        for obj in result.objects():
            call.state.store(obj, AGGREGATE, const(True))
        return result
    return coalesced(call) if name == "coalesce" else computed(call)


def coalesced(call: ModelCall) -> Value:
    """``coalesce(Account.consent, False)``: true where whichever of them is not NULL is true."""
    given = call.arguments.positional
    true = [truth.true for each, truth in zip(given, truths(call, given), strict=True) if each.may_be_true()]
    return made(call, Implied(common(*true)), *given)


def truths(call: ModelCall, values: list[Value]) -> list[Implied]:
    return [truth_of(call.frame, call.state, each, call.span) for each in values]


def in_lists(call: ModelCall) -> list[Value]:
    """What is surely among starred arguments: ``and_(*conditions)``."""
    return [each for listed in call.arguments.lists for each in surely_in(call.state, listed)]


@of_kind(FUNCTIONS, "and_")
def and_(call: ModelCall) -> Value:
    parts = truths(call, [*call.arguments.positional, *in_lists(call)])
    if call.arguments.more is not None:
        parts.append(Implied())
    return made(call, conjunction(parts))


@of_kind(FUNCTIONS, "or_")
def or_(call: ModelCall) -> Value:
    given = [each for each in call.arguments.positional if each.constant() != Const(False, bool)]
    parts = truths(call, given)
    if call.arguments.more is not None:
        parts.append(Implied())
    return made(call, disjunction(parts))


@of_kind(FUNCTIONS, "not_")
def not_(call: ModelCall) -> Value:
    return made(call, negation(truth_of(call.frame, call.state, call.argument(0), call.span)))


@of_kind(FUNCTIONS, "col", "distinct", "asc", "desc", "type_coerce")
def same_expression(call: ModelCall) -> Value:
    return call.argument(0) if is_expression(call.argument(0)) else computed(call)


@of_kind(FUNCTIONS, "cast", "case", "literal_column", "extract", "literal", "bindparam")
def function_of_columns(call: ModelCall) -> Value:
    return computed(call)


@of_kind(FUNCTIONS, "null", "true", "false")
def constant(call: ModelCall) -> Value:
    return const({"true": True, "false": False}.get(call.path.rpartition(".")[2]))


@of_kind(OF_EXPRESSION, "asc", "desc", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "self_group", "of_type")
def same_column(call: ModelCall) -> Value:
    return call.receiver


@of_kind(OF_EXPRESSION, "label")
def label(call: ModelCall) -> Value:
    result = made(call, truth_of(call.frame, call.state, call.receiver, call.span), call.receiver)
    for obj in result.objects():
        call.state.store(obj, LABEL, call.argument(0, "name"))
        if field_of(call.frame, call.state, call.receiver) is not None:
            call.state.store(obj, RENAMED, const(True))
        if is_aggregate(call.frame, call.state, call.receiver):
            call.state.store(obj, AGGREGATE, const(True))
    return result


@of_kind(OF_EXPRESSION, "is_", "is_not_distinct_from", "isnot_distinct_from")
def is_(call: ModelCall) -> Value:
    return made(call, _equality(call, null_counts=True))


@of_kind(OF_EXPRESSION, "is_not", "isnot", "is_distinct_from")
def is_not(call: ModelCall) -> Value:
    return made(call, negation(_equality(call, null_counts=True)))


def _equality(call: ModelCall, *, null_counts: bool) -> Implied:
    field = field_of(call.frame, call.state, call.receiver)
    if field is None:
        return condition_is(truths(call, [call.receiver])[0], call.argument(0, "other"))
    return equality(call.frame, call.state, field, call.argument(0, "other"), call.span, null_counts=null_counts)


@of_kind(OF_EXPRESSION, "__eq__")
def equals(call: ModelCall) -> Value:
    return compare(call.frame, call.state, "==", call.receiver, call.argument(0), call.span) or made(call)


@of_kind(OF_EXPRESSION, "in_")
def in_(call: ModelCall) -> Value:
    return made(call, _membership(call))


@of_kind(OF_EXPRESSION, "not_in", "notin_")
def not_in(call: ModelCall) -> Value:
    return made(call, negation(_membership(call)))


def _membership(call: ModelCall) -> Implied:
    frame, state = call.frame, call.state
    field, given = field_of(frame, state, call.receiver), call.argument(0, "other")
    if field is None:
        return Implied()
    if is_statement(frame, state, given):
        return _among_rows(call, field, given)
    members = call.elements(given)
    if guards.fold(frame, members) is not None:
        return equality(frame, state, field, members, call.span)
    true, _ = comparisons.compare(frame, state, "in", of(field), given)
    return Implied(true)


def _among_rows(call: ModelCall, field: Obj, subquery: Value) -> Implied:
    """``Note.owner_id.in_(select(Account.id).where(…))``: it is one of those rows."""
    answer = Answer(call.frame, call.state, subquery, call.site("~in"), call.span)
    facts = answer.facts.implied.true
    theirs = key_objects(Value({a: c for a, c in answer.scalars.atoms.items() if type(a) is Obj}))
    if theirs and not of_different_classes(call.frame, call.state, field, theirs[0]):
        facts = facts | frozenset((Same(field, theirs[0]),))
    return Implied(facts)


@of_kind(OF_EXPRESSION, "has", "any")
def has(call: ModelCall) -> Value:
    """``Note.owner.has(Account.ai_consent)``: a related row satisfies the condition."""
    field = field_of(call.frame, call.state, call.receiver)
    if field is None or field.base is None:
        return made(call)
    criterion = call.optional(0, "criterion")
    parts = truths(call, [criterion]) if criterion is not None else []
    target = related_class(call, field)
    holder = call.frame.world.objects.class_object(target) if target is not None else None
    if holder is not None:
        parts.extend(
            equality(call.frame, call.state, holder.child(attribute(name)), value, call.span)
            for name, value in call.arguments.keywords.items()
            if name != "criterion"
        )
    facts: Truths = frozenset().union(*(each.true for each in parts)) if parts else NOTHING
    if holder is None:
        return made(call)
    if call.path.endswith(".any"):
        return made(call, Implied(_of_some_row(call, field, facts, holder)))
    return made(call, Implied(_about(facts, holder, field)))


def _of_some_row(call: ModelCall, field: Obj, facts: Truths, rows: Obj) -> Truths:
    """What it proves that some row behind the relation is so: of that row alone, and of whom all the rows lead to."""
    assert field.base is not None
    row = call.external(cls=class_of(rows), part="~some")
    back = [row.child(attribute(name)) for name in _ways_back(call, field)]
    same = frozenset(Same(each, field.base) for each in back)
    known = _about(facts, rows, row) | same
    known = known | rows_that_prove(call.frame, call.state, known, call.span)
    proven = [fact for fact in known if type(fact) is Fact and fact.uses]
    of_person = frozenset(fact._replace(subject=field.base) for fact in proven if fact.subject in back)
    of_row = frozenset(fact for fact in proven if fact.subject not in back)
    return of_person | of_row | (same if of_row else NOTHING)


def _ways_back(call: ModelCall, field: Obj) -> list[str]:
    """By what the rows behind a relation lead back to its holder: a relation of theirs, and the key that they keep."""
    holder, target = class_of(field.base) if field.base is not None else None, related_class(call, field)
    if holder is None or target is None:
        return []
    back = call.frame.world.wiring.inverse_of(call.frame, holder, field.key[1:])
    return [name for name in (back, foreign_key(call.frame, target, holder)) if name is not None]


def _about(facts: Truths, old: Obj, new: Obj) -> Truths:
    found = set()
    for truth in facts:
        if type(truth) is Fact:
            found.add(truth._replace(subject=replaced(truth.subject, old, new)) if truth.subject is not None else truth)
        elif isinstance(truth, Same):
            found.add(Same(replaced(truth.left, old, new), replaced(truth.right, old, new)))  # type: ignore[arg-type]
    return frozenset(found)


def related_class(call: ModelCall, field: Obj) -> ClassId | None:
    """The class that a relation leads to, to one or to many."""
    cls = class_of(field.base) if field.base is not None else None
    for kind in attribute_types(call.frame, cls, field.key[1:]) if cls is not None else ():
        if kind.cls is not None:
            return kind.cls
        for inner in kind.arguments[-1] if kind.arguments else ():
            if inner.cls is not None:
                return inner.cls
    return None


def leads_to_one(call: ModelCall, field: Obj) -> bool:
    cls = class_of(field.base) if field.base is not None else None
    return cls is not None and any(kind.cls is not None for kind in attribute_types(call.frame, cls, field.key[1:]))


@of_kind(FUNCTIONS, "exists")
@of_kind(OF_STATEMENT, "exists")
def exists(call: ModelCall) -> Value:
    """True where the statement has a row."""
    statement = call.receiver if is_statement(call.frame, call.state, call.receiver) else call.argument(0)
    implied = Implied()
    if is_statement(call.frame, call.state, statement):
        implied = Implied(read(call.frame, call.state, statement, FACTS).implied.true)
    return made(call, implied)


@of_kind(OF_EXPRESSION, "where", "filter")
def exists_where(call: ModelCall) -> Value:
    """``exists().where(…)``."""
    facts = frozenset().union(
        call.receiver.implied.true, *(each.true for each in truths(call, call.arguments.positional))
    )
    facts = facts | rows_that_prove(call.frame, call.state, facts, call.span)
    return made(call, Implied(facts))


@of_kind(OF_EXPRESSION, "select", "correlate", "select_from")
def exists_select(call: ModelCall) -> Value:
    if call.path.endswith(".select"):
        statement = Statement(call.frame, call.state, call.span, SELECT)
        statement.select([call.receiver])
        return statement.value
    return call.receiver


@of_kind(FUNCTIONS, "aliased")
def aliased(call: ModelCall) -> Value:
    placeholder = placeholder_of(call.frame, call.state, call.argument(0))
    if placeholder is None:
        return call.argument(0)
    result = call.external(cls=class_of(placeholder))
    call.state.store(result, ALIAS, of(Const(True, bool)))
    return of(result)
