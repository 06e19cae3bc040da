"""Graphs of LangGraph that a server runs: what names them stands in a file that nobody in the program reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.atoms import BoundAtom, FunctionAtom
from datause_lint.analysis.frameworks.langchain.running import Runner
from datause_lint.analysis.frameworks.langchain.things import GRAPH, GRAPHS_RUN, NODES
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.names import FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

_KEPT_AS: Final = "nodes of served graphs"


def compiled(call: ModelCall) -> Value:
    """``graph = builder.compile()``: where nobody in the program runs the graph, it is run here, on what nobody knows.

    What its nodes have from whoever asks the server is looked at in each of them by itself.
    """
    run = _those_run(call.frame.world)
    graphs = [obj for obj in call.receiver.objects() if obj.api == GRAPH and obj.allocation.key not in run]
    for graph in graphs:
        _note_nodes(call, graph)
        Runner(call, serving=True).run(of(graph), EMPTY, 0)
        call.returns = True
    return call.receiver


def _those_run(world: World) -> tuple[str, ...]:
    return world.shared.keys(world.objects.external(GRAPHS_RUN, None))


def _note_nodes(call: ModelCall, graph: Obj) -> None:
    nodes: dict[FunctionId, str] = call.frame.world.kept.setdefault(_KEPT_AS, {})
    for atom in call.frame.world.resolve(call.read(of(graph), NODES)).atoms:
        if isinstance(atom, (FunctionAtom, BoundAtom)):
            nodes[atom.function] = graph.allocation.key


def nodes_of_served(world: World) -> Iterator[FunctionId]:
    run = _those_run(world)
    yield from (node for node, graph in world.kept.get(_KEPT_AS, {}).items() if graph not in run)
