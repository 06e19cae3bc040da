"""What a function does, in terms of what it is given: all that its callers need to know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from datause_lint.analysis.atoms import Const, Data, Label
from datause_lint.analysis.facts import NOTHING, Fact, Truths
from datause_lint.analysis.objects import ALLOCATED, MAXIMAL_CHAIN, Obj, shortened
from datause_lint.analysis.values import EMPTY, Value
from datause_lint.findings.finding import Location, Step
from datause_lint.ir.instructions import Span
from datause_lint.names import FunctionId
from datause_lint.policy.entries import Sink


@dataclass(frozen=True, slots=True)
class GuardSite:
    """A place that looks at evidence of consent."""

    fact: Fact
    function: FunctionId
    stale: bool = False  # the variable that was checked holds somebody else by now
    unknown: bool = False  # nobody knows who is asked
    overwritten: bool = False  # the code has put something else there since
    written: bool = False  # what is asked the code itself has put there
    certain: bool = True  # False: what it proves depends on more than the evidence


@dataclass(frozen=True, slots=True)
class Frame:
    """A function on the way to a sink, and the place in it from which the sink is reached."""

    function: FunctionId
    location: Location


@dataclass(frozen=True, slots=True)
class Obligation:
    """Data that reaches a sink, and has yet to be allowed to.

    ``place`` is None while the data, or the record that holds it, comes from the caller: the place is his to find.
    """

    sink: Sink
    data: Label | Data
    carried: Truths
    steps: tuple[Step, ...]  # from the call in this function down to the sink, which comes last
    site: Frame  # the call in the function whose summary holds the obligation
    place: Frame | None
    seen: tuple[GuardSite, ...]  # guards on the way that do not count
    inner: Frame | None = None  # the place in what a wrapper wraps
    proven: Fact | None = None  # set where a guard counts: the obligation is evidence
    unproven: str = ""  # why a guard that is there may not be enough


@dataclass(frozen=True, slots=True)
class Started:
    """A call that goes on, or is made anew, when the function has returned. ``future`` is what holds its result."""

    function: Value
    positional: tuple[Value, ...]
    keywords: Mapping[str, Value]
    more: Value | None
    span: Span
    future: Obj | None

    def values(self) -> list[Value]:
        more = [self.more] if self.more is not None else []
        return [self.function, *self.positional, *self.keywords.values(), *more]


@dataclass(slots=True)
class Summary:
    """``returns`` and ``raises`` speak of the function's symbolic objects; so do the fields that it writes."""

    function: FunctionId
    returns: Value = field(default_factory=lambda: EMPTY)
    yields: Value | None = None
    raises: Value = field(default_factory=lambda: EMPTY)
    comes_back: bool = False  # it may return normally
    proves: Truths = NOTHING  # what holds after it returned
    proves_inside: Truths = NOTHING  # of a generator: what holds where it yields, for a context manager's body
    writes: dict[tuple[Obj, str], Value] = field(default_factory=dict)
    strong: frozenset[tuple[Obj, str]] = frozenset()  # writes that happen on every way to a return
    told: frozenset[tuple[Obj, str]] = frozenset()  # where it has put something that is known to all, and no write
    aliases: dict[Obj, Value] = field(default_factory=dict)
    picked: dict[Obj, tuple[Value, Value]] = field(default_factory=dict)  # elements, by what held them and their index
    obligations: tuple[Obligation, ...] = ()
    guard_sites: tuple[GuardSite, ...] = ()
    cut: bool = False
    opaque: bool = False  # a bound was met before anything was found out: the call is one of which nothing is known
    swallows: bool = False  # of __exit__ or a generator: may keep an exception from going on
    started: tuple[Started, ...] = ()
    drawn_late: tuple[Started, ...] = ()  # iterators that it has made and handed out or kept: the calls that made them
    waits: bool = False  # somewhere it waits for what runs beside
    _weight: int | None = field(default=None, init=False, repr=False, compare=False)
    _fields: dict[Obj, dict[str, Value]] | None = field(default=None, init=False, repr=False, compare=False)
    _crowded: frozenset[Obj] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._weight = self._fields = self._crowded = None

    @property
    def fields(self) -> Mapping[Obj, Mapping[str, Value]]:
        """The writes, by object. The summary must be complete."""
        if self._fields is None:
            self._fields = {}
            for (obj, key), value in self.writes.items():
                self._fields.setdefault(obj, {})[key] = value
        return self._fields

    def weight(self) -> int:
        """How much it hands over to a caller: fields and what they may be, obligations."""
        if self._weight is None:
            values = (*self.writes.values(), self.returns, self.raises, self.yields or EMPTY)
            self._weight = len(self.obligations) + sum(1 + len(value.atoms) for value in values)
        return self._weight

    @property
    def crowded(self) -> frozenset[Obj]:
        """Objects made so many calls down that a shortened chain makes them one. The summary must be complete."""
        if self._crowded is None:
            alike: dict[tuple[object, ...], list[Obj]] = {}
            for obj in dict.fromkeys(self._made_far_down()):
                alike.setdefault((obj.kind, obj.key, obj.cls, obj.api, shortened(("", *obj.chain))), []).append(obj)
            self._crowded = frozenset(obj for group in alike.values() if len(group) > 1 for obj in group)
        return self._crowded

    def _made_far_down(self) -> Iterator[Obj]:
        values = (*self.writes.values(), self.returns, self.raises, self.yields or EMPTY)
        for obj in (*(obj.root for obj, _ in self.writes), *(root for value in values for root in value.roots)):
            if len(obj.chain) >= MAXIMAL_CHAIN - 1 and obj.kind in ALLOCATED:
                yield obj

    def stands_for(self, obj: Obj) -> Value | None:
        """What an element of a loop is in the end; of a loop that is over, as of one of the past."""
        found = self.aliases.get(obj)
        return found if found is not None else self.aliases.get(obj.past())

    def for_others(self, something: Obj) -> Summary:
        """What is left of it for a caller with other inputs: what may happen may, nothing is sure to. Where it gives
        no more than constants (``if user is None: return None``), it may give ``something`` else."""
        returns = Value(self.returns.atoms)
        only_constants = all(type(atom) is Const for atom in returns.atoms)
        return replace(
            self,
            returns=Value({**returns.atoms, something: NOTHING}) if only_constants else returns,
            comes_back=True,
            proves=NOTHING,
            proves_inside=NOTHING,
            strong=frozenset(),
            cut=True,
        )

    def same_as(self, other: Summary) -> bool:
        """Whether a caller could tell them apart."""
        return (
            self.comes_back == other.comes_back
            and self.proves == other.proves
            and self.returns == other.returns
            and self.yields == other.yields
            and self.raises == other.raises
            and self.writes == other.writes
            and self.obligations == other.obligations
            and self.proves_inside == other.proves_inside
            and self.strong == other.strong
            and self.told == other.told
            and self.aliases == other.aliases
            and self.picked == other.picked
            and self.guard_sites == other.guard_sites
            and self.cut == other.cut
            and self.waits == other.waits
            and self.started == other.started
            and self.drawn_late == other.drawn_late
        )
