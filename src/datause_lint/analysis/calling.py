"""Calls: what is called, with what, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

from datause_lint.analysis import call_results
from datause_lint.analysis.access import COROUTINE, known_as, origin, stored_value
from datause_lint.analysis.arguments import Arguments, bind
from datause_lint.analysis.asked_for_each import may_name_purpose, names_purposes, one_by_one
from datause_lint.analysis.atoms import (
    ApiAtom,
    Atom,
    BoundAtom,
    ClassAtom,
    Const,
    Data,
    FunctionAtom,
    Label,
    LazyImport,
    MethodAtom,
    Pattern,
)
from datause_lint.analysis.by_index import given_by_call
from datause_lint.analysis.caller import CallContext
from datause_lint.analysis.classes import instantiate
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.exceptions import raise_again
from datause_lint.analysis.external import call_external
from datause_lint.analysis.facts import NOTHING, Probe, Truths, common
from datause_lint.analysis.fetching import identify
from datause_lint.analysis.fitting import fitting
from datause_lint.analysis.frame import IN_FLIGHT, SHAPE, Frame, Later
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
from datause_lint.analysis.promised import as_promised, client_parameters, with_client
from datause_lint.analysis.registration import tag_decorator_factory
from datause_lint.analysis.sinks import check_sinks
from datause_lint.analysis.started import draw_late, go_on_beside
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.stubs import is_abstract, is_empty, is_stub
from datause_lint.analysis.substitution import Substitution
from datause_lint.analysis.tables_of_checks import made_by_all
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.unknown_calls import unknown_call
from datause_lint.analysis.values import EMPTY, Value, carrying, const, join, join_all, of
from datause_lint.analysis.wiring import Called
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR, Parameter
from datause_lint.names import ClassId, FunctionId
from datause_lint.policy.entries import GuardKind

MAXIMAL_TARGETS = 24
RAISES = "@raises"  # of a coroutine: that it never comes back


@dataclass(slots=True)
class Outcome:
    """A call's result, and the state after it; no state where the call does not come back."""

    value: Value
    state: State | None


# ── targets ───────────────────────────────────────────────────────────────────────────────────────────────────────


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
    targets = fitting(frame, _with_bodies(frame, targets_of(frame, state, function)), arguments)
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


def _with_bodies(frame: Frame, targets: list[Atom]) -> list[Atom]:
    """Without the abstract methods, where something else is there that may implement them."""
    found = [
        target
        for target in targets
        if not (isinstance(target, BoundAtom) and is_abstract(frame.world, target.function))
    ]
    return found or targets


def joined(outcomes: list[Outcome]) -> Outcome:
    value: Value | None = None
    state: State | None = None
    for outcome in outcomes:
        if outcome.state is None:
            continue
        if state is None or value is None:
            value, state = outcome.value, outcome.state
            continue
        lost_before, lost_now = state.facts - outcome.state.facts, outcome.state.facts - state.facts
        value = join(value, outcome.value, lost_before, lost_now)
        state = join_states(state, outcome.state)
    return Outcome(value if value is not None else EMPTY, state)


def targets_of(frame: Frame, state: State, function: Value) -> list[Atom]:
    """What can be called, with symbolic objects replaced by what the context knows of them."""
    found: dict[Atom, None] = {}
    for atom in frame.world.resolve(function).atoms:
        if isinstance(atom, (FunctionAtom, BoundAtom, ClassAtom, ApiAtom, MethodAtom, LazyImport)):
            found[atom] = None
        elif type(atom) is Obj and atom.kind is Kind.CLASS:
            found[ClassAtom(ClassId(atom.key))] = None
        elif type(atom) is Obj:
            for known in known_as(frame, state, atom):
                if isinstance(known, (FunctionAtom, BoundAtom, ClassAtom, ApiAtom, MethodAtom)):
                    found[known] = None
            found.update(dict.fromkeys(_callable_object(frame, state, atom)))
    held = {atom.name for atom in found if isinstance(atom, MethodAtom) and atom.receiver is not None}
    # The item of a record says what its evidence says, whatever data went into the record.
    held |= {"get" for atom in found if isinstance(atom, ApiAtom) and atom.receiver and atom.path.endswith(".get")}
    targets = [
        atom for atom in found if not (isinstance(atom, MethodAtom) and atom.receiver is None and atom.name in held)
    ]
    return targets[:MAXIMAL_TARGETS]


