"""Times the tool beside its peers on the same trees: cold runs, in turns, medians, and the ratio of the medians."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from measurement import Run, run

from applications import HOME_ASSISTANT, LANGFLOW, MLFLOW, Application, line_count, source_files, unpacked

ROUNDS = 5
SEMGREP_RULE = Path(__file__).with_name("semgrep-taint.yaml")
FINISHED = (0, 1, 3)  # 3: a file of the application could not be analysed, which is named, and the others were


@dataclass(frozen=True, slots=True)
class Comparison:
    application: Application
    peer: str
    command: tuple[str, ...]


def main() -> None:
    arguments = _arguments()
    tools = [(str(path), "check", ".", "--no-cache", "--format", "concise") for _, path in arguments.tool]
    print(f"{platform.system()}, {os.cpu_count()} cores, CPython {platform.python_version()}; medians of {ROUNDS}")
    print("\n| application | lines | datause-lint | s | MiB | peer | s | MiB | ratio |\n| " + "--- | " * 9)
    for comparison in _comparisons(arguments.peers):
        tree = unpacked(comparison.application, arguments.folder)
        lines = line_count(source_files(tree))  # reads every file: after it, neither is the first to touch the disk
        *all_ours, theirs = _in_turns((*tools, comparison.command), tree)
        for (label, _), ours in zip(arguments.tool, all_ours, strict=True):
            ratio = _seconds(ours) / _seconds(theirs)
            cells = [comparison.application.name, f"{lines:,}", label, *_figures(ours)]
            print("| " + " | ".join([*cells, comparison.peer, *_figures(theirs), f"{ratio:.2f}"]) + " |", flush=True)


def _comparisons(peers: Path) -> list[Comparison]:
    ruff = (str(peers / "ruff"), "check", "--no-cache", "--isolated", "--no-respect-gitignore", "--quiet", ".")
    rule = ("--config", str(SEMGREP_RULE), "--metrics", "off", "--disable-version-check")
    semgrep = (
        str(peers / "semgrep"),
        "scan",
        *rule,
        "--no-git-ignore",
        "--jobs",
        str(os.cpu_count()),
        "--quiet",
        ".",
    )
    return [
        Comparison(HOME_ASSISTANT, "ruff check", ruff),
        Comparison(LANGFLOW, "semgrep, one taint rule", semgrep),
        Comparison(MLFLOW, "semgrep, one taint rule", semgrep),
    ]


def _in_turns(commands: Sequence[Sequence[str]], tree: Path) -> list[list[Run]]:
    """One list of runs for each command; the commands alternate, so that a busy minute of the machine hits them all."""
    runs: list[list[Run]] = [[] for _ in commands]
    for _ in range(ROUNDS):
        for command, measured in zip(commands, runs, strict=True):
            measured.append(run(command, tree))
            if measured[-1].exit_status not in FINISHED:
                raise SystemExit(f"{' '.join(command)}\nexit {measured[-1].exit_status}\n{measured[-1].messages}")
    return runs


def _figures(runs: list[Run]) -> list[str]:
    return [f"{_seconds(runs):.2f}", f"{median(run.peak_mebibytes for run in runs):.0f}"]


def _seconds(runs: list[Run]) -> float:
    return median(run.seconds for run in runs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("field"), help="where the applications are kept")
    parser.add_argument("--tool", type=_labelled, action="append", required=True, metavar="LABEL=COMMAND")
    parser.add_argument("--peers", type=Path, default=Path(".venv/bench/bin"), help="the folder of ruff and semgrep")
    arguments = parser.parse_args()
    for name in ("folder", "peers"):
        setattr(arguments, name, getattr(arguments, name).absolute())
    return arguments


def _labelled(text: str) -> tuple[str, Path]:
    label, _, path = text.partition("=")
    return label, Path(path).absolute()


if __name__ == "__main__":
    main()
