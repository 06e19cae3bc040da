"""The reporters of the tool itself, by the name of their format."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from datause_lint.reporters.base import Reporter

_PLACES: Mapping[str, tuple[str, str]] = {
    "text": ("text", "report_text"),
    "concise": ("concise", "report_concise"),
    "json": ("json_report", "report_json"),
    "sarif": ("sarif", "report_sarif"),
}

FORMATS = tuple(_PLACES)


def built_in_reporter(name: str) -> Reporter:
    """The reporter of one of FORMATS, imported only now."""
    module, function = _PLACES[name]
    reporter: Reporter = getattr(import_module(f"datause_lint.reporters.{module}"), function)
    return reporter
