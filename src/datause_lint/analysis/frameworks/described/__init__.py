"""Frameworks that facts describe: those of plugins, and those of the tool that need no code of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import BoundAtom, FunctionAtom
from datause_lint.analysis.framework_facts import (
    CallEdge,
    EntryPoint,
    FrameworkFact,
    Registration,
    RunsBefore,
    calls_named,
)
from datause_lint.analysis.frameworks.described.content import (
    HandsOver,
    fill,
    given_by_position,
    is_person,
    stated_types,
)
from datause_lint.analysis.frameworks.described.handing import call_later, handed
from datause_lint.analysis.frameworks.described.naming import function_paths, named
from datause_lint.analysis.frameworks.described.registry import (
    ARGUMENT,
    RECEIVER,
    Records,
    arguments_of,
    functions_in,
    held,
    remembered,
    run_checks,
)
from datause_lint.analysis.models.registry import Model
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.types import Types, last_name
from datause_lint.analysis.values import EMPTY, Value, join, of
from datause_lint.analysis.wiring import Called, Framework
from datause_lint.ir.module import FunctionIR, FunctionKind, Parameter
from datause_lint.names import FunctionId
from datause_lint.policy.path_table import PathTable

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

MAXIMAL_WAYS = 8
REGISTERING = "@registers"  # of what a decorator of the program has captured: the call that made the decorator


class Described(Framework):
    """Registrations, entry points, call edges and checks, as facts tell of them."""

    def __init__(self, facts: Sequence[FrameworkFact]) -> None:
        self._entries = [fact for fact in facts if isinstance(fact, EntryPoint)]
        self._edges = [fact for fact in facts if isinstance(fact, CallEdge)]
        self._checks = [fact for fact in facts if isinstance(fact, RunsBefore)]
        registrations = [fact for fact in facts if isinstance(fact, Registration)]
        self._records = Records(registrations)
        handing: list[HandsOver] = [*self._entries, *registrations]
        self._delivers = any(fact.delivers for fact in handing)
        self._tells_people = any(fact.person for fact in handing)
        self._calls = frozenset(map(last_name, calls_named(facts)))
        self._tags = False  # whether a decorator of the program's own registers what it is called with
        self._entry_table = PathTable(((fact.function,), fact) for fact in self._entries)
        self._edge_table = PathTable(((fact.function,), fact) for fact in self._edges)
        self._dispatch_table = PathTable(((fact.called_by,), fact) for fact in registrations if fact.called_by)
        self.words = tuple(
            dict.fromkeys(
                word
                for check in self._checks
                if self._records.is_registering(check.check) and (word := last_name(check.check)).isidentifier()
            )
        )

    # ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def model_of(self, path: str) -> Model | None:
        """What is handed over is not called at once, as it may be by a call of which nothing is known."""
        return remembered if self._records.facts_at(path) else None

    def never_decorates(self, path: str) -> bool:
        """What takes its function by name alone may be a decorator, too: ``app.event("x")(lazy=[f])``."""
        return any(fact.function and ARGUMENT(fact.function).positions for fact in self._records.facts_at(path))

    def function_decorated(self, frame: Frame, state: State, decorated: Value, mark: Obj) -> Value | None:
        path = (mark.api or "").removesuffix("()")
        for fact in self._records.facts_at(path):
            receiver = held(frame, state, mark, RECEIVER)
            key = arguments_of(state, mark).get(ARGUMENT(fact.key)) if fact.key else None
            self._records.add(frame, state, fact, path, receiver, key, decorated, mark.key)
        return None

    def called(self, call: Called) -> Value | None:
        """Registrations, dispatches and edges, after the call itself has run."""
        if not self._tags and not self._may_match(call.paths):
            return None
        result = self._decorated_in_program(call)
        for path in call.paths:
            for fact in self._records.facts_at(path):
                result = self._register(call, fact, path, result)
        for fact in self._dispatch_table.matches(*call.paths):
            answer = self._dispatch(call, fact)
            result = join(result, answer) if fact.returns else result
        for edge in self._edge_table.matches(*call.paths):
            given = handed(call, edge.arguments, "")
            answer = call_later(call, named(call.frame.world, edge.target), given)
            result = join(result, answer) if edge.returns else result
        return result

    def _may_match(self, paths: list[str]) -> bool:
        return any(last_name(path) in self._calls for path in paths) or not self._calls.isdisjoint(("*", "**"))

    def _register(self, call: Called, fact: Registration, path: str, result: Value) -> Value:
        function = call.arguments.get(ARGUMENT(fact.function or "0"), call.parameters)
        receiver = call.receiver if call.receiver is not None else EMPTY
        if function is not None and functions_in(call.frame, call.state, function):
            key = call.arguments.get(ARGUMENT(fact.key), call.parameters) if fact.key else None
            site = call.frame.site(call.span)
            self._records.add(call.frame, call.state, fact, path, receiver, key, function, site)
            return result
        return result if fact.function else self._tag(call, path, result)

    def _tag(self, call: Called, path: str, result: Value) -> Value:
        """The program's own ``bus.on("paid")``: the decorator that comes back registers what it is called with."""
        for atom in result.atoms:
            if isinstance(atom, FunctionAtom) and atom.environment is not None:
                made = remembered(call.as_model(path), call.parameters)
                call.state.store(atom.environment, REGISTERING, made)
                self._tags = True
        return result

    def _decorated_in_program(self, call: Called) -> Value:
        if isinstance(call.target, FunctionAtom) and call.target.environment is not None and call.arguments.positional:
            made = held(call.frame, call.state, call.target.environment, REGISTERING)
            for mark in made.objects():
                self.function_decorated(call.frame, call.state, call.arguments.positional[0], mark)
        return call.result

    def _dispatch(self, call: Called, fact: Registration) -> Value:
        result = EMPTY
        for function, record in self._records.chosen(call, fact):
            given = handed(call, fact.arguments, fact.chosen_by)
            result = join(result, call_later(call, of(function), given, self._before(call.frame, function, record)))
        return result

    # ── entries ───────────────────────────────────────────────────────────────────────────────────────────────────

    def entries(self, world: World) -> Iterable[FunctionId]:
        for name in list(world.marks):
            if any(not fact.called_by for fact, _ in self._records.of(world, name)):
                yield name
        if not self._entries:
            return
        for module in world.modules_run():
            for function in module.functions.values():
                if self._entry_table.matches(*function_paths(world, function)):
                    yield function.id

    def closures(self, world: World) -> Iterable[tuple[FunctionId, Obj]]:
        return self._records.closures(world)

    def enter(self, frame: Frame, state: State) -> None:
        """What is delivered, and the checks that come first; one that only some registrations have proves nothing."""
        function = frame.function
        if function.kind is not FunctionKind.FUNCTION:
            return
        if self._delivers:
            fill(frame, state, self._facts_about(frame.world, function))
        if not self._checks:
            return
        own = given_by_position(function)
        given = Arguments([of(frame.world.objects.parameter(function.id, each.name)) for each in own])
        atom = FunctionAtom(function.id, None)
        records = [record for _, record in self._records.of(frame.world, function.id)][:MAXIMAL_WAYS]
        ways: list[Obj | None] = [*records] if records else [None]
        states = [run_checks(frame, state.copy(), self._before(frame, atom, way), given) for way in ways]
        joined = states[0]
        for other in states[1:]:
            joined = join_states(joined, other)
        state.variables, state.heap, state.facts = joined.variables, joined.heap, joined.facts

    def _before(
        self, frame: Frame, handler: FunctionAtom | BoundAtom, record: Obj | None
    ) -> list[tuple[RunsBefore, Value]]:
        """The checks that run before a handler that was registered so, each with the functions that make it."""
        function = frame.world.function(handler.function)
        if function is None:
            return []
        path = (record.api or "").removesuffix("()") if record is not None else ""
        paths = [path] if path else []
        paths.extend(function_paths(frame.world, function))
        found: list[tuple[RunsBefore, Value]] = []
        for check in self._checks:
            if PathTable([((check.handler,), check)]).matches(*paths):
                found.extend((check, each) for each in self._functions_of(frame, check, record))
        return found

    def _functions_of(self, frame: Frame, check: RunsBefore, record: Obj | None) -> Iterator[Value]:
        if not self._records.is_registering(check.check):
            value = named(frame.world, check.check)
            if value.atoms:
                yield value
            return
        for function, registered in self._records.registered(frame.world, check.check):
            if self._records.share_receiver(frame.world, registered, record):
                yield of(function)

    # ── what is handed over ───────────────────────────────────────────────────────────────────────────────────────

    def parameter_types(self, world: World, function: FunctionIR, parameter: Parameter) -> Types:
        return stated_types(world, self._facts_about(world, function), function, parameter)

    def is_requester(self, frame: Frame, state: State, obj: Obj) -> bool:
        function = frame.world.function(FunctionId(obj.root.key.rpartition("(")[0])) if self._tells_people else None
        return function is not None and is_person(frame.world, self._facts_about(frame.world, function), obj)

    def _facts_about(self, world: World, function: FunctionIR) -> list[HandsOver]:
        found: list[HandsOver] = [fact for fact, _ in self._records.of(world, function.id)]
        if self._entries:
            found.extend(self._entry_table.matches(*function_paths(world, function)))
        return found

    def callers_words(self, world: World, function: FunctionId) -> Iterable[str]:
        for fact, _ in self._records.of(world, function):
            if fact.called_by:
                yield last_name(fact.called_by)
        ir = world.function(function)
        paths = function_paths(world, ir) if ir is not None and self._edges else []
        yield from (last_name(edge.function) for edge in self._edges if edge.target in paths)
