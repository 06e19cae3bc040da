from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

import pytest

import datause_lint.analysis
from datause_lint.policy.loader import default_pack_files

analyse = datause_lint.analysis.analyse  # before a fixture puts another one there


class Outcome(Protocol):
    status: int
    out: str
    err: str


class Run(Protocol):
    """The fixture of ``conftest.py``."""

    folder: Path

    def write(self, name: str, text: str | bytes) -> Path: ...
    def __call__(self, *arguments: str, stdin: bytes = b"") -> Outcome: ...


PACK = """\
schema = 1

[pack]
name = "acme"

[category."user.loyalty"]
label = "Loyalty"
names = ["loyalty_level"]

[[guard]]
id = "acme.consent"
field = ["ai_consent"]
allows = ["ai.inference"]

[[rule]]
id = "AC1"
title = "Loyalty data in prompts"
data = ["user.loyalty"]
use = ["ai.inference"]
unless = "never"
help = "Leave it out."

[[waiver]]
rule = "AC1"
path = "old/*.py"
reason = "DPIA-1"
owner = "me"
expires = 2999-12-31
"""


def test_list_shows_every_table_with_origins(run: Run) -> None:
    run.write("acme.toml", PACK)
    outcome = run("rules", "list", "--policy", "acme.toml", "--no-default-policy")
    assert outcome.status == 0
    assert "\nguard (1)\n  acme.consent" in outcome.out
    assert "  AC1  Loyalty data in prompts  acme.toml:15\n" in outcome.out
    assert "  user.loyalty " in outcome.out


def test_list_of_one_table(run: Run) -> None:
    run.write("acme.toml", PACK)
    outcome = run("rules", "list", "rule", "--policy", "acme.toml", "--no-default-policy")
    assert outcome.out == "rule (1)\n  AC1  Loyalty data in prompts  acme.toml:15\n"


def test_show_gives_the_entry_as_it_is_written(run: Run) -> None:
    run.write("acme.toml", PACK)
    outcome = run("rules", "show", "acme.consent", "--policy", "acme.toml")
    assert outcome.out.startswith("# acme.toml:10\n[[guard]]\n")
    assert tomllib.loads(outcome.out) == {
        "guard": [{"id": "acme.consent", "field": ["ai_consent"], "allows": ["ai.inference"]}]
    }


def test_show_of_a_category(run: Run) -> None:
    run.write("acme.toml", PACK)
    shown = tomllib.loads(run("rules", "show", "user.loyalty", "--policy", "acme.toml").out)
    assert shown == {"category": {"user.loyalty": {"label": "Loyalty", "names": ["loyalty_level"]}}}


def test_every_entry_of_the_default_packs_can_be_shown(run: Run) -> None:
    for line in run("rules", "list", "rule", "guard", "sanitizer").out.splitlines():
        if line.startswith("  "):
            assert tomllib.loads(run("rules", "show", line.split()[0]).out)


def test_validate_names_packs_and_what_can_never_match(run: Run) -> None:
    run.write("acme.toml", PACK)
    outcome = run("rules", "validate", "acme.toml")
    assert outcome.status == 0
    assert "acme.toml: acme: 1 guard, 1 rule, 1 waiver\n" in outcome.out


def test_validate_names_every_error(run: Run) -> None:
    run.write("acme.toml", PACK.replace("unless", "unles").replace("allows", "alows"))
    outcome = run("rules", "validate", "acme.toml")
    assert (outcome.status, outcome.out) == (2, "")
    assert 'did you mean "unless"?' in outcome.err
    assert 'did you mean "allows"?' in outcome.err


def test_an_example_that_shows_what_it_expects(run: Run) -> None:
    run.write("acme/pack.toml", PACK)
    run.write("acme/examples/app.py", "def f(user):\n    leak(user)  # expect: DU101\n    guarded(user)\n")
    run.write("acme/examples/package/__init__.py", "")
    run.write("acme/examples/package/a.py", "def f(user):\n    maybe(user)  # expect: DU101\n")
    outcome = run("rules", "test", "acme/pack.toml")
    assert outcome.status == 0, outcome.err
    assert outcome.out == (
        "ok    acme/examples/app.py (1 expected)\nok    acme/examples/package (1 expected)\n2 passed, 0 failed\n"
    )


