"""Calls: what is called, with what, and what comes of it."""

from __future__ import annotations

from datause_lint.analysis import call_results
from datause_lint.analysis.access import COROUTINE
from datause_lint.analysis.applied import Applied
from datause_lint.analysis.arguments import Arguments, bind
from datause_lint.analysis.asked_for_each import may_name_purpose, names_purposes, one_by_one
from datause_lint.analysis.atoms import (
    ApiAtom,
    Atom,
    BoundAtom,
    ClassAtom,
    FunctionAtom,
    MethodAtom,
)
from datause_lint.analysis.awaiting import coroutine
from datause_lint.analysis.by_index import given_by_call
from datause_lint.analysis.caller import CallContext
from datause_lint.analysis.classes import instantiate
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.external import call_external
from datause_lint.analysis.facts import NOTHING, Probe, Truths
from datause_lint.analysis.fetching import identify
from datause_lint.analysis.fitting import fitting
from datause_lint.analysis.frame import IN_FLIGHT, Frame, Later
from datause_lint.analysis.generators import make_generator
from datause_lint.analysis.giving_up import without_whole_people
from datause_lint.analysis.guards import call_guards, truths_of
from datause_lint.analysis.late import LATE, VIEWS, note_late, wait
from datause_lint.analysis.models.containers import call_method
from datause_lint.analysis.objects import (
    BEHIND,
    ENVIRONMENT,
    FAILED,
    PROVES,
    RESULT,
    SENT,
    USED_AS,
    WITHIN,
    Kind,
    Obj,
)
from datause_lint.analysis.outcomes import Outcome, joined
from datause_lint.analysis.promised import as_promised, client_parameters, with_client
from datause_lint.analysis.registration import tag_decorator_factory
from datause_lint.analysis.sinks import check_sinks
from datause_lint.analysis.started import draw_late, go_on_beside
from datause_lint.analysis.state import State
from datause_lint.analysis.stubs import is_abstract, is_empty, is_stub
from datause_lint.analysis.tables_of_checks import made_by_all
from datause_lint.analysis.targets import (
    call_paths,
    data_beside,
    is_async,
    of_its_own,
    parameters_of,
    receiver_of,
    targets_of,
    with_bodies,
)
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.values import EMPTY, Value, carrying, of
from datause_lint.analysis.wiring import Called
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR, Parameter
from datause_lint.names import FunctionId
from datause_lint.policy.entries import GuardKind

# ── ways that a call can go ───────────────────────────────────────────────────────────────────────────────────────────


def call(frame: Frame, state: State, function: Value, arguments: Arguments, span: Span) -> Outcome:
    """Every way that the call can go, joined; of a loop over purposes, for each of them."""
    drawn = names_purposes(frame, arguments) or may_name_purpose(frame, function, arguments)
    each = _for_each(frame, state, function, arguments, drawn, span) if drawn is not None else None
    return each if each is not None else _call(frame, state, function, arguments, span)


def _for_each(
    frame: Frame, state: State, function: Value, arguments: Arguments, drawn: Value, span: Span
) -> Outcome | None:
    """One of the calls for what a loop goes through, with what each of them proves."""
    pairs: list[tuple[Atom, Outcome]] = []
    for constant, given in one_by_one(frame, state, arguments, drawn):
        pairs.append((constant, _call(frame, state.copy(), function, given, span)))
    return _with_all_checks(frame, state, drawn, pairs, span) if pairs else None


def _call(frame: Frame, state: State, function: Value, arguments: Arguments, span: Span) -> Outcome:
    targets = fitting(frame, with_bodies(frame, targets_of(frame, state, function)), arguments)
    if not targets:
        if frame.collecting and frame.world.observer is not None:
            frame.world.observer.called(frame, span, [])
        return Outcome(_unknown_result(frame, state, function, arguments, span), state)
    outcomes = [
        _invoke(
            frame, state if len(targets) == 1 else _where(state, function, target), target, function, arguments, span
        )
        for target in targets
    ]
    if len(targets) == 1:
        return outcomes[0]
    return _with_all_checks(frame, state, function, list(zip(targets, outcomes, strict=True)), span)


