from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from datause_lint.findings.finding import Report
from datause_lint.plugins.entry_points import installed_plugins
from datause_lint.plugins.facts import CallEdge, EntryPoint
from datause_lint.plugins.loading import Extensions, PluginError, load_plugins
from datause_lint.reporters.base import Context

HEAD = """\
from pathlib import Path
import pluggy
from datause_lint.plugins.facts import CallEdge, EntryPoint
hookimpl = pluggy.HookimplMarker("datause_lint")
"""

COMPLETE = (
    HEAD
    + """
@hookimpl
def datause_rule_packs():
    return [Path("acme.toml")]

@hookimpl
def datause_framework_facts():
    return [EntryPoint("acme.tasks.*"), CallEdge("acme.run", "acme.body")]

@hookimpl
def datause_reporters():
    return {"count": lambda report, context: f"{len(report.findings)}\\n", "broken": lambda report, context: 1 / 0}
"""
)

EMPTY_REPORT = cast(Report, None)
NO_CONTEXT = cast(Context, None)


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    return tmp_path / "acme.py"


def load(plugin: Path, text: str) -> Extensions:
    plugin.write_text(text, encoding="utf-8")
    return load_plugins([str(plugin)])


def failure(plugin: Path, text: str) -> str:
    with pytest.raises(PluginError) as caught:
        load(plugin, text)
    message = str(caught.value)
    assert message.startswith(f"plugin {plugin}: ")
    return message.removeprefix(f"plugin {plugin}: ")


def test_no_plugin_imports_no_pluggy() -> None:
    program = "import sys; from datause_lint.plugins.loading import load_plugins; load_plugins(); print(*sys.modules)"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"pluggy", "importlib.metadata"} & set(finished.stdout.split())


def test_every_hook(plugin: Path) -> None:
    extensions = load(plugin, COMPLETE)
    assert extensions.names == (str(plugin),)
    assert extensions.rule_packs == (Path("acme.toml"),)
    assert extensions.facts == (EntryPoint("acme.tasks.*"), CallEdge("acme.run", "acme.body"))
    assert list(extensions.reporters) == ["count", "broken"]


def test_a_reporter_that_fails_is_blamed_on_its_plugin(plugin: Path) -> None:
    reporters = load(plugin, COMPLETE).reporters
    with pytest.raises(PluginError, match="its reporter failed: ZeroDivisionError: division by zero"):
        reporters["broken"](EMPTY_REPORT, NO_CONTEXT)


def test_a_reporter_that_returns_no_text_is_blamed_on_its_plugin(plugin: Path) -> None:
    text = HEAD + "@hookimpl\ndef datause_reporters():\n    return {'none': lambda report, context: None}\n"
    with pytest.raises(PluginError, match="its reporter must return text, not NoneType"):
        load(plugin, text).reporters["none"](EMPTY_REPORT, NO_CONTEXT)


def hook(name: str, body: str, parameters: str = "") -> str:
    return f"{HEAD}\n@hookimpl\ndef {name}({parameters}):\n    {body}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import no_such_module_at_all", "does not load: ModuleNotFoundError: "),
        ("def broken(:", "does not load: SyntaxError: "),
        ("raise SystemExit(0)", "does not load: SystemExit: 0"),
        ("x = 1", "it has no hook; mark its functions with pluggy.HookimplMarker('datause_lint')"),
        (hook("datause_rule_pack", "return []"), "does not fit the hooks: PluginValidationError: "),
        (hook("datause_rule_packs", "return []", "config"), "does not fit the hooks: PluginValidationError: "),
        (hook("datause_rule_packs", "raise KeyError('x')"), "datause_rule_packs failed: KeyError: 'x'"),
        (
            hook("datause_rule_packs", "return ['a.toml']"),
            "datause_rule_packs must return a list of Path, not ['a.toml']",
        ),
        (
            hook("datause_framework_facts", "return [('a', 'calls')]"),
            "datause_framework_facts must return a list of EntryPoint, Registration, CallEdge, RunsBefore, not",
        ),
        (
            hook("datause_framework_facts", "return [CallEdge('a', 'b:c')]"),
            'datause_framework_facts failed: NotationError: "b:c" is no API path: module and name are joined by a dot',
        ),
        (hook("datause_reporters", "return []"), "datause_reporters must return a dict of callables by name"),
        (hook("datause_reporters", "return {'x': 1}"), "datause_reporters must return a dict of callables by name"),
    ],
)
def test_a_plugin_that_does_not_fit_is_named(plugin: Path, text: str, message: str) -> None:
    assert failure(plugin, text).startswith(message)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="does not load: FileNotFoundError"):
        load_plugins([str(tmp_path / "missing.py")])


def test_two_plugins_with_the_same_reporter(tmp_path: Path) -> None:
    names = []
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(COMPLETE, encoding="utf-8")
        names.append(str(tmp_path / name))
    with pytest.raises(PluginError, match=r"two.py: another plugin has the reporter 'count' already"):
        load_plugins(names)


def test_a_plugin_named_twice_is_one(plugin: Path) -> None:
    plugin.write_text(COMPLETE, encoding="utf-8")
    assert load_plugins([str(plugin), str(plugin)]).names == (str(plugin),)


def distribution(folder: Path, name: str, entry_points: str) -> None:
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(entry_points, encoding="utf-8")


def test_installed_plugins_are_found_by_entry_point(tmp_path: Path) -> None:
    distribution(tmp_path / "a", "acme", "[datause_lint]\nacme = acme_plugin\n[console_scripts]\nx = y:z\n")
    distribution(tmp_path / "a", "other", "[console_scripts]\nx = y:z\n")
    distribution(tmp_path / "b", "acme-two", "[datause_lint]\nacme = shadowed\nbeta = beta_plugin\n")
    found = installed_plugins([str(tmp_path / "a"), str(tmp_path / "missing"), str(tmp_path / "b")])
    assert [(entry.name, entry.value) for entry in found] == [("acme", "acme_plugin"), ("beta", "beta_plugin")]


def test_the_working_folder_brings_no_plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distribution(tmp_path, "evil", "[datause_lint]\nevil = evil\n")
    monkeypatch.chdir(tmp_path)
    assert installed_plugins(["", ".", str(tmp_path)]) == []
