"""What a policy says of a call's result."""

from __future__ import annotations

from datause_lint.analysis.access import LIST, read
from datause_lint.analysis.adding import add_opaque
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Atom, Data, Label
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.disk import put_into
from datause_lint.analysis.facts import NOTHING, Fact, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import condition_holds
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import ELEMENT, Kind, Obj
from datause_lint.analysis.sinks import constructions
from datause_lint.analysis.state import State
from datause_lint.analysis.values import EMPTY, Value, join_all, of
from datause_lint.analysis.writing import write
from datause_lint.findings.finding import Role, Step
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import Parameter
from datause_lint.names import ApiPath, CategoryKey, covers
from datause_lint.policy.entries import (
    ArgumentRef,
    Confidence,
    ConstantCondition,
    Place,
    Propagator,
    Sanitizer,
    Source,
)

LOOKING_UP = frozenset({"get", "getlist", "getall", "getone", "get_all", "getfirst"})
CONTENT = CategoryKey("user.content")  # what people write, say and show


def declared_result(
    frame: Frame,
    state: State,
    paths: list[str],
    receiver: Value | None,
    arguments: Arguments,
    parameters: tuple[Parameter, ...],
    result: Value,
    span: Span,
) -> Value:
    """The result, with what sources add to it and sanitizers take from it."""
    policy = frame.world.policy
    for path in paths:
        for source in (*policy.sources_at(f"{path}()"), *(s for s in policy.sources_at(path) if s.fills is not None)):
            if _applies(frame, state, source, receiver, arguments, parameters):
                result = _from_source(frame, state, source, receiver, arguments, parameters, result, span)
        result = _looked_up(frame, state, path, receiver, arguments, result, span)
        for sanitizer in policy.sanitizers_at(path):
            result = _sanitized(frame, state, sanitizer, receiver, arguments, result)
            if frame.handler >= 0:
                frame.world.note_protected((frame.function.id, frame.handler), frame.location(span))
    return result


def _applies(
    frame: Frame,
    state: State,
    source: Source,
    receiver: Value | None,
    arguments: Arguments,
    parameters: tuple[Parameter, ...],
) -> bool:
    made = constructions(frame, state, receiver) if receiver is not None and (source.when or source.unless) else []

    def holds(condition: ConstantCondition) -> bool:
        return condition_holds(frame, condition, arguments, parameters) or any(
            condition_holds(frame, condition, each) for each in made
        )

    return all(holds(condition) for condition in source.when) and not any(
        holds(condition) for condition in source.unless
    )


def _from_source(
    frame: Frame,
    state: State,
    source: Source,
    receiver: Value | None,
    arguments: Arguments,
    parameters: tuple[Parameter, ...],
    result: Value,
    span: Span,
) -> Value:
    if source.sql or source.confidence < frame.world.least_confidence:
        return result
    record = source_record(frame, state, receiver, result, span)
    label = source_label(frame, source, record, span)
    if source.fills is not None:
        filled = arguments.get(source.fills, parameters)
        if filled is not None:
            add_opaque(frame, state, filled, of(label))
            put_into(frame, state, filled, of(label))
        return result
    return Value({**result.atoms, label: frozenset()}, result.implied, result.probes)


def _looked_up(
    frame: Frame, state: State, path: str, receiver: Value | None, arguments: Arguments, result: Value, span: Span
) -> Value:
    """``request.args.get("message")``: an item of what is data only under some names."""
    holder, _, method = path.rpartition(".")
    key = arguments.positional[0].constant() if method in LOOKING_UP and arguments.positional else None
    if key is None or not isinstance(key.value, str):
        return result
    atoms = dict(result.atoms)
    for source in frame.world.policy.sources_at(f"{holder}[]"):
        category, confidence = said_by_name(frame, source, key.value)
        if source.confidence < frame.world.least_confidence <= confidence:
            of_whom = of_sender(frame, source, category, f"{holder}[]")
            record = source_record(frame, state, receiver, EMPTY, span, of_whom)
            atoms[source_label(frame, source, record, span, category, confidence)] = NOTHING
    return Value(atoms, result.implied, result.probes) if len(atoms) > len(result.atoms) else result


def said_by_name(frame: Frame, source: Source, name: str | None) -> tuple[CategoryKey, Confidence]:
    """What a source gives under a name, and how sure that is. Of an address, ``?page=2&message=…``, the name decides
    whether it is somebody's data at all: one for content says so of what a client has sent."""
    match = frame.world.policy.classify(name) if name is not None else None
    if match is None:
        return source.category, source.confidence
    is_sure = match.confidence > Confidence.LOW
    sure_enough = is_sure or covers(CONTENT, match.category)
    confidence = max(source.confidence, Confidence.MEDIUM) if sure_enough else source.confidence
    if is_sure and "." not in source.category.removeprefix("user."):
        return match.category, confidence
    return source.category, confidence


def of_sender(frame: Frame, source: Source, category: CategoryKey, path: str) -> str:
    """The path of what data of an address is read from. An id in it may be anybody's; what somebody has written there
    is of who makes the request, and so the request's own."""
    if source.confidence < frame.world.least_confidence and covers(CONTENT, category):
        return path.rpartition(".")[0] or path
    return path


