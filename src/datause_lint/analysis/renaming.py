"""Facts about one object, said of another that stands for it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from datause_lint.analysis.atoms import Atom, Label
from datause_lint.analysis.facts import NOTHING, Fact, Same, Truth, Truths, common
from datause_lint.analysis.objects import ELEMENT, Kind, Obj, rerooted
from datause_lint.analysis.values import Value

OF_ROUNDS: Final = (Kind.CURRENT, Kind.PAST, Kind.EARLIER)
ALL_LOOPS: Final = 8  # rounds of loops inside each other: as seen from outside of all of them


def of_any_round(record: Obj) -> Obj:
    """One name for a record, whichever round of whichever loop speaks of it."""
    root = record.root
    return record if root.kind is Kind.PARAMETER or root.static else rerooted(record, root.past(ALL_LOOPS))


def moved(truth: Truth, old: Obj, new: Obj) -> Truth:
    """What is true of an object, of the one that stands for it: the element of a round, a field of it."""
    if type(truth) is Fact:
        if truth.subject is None or truth.every:
            return truth
        return truth._replace(subject=replaced(truth.subject, old, new))
    assert isinstance(truth, Same)
    return Same(replaced(truth.left, old, new), replaced(truth.right, old, new))


def replaced(obj: Obj, old: Obj, new: Obj) -> Obj:
    """The object with ``old`` on its path replaced by ``new``."""
    if obj is old:
        return new
    if obj.base is None:
        return obj
    base = replaced(obj.base, old, new)
    return obj if base is obj.base else base.child(obj.key)


def _is_one(record: Obj) -> bool:
    """Whether it is the same in every round: neither what a loop runs over nor in that."""
    if record.root.kind in OF_ROUNDS:
        return False
    holder: Obj | None = record
    while holder is not None and holder.key != ELEMENT:
        holder = holder.base
    return holder is None


def seen_as(
    content: Value,
    stands: Value,
    current: Obj,
    about: Obj | None = None,
    facts: Truths = NOTHING,
    many: Collection[Obj] = (),
) -> Value:
    """What is read from, and proven of, one of the objects that an element stands for, as the element's own: with what
    is known here of whom the data is about. ``many`` stand for many elements each."""

    def is_own(record: Obj) -> bool:
        return record in stands.atoms or (about is not None and of_any_round(record) is about)

    if not any(isinstance(atom, Label) and is_own(atom.record) for atom in content.atoms) and not content.probes:
        return content
    atoms: dict[Atom, Truths] = {}
    for atom, carried in content.atoms.items():
        place: Atom = atom
        if isinstance(atom, Label) and is_own(atom.record):
            place = atom.read_from(current)
            if atom.record not in many and _is_one(atom.record):  # this very one, in every row
                carried |= {Same(current, atom.record)}
            carried |= frozenset(
                truth._replace(subject=current)
                for truth in carried
                if type(truth) is Fact and truth.subject is not None and of_any_round(truth.subject) is about
            )
            carried |= frozenset(
                truth._replace(subject=current)
                for truth in facts
                if type(truth) is Fact and truth.subject is atom.record and atom.record not in many
            )
        atoms[place] = common(atoms[place], carried) if place in atoms else carried
    probes = (
        probe._replace(subject=current) if probe.subject is not None and is_own(probe.subject) else probe
        for probe in content.probes
    )
    return Value(atoms, content.implied, tuple(dict.fromkeys(probes)))
