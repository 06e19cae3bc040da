"""What the analysis reports: plain, immutable values that every reporter reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from datause_lint.names import CategoryKey, RuleId, UseKey
from datause_lint.policy.entries import Confidence, Severity


class Verdict(Enum):
    VIOLATION = "violation"
    UNPROVEN = "unproven"  # a guard is there, but its proof has a hole
    GUARDED = "guarded"  # never a finding; what `map` and `explain` show


class Role(Enum):
    SOURCE = "source"
    STEP = "step"
    SINK = "sink"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """Lines and columns count from 1, columns in characters; the end is exclusive. The path is relative, with ``/``."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Step:
    """A station of a flow."""

    role: Role
    location: Location
    note: str  # a short sentence without a full stop: "the field email of a User is read"
    data: CategoryKey | None  # of a source


class Why(Enum):
    """Why a guard does not count."""

    USE = "use"
    SUBJECT = "subject"
    ORDER = "order"
    BRANCH = "branch"
    NEGATED = "negated"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class GuardSeen:
    location: Location
    guard: str  # the policy entry's id
    counts: bool
    why: Why | None  # of one that does not count
    note: str
    uses: tuple[UseKey, ...] = ()  # what it allows
    subject: str = ""  # whom it is about, in words; empty where that is not known


class SuppressedBy(Enum):
    IGNORE = "ignore"
    WAIVER = "waiver"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Suppression:
    by: SuppressedBy
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    rule: RuleId
    verdict: Verdict
    severity: Severity
    confidence: Confidence
    location: Location
    function: str  # "app.ai.summarise", dotted
    message: str
    data: tuple[CategoryKey, ...]  # sorted
    use: UseKey
    recipient: str
    sink: str  # the policy entry's id
    flows: tuple[tuple[Step, ...], ...]  # one for each source place, the shortest first
    guards: tuple[GuardSeen, ...]
    fingerprint: str
    suppressed: Suppression | None = None


@dataclass(frozen=True, slots=True)
class FileError:
    """A file, or a part of one, that could not be analysed."""

    path: str
    line: int  # 0: the file as a whole
    message: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the policy or the suppressions that somebody should mend: an unused ignore, an expired waiver."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Stats:
    files: int
    parsed: int
    lines: int
    cut: int  # functions whose analysis met a bound


@dataclass(frozen=True, slots=True)
class Report:
    findings: tuple[Finding, ...]  # by path, line, column, rule; suppressed ones too
    errors: tuple[FileError, ...]
    notices: tuple[Notice, ...]
    stats: Stats
