"""What is known of people, as facts about the data itself: it goes with the data to code that knows nothing else."""

from __future__ import annotations

from datause_lint.analysis.atoms import Atom, Label
from datause_lint.analysis.facts import Fact, Same, Truth, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import allows, subjects_of_label


def own_facts(frame: Frame, state: State, atom: Atom, carried: Truths) -> Truths:
    """What holds of the very person that an atom is, or is the data of, in terms of the atom itself."""
    record = atom.record if isinstance(atom, Label) else atom if type(atom) is Obj else None
    people = (
        subjects_of_label(frame, state, atom) if isinstance(atom, Label) else [record] if record is not None else []
    )
    truths = carried | state.facts
    found: set[Truth] = set()
    for truth in truths:
        if type(truth) is not Fact or truth.subject is None or truth.every:
            if truth in carried and not _speaks_of_inputs(frame, truth):
                found.add(truth)
        elif record is not None and allows(frame, state, truth, people, truths):
            found.add(truth._replace(subject=record))
        elif truth in carried and not frame.is_input(truth.subject):
            found.add(truth)
    return frozenset(found)


def _speaks_of_inputs(frame: Frame, truth: Truth) -> bool:
    if type(truth) is Fact:
        return truth.subject is not None and frame.is_input(truth.subject)
    assert isinstance(truth, Same)
    return frame.is_input(truth.left) or frame.is_input(truth.right)
