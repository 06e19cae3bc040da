"""The data-use map as a table for people."""

from __future__ import annotations

import io

from datause_lint.findings.data_map import DataMap, MappedFlow
from datause_lint.findings.finding import GuardSeen, Location, Verdict
from datause_lint.reporters.base import excerpt
from datause_lint.reporters.maps.formats import MapContext
from datause_lint.reporters.terminal import printable

_HEADERS = ("verdict", "data, and where it is read", "used for, by whom, and where", "check")
_STYLES = {Verdict.VIOLATION: "bold red", Verdict.UNPROVEN: "yellow", Verdict.GUARDED: "green"}
_LONGEST_CODE = 60


def map_as_table(data_map: DataMap, context: MapContext) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_lines=False, pad_edge=False)
    for header in _HEADERS:
        table.add_column(header, overflow="fold")
    for flow in data_map.flows:
        first, *rest = _cells(flow, context)
        table.add_row(Text(first, style=_STYLES[flow.verdict]), *map(Text, rest))  # Text: nothing in it is markup
    out = io.StringIO()
    console = Console(
        file=out,
        width=context.columns,
        force_terminal=context.color,
        color_system="standard" if context.color else None,
        legacy_windows=False,
        highlight=False,
    )
    if data_map.flows:
        console.print(table)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join([*filter(None, lines), summary(data_map)]) + "\n"


def summary(data_map: DataMap) -> str:
    """One line on the map as a whole."""
    if not data_map.flows:
        return "No flow of personal data into AI was found"
    counts = [f"{number:,} {verdict.value}" for verdict, number in data_map.counts().items() if number]
    flows = len(data_map.flows)
    return f"{flows:,} {'flow' if flows == 1 else 'flows'} of personal data into AI: {', '.join(counts)}"


def _cells(flow: MappedFlow, context: MapContext) -> tuple[str, str, str, str]:
    verdict = flow.verdict.value if flow.suppressed is None else f"{flow.verdict.value} ({flow.suppressed.by.value})"
    data = f"{flow.data}\n{_place(flow.source.location)}"
    use = f"{flow.use}, {flow.recipient}\n{_place(flow.place)} in {flow.function}"
    if flow.sent.location != flow.place:
        use += f"\nsent at {_place(flow.sent.location)}"
    checks = "\n".join(_check(guard, context) for guard in flow.guards)
    return verdict, _printable_lines(data), _printable_lines(use), _printable_lines(checks or "none")


def _check(guard: GuardSeen, context: MapContext) -> str:
    if not guard.counts:
        why = guard.why.value if guard.why else "unknown"
        return f"{guard.guard} does not count ({why})\n{_place(guard.location)}"
    code = excerpt(guard.location, context.sources)
    asked = f": {code}" if code is not None and len(code) <= _LONGEST_CODE else ""
    about = f" of {guard.subject}" if guard.subject else ""
    return f"{guard.guard} {guard.note}{about}\n{_place(guard.location)}{asked}"


def _place(location: Location) -> str:
    return f"{location.path}:{location.line}"


def _printable_lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))