def _callable_object(frame: Frame, state: State, obj: Obj) -> list[Atom]:
    """``obj()``: its class's ``__call__``, or an external object's."""
    found: list[Atom] = []
    for kind in types_of(frame, state, obj):
        if kind.cls is not None:
            method = frame.world.class_attribute(kind.cls, "__call__")
            called_as = frame.world.wiring.called_as(frame.world, kind.cls) if method is None else None
            if called_as is not None:
                method = frame.world.class_attribute(kind.cls, called_as)
            for atom in method[0].atoms if method is not None else ():
                if isinstance(atom, FunctionAtom):
                    found.append(BoundAtom(atom.function, atom.environment, obj))
            if method is None:
                found.extend(ApiAtom(f"{base}()", obj) for base in frame.world.outer_bases(kind.cls))  # type: ignore[arg-type]
        elif kind.api is not None:
            path = obj.api if obj.api is not None else f"{kind.api}()"
            found.append(ApiAtom(path, obj))  # type: ignore[arg-type]
    return found


# ── one target ────────────────────────────────────────────────────────────────────────────────────────────────────


def _invoke(frame: Frame, state: State, target: Atom, function: Value, arguments: Arguments, span: Span) -> Outcome:
    paths = call_paths(frame, state, target)
    receiver = _receiver(target, function)
    parameters = _parameters(frame, target)
    by_itself = _of_its_own(frame, state, target, paths)
    check_sinks(frame, state, by_itself, receiver, arguments, parameters, span)
    frame.may_raise(state)
    outcome = _run_target(frame, state, target, function, arguments, span)
    if outcome.state is None:
        return outcome
    outcome.value = call_results.declared_result(
        frame, outcome.state, paths, receiver, arguments, parameters, outcome.value, span
    )
    _apply_guards(frame, outcome, paths, receiver, arguments, parameters, span, asynchronous=_is_async(frame, target))
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
        _publish_changes(frame, after, _receiver(target, function), arguments)
        return Outcome(value, after)
    if isinstance(target, MethodAtom):
        receiver = carrying(
            Value({target.receiver: NOTHING} if target.receiver is not None else {}),
            function.atoms.get(target, NOTHING),
        )
        receiver = Value(
            {**_data_receiver(function).atoms, **receiver.atoms}
        )  # an object, and the data that it carries
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
        frame.world.publish_if_shared(frame, state, obj)


def call_values(
    frame: Frame, state: State, function: Value, arguments: Arguments, span: Span
) -> tuple[Value, State | None]:
    """For models of libraries, which call what they are given."""
    outcome = call(frame, state, function, arguments, span)
    return outcome.value, outcome.state


def _data_receiver(function: Value) -> Value:
    return Value(
        {atom: carried for atom, carried in function.atoms.items() if isinstance(atom, (Label, Data, Const, Pattern))}
    )


def _receiver(target: Atom, function: Value) -> Value | None:
    if isinstance(target, BoundAtom):
        return of(target.receiver)
    if isinstance(target, (ApiAtom, MethodAtom)) and target.receiver is not None:
        return Value({target.receiver: function.atoms.get(target, NOTHING), **_data_receiver(function).atoms})
    return None


def _parameters(frame: Frame, target: Atom) -> tuple[Parameter, ...]:
    if isinstance(target, (FunctionAtom, BoundAtom)):
        function = frame.world.function(target.function)
        if function is None:
            return ()
        return function.parameters[1:] if isinstance(target, BoundAtom) else function.parameters
    return ()


def _is_async(frame: Frame, target: Atom) -> bool:
    if isinstance(target, (FunctionAtom, BoundAtom)):
        function = frame.world.function(target.function)
        return function is not None and function.is_async and not function.is_generator
    return False


def call_paths(frame: Frame, state: State, target: Atom) -> list[str]:
    """The names under which a policy may speak of what is called."""
    world = frame.world
    if isinstance(target, FunctionAtom):
        return world.function_paths(target)
    if isinstance(target, BoundAtom):
        name = target.function.rpartition(".")[2].partition("#")[0]
        paths: dict[str, None] = {}
        for kind in types_of(frame, state, target.receiver):
            if kind.cls is not None:
                paths.update(dict.fromkeys(f"{each}().{name}" for each in world.class_paths(kind.cls)))
        paths.update(dict.fromkeys(world.method_paths(target.function)))
        return [*paths, f"?.{name}"]
    if isinstance(target, ClassAtom):
        return world.class_paths(target.cls)
    if isinstance(target, ApiAtom):
        return [target.path, f"{target.path}()"] if target.path.endswith("()") else [target.path]
    if isinstance(target, MethodAtom):
        return [f"?.{target.name}"]
    return []


