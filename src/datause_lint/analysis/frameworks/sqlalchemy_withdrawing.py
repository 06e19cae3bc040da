"""What SQLAlchemy takes away, or changes, of rows: consents may be among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from datause_lint.analysis.access import stored_keys, stored_value
from datause_lint.analysis.consent_rows import guards_of_rows, tests_on
from datause_lint.analysis.facts import Truths
from datause_lint.analysis.frameworks.sqlalchemy_expressions import field_of
from datause_lint.analysis.frameworks.sqlalchemy_queries import (
    DELETE,
    ENTITY,
    UPDATE,
    Statement,
    facts_of,
    placeholder_of,
)
from datause_lint.analysis.frameworks.sqlalchemy_tables import FUNCTIONS, OF_SESSION, OF_STATEMENT, of_kind
from datause_lint.analysis.given_by_code import give
from datause_lint.analysis.models.registry import UNMODELLED, ModelCall
from datause_lint.analysis.objects import ELEMENT, KEYS, Obj, attribute, constant_in
from datause_lint.analysis.subjects import OWN_IDS, identities
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.analysis.withdrawal import is_consent, revokes, withdraw, withdraw_row
from datause_lint.policy.entries import Guard

SET: Final = "@set:"  # followed by the name of a column: what an update puts there


@of_kind(FUNCTIONS, "delete", "update")
def changing(call: ModelCall) -> Value:
    """``delete(Consent)``: a statement that has yet to be run."""
    placeholder = placeholder_of(call.frame, call.state, call.argument(0, "table"))
    if placeholder is None:
        return UNMODELLED
    api = DELETE if call.path.endswith("delete") else UPDATE
    statement = Statement(call.frame, call.state, call.span, api)
    statement.add_entity(placeholder)
    return statement.value


def with_values(call: ModelCall) -> Value:
    """``update(Consent).values(granted=False)``."""
    statement = Statement(call.frame, call.state, call.span, UPDATE, call.receiver)
    for name, value in (*call.arguments.keywords.items(), *_in_dict(call, call.argument(0))):
        call.state.store(statement.obj, SET + name, value)
    return statement.value


def _in_dict(call: ModelCall, given: Value) -> Iterator[tuple[str, Value]]:
    """``{"granted": False}``, ``{Consent.granted: False}``."""
    for obj in given.objects():
        for key in stored_keys(call.frame, call.state, obj):
            name = constant_in(key) if key.startswith("[") and key != ELEMENT else None
            if isinstance(name, str):
                yield name, call.read(of(obj), key)
        columns = stored_value(call.frame, call.state, obj, KEYS) or EMPTY
        for column in columns.objects():
            field = field_of(call.frame, call.state, of(column))
            if field is not None:
                yield field.key[1:], call.read(of(obj), ELEMENT)


@of_kind(OF_STATEMENT, "delete", "update")
def change_by_query(call: ModelCall) -> Value:
    """``session.query(Consent).filter(…).delete()``."""
    is_update = call.path.endswith("update")
    new = dict(_in_dict(call, call.argument(0, "values"))) if is_update else None
    for query in call.receiver.objects():
        _change(call, query, new)
    return EMPTY


def run_change(call: ModelCall, statement: Value) -> None:
    """Runs what deletes or updates."""
    for obj in statement.objects():
        fields = call.state.heap.get(obj, {})
        new = {key.removeprefix(SET): value for key, value in fields.items() if key.startswith(SET)}
        if obj.api in (DELETE, UPDATE):
            _change(call, obj, new if obj.api == UPDATE else None)


@of_kind(OF_SESSION, "delete")
def delete_row(call: ModelCall) -> Value:
    for row in call.argument(0, "instance").objects():
        withdraw_row(call.frame, call.state, row, guards_of_rows(call.frame, call.state, row))
    return EMPTY


def _change(call: ModelCall, statement: Obj, new: Mapping[str, Value] | None) -> None:
    """Rows of a statement get new content, or none at all."""
    facts = facts_of(call.frame, call.state, of(statement)).implied.true
    for element in _elements(call, statement):
        for guard in guards_of_rows(call.frame, call.state, element):
            changed = new is None or any(revokes(call.frame, guard, name, value) for name, value in new.items())
            if changed and _may_be_consent(call, element, guard, facts):
                people = _others(call, element, [element.child(attribute(guard.person))], facts)
                withdraw(call.frame, call.state, guard, people)
        for name, value in new.items() if new is not None else ():
            for guard in call.frame.world.policy.field_guards(name):
                ids = [element, *(element.child(key) for key in OWN_IDS)]
                people = _others(call, element, ids, facts)
                if not is_consent(guard, value, element.child(attribute(name))):
                    withdraw(call.frame, call.state, guard, people)
                elif not people:
                    give(call.frame, call.state, guard, value)


def _elements(call: ModelCall, statement: Obj) -> list[Obj]:
    found: dict[Obj, None] = {}
    for key in stored_keys(call.frame, call.state, statement):
        held = stored_value(call.frame, call.state, statement, key) if key.startswith(ENTITY) else None
        found.update(dict.fromkeys(held.objects() if held is not None else ()))
    return list(found)


def _may_be_consent(call: ModelCall, element: Obj, guard: Guard, facts: Truths) -> bool:
    """Rows of other purposes are no consents to lose."""
    if guard.purpose is None or not guard.purpose.names:
        return True
    tests = tests_on(facts, element.child(attribute(guard.purpose.names[0])))
    return not tests or any(call.frame.world.policy.uses_of_purpose(test[3:-1]) for test in tests)


def _others(call: ModelCall, element: Obj, own: list[Obj], facts: Truths) -> list[Obj]:
    """Whom the statement asks for, by what it says of its element."""
    found: dict[Obj, None] = {}
    for each in own:
        found.update(identities(call.frame, call.state, each, facts))
    return [each for each in found if each.root is not element]