def _with_all_checks(
    frame: Frame, state: State, drawn: Value, pairs: list[tuple[Atom, Outcome]], span: Span
) -> Outcome:
    """One of the outcomes; of functions out of a table, or of one that is asked for what stands in one, with what each
    of them proves."""
    told = {atom: truths_of(each.value) for atom, each in pairs}
    learned = {atom: each.state.facts - state.facts for atom, each in pairs if each.state is not None}
    both = joined([outcome for _, outcome in pairs])
    if both.state is not None:
        site = frame.site(span)
        said = {atom: implied.true for atom, implied in told.items()}
        denied = {atom: implied.false for atom, implied in told.items()}
        true = made_by_all(frame, both.state, drawn, said, f"{site} true")
        false = made_by_all(frame, both.state, drawn, denied, f"{site} false")
        both.state.learn(made_by_all(frame, both.state, drawn, learned, site))
        if true or false:
            implied = both.value.implied
            implied = implied._replace(true=implied.true | true, false=implied.false | false)
            both.value = Value(both.value.atoms, implied, both.value.probes)
    return both


def _where(state: State, function: Value, target: Atom) -> State:
    """The state where it is this one that is called: ``gate(user).is_ok()``, of the answer that comes with a check."""
    copied = state.copy()
    carried = function.atoms.get(target)
    if carried:
        copied.learn(carried)
    return copied


# ── one target ────────────────────────────────────────────────────────────────────────────────────────────────────


def _invoke(frame: Frame, state: State, target: Atom, function: Value, arguments: Arguments, span: Span) -> Outcome:
    paths = call_paths(frame, state, target)
    receiver = receiver_of(target, function)
    parameters = parameters_of(frame, target)
    by_itself = of_its_own(frame, state, target, paths)
    check_sinks(frame, state, by_itself, receiver, arguments, parameters, span)
    frame.may_raise(state)
    outcome = _run_target(frame, state, target, function, arguments, span)
    if outcome.state is None:
        return outcome
    outcome.value = call_results.declared_result(
        frame, outcome.state, paths, receiver, arguments, parameters, outcome.value, span
    )
    _apply_guards(frame, outcome, paths, receiver, arguments, parameters, span, asynchronous=is_async(frame, target))
    if frame.world.wiring.listens:
        after, result = outcome.state, outcome.value
        heard = Called(frame, after, target, paths, receiver, arguments, parameters, span, result, call_values)
        outcome.value = frame.world.wiring.called(heard)
    return outcome


def _run_target(frame: Frame, state: State, target: Atom, function: Value, arguments: Arguments, span: Span) -> Outcome:
    if isinstance(target, FunctionAtom):
        return call_function(frame, state, target.function, target.environment, arguments, span)
    if isinstance(target, BoundAtom):
        return call_function(
            frame, state, target.function, target.environment, arguments.shifted(of(target.receiver)), span
        )
    if isinstance(target, ClassAtom):
        value, after = instantiate(frame, state, target.cls, arguments, span, call_values)
        return Outcome(value, after)
    if isinstance(target, ApiAtom):
        value, after = call_external(frame, state, target, function, arguments, span, call_values)
        if target.path in LATE and after is not None:
            note_late(frame, after, value, of(target), arguments, span)
        _publish_changes(frame, after, receiver_of(target, function), arguments)
        return Outcome(value, after)
    if isinstance(target, MethodAtom):
        receiver = carrying(
            Value({target.receiver: NOTHING} if target.receiver is not None else {}),
            function.atoms.get(target, NOTHING),
        )
        receiver = Value({**data_beside(function).atoms, **receiver.atoms})  # an object, and the data that it carries
        value, after = call_method(frame, state, target.name, receiver, arguments, span, call_values)
        if target.name in VIEWS and after is not None:
            note_late(frame, after, value, of(target), arguments, span)
        _publish_changes(frame, after, receiver, arguments)
        return Outcome(value, after)
    return Outcome(EMPTY, state)


def _publish_changes(frame: Frame, state: State | None, receiver: Value | None, arguments: Arguments) -> None:
    """What a method or a library has done to objects that others see: the receiver, what it holds, and arguments."""
    if state is None:
        return
    given = [*arguments.all(), *([receiver] if receiver is not None else [])]
    objects = dict.fromkeys(obj for value in given for obj in value.objects() if not obj.root.symbolic)
    for obj in list(objects):
        fields = state.heap.get(obj, {})
        objects.update(
            dict.fromkeys(each for key, value in fields.items() if key[0] == "@" for each in value.objects())
        )
    for obj in objects:
        frame.world.publisher.publish_if_shared(frame, state, obj)


def call_values(
    frame: Frame, state: State, function: Value, arguments: Arguments, span: Span
) -> tuple[Value, State | None]:
    """For models of libraries, which call what they are given."""
    outcome = call(frame, state, function, arguments, span)
    return outcome.value, outcome.state


