"""Methods of Django's querysets that may make records: what such a record says of consent, nobody has given."""

from __future__ import annotations

from collections.abc import Iterator

from datause_lint.analysis.access import TUPLE, known_keys, stored_keys
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.facts import Fact, Same, Truth
from datause_lint.analysis.frameworks.django.conditions import is_same
from datause_lint.analysis.frameworks.django.managers import method, model_of, sources_of
from datause_lint.analysis.frameworks.django.records import single
from datause_lint.analysis.frameworks.django.rows import row_guards
from datause_lint.analysis.frameworks.django.stated_conditions import Condition, conditions_of
from datause_lint.analysis.guards import fold
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.named_data import may_consent
from datause_lint.analysis.objects import Obj, attribute, index, name_in
from datause_lint.analysis.values import UNKNOWN_BOOLEAN, Value, of
from datause_lint.policy.entries import Scalar


@method("get_or_create", "update_or_create")
def get_or_create(call: ModelCall) -> Value:
    """A record, and whether it is new; a new one has the given values: what they say of consent, nobody has given."""
    sources = sources_of(call)
    given = Arguments(
        [],
        {name: value for name, value in call.arguments.keywords.items() if name not in ("defaults", "create_defaults")},
    )
    found = single(call, sources, conditions_of(call.frame, call.state, given))
    purposes = _purposes_alone(call, sources)
    by_whom = {
        atom: frozenset(each for each in carried if type(each) is Same or _is_test_of(each, purposes))
        for atom, carried in found.atoms.items()
    }
    for name in _answered_by_code(call, sources):
        for obj in found.objects():
            call.state.store(obj, attribute(name), UNKNOWN_BOOLEAN)
    _give_by_default(call, found)
    pair = call.new(TUPLE, "~pair")
    call.state.store(pair, index(0), Value(by_whom))
    call.state.store(pair, index(1), UNKNOWN_BOOLEAN)
    return of(pair)


def _give_by_default(call: ModelCall, found: Value) -> None:
    """``get_or_create(pk=pk, defaults={"ai_consent": True})``: of a new record, code has said so."""
    names = ("defaults", "create_defaults")
    given = [value for name, value in call.arguments.keywords.items() if name in names]
    for value in given:
        for each in value.objects():
            for key in stored_keys(call.frame, call.state, each):
                name, constant = name_in(key), (call.read(of(each), key)).constant()
                if name and constant is not None and may_consent(call.frame, name, constant):
                    for obj in found.objects():
                        own = obj.child(attribute(name))
                        call.state.store(obj, attribute(name), of(own, constant))


def _answered_by_code(call: ModelCall, sources: list[Obj]) -> list[str]:
    """The fields of a consent for which a new record has what makes it one: whoever asks them asks the code."""
    guards = [guard for source in sources for guard in row_guards(call.frame, model_of(call.frame, call.state, source))]
    asked = [each for guard in guards for each in guard.where]
    return [name for name, value in _given(call) if any(name == f and _may_be(call, value, w) for f, w in asked)]


def _purposes_alone(call: ModelCall, sources: list[Obj]) -> frozenset[str]:
    """The fields for the purpose of a consent, where the call itself says nothing of what makes it one."""
    guards = [guard for source in sources for guard in row_guards(call.frame, model_of(call.frame, call.state, source))]
    given = list(_given(call))
    if not all(guard.where for guard in guards) or any(
        name == field and _may_be(call, value, wanted)
        for guard in guards
        for field, wanted in guard.where
        for name, value in given
    ):
        return frozenset()
    return frozenset(name for guard in guards if guard.purpose is not None for name in guard.purpose.names)


def _given(call: ModelCall) -> Iterator[tuple[str, Value]]:
    """The values of fields that the call puts into a new record."""
    for name, value in call.arguments.keywords.items():
        if name not in ("defaults", "create_defaults"):
            yield name.partition("__")[0], value
            continue
        for obj in value.objects():
            for key in known_keys(call.frame, call.state, obj):
                yield str(key), call.read(value, index(key))


def _may_be(call: ModelCall, value: Value, wanted: Scalar) -> bool:
    constants = fold(call.frame, value)
    if constants is None:
        return True
    if wanted in ("null", "not null", None):
        return any((each.value is None) is (wanted != "not null") for each in constants)
    return any(is_same(wanted, each) for each in constants)


def _is_test_of(truth: Truth, fields: frozenset[str]) -> bool:
    return type(truth) is Fact and truth.subject is not None and not truth.uses and name_in(truth.subject.key) in fields


@method("create", "create_user", "create_superuser")
def create(call: ModelCall) -> Value:
    """A new record: its fields are what it is made with."""
    found = single(call, sources_of(call), Condition("and"))
    made = found.only_object()
    if made is not None:
        for name, value in call.arguments.keywords.items():
            call.state.store(made, attribute(name), value)
    return of(*found.objects())


@method("bulk_create", "bulk_update")
def bulk(call: ModelCall) -> Value:
    return call.argument(0, "objs")
