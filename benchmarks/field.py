"""Runs the tool on every application and prints a Markdown table; the reports stay in the folder, as JSON."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from measurement import Run, run

from applications import APPLICATIONS, Application, unpacked

COLUMNS = (
    "application",
    "files",
    "parsed",
    "lines",
    "findings (unproven)",
    "by rule",
    "errors",
    "cut",
    "seconds",
    "MiB",
    "exit",
)


def main() -> None:
    arguments = _arguments()
    reports = arguments.folder / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    print(_row(COLUMNS))
    print(_row(["---"] * len(COLUMNS)))
    for application in APPLICATIONS:
        tree = unpacked(application, arguments.folder)
        measured = run([str(arguments.tool), "check", ".", "--no-cache", "--format", "json"], tree)
        (reports / f"{tree.name}.json").write_bytes(measured.output)
        (reports / f"{tree.name}.stderr").write_text(measured.messages, encoding="utf-8")
        print(_row(_cells(application, measured)), flush=True)


def _cells(application: Application, measured: Run) -> list[str]:
    name = f"{application.name} {application.version}"
    try:
        report = json.loads(measured.output)
    except ValueError:
        exit_status = f"{measured.exit_status}, no report"
        return [name, *["—"] * 7, f"{measured.seconds:.1f}", f"{measured.peak_mebibytes:.0f}", exit_status]
    findings = [finding for finding in report["findings"] if not finding["suppressed"]]
    unproven = sum(finding["verdict"] == "unproven" for finding in findings)
    rules = Counter(finding["rule"] for finding in findings)
    stats = report["stats"]
    return [
        name,
        f"{stats['files']:,}",
        f"{stats['parsed']:,}",
        f"{stats['lines']:,}",
        f"{len(findings)} ({unproven})",
        ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items())) or "—",
        str(len(report["errors"])),
        str(stats["cut"]),
        f"{measured.seconds:.1f}",
        f"{measured.peak_mebibytes:.0f}",
        str(measured.exit_status),
    ]


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("field"), help="where the applications are kept")
    parser.add_argument("--tool", type=Path, default=Path(".venv/bin/datause-lint"))
    arguments = parser.parse_args()
    arguments.folder = arguments.folder.absolute()
    arguments.tool = arguments.tool.absolute()
    return arguments


if __name__ == "__main__":
    main()
