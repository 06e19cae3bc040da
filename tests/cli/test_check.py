from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

from datause_lint.cli.version import VERSION


class Outcome(Protocol):
    status: int
    out: str
    err: str


class Run(Protocol):
    """The fixture of ``conftest.py``."""

    folder: Path

    def write(self, name: str, text: str | bytes) -> Path: ...
    def __call__(self, *arguments: str, stdin: bytes = b"") -> Outcome: ...


TOP = Path(__file__).parents[2]
LEAK = "def f(user):\n    leak(user.email)\n"
LINE = "app.py:2:5: DU101 user.contact.email reaches openai.chat (OpenAI) for ai.inference without a consent check\n"


def test_a_finding(run: Run) -> None:
    run.write("app.py", LEAK)
    outcome = run("check")
    assert outcome.status == 1
    assert outcome.out.startswith("app.py:2:5: error[DU101] user.contact.email reaches openai.chat")
    assert outcome.out.endswith("\n1 error in 1 file (1 parsed, 2 lines)\n")
    assert outcome.err == ""


def test_a_clean_run_says_what_it_rests_on(run: Run) -> None:
    run.write("app.py", "def f(user):\n    guarded(user)\n")
    run.write("other.py", "x = 1\n")
    outcome = run("check", ".")
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err == "No findings in 2 files (1 parsed, 2 lines); 1 AI use of personal data, 1 flow guarded\n"


def test_a_file_that_cannot_be_analysed(run: Run) -> None:
    run.write("broken.py", "leak(\n")
    outcome = run("check")
    assert (outcome.status, outcome.out) == (3, "")
    assert outcome.err.startswith("broken.py:1: error: ")
    assert "1 file could not be analysed" in outcome.err


def test_findings_beside_a_file_that_cannot_be_analysed(run: Run) -> None:
    run.write("broken.py", "leak(\n")
    run.write("app.py", LEAK)
    assert run("check").status == 1
    assert run("check", "--exit-zero").status == 3


def test_exit_zero(run: Run) -> None:
    run.write("app.py", LEAK)
    outcome = run("check", "--exit-zero", "--format", "concise")
    assert (outcome.status, outcome.out) == (0, LINE)


def test_nothing_to_scan_is_said(run: Run) -> None:
    outcome = run("check")
    assert outcome.status == 0
    assert "no Python file was scanned" in outcome.err


def test_quiet_says_findings_and_errors_only(run: Run) -> None:
    run.write("app.py", "x = 1  # datause: nonsense\n")
    run.write("broken.py", "leak(\n")
    outcome = run("check", "--quiet")
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1


def test_verbose_says_what_the_run_rests_on(run: Run) -> None:
    run.write("app.py", LEAK)
    run.write("tests/test_app.py", LEAK)
    outcome = run("check", "--verbose")
    assert "configuration: none\nrule pack: core (rules/core/pack.toml)\n" in outcome.err
    assert "test files left out: 1\n" in outcome.err


def test_json(run: Run) -> None:
    run.write("app.py", LEAK)
    report = json.loads(run("check", "--format", "json").out)
    assert report["schema"] == 1
    assert report["tool"] == {"name": "datause-lint", "version": VERSION}
    assert [(one["path"], one["line"], one["suppressed"]) for one in report["findings"]] == [("app.py", 2, None)]
    assert report["stats"] == {"files": 1, "parsed": 1, "lines": 2, "cut": 0}


def test_an_ignore_suppresses_and_stays_in_the_report(run: Run) -> None:
    run.write("app.py", 'def f(user):\n    leak(user.email)  # datause: ignore[DU101] reason="DPIA-112"\n')
    outcome = run("check", "--format", "json")
    assert outcome.status == 0
    assert json.loads(outcome.out)["findings"][0]["suppressed"] == {"by": "ignore", "reason": "DPIA-112"}
    assert "1 suppressed" in outcome.err


def test_unused_ignores_are_noticed_also_where_nothing_else_is(run: Run) -> None:
    run.write("app.py", 'x = 1  # datause: ignore[DU101] reason="DPIA-112"\n')
    outcome = run("check")
    assert outcome.status == 0
    assert outcome.err.startswith("app.py:1: notice: unused ignore: DU101 ")


def test_a_waiver_of_the_policy(run: Run) -> None:
    run.write("app.py", LEAK)
    run.write(
        "policy.toml",
        '[[waiver]]\nrule = "DU101"\npath = "app.py"\nreason = "DPIA-112"\nowner = "me"\nexpires = 2999-01-01\n',
    )
    outcome = run("check", "--policy", "policy.toml")
    assert (outcome.status, outcome.out) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--select", "DU101"], 1),
        (["--select", "DU201,DU101"], 1),
        (["--select", "DU201"], 0),
        (["--ignore", "DU101"], 0),
        (["--min-severity", "error"], 1),
    ],
)
def test_choice_of_findings(run: Run, arguments: list[str], status: int) -> None:
    run.write("app.py", LEAK)
    assert run("check", *arguments).status == status


