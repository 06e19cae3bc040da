"""Plants a violation, and the same flow with a check, in a new package of every application: only the first is to be
found.

What is planted is what a team would commit on any day; what it is planted among is large. The package comes last in the
alphabet, so that whatever takes more than its share of the work takes it away from this one.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from measurement import run

from applications import APPLICATIONS, Application, unpacked

PACKAGE = "zz_planted"
ASSISTANT = """\
import openai


class Assistant:
    def __init__(self):
        self.client = openai.OpenAI()

    def summarise(self, text: str) -> str:
        answer = self.client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])
        return answer.choices[0].message.content
"""
STORE = """\
from dataclasses import dataclass


@dataclass
class Customer:
    id: int
    email: str
    ai_consent: bool = False


def load(key: int) -> Customer:
    return Customer(key, input())
"""
VIEWS = """\
from {package}.assistant import Assistant
from {package}.store import load

assistant = Assistant()


def digest(key: int) -> str:
    customer = load(key)
    return assistant.summarise(f"Write to {{customer.email}}")


def digest_with_consent(key: int) -> str:
    customer = load(key)
    if not customer.ai_consent:
        return ""
    return assistant.summarise(f"Write to {{customer.email}}")
"""
EXPECTED = [("views.py", 9)]


def main() -> None:
    arguments = _arguments()
    print("| application | planted | seconds |\n| --- | --- | --- |")
    for application in APPLICATIONS:
        print(_row(application, arguments.folder, arguments.tool), flush=True)


def _row(application: Application, folder: Path, tool: Path) -> str:
    tree = _with_planted(unpacked(application, folder), folder / "planted")
    measured = run([str(tool), "check", ".", "--no-cache", "--format", "json"], tree)
    findings = json.loads(measured.output)["findings"]
    places = [(Path(finding["path"]), finding["line"]) for finding in findings]
    found = [(path.name, line) for path, line in places if path.parent.name == PACKAGE]
    verdict = "found" if found == EXPECTED else f"wrong: {found}"
    return f"| {application.name} {application.version} | {verdict} | {measured.seconds:.1f} |"


def _with_planted(tree: Path, folder: Path) -> Path:
    """A copy of the application with the package in its largest one."""
    copied = folder / tree.name
    shutil.rmtree(copied, ignore_errors=True)
    shutil.copytree(tree, copied)
    package = max((path for path in copied.iterdir() if (path / "__init__.py").exists()), key=_modules_in)
    planted = package / PACKAGE
    planted.mkdir()
    (planted / "__init__.py").write_text("", encoding="utf-8")
    (planted / "assistant.py").write_text(ASSISTANT, encoding="utf-8")
    (planted / "store.py").write_text(STORE, encoding="utf-8")
    views = VIEWS.format(package=f"{package.name}.{PACKAGE}")
    (planted / "views.py").write_text(views, encoding="utf-8")
    return copied


def _modules_in(package: Path) -> int:
    return sum(1 for _ in package.rglob("*.py"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where applications are, or will be")
    parser.add_argument("--tool", type=Path, required=True, help="the command to run")
    return parser.parse_args()


if __name__ == "__main__":
    main()
