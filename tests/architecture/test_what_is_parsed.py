"""A file is parsed only where it can lie on a way to a sink: that others name it, or it names others, is not enough."""

from __future__ import annotations

from pathlib import Path

from datause_lint.analysis import analyse
from datause_lint.driver.pipeline import PolicyRequest, prepare
from datause_lint.project.program import SourceProgram

ASSISTANT = """\
from openai import OpenAI
from app.labels import LABEL
from app.wide import *

client = OpenAI()


def ask(text):
    return client.responses.create(model="gpt-5", input=text)
"""


def test_what_names_a_module_of_a_client_is_not_parsed_for_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "__init__.py": "",
            "assistant.py": ASSISTANT,
            "labels.py": "LABEL = 'a name that nobody on the way uses'\n",
            "wide.py": "def shout(text):\n    return text.upper()\n",
            "shop.py": "assistant = 'somebody who helps'\n",  # the module's name, as a word
            "lazy.py": "def __getattr__(name):\n    return name\n",
        },
    )
    assert parsed(tmp_path) == ["app.assistant"]


def test_who_hands_a_client_on_whole_is_parsed(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "__init__.py": "",
            "assistant.py": ASSISTANT,
            "hub.py": "from app.assistant import \\\n    *\n",
            "use.py": "from app.hub import ask\n\n\ndef send(user):\n    ask(user.email)\n",
        },
    )
    assert parsed(tmp_path) == ["app.assistant", "app.hub", "app.use"]


def write(folder: Path, files: dict[str, str]) -> None:
    (folder / "app").mkdir()
    for name, text in files.items():
        (folder / "app" / name).write_text(text, encoding="utf-8")


def parsed(folder: Path) -> list[str]:
    setup = prepare(PolicyRequest((folder,)))
    program = SourceProgram([folder], base=folder)
    analyse(program, setup.policy, setup.extensions.facts)
    return [module.name for module in program.loaded]
