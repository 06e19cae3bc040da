"""Small programs that run: what reaches the model when they do is what the analysis must say.

A file of ``cases/`` is a family. ``### name`` starts a case, ``--- other.py`` another file of it; the case is the
package ``case_name``, and its ``main`` is run. ``secret()`` of the stub ``data`` and the emails of its people are
strings of the letters z and q, which nothing else that a case sends may contain; ``send`` of the stub ``ai`` notes the
line that sent them.
"""

from __future__ import annotations

import importlib
import re
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests.programs import check_program

CASES = Path(__file__).parent / "cases"
FAMILIES = tuple(sorted(path.stem for path in CASES.glob("*.txt")))

POLICY = """
schema = 1
[pack]
name = "flows"
[[source]]
id = "flows.secret"
path = ["data.secret()"]
category = "user.contact"
[[sink]]
id = "flows.send"
call = ["ai.send"]
args = ["*"]
use = "ai.inference"
recipient = "A model"
"""

_PEOPLE = """
from dataclasses import dataclass

from data import secret


@dataclass
class Person:
    number: int
    email: str


def load(number=1):
    return Person(number, secret())
"""

_PRELUDE = "from ai import send; from data import secret; from people import load\n"
_FUNCTION = "def whole_case():\n"
_ONLY_IN_MODULES = re.compile(r"\b(import \*|global |globals\(|__name__|__getattr__\(name\):)|^from \.", re.MULTILINE)

_HEADER = re.compile(r"^### +(\w+)(?: +\[(missed|false): (.+)\])?\s*$")
_FILE = re.compile(r"^--- +(\S+)\s*$")
_LABEL = "# expect: DU101"

Place = tuple[str, int]
"""A file of the program and a line."""


@dataclass(frozen=True)
class Case:
    name: str
    known: str | None  # "missed" or "false": what the analysis is known to get wrong
    reason: str
    files: dict[str, str]  # by path in the program

    def labelled(self) -> frozenset[Place]:
        return frozenset(
            (path, number)
            for path, text in self.files.items()
            for number, line in enumerate(text.splitlines(), 1)
            if line.rstrip().endswith(_LABEL)
        )


def read_family(family: str) -> list[Case]:
    """The cases of a family, in order."""
    cases: list[Case] = []
    path = ""
    for line in (CASES / f"{family}.txt").read_text(encoding="utf-8").splitlines():
        if header := _HEADER.match(line):
            name = header[1]
            assert name not in {case.name for case in cases}, f"{family}: two cases are called {name}"
            path = f"case_{name}/main.py"
            cases.append(
                Case(name, header[2], header[3] or "", {f"case_{name}/__init__.py": "", path: _PRELUDE + "\n"})
            )
        elif cases and (file := _FILE.match(line)):
            path = f"case_{cases[-1].name}/{file[1]}"
            cases[-1].files[path] = ""
        elif cases:
            cases[-1].files[path] += line + "\n"
    return cases


def in_functions(cases: list[Case]) -> list[Case]:
    """The cases of one file, each with all its code inside a function: its names are local, its functions closures."""
    found = []
    for case in cases:
        path = f"case_{case.name}/main.py"
        text = case.files[path].removeprefix(_PRELUDE + "\n")
        if len(case.files) == 2 and not _ONLY_IN_MODULES.search(text):
            body = "".join(f"    {line}" for line in text.splitlines(keepends=True))
            files = {**case.files, path: f"{_PRELUDE}{_FUNCTION}{body}whole_case()\n"}
            found.append(Case(case.name, case.known, case.reason, files))
    return found


def program_of(cases: list[Case]) -> dict[str, str]:
    """All files of one program that holds the cases."""
    return {"people.py": _PEOPLE} | {path: text for case in cases for path, text in case.files.items()}


def analysed(cases: list[Case]) -> frozenset[Place]:
    """Where the analysis says that data is sent."""
    found = check_program(program_of(cases), POLICY)
    sinks = (flow[-1].location for each in found for flow in each.flows)  # the finding itself is where its data is read
    return frozenset((sink.path, sink.line) for sink in sinks)


def run(cases: list[Case]) -> frozenset[Place]:
    """Where data is sent when each case is imported."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder).resolve()
        for name, text in program_of(cases).items():
            path = base / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        sent: set[Place] = set()
        with _modules(base, sent):
            for case in cases:
                try:
                    importlib.import_module(f"case_{case.name}.main")
                except Exception as error:
                    raise AssertionError(f"{case.name} does not run: {error!r}") from error
        return frozenset(sent)


@contextmanager
def _modules(base: Path, sent: set[Place]) -> Iterator[None]:
    """The program and its stubs can be imported, and nothing of them stays."""
    before = dict(sys.modules)
    sys.modules.update(data=_data(), ai=_ai(base, sent))
    sys.path.insert(0, str(base))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(base))
        for name in set(sys.modules) - set(before):
            if name == "people" or str(getattr(sys.modules[name], "__file__", "")).startswith(str(base)):
                del sys.modules[name]
        for name in ("data", "ai"):
            sys.modules.pop(name, None)


def _data() -> ModuleType:
    module = ModuleType("data")
    module.secret = lambda: "zq" * 8  # type: ignore[attr-defined]
    return module


def _ai(base: Path, sent: set[Place]) -> ModuleType:
    lock = threading.Lock()

    def send(*arguments: object, **named: object) -> str:
        frame = sys._getframe(1)
        while not frame.f_code.co_filename.startswith(str(base)) and frame.f_back:
            frame = frame.f_back
        if holds_data([arguments, named]):
            with lock:
                path = Path(frame.f_code.co_filename).relative_to(base).as_posix()
                sent.add((path, frame.f_lineno))
        return "an answer"

    module = ModuleType("ai")
    module.send = send  # type: ignore[attr-defined]
    return module


def holds_data(value: object, seen: set[int] | None = None) -> bool:
    """Whether the letters are in a value, or in anything that it holds."""
    seen = set() if seen is None else seen
    if isinstance(value, str):
        return bool(re.search("[zq]", value, re.IGNORECASE))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bool(re.search(b"[zqZQ]", bytes(value)))
    if id(value) in seen or isinstance(value, (ModuleType, type)):
        return False
    seen.add(id(value))
    inner: list[object] = []
    if isinstance(value, Mapping):
        inner += [*value.keys(), *value.values()]
    elif isinstance(value, BaseException):
        inner += list(value.args)
    elif hasattr(value, "__iter__") and not hasattr(value, "__next__"):
        inner += list(value)
    inner += [*getattr(value, "__dict__", {}).values()]
    return any(holds_data(each, seen) for each in inner)


def label(family: str) -> None:
    """Writes the labels of a family's cases anew, as they run."""
    cases = read_family(family)
    sent = run(cases)
    path, lines, number = "", [], 0
    for line in (CASES / f"{family}.txt").read_text(encoding="utf-8").splitlines():
        if header := _HEADER.match(line):
            path, number = f"case_{header[1]}/main.py", 2
            name = header[1]
        elif file := _FILE.match(line):
            path, number = f"case_{name}/{file[1]}", 0
        else:
            number += 1
            line = line.replace(_LABEL, "").rstrip()
            if (path, number) in sent:
                line += f"  {_LABEL}"
        lines.append(line)
    (CASES / f"{family}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
