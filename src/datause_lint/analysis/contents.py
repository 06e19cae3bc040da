"""All the data that a value carries, however deep: a closure over what objects hold.

Objects hold each other in circles, so the closure is a fixpoint over the strongly connected components of what can be
reached. It is found once for each object while the state stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from datause_lint.analysis.access import WITHOUT_DATA, content_of_origin, origin, stored_keys, stored_value
from datause_lint.analysis.atoms import ApiAtom, Atom, Data, Label
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.many import those_for_many
from datause_lint.analysis.objects import CHILD, OF, RESULT, Kind, Obj
from datause_lint.analysis.renaming import seen_as
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import Value

NODES_AN_INSTRUCTION = 2  # looking into what a value holds costs
EDGES_AN_INSTRUCTION = 8  # and more where what objects hold of each other is found round by round
Atoms = Mapping[Atom, Truths]
Key = TypeVar("Key", Atom, Obj)


def data_of(frame: Frame, state: State, value: Value) -> Value:
    """Labels, and placeholders for what the caller knows."""
    return Contents(frame, state).of(value)


# Plain tuples: a heap has many of them, and they are made anew for each state.
_Node = tuple[Obj, bool]  # an object, and whether with the data that it carries by being what it is
_Stands = tuple[Value, list[Obj]]  # what an element of a loop stands for, and those of them that stand for many
_Edge = tuple[_Node, Truths, "_Stands | None"]  # last, of an element of a loop: as part of what it is seen


class Contents:
    """What the objects of one state hold, as long as nothing is written to it."""

    def __init__(self, frame: Frame, state: State) -> None:
        self._frame = frame
        self._state = state
        self._known: dict[_Node, Atoms] = {}

    def of(self, value: Value) -> Value:
        known = len(self._known)
        collected: dict[Atom, Truths] = {}
        with self._frame.one_look():
            for atom, carried in value.atoms.items():
                if isinstance(atom, (Label, Data)):
                    _add(collected, atom, carried)
                    continue
                held = _object_in(atom)
                if held is not None:
                    for each, facts in self._closure((held.plain, True)).items():
                        _add(collected, each, facts | carried if carried else facts)
        self._frame.world.summaries.spend((len(self._known) - known) // NODES_AN_INSTRUCTION)
        return Value(collected)

    def _closure(self, node: _Node) -> Atoms:
        if node not in self._known:
            _Components(self, node).run()
        return self._known[node]

    def parts(self, node: _Node) -> tuple[dict[Atom, Truths], list[_Edge]]:
        """The data that is found right there, and where there may be more."""
        frame, state, (obj, whole) = self._frame, self._state, node
        data: dict[Atom, Truths] = {}
        keys = stored_keys(frame, state, obj)
        if whole:
            data.update(frame.world.records.contents(frame, state, obj).atoms)
            edges: list[_Edge] = [((obj, False), NOTHING, None)]
        else:
            edges = [((inner, True), carried, None) for inner, carried in self._stored(obj, keys, data).items()]
            if obj.root.of_a_round:
                edges.extend(self._stood_for(obj))
                for atom, carried in self._first_in(obj):
                    _add(data, atom, carried)
        for key in keys:
            if key.startswith(CHILD):
                edges.append(((obj.child(key.removeprefix(CHILD)).plain, whole), NOTHING, None))
        return data, edges

    def _stored(self, obj: Obj, keys: list[str], data: dict[Atom, Truths]) -> dict[Obj, Truths]:
        """Puts the data that the object holds into ``data``; gives the objects that it holds."""
        inner: dict[Obj, Truths] = {}
        for key in keys:
            if key == OF or (key.startswith("@") and key != RESULT):
                continue
            content = stored_value(self._frame, self._state, obj, key)
            for atom, carried in content.atoms.items() if content is not None else ():
                kind = type(atom)
                if kind is Label or kind is Data:
                    _add(data, atom, carried)
                elif (held := _object_in(atom)) is not None:
                    _add(inner, held.plain, carried)
        return inner

    def _stood_for(self, obj: Obj) -> Iterator[_Edge]:
        """What was put into the objects that an element of a loop stands for is in the element."""
        stands = origin(self._frame, self._state, obj)
        many = those_for_many(self._frame, self._state, stands)
        for each, carried in stands.atoms.items():
            if type(each) is Obj and each.root is not obj.root and self._is_known(each):
                yield (each, False), carried, (stands, many)

    def _first_in(self, obj: Obj) -> Iterator[tuple[Atom, Truths]]:
        """The data that stood in a field of an element before something else was put there, on another path."""
        if obj.base is None or obj.kind is not Kind.FIELD or obj.key.startswith("@"):
            return
        content = content_of_origin(self._frame, self._state, obj.base.plain, obj.key)
        yield from ((each, facts) for each, facts in content.atoms.items() if isinstance(each, (Label, Data)))

    def _is_known(self, obj: Obj) -> bool:
        """Of what a caller holds, only what has been put there."""
        return not self._frame.is_input(obj) or obj.plain in self._state.heap

    def settle(self, component: list[_Node], parts: Mapping[_Node, tuple[dict[Atom, Truths], list[_Edge]]]) -> None:
        """Finds the closures of nodes that reach each other; those of all others that they reach are known."""
        members = dict.fromkeys(component)
        edges = [edge for node in component for edge in parts[node][1] if edge[0] in members]
        if all(not facts and stands is None for _, facts, stands in edges):
            self._settle_as_one(component, parts)
        else:
            self._settle_by_fixpoint(component, parts)

    def _settle_as_one(
        self, component: list[_Node], parts: Mapping[_Node, tuple[dict[Atom, Truths], list[_Edge]]]
    ) -> None:
        """Nothing is proven on the ways between them: they all reach the same."""
        found: dict[Atom, Truths] = {}
        for node in component:
            self._known[node] = found
            for atom, carried in parts[node][0].items():
                _add(found, atom, carried)
        for node in component:
            for edge in parts[node][1]:
                if self._known[edge[0]] is not found:
                    for atom, carried in self._through(edge, node).items():
                        _add(found, atom, carried)

    def _settle_by_fixpoint(
        self, component: list[_Node], parts: Mapping[_Node, tuple[dict[Atom, Truths], list[_Edge]]]
    ) -> None:
        summaries = self._frame.world.summaries
        readers: dict[_Node, list[_Node]] = {node: [] for node in component}
        for node in component:
            self._known[node] = parts[node][0]
            for to, _, _ in parts[node][1]:
                if to in readers:
                    readers[to].append(node)
        pending = dict.fromkeys(component)
        while pending:
            node = next(iter(pending))
            del pending[node]
            edges = parts[node][1]
            summaries.spend(len(edges) // EDGES_AN_INSTRUCTION)
            found = dict(self._known[node])
            for edge in edges:
                for atom, carried in self._through(edge, node).items():
                    _add(found, atom, carried)
            if found != self._known[node]:
                self._known[node] = found
                pending.update(dict.fromkeys(readers[node]))

    def _through(self, edge: _Edge, node: _Node) -> Atoms:
        to, facts, stands = edge
        atoms = self._known[to]
        if facts:
            atoms = {atom: carried | facts for atom, carried in atoms.items()}
        return atoms if stands is None else seen_as(Value(atoms), stands[0], node[0], many=stands[1]).atoms

    def knows(self, node: _Node) -> bool:
        return node in self._known


class _Components:
    """Tarjan's algorithm, without recursion: structures may be deep."""

    def __init__(self, contents: Contents, start: _Node) -> None:
        self._contents = contents
        self._parts: dict[_Node, tuple[dict[Atom, Truths], list[_Edge]]] = {}
        self._number: dict[_Node, int] = {}
        self._lowest: dict[_Node, int] = {}
        self._open: dict[_Node, None] = {}
        self._path: list[tuple[_Node, Iterator[_Edge]]] = []
        self._enter(start)

    def run(self) -> None:
        while self._path:
            node, edges = self._path[-1]
            following = next(edges, None)
            if following is None:
                self._leave(node)
                continue
            to = following[0]
            if to in self._open:
                self._lowest[node] = min(self._lowest[node], self._number[to])
            elif not self._contents.knows(to):
                self._enter(to)

    def _enter(self, node: _Node) -> None:
        self._number[node] = self._lowest[node] = len(self._number)
        self._open[node] = None
        self._parts[node] = self._contents.parts(node)
        self._path.append((node, iter(self._parts[node][1])))

    def _leave(self, node: _Node) -> None:
        self._path.pop()
        if self._path:
            above = self._path[-1][0]
            self._lowest[above] = min(self._lowest[above], self._lowest[node])
        if self._lowest[node] < self._number[node]:
            return
        component: list[_Node] = []
        while not component or component[-1] != node:
            component.append(self._open.popitem()[0])
        self._contents.settle(component, self._parts)


def _object_in(atom: Atom) -> Obj | None:
    """A closure that is passed on is followed by calling it, not by looking into it."""
    if type(atom) is Obj:
        return atom
    if type(atom) is not ApiAtom or f".{last_name(atom.path)}" in WITHOUT_DATA:
        return None
    return atom.receiver


def _add(collected: dict[Key, Truths], atom: Key, carried: Truths) -> None:
    before = collected.get(atom)
    if before is None:
        collected[atom] = carried
    elif before is not carried and before != carried:
        collected[atom] = common(before, carried)
