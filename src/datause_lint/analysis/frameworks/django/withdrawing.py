"""Methods of Django's querysets and records that take rows away, or change them: consents may be among them."""

from __future__ import annotations

from datause_lint.analysis.frameworks.django.conditions import PLUS, Query
from datause_lint.analysis.frameworks.django.managers import method, model_of, query_for, sources_of
from datause_lint.analysis.frameworks.django.rows import person_of_row, purposes_of, remembered, row_guards
from datause_lint.analysis.given_by_code import give
from datause_lint.analysis.identifiers import is_person, relation_of_id
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import NONE, Value
from datause_lint.analysis.withdrawal import is_consent, revokes, withdraw, withdraw_row
from datause_lint.policy.entries import Guard


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
            if any(revokes(call.frame, guard, name, value) for name, value in given.items()):
                _withdraw(call, source, guard)
        for name, value in given.items():
            for guard in call.frame.world.policy.field_guards(name):
                if not is_consent(guard, value, source.child(attribute(name))):
                    withdraw(call.frame, call.state, guard, _identified(call, source))
                elif not _asks_for_somebody(call, source):
                    give(call.frame, call.state, guard, value)
    return NONE


@models("django.db.models.Model().delete", "django.db.models.Model().adelete")
def delete_record(call: ModelCall) -> Value:
    for row in call.receiver.objects():
        for kind in types_of(call.frame, call.state, row):
            if kind.cls is not None:
                withdraw_row(call.frame, call.state, row, row_guards(call.frame, kind.cls))
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


def _asks_for_somebody(call: ModelCall, source: Obj) -> bool:
    """Whether the query names people by their ids, or a person: then it may be they who have just said so."""
    conditions = remembered(call.frame, call.state, source)
    words = [word for key in conditions for word in key.removeprefix(PLUS).split("__")]
    return any(word == "pk" or relation_of_id(word) is not None or is_person(word) for word in words)


def _identified(call: ModelCall, source: Obj) -> list[Obj]:
    """The one record that a query asks for by its number."""
    conditions = remembered(call.frame, call.state, source)
    asked = [conditions[key] for name in ("pk", "id") if (key := f"{PLUS}{name}__exact") in conditions]
    return key_objects(asked[0]) if asked else []
