"""How packs make one policy, and what the compiled policy answers."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from datause_lint.errors import PolicyError
from datause_lint.policy import loader
from datause_lint.policy.compiled import CompiledPolicy
from datause_lint.policy.entries import GuardKind
from datause_lint.policy.loader import PackText, default_pack_files, load_policy
from datause_lint.policy.tables import PolicyTables
from datause_lint.policy.unmatched import unmatched

pytestmark = pytest.mark.usefixtures("small_packs")


def load(*texts: str, default_packs: bool = True) -> PolicyTables:
    packs = [PackText(f"{number}.toml", text) for number, text in enumerate(texts, 1)]
    return load_policy(packs, default_packs=default_packs)


def problems(*texts: str, default_packs: bool = True) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load(*texts, default_packs=default_packs)
    return str(caught.value).splitlines()


def test_categories_uses_and_purposes_add_up() -> None:
    tables = load(
        '[category."user.contact.email"]\nlabel = "Mail"\nnames = "mailbox"\n'
        '[category."user.acme"]\n[use."ai.inference"]\nmaps_to = "x:y"\n[purposes]\nassistant = "ai.training"'
    )
    email = tables.categories["user.contact.email"]  # type: ignore[index]  # a key is a string
    assert (email.label, email.names) == ("Mail", ("email", "mailbox"))
    assert "user.acme" in tables.categories
    inference = tables.uses["ai.inference"]  # type: ignore[index]  # a key is a string
    assert (inference.label, inference.maps_to) == ("Inference", ("x:y",))
    assert tables.uses_of_purpose("assistant") == ("ai.inference", "ai.training")
    assert tables.uses_of_purpose("marketing") == ()


def test_a_later_pack_takes_a_name_for_its_own_category() -> None:
    match = load('[category."user.name"]\nnames = "email"').classify("user_email")
    assert match is not None
    assert match.category == "user.name"


def test_without_the_default_packs_only_the_keys_stand() -> None:
    tables = load('[[source]]\nid = "s"\npath = "a.f"\ncategory = "user.name"', default_packs=False)
    assert "user.contact.email" in tables.categories
    assert "ai.training" in tables.uses
    assert tables.classify("email") is None
    assert tables.rules == ()
    assert tables.uses_of_purpose("assistant") == ()
    assert [pack.name for pack in tables.policy.packs] == ["1.toml"]
    assert problems('[pack]\nname = "a"\nextends = "core"', default_packs=False) == [
        '1.toml:3: [pack] "core" is no pack of the loaded packs'
    ]


def test_a_pack_may_refer_to_another_whatever_the_order() -> None:
    load('[pack]\nname = "a"\nextends = ["b", "core"]', '[pack]\nname = "b"')
    assert problems('[pack]\nname = "a"', '[pack]\nname = "a"') == [
        '2.toml:1: [pack] the pack of 1.toml is called "a" too: give each its own name'
    ]


RULE = '[[rule]]\nid = "DU101"\ndata = "user.name"\nuse = "ai.training"\n'


def test_an_entry_replaces_another_only_when_it_says_so() -> None:
    assert problems(RULE) == [
        '1.toml:1: [rule] the id "DU101" is taken by the entry at packs/core/pack.toml:21: choose another, or say '
        '"replace = true"'
    ]
    tables = load(RULE + "replace = true")
    assert [(rule.id, rule.data) for rule in tables.rules] == [("DU101", ("user.name",))]
    (named,) = (named for named in tables.policy.entries if named.table == "rule")
    assert (named.pack, named.replaces, named.written["use"]) == ("1.toml", True, "ai.training")
    assert (named.entry.origin.file, named.entry.origin.line) == ("1.toml", 1)


def test_all_problems_of_all_packs_are_told_in_order() -> None:
    assert problems("[[sink]]\nid = 1\nx = 1", "[[guard]]\nallows = 'ai.x'", "y = 1") == [
        '1.toml:1: [sink] takes exactly one of "call", "url", and has none',
        '1.toml:1: [sink] "use" is missing',
        '1.toml:2: [sink] "id" must be a string, not a number: write "1"',
        '1.toml:3: [sink] unknown key "x"',
        '2.toml:1: [guard] "id" is missing',
        '2.toml:1: [guard] takes exactly one of "test", "field", "row", "enforce", "decorator", "context", "filter", '
        "and has none",
        '2.toml:2: [guard] "ai.x" is no use of the loaded packs; did you mean "ai"?',
        '3.toml:1: unknown table or key "y"',
    ]


def test_a_pack_that_does_not_parse_brings_no_word_on_references() -> None:
    waiver, broken = problems('[[record]]\nmodel = "a.M"\n[purposes]\nx = "ai.x"', "[[rule]")
    assert waiver == '1.toml:1: [record] "subject" is missing'
    assert broken.startswith("2.toml:1: is not valid TOML: ")


def test_a_file_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text('[[aborts]]\ncall = "a.stop"\n')
    tables = load_policy([file, tmp_path / "." / "acme.toml"], default_packs=True)
    assert [pack.name for pack in tables.policy.packs] == ["core", file.as_posix()]


def test_the_digest_is_of_what_the_packs_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = load(RULE + "replace = true"), load(RULE.replace("DU101", "DU102"))
    assert len({one.digest, other.digest, load().digest, load(default_packs=False).digest}) == 4
    shutil.copytree(loader._rules_folder(), tmp_path / "elsewhere")
    monkeypatch.setattr(loader, "_rules_folder", lambda: tmp_path / "elsewhere")
    assert load(RULE + "replace = true").digest == one.digest


def test_packs_beside_the_modules_come_before_those_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    package = tmp_path / "src" / "datause_lint"
    for folder in (package / "policy", tmp_path / "rules", package / "rules" / "b", package / "rules" / "a"):
        folder.mkdir(parents=True)
    monkeypatch.setattr(loader, "__file__", str(package / "policy" / "loader.py"))
    (tmp_path / "rules" / "pack.toml").touch()
    for name in ("b/one.toml", "a/two.toml", "a/page.md"):
        (package / "rules" / name).touch()
    assert [file.relative_to(package / "rules").as_posix() for file in default_pack_files()] == [
        "a/two.toml",
        "b/one.toml",
    ]
    shutil.rmtree(package / "rules")
    assert default_pack_files() == (tmp_path / "rules" / "pack.toml",)
    shutil.rmtree(tmp_path / "rules")
    with pytest.raises(PolicyError, match="the tool's own rule packs are missing: install it again"):
        default_pack_files()


TEXT = """
[[api]]
path = ["vendor.AsyncClient()", "vendor.Client().with_options()"]
is = "vendor.Client()"
[[api]]
path = "wrapper.client"
is = "vendor.AsyncClient()"
[[api]]
path = "unrelated.X()"
is = "unrelated.Y()"
[[source]]
id = "s.path"
path = "vendor.AsyncClient().answers[]"
category = "user"
[[source]]
id = "s.parameter"
parameter = ["app.views.*(text)", "app.views.summarise(other)"]
category = "user"
[[source]]
id = "s.model"
model = "orm.Model"
[[record]]
model = "app.Ticket"
subject = "owner"
[[sink]]
id = "wild"
call = ["vendor.AsyncClient().**.send", "pkg.**.train"]
use = "ai.training"
[[sink]]
id = "url"
url = ["api.vendor.example", "*.host.example/v1", "*/v1/messages"]
use = "ai.inference"
[[guard]]
id = "g.test"
test = "*.has_consent"
allows = "ai"
[[guard]]
id = "g.field"
field = ["ai_consent", "consent"]
allows = "ai"
[[guard]]
id = "g.row"
row = "app.Consent"
person = "user"
allows = "ai"
[[sanitizer]]
call = "app.redact"
[[propagator]]
call = "app.render"
from = "*"
[[aborts]]
call = "app.stop"
"""


@pytest.fixture
def tables() -> PolicyTables:
    return load(TEXT)


def ids(entries: tuple[object, ...]) -> list[str]:
    return [entry.id for entry in entries]  # type: ignore[attr-defined]  # every entry asked for has one


def test_what_the_tables_answer(tables: PolicyTables) -> None:
    policy: CompiledPolicy = tables
    assert policy.canonical("wrapper.client.ask") == "vendor.Client().ask"
    assert ids(policy.sinks_at("wrapper.client.ask")) == ["core.sink"]
    assert ids(policy.sinks_at("vendor.Client().with_options().chat.send")) == ["wild"]
    assert ids(policy.sinks_at("?.ask_model")) == ["core.sink"]
    assert ids(policy.sinks_at("?.ask")) == []
    assert ids(policy.sources_at("vendor.Client().answers[]")) == ["s.path"]
    assert ids(policy.parameter_sources("app.views.anything", "text")) == ["s.parameter"]
    assert ids(policy.parameter_sources("app.views.summarise", "other")) == ["s.parameter"]
    assert ids(policy.parameter_sources("app.views.anything", "other")) == []
    assert ids(policy.model_sources("orm.Model")) == ["s.model"]
    assert [record.subject for record in policy.records_of("app.Ticket")] == [("owner",)]
    assert ids(policy.url_sinks("https://eu.host.example/v1/messages")) == ["url"]
    assert ids(policy.guards_at(GuardKind.TEST, "?.has_consent")) == ["g.test"]
    assert ids(policy.guards_at(GuardKind.ENFORCE, "?.has_consent")) == []
    assert ids(policy.guards_at(GuardKind.ROW, "app.Consent")) == ["g.row"]
    assert ids(policy.guards_at(GuardKind.FIELD, "ai_consent")) == []
    assert ids(policy.field_guards("ai_consent")) == ["g.field"]
    assert ids(policy.sanitizers_at("app.redact")) == ["1.toml.sanitizer.1"]
    assert ids(policy.propagators_at("app.render")) == ["1.toml.propagator.1"]
    assert policy.aborts("app.stop")
    assert not policy.aborts("app.go")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("vendor", True),
        ("vendor.Client", True),
        ("wrapper", True),
        ("wrapper.client.answers", True),
        ("app.views.x", True),
        ("app.other", False),
        ("?", False),
        ("ask_model", False),
    ],
)
def test_known_prefixes(tables: PolicyTables, path: str, expected: bool) -> None:
    assert tables.knows_prefix(path) is expected


def test_anchors(tables: PolicyTables) -> None:
    assert tables.anchors() == (
        "api.vendor.example",
        "ask_model",
        "host.example",
        "pkg",
        "v1/messages",
        "vendor",
        "wrapper",
    )


def test_tables_travel_between_processes(tables: PolicyTables) -> None:
    again = pickle.loads(pickle.dumps(tables))
    assert again.policy == tables.policy
    assert again.digest == tables.digest
    assert again.sinks_at("wrapper.client.ask") == tables.sinks_at("wrapper.client.ask")


def test_entries_that_can_never_match() -> None:
    text = """
