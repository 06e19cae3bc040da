"""Data on its way into a sink: whether something proves consent, and if not, who has to answer for it."""

from __future__ import annotations

from dataclasses import replace

from datause_lint.analysis.access import origin
from datause_lint.analysis.atoms import Data, Label
from datause_lint.analysis.consent_rows import completed
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.descriptions import description_of_subject
from datause_lint.analysis.facts import Fact, Truths, common
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.subjects import allows, doubtful_subjects, subjects_of_label
from datause_lint.analysis.summary import Frame as Place
from datause_lint.analysis.summary import Obligation
from datause_lint.analysis.values import Value
from datause_lint.findings.finding import Role, Step
from datause_lint.ir.instructions import Span
from datause_lint.names import FunctionId, covers
from datause_lint.policy.entries import Sink

MAXIMAL_STEPS = 24


def reach_sink(frame: Frame, state: State, sink: Sink, value: Value, span: Span, callee: str) -> None:
    """The value is handed to a sink here."""
    if not frame.collecting:
        return
    step = Step(Role.SINK, frame.location(span), f"{callee} sends it to {sink.recipient} for {sink.use}", None)
    place = frame.place(span)
    content = data_of(frame, state, value)
    frame.world.note_asking(frame.function.id, frame.called_inputs)  # ``ask(lambda: user.email)``
    if frame.world.observer is not None:
        frame.world.observer.arrived(frame, span, sink, content)
    for atom, carried in content.atoms.items():
        if isinstance(atom, (Label, Data)):
            owe(frame, state, Obligation(sink, atom, carried, (step,), place, None, ()))


def owe(frame: Frame, state: State, obligation: Obligation) -> None:
    """Takes an obligation on: settles it where a guard counts here, else leaves it to the callers."""
    truths = state.facts | obligation.carried
    place = obligation.place
    if place is None and not _comes_from_caller(frame, state, obligation.data):
        place = _place_of(frame, obligation)
    proof = proven_by(frame, state, obligation.data, obligation.sink, truths)
    unproven = obligation.unproven
    if proof is None and not unproven and isinstance(obligation.data, Label):
        about = doubt(frame, state, obligation.data, obligation.sink, truths)
        unproven = _hole(about, obligation.data) if about is not None else ""
    settled = replace(obligation, carried=truths, place=place, proven=proof, unproven=unproven)
    if proof is not None:
        frame.world.note_evidence(settled)
        if isinstance(obligation.data, Label):
            return  # else only the callers know what data it is that the check permits
    name = (obligation.sink.id, obligation.steps[-1].location, obligation.data, place, obligation.site)
    before = frame.obligations.get(name)
    if before is not None:
        settled = replace(
            settled,
            carried=common(settled.carried, before.carried),
            proven=proof if before.proven is not None else None,
            steps=min(before.steps, settled.steps, key=_steps_order),
        )
    frame.obligations[name] = settled


def _place_of(frame: Frame, obligation: Obligation) -> Place:
    """The call here; where that is the framework's way of calling a method of the program, the call in there."""
    inner = obligation.inner
    function = frame.world.function(inner.function) if inner is not None else None
    wrapped = function is not None and frame.world.wiring.is_wrapped(frame.world, function)
    return inner if inner is not None and wrapped else obligation.site


def _hole(about: Fact, data: Label) -> str:
    """Why the check may not be enough, and what the policy would have to say for it to be."""
    people = ", ".join(".".join(key.removeprefix(".") for key in way) for way in data.doubtful)
    return f"is about {description_of_subject(about)}; no [[record]] says whose data it is of several people: {people}"


def _comes_from_caller(frame: Frame, state: State, data: Label | Data) -> bool:
    """Whether the record is the caller's, or an element of what is the caller's."""
    record = data.record if isinstance(data, Label) else data.of
    seen: dict[Obj, None] = {}
    pending = [record]
    while pending:
        obj = pending.pop()
        if frame.is_input(obj):
            return True
        if obj not in seen and obj.root.of_a_round:
            seen[obj] = None
            pending.extend(origin(frame, state, obj).objects())
    return False


def proven_by(frame: Frame, state: State, data: Label | Data, sink: Sink, truths: Truths) -> Fact | None:
    """The fact that allows the sink's use of the data, about the data's own subject."""
    truths = completed(frame, state, truths)
    candidates = sorted(
        (fact for fact in truths if type(fact) is Fact and any(covers(use, sink.use) for use in fact.uses)),
        key=lambda fact: (fact.organisation, fact.location, fact.guard, fact.every, repr(fact.subject)),
    )
    if not candidates:
        return None
    people = subjects_of_label(frame, state, data) if isinstance(data, Label) else []
    for fact in candidates:
        if allows(frame, state, fact, people, truths):
            return fact
    return _by_all_of_several(frame, state, data, candidates, truths) if isinstance(data, Label) else None


def _by_all_of_several(frame: Frame, state: State, data: Label, candidates: list[Fact], truths: Truths) -> Fact | None:
    """Of data that may be about one of several people, when each of them has consented."""
    people = doubtful_subjects(frame, state, data)
    if len(people) < 2 or len(people) != len(data.doubtful):
        return None
    found = [next((fact for fact in candidates if allows(frame, state, fact, [each], truths)), None) for each in people]
    return found[0] if all(found) else None


def doubt(frame: Frame, state: State, data: Label, sink: Sink, truths: Truths) -> Fact | None:
    """A fact about one of several people that the data may be about."""
    people = doubtful_subjects(frame, state, data)
    for fact in truths:
        if (
            type(fact) is Fact
            and any(covers(use, sink.use) for use in fact.uses)
            and fact.subject is not None
            and allows(frame, state, fact, people, truths)
        ):
            return fact
    return None


def passed_on(
    obligation: Obligation, data: Label | Data, carried: Truths, frame: Frame, span: Span, callee: FunctionId
) -> Obligation:
    """The callee's obligation as the caller has it."""
    started = ", which is started there," if frame.goes_on else ""
    how = "with it" if obligation.place is None else "on the way"  # there the data comes to be in somebody else's hands
    note = f"{_spoken(callee)}{started} is called {how}"
    step = Step(Role.STEP, frame.location(span), note, None)
    steps = obligation.steps if len(obligation.steps) >= MAXIMAL_STEPS else (step, *obligation.steps)
    inner = (
        obligation.inner if obligation.inner is not None and "<locals>" in obligation.site.function else obligation.site
    )
    return replace(obligation, data=data, carried=carried, steps=steps, site=frame.place(span), inner=inner)


def _spoken(function: FunctionId) -> str:
    """``app:Bot.start.<locals>.<lambda>`` as people say it."""
    name = function.partition(":")[2].replace(".<locals>.", ".")
    holder, _, last = name.rpartition(".")
    if last.startswith("<lambda>"):
        return f"a lambda in {holder}()" if holder else "a lambda"
    return f"{name}()"


def _steps_order(steps: tuple[Step, ...]) -> tuple[object, ...]:
    return (len(steps), tuple((step.location, step.note) for step in steps))
