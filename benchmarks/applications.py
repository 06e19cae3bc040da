"""Public applications to measure on: fetched from the package index as wheels, unpacked, never installed or run."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Application:
    name: str
    version: str


HOME_ASSISTANT = Application("homeassistant", "2024.3.3")
LANGFLOW = Application("langflow-base", "1.13.0")
MLFLOW = Application("mlflow", "3.18.0")
APPLICATIONS = (
    HOME_ASSISTANT,
    LANGFLOW,
    MLFLOW,
    Application("label-studio", "1.23.2"),
    Application("apache-superset", "6.1.0"),
    Application("aider-chat", "0.86.2"),
)


def unpacked(application: Application, folder: Path) -> Path:
    """The application's tree below ``folder``; its wheel is downloaded when it is not there yet."""
    tree = folder / f"{application.name}-{application.version}"
    if not tree.is_dir():
        partial = tree.with_name(f"{tree.name}.partial")
        with zipfile.ZipFile(_wheel(application, folder / "wheels")) as wheel:
            wheel.extractall(partial)
        partial.rename(tree)
    return tree


def source_files(tree: Path) -> list[Path]:
    return sorted(path for path in tree.rglob("*.py") if path.is_file())


def line_count(files: list[Path]) -> int:
    return sum(path.read_bytes().count(b"\n") for path in files)


def _wheel(application: Application, folder: Path) -> Path:
    pattern = f"{application.name.replace('-', '_')}-{application.version}-*.whl"
    if not any(folder.glob(pattern)):
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        download = ["download", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
        subprocess.run([*pip, *download, f"{application.name}=={application.version}"], check=True)
    return next(folder.glob(pattern))
