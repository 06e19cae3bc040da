"""The wheel and the sdist hold what the tool needs, and the wheel works outside of the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """\
from django.db import models
from openai import OpenAI


class Customer(models.Model):
    email = models.EmailField()


def greet(key):
    customer = Customer.objects.get(pk=key)
    OpenAI().chat.completions.create(model="m", messages=[{"role": "user", "content": customer.email}])
"""


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an sdist, and a wheel that was built from it."""
    folder = tmp_path_factory.mktemp("distributions")
    run([sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)], folder)
    return folder


@pytest.fixture(scope="module")
def installed(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment that holds the wheel and what it depends on."""
    environment = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "venv", str(environment)], environment)
    python = environment / "bin" / "python"
    wheel = str(only(distributions, "*.whl"))
    run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel], environment)
    return python.with_name("datause-lint")


def test_wheel_holds_packs_and_pages(distributions: Path) -> None:
    with zipfile.ZipFile(only(distributions, "*.whl")) as wheel:
        names = set(wheel.namelist())
    assert {f"datause_lint/rules/{name}" for name in files_below(ROOT / "rules")} <= names
    assert {f"datause_lint/pages/{name}" for name in files_below(ROOT / "docs" / "rules")} <= names
    assert "datause_lint/py.typed" in names


def test_sdist_holds_the_project_and_nothing_downloaded(distributions: Path) -> None:
    with tarfile.open(only(distributions, "*.tar.gz")) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        "LICENSE",
        "README.md",
        "Makefile",
        "rules/core/pack.toml",
        "tests/packaging/test_distributions.py",
    } <= names
    assert not [name for name in names if name.startswith(("field/", ".venv"))]


def test_installed_command_lists_the_default_rules(installed: Path, tmp_path: Path) -> None:
    assert "DU101" in run([str(installed), "rules", "list"], tmp_path).stdout


def test_installed_command_explains_a_rule(installed: Path, tmp_path: Path) -> None:
    assert "DU101" in run([str(installed), "explain", "DU101"], tmp_path).stdout


def test_installed_command_finds(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PROGRAM, encoding="utf-8")
    finished = run([str(installed), "check", ".", "--format", "json"], tmp_path, status=1)
    findings = json.loads(finished.stdout)["findings"]
    assert [(finding["path"], finding["line"], finding["rule"]) for finding in findings] == [("app.py", 11, "DU101")]


def test_checkout_lists_the_same_rules(installed: Path, tmp_path: Path) -> None:
    from_checkout = run([sys.executable, "-m", "datause_lint", "rules", "list"], ROOT / "src")
    assert from_checkout.stdout == run([str(installed), "rules", "list"], tmp_path).stdout


def run(command: list[str], folder: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Without a PYTHONPATH, which would put the checkout before what is installed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert finished.returncode == status, finished.stdout + finished.stderr
    return finished


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
