"""Other processes that lower ahead: nothing depends on them, and they end with whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from datause_lint.ir.module import ModuleIR
from datause_lint.names import ModuleName
from datause_lint.project import helpers as helpers_module
from datause_lint.project import lowering
from datause_lint.project import program as program_module
from datause_lint.project.ahead import likely
from datause_lint.project.program import SourceProgram

from .program_files import program, write

FILES: dict[str, str | bytes] = {
    **{
        f"app/m{number}.py": f"import openai, app.base\ndef f{number}(x):\n    return x + {number}\n"
        for number in range(9)
    },
    "app/base.py": "from .deep import DEEP\n",
    "app/deep.py": "DEEP: 'list[int]' = []\n",
    "app/bad.py": "import openai\ndef f(:\n",
    "app/worse.py": b"import openai\n\xff",
}
DEADLINE = 60  # seconds, after which a test fails that is over at once where all is well

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="helpers are forks, elsewhere not safe")


@pytest.fixture(autouse=True)
def however_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_module, "WORTH_HELP", 0)


@contextmanager
def helped(scanned: SourceProgram, jobs: int = 2) -> Iterator[list[int]]:
    """What the helpers are called."""
    with scanned.lowered_ahead(["openai"], jobs):
        yield scanned._helpers.processes if scanned._helpers is not None else []


def await_end(processes: list[int]) -> None:
    for process in processes:
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)  # it can still be waited for


def everything(scanned: SourceProgram) -> tuple[list[ModuleIR | None], object]:
    loaded = [scanned.load(name) for name in scanned.modules]
    return loaded, (scanned.parsed, scanned.lines, scanned.errors)


def alone(folder: Path) -> tuple[list[ModuleIR | None], object]:
    return everything(program(folder))


def are_gone(processes: list[int]) -> bool:
    return not any(os.path.exists(f"/proc/{process}") for process in processes)


@pytest.mark.parametrize("jobs", [2, 3])
def test_what_is_ready_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    expected = alone(write(tmp_path, FILES))
    scanned = program(tmp_path)
    with helped(scanned, jobs) as processes:
        await_end(processes)
        here: list[str] = []
        monkeypatch.setattr(
            program_module, "lower_file", lambda file: here.append(file.path) or lowering.lower_file(file)
        )
        assert everything(scanned) == expected
    assert len(processes) == jobs - 1
    assert sorted(here) == ["app/bad.py", "app/worse.py"]


def test_what_nobody_asked_for_was_not_analysed(tmp_path: Path) -> None:
    scanned = program(write(tmp_path, FILES))
    with helped(scanned) as processes:
        await_end(processes)
        scanned.load(ModuleName("app.deep"))
    assert (scanned.parsed, scanned.lines, scanned.errors) == (1, 1, [])


def test_nobody_waits_for_a_helper(tmp_path: Path) -> None:
    expected = alone(write(tmp_path, FILES))
    scanned = program(tmp_path)
    with helped(scanned) as processes:
        os.kill(processes[0], signal.SIGSTOP)
        assert everything(scanned) == expected
    assert are_gone(processes)


def test_a_helper_may_be_killed(tmp_path: Path) -> None:
    expected = alone(write(tmp_path, FILES))
    scanned = program(tmp_path)
    with helped(scanned) as processes:
        os.kill(processes[0], signal.SIGKILL)
        await_end(processes)
        assert everything(scanned) == expected
    assert are_gone(processes)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_helpers_end_with_the_analysis_however_it_ends(tmp_path: Path, error: type[BaseException]) -> None:
    scanned = program(write(tmp_path, FILES))
    with pytest.raises(error), helped(scanned) as processes:
        os.kill(processes[0], signal.SIGSTOP)
        raise error
    assert processes != [] and are_gone(processes)


KILLED = """
import os, pathlib, signal, time
from datause_lint.project import helpers, program
from datause_lint.project.lowering import lower_file

def lower_in_peace(file, parent=os.getpid(), done=[]):
    while os.getppid() == parent:
        time.sleep(0.01)
    done.append(file)
    pathlib.Path("done").write_text(str(len(done)))
    return lower_file(file)

helpers.lower_file, program.WORTH_HELP = lower_in_peace, 0
scanned = program.SourceProgram(["."], base=".")
with scanned.lowered_ahead(["openai"], 2):
    pathlib.Path("helper").write_text(str(scanned._helpers.processes[0]))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_helper_ends_after_the_file_at_hand_when_who_started_it_is_killed(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(["a.py", "b.py", "c.py"], "import openai\n"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    finished = subprocess.run([sys.executable, "-c", KILLED], cwd=tmp_path, env=environment, capture_output=True)
    assert (finished.returncode, finished.stdout, finished.stderr) == (-signal.SIGKILL, b"", b"")
    assert is_over(int((tmp_path / "helper").read_text()))
    assert (tmp_path / "done").read_text() == "1"


def is_over(process: int) -> bool:
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":  # nobody waits for it where the first process of a container does not
            return True
        time.sleep(0.01)
    return False


def test_ctrl_c_ends_a_helper_without_a_word(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {f"m{number}.py": "import openai\n" for number in range(2000)})
    with helped(program(tmp_path)) as processes:
        os.kill(processes[0], signal.SIGINT)
        await_end(processes)
    assert capfd.readouterr() == ("", "")


def test_what_does_not_fit_is_lowered_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = alone(write(tmp_path, FILES))
    monkeypatch.setattr(helpers_module, "ROOM", 4096)
    scanned = program(tmp_path)
    with helped(scanned) as processes:
        await_end(processes)
        assert everything(scanned) == expected


def test_a_large_file_is_left_to_who_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helpers_module, "LARGEST", 15)
    scanned = program(write(tmp_path, {"a.py": "import openai\n", "b.py": "import openai\nx = 1\n"}))
    with helped(scanned) as processes:
        await_end(processes)
        assert scanned._helpers is not None
        ready = [scanned._helpers.take(ModuleName(name)) is not None for name in ("a", "b")]
    assert ready == [True, False]


def test_without_room_for_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise OSError

    expected = alone(write(tmp_path, FILES))
    for module, name in ((os, "fork"), (helpers_module.mmap, "mmap")):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, fail)
            scanned = program(tmp_path)
            with helped(scanned) as processes:
                assert processes == []
                assert everything(scanned) == expected


def test_one_process_is_one_process(tmp_path: Path) -> None:
    with helped(program(write(tmp_path, FILES)), jobs=1) as processes:
        assert processes == []


def test_small_programs_need_no_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_module, "WORTH_HELP", 100_000)
    with helped(program(write(tmp_path, FILES))) as processes:
        assert processes == []


def test_no_fork_beside_other_threads(tmp_path: Path) -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    with helped(program(write(tmp_path, FILES))) as processes:
        done.set()
        other.join()
        assert processes == []


def test_the_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/a.py": "from openai import OpenAI\nfrom app import base\n",
            "app/b.py": "import openai\nfrom ..other.names import NAME\n",
            "app/base.py": "from . import deep\n",
            "app/deep.py": "",
            "app/apart.py": "",
            "other/names.py": "",
        },
    )
    scanned = program(tmp_path)
    found = likely(scanned._modules, scanned._contents, ["openai"])
    assert list(found) == ["app.b", "app.a", "other.names", "app", "app.base", "app.deep"]