# ── functions of the program ──────────────────────────────────────────────────────────────────────────────────────


def call_function(
    frame: Frame, state: State, name: FunctionId, environment: Obj | None, arguments: Arguments, span: Span
) -> Outcome:
    world = frame.world
    function = world.function(name)
    if function is None:
        return Outcome(EMPTY, state)
    inputs = inputs_of(frame, state, name, environment, arguments, span)
    if is_stub(function) or (is_empty(function) and is_abstract(world, name)):
        return _unwritten(frame, state, function, inputs, arguments, span)
    world.note_call(frame.function.id, name, environment, given=bool(arguments.positional or arguments.keywords))
    summary = world.summaries.of(name, CallContext(frame, state, inputs))
    handling = world.objects.parameter(name, IN_FLIGHT) if name in world.handling else None
    if handling is not None and handling not in inputs:  # it has turned out that it looks at that
        inputs[handling] = frame.in_flight(state)
        summary = world.summaries.of(name, CallContext(frame, state, inputs))
    if summary is None:
        return Outcome(EMPTY, state)
    for called in world.asked_for_data.get(name, ()):
        handed = inputs.get(called, EMPTY).objects()
        world.note_asking(frame.function.id, [obj for obj in handed if frame.is_input(obj) and obj.base is None])
    if summary.waits and not function.is_generator:
        frame.waits = True
        wait(frame, state, call_values)
    if summary.opaque:
        value, _ = unknown_call(frame, state, None, EMPTY, arguments, span, call_values)
        return Outcome(without_whole_people(frame, state, value), state)
    applied = Applied(frame, state, summary, inputs, span)
    raised = applied.thrown() if summary.raises.atoms else None
    if raised is not None and raised[1].atoms:
        frame.raise_value(*raised)
    asynchronous = function.is_async and not function.is_generator
    if not summary.comes_back and not asynchronous and not function.is_generator:
        applied.apply()
        return Outcome(EMPTY, None)
    facts_before = state.facts
    result = applied.apply()
    if not function.is_generator:
        identify(frame, state, function, inputs, result, span)
        result = given_by_call(frame, state, summary, result, span)
    if function.is_generator:
        state.facts = facts_before  # what it checks, it checks when it is run
        made_by = FunctionAtom(name, environment)
        generator = make_generator(frame, state, applied, function, made_by, arguments, result, span)
        _keep_failure(state, generator, raised)
        note_late(frame, state, generator, of(made_by), arguments, span)
        return Outcome(generator, state)
    if asynchronous:
        learned = state.facts - facts_before
        state.facts = facts_before
        made = coroutine(frame, state, result, learned, summary.comes_back, span)
        _keep_failure(state, made, raised)
        for obj in made.objects():
            frame.unawaited[obj] = Later(of(FunctionAtom(name, environment)), arguments, span, state.facts)
        return Outcome(made, state)
    go_on_beside(frame, state, applied, span)
    draw_late(frame, state, applied, span)
    return Outcome(result, state)


def _keep_failure(state: State, made: Value, raised: tuple[State, Value] | None) -> None:
    """What is raised by a generator or coroutine is raised where it runs."""
    for obj in made.objects() if raised is not None and raised[1].atoms else ():
        state.store(obj, FAILED, raised[1])  # type: ignore[index]  # narrowed above


def _unwritten(
    frame: Frame, state: State, function: FunctionIR, inputs: dict[Obj, Value], arguments: Arguments, span: Span
) -> Outcome:
    """The call of a function whose body stands elsewhere: nothing is known of it but what is declared."""
    value, after = unknown_call(frame, state, None, EMPTY, arguments, span, call_values)
    if after is not None:
        value = as_promised(frame, after, value, function)
        identify(frame, after, function, inputs, value, span)
    if function.is_async and after is not None:
        value = coroutine(frame, after, value, NOTHING, True, span)
    return Outcome(value, after)


