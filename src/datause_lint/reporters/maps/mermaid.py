"""The data-use map as a Mermaid flow chart: categories of data, the places that use them, and who receives them.

Flows that differ only in where the data is read are one arrow.
"""

from __future__ import annotations

from collections.abc import Iterator

from datause_lint.findings.data_map import DataMap, MappedFlow
from datause_lint.findings.finding import Verdict
from datause_lint.reporters.maps.formats import MapContext
from datause_lint.reporters.terminal import printable

_COLORS = {Verdict.VIOLATION: "#c62828", Verdict.UNPROVEN: "#ef6c00", Verdict.GUARDED: "#2e7d32"}
_ARROWS = {Verdict.VIOLATION: "-.->", Verdict.UNPROVEN: "-.->", Verdict.GUARDED: "-->"}


def map_as_mermaid(data_map: DataMap, context: MapContext) -> str:
    chart = _Chart()
    for flow in data_map.flows:
        chart.add(flow)
    return "\n".join(chart.lines()) + "\n"


class _Chart:
    """Nodes and arrows in the order in which flows bring them, each once."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, str], str] = {}  # by kind and text, with the node's name
        self._arrows: dict[tuple[str, str, str], Verdict] = {}

    def add(self, flow: MappedFlow) -> None:
        data = self._node("data", flow.data)
        place = self._node("place", f"{flow.function}\n{flow.place.path}:{flow.place.line}")
        sink = self._node("use", f"{flow.recipient}\n{flow.use}")
        self._arrow(data, place, "", flow.verdict)
        self._arrow(place, sink, _says(flow), flow.verdict)

    def lines(self) -> Iterator[str]:
        yield "flowchart LR"
        for (kind, text), name in self._nodes.items():
            opening, closing = {"data": ("[(", ")]"), "place": ("[", "]"), "use": ("([", "])")}[kind]
            yield f'    {name}{opening}"{_escaped(text)}"{closing}'
        for (start, end, says), verdict in self._arrows.items():
            label = f'|"{_escaped(says)}"|' if says else ""
            yield f"    {start} {_ARROWS[verdict]}{label} {end}"
        for verdict, color in _COLORS.items():
            numbers = [str(number) for number, each in enumerate(self._arrows.values()) if each is verdict]
            if numbers:
                yield f"    linkStyle {','.join(numbers)} stroke:{color}"

    def _node(self, kind: str, text: str) -> str:
        return self._nodes.setdefault((kind, text), f"{kind}{len(self._nodes)}")

    def _arrow(self, start: str, end: str, says: str, verdict: Verdict) -> None:
        """Of several flows with one arrow the worst verdict colours it."""
        name = (start, end, says)
        before = self._arrows.get(name, verdict)
        self._arrows[name] = min(before, verdict, key=list(_COLORS).index)


def _says(flow: MappedFlow) -> str:
    if flow.verdict is not Verdict.GUARDED:
        suppressed = f" ({flow.suppressed.by.value})" if flow.suppressed else ""
        return f"{flow.rule} {flow.verdict.value}{suppressed}"
    return "\n".join(f"{guard.guard}\n{guard.location.path}:{guard.location.line}" for guard in flow.guards)


def _escaped(text: str) -> str:
    """Text in a quoted label: what Mermaid or HTML would read as its own is spelled as an entity."""
    lines = (printable(line) for line in text.split("\n"))
    return "<br/>".join("".join(_ENTITIES.get(character, character) for character in line) for line in lines)


_ENTITIES = {character: f"#{ord(character)};" for character in '#"<>&`\\|'}
