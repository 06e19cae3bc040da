"""Atoms: each of them one thing that a reference may stand for, or data that has gone into it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field

from datause_lint.analysis.objects import Obj
from datause_lint.findings.finding import Step
from datause_lint.ir.instructions import Constant
from datause_lint.names import ApiPath, CategoryKey, ClassId, FunctionId, ModuleName
from datause_lint.policy.entries import Confidence


@dataclass(frozen=True, slots=True)
class Const:
    """A constant. Equality tells ``True`` from ``1``."""

    value: Constant
    kind: type
    name: str = dataclass_field(default="", compare=False)  # of an enum's member
    cls: str = dataclass_field(default="", compare=False)  # the enum, where its members have methods
    _hash: int = dataclass_field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.value, self.kind)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class Pattern:
    """A string of which parts are known: ``{}`` stands for the others."""

    text: str


@dataclass(frozen=True, slots=True)
class FunctionAtom:
    function: FunctionId
    environment: Obj | None  # holds the captured variables


@dataclass(frozen=True, slots=True)
class BoundAtom:
    function: FunctionId
    environment: Obj | None
    receiver: Obj


@dataclass(frozen=True, slots=True)
class ClassAtom:
    cls: ClassId


@dataclass(frozen=True, slots=True)
class ModuleAtom:
    module: ModuleName


@dataclass(frozen=True, slots=True)
class ApiAtom:
    """Code outside the program, by its path; ``receiver`` is the object whose attribute it is."""

    path: ApiPath
    receiver: Obj | None = None


@dataclass(frozen=True, slots=True)
class LazyImport:
    """``from module import name`` of a module of the program, not looked into yet."""

    module: ModuleName
    name: str  # empty: the module itself


@dataclass(frozen=True, slots=True)
class MethodAtom:
    """A method of an object whose class does not tell: of a container, a string, something unknown."""

    name: str
    receiver: Obj | None
    data: bool  # the receiver is, or holds, data without an object


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """Personal data of ``category``, read at ``source`` from ``record``; ``relation`` leads from it to its subject."""

    category: CategoryKey
    source: Step
    record: Obj
    field: str  # the key it was read by; empty for a record passed whole
    relations: tuple[tuple[str, ...], ...]  # ways from the record to its subject, each as keys; () is the record itself
    doubtful: tuple[tuple[str, ...], ...]  # ways to people whose consent would leave the flow unproven
    confidence: Confidence
    _hash: int = dataclass_field(
        init=False, repr=False
    )  # labels are keys everywhere: hashing them anew each time costs

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.category, self.source.location, self.record, self.field)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            type(other) is Label
            and self._hash == other._hash
            and self.record is other.record
            and self.category == other.category
            and self.field == other.field
            and self.source.location == other.source.location
            and self.relations == other.relations
            and self.doubtful == other.doubtful
            and self.confidence == other.confidence
        )

    def read_from(self, record: Obj) -> Label:
        """The same reading, of another object: as another frame, or a later round, knows it."""
        if record is self.record:
            return self
        return Label(self.category, self.source, record, self.field, self.relations, self.doubtful, self.confidence)


class Data:
    """Whatever data the symbolic object, and all that it holds, turns out to be: whole records, too, or only what was
    read from them. There is one of each for each object."""

    __slots__ = ("of", "whole")
    of: Obj
    whole: bool

    def __new__(cls, of: Obj, *, whole: bool = True) -> Data:
        known = of.as_data if whole else of.as_parts
        if known is None:
            known = object.__new__(cls)
            object.__setattr__(known, "of", of)
            object.__setattr__(known, "whole", whole)
            if whole:
                of.as_data = known
            else:
                of.as_parts = known
        assert isinstance(known, Data)
        return known

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"Data({self.of!r})" if self.whole else f"Data({self.of!r}, whole=False)"


Atom = (
    Obj
    | Const
    | Pattern
    | FunctionAtom
    | BoundAtom
    | ClassAtom
    | ModuleAtom
    | ApiAtom
    | LazyImport
    | MethodAtom
    | Label
    | Data
)