def inputs_of(
    frame: Frame, state: State, name: FunctionId, environment: Obj | None, arguments: Arguments, span: Span
) -> dict[Obj, Value]:
    """What each of the callee's inputs is here."""
    world = frame.world
    function = world.function(name)
    assert function is not None
    inputs: dict[Obj, Value] = {}
    if environment is not None:
        inputs[world.objects.parameter(name, ENVIRONMENT)] = of(environment)
    if IN_FLIGHT in state.variables or name in world.handling:
        inputs[world.objects.parameter(name, IN_FLIGHT)] = frame.in_flight(state)
    if function.is_generator:
        inputs[world.objects.parameter(name, SENT)] = arguments.sent if arguments.sent is not None else EMPTY
        inputs[world.objects.parameter(name, BEHIND)] = arguments.behind if arguments.behind is not None else EMPTY
    clients = client_parameters(frame, function)
    for parameter, value in bind(frame, state, function, arguments, frame.site(span)).items():
        value = world.resolve(value if value is not None else world.default_of(name, parameter))
        if parameter in clients:
            value = with_client(frame, state, value, clients[parameter], f"{frame.site(span)}~{parameter}")
        inputs[world.objects.parameter(name, parameter)] = value
    if frame.function.parent is not None:
        _learn_types(frame, function, inputs)
    return inputs


def _learn_types(frame: Frame, function: FunctionIR, inputs: dict[Obj, Value]) -> None:
    """A wrapper's own parameters are what the function that it wraps declares of those that it hands on."""
    world = frame.world
    for parameter in function.parameters if frame.function.frees else ():
        given = inputs.get(world.objects.parameter(function.id, parameter.name), EMPTY).only_object()
        if (
            given is None
            or parameter.annotation is None
            or given.kind is not Kind.PARAMETER
            or not frame.is_input(given)
        ):
            continue
        for kind in world.annotations.declared(parameter.annotation, world.module_of(function.id)):
            if kind.cls is not None:
                world.shared.write(given, USED_AS, of(ClassAtom(kind.cls)))


# ── guards ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _apply_guards(
    frame: Frame,
    outcome: Outcome,
    paths: list[str],
    receiver: Value | None,
    arguments: Arguments,
    parameters: tuple[Parameter, ...],
    span: Span,
    *,
    asynchronous: bool,
) -> None:
    state = outcome.state
    assert state is not None
    outcome.value = tag_decorator_factory(frame, state, paths, arguments, parameters, outcome.value, span)
    enforced = call_guards(frame, state, GuardKind.ENFORCE, paths, receiver, arguments, parameters, span)
    facts = frozenset(fact for _, fact in enforced if fact.uses)
    if facts:
        for obj in outcome.value.objects():
            if asynchronous and obj.api == COROUTINE:
                state.store(obj, PROVES, Value({}, Implied(true=facts)))
        if not asynchronous:
            state.learn(facts)
    probes = tuple(
        Probe(guard, fact.uses, fact.subject, fact.location)
        for guard, fact in call_guards(frame, state, GuardKind.TEST, paths, receiver, arguments, parameters, span)
        if fact.uses
    )
    if probes:
        outcome.value = _with_probes(frame, state, outcome.value, probes, asynchronous)
    filters = call_guards(frame, state, GuardKind.FILTER, paths, receiver, arguments, parameters, span)
    for _, fact in filters:
        if fact.uses:
            outcome.value = call_results.filtered(frame, state, outcome.value, arguments, fact, span)
    contexts = call_guards(frame, state, GuardKind.CONTEXT, paths, receiver, arguments, parameters, span)
    entered = frozenset(fact for _, fact in contexts if fact.uses)
    if entered:
        for obj in outcome.value.objects():
            before = state.stored(obj, "@inside")
            more = before.implied.true | entered if before is not None else entered
            state.store(obj, "@inside", Value({}, Implied(true=more)))
            state.store(obj, WITHIN, Value({}, Implied(true=entered)))


def _with_probes(frame: Frame, state: State, value: Value, probes: tuple[Probe, ...], asynchronous: bool) -> Value:
    if asynchronous:
        for obj in value.objects():
            result = state.stored(obj, RESULT)
            if obj.api == COROUTINE and result is not None:
                state.store(obj, RESULT, Value(result.atoms, result.implied, (*result.probes, *probes)))
        return value
    return Value(value.atoms, value.implied, (*value.probes, *probes))


def _unknown_result(frame: Frame, state: State, function: Value, arguments: Arguments, span: Span) -> Value:
    """A call of something of which nothing is known passes the data of its receiver and arguments on."""
    receiver: dict[Atom, Truths] = {
        atom.base: carried  # ``record.to_text()``: a method that its class does not tell of
        for atom, carried in function.atoms.items()
        if type(atom) is Obj and atom.base is not None and atom.key.startswith(".")
    }
    frame.called_inputs.update((obj, None) for obj in function.objects() if frame.is_input(obj) and obj.base is None)
    value, _ = unknown_call(frame, state, None, function, arguments, span, call_values, Value(receiver))
    return value
