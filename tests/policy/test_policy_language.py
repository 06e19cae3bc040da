"""Every key of the policy language and its default; what is wrong with a pack, in the words that the user reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from datause_lint.errors import PolicyError
from datause_lint.policy.entries import (
    Aborts,
    Api,
    ArgumentRef,
    Confidence,
    ConstantCondition,
    Evidence,
    Guard,
    GuardKind,
    Place,
    Propagator,
    Record,
    Rule,
    Sanitizer,
    Severity,
    Sink,
    Source,
    Unless,
    Waiver,
)
from datause_lint.policy.loader import PackText, load_policy
from datause_lint.policy.tables import PolicyTables

pytestmark = pytest.mark.usefixtures("small_packs")

HEADER = 'schema = 1\n[pack]\nname = "acme"\n'
RULE = '[[rule]]\nid = "DU900"\ndata = "user"\nuse = "ai"\n'


def load(text: str, header: str = HEADER) -> PolicyTables:
    return load_policy([PackText("acme.toml", header + text)], default_packs=False)


def problems(text: str, header: str = HEADER) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load(text, header)
    return str(caught.value).splitlines()


def only(text: str, kind: type[Any]) -> Any:
    (entry,) = load(text).policy.of(kind)
    return entry


def test_source_with_every_key() -> None:
    source = only(
        """
        [[source]]
        id = "s"
        path = ["a.B().read", "*.read"]
        category = "user.contact"
        confidence = "low"
        sql = true
        fills = "buffer|0"
        when = { mode = ["r", 1], "0" = true }
        unless = { kind = "x*" }
        replace = true
        """,
        Source,
    )
    assert source.path == ("a.B().read", "*.read")
    assert (source.category, source.confidence, source.sql) == ("user.contact", Confidence.LOW, True)
    assert source.fills == ArgumentRef((0,), ("buffer",))
    assert source.when == (
        ConstantCondition(ArgumentRef(names=("mode",)), ("r", 1)),
        ConstantCondition(ArgumentRef(positions=(0,)), (True,)),
    )
    assert source.unless == (ConstantCondition(ArgumentRef(names=("kind",)), ("x*",)),)
    assert (source.origin.file, source.origin.line) == ("acme.toml", 5)


def test_defaults_of_a_source() -> None:
    source = only('[[source]]\nid = "s"\nparameter = "a.f(x)"\ncategory = "user"', Source)
    assert source.confidence is Confidence.HIGH
    assert (source.path, source.parameter, source.model) == ((), ("a.f(x)",), ())
    assert (source.sql, source.fills, source.when, source.unless) == (False, None, (), ())
    assert only('[[source]]\nid = "s"\nmodel = "a.Model"', Source).category == "user"


def test_sinks() -> None:
    sink = only(
        """
        [[sink]]
        id = "s"
        call = "a.B().send"
        constructor_args = "0"
        use = "ai.training"
        unless = { base_url = ["http://localhost*"] }
        """,
        Sink,
    )
    assert (sink.args, sink.constructor_args) == ((), (ArgumentRef((0,)),))
    assert sink.recipient == "s"
    by_default = only('[[sink]]\nid = "s"\ncall = "a.f"\nuse = "ai"\nrecipient = "R"', Sink)
    assert (by_default.args, by_default.recipient) == ((ArgumentRef(every=True),), "R")


def guard(text: str, uses: str = 'allows = "ai"') -> Guard:
    found = only(f'[[guard]]\nid = "g"\n{uses}\n{text}', Guard)
    assert isinstance(found, Guard)
    return found


@pytest.mark.parametrize(
    ("text", "evidence", "values"),
    [
        ("", Evidence.TRUE, ()),
        ("when = true", Evidence.TRUE, ()),
        ("when = false", Evidence.FALSE, ()),
        ('equals = "granted"', Evidence.EQUALS, ("granted",)),
        ('equals = ["*"]', Evidence.EQUALS, ("*",)),
        ('not_equals = ["no", 0, false]', Evidence.NOT_EQUALS, ("no", 0, False)),
        ("set = true", Evidence.SET, ()),
        ("in = true", Evidence.MEMBER, ()),
    ],
)
def test_conditions_of_tests_and_fields(text: str, evidence: Evidence, values: tuple[object, ...]) -> None:
    for matcher in ('test = ["a.f"]', 'field = "f"'):
        found = guard(f"{matcher}\n{text}")
        assert (found.evidence, found.values) == (evidence, values)


@pytest.mark.parametrize("kind", list(GuardKind))
def test_matchers_of_guards(kind: GuardKind) -> None:
    found = guard(f'{kind.value} = ["a.f"]' + ('\nperson = "user"' if kind is GuardKind.ROW else ""))
    assert (found.kind, found.matches) == (kind, ("a.f",))
    assert found.any_subject is (kind in (GuardKind.DECORATOR, GuardKind.CONTEXT))
    assert (found.subject, found.purpose, found.null_allows, found.organisation) == (None, None, False, False)


def test_guard_of_rows() -> None:
    found = guard(
        'row = "a.Consent"\nperson = "user"\nwhere = { granted = true, withdrawn_at = "null" }',
        'purpose = "purpose__code"',
    )
    assert (found.person, found.where) == ("user", (("granted", True), ("withdrawn_at", "null")))
    assert found.purpose == ArgumentRef(names=("purpose__code",))
    assert found.allows == ()


def test_other_keys_of_guards() -> None:
    found = guard(
        'decorator = "a.f"\nsubject = "user"\nscope = "organisation"\narguments = { "0" = "x" }', 'purpose = "1"'
    )
    assert (found.subject, found.any_subject) == (ArgumentRef(names=("user",)), False)
    assert found.organisation
    assert found.arguments == (ConstantCondition(ArgumentRef((0,)), ("x",)),)
    assert found.purpose == ArgumentRef((1,))
    assert guard('test = "a.f"\nsubject = "any"').any_subject
    assert guard('field = "f"\nnull = "allows"').null_allows


def test_entries_without_an_id() -> None:
    tables = load(
        """
        [[sanitizer]]
        call = "a.f"
        [[sanitizer]]
        call = "a.g"
        removes = ["user.name"]
        keeps = "user.unique_id"
        [[propagator]]
        call = "a.h"
        from = ["self.parts[]", "*"]
        to = "0[]"
        calls = "1"
        [[propagator]]
        call = "a.i"
        from = []
        [[record]]
        model = "a.M"
        subject = "owner.user"
        [[api]]
        path = "a.X()"
        is = "b.Y()"
        [[aborts]]
        call = "a.stop"
        """
    )
    first, second = tables.policy.of(Sanitizer)
    assert (first.id, second.id) == ("acme.sanitizer.1", "acme.sanitizer.2")
    assert (first.removes, first.keeps) == (("system", "user"), ())
    assert (second.removes, second.keeps) == (("user.name",), ("user.unique_id",))
    propagator, nothing = tables.policy.of(Propagator)
    assert propagator.sources == (
        Place(ArgumentRef(receiver=True), (".parts", "[]")),
        Place(ArgumentRef(every=True)),
    )
    assert (propagator.target, propagator.calls) == (Place(ArgumentRef((0,)), ("[]",)), ArgumentRef((1,)))
    assert (nothing.sources, nothing.target, nothing.calls) == ((), Place(None), None)
    assert [record.subject for record in tables.policy.of(Record)] == [("owner.user",)]
    assert [api.same_as for api in tables.policy.of(Api)] == ["b.Y()"]
    assert [aborts.call for aborts in tables.policy.of(Aborts)] == [("a.stop",)]


def test_defaults_of_a_rule() -> None:
    rule = only(RULE, Rule)
    assert (rule.title, rule.data, rule.use, rule.recipient) == ("DU900", ("user",), ("ai",), ("*",))
    assert (rule.person_consent_only, rule.unless) == (False, Unless.CONSENT)
    assert (rule.severity, rule.unproven_severity) == (Severity.ERROR, Severity.WARNING)
    assert rule.min_confidence is Confidence.MEDIUM
    assert rule.message == "{data} reaches {sink} ({recipient}) for {use} without a consent check"
    assert (rule.help, rule.references) == ("", ())


def test_rule_with_every_key() -> None:
    rule = only(
        RULE
        + """
        title = "T"
        recipient = ["Open*"]
        consent_scope = "person"
        unless = "sanitized"
        severity = "note"
        unproven_severity = "note"
        min_confidence = "low"
        message = "{data} {{}} {use}"
        help = "h"
        references = "r"
        """,
        Rule,
    )
    assert (rule.recipient, rule.person_consent_only, rule.unless) == (("Open*",), True, Unless.SANITIZED)
    assert (rule.severity, rule.unproven_severity) == (Severity.NOTE, Severity.NOTE)
    assert (rule.min_confidence, rule.message) == (Confidence.LOW, "{data} {{}} {use}")
    assert (rule.title, rule.help, rule.references) == ("T", "h", ("r",))


def test_waiver() -> None:
    text = '\n[[waiver]]\nrule = "DU900"\npath = "app/*.py"\nreason = "r"\nowner = "o"\nexpires = 2027-03-31'
    waiver = only(RULE + text, Waiver)
    assert (waiver.rule, waiver.path, waiver.expires) == ("DU900", "app/*.py", date(2027, 3, 31))
    assert (waiver.fingerprint, waiver.sink, waiver.recipient) == (None, None, None)


SINK = '[[sink]]\nid = "s"\ncall = "a.f"\nuse = "ai"\n'
GUARD = '[[guard]]\nid = "g"\nallows = "ai"\n'
WAIVER = '[[waiver]]\nrule = "DU900"\nreason = "r"\nowner = "o"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[[sorce]]\nid = "x"',
            ['acme.toml:4: unknown table or key "sorce"; did you mean "source"?'],
        ),
        (
            SINK + 'recipent = "X"',
            ['acme.toml:8: [sink] unknown key "recipent"; did you mean "recipient"?'],
        ),
        (
            '[[sink]]\nid = 7\ncall = [\n  "a.f",\n  3,\n]\nuse = "ai.trainning"',
            [
                'acme.toml:5: [sink] "id" must be a string, not a number: write "7"',
                'acme.toml:8: [sink] an element of "call" must be a string, not a number: write "3"',
                'acme.toml:10: [sink] "ai.trainning" is no use of the loaded packs; did you mean "ai.training"?',
            ],
        ),
        (
            '[[sink]]\nid = "s"\ncall = ["a:f"]\nargs = "first argument"\nuse = "ai"',
            [
                'acme.toml:6: [sink] "call": "a:f" is no API path: module and name are joined by a dot; '
                'did you mean "a.f"?',
                'acme.toml:7: [sink] "args": "first argument" names no argument: write a position ("0"), a name '
                '("messages"), either ("messages|0"), "*" or "self"',
            ],
        ),
        (
            '[[sink]]\nid = "s"\nuse = "ai"',
            ['acme.toml:4: [sink] takes exactly one of "call", "url", and has none'],
        ),
        (
            '[[sink]]\nid = "s"\nuse = "ai"\ncall = []',
            ['acme.toml:7: [sink] "call" is empty'],
        ),
        (
            '[[source]]\nid = "s"\npath = "a.f"\ncategory = "user.contact.emial"',
            [
                'acme.toml:7: [source] "user.contact.emial" is no category of data of the loaded packs; '
                'did you mean "user.contact.email"?'
            ],
        ),
        (
            '[[source]]\nid = "s"\nmodel = "a.M"\nsql = "yes"\nfills = "0"\nconfidence = "hihg"',
            [
                'acme.toml:7: [source] "sql" must be true or false, not a string',
                'acme.toml:7: [source] "sql" stands beside a "path"',
                'acme.toml:8: [source] "fills" stands beside a "path"',
                'acme.toml:9: [source] "confidence" is "hihg", which is none of high, medium, low; '
                'did you mean "high"?',
            ],
        ),
        (
            GUARD,
            [
                'acme.toml:4: [guard] takes exactly one of "test", "field", "row", "enforce", "decorator", "context", '
                '"filter", and has none'
            ],
        ),
        (
            GUARD + 'test = "a.f"\nfield = "f"',
            [
                'acme.toml:8: [guard] takes exactly one of "test", "field", "row", "enforce", "decorator", "context", '
                '"filter", and has "test", "field"'
            ],
        ),
        (
            '[[guard]]\nid = "g"\ntest = "a.f"',
            [
                'acme.toml:4: [guard] takes exactly one of "allows" (fixed uses) and "purpose" (the argument that '
                "names the purpose)"
            ],
        ),
        (
            GUARD + 'enforce = "a.f"\nwhen = false\nperson = "p"',
            [
                'acme.toml:8: [guard] "when" is a condition of a "test" or a "field"',
                'acme.toml:9: [guard] "person" goes with "row"',
            ],
        ),
        (
            GUARD + 'test = "a.f"\nset = false\nequals = []',
            [
                'acme.toml:8: [guard] takes one condition at most, not "equals", "set" together',
                'acme.toml:8: [guard] "set" can only be true',
                'acme.toml:9: [guard] "equals" is empty',
            ],
        ),
        (
            GUARD + 'row = "a.M"',
            ['acme.toml:4: [guard] "person" is missing: the field of the model that leads to the person'],
        ),
        (
            GUARD + 'row = "a.M"\nperson = "p"\nwhere = { status = ["a"] }',
            ['acme.toml:9: [guard] "status" must be a string, a number, true or false, not a list'],
        ),
        (
            '[[propagator]]\ncall = "a.f"\nfrom = "return"\nto = "retrun..x"',
            [
                'acme.toml:6: [propagator] "from": "return" holds nothing before the call: name "self" or an argument; '
                'did you mean "self"?',
                'acme.toml:7: [propagator] "to": "retrun..x" is no place of a call: write "return", "self" or an '
                'argument, then ".name", "[0]" or "[]"',
            ],
        ),
        (
            RULE + 'message = "{daat} {x"',
            [
                "acme.toml:8: [rule] \"message\" is malformed: expected '}' before end of string; "
                "a brace that is none of a field is doubled"
            ],
        ),
        (
            RULE + 'message = "{daat}"\nseverity = "fatal"',
            [
                'acme.toml:8: [rule] "message" has the unknown field "daat"; did you mean "data"?',
                'acme.toml:9: [rule] "severity" is "fatal", which is none of error, warning, note',
            ],
        ),
        (
            WAIVER.replace("DU900", "DU910") + 'expires = "soon"\npath = "a\\\\b"\n' + RULE,
            [
                'acme.toml:5: [waiver] "DU910" is no rule of the loaded packs; did you mean "DU900"?',
                'acme.toml:8: [waiver] "expires" must be a date without quotes, such as expires = 2030-12-31, '
                "not a string",
                'acme.toml:9: [waiver] "path" is written with "/" on every system; did you mean "a/b"?',
            ],
        ),
        (
            WAIVER + RULE,
            [
                'acme.toml:4: [waiver] says not what it is about: give at least one of "path", "fingerprint", "sink", '
                '"recipient"',
                'acme.toml:4: [waiver] "expires" is missing: the last day, such as expires = 2030-12-31',
            ],
        ),
        (
            SINK + SINK,
            [
                'acme.toml:8: [sink] the id "s" is taken by the entry at acme.toml:4: choose another, or say '
                '"replace = true"'
            ],
        ),
        (
            '[[api]]\npath = "a.b"\nis = "c.d"\n[[api]]\npath = "c.d"\nis = "a.b.x"',
            [
                'acme.toml:4: [api] "a.b" leads back to itself: no entry may go round in a circle',
                'acme.toml:7: [api] "c.d" leads back to itself: no entry may go round in a circle',
            ],
        ),
        (
            '[[api]]\npath = "a.b"\nis = "c.d"\n[[api]]\npath = "a.b"\nis = "e"',
            ['acme.toml:7: [api] "a.b" is both "c.d" and "e": keep one'],
        ),
        (
            '[purposes]\n"x" = "ai.nothing"\n"y" = 3',
            [
                'acme.toml:5: [purposes] "ai.nothing" is no use of the loaded packs; did you mean "ai.training"?',
                'acme.toml:6: [purposes] "y" must be a string or a list of strings, not a number: write "3"',
            ],
        ),
        (
            '[category.user.pet]\nlabel = "Pet"',
            ['acme.toml:4: [category."user"] the key is not in quotes: write [category."user.pet"]'],
        ),
        (
            '[category."User Pet"]\nname = "x"',
            [
                'acme.toml:4: [category."User Pet"] "User Pet" is no key: write lower-case words with dots, '
                'such as "user.contact"',
                'acme.toml:5: [category."User Pet"] unknown key "name"; did you mean "names"?',
            ],
        ),
        ("[sink]\nid = 1", ["acme.toml:4: [sink] must be an array of tables: write [[sink]]"]),
        ("[[category]]\nx = 1", ["acme.toml:4: [category] must be a table: write [category]"]),
        ("[category]\nuser = 1", ['acme.toml:5: [category."user"] must be a table: write [category."user"]']),
    ],
)
def test_problems(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("schema = 2", ["acme.toml:1: schema is 2, and this version reads schema 1"]),
        (
            "[pack]\nnam = 'x'",
            ['acme.toml:1: [pack] "name" is missing', 'acme.toml:2: [pack] unknown key "nam"; did you mean "name"?'],
        ),
        (
            '[pack]\nname = "a"\nextends = ["a", "coer"]',
            ['acme.toml:3: [pack] "coer" is no pack of the loaded packs'],
        ),
        ("a = ", ["acme.toml:1: is not valid TOML: Invalid value"]),
    ],
)
def test_problems_of_the_header(header: str, expected: list[str]) -> None:
    assert problems("", header) == expected


def test_a_header_is_not_needed() -> None:
    assert [pack.name for pack in load("", "").policy.packs] == ["acme.toml"]
