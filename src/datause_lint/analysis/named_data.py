"""What a policy says of what is read under a name or a path: that it is data of somebody, or evidence of consent."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import WITHOUT_DATA, stored_value
from datause_lint.analysis.atoms import Atom, BoundAtom, ClassAtom, Const, Data, FunctionAtom, Label
from datause_lint.analysis.call_results import of_sender, said_by_name, source_label, source_record
from datause_lint.analysis.consent_rows import asks_rows_for
from datause_lint.analysis.evidence import OTHER, outcomes
from datause_lint.analysis.facts import Probe, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.identifiers import NUMBERS
from datause_lint.analysis.objects import MAYBE, ROW, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.ir.instructions import Span
from datause_lint.names import CategoryKey, covers

SECRETS: Final = CategoryKey("user.authorization")


def says_nothing(data: Label | Data, name: str) -> bool:
    """Of an attribute of data: its size, or the number by which a token is kept, which lets nobody in."""
    if attribute(name) in WITHOUT_DATA:
        return True
    return isinstance(data, Label) and name in NUMBERS and covers(SECRETS, data.category)


def add_sources(
    frame: Frame,
    state: State,
    path: str,
    holder: Obj | None,
    carried: Truths,
    atoms: dict[Atom, Truths],
    span: Span,
    name: str | None,
) -> None:
    for source in frame.world.policy.sources_at(path):
        if source.sql or source.fills is not None:
            continue
        category, confidence = said_by_name(frame, source, name)
        if confidence < frame.world.least_confidence:
            continue
        record = holder
        if record is None:
            record = source_record(frame, state, None, EMPTY, span, of_sender(frame, source, category, path))
        label = source_label(frame, source, record, span, category, confidence)
        relations, doubtful = frame.world.records.subjects(frame, state, record)
        atoms[Label(label.category, label.source, record, label.field, relations, doubtful, label.confidence)] = carried


def add_field(
    frame: Frame,
    state: State,
    holder: Obj,
    key: str,
    name: str,
    content: Value,
    carried: Truths,
    atoms: dict[Atom, Truths],
    probes: dict[Probe, None],
    span: Span,
    hint: str,
) -> None:
    """A field of a record: personal data by its name, or evidence of consent."""
    if any(isinstance(atom, (FunctionAtom, BoundAtom, ClassAtom)) for atom in content.atoms):
        return
    if any(stored_value(frame, state, obj, ROW) is not None for obj in content.objects()):
        return  # a column of a table, which says itself whose data it is
    is_evidence = frame.world.policy.field_guards(name) or asks_rows_for(frame, state, holder, name)
    if is_evidence and (
        _is_written(frame, state, holder, key)
        or _is_written_perhaps(frame, state, holder, key, name)
        or _is_default(frame, state, holder, key, name, content)
        or _is_ticked_beforehand(frame, state, holder, name)
    ):
        guards.note_written(frame, holder, name, span)
    elif not guards.is_answered(holder, content):
        probes.update(dict.fromkeys(guards.field_probes(frame, state, holder, name, span)))
    label = frame.world.records.field_label(frame, state, holder, key, hint, content, span)
    if label is not None and label not in atoms:
        atoms[label] = carried


def _is_default(frame: Frame, state: State, holder: Obj, key: str, name: str, content: Value) -> bool:
    """Whether it is, or may be, what the class says of all its instances: nobody has asked anybody for that."""
    if holder.static:
        return False  # others have put there what they were told
    constants = [atom for atom in content.atoms if type(atom) is Const and atom.value is not None]
    if len(constants) == len(content.atoms) == 1:
        return True
    return state.stored(holder, MAYBE + key) is not None and any(may_consent(frame, name, each) for each in constants)


def _is_ticked_beforehand(frame: Frame, state: State, holder: Obj, name: str) -> bool:
    """Whether a body that a client sends says it where the client has said nothing: ``ai_consent: bool = True``."""
    kinds = [kind.cls for kind in types_of(frame, state, holder) if kind.cls is not None]
    defaults = [frame.world.wiring.default_of_field(frame.world, cls, name) for cls in kinds]
    constants = [atom for value in defaults if value is not None for atom in value.atoms if type(atom) is Const]
    if not any(each.value and may_consent(frame, name, each) for each in constants):
        return False
    return frame.world.wiring.is_requester(frame, state, holder)


def may_consent(frame: Frame, name: str, constant: Const) -> bool:
    """Whether a check of the field takes the constant for consent."""
    value = constant.value
    for domain, consenting in map(outcomes, frame.world.policy.field_guards(name)):
        if (value if value in domain else OTHER) in consenting:
            return True
    return False


def _is_written(frame: Frame, state: State, holder: Obj, key: str) -> bool:
    """Whether the field holds what code itself put, or a caller: ``user.ai_consent = True`` is nobody's answer."""
    stored = state.stored(holder, key) if holder.static else stored_value(frame, state, holder, key)
    constants = guards.fold(frame, stored if stored is not None else of(holder.child(key)))
    return constants is not None and len(constants) == 1


def _is_written_perhaps(frame: Frame, state: State, holder: Obj, key: str, name: str) -> bool:
    """Whether code has put consent there on some path: ``if user.ai_consent is None: user.ai_consent = True``."""
    stored = state.stored(holder, key) if not holder.static else None
    if stored is None or holder.child(key) not in stored.atoms:
        return False
    constants = [atom for atom in stored.atoms if type(atom) is Const]
    return bool(constants) and all(may_consent(frame, name, each) for each in constants)
