"""The validated entries of a policy, one class for each table of the policy language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum

from datause_lint.names import CategoryKey, RuleId, UseKey


class Confidence(IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Severity(IntEnum):
    NOTE = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry is written: for messages."""

    file: str
    line: int


Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class ArgumentRef:
    """An argument of a call, as a policy names it: ``"messages|0"`` has both a name and a position."""

    positions: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    every: bool = False  # "*"
    receiver: bool = False  # "self"


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a call: ``return``, ``self`` or an argument, and a path in it (``"[0]"``, ``".text"``, ``"[]"``)."""

    base: ArgumentRef | None  # None: the return value
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConstantCondition:
    """``when = { purpose = "fine-tune" }``: the named argument's constant matches one of the patterns (``*`` wild)."""

    argument: ArgumentRef
    patterns: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Source:
    id: str
    category: CategoryKey
    confidence: Confidence
    path: tuple[str, ...]  # API paths
    parameter: tuple[str, ...]  # "app.views.summarise(text)"
    model: tuple[str, ...]  # API paths of base classes
    sql: bool
    fills: ArgumentRef | None
    when: tuple[ConstantCondition, ...]
    unless: tuple[ConstantCondition, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Record:
    model: tuple[str, ...]
    subject: tuple[str, ...]  # relations that lead to the person; a dotted one passes through several
    origin: Origin


@dataclass(frozen=True, slots=True)
class Sink:
    id: str
    call: tuple[str, ...]
    url: tuple[str, ...]
    args: tuple[ArgumentRef, ...]
    constructor_args: tuple[ArgumentRef, ...]
    use: UseKey
    recipient: str
    when: tuple[ConstantCondition, ...]
    unless: tuple[ConstantCondition, ...]
    origin: Origin


class GuardKind(Enum):
    TEST = "test"
    FIELD = "field"
    ROW = "row"
    ENFORCE = "enforce"
    DECORATOR = "decorator"
    CONTEXT = "context"
    FILTER = "filter"


class Evidence(Enum):
    """What about a tested value proves consent."""

    TRUE = "true"
    FALSE = "false"  # when = false: an opt-out
    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    SET = "set"  # not null
    MEMBER = "in"  # the subject is a member of it


@dataclass(frozen=True, slots=True)
class Guard:
    id: str
    kind: GuardKind
    matches: tuple[str, ...]  # API paths; for FIELD the names of fields, for ROW the models
    subject: ArgumentRef | None  # None: the default of the kind
    any_subject: bool
    allows: tuple[UseKey, ...]
    purpose: ArgumentRef | None  # of ROW: the name of the purpose's field is its only name
    evidence: Evidence
    values: tuple[Scalar, ...]  # of EQUALS and NOT_EQUALS; ("*",) is equality with anything
    arguments: tuple[ConstantCondition, ...]
    null_allows: bool
    person: str  # of ROW: the field for the person
    where: tuple[tuple[str, Scalar], ...]  # of ROW: what it must satisfy; "null" and "not null" stand for SQL's
    organisation: bool  # scope = "organisation"
    origin: Origin


@dataclass(frozen=True, slots=True)
class Sanitizer:
    id: str
    call: tuple[str, ...]
    removes: tuple[CategoryKey, ...]
    keeps: tuple[CategoryKey, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Propagator:
    id: str
    call: tuple[str, ...]
    sources: tuple[Place, ...]  # "from"; Place(ArgumentRef(every=True)) for "*"
    target: Place  # "to"
    calls: ArgumentRef | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Api:
    """An extension of the language: ``[[api]] path = ["openai.OpenAI().with_options()"]  is = "openai.OpenAI()"``.

    The value at each of the paths is the same kind of thing as the value at the other path. It states return types of
    libraries, and the several names under which a library exports one thing.
    """

    path: tuple[str, ...]
    same_as: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Aborts:
    """An extension of the language: ``[[aborts]] call = ["flask.abort"]``: calls that never return."""

    call: tuple[str, ...]
    origin: Origin


class Unless(Enum):
    CONSENT = "consent"
    SANITIZED = "sanitized"
    NEVER = "never"


class About(Enum):
    """What a rule finds."""

    FLOW = "flow"
    GUARD = "guard"  # a check that permits flows, and lets everybody through
    SANITIZER = "sanitizer"  # a flow that is there only because a sanitizer may fail


@dataclass(frozen=True, slots=True)
class Rule:
    id: RuleId
    title: str
    data: tuple[CategoryKey, ...]
    use: tuple[UseKey, ...]
    recipient: tuple[str, ...]  # patterns with "*"
    person_consent_only: bool  # consent_scope = "person"
    unless: Unless
    severity: Severity
    unproven_severity: Severity
    min_confidence: Confidence
    message: str
    help: str
    references: tuple[str, ...]
    origin: Origin
    about: About = About.FLOW


@dataclass(frozen=True, slots=True)
class Waiver:
    rule: RuleId
    path: str | None  # a glob
    fingerprint: str | None
    sink: str | None
    recipient: str | None
    reason: str
    owner: str
    expires: date
    origin: Origin


@dataclass(frozen=True, slots=True)
class Category:
    key: CategoryKey
    label: str
    names: tuple[str, ...]
    not_names: tuple[str, ...]
    weak_names: tuple[str, ...] = ()  # what these match alone has low confidence


@dataclass(frozen=True, slots=True)
class Use:
    key: UseKey
    label: str
    maps_to: tuple[str, ...]
