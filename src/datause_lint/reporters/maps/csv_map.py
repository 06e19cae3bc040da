"""The data-use map as CSV (RFC 4180): a row for each flow and each check seen on it, for spreadsheets and audits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from datause_lint.findings.data_map import DataMap, MappedFlow
from datause_lint.findings.finding import GuardSeen
from datause_lint.reporters.maps.formats import MapContext
from datause_lint.reporters.terminal import printable

COLUMNS = (
    "verdict rule data use recipient sink function path line source_path source_line sink_path sink_line"
    " guard guard_path guard_line guard_counts guard_uses guard_subject guard_note suppressed"
).split()

_FORMULA = ("=", "+", "-", "@")  # begins what a spreadsheet would compute, and so what scanned code must not begin


def map_as_csv(data_map: DataMap, context: MapContext) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for flow in data_map.flows:
        for guard in flow.guards or (None,):
            writer.writerow(_cell(value) for value in _row(flow, guard))
    return text.getvalue()


def _row(flow: MappedFlow, guard: GuardSeen | None) -> Iterator[object]:
    source, sent = flow.source.location, flow.sent.location
    yield from (flow.verdict.value, flow.rule, flow.data, flow.use, flow.recipient, flow.sink, flow.function)
    yield from (flow.place.path, flow.place.line, source.path, source.line, sent.path, sent.line)
    if guard is None:
        yield from ("", "", "", "", "", "", "")
    else:
        yield from (guard.guard, guard.location.path, guard.location.line, "yes" if guard.counts else "no")
        yield from (" ".join(guard.uses), guard.subject, guard.note)
    yield flow.suppressed.reason if flow.suppressed else ""


def _cell(value: object) -> str:
    text = printable(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
