"""The compiled policy: what the analysis asks it, answered by look-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from datause_lint.names import CategoryKey, UseKey
from datause_lint.policy.entries import (
    Category,
    Confidence,
    Guard,
    GuardKind,
    Propagator,
    Record,
    Rule,
    Sanitizer,
    Sink,
    Source,
    Use,
    Waiver,
)


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What the taxonomy says of an identifier."""

    category: CategoryKey
    confidence: Confidence  # of the name alone: LOW where the taxonomy calls the name weak


class CompiledPolicy(Protocol):
    """Every ``path`` argument is one API path without wildcards, as the analysis spells it; ``?`` as its first segment
    stands for a receiver of unknown type (``?.has_consent``), which only patterns that begin with ``*.`` match."""

    rules: tuple[Rule, ...]
    waivers: tuple[Waiver, ...]
    categories: Mapping[CategoryKey, Category]
    uses: Mapping[UseKey, Use]
    purposes: Mapping[str, tuple[UseKey, ...]]
    row_guards: tuple[Guard, ...]  # by no path: SQL names their tables
    checks_of_purposes: frozenset[str]  # the last names of calls that are told which purpose they ask for
    digest: str  # of all that the policy says: a key for caches

    def classify(self, identifier: str) -> NameMatch | None:
        """The category of an identifier, column or key, by its last words."""
        ...

    def uses_of_purpose(self, purpose: str) -> tuple[UseKey, ...]:
        """What ``[purposes]`` says of a constant; () when it is unknown."""
        ...

    def canonical(self, path: str) -> str:
        """The path with the longest prefix that an ``[[api]]`` entry renames replaced, again and again."""
        ...

    def sources_at(self, path: str) -> tuple[Source, ...]: ...
    def parameter_sources(self, function: str, parameter: str) -> tuple[Source, ...]: ...
    def model_sources(self, base_class: str) -> tuple[Source, ...]: ...
    def records_of(self, model: str) -> tuple[Record, ...]: ...
    def sinks_at(self, path: str) -> tuple[Sink, ...]: ...

    def url_sinks(self, url: str) -> tuple[Sink, ...]:
        """The sinks that a URL matches; parts that are not constant are spelled ``{}``."""
        ...

    def guards_at(self, kind: GuardKind, path: str) -> tuple[Guard, ...]:
        """Guards of a kind other than FIELD by the path of what is called or read; ROW by the model's path."""
        ...

    def field_guards(self, name: str) -> tuple[Guard, ...]: ...
    def has_guards(self) -> bool:
        """Whether any check can count for anybody."""
        ...

    def evidence_fields(self) -> tuple[str, ...]:
        """The names of fields for which there are guards."""
        ...

    def sanitizers_at(self, path: str) -> tuple[Sanitizer, ...]: ...
    def propagators_at(self, path: str) -> tuple[Propagator, ...]: ...
    def aborts(self, path: str) -> bool: ...
    def knows_prefix(self, path: str) -> bool:
        """Whether some entry's path begins with this one: code that the policy speaks about."""
        ...

    def leads_to_sink(self, path: str) -> bool:
        """Whether some sink's path begins with this one."""
        ...

    def leads_to_source(self, path: str) -> bool:
        """Whether the path of some source, or of something that has another name, begins with this one."""
        ...

    def anchor_modules(self) -> tuple[str, ...]:
        """Those of the anchors that are modules: what has a way into a sink through them imports them."""
        ...

    def sink_words(self, anchors: Iterable[str]) -> frozenset[str]:
        """Identifiers of which at least one stands in every function that calls, or hands on, a sink of these anchor
        modules; "" stands for sinks by the name of a method alone, "url" for those by the address of a request."""
        ...

    def anchors(self) -> tuple[str, ...]:
        """Words of which at least one stands in every source file with a direct way into a sink: top modules of the
        sinks' paths, hosts of their URLs, last names of ``*.name`` sinks."""
        ...
