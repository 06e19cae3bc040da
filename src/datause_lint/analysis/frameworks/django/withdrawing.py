"""Methods of Django's querysets and records that take rows away, or change them: consents may be among them."""

from __future__ import annotations

from datause_lint.analysis.access import read_object
from datause_lint.analysis.frameworks.django.conditions import PLUS, Query, is_same
from datause_lint.analysis.frameworks.django.managers import method, model_of, query_for, sources_of
from datause_lint.analysis.frameworks.django.rows import person_of_row, purposes_of, remembered, row_guards
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import NONE, Value
from datause_lint.analysis.withdrawal import is_consent, withdraw
from datause_lint.policy.entries import Guard, Scalar


@method("delete")
def delete(call: ModelCall) -> Value:
    for source in sources_of(call):
        for guard in row_guards(call.frame, model_of(call.frame, call.state, source)):
            _withdraw(call, source, guard)
    return NONE


@method("update")
def update(call: ModelCall) -> Value:
    given = call.arguments.keywords
    for source in sources_of(call):
        for guard in row_guards(call.frame, model_of(call.frame, call.state, source)):
            if any(name in given and not _surely_is(call, given[name], wanted) for name, wanted in guard.where):
                _withdraw(call, source, guard)
        for name, value in given.items():
            for guard in call.frame.world.policy.field_guards(name):
                if not is_consent(guard, value, source.child(attribute(name))):
                    withdraw(call.frame, call.state, guard, _identified(call, source))
    return NONE


@models("django.db.models.Model().delete", "django.db.models.Model().adelete")
def delete_record(call: ModelCall) -> Value:
    for row in call.receiver.objects():
        for kind in types_of(call.frame, call.state, row):
            for guard in row_guards(call.frame, kind.cls) if kind.cls is not None else ():
                person = read_object(call.frame, call.state, row, attribute(guard.person))
                withdraw(call.frame, call.state, guard, person.objects())
    return NONE


def _withdraw(call: ModelCall, source: Obj, guard: Guard) -> None:
    """Rows of other purposes are no consents to lose."""
    conditions = remembered(call.frame, call.state, source)
    query: Query = query_for(call, source, source)
    purposes = purposes_of(query, guard, conditions)
    if purposes and not any(call.frame.world.policy.uses_of_purpose(each) for each in purposes):
        return
    person = person_of_row(guard, conditions)
    withdraw(call.frame, call.state, guard, key_objects(person) if person is not None else [])


def _identified(call: ModelCall, source: Obj) -> list[Obj]:
    """The one record that a query asks for by its number."""
    conditions = remembered(call.frame, call.state, source)
    asked = [conditions[key] for name in ("pk", "id") if (key := f"{PLUS}{name}__exact") in conditions]
    return key_objects(asked[0]) if asked else []


def _surely_is(call: ModelCall, value: Value, wanted: Scalar) -> bool:
    constants = fold(call.frame, value)
    if wanted in ("null", "not null", None):
        null = wanted != "not null"
        return constants is not None and all((each.value is None) is null for each in constants)
    return constants is not None and all(is_same(wanted, each) for each in constants)
