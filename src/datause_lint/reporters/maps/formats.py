"""The formats of the data-use map, each imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from datause_lint.findings.data_map import DataMap
from datause_lint.reporters.base import SourceLines


@dataclass(frozen=True, slots=True)
class MapContext:
    """What the formats need beside the flows."""

    sources: SourceLines
    version: str
    color: bool = False
    columns: int = 160  # of a table


class MapReporter(Protocol):
    def __call__(self, data_map: DataMap, context: MapContext) -> str:
        """The whole map as text, with its last line ended."""
        ...


_PLACES: Mapping[str, tuple[str, str]] = {
    "table": ("table", "map_as_table"),
    "json": ("json_map", "map_as_json"),
    "csv": ("csv_map", "map_as_csv"),
    "mermaid": ("mermaid", "map_as_mermaid"),
}

MAP_FORMATS = tuple(_PLACES)


def map_reporter(name: str) -> MapReporter:
    """The reporter of one of MAP_FORMATS."""
    module, function = _PLACES[name]
    reporter: MapReporter = getattr(import_module(f"datause_lint.reporters.maps.{module}"), function)
    return reporter
