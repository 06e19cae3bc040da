"""Consents that SQL text takes away, or changes."""

from __future__ import annotations

from collections.abc import Mapping

from datause_lint.analysis import identifiers, sql
from datause_lint.analysis.given_by_code import give
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.subjects import key_objects
from datause_lint.analysis.values import EMPTY, Value, const
from datause_lint.analysis.withdrawal import is_consent, revokes, withdraw
from datause_lint.policy.entries import Guard


def withdraw_by_text(call: ModelCall, text: str, parameters: Mapping[str, Value]) -> None:
    statement = sql.changed(text)
    if statement is None:
        return
    asked = {name: _value(given, parameters) for name, given in statement.asked}
    new = {name: _value(given, parameters) for name, given in statement.columns or ()}
    for guard in call.frame.world.policy.row_guards:
        changes = statement.columns is None or any(revokes(call.frame, guard, *each) for each in new.items())
        if changes and statement.table in sql.tables_of(guard) and _may_be_consent(call, guard, asked):
            withdraw(call.frame, call.state, guard, _whose(asked, statement.table))
    for name, value in new.items():
        for guard in call.frame.world.policy.field_guards(name):
            anything = call.frame.world.objects.external(f"table {statement.table}", None).child(attribute(name))
            if not is_consent(guard, value, anything):
                withdraw(call.frame, call.state, guard, _whose(asked, statement.table))
            elif not any(map(_is_number, asked)):
                give(call.frame, call.state, guard, value)


def _is_number(column: str) -> bool:
    """Whether somebody is asked for by it, who may have just said so."""
    return identifiers.relation_of_id(column) is not None or identifiers.is_person(column)


def _value(given: sql.Given, parameters: Mapping[str, Value]) -> Value:
    return const(given.constant) if given.known else parameters.get(given.placeholder, EMPTY)


def _may_be_consent(call: ModelCall, guard: Guard, asked: Mapping[str, Value]) -> bool:
    """Rows of other purposes are no consents to lose."""
    names = guard.purpose.names if guard.purpose is not None else ()
    purposes = fold(call.frame, asked[names[0].lower()]) if names and names[0].lower() in asked else None
    policy = call.frame.world.policy
    return purposes is None or any(policy.uses_of_purpose(str(each.value)) for each in purposes)


def _whose(asked: Mapping[str, Value], table: str) -> list[Obj]:
    """The people whose rows the statement asks for, by their ids."""
    return [obj for name, value in asked.items() if _is_of_person(name, table) for obj in key_objects(value)]


def _is_of_person(column: str, table: str) -> bool:
    """``user_id`` of any table; ``id`` of one of people."""
    relation = identifiers.relation_of_id(column)
    noun = relation or (identifiers.singular(table) if relation == "" else "")
    return identifiers.is_person(noun)
