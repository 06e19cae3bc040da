"""The fixpoint over a function's blocks, and the summary that comes of it."""

from __future__ import annotations

import heapq
from dataclasses import replace
from functools import partial, reduce
from typing import Any, Final

from datause_lint.analysis import registration
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, BoundAtom, ClassAtom, FunctionAtom
from datause_lint.analysis.branching import branch
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.declarations import declare_parameters
from datause_lint.analysis.facts import NOTHING, Fact
from datause_lint.analysis.frame import IN_FLIGHT, Frame
from datause_lint.analysis.loops import bodies
from datause_lint.analysis.lost_facts import attach
from datause_lint.analysis.made_only_if import know_receiver
from datause_lint.analysis.memo import Context, Node, Path, is_root
from datause_lint.analysis.objects import (
    ALLOCATED,
    ENVIRONMENT,
    IN,
    OF,
    Kind,
    Obj,
    attribute,
)
from datause_lint.analysis.paths import joined
from datause_lint.analysis.promised import as_promised
from datause_lint.analysis.reachable import reachable
from datause_lint.analysis.rounds import Rounds
from datause_lint.analysis.rows_of_records import with_mark
from datause_lint.analysis.started import drawn_late_in, started_in
from datause_lint.analysis.state import AMONG, INDEX, State
from datause_lint.analysis.summaries import NO_CALLER
from datause_lint.analysis.summary import Summary
from datause_lint.analysis.transfers.blocks import run_block
from datause_lint.analysis.transfers.names import is_script
from datause_lint.analysis.untold import either
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of
from datause_lint.analysis.ways import may_swallow
from datause_lint.analysis.world import World
from datause_lint.ir import instructions as ir
from datause_lint.ir.module import Block, FunctionIR, FunctionKind, ModuleIR

MAXIMAL_VISITS: Final = 64  # of one block, until what it may hold is no longer refined
MAXIMAL_BLOCKS: Final = 6000
OBJECTS_AN_INSTRUCTION: Final = 16  # of the heap: handing a state on costs what it holds
AGED_AN_INSTRUCTION: Final = 256  # objects looked through, where a place makes another object than before
MANY_PICKS: Final = 16  # elements that indexes pick, in one function, that its callers tell apart


# ── the function ──────────────────────────────────────────────────────────────────────────────────────────────────


def run(world: World, function: FunctionIR, module: ModuleIR, context: Context, node: Path) -> Summary:
    """The summary of a function in a context."""
    return _Run(Frame(world, function, module, context, node)).summary()


def explore(world: World, function: FunctionIR, module: ModuleIR) -> tuple[list[Value], list[Block]]:
    """What a function returns whose caller is not known, and its blocks that can be reached."""
    made = _Run(Frame(world, function, module, NO_CALLER, Node()))
    made.summary()
    return [value for value, _ in made.exits], [function.blocks[number] for number in sorted(made.entries)]


