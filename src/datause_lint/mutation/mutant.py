"""Mutants: the scanned code with one check of consent spoiled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from datause_lint.findings.finding import GuardSeen


class Operator(Enum):
    """How a check is spoiled."""

    REMOVE = "remove"  # nobody is asked any more
    NEGATE = "negate"  # those go on who refused
    USE = "use"  # another consent is asked for
    SUBJECT = "subject"  # somebody else is asked


@dataclass(frozen=True, slots=True)
class Mutant:
    operator: Operator
    guard: GuardSeen  # the check that is spoiled, as the original has it
    before: str  # text of the file that holds the check
    after: str

    @property
    def path(self) -> str:
        return self.guard.location.path
