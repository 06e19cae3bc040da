"""What is known on one way to a place, and not on all: it goes with the data of that way."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from datause_lint.analysis.atoms import Atom, Data, Label
from datause_lint.analysis.facts import Fact, Same, Truth, Truths
from datause_lint.analysis.objects import (
    Kind,
    Obj,
)
from datause_lint.analysis.values import Value

ROUNDS: Final = frozenset({Kind.CURRENT, Kind.PAST, Kind.EARLIER})  # of what there is one for each round of a loop


def root_of_atom(atom: Atom) -> Obj | None:
    if type(atom) is Obj:
        return atom.root
    if type(atom) is Label:
        return atom.record.root
    if type(atom) is Data:
        return atom.of.root
    return None


def subject_root(truth: Truth) -> Obj | None:
    if type(truth) is Fact:
        return truth.subject.root if truth.subject is not None else None
    assert isinstance(truth, Same)
    for side in (truth.left.root, truth.right.root):
        if side.kind is Kind.CURRENT:
            return side
    return truth.left.root


class Lost:
    """Facts that one side of a join has and the other lacks, ready to be attached to that side's data."""

    __slots__ = ("all", "everywhere", "rooted", "together")

    def __init__(self, facts: Truths, together: Collection[Obj] = ()) -> None:
        self.all = facts
        self.together = together  # elements of one round, of loops inside each other: what holds of one goes with all
        everywhere: list[Truth] = []
        rooted: dict[Obj, list[Truth]] = {}
        for fact in facts:
            root = subject_root(fact)
            # A fact about this round's element must not reach data of other rounds, which shares its past self.
            if root is not None and root.kind in ROUNDS:
                rooted.setdefault(root, []).append(fact)
            else:
                everywhere.append(fact)
        self.everywhere = frozenset(everywhere)
        self.rooted = {root: frozenset(facts) | self.everywhere for root, facts in rooted.items()}

    def for_atom(self, atom: Atom) -> Truths:
        if not self.rooted:
            return self.everywhere
        root = root_of_atom(atom)
        if root in self.together or root is None or root.kind not in ROUNDS:
            return self.all
        return self.rooted.get(root, self.everywhere)

    def attach(self, value: Value) -> Value:
        if not self.all:
            return value
        atoms = {atom: carried | self.for_atom(atom) for atom, carried in value.atoms.items()}
        return Value(atoms, value.implied, value.probes)


def attach(value: Value, facts: Truths) -> Value:
    """The value with the facts that hold where it is, for when it leaves that place."""
    return Lost(facts).attach(value) if facts else value
