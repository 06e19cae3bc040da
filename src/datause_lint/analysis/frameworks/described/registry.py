"""What has been registered with described frameworks: which function, under which key, with which receiver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.access import LIST, TUPLE, known_as, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import Atom, BoundAtom, ClassAtom, Const, FunctionAtom
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.framework_facts import ALL, Registration, RunsBefore
from datause_lint.analysis.guards import fold, truths_of, wildcard
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of, types_of_value
from datause_lint.analysis.values import EMPTY, Value, join, of
from datause_lint.analysis.wiring import Called
from datause_lint.ir.module import Parameter
from datause_lint.names import ApiPath, FunctionId, ModuleName
from datause_lint.policy.notation import argument_ref
from datause_lint.policy.path_table import PathTable

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

ARGUMENT: Final = argument_ref
HUB: Final = ModuleName("@described")  # the object that knows every registration
KEY: Final = "@key"
FUNCTION: Final = "@function"
RECEIVER: Final = "@receiver"
ANY: Final = Const("?", type(None))  # a key, or receiver, that is not known

Handler = FunctionAtom | BoundAtom


class Records:
    """Registrations as objects that all code sees: each with its function, key and receiver."""

    def __init__(self, facts: Sequence[Registration]) -> None:
        self._facts = list(facts)
        self._table = PathTable(((fact.call,), number) for number, fact in enumerate(self._facts))

    def facts_at(self, path: str) -> list[Registration]:
        return [self._facts[number] for number in self._table.matches(path)]

    def is_registering(self, path: str) -> bool:
        return any(fact.call == path for fact in self._facts)

    def add(
        self,
        frame: Frame,
        state: State,
        fact: Registration,
        path: str,
        receiver: Value,
        given: Value | None,
        functions: Value,
        site: str,
    ) -> None:
        """Notes what has been registered, under the key that was given, and marks the functions with it."""
        world = frame.world
        key = _known_key(frame, given)
        for function in functions_in(frame, state, functions):
            ir = world.function(function.function)
            if fact.named and (ir is None or ir.name != fact.named):
                continue
            name = f"{site}~{function.function}~{'|'.join(sorted(map(repr, key.atoms)))}"
            record = world.objects.external(name, ApiPath(f"{path}()"))
            world.shared.announce(record)
            world.shared.write(record, KEY, key)
            world.shared.write(record, RECEIVER, _known_receiver(frame, receiver))
            world.publisher.publish(frame, state, record, FUNCTION, of(function))
            world.shared.write(world.objects.module(HUB), _name_of(fact), of(record))
            world.mark(function.function, record)

    def of(self, world: World, function: FunctionId) -> Iterator[tuple[Registration, Obj]]:
        """The registrations of a function."""
        for record in world.marks_of(function):
            if world.shared.read(record, KEY) is not None:
                ir = world.function(function)
                for fact in self.facts_at((record.api or "").removesuffix("()")):
                    if not fact.named or (ir is not None and ir.name == fact.named):
                        yield fact, record

    def chosen(self, call: Called, fact: Registration) -> Iterator[tuple[Handler, Obj]]:
        """The functions that a dispatching call may call."""
        world = call.frame.world
        wanted = call.arguments.get(ARGUMENT(fact.chosen_by), call.parameters) if fact.chosen_by else None
        key = _known_key(call.frame, wanted, call.state)
        receiver = _known_receiver(call.frame, call.receiver if call.receiver is not None else EMPTY)
        for function, record in self._all(world, fact):
            stated = world.shared.read(record, KEY) or EMPTY
            held = world.shared.read(record, RECEIVER) or EMPTY
            if _may_meet(world, stated, key) and _overlap(held, receiver):
                yield function, record

    def registered(self, world: World, call: str) -> Iterator[tuple[Handler, Obj]]:
        """All that was registered by the call that a fact names so."""
        for fact in self._facts:
            if fact.call == call:
                yield from self._all(world, fact)

    def closures(self, world: World) -> Iterator[tuple[FunctionId, Obj]]:
        """The functions inside others that are called from outside, with what they have captured."""
        for fact in self._facts:
            for function, _ in self._all(world, fact) if not fact.called_by else ():
                if isinstance(function, FunctionAtom) and "<locals>" in function.function:
                    nothing = world.objects.module(HUB)  # for one that captures nothing
                    yield function.function, function.environment or nothing

    def share_receiver(self, world: World, check: Obj, handler: Obj | None) -> bool:
        """Whether both were registered with one object, for certain."""
        if handler is None:
            return False
        held = [world.shared.read(each, RECEIVER) or EMPTY for each in (check, handler)]
        return len({atom for value in held for atom in value.atoms} | {ANY}) == 2 and ANY not in held[0].atoms

    def _all(self, world: World, fact: Registration) -> Iterator[tuple[Handler, Obj]]:
        records = world.shared.read(world.objects.module(HUB), _name_of(fact))
        for record in records.objects() if records is not None else ():
            value = world.shared.read(record, FUNCTION)
            for atom in value.atoms if value is not None else ():
                if isinstance(atom, (FunctionAtom, BoundAtom)):
                    yield atom, record


def _name_of(fact: Registration) -> str:
    """Under which the hub knows what was registered so."""
    return "@" + " ".join((fact.call, fact.function, fact.key, fact.called_by, fact.named))


def remembered(call: ModelCall, parameters: Sequence[Parameter] = ()) -> Value:
    """What a registering call gives: it knows its arguments, for it may be a decorator yet."""
    made = call.external(f"{call.path}()")
    for position, value in enumerate(call.arguments.positional):
        call.state.store(made, f"@argument{position}", value)
        if position < len(parameters):
            call.state.store(made, f"@argument:{parameters[position].name}", value)
    for name, value in call.arguments.keywords.items():
        call.state.store(made, f"@argument:{name}", value)
    if call.receiver.atoms:
        call.state.store(made, RECEIVER, call.receiver)
    return of(made)


def held(frame: Frame, state: State, obj: Obj, key: str) -> Value:
    found = stored_value(frame, state, obj, key)
    return found if found is not None else EMPTY


def arguments_of(state: State, mark: Obj) -> Arguments:
    """What the decorator was made with."""
    given = Arguments()
    for key, value in sorted(state.heap.get(mark, {}).items()):
        if key.startswith("@argument:"):
            given.keywords[key.partition(":")[2]] = value
        elif key.startswith("@argument"):
            given.positional.append(value)
    return given


def functions_in(frame: Frame, state: State, value: Value) -> list[Handler]:
    """The functions that a value may be, or that a list has; the methods of what only the caller holds are those of
    any instance.
    """
    found: dict[Handler, None] = {}
    lists = Value({obj: NOTHING for obj in value.objects() if obj.api in (LIST, TUPLE)})
    for atom in frame.world.resolve(join(value, elements(frame, state, lists))).atoms:
        for each in (
            (*known_as(frame, state, atom), *_call_methods(frame, state, atom)) if type(atom) is Obj else [atom]
        ):
            if isinstance(each, BoundAtom) and frame.is_input(each.receiver):
                classes = [kind.cls for kind in types_of(frame, state, each.receiver) if kind.cls is not None]
                for cls in classes:
                    found[BoundAtom(each.function, each.environment, frame.world.objects.any_instance(cls))] = None
            elif isinstance(each, (FunctionAtom, BoundAtom)):
                found[each] = None
    return list(found)


def _call_methods(frame: Frame, state: State, obj: Obj) -> Iterator[Atom]:
    for kind in types_of(frame, state, obj):
        found = frame.world.class_attribute(kind.cls, "__call__") if kind.cls is not None else None
        for atom in found[0].atoms if found is not None else ():
            if isinstance(atom, FunctionAtom):
                yield BoundAtom(atom.function, atom.environment, obj)


# ── keys and receivers ────────────────────────────────────────────────────────────────────────────────────────────


def _known_key(frame: Frame, value: Value | None, state: State | None = None) -> Value:
    """The constants and classes that a key may be, of an instance its class; ANY where it may be another."""
    if value is None or not value.atoms:
        return of(ANY)
    resolved = frame.world.resolve(value)
    classes = [atom for atom in resolved.atoms if isinstance(atom, ClassAtom)]
    if classes and len(classes) == len(resolved.atoms):
        return of(*classes)
    constants = fold(frame, resolved)
    if constants:
        return of(*constants)
    kinds = types_of_value(frame, state, resolved) if state is not None and resolved.objects() else ()
    if kinds and all(kind.cls is not None for kind in kinds):
        return of(*(ClassAtom(kind.cls) for kind in kinds if kind.cls is not None))
    return of(ANY)


def _may_meet(world: World, stated: Value, key: Value) -> bool:
    if ANY in stated.atoms or ANY in key.atoms:
        return True
    return any(_is_one(world, left, right) for left in stated.atoms for right in key.atoms)


def _is_one(world: World, stated: Atom, key: Atom) -> bool:
    """A handler of a class hears of its subclasses, too; one of ``"user.*"`` of ``"user.created"``."""
    if isinstance(stated, ClassAtom) and isinstance(key, ClassAtom):
        return stated.cls in world.hierarchy(key.cls)
    if not isinstance(stated, Const) or not isinstance(key, Const):
        return True
    if isinstance(stated.value, str) and isinstance(key.value, str):
        return wildcard(stated.value, key.value)
    return stated == key


def _known_receiver(frame: Frame, receiver: Value) -> Value:
    """The objects that a module has made for all code, by which receivers can be told apart."""
    if not receiver.atoms:  # a function: there is but one registry
        return of(frame.world.objects.module(HUB))
    objects = receiver.objects()
    if objects and all(obj.kind in (Kind.NEW, Kind.EXTERNAL) and _is_of_module(obj) for obj in objects):
        return of(*objects)
    return of(ANY)


def _is_of_module(obj: Obj) -> bool:
    return ":<module>@" in (obj.chain[0] if obj.chain else obj.key)


def _overlap(left: Value, right: Value) -> bool:
    return ANY in left.atoms or ANY in right.atoms or not left.atoms.keys().isdisjoint(right.atoms)


# ── checks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def run_checks(frame: Frame, state: State, checks: Sequence[tuple[RunsBefore, Value]], handlers: Arguments) -> State:
    """The state in which a handler runs: every check before it came out as it has to."""
    for check, function in checks:
        value, after = call_values(frame, state.copy(), function, _given(check, handlers), frame.function.span)
        outcome = awaited(frame, after, value) if after is not None else None
        if outcome is None or outcome.state is None:
            continue  # it never lets anything through: then there is nothing to say
        state = outcome.state
        truths = truths_of(outcome.value)
        if check.outcome == "true":
            state.learn(truths.true)
        elif check.outcome == "none":
            state.learn(truths.none)
    return state


def _given(check: RunsBefore, handlers: Arguments) -> Arguments:
    if check.arguments == ALL:
        return handlers
    given = Arguments()
    for parameter, text in sorted(check.arguments.items()):
        found = handlers.get(ARGUMENT(text))
        value = found if found is not None else EMPTY
        if parameter.isdecimal():
            given.positional.extend([EMPTY] * (int(parameter) + 1 - len(given.positional)))
            given.positional[int(parameter)] = value
        else:
            given.keywords[parameter] = value
    return given
