"""One function for each array of tables: the keys that an entry takes, their types and their defaults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from string import Formatter

from datause_lint.errors import nearest
from datause_lint.names import CategoryKey, RuleId, UseKey
from datause_lint.policy.entries import (
    Aborts,
    About,
    Api,
    ArgumentRef,
    Confidence,
    Evidence,
    Guard,
    GuardKind,
    Place,
    Propagator,
    Record,
    Rule,
    Sanitizer,
    Scalar,
    Severity,
    Sink,
    Source,
    Unless,
    Waiver,
)
from datause_lint.policy.notation import (
    api_path,
    argument_ref,
    exact_api_path,
    input_place,
    parameter,
    place,
    url_pattern,
)
from datause_lint.policy.pack import Entry
from datause_lint.policy.table_reader import TableReader, quoted

_CONFIDENCES = {level.name.lower(): level for level in reversed(Confidence)}
_SEVERITIES = {level.name.lower(): level for level in reversed(Severity)}
_ABOUT = {about.value: about for about in About}
_UNLESS = {unless.value: unless for unless in Unless}
_MESSAGE = "{data} reaches {sink} ({recipient}) for {use} without a consent check"
_MESSAGE_FIELDS = ("data", "sink", "recipient", "use")


def read_source(reader: TableReader, id: str) -> Source:
    matcher = _one_of(reader, ("path", "parameter", "model"))
    sql = reader.flag("sql")
    fills = reader.parsed_one("fills", argument_ref, "")
    for key in ("sql", "fills"):
        if key in reader and matcher != "path":
            reader.complain(f'"{key}" stands beside a "path"', key)
    # A model's fields and a query's columns have the categories of their names.
    category = reader.reference("category", "category", "user" if matcher == "model" or sql else None)
    return Source(
        id=id,
        category=CategoryKey(category),
        confidence=reader.choice("confidence", _CONFIDENCES, "high"),
        path=reader.parsed("path", api_path),
        parameter=reader.parsed("parameter", parameter),
        model=reader.parsed("model", api_path),
        sql=sql,
        fills=fills,
        when=reader.conditions("when"),
        unless=reader.conditions("unless"),
        origin=reader.origin,
    )


def read_record(reader: TableReader, id: str) -> Record:
    _require(reader, "model", "subject")
    return Record(model=reader.parsed("model", api_path), subject=reader.strings("subject"), origin=reader.origin)


def read_sink(reader: TableReader, id: str) -> Sink:
    _one_of(reader, ("call", "url"))
    names_arguments = "args" in reader or "constructor_args" in reader
    args = reader.parsed("args", argument_ref)
    return Sink(
        id=id,
        call=reader.parsed("call", api_path),
        url=reader.parsed("url", url_pattern),
        args=args if names_arguments else (ArgumentRef(every=True),),
        constructor_args=reader.parsed("constructor_args", argument_ref),
        use=UseKey(reader.reference("use", "use")),
        recipient=reader.string("recipient", id),
        when=reader.conditions("when"),
        unless=reader.conditions("unless"),
        origin=reader.origin,
    )


def read_guard(reader: TableReader, id: str) -> Guard:
    kind = GuardKind(_one_of(reader, tuple(kind.value for kind in GuardKind)) or "test")
    subject, any_subject = _guard_subject(reader, kind)
    evidence, values = _evidence(reader, kind)
    allows, purpose = _allowed_uses(reader, kind)
    organisation = reader.choice("scope", {"person": False, "organisation": True}, "person")
    if kind is GuardKind.ROW and "person" not in reader and not (any_subject or organisation):
        reader.complain('"person" is missing: the field of the model that leads to the person')
    if kind is not GuardKind.ROW:
        _refuse(reader, ("person", "where"), 'goes with "row"')
    if kind is GuardKind.FIELD:
        _refuse(reader, ("arguments",), "is for calls: a field takes none")
    return Guard(
        id=id,
        kind=kind,
        matches=_guard_matches(reader, kind),
        subject=subject,
        any_subject=any_subject,
        allows=allows,
        purpose=purpose,
        evidence=evidence,
        values=values,
        arguments=reader.conditions("arguments"),
        null_allows=reader.choice("null", {"allows": True, "denies": False}, "denies"),
        person=reader.string("person", ""),
        where=reader.scalar_items("where"),
        organisation=organisation,
        origin=reader.origin,
    )


def read_sanitizer(reader: TableReader, id: str) -> Sanitizer:
    _require(reader, "call")
    return Sanitizer(
        id=id,
        call=reader.parsed("call", api_path),
        removes=_categories(reader, "removes"),  # none written: the merge puts every category there
        keeps=_categories(reader, "keeps"),
        origin=reader.origin,
    )


def read_propagator(reader: TableReader, id: str) -> Propagator:
    _require(reader, "call")
    if "from" not in reader:  # though [] may stand there: nothing passes
        reader.complain('"from" is missing')
    return Propagator(
        id=id,
        call=reader.parsed("call", api_path),
        sources=reader.parsed("from", input_place),
        target=reader.parsed_one("to", place, "return") or Place(None),
        calls=reader.parsed_one("calls", argument_ref, ""),
        origin=reader.origin,
    )


def read_api(reader: TableReader, id: str) -> Api:
    _require(reader, "path")
    return Api(
        path=reader.parsed("path", exact_api_path),
        same_as=reader.parsed_one("is", exact_api_path) or "",
        origin=reader.origin,
    )


def read_aborts(reader: TableReader, id: str) -> Aborts:
    _require(reader, "call")
    return Aborts(call=reader.parsed("call", api_path), origin=reader.origin)


def read_rule(reader: TableReader, id: str) -> Rule:
    _require(reader, "data", "use")
    return Rule(
        id=RuleId(id),
        title=reader.string("title", id),
        data=_categories(reader, "data"),
        use=tuple(UseKey(use) for use in reader.references("use", "use")),
        recipient=reader.strings("recipient") or ("*",),
        person_consent_only=reader.choice("consent_scope", {"any": False, "person": True}, "any"),
        unless=reader.choice("unless", _UNLESS, "consent"),
        severity=reader.choice("severity", _SEVERITIES, "error"),
        unproven_severity=reader.choice("unproven_severity", _SEVERITIES, "warning"),
        min_confidence=reader.choice("min_confidence", _CONFIDENCES, "medium"),
        message=_message(reader),
        help=reader.string("help", ""),
        references=reader.strings("references"),
        origin=reader.origin,
        about=reader.choice("about", _ABOUT, "flow"),
    )


def read_waiver(reader: TableReader, id: str) -> Waiver:
    matchers = ("path", "fingerprint", "sink", "recipient")
    if not any(key in reader for key in matchers):
        reader.complain(f"says not what it is about: give at least one of {quoted(matchers)}")
    path = reader.optional_string("path")
    if path is not None and "\\" in path:
        reader.complain('"path" is written with "/" on every system', "path", path.replace("\\", "/"))
    return Waiver(
        rule=RuleId(reader.reference("rule", "rule")),
        path=path,
        fingerprint=reader.optional_string("fingerprint"),
        sink=reader.optional_string("sink"),
        recipient=reader.optional_string("recipient"),
        reason=reader.string("reason"),
        owner=reader.string("owner"),
        expires=reader.date("expires"),
        origin=reader.origin,
    )


@dataclass(frozen=True, slots=True)
class EntryTable:
    read: Callable[[TableReader, str], Entry]
    takes_id: bool = True
    needs_id: bool = True


ENTRY_TABLES: dict[str, EntryTable] = {
    "source": EntryTable(read_source),
    "record": EntryTable(read_record, needs_id=False),
    "sink": EntryTable(read_sink),
    "guard": EntryTable(read_guard),
    "sanitizer": EntryTable(read_sanitizer, needs_id=False),
    "propagator": EntryTable(read_propagator, needs_id=False),
    "api": EntryTable(read_api, takes_id=False, needs_id=False),
    "aborts": EntryTable(read_aborts, takes_id=False, needs_id=False),
    "rule": EntryTable(read_rule),
    "waiver": EntryTable(read_waiver, takes_id=False, needs_id=False),
}


def _guard_matches(reader: TableReader, kind: GuardKind) -> tuple[str, ...]:
    for other in GuardKind:
        if other is not kind:
            reader.raw(other.value)  # a valid key, though not beside this one
    return reader.strings("field") if kind is GuardKind.FIELD else reader.parsed(kind.value, api_path)


def _guard_subject(reader: TableReader, kind: GuardKind) -> tuple[ArgumentRef | None, bool]:
    default = "any" if kind in (GuardKind.DECORATOR, GuardKind.CONTEXT) else ""
    text = reader.string("subject", default)
    if text == "any":
        return None, True
    return reader.parsed_one("subject", argument_ref, ""), False


def _allowed_uses(reader: TableReader, kind: GuardKind) -> tuple[tuple[UseKey, ...], ArgumentRef | None]:
    if ("allows" in reader) == ("purpose" in reader):
        reader.complain(
            'takes exactly one of "allows" (fixed uses) and "purpose" (the argument that names the purpose)'
        )
    allows = tuple(UseKey(use) for use in reader.references("allows", "use"))
    if kind is GuardKind.ROW:
        field = reader.optional_string("purpose")
        return allows, None if field is None else ArgumentRef(names=(field,))
    return allows, reader.parsed_one("purpose", argument_ref, "")


def _evidence(reader: TableReader, kind: GuardKind) -> tuple[Evidence, tuple[Scalar, ...]]:
    """What a test or field must be to prove consent; the values that it is compared with."""
    conditions = [key for key in ("when", "equals", "not_equals", "set", "in") if key in reader]
    if kind not in (GuardKind.TEST, GuardKind.FIELD):
        _refuse(reader, tuple(conditions), 'is a condition of a "test" or a "field"')
    if len(conditions) > 1:
        reader.complain(f"takes one condition at most, not {quoted(conditions)} together", conditions[1])
    for key in ("set", "in"):
        if not reader.flag(key, default=True):
            reader.complain(f'"{key}" can only be true', key)
    when = reader.flag("when", default=True)
    equals, not_equals = reader.scalars("equals"), reader.scalars("not_equals")
    if "equals" in reader:
        return Evidence.EQUALS, equals
    if "not_equals" in reader:
        return Evidence.NOT_EQUALS, not_equals
    if "set" in reader:
        return Evidence.SET, ()
    if "in" in reader:
        return Evidence.MEMBER, ()
    return (Evidence.TRUE if when else Evidence.FALSE), ()


def _message(reader: TableReader) -> str:
    message = reader.string("message", _MESSAGE)
    try:
        fields = [field for _, field, _, _ in Formatter().parse(message) if field is not None]
    except ValueError as fault:
        reader.complain(f'"message" is malformed: {fault}; a brace that is none of a field is doubled', "message")
        return message
    for field in fields:
        if field not in _MESSAGE_FIELDS:
            suggestion = nearest(field, _MESSAGE_FIELDS)
            reader.complain(f'"message" has the unknown field "{field}"', "message", suggestion)
    return message


def _categories(reader: TableReader, key: str) -> tuple[CategoryKey, ...]:
    return tuple(CategoryKey(word) for word in reader.references(key, "category"))


def _one_of(reader: TableReader, keys: tuple[str, ...]) -> str | None:
    """The one of the keys that is written, the first when there are several; a problem unless it is exactly one."""
    written = [key for key in keys if key in reader]
    if not written:
        reader.complain(f"takes exactly one of {quoted(keys)}, and has none")
    elif len(written) > 1:
        reader.complain(f"takes exactly one of {quoted(keys)}, and has {quoted(written)}", written[1])
    else:
        _require(reader, written[0])
    return written[0] if written else None


def _require(reader: TableReader, *keys: str) -> None:
    for key in keys:
        if key not in reader:
            reader.complain(f'"{key}" is missing')
        elif reader.raw(key) == []:
            reader.complain(f'"{key}" is empty', key)


def _refuse(reader: TableReader, keys: tuple[str, ...], reason: str) -> None:
    for key in keys:
        if key in reader:
            reader.complain(f'"{key}" {reason}', key)