class _Run:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.entries: dict[int, State] = {}
        self.visits: dict[int, int] = {}
        self.exits: list[tuple[Value, State]] = []
        self.turning: list[State] = []  # where a loop begins another round
        self.repeated = False  # some block ran more than once

    def summary(self) -> Summary:
        frame = self.frame
        if len(frame.function.blocks) > MAXIMAL_BLOCKS:
            frame.cut = True
            frame.world.cut[frame.function.id] = None
            return Summary(frame.function.id, comes_back=True, cut=True)
        self.entries[0] = self._start()
        loops = bodies(frame)
        self.rounds = Rounds(frame, loops)
        self.repeated = bool(loops)
        frame.collecting = not self.repeated  # without a loop, every block runs once, and that counts
        self._fixpoint()
        if self.repeated:
            self._collect()
        self._run_later()
        return self._summarise()

    def _start(self) -> State:
        frame, function = self.frame, self.frame.function
        state = State({}, {}, frame.world.facts_inside(function))
        if function.cells or function.frees:
            state.heap[frame.cells] = {ENVIRONMENT: of(frame.environment)}
        for parameter in function.parameters:
            value = of(frame.world.objects.parameter(function.id, parameter.name))
            if is_root(frame.context):
                value = join(value, _callables(frame.world.default_of(function.id, parameter.name)))
            if parameter.name in function.cells:
                state.store(frame.cells, attribute(parameter.name), value)
            else:
                state.variables[parameter.name] = value
        declare_parameters(frame, state)
        if is_root(frame.context):
            frame.world.wiring.enter(frame, state)
            if frame.world.policy.has_guards():
                know_receiver(frame, state)
        return state

    def _fixpoint(self) -> None:
        pending = [0]
        queued = {0}
        done: set[int] = set()
        while pending:
            number = heapq.heappop(pending)
            queued.discard(number)
            if number in done and not self.repeated:
                self.repeated, self.frame.collecting = True, False
            done.add(number)
            self.visits[number] = self.visits.get(number, 0) + 1  # not arrivals: all blocks of a try go to its handler
            for target, state in self._flow(number):
                news = self.rounds.arrive(target, state, comes_back=target <= number)
                if (self._arrive(target, state) or news) and target not in queued:
                    heapq.heappush(pending, target)
                    queued.add(target)
            left = self.rounds.leave(queued)
            if left is not None:
                heapq.heappush(pending, left)
                queued.add(left)

    def _arrive(self, target: int, state: State) -> bool:
        before = self.entries.get(target)
        if before is None:
            self.entries[target] = state
            return True
        merged = joined(self.frame, before, state)
        if merged.same_as(before):
            return False
        if self.visits.get(target, 0) > MAXIMAL_VISITS:
            self.frame.cut = True
            self.frame.world.cut[self.frame.function.id] = None
            return False
        self.entries[target] = merged
        return True

    def _flow(self, number: int) -> list[tuple[int, State]]:
        """Runs a block; gives the states that leave it, by the block that they reach."""
        frame = self.frame
        block = frame.function.blocks[number]
        handler = -1 if (frame.function.id, block.handler) in frame.world.trusted else block.handler
        frame.handler = handler
        frame.world.summaries.spend(
            len(block.instructions) + 1 + len(self.entries[number].heap) // OBJECTS_AN_INSTRUCTION
        )
        frame.raised = {}
        frame.block = number
        entries = self.rounds.entries(number, self.entries[number])
        leaving: list[tuple[int, State]] = []
        for entry in entries:
            state = run_block(frame, block, entry.copy())
            if state is not None and state.aged > entry.aged:
                frame.world.summaries.spend((state.aged - entry.aged) // AGED_AN_INSTRUCTION)
            ways = self._leave(state, block.terminator) if state is not None else []
            leaving.extend(self.rounds.ways(number, entry, ways))
        return [*leaving, *frame.raised.items()]

    def _leave(self, state: State, terminator: ir.Terminator) -> list[tuple[int, State]]:
        frame = self.frame
        if isinstance(terminator, ir.Jump):
            return [(terminator.target, state)]
        if isinstance(terminator, ir.Branch):
            return branch(self.frame, state, terminator)
        if isinstance(terminator, ir.ForNext):
            return self.rounds.draw(state, terminator)
        if isinstance(terminator, ir.Return):
            self.exits.append((frame.registers[terminator.source], state))
            return []
        self._raise(state, terminator)
        return []

    def _raise(self, state: State, terminator: ir.Raise) -> None:
        frame = self.frame
        handled = state.variables.get(IN_FLIGHT, EMPTY)
        value = frame.registers[terminator.exception] if terminator.exception is not None else handled
        value, state = self._made(state, value, terminator)
        if terminator.exception is not None:
            cause = frame.registers[terminator.cause] if terminator.cause is not None else handled
            _keep_cause(state, value, cause)
        if not data_of(frame, state, value).atoms:
            value = EMPTY  # whoever catches it learns nothing about anybody
        frame.raise_value(state, value)

    def _made(self, state: State, raised: Value, terminator: ir.Raise) -> tuple[Value, State]:
        """``raise Failed``: of a class, an instance."""
        classes = Value({atom: NOTHING for atom in raised.atoms if isinstance(atom, ClassAtom)})
        if not classes.atoms:
            return raised, state
        made, after = call_values(self.frame, state, classes, Arguments(), terminator.span)
        rest = Value({atom: carried for atom, carried in raised.atoms.items() if atom not in classes.atoms})
        return (join(rest, made), after) if after is not None else (raised, state)

    # ── results ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _collect(self) -> None:
        """One more pass over every block that can be reached, with what is known now: this one counts."""
        frame = self.frame
        self.exits = []
        frame.yielded, frame.paused, frame.inside = [], [], None
        frame.raised_values, frame.failing = [], None
        frame.collecting = True
        frame.obligations, frame.guard_sites = {}, {}
        frame.unawaited, frame.later = {}, {}
        self.turning = []
        for number in sorted(self.entries):
            self.turning.extend(state for target, state in self._flow(number) if target <= number)

    def _run_later(self) -> None:
        """What runs beside the function once more, in the state that the function leaves behind."""
        frame = self.frame
        for later in dict.fromkeys([*frame.later, *frame.unawaited.values()]):
            frame.goes_on = later.origin is not None
            for state in [state for _, state in self.exits] or self._left_without_end():
                beside = state.copy()
                beside.learn(later.facts)
                call_values(frame, beside, later.function, later.arguments, later.span)
        frame.goes_on = False
        if is_root(frame.context) and frame.function.kind is FunctionKind.FUNCTION:
            self._run_escaping()

    def _left_without_end(self) -> list[State]:
        """How far a function has come that never returns, but may do something in every round."""
        failing = self.frame.failing
        return [*([failing] if failing is not None else []), *self.frame.paused, *self.turning]

    def _run_escaping(self) -> None:
        """A closure that goes to somebody outside is called there, with what it has captured."""
        frame = self.frame
        for value, state in self.exits:
            for atom in value.atoms:
                inner = frame.world.function(atom.function) if isinstance(atom, FunctionAtom) else None
                if inner is not None and inner.parent == frame.function.id and inner.frees:
                    frame.world.note_entry(inner.id)
                    call_values(frame, state.copy(), of(atom), Arguments(), inner.span)

    def _summarise(self) -> Summary:
        frame = self.frame
        result = Summary(frame.function.id, cut=frame.cut, waits=frame.waits)
        result.raises = join_all(frame.raised_values)
        result.obligations = self._obligations()
        result.guard_sites = frame.sorted_guard_sites()
        if frame.yielded:
            result.yields = join_all(frame.yielded)
            result.proves_inside = frame.inside or NOTHING
            result.swallows = may_swallow(frame.function)
        if not self.exits:
            left = self._left_without_end()
            self._writes_of(result, reduce(partial(joined, frame), left) if left else None, EMPTY)
            return result
        value, state = self.exits[0]
        for other, other_state in self.exits[1:]:
            lost, other_lost = state.facts - other_state.facts, other_state.facts - state.facts
            value = either(attach(value, lost), attach(other, other_lost), lost, other_lost)
            state = joined(frame, state, other_state)
        result.comes_back = True
        result.returns = as_promised(frame, state, value, frame.function)
        result.proves = state.facts
        for paused in frame.paused:
            state = joined(frame, state, paused)
        result.started = started_in(frame)
        result.drawn_late = drawn_late_in(frame, state, result.returns)
        self._writes_of(result, _with_raised(frame, state, result.raises), result.returns)
        if frame.function.kind is FunctionKind.MODULE_BODY and not is_script(frame):
            registration.settle_module(frame, state)
        elif frame.function.kind is FunctionKind.CLASS_BODY:
            registration.settle_class(frame, state, call_values)
        return result

    def _obligations(self) -> tuple[Any, ...]:
        frame = self.frame
        sites = tuple(
            replace(
                site,
                stale=site.stale or (site.fact.guard, site.fact.location) in frame.stale,
                overwritten=site.overwritten or (site.fact.guard, site.fact.location) in frame.overwritten,
            )
            for site in frame.sorted_guard_sites()
        )
        found = []
        for obligation in frame.obligations.values():
            seen = dict.fromkeys((*obligation.seen, *sites[:12]))
            found.append(replace(obligation, seen=tuple(seen)[:16]))
        return tuple(found)

    def _writes_of(self, result: Summary, state: State | None, returned: Value) -> None:
        if state is None:
            return
        frame = self.frame
        shared_cells = [of(frame.cells)] if frame.world.shared.knows(frame.cells) else []
        wanted = _visible(
            frame,
            state,
            [
                *shared_cells,
                *self._incomplete(state),
                returned,
                result.raises,
                result.yields or EMPTY,
                *_subjects(result),
                *(value for each in (*result.started, *result.drawn_late) for value in each.values()),
            ],
        )
        writes: dict[tuple[Obj, str], Value] = {}
        told: dict[tuple[Obj, str], Value | None] = dict(frame.told)
        for obj, fields in state.heap.items():
            if obj.of_a_round and OF in fields:
                # Who it is, not what is known in the end: data may have gone before that was found out.
                result.aliases[obj] = Value(dict.fromkeys(fields[OF].atoms, NOTHING))
                if obj.kind is Kind.CURRENT and INDEX in fields and len(result.picked) < MANY_PICKS:
                    result.picked[obj] = fields[IN], fields[INDEX]
            if obj in wanted or not frame.owns(obj.root) or (obj.kind is Kind.FIELD and not obj.symbolic):
                public = not frame.owns(obj.root) and not frame.is_input(obj) and self._is_public(obj)
                fields = with_mark(obj, fields, fields, state.heap)
                for key, value in fields.items():
                    left = self._news(obj, key, value) if public else value
                    if left is not value:
                        told[obj, key] = None
                    if key not in (OF, IN, INDEX, AMONG) and (left.atoms or left is value):
                        writes[obj, key] = left
        result.writes, result.told = writes, frozenset(told)
        seen = [*(each for _, each in self.exits), *frame.paused]
        result.strong = frozenset(
            (obj, key)
            for obj, key in writes
            if (obj, key) not in told
            and obj is not frame.cells  # one for all calls: what others have left there is there, too
            and (not frame.is_input(obj) or all(self._certain(each, obj, key) for each in seen))
        )

    def _incomplete(self, state: State) -> list[Value]:
        """Objects of its own that all see, with what only the callers know: they add it to what is known to all."""
        return [
            of(obj)
            for obj, fields in state.heap.items()
            if obj.kind in ALLOCATED
            and self.frame.owns(obj)
            and any(map(self._depends_on_caller, fields.values()))
            and self._is_public(obj)
        ]

    def _is_public(self, obj: Obj) -> bool:
        """What is put there has been made known to all as it was put: only what the caller knows is missing."""
        return obj.static or self.frame.world.shared.knows(obj)

    def _news(self, obj: Obj, key: str, value: Value) -> Value:
        """Without what has been made known to all as it was put there."""
        if not self._depends_on_caller(value):
            return Value({})
        shared = self.frame.world.shared_value(obj, key)
        known = shared.atoms if shared is not None else {}
        atoms = {
            atom: carried
            for atom, carried in value.atoms.items()
            if atom not in known or self._depends_on_caller(Value({atom: carried}))
        }
        return Value(atoms, value.implied, value.probes) if len(atoms) < len(value.atoms) else value

    def _depends_on_caller(self, value: Value) -> bool:
        """An element of a loop may stand for something of the caller's."""
        return any(self.frame.is_input(obj) or obj.root.of_a_round for obj in reachable(value))

    def _certain(self, state: State, obj: Obj, key: str) -> bool:
        """Whether this way out has written the field, without what stood there before among the possibilities."""
        value = state.stored(obj, key)
        return value is not None and obj.child(key) not in value.atoms


def _callables(value: Value) -> Value:
    """The functions, methods and classes that a parameter is when it is left out."""
    kinds = (FunctionAtom, BoundAtom, ClassAtom, ApiAtom)
    return Value({atom: carried for atom, carried in value.atoms.items() if isinstance(atom, kinds)})


def _keep_cause(state: State, raised: Value, cause: Value) -> None:
    """``raise Failed() from error``; without one, the cause is what is being handled."""
    for obj in (each for each in raised.objects() if each.kind in (Kind.NEW, Kind.EXTERNAL)):
        for name in ("__cause__", "__context__") if cause.atoms and obj not in cause.atoms else ():
            state.store(obj, attribute(name), cause)


def _with_raised(frame: Frame, state: State, raised: Value) -> State:
    """The state at the exits, with the exceptions that other ways out bring along."""
    if frame.failing is None or not raised.atoms:
        return state
    heap = dict(state.heap)
    for obj in _visible(frame, frame.failing, [raised]):
        if obj not in heap and obj in frame.failing.heap and frame.owns(obj.root):
            heap[obj] = frame.failing.heap[obj]
    return State(state.variables, heap, state.facts, state.aged)


def _subjects(summary: Summary) -> list[Value]:
    """Objects that the summary's facts and obligations speak of."""
    found: dict[Obj, None] = {}
    for probe in summary.returns.probes:
        if probe.subject is not None and probe.subject.root.kind is Kind.EXTERNAL:
            found[probe.subject.root] = None
    for truths in (summary.proves, summary.proves_inside, *summary.returns.implied):
        for truth in truths:
            for obj in (truth.subject,) if type(truth) is Fact else (truth.left, truth.right):  # type: ignore[union-attr]
                if obj is not None:
                    found[obj.root] = None
    for obligation in summary.obligations:
        data = obligation.data
        found[(data.record if hasattr(data, "record") else data.of).root] = None
    return [of(*found)] if found else []


def _visible(frame: Frame, state: State, values: list[Value]) -> dict[Obj, None]:
    """The objects that somebody outside can reach: through results, inputs and what all share."""
    seen: dict[Obj, None] = {}
    pending = [obj for value in values for obj in reachable(value)]
    for obj, fields in state.heap.items():
        if not frame.owns(obj.root):
            pending.extend(inner for value in fields.values() for inner in reachable(value))
    while pending:
        obj = pending.pop()
        if obj in seen:
            continue
        seen[obj] = None
        pending.extend(inner for value in state.heap.get(obj, {}).values() for inner in reachable(value))
        if obj.base is not None:
            pending.append(obj.base)
    return seen
