"""Strongly connected components of a graph that is found out while it is gone through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Node = TypeVar("Node")


def components(start: Node, leads_to: Callable[[Node], Iterable[Node]]) -> Iterator[list[Node]]:
    """Those that can be reached, each after all that it leads to. ``leads_to`` is asked once for each node.

    Tarjan's algorithm, without recursion: structures may be deep."""
    number: dict[Node, int] = {start: 0}
    lowest: dict[Node, int] = {start: 0}
    unassigned: dict[Node, None] = {start: None}
    path: list[tuple[Node, Iterator[Node]]] = [(start, iter(leads_to(start)))]
    while path:
        node, following = path[-1]
        for to in following:
            if to not in number:
                number[to] = lowest[to] = len(number)
                unassigned[to] = None
                path.append((to, iter(leads_to(to))))
                break
            if to in unassigned:
                lowest[node] = min(lowest[node], number[to])
        else:
            path.pop()
            if path:
                above = path[-1][0]
                lowest[above] = min(lowest[above], lowest[node])
            if lowest[node] == number[node]:
                yield _until(node, unassigned)


def _until(node: Node, unassigned: dict[Node, None]) -> list[Node]:
    """Takes out what came after the node, and the node."""
    component: list[Node] = []
    while not component or component[-1] != node:
        component.append(unassigned.popitem()[0])
    return component
