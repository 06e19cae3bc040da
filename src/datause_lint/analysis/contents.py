"""All the data that a value carries, however deep: a closure over what objects hold.

Objects hold each other in circles, so the closure is a fixpoint over the strongly connected components of what can be
reached. It is found once for each object while the state stays as it is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import TypeVar

from datause_lint.analysis.access import WITHOUT_DATA, content_of_origin, origin, stored_keys, stored_value
from datause_lint.analysis.atoms import ApiAtom, Atom, Data, Label
from datause_lint.analysis.components import components
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.many import those_for_many
from datause_lint.analysis.objects import CHILD, OF, RESULT, Kind, Obj
from datause_lint.analysis.renaming import seen_as
from datause_lint.analysis.state import State
from datause_lint.analysis.types import last_name
from datause_lint.analysis.values import Value

NODES_AN_INSTRUCTION = 5  # looking into what a value holds costs
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
_Parts = dict[_Node, tuple[dict[Atom, Truths], list[_Edge]]]  # the data that is found right there, and where is more


class Contents:
    """What the objects of one state hold, as long as nothing is written to it."""

    def __init__(self, frame: Frame, state: State) -> None:
        self._frame = frame
        self._state = state
        self._known: dict[_Node, dict[Atom, Truths]] = {}

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
            parts: _Parts = {}

            def leads_to(each: _Node) -> list[_Node]:
                parts[each] = self._look_into(each)
                return [edge[0] for edge in parts[each][1] if edge[0] not in self._known]

            for component in components(node, leads_to):
                self._settle(component, parts)
        return self._known[node]

    def _look_into(self, node: _Node) -> tuple[dict[Atom, Truths], list[_Edge]]:
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

    def _settle(self, component: list[_Node], parts: _Parts) -> None:
        """Finds the closures of nodes that reach each other; those of all others that they reach are known."""
        groups = _alike(component, parts)
        group_of = {node: number for number, group in enumerate(groups) for node in group}
        between: list[list[tuple[_Node, _Edge]]] = [[] for _ in groups]  # from a group, within the component
        for number, group in enumerate(groups):
            found: dict[Atom, Truths] = {}
            for node in group:
                self._known[node] = found
                data, edges = parts[node]
                _add_all(found, data)
                for edge in edges:
                    to, _, stands = edge
                    if to not in group_of:
                        _add_all(found, self._through(edge, node))
                    elif group_of[to] != number or stands is not None:  # else it adds what is there, proven of less
                        between[number].append((node, edge))
        if len(groups) > 1 or between[0]:
            self._settle_groups(groups, group_of, between)

    def _settle_groups(
        self, groups: list[list[_Node]], group_of: dict[_Node, int], between: list[list[tuple[_Node, _Edge]]]
    ) -> None:
        """To a fixpoint: what is found in a group is told to those that lead to it."""
        summaries = self._frame.world.summaries
        readers: list[dict[int, None]] = [{} for _ in groups]
        for number, edges in enumerate(between):
            for _, edge in edges:
                readers[group_of[edge[0]]][number] = None
        pending = OrderedDict.fromkeys(range(len(groups)))
        while pending:
            number, _ = pending.popitem(last=False)
            edges = between[number]
            summaries.spend(-(-len(edges) // EDGES_AN_INSTRUCTION))
            is_news = False
            for node, edge in edges:
                is_news = _add_all(self._known[node], self._through(edge, node)) or is_news
            if is_news:
                pending.update(dict.fromkeys(readers[number]))

    def _through(self, edge: _Edge, node: _Node) -> Atoms:
        to, facts, stands = edge
        atoms = self._known[to]
        if facts:
            atoms = {atom: carried | facts for atom, carried in atoms.items()}
        return atoms if stands is None else seen_as(Value(atoms), stands[0], node[0], many=stands[1]).atoms


def _alike(component: list[_Node], parts: _Parts) -> list[list[_Node]]:
    """Those that hold each other, with nothing proven on the way: they all reach the same. First those that others
    lead to."""
    if len(component) == 1:
        return [component]
    left = dict.fromkeys(component)

    def leads_to(node: _Node) -> list[_Node]:
        return [to for to, facts, stands in parts[node][1] if to in left and not facts and stands is None]

    groups: list[list[_Node]] = []
    for node in component:
        found = list(components(node, leads_to)) if node in left else []
        groups.extend(found)
        for group in found:
            for each in group:
                del left[each]
    return groups


def _object_in(atom: Atom) -> Obj | None:
    """A closure that is passed on is followed by calling it, not by looking into it."""
    if type(atom) is Obj:
        return atom
    if type(atom) is not ApiAtom or f".{last_name(atom.path)}" in WITHOUT_DATA:
        return None
    return atom.receiver


def _add_all(collected: dict[Atom, Truths], atoms: Atoms) -> bool:
    """Whether that is news."""
    is_news = False
    for atom, carried in atoms.items():
        is_news = _add(collected, atom, carried) or is_news
    return is_news


def _add(collected: dict[Key, Truths], atom: Key, carried: Truths) -> bool:
    """Whether that is news."""
    before = collected.get(atom)
    if before is None:
        collected[atom] = carried
        return True
    if before is carried or before == carried:
        return False
    both = common(before, carried)
    collected[atom] = both
    return both != before