def test_severity_gate(run: Run) -> None:
    run.write("app.py", "def f(user):\n    maybe(user.email)\n")
    assert run("check").status == 1
    outcome = run("check", "--min-severity", "error")
    assert (outcome.status, outcome.out) == (0, "")


def test_configuration_and_command_line_together(run: Run) -> None:
    run.write("app.py", LEAK)
    run.write("generated/app.py", LEAK)
    run.write("vendored/app.py", LEAK)
    run.write(
        "pyproject.toml", '[tool.datause-lint]\nformat = "concise"\nexclude = ["generated"]\nignore = ["DU101"]\n'
    )
    assert run("check").out == ""
    assert run("check", "--ignore", "DU102", "--exclude", "vendored").out == LINE


def test_excludes_are_relative_to_their_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.write("service/datause.toml", 'exclude = ["app/gen/", "*_pb2.py"]\nformat = "concise"\n')
    for name in ("app/gen/a.py", "app/b_pb2.py", "app/c.py"):
        run.write(f"service/{name}", LEAK)
    assert run("check", "service").out.startswith("service/app/c.py:2:5: ")
    monkeypatch.chdir(run.folder / "service" / "app")
    assert run("check").out.startswith("c.py:2:5: ")
    assert run("check").out.count("\n") == 1


def test_an_editors_buffer(run: Run) -> None:
    run.write("app.py", "x = 1\n")
    run.write("other.py", LEAK)
    outcome = run("check", "--stdin-filename", "app.py", "-", "--format", "concise", stdin=b"\n" + LEAK.encode())
    assert outcome.out == LINE.replace(":2:5:", ":3:5:")
    assert outcome.status == 1


def test_an_editors_buffer_that_is_no_file_yet(run: Run) -> None:
    run.write("datause.toml", 'format = "concise"\n')
    outcome = run("check", "--stdin-filename", "pkg/new.py", "-", stdin=LEAK.encode())
    assert outcome.out == LINE.replace("app.py", "pkg/new.py")


def test_the_text_report_shows_the_buffer_not_the_file(run: Run) -> None:
    run.write("app.py", LEAK.replace("user", "old"))
    assert "leak(user.email)" in run("check", "--stdin-filename", "./app.py", "-", stdin=LEAK.encode()).out


