"""What a run is asked to do, from the command line and the configuration together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from datause_lint.names import RuleId
from datause_lint.policy.entries import Severity


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths are as the working folder sees them."""

    paths: tuple[Path, ...] = (Path("."),)
    buffer: tuple[Path, bytes] | None = None  # a file as an editor holds it; only its findings are wanted
    policy: tuple[Path, ...] = ()
    default_policy: bool = True
    plugins: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    include_tests: bool = False
    select: tuple[RuleId, ...] = ()  # empty: every rule
    ignore: tuple[RuleId, ...] = ()
    min_severity: Severity = Severity.NOTE
    format: str = "text"
    jobs: int = 1
    config: Path | None = None  # the configuration file that these come from, where there is one
