"""The hook that the repository offers runs in a project that names it."""

from __future__ import annotations

import os
import subprocess
import sys
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


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="pre-commit installs hooks from a git repository")
def test_hook_reports_a_finding(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "app.py").write_text(PROGRAM, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True)
    subprocess.run(["git", "add", "app.py"], cwd=project, check=True)

    command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), "datause-lint", "--all-files"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PRE_COMMIT_HOME"] = str(tmp_path / "pre-commit")
    finished = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    assert "app.py:11" in finished.stdout, finished.stdout + finished.stderr
    assert finished.returncode == 1