def test_output_to_files(run: Run) -> None:
    run.write("app.py", LEAK)
    outcome = run("check", "--format", "concise", "--output", "sarif:out.sarif", "--output", "json:out.json")
    assert outcome.out == LINE
    assert json.loads((run.folder / "out.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((run.folder / "out.json").read_text())["schema"] == 1
    outcome = run("check", "--format", "concise", "--color", "always", "--output", "out.txt")
    assert (outcome.out, (run.folder / "out.txt").read_text()) == ("", LINE)


def test_color(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.write("app.py", LEAK)
    assert "\x1b[" not in run("check").out
    assert "\x1b[" in run("check", "--color", "always").out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("check").out


def test_statistics(run: Run) -> None:
    run.write("app.py", LEAK)
    assert json.loads(run("check", "--format", "json", "--statistics").out)["stats"]["seconds"] > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "--formta", "json"], 'unrecognized arguments: --formta; did you mean "--format"?'),
        (
            ["check", "--format", "jsno"],
            "unknown format 'jsno' (there are text, concise, json, sarif); did you mean \"json\"?",
        ),
        (["check", "--select", "du101"], 'unknown rule du101; did you mean "DU101"?'),
        (["check", "--ignore", "XX1"], "unknown rule XX1"),
        (["check", "--jobs", "0"], "'0' is not a number from 1 on"),
        (["check", "--min-severity", "eror"], 'did you mean "error"?'),
        (["check", "nowhere"], "no such file or folder: nowhere"),
        (["check", "-"], "--stdin-filename FILE and the path - need each other"),
        (["check", "--stdin-filename", "x.py"], "--stdin-filename FILE and the path - need each other"),
        (["check", "--policy", "nowhere.toml"], "nowhere.toml: cannot be read"),
        (["check", "--config", "nowhere.toml"], "nowhere.toml: cannot be read"),
        (["check", "--output", "json:no/such/folder.json"], "cannot write the report"),
        (["check", "--plugin", "no_such_plugin"], "plugin no_such_plugin: does not load"),
        (["check", "--plugin", "bad.py"], "plugin bad.py: does not load: ZeroDivisionError"),
        (["check", "--policy", "bad.toml"], "bad.toml:2: [guard"),
        (["chek"], 'did you mean "check"?'),
        (["explain", "DU11"], 'unknown rule DU11; did you mean "DU101"?'),
        (["rules", "lst"], 'did you mean "list"?'),
        (["rules", "show", "openai.chatt"], "did you mean"),
        (["rules", "list", "sinks"], 'did you mean "sink"?'),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_a_run_that_cannot_be_made(run: Run, arguments: list[str], message: str) -> None:
    run.write("bad.py", "1 / 0\n")
    run.write("bad.toml", "schema = 1\n[[guard]]\nid = 'x'\n")
    outcome = run(*arguments)
    assert outcome.status == 2
    assert message in outcome.err
    assert outcome.out == ""


def test_every_problem_of_a_policy_is_named(run: Run) -> None:
    run.write("bad.toml", "[[guard]]\nid = 'x'\nallow = []\n\n[[sinc]]\n")
    lines = run("check", "--policy", "bad.toml").err.splitlines()
    assert len(lines) >= 2
    assert all(line.startswith("bad.toml:") for line in lines)


def test_a_bug_of_the_tool_is_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise IndexError("surprise")

    monkeypatch.setattr("datause_lint.analysis.analyse", fail)
    run.write("app.py", LEAK)
    outcome = run("check")
    assert outcome.status == 2
    assert outcome.err.startswith("datause-lint: internal error: IndexError: surprise\n")


def test_a_plugin_brings_packs_and_formats(run: Run) -> None:
    run.write("app.py", LEAK)
    run.write("acme.toml", '[pack]\nname = "acme"\n[[rule]]\nid = "AC1"\ntitle = "t"\ndata = ["user"]\nuse = ["ai"]\n')
    run.write(
        "acme.py",
        "from pathlib import Path\nimport pluggy\nhookimpl = pluggy.HookimplMarker('datause_lint')\n"
        "@hookimpl\ndef datause_rule_packs():\n    return [Path('acme.toml')]\n"
        "@hookimpl\ndef datause_reporters():\n"
        "    return {'count': lambda report, context: str(len(report.findings)) + '\\n'}\n",
    )
    assert run("check", "--plugin", "acme.py", "--format", "count").out == "1\n"
    assert run("check", "--plugin", "acme.py", "--ignore", "AC1,DU101").status == 0


def test_help_names_nothing_that_is_not_there(run: Run) -> None:
    for arguments in (["--help"], ["check", "--help"], ["rules", "--help"]):
        text = run(*arguments).out
        assert not {"cache", "--diff", "baseline", "FILE:LINE", "server"} & set(text.replace("[", " ").split())
        assert "--no-cache" not in text
    run.write("app.py", "x = 1\n")
    assert run("check", "--no-cache", "--cache-dir", "x").status == 0


def test_version(run: Run) -> None:
    assert run("--version").out == f"datause-lint {VERSION}\n"


def test_paths_that_are_not_text(run: Run) -> None:
    file = run.folder / "caf\udce9.py"
    file.write_text(LEAK)
    for format_name in ("text", "concise", "json", "sarif"):
        outcome = run("check", "--format", format_name)
        assert outcome.status == 1
        assert "caf" in outcome.out


def test_a_name_cannot_fake_a_line(run: Run) -> None:
    run.write("a\nb.py:1: error: all is well\x1b[2J.py", "leak(\n")
    run.write("c\nd.py", LEAK)
    outcome = run("check", "--format", "concise")
    assert outcome.err.count("\n") == 1
    assert "\x1b" not in outcome.err
    assert outcome.out == LINE.replace("app.py", "c\\nd.py")


def test_the_same_bytes_whatever_the_jobs_and_hash_seed(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"m{number}.py").write_text("import openai\n" + f"def f{number}():\n    pass\n" * 20)
    outputs = set()
    for jobs, seed in (("1", "0"), ("2", "1"), ("2", "2")):
        command = [sys.executable, "-m", "datause_lint", "check", "--format", "json", "--jobs", jobs]
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(TOP / "src"), "PATH": ""}
        finished = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True)
        outputs.add((finished.returncode, finished.stdout, finished.stderr))
    assert len(outputs) == 1
    assert next(iter(outputs))[0] == 0


def test_nothing_of_the_working_folder_is_imported(tmp_path: Path) -> None:
    for name in ("argparse", "json", "pluggy", "sqlglot", "evil", "pathspec", "dataclasses", "difflib"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')\n")
    metadata = tmp_path / "evil-1.0.dist-info"
    metadata.mkdir()
    (metadata / "entry_points.txt").write_text("[datause_lint]\nevil = evil\n")
    command = [sys.executable, "-m", "datause_lint", "check", "--format", "json"]
    environment = {"PYTHONPATH": str(TOP / "src"), "PATH": ""}
    finished = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