[[rule]]
id = "DU900"
data = "user"
use = "ai.fine_tuning"
[[rule]]
id = "DU901"
data = "user"
use = "ai"
recipient = "Corre*"
[[source]]
id = "s"
path = "a.f"
category = "system.operations"
[[guard]]
id = "g"
test = "a.f"
allows = "ai.training"
[[sanitizer]]
id = "z"
call = "a.f"
replace = true
[[waiver]]
rule = "DU900"
sink = "core.sank"
recipient = "core.*"
reason = "r"
owner = "o"
expires = 2030-01-01
"""
    assert [str(remark) for remark in unmatched(load(text).policy)] == [
        '1.toml:11: [source] "s" is of the category "system.operations", which no rule is about',
        '1.toml:15: [guard] "g" allows ai.training, which is the use of no sink',
        '1.toml:19: [sanitizer] "z" replaces nothing: no pack before it has the id',
        '1.toml:2: [rule] "DU900" is about ai.fine_tuning, which is the use of no sink',
        '1.toml:6: [rule] the recipient of "DU901" is none of the policy: "Corre*"',
        '1.toml:23: [waiver] the sink of the waiver is none of the policy: "core.sank"; did you mean "core.sink"?',
    ]
    lonely = load('[[guard]]\nid = "g"\ntest = "a.f"\npurpose = "0"', default_packs=False)
    assert [str(remark) for remark in unmatched(lonely.policy)] == [
        '1.toml:1: [guard] "g" looks up its purpose, and [purposes] says of none what it allows'
    ]