def _of_its_own(frame: Frame, state: State, target: Atom, paths: list[str]) -> list[str]:
    """The names of a method without those that its bases outside have: where the program has put a method of its own in
    place of theirs, ``class OnSite(Embeddings)``, that says itself who is sent what."""
    function = frame.world.function(target.function) if isinstance(target, BoundAtom) else None
    if not isinstance(target, BoundAtom) or function is None or is_empty(function) or is_stub(function):
        return paths
    name = target.function.rpartition(".")[2].partition("#")[0]
    kinds = types_of(frame, state, target.receiver)
    outer = {f"{base}().{name}" for kind in kinds if kind.cls is not None for base in frame.world.outer_bases(kind.cls)}
    return [path for path in paths if path not in outer]


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
    substitution = Substitution(frame, state, summary, inputs, span)
    raised = substitution.thrown() if summary.raises.atoms else None
    if raised is not None and raised[1].atoms:
        frame.raise_value(*raised)
    asynchronous = function.is_async and not function.is_generator
    if not summary.comes_back and not asynchronous and not function.is_generator:
        substitution.apply()
        return Outcome(EMPTY, None)
    facts_before = state.facts
    result = substitution.apply()
    if not function.is_generator:
        identify(frame, state, function, inputs, result, span)
        result = given_by_call(frame, state, summary, result, span)
    if function.is_generator:
        state.facts = facts_before  # what it checks, it checks when it is run
        made_by = FunctionAtom(name, environment)
        generator = make_generator(frame, state, substitution, function, made_by, arguments, result, span)
        _keep_failure(state, generator, raised)
        note_late(frame, state, generator, of(made_by), arguments, span)
        return Outcome(generator, state)
    if asynchronous:
        learned = state.facts - facts_before
        state.facts = facts_before
        made = _coroutine(frame, state, result, learned, summary.comes_back, span)
        _keep_failure(state, made, raised)
        for obj in made.objects():
            frame.unawaited[obj] = Later(of(FunctionAtom(name, environment)), arguments, span, state.facts)
        return Outcome(made, state)
    go_on_beside(frame, state, substitution, span)
    draw_late(frame, state, substitution, span)
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
        value = _coroutine(frame, after, value, NOTHING, True, span)
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


def _coroutine(frame: Frame, state: State, result: Value, proves: frozenset, comes_back: bool, span: Span) -> Value:  # type: ignore[type-arg]
    made = frame.world.objects.new(frame.site(span), api=COROUTINE)  # type: ignore[arg-type]
    state.allocate(made)
    state.store_all(made, {RESULT: result, PROVES: Value({}, Implied(true=proves)), RAISES: const(not comes_back)})
    return of(made)


def awaited(frame: Frame, state: State, value: Value) -> Outcome:
    """What awaiting gives. Only awaiting a check makes sure that it was made."""
    parts: list[Value] = []
    learned = None
    back = False
    for atom, carried in value.atoms.items():
        if type(atom) is not Obj:
            parts.append(Value({atom: carried}, value.implied, value.probes))
            back = True
            continue
        frame.unawaited.pop(atom, None)
        result = stored_value(frame, state, atom, RESULT)
        if result is None and (begun := _begun(frame, state, atom)) is not None:
            outcome = awaited(frame, state, begun)
            parts.append(carrying(outcome.value, carried))
            learned = NOTHING
            back = back or outcome.state is not None
            continue
        proves = stored_value(frame, state, atom, PROVES)
        raise_again(frame, state, atom)
        facts = proves.implied.true if proves is not None else NOTHING
        learned = facts if learned is None else common(learned, facts)
        back = back or _may_come_back(frame, state, atom)
        if result is not None:
            parts.append(carrying(result, carried))
        else:
            parts.append(_await_unknown(frame, state, atom, value))
    if value.atoms and not back:
        return Outcome(EMPTY, None)
    if learned:
        state.learn(learned)
    return Outcome(join_all(parts), state)


def _begun(frame: Frame, state: State, element: Obj) -> Value | None:
    """The coroutines and futures one of which the element of a loop is."""
    whole = origin(frame, state, element) if element.root.of_a_round else EMPTY
    return whole if any(stored_value(frame, state, obj, RESULT) is not None for obj in whole.objects()) else None


def _may_come_back(frame: Frame, state: State, coroutine: Obj) -> bool:
    """Of those that a place makes, one may, and another one not."""
    raises = stored_value(frame, state, coroutine, RAISES)
    return raises is None or raises.may_be_false()


def _await_unknown(frame: Frame, state: State, obj: Obj, value: Value) -> Value:
    told = frame.ask(obj, SHAPE) if frame.is_input(obj) else ()
    if any(isinstance(each, tuple) and each[-1] == COROUTINE for each in told):
        return of(obj.child(RESULT))
    kinds = types_of(frame, state, obj)
    if any(
        kind.arguments and (kind.api or "").rpartition(".")[2] in ("Awaitable", "Coroutine", "Future", "Task")
        for kind in kinds
    ):
        return of(obj.child(RESULT))
    return Value({obj: value.atoms[obj]}, value.implied, value.probes)


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