def source_record(
    frame: Frame, state: State, receiver: Value | None, result: Value, span: Span, path: str | None = None
) -> Obj:
    """The object that data from a declared source is read from: it says whose data it is."""
    objects = receiver.objects() if receiver is not None else result.objects()
    if objects:
        return objects[0]
    made = frame.world.objects.external(frame.site(span) + "~source", ApiPath(path) if path is not None else None)
    frame.world.places[made] = frame.location(span)
    return made


def source_label(
    frame: Frame,
    source: Source,
    record: Obj,
    span: Span,
    category: CategoryKey | None = None,
    confidence: Confidence | None = None,
) -> Label:
    category = category or source.category
    step = Step(Role.SOURCE, frame.location(span), f"{source.id} gives {_spoken(frame, category)}", category)
    return Label(category, step, record, "", ((),), (), source.confidence if confidence is None else confidence)


def _spoken(frame: Frame, category: CategoryKey) -> str:
    """A category as it stands in a sentence."""
    known = frame.world.policy.categories.get(category)
    label = known.label if known is not None else str(category)
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _sanitized(
    frame: Frame, state: State, sanitizer: Sanitizer, receiver: Value | None, arguments: Arguments, result: Value
) -> Value:
    """What may still stand in a sanitizer's result."""
    given = [*arguments.all(), *([receiver] if receiver is not None else [])]
    data = data_of(frame, state, join_all([*given, result]))
    kept: dict[Atom, Truths] = {}
    for atom, carried in data.atoms.items():
        if (isinstance(atom, Label) and not _removed(sanitizer, atom.category)) or (
            isinstance(atom, Data) and not any(covers(removed, "user") for removed in sanitizer.removes)
        ):
            kept[atom] = carried
    return Value(kept)


def _removed(sanitizer: Sanitizer, category: CategoryKey) -> bool:
    if any(covers(kept, category) for kept in sanitizer.keeps):
        return False
    return not sanitizer.removes or any(covers(removed, category) for removed in sanitizer.removes)


def propagate(
    frame: Frame,
    state: State,
    propagators: tuple[Propagator, ...],
    receiver: Value,
    call: ModelCall,
) -> Value:
    """What propagators say of the call instead of the assumption that everything goes into the result."""
    result: list[Value] = []
    for number, propagator in enumerate(propagators):
        moved = join_all([_at_place(frame, state, place, receiver, call.arguments) for place in propagator.sources])
        if propagator.calls is not None:
            callback = _callback_of(frame, state, propagator.calls, receiver, call.arguments)
            moved = call.call(callback, moved) if callback.atoms else moved
        target = propagator.target
        if target.base is None:
            result.append(_in_place(call, moved, target.path, number))
            continue
        base = receiver if target.base.receiver else call.arguments.get(target.base)
        if base is None:
            continue
        if target.path:
            for step in target.path[:-1]:
                base = read(frame, state, base, step)
            write(frame, state, base, target.path[-1], moved)
        else:
            data = data_of(frame, state, moved)
            add_opaque(frame, state, base, data)
            if not target.base.receiver:  # the file of which it is the path
                put_into(frame, state, base, data)
    return join_all(result)


def _callback_of(frame: Frame, state: State, ref: ArgumentRef, receiver: Value, arguments: Arguments) -> Value:
    """What the call is given to call; or, by its name alone, what its receiver was made with."""
    given = arguments.get(ref)
    if given is not None or ref.positions:
        return given if given is not None else EMPTY
    made = (each.get(ref) for each in constructions(frame, state, receiver))
    return join_all([value for value in made if value is not None])


def _at_place(frame: Frame, state: State, place: Place, receiver: Value, arguments: Arguments) -> Value:
    if place.base is None:
        return EMPTY
    if place.base.every:
        value: Value | None = join_all([*arguments.all(), receiver])
    else:
        value = receiver if place.base.receiver else arguments.get(place.base)
    for step in place.path:
        value = read(frame, state, value, step) if value is not None else None
    return value if value is not None else EMPTY


def _in_place(call: ModelCall, moved: Value, path: tuple[str, ...], number: int) -> Value:
    for depth, step in enumerate(reversed(path)):
        holder = call.external(part=f"~result{number}.{depth}")
        call.state.store(holder, step, moved)
        moved = of(holder)
    return moved


# ── filters ───────────────────────────────────────────────────────────────────────────────────────────────────────


def filtered(frame: Frame, state: State, result: Value, arguments: Arguments, fact: Fact, span: Span) -> Value:
    """A collection each element of which has passed a consent filter: the elements carry the proof."""
    members = elements(frame, state, result)
    if all(obj.kind is Kind.EXTERNAL and state.stored(obj, ELEMENT) is None for obj in result.objects()):
        given = [elements(frame, state, value) for value in arguments.all() if elements(frame, state, value).objects()]
        members = given[0] if given else members
    made = frame.world.objects.new(frame.site(span) + "~filtered", api=ApiPath(LIST))
    state.allocate(made)
    proven: dict[Atom, Truths] = {}
    for atom, carried in members.atoms.items():
        about = atom if type(atom) is Obj else None  # data of no known element is that of some element, who consents
        proven[atom] = carried | frozenset((fact._replace(subject=about),))
    state.store(made, ELEMENT, Value(proven))
    return of(made)
