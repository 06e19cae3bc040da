"""The policy in the form in which the analysis asks it: every answer is a look-up."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from datause_lint.names import UseKey
from datause_lint.policy.anchors import anchor_modules, anchor_words, sink_words
from datause_lint.policy.compiled import NameMatch
from datause_lint.policy.entries import (
    Aborts,
    Api,
    Guard,
    GuardKind,
    Propagator,
    Record,
    Rule,
    Sanitizer,
    Sink,
    Source,
    Waiver,
)
from datause_lint.policy.merge import Policy
from datause_lint.policy.notation import function_parameter
from datause_lint.policy.path_table import ApiNames, PathTable, Value
from datause_lint.policy.taxonomy import Taxonomy
from datause_lint.policy.url_table import UrlTable


class PolicyTables:
    """A CompiledPolicy. Pickles as the policy it is made from, and builds its tables anew where it arrives."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.rules = policy.of(Rule)
        self.waivers = policy.of(Waiver)
        self.categories = policy.categories
        self.uses = policy.uses
        self.purposes = policy.purposes
        self.digest = policy.digest
        apis, sources, sinks, guards = policy.of(Api), policy.of(Source), policy.of(Sink), policy.of(Guard)
        self._names = ApiNames({path: api.same_as for api in apis for path in api.path})
        self._taxonomy = Taxonomy(policy.category_parts)
        self._sources = self._table((source.path, source) for source in sources)
        self._models = self._table((source.model, source) for source in sources)
        self._parameters = self._table(_parameters(sources))
        self._records = self._table((record.model, record) for record in policy.of(Record))
        self._sinks = self._table((sink.call, sink) for sink in sinks)
        self._url_sinks = UrlTable(sinks)
        self._guards = {
            kind: self._table((guard.matches, guard) for guard in guards if guard.kind is kind)
            for kind in GuardKind
            if kind is not GuardKind.FIELD
        }
        self._has_guards = bool(guards)
        self._field_guards = _by_field(guards)
        self.row_guards = tuple(guard for guard in guards if guard.kind is GuardKind.ROW)
        self.checks_of_purposes = frozenset(
            path.rpartition(".")[2]
            for guard in guards
            if guard.purpose is not None and guard.kind in (GuardKind.TEST, GuardKind.ENFORCE)
            for path in guard.matches
        )
        self._sanitizers = self._table((sanitizer.call, sanitizer) for sanitizer in policy.of(Sanitizer))
        self._propagators = self._table((propagator.call, propagator) for propagator in policy.of(Propagator))
        self._aborts = self._table((aborts.call, aborts) for aborts in policy.of(Aborts))
        self._apis = PathTable((api.path, api) for api in apis)
        self._other_names_of_sinks = PathTable((a.path, a) for a in apis if self._begins_sink(a.same_as))
        self._knows_prefix = lru_cache(maxsize=1 << 16)(self._any_table_has_prefix)
        self._leads_to_sink = lru_cache(maxsize=1 << 16)(self._sinks_have_prefix)
        self._leads_to_source = lru_cache(maxsize=1 << 16)(self._sources_have_prefix)
        self._anchors = anchor_words(sinks, apis, self._sinks, self._names)
        self._anchor_modules = anchor_modules(sinks, apis, self._sinks, self._names)
        self._sink_words = sink_words(sinks, apis, policy.of(Propagator))

    def __reduce__(self) -> tuple[type[PolicyTables], tuple[Policy]]:
        return PolicyTables, (self.policy,)

    def classify(self, identifier: str) -> NameMatch | None:
        return self._taxonomy.classify(identifier)

    def uses_of_purpose(self, purpose: str) -> tuple[UseKey, ...]:
        return self.policy.purposes.get(purpose, ())

    def canonical(self, path: str) -> str:
        return self._names.spellings(path)[-1]

    def sources_at(self, path: str) -> tuple[Source, ...]:
        return self._at(self._sources, path)

    def parameter_sources(self, function: str, parameter: str) -> tuple[Source, ...]:
        found = self._at(self._parameters, function)
        return tuple(dict.fromkeys(source for name, source in found if name == parameter))

    def model_sources(self, base_class: str) -> tuple[Source, ...]:
        return self._at(self._models, base_class)

    def records_of(self, model: str) -> tuple[Record, ...]:
        return self._at(self._records, model)

    def sinks_at(self, path: str) -> tuple[Sink, ...]:
        return self._at(self._sinks, path)

    def url_sinks(self, url: str) -> tuple[Sink, ...]:
        return self._url_sinks.matches(url)

    def guards_at(self, kind: GuardKind, path: str) -> tuple[Guard, ...]:
        return self._at(self._guards[kind], path) if kind in self._guards else ()

    def field_guards(self, name: str) -> tuple[Guard, ...]:
        return self._field_guards.get(name, ())

    def has_guards(self) -> bool:
        return self._has_guards

    def evidence_fields(self) -> tuple[str, ...]:
        return tuple(self._field_guards)

    def sanitizers_at(self, path: str) -> tuple[Sanitizer, ...]:
        return self._at(self._sanitizers, path)

    def propagators_at(self, path: str) -> tuple[Propagator, ...]:
        return self._at(self._propagators, path)

    def aborts(self, path: str) -> bool:
        return bool(self._at(self._aborts, path))

    def knows_prefix(self, path: str) -> bool:
        return self._knows_prefix(path)

    def leads_to_sink(self, path: str) -> bool:
        return self._leads_to_sink(path)

    def leads_to_source(self, path: str) -> bool:
        return self._leads_to_source(path)

    def anchor_modules(self) -> tuple[str, ...]:
        return self._anchor_modules

    def sink_words(self, anchors: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self._sink_words.get(anchor, ()) for anchor in anchors))

    def anchors(self) -> tuple[str, ...]:
        return self._anchors

    def _any_table_has_prefix(self, path: str) -> bool:
        spellings = self._names.spellings(path)
        return any(table.has_prefix(spelling) for spelling in spellings for table in self._all_tables())

    def _sinks_have_prefix(self, path: str) -> bool:
        """``AsyncClient()`` has another name, ``AsyncClient`` has none and leads there all the same."""
        others = self._other_names_of_sinks
        return self._begins_sink(path) or any(others.has_prefix(each) for each in self._names.spellings(path))

    def _begins_sink(self, path: str) -> bool:
        return any(self._sinks.has_prefix(spelling) for spelling in self._names.spellings(path))

    def _sources_have_prefix(self, path: str) -> bool:
        tables = (self._sources, self._apis)
        return any(table.has_prefix(spelling) for spelling in self._names.spellings(path) for table in tables)

    def _all_tables(self) -> tuple[PathTable[Any], ...]:
        return (
            self._apis,
            self._sources,
            self._models,
            self._parameters,
            self._records,
            self._sinks,
            *self._guards.values(),
            self._sanitizers,
            self._propagators,
            self._aborts,
        )

    def _table(self, entries: Iterable[tuple[Iterable[str], Value]]) -> PathTable[Value]:
        """A table in which each pattern stands as written and in its canonical form: see _at."""
        return PathTable((self._pattern_spellings(patterns), value) for patterns, value in entries)

    def _pattern_spellings(self, patterns: Iterable[str]) -> list[str]:
        return [spelling for pattern in patterns for spelling in {pattern: 1, self.canonical(pattern): 1}]

    def _at(self, table: PathTable[Value], path: str) -> tuple[Value, ...]:
        """What stands under any name of the path. Names without wildcards meet in their canonical form; a pattern with
        wildcards may fit only one of the others."""
        return table.at(path, self._names)


def _parameters(sources: Iterable[Source]) -> Iterable[tuple[list[str], tuple[str, Source]]]:
    for source in sources:
        for written in source.parameter:
            function, name = function_parameter(written)
            yield [function], (name, source)


def _by_field(guards: Iterable[Guard]) -> dict[str, tuple[Guard, ...]]:
    found: dict[str, tuple[Guard, ...]] = {}
    for guard in guards:
        if guard.kind is GuardKind.FIELD:
            for name in dict.fromkeys(guard.matches):
                found[name] = (*found.get(name, ()), guard)
    return found
