"""Elements that an unknown index picks: ``users[i]`` is one of them, the same as long as nothing in ``i`` changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from datause_lint.analysis.access import DICT, origin, read, stored_value
from datause_lint.analysis.atoms import Data, Label
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.indexes import Indexes, find_indexes
from datause_lint.analysis.loops import next_element
from datause_lint.analysis.many import ONE, is_of_others, is_single, those_for_many
from datause_lint.analysis.objects import Kind, Obj, index
from datause_lint.analysis.renaming import moved
from datause_lint.analysis.state import AMONG, INDEX, PICKED, State
from datause_lint.analysis.summary import Summary
from datause_lint.analysis.tables import TABLE_ROW
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR

NUMBERED: Final = "@numbered"  # of a pair of ``enumerate()`` or ``items()``: what has the second under the first
RECORDS: Final = frozenset({DICT, TABLE_ROW})


@dataclass(frozen=True, slots=True)
class Pick:
    """``holder[key]``: one of ``found``, and by what names it is known where it is picked again."""

    holder: Obj
    key: Value
    found: Value
    names: tuple[str, ...]

    def known(self, state: State) -> Value | None:
        """What was picked by the same index before, where that is what stands there now."""
        for name in self.names:
            before = state.variables.get(name)
            if before is not None and all(self._is_there(state, obj) for obj in before.objects()):
                return before
        return None

    def _is_there(self, state: State, element: Obj) -> bool:
        if element.kind is Kind.CURRENT:
            asked, among = state.stored(element, INDEX), state.stored(element, AMONG)
            return _is_part(self.key, asked) and _is_part(self.found, among)
        at_its_place = element.base is self.holder and state.stored(self.holder, element.key) is None
        return at_its_place or element in self.found.atoms

    def draw(self, frame: Frame, state: State, site: str, span: Span) -> Value:
        """Another one than was drawn here before."""
        made = next_element(frame, state, self.found, site, span, of(self.holder))
        for obj in made.objects():
            state.store(obj, INDEX, self.key)
            state.store(obj, AMONG, self.found)
        self.note(state, made)
        return made

    def note(self, state: State, value: Value) -> None:
        state.variables.update((name, value) for name in self.names)


def picked(frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value:
    """What stands under an index, as one of the elements that it may be."""
    holder = base.only_object()
    if holder is None or len(base.atoms) != 1:
        return found
    text = indexes_of(frame).texts.get(span)
    pick = Pick(holder, key, found, (*([f"{PICKED}{text}]{holder!r}"] if text else []), *names_by_key(holder, key)))
    several = is_one_of_several(frame, state, found)
    if not several and not pick.names:
        return found
    if several and key.constant() is not None:
        return found  # a place that is known, whatever may stand there
    known = numbered(frame, state, holder, key) or pick.known(state)
    if known is not None:
        return known
    if several:
        return pick.draw(frame, state, f"{frame.site(span)}~index", span)
    pick.note(state, found)
    return found


def given_by_call(frame: Frame, state: State, summary: Summary, result: Value, span: Span) -> Value:
    """An element that a function of the program has found for what it was given: for the same, the same one, unless
    it leaves that to chance."""
    elements = result.objects() if frame.world.policy.has_guards() else []
    single = [each for each in elements if is_single(each) and not is_of_others(frame, each)]
    if not elements or single or summary.function == frame.function.id:
        return result
    by_chance = any(ONE in obj.root.key for obj in summary.returns.objects() if obj.of_a_round)
    text = indexes_of(frame).texts.get(span) if not by_chance else None
    holder = next((obj.base for obj in elements if obj.base is not None), frame.cells)
    pick = Pick(holder, EMPTY, result, (f"{PICKED}{text}]{summary.function}",) if text else ())
    site = frame.site(span) + (ONE if by_chance else "~call")
    return pick.known(state) or _as_found(state, pick.draw(frame, state, site, span), elements)


def _as_found(state: State, found: Value, elements: list[Obj]) -> Value:
    """What the callee has found out about the element that it gives back, as said of the one that it is here."""
    current = found.only_object()
    if current is None:
        return found

    def about(truths: Truths) -> Truths:
        for element in elements:
            truths = frozenset(moved(truth, element, current) for truth in truths)
        return truths

    state.facts = about(state.facts)
    return Value(found.atoms, Implied(*(about(facts) for facts in found.implied)), found.probes)


def picked_below(
    frame: Frame, function: FunctionIR, holder: Obj, key: Value, asked: Value, span: Span
) -> Iterator[str]:
    """The names of what a callee has picked: by the index here, and by how the source writes what it was given."""
    yield from names_by_key(holder, key)
    parameter = asked.only_object()
    names = [each.name for each in function.parameters[function.owner_class is not None :]]
    name = parameter.key.rpartition("(")[2][:-1] if parameter is not None and parameter.kind is Kind.PARAMETER else ""
    given = indexes_of(frame).given.get(span, {})
    text = given.get(name) or (given.get(names.index(name)) if name in names else None)
    if text is not None:
        yield f"{PICKED}{text}]{holder!r}"


def names_by_key(holder: Obj, key: Value) -> Iterator[str]:
    """The name of what one thing picks that nobody can change."""
    only = key.only_object()
    others = [atom for atom in key.atoms if atom is not only]
    if only is not None and only.symbolic and is_single(only) and all(type(each) in (Label, Data) for each in others):
        yield f"{PICKED}@]{only!r} {holder!r}"


def is_one_of_several(frame: Frame, state: State, found: Value) -> bool:
    """Whether it matters which one: of what may be people, or rows about them, not of what else a library has made."""
    objects = found.objects()
    if not frame.world.policy.has_guards() or all(obj.api is not None and obj.api not in RECORDS for obj in objects):
        return False
    return len(objects) > 1 or not all(map(is_single, objects)) or bool(those_for_many(frame, state, found))


def numbered(frame: Frame, state: State, holder: Obj, key: Value) -> Value | None:
    """``users[i]`` in a loop over ``enumerate(users)`` or ``users.items()``: the one beside the index."""
    number = key.only_object()
    row = number.base if number is not None and number.key == index(0) else None
    if row is None or row.kind is not Kind.CURRENT:
        return None
    pairs = origin(frame, state, row).objects()
    counted = [stored_value(frame, state, pair, NUMBERED) for pair in pairs]
    if not pairs or any(each is None or each.only_object() is not holder for each in counted):
        return None
    return read(frame, state, Value({row: NOTHING}), index(1))


def _is_part(one: Value, other: Value | None) -> bool:
    return other is not None and one.atoms.keys() <= other.atoms.keys()


def forget_indexes(frame: Frame, state: State, name: str) -> None:
    """The variable, or the ``.attribute``, is about to change: what it picks is another from now on."""
    texts = indexes_of(frame).speaking_of.get(name)
    for each in [each for each in state.variables if each.startswith(PICKED)] if texts else ():
        if texts is not None and each.removeprefix(PICKED).partition("]")[0] in texts:
            del state.variables[each]


def indexes_of(frame: Frame) -> Indexes:
    known = frame.world.indexes.get(frame.function.id)
    if known is None:
        known = frame.world.indexes[frame.function.id] = find_indexes(frame.function)
    return known
