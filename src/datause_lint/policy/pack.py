"""A pack as it is written: its entries validated one by one, nothing of it compared with other packs yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datause_lint.names import UseKey
from datause_lint.policy.entries import (
    Aborts,
    Api,
    Category,
    Guard,
    Propagator,
    Record,
    Rule,
    Sanitizer,
    Sink,
    Source,
    Use,
    Waiver,
)
from datause_lint.policy.table_reader import Position, Reference

Entry = Source | Record | Sink | Guard | Sanitizer | Propagator | Api | Aborts | Rule | Waiver


@dataclass(frozen=True, slots=True)
class Written:
    """An entry of an array of tables; ``id`` is generated where the entry gives none."""

    table: str
    id: str
    replace: bool
    entry: Entry
    values: Mapping[str, Any]  # as the file gives them
    position: Position


@dataclass(frozen=True, slots=True)
class Pack:
    name: str
    description: str
    position: Position
    entries: tuple[Written, ...]
    categories: tuple[Category, ...]
    uses: tuple[Use, ...]
    purposes: tuple[tuple[str, tuple[UseKey, ...]], ...]
    references: tuple[Reference, ...]