def test_the_packs_of_the_configuration_are_tested_by_default(run: Run) -> None:
    run.write("datause.toml", 'policy = "acme/pack.toml"\n')
    run.write("acme/pack.toml", PACK)
    run.write("acme/examples/app.py", "leak(1)  # expect: DU101\n")
    assert run("rules", "test").out.endswith("1 passed, 0 failed\n")
    assert run("rules", "test", "acme").out.endswith("1 passed, 0 failed\n")
    assert run("rules", "test", "acme/examples/app.py").out.endswith("1 passed, 0 failed\n")


def test_differences_are_named(run: Run) -> None:
    run.write("acme/pack.toml", PACK)
    run.write("acme/examples/app.py", "leak(1)\nx = 1  # expect: DU101\nleak(2)  # expect: DU101, DU201\n")
    outcome = run("rules", "test", "acme/pack.toml")
    assert outcome.status == 1
    assert outcome.out == (
        "FAIL  acme/examples/app.py (3 expected)\n"
        "      acme/examples/app.py:1: DU101 is found, and not expected\n"
        "      acme/examples/app.py:2: DU101 is expected, and not found\n"
        "      acme/examples/app.py:3: DU201 is expected, and not found\n"
        "0 passed, 1 failed\n"
    )


def test_an_example_that_cannot_be_read_fails(run: Run) -> None:
    run.write("acme/pack.toml", PACK)
    run.write("acme/examples/app.py", b"leak = '\xff'\n")
    outcome = run("rules", "test", "acme/pack.toml")
    assert outcome.status == 1
    assert "acme/examples/app.py:1: not utf-8" in outcome.out


def test_a_pack_of_the_tools_own_is_loaded_once(run: Run) -> None:
    core = next(file for file in default_pack_files() if file.parent.name == "core")
    assert run("rules", "validate", str(core)).status == 0


def test_no_examples_is_an_error(run: Run) -> None:
    run.write("acme/pack.toml", PACK)
    assert run("rules", "test", "acme/pack.toml").status == 2
    assert "no such file or folder: nowhere" in run("rules", "test", "nowhere").err


def test_explain_a_rule_without_a_page(run: Run) -> None:
    run.write("acme.toml", PACK)
    outcome = run("explain", "ac1", "--policy", "acme.toml")
    assert outcome.status == 0
    assert outcome.out.startswith("AC1: Loyalty data in prompts\n")
    assert "nothing: this is always forbidden" in outcome.out
    assert outcome.out.endswith("Leave it out.\n\n(acme.toml:15)\n")


def test_every_default_rule_is_explained(run: Run) -> None:
    for line in run("rules", "list", "rule").out.splitlines()[1:]:
        rule = line.split()[0]
        assert rule in run("explain", rule).out


def test_an_example_may_bring_a_policy_of_its_own(run: Run) -> None:
    run.write("acme/pack.toml", PACK)
    run.write("acme/examples/shop/policy.toml", 'schema = 1\n\n[pack]\nname = "shop"\n')
    run.write("acme/examples/shop/app.py", "def f(user):\n    leak(user)  # expect: DU101\n")
    assert run("rules", "test", "acme/pack.toml").status == 0
    run.write("acme/examples/shop/policy.toml", "schema = 2\n")
    outcome = run("rules", "test", "acme/pack.toml")
    assert outcome.status == 2
    assert "acme/examples/shop/policy.toml:1" in outcome.err


@pytest.mark.parametrize("folder", [".", str(Path(__file__).parents[2])])
def test_the_examples_of_the_own_packs_show_what_they_expect(
    folder: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datause_lint.analysis, "analyse", analyse)
    monkeypatch.chdir(folder)
    outcome = run("rules", "test")
    assert outcome.status == 0, outcome.out
