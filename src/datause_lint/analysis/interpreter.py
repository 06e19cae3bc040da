"""The transfer functions, one for each instruction, and the fixpoint over a function's blocks."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from datause_lint.analysis import guards, registration, types
from datause_lint.analysis.access import (
    DICT,
    GENERATOR,
    LIST,
    SET,
    TUPLE,
    add_element,
    elements,
    forget_positions,
    merge_dict,
    note_filled,
    origin,
    read,
    remove_item,
    stored_value,
    write,
)
from datause_lint.analysis.arguments import Arguments, add_double_star, add_star, known_length
from datause_lint.analysis.calling import awaited, call, call_values
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.declarations import declare_parameters, declared_in_line
from datause_lint.analysis.frame import IN_FLIGHT, Frame
from datause_lint.analysis.identifiers import singular
from datause_lint.analysis.item_names import item_names, write_items
from datause_lint.analysis.items import read_item
from datause_lint.analysis.loops import next_element
from datause_lint.analysis.memo import SCRIPT, Context, Node
from datause_lint.analysis.objects import (
    ALLOCATED,
    BY_KEY,
    ELEMENT,
    ENVIRONMENT,
    FULL,
    KEYS,
    OF,
    OUTCOME,
    RETURNED,
    SENT,
    WITHIN,
    Kind,
    Obj,
    attribute,
    index,
)
from datause_lint.analysis.operators import binary, compared, unary
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.special_methods import call_special, iterated, shown_as_text
from datause_lint.analysis.state import CONDITION, State, attach, join_states
from datause_lint.analysis.summaries import NO_CALLER
from datause_lint.analysis.summary import Summary
from datause_lint.analysis.texts import urls_made_of
from datause_lint.analysis.values import (
    EMPTY,
    NO_IMPLICATION,
    NOTHING,
    UNKNOWN_BOOLEAN,
    ApiAtom,
    Atom,
    BoundAtom,
    ClassAtom,
    Const,
    Data,
    Fact,
    FunctionAtom,
    Implied,
    Label,
    LazyImport,
    ModuleAtom,
    Pattern,
    Same,
    Truths,
    Value,
    carrying,
    common,
    const,
    join,
    join_all,
    of,
)
from datause_lint.analysis.wiring import is_root
from datause_lint.analysis.world import World, reachable
from datause_lint.ir import instructions as ir
from datause_lint.ir.instructions import ArgumentKind, BuildKind, Scope
from datause_lint.ir.module import Block, FunctionIR, FunctionKind, ModuleIR
from datause_lint.names import ApiPath, ModuleName

MAXIMAL_VISITS: Final = 16  # of one block, until what it may hold is no longer refined
MAXIMAL_ATOMS: Final = 96  # of one variable
MAXIMAL_BLOCKS: Final = 6000
OBJECTS_AN_INSTRUCTION: Final = 16  # of the heap: handing a state on costs what it holds

Transfer = Callable[[Frame, State, Any], "State | None"]


# ── the function ──────────────────────────────────────────────────────────────────────────────────────────────────


def run(world: World, function: FunctionIR, module: ModuleIR, context: Context, node: Node) -> Summary:
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
        self.repeated = False  # some block ran more than once

    def summary(self) -> Summary:
        frame = self.frame
        if len(frame.function.blocks) > MAXIMAL_BLOCKS:
            frame.cut = True
            frame.world.cut[frame.function.id] = None
            return Summary(frame.function.id, comes_back=True, cut=True)
        self.entries[0] = self._start()
        self.repeated = _has_loop(frame.function)
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
            if parameter.name in function.cells:
                state.store(frame.cells, attribute(parameter.name), value)
            else:
                state.variables[parameter.name] = value
        declare_parameters(frame, state)
        if is_root(frame.context):
            frame.world.wiring.enter(frame, state)
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
                if self._arrive(target, state) and target not in queued:
                    heapq.heappush(pending, target)
                    queued.add(target)

    def _arrive(self, target: int, state: State) -> bool:
        before = self.entries.get(target)
        if before is None:
            self.entries[target] = state
            return True
        merged = join_states(before, state)
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
        state: State | None = self.entries[number].copy()
        if state is not None and handler >= 0:
            frame.may_raise(state)
        for instruction in block.instructions:
            if state is None:
                break
            state = TRANSFERS[type(instruction)](frame, state, instruction)
        leaving = self._leave(state, block.terminator) if state is not None else []
        leaving.extend(frame.raised.items())
        return leaving

    def _leave(self, state: State, terminator: ir.Terminator) -> list[tuple[int, State]]:
        frame = self.frame
        if isinstance(terminator, ir.Jump):
            return [(terminator.target, state)]
        if isinstance(terminator, ir.Branch):
            return self._branch(state, terminator)
        if isinstance(terminator, ir.ForNext):
            return self._for(state, terminator)
        if isinstance(terminator, ir.Return):
            self.exits.append((frame.registers[terminator.source], state))
            return []
        self._raise(state, terminator)
        return []

    def _branch(self, state: State, branch: ir.Branch) -> list[tuple[int, State]]:
        frame = self.frame
        tested = frame.registers[branch.condition]
        value, after = truth_of(frame, state, frame.world.resolve(tested), branch.span)
        if after is None:
            return []
        state = after
        known = guards.fold(frame, value)
        may_be_true = value.may_be_true() if known is None else any(each.value for each in known)
        may_be_false = value.may_be_false() if known is None else any(not each.value for each in known)
        implied = guards.tested(frame, value)
        ways: list[tuple[int, State]] = []
        condition = _condition(frame, branch.condition, value)
        if may_be_true:
            then = state.copy() if may_be_false else state
            _assume(then, condition, True)
            then.learn(implied.true | implied.some | guards.refusals(implied, True))
            _replace(then, tested, value.if_true())
            _choose(then, value, True)
            ways.append((branch.then, then))
        if may_be_false:
            _assume(state, condition, False)
            state.learn(implied.false | guards.refusals(implied, False))
            _replace(state, tested, _narrowed(frame, value))
            _choose(state, value, False)
            ways.append((branch.otherwise, state))
        return ways

    def _for(self, state: State, loop: ir.ForNext) -> list[tuple[int, State]]:
        frame = self.frame
        drawn = frame.registers[loop.iterator]
        body = state.copy()
        frame.registers[loop.target] = next_element(
            frame, body, elements(frame, body, drawn), frame.site(loop.span), loop.span
        )
        frame.register_names[loop.target] = singular(frame.register_names.get(loop.iterator, ""))
        return [(loop.body, body), (loop.done, state)]

    def _raise(self, state: State, terminator: ir.Raise) -> None:
        frame = self.frame
        handled = state.variables.get(IN_FLIGHT, EMPTY)
        value = frame.registers[terminator.exception] if terminator.exception is not None else handled
        if terminator.exception is not None:
            cause = frame.registers[terminator.cause] if terminator.cause is not None else handled
            _keep_cause(state, value, cause)
        if not data_of(frame, state, value).atoms:
            value = EMPTY  # whoever catches it learns nothing about anybody
        frame.raise_value(state, value)

    # ── results ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _collect(self) -> None:
        """One more pass over every block that can be reached, with what is known now: this one counts."""
        frame = self.frame
        self.exits = []
        frame.yielded, frame.inside, frame.raised_values, frame.failing = [], None, [], None
        frame.collecting = True
        frame.obligations, frame.guard_sites = {}, {}
        frame.unawaited, frame.later = {}, {}
        for number in sorted(self.entries):
            self._flow(number)

    def _run_later(self) -> None:
        """What runs beside the function once more, in the state that the function leaves behind."""
        frame = self.frame
        for later in {**frame.later, **dict.fromkeys(frame.unawaited.values())}:
            for _, state in self.exits:
                beside = state.copy()
                beside.learn(later.facts)
                call_values(frame, beside, later.function, later.arguments, later.span)
        if is_root(frame.context) and frame.function.kind is FunctionKind.FUNCTION:
            self._run_escaping()

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
        result = Summary(frame.function.id, cut=frame.cut)
        result.raises = join_all(frame.raised_values)
        result.obligations = self._obligations()
        result.guard_sites = frame.sorted_guard_sites()
        if frame.yielded:
            result.yields = join_all(frame.yielded)
            result.proves_inside = frame.inside or NOTHING
        if not self.exits:
            self._writes_of(result, frame.failing, EMPTY)
            return result
        value, state = self.exits[0]
        for other, other_state in self.exits[1:]:
            lost, other_lost = state.facts - other_state.facts, other_state.facts - state.facts
            value = join(attach(value, lost), attach(other, other_lost), lost, other_lost)
            state = join_states(state, other_state)
        result.comes_back = True
        result.returns = _returned(frame, state, value)
        result.proves = state.facts
        self._writes_of(result, _with_raised(frame, state, result.raises), result.returns)
        if frame.function.kind is FunctionKind.MODULE_BODY and not _is_script(frame):
            registration.settle_module(frame, state)
        elif frame.function.kind is FunctionKind.CLASS_BODY:
            registration.settle_class(frame, state)
        return result

    def _obligations(self) -> tuple[Any, ...]:
        frame = self.frame
        sites = tuple(
            replace(site, stale=True) if (site.fact.guard, site.fact.location) in frame.stale else site
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
            ],
        )
        writes: dict[tuple[Obj, str], Value] = {}
        for obj, fields in state.heap.items():
            if obj.kind in (Kind.CURRENT, Kind.PAST) and OF in fields:
                # Who it is, not what is known in the end: data may have gone before that was found out.
                result.aliases[obj] = Value(dict.fromkeys(fields[OF].atoms, NOTHING))
            if obj in wanted or not frame.owns(obj.root) or (obj.kind is Kind.FIELD and not obj.symbolic):
                public = not frame.owns(obj.root) and not frame.is_input(obj) and self._is_public(obj)
                for key, value in fields.items():
                    if key != OF and not (public and not self._depends_on_caller(value)):
                        writes[obj, key] = value
        result.writes = writes
        result.strong = frozenset(
            (obj, key)
            for obj, key in writes
            if obj is not frame.cells  # one for all calls: what others have left there is there, too
            and (not frame.is_input(obj) or all(self._certain(each, obj, key) for _, each in self.exits))
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

    def _depends_on_caller(self, value: Value) -> bool:
        return any(self.frame.is_input(obj) for obj in reachable(value))

    def _certain(self, state: State, obj: Obj, key: str) -> bool:
        """Whether this way out has written the field, without what stood there before among the possibilities."""
        value = state.stored(obj, key)
        return value is not None and obj.child(key) not in value.atoms


def _keep_cause(state: State, raised: Value, cause: Value) -> None:
    """``raise Failed() from error``; without one, the cause is what is being handled."""
    for obj in (each for each in raised.objects() if each.kind in (Kind.NEW, Kind.EXTERNAL)):
        for name in ("__cause__", "__context__") if cause.atoms and obj not in cause.atoms else ():
            state.store(obj, attribute(name), cause)


def _replace(state: State, tested: Value, value: Value) -> None:
    """Variables with what was tested hold what is left of it: so ``a and b`` is ``b`` only where ``a`` is true."""
    for name, held in state.variables.items():
        if held is tested:
            state.variables[name] = value


def _condition(frame: Frame, register: ir.Register, tested: Value) -> tuple[str, bool] | None:
    """A name for the condition, by which it is known where it is asked again; False: it is its negation."""
    compared = frame.comparisons.get(register)
    if compared is not None:
        return compared
    name = _input_name(frame, tested)
    return (name, True) if name is not None else None


def _input_name(frame: Frame, value: Value) -> str | None:
    """Of a value that is one thing that the caller knows: it is the same wherever it is read."""
    only = value.only_object()
    if only is None or not frame.is_input(only):
        return None
    falsy = _falsy(only)
    if any(type(atom) is Const and falsy not in carried for atom, carried in value.atoms.items()):
        return None
    return f"{CONDITION}{only!r}"


def _falsy(obj: Obj) -> Same:
    """Goes with the constants that an input was found to be one of."""
    outcome = obj.child(OUTCOME + "false")
    return Same(outcome, outcome)


def _narrowed(frame: Frame, value: Value) -> Value:
    """What is left of a value where it is false, which is still the caller's."""
    only = value.only_object()
    left = value.if_false()
    if only is None or left is value or not frame.is_input(only) or len(value.atoms) > 1:
        return left
    return carrying(left, frozenset((_falsy(only),)))


def _assume(state: State, condition: tuple[str, bool] | None, outcome: bool) -> None:
    """What was found where the condition had the same outcome before holds again."""
    if condition is None:
        return
    name, positive = condition
    holds = outcome is positive
    known = state.variables.get(name)
    if known is not None:
        implied = guards.truths_of(known)
        state.learn(implied.true if holds else implied.false)
    state.variables[name] = const(holds)


def truth_of(frame: Frame, state: State, value: Value, span: ir.Span) -> tuple[Value, State | None]:
    """What is looked at where the value is tested: a class of the program may say by ``__bool__``."""
    if not value.atoms or not all(type(atom) is Obj and atom.cls is not None for atom in value.atoms):
        return guards.with_contents(state, value), state
    return _call_special(frame, state, value, "__bool__", [], span) or (value, state)


def _choose(state: State, tested: Value, outcome: bool) -> None:
    """``(one or other).ai_consent``: whichever of them a variable holds has consented."""
    if tested.choice is not None:
        _replace(state, tested.choice.base, tested.choice.proven(outcome))


def _has_loop(function: FunctionIR) -> bool:
    """Whether some block is reached from a later one; blocks are numbered in reverse postorder."""
    for number, block in enumerate(function.blocks):
        ways = [block.handler]
        match block.terminator:
            case ir.Jump(target):
                ways.append(target)
            case ir.Branch(_, then, otherwise, _):
                ways.extend((then, otherwise))
            case ir.ForNext(_, _, body, done, _):
                ways.extend((body, done))
        if any(0 <= way <= number for way in ways):
            return True
    return False


def _with_raised(frame: Frame, state: State, raised: Value) -> State:
    """The state at the exits, with the exceptions that other ways out bring along."""
    if frame.failing is None or not raised.atoms:
        return state
    heap = dict(state.heap)
    for obj in _visible(frame, frame.failing, [raised]):
        if obj not in heap and obj in frame.failing.heap and frame.owns(obj.root):
            heap[obj] = frame.failing.heap[obj]
    return State(state.variables, heap, state.facts)


def _returned(frame: Frame, state: State, value: Value) -> Value:
    """What is returned, with the classes that the annotation promises where nothing better is known."""
    if frame.function.returns is None:
        return value
    declared = frame.world.declared(frame.function.returns, frame.world.module_of(frame.function.id))
    if not declared:
        return value
    only = [kind for kind in declared if kind.cls is not None]
    elements = [kind for kind in types.element_types(declared, ELEMENT) if kind.cls is not None]
    for obj in value.objects():
        if obj.kind is not Kind.EXTERNAL or obj.cls is not None:
            continue
        if len(only) == 1:
            return _retyped(frame, state, value, obj, only[0].cls)
        if len(elements) == 1 and state.stored(obj, ELEMENT) is None:
            state.store(obj, ELEMENT, of(frame.world.objects.external(f"{obj.key}~element", None, elements[0].cls)))
    return value


def _retyped(frame: Frame, state: State, value: Value, obj: Obj, cls: Any) -> Value:
    typed = frame.world.objects.external(obj.key, None, cls)
    state.heap[typed] = state.heap.get(obj, {})
    state.learn(frozenset((Same(typed, obj),)))
    place = frame.world.places.get(obj)
    if place is not None:
        frame.world.places[typed] = place
    atoms = {typed if atom is obj else atom: carried for atom, carried in value.atoms.items()}
    return Value(atoms, value.implied, value.probes)


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


# ── transfer functions ────────────────────────────────────────────────────────────────────────────────────────────

TRANSFERS: dict[type, Transfer] = {}


def transfers(kind: type) -> Callable[[Transfer], Transfer]:
    def register(function: Transfer) -> Transfer:
        TRANSFERS[kind] = function
        return function

    return register


@transfers(ir.Const)
def _const(frame: Frame, state: State, i: ir.Const) -> State:
    frame.registers[i.target] = const(i.value)
    return state


@transfers(ir.Load)
def _load(frame: Frame, state: State, i: ir.Load) -> State:
    frame.registers[i.target] = load(frame, state, i.name, i.scope)
    frame.register_names[i.target] = i.name.partition(".")[0]
    return state


def load(frame: Frame, state: State, name: str, scope: Scope) -> Value:
    if scope is Scope.LOCAL:
        return state.variables.get(name, EMPTY)
    if scope is Scope.CELL:
        return _load_cell(frame, state, name)
    if scope is Scope.CLASS:
        here = state.variables.get(name)
        if here is not None:
            return here
    return load_global(frame, state, name)


def _load_cell(frame: Frame, state: State, name: str) -> Value:
    depth = frame.depth_of_cell(name)
    if depth == 0:
        stored = state.stored(frame.cells, attribute(name))
        return stored if stored is not None else EMPTY
    holder = of(frame.environment)
    for _ in range(depth - 1):
        holder = read(frame, state, holder, ENVIRONMENT)
    return frame.world.resolve(read(frame, state, holder, attribute(name)))


def load_global(frame: Frame, state: State, name: str) -> Value:
    module = frame.world.module_of(frame.function.id)
    holder = frame.world.objects.module(module)
    here = state.stored(holder, attribute(name))
    if here is not None:
        if (holder, attribute(name)) in frame.world.written_globals:  # a function that was called may have changed it
            here = join(here, frame.world.shared.read(holder, attribute(name)) or EMPTY)
        return frame.world.resolve(here)
    found = frame.world.global_value(module, name)
    if found is not None:
        return found
    if name == "__package__":
        return const(frame.module.name if frame.module.is_package else frame.module.name.rpartition(".")[0])
    if name == "__name__":
        return const("__main__" if _is_script(frame) else str(module))
    if name in ("True", "False", "None"):
        return const({"True": True, "False": False, "None": None}[name])
    return of(ApiAtom(ApiPath(f"builtins.{name}")))


def _is_script(frame: Frame) -> bool:
    """Whether the module's body runs as a script, not by being imported."""
    if frame.function.kind is not FunctionKind.MODULE_BODY:
        return False
    return frame.ask(frame.world.objects.module(frame.module.name), SCRIPT) == (SCRIPT,)


@transfers(ir.Store)
def _store(frame: Frame, state: State, i: ir.Store) -> State:
    value = declared_in_line(frame, frame.registers[i.source], i.name, i.span)
    if i.name.startswith("."):  # one side of ``and`` or ``or``: what its test proves is joined with that of the other
        implied = guards.tested(frame, value)
        value = value if implied == value.implied else Value(value.atoms, implied, value.probes, value.choice)
        frame.registers[i.source] = value
    if len(value.atoms) > MAXIMAL_ATOMS:
        frame.cut = True
        frame.world.cut[frame.function.id] = None
        value = Value(dict(list(value.atoms.items())[:MAXIMAL_ATOMS]))
    if i.scope is Scope.LOCAL or i.scope is Scope.CLASS:
        _note_stale(frame, state, i.name, value)
        state.variables[i.name] = value
    elif i.scope is Scope.CELL:
        if frame.depth_of_cell(i.name) == 0:
            value = frame.world.resolve(value)  # what is imported here is an import nowhere else
            state.store(frame.cells, attribute(i.name), value)
            frame.world.publish_if_shared(frame, state, frame.cells)
        else:
            holder = of(frame.environment)
            for _ in range(frame.depth_of_cell(i.name) - 1):
                holder = read(frame, state, holder, ENVIRONMENT)
            write(frame, state, holder, attribute(i.name), value)
    else:
        registration.store_global(frame, state, i.name, value)
    return state


def _note_stale(frame: Frame, state: State, name: str, value: Value) -> None:
    """Checks of the person whom the variable is about to forget."""
    before = state.variables.get(name)
    person = before.only_object() if before is not None and state.facts and frame.collecting else None
    if person is None or person in value.atoms:
        return
    for fact in state.facts:
        if type(fact) is Fact and fact.subject is person:
            frame.stale.add((fact.guard, fact.location))


@transfers(ir.Delete)
def _delete(frame: Frame, state: State, i: ir.Delete) -> State:
    state.variables.pop(i.name, None)
    return state


@transfers(ir.Annotate)
def _annotate(frame: Frame, state: State, i: ir.Annotate) -> State:
    declared = frame.world.declared(i.annotation, frame.world.module_of(frame.function.id))
    if declared and i.scope is not Scope.CLASS:
        value = load(frame, state, i.name, i.scope) if i.scope is not Scope.GLOBAL else EMPTY
        for obj in value.objects():
            if obj.kind in (Kind.EXTERNAL, Kind.FIELD) and obj.cls is None:
                frame.hints.setdefault(obj, declared)
    if declared and frame.function.kind is FunctionKind.MODULE_BODY:
        registration.fill_as_declared(frame, state, load(frame, state, i.name, i.scope), declared, i.span)
    return state


@transfers(ir.AnnotateAttribute)
def _annotate_attribute(frame: Frame, state: State, i: ir.AnnotateAttribute) -> State:
    declared = frame.world.declared(i.annotation, frame.world.module_of(frame.function.id))
    value = read(frame, state, frame.registers[i.base], attribute(i.name))
    for obj in value.objects() if declared else ():
        if obj.kind in (Kind.EXTERNAL, Kind.FIELD) and obj.cls is None:
            frame.hints.setdefault(obj, declared)
    return state


@transfers(ir.GetAttribute)
def _get_attribute(frame: Frame, state: State, i: ir.GetAttribute) -> State | None:
    base = frame.registers[i.base]
    hint = frame.register_names.get(i.base, "")
    value, after = read_attribute(frame, state, base, i.name, i.span, hint, call_values)
    frame.registers[i.target] = value
    frame.register_names[i.target] = i.name
    return after


@transfers(ir.SetAttribute)
def _set_attribute(frame: Frame, state: State, i: ir.SetAttribute) -> State:
    base, value = frame.world.resolve(frame.registers[i.base]), frame.registers[i.source]
    registration.set_attribute(frame, state, base, i.name, value, i.span, call_values)
    return state


@transfers(ir.DeleteAttribute)
def _delete_attribute(frame: Frame, state: State, i: ir.DeleteAttribute) -> State:
    write(frame, state, frame.registers[i.base], attribute(i.name), EMPTY)
    return state


@transfers(ir.GetItem)
def _get_item(frame: Frame, state: State, i: ir.GetItem) -> State | None:
    base, key = frame.world.resolve(frame.registers[i.base]), frame.world.resolve(frame.registers[i.key])
    hint = frame.register_names.get(i.base, "")
    special = _call_special(frame, state, base, "__getitem__", [key], i.span)
    if special is not None:
        frame.registers[i.target], after = special
        return after
    by_class = _class_getitem(frame, base)
    if by_class.atoms:
        frame.registers[i.target], after = call_values(frame, state, by_class, Arguments([key]), i.span)
        return after
    generic = _generic_alias(frame, state, base, key, i.span)
    value = generic if generic is not None else read_item(frame, state, base, key, i.span, hint)
    missing = _call_special(frame, state, base, "__missing__", [key], i.span)
    if missing is not None and missing[1] is not None:
        value, state = join(value, missing[0]), missing[1]
    value = guards.with_keys_person(state, base, key, value)
    modelled = frame.world.wiring.item(frame, state, base, key, value, i.span)
    frame.registers[i.target] = modelled if modelled is not None else value
    frame.register_names[i.target] = singular(hint)
    return state


def _generic_alias(frame: Frame, state: State, base: Value, key: Value, span: ir.Span) -> Value | None:
    """``Annotated[Account, Depends(load)]`` as a value."""
    for atom in base.atoms:
        if isinstance(atom, ApiAtom) and atom.receiver is None and _is_class_path(atom.path):
            made = frame.world.objects.new(frame.site(span), api=ApiPath(f"{atom.path}[]"))
            state.allocate(made)
            items = key.only_object()
            if items is not None and items.api == TUPLE:
                for name, item in [(k, v) for k, v in state.heap.get(items, {}).items() if k.startswith("[")]:
                    state.store(made, name, item)
            else:
                state.store(made, index(0), key)
            return of(made)
        if isinstance(atom, ClassAtom):
            return of(atom)
    return None


def _class_getitem(frame: Frame, base: Value) -> Value:
    """What a class of the program says ``Class[key]`` is."""
    bound: list[Atom] = []
    for atom in base.atoms:
        found = frame.world.class_attribute(atom.cls, "__class_getitem__") if isinstance(atom, ClassAtom) else None
        for each in found[0].atoms if found is not None else ():
            if isinstance(each, FunctionAtom) and isinstance(atom, ClassAtom):
                bound.append(BoundAtom(each.function, each.environment, frame.world.objects.class_object(atom.cls)))
    return of(*bound)


def _is_class_path(path: str) -> bool:
    last = path.rpartition(".")[2]
    return last[:1].isupper() or last in ("list", "dict", "set", "tuple", "frozenset", "type", "defaultdict", "deque")


def _call_special(
    frame: Frame, state: State, base: Value, name: str, arguments: list[Value], span: ir.Span
) -> tuple[Value, State | None] | None:
    """An operator that a class of the program defines."""
    return call_special(frame, state, base, name, arguments, span, call_values)


@transfers(ir.SetItem)
def _set_item(frame: Frame, state: State, i: ir.SetItem) -> State | None:
    base, key, value = frame.registers[i.base], frame.world.resolve(frame.registers[i.key]), frame.registers[i.source]
    special = _call_special(frame, state, base, "__setitem__", [key, value], i.span)
    if special is not None:
        return special[1]
    if frame.world.wiring.set_item(frame, state, base, key, value):
        return state
    constants, names = guards.fold(frame, key), item_names(frame, state, key)
    if names:
        write_items(frame, state, base, names, value)
        if constants is None:
            _note_key(frame, state, base, key)
        note_filled(state, base, const(True))
        guards.forget_keys(state, base)
    elif any(obj.api == "builtins.slice" for obj in key.objects()):
        forget_positions(frame, state, base)
        add_element(frame, state, base, elements(frame, state, value))
    else:
        only = base.only_object()
        fresh = only is not None and not elements(frame, state, base).atoms
        if only is not None and (fresh or state.stored(only, BY_KEY) is not None):
            guards.note_by_key(frame, state, only, key, value)
        write(frame, state, base, ELEMENT, value)
        note_filled(state, base, const(True))
        if constants or (key if key.objects() else data_of(frame, state, key)).atoms:
            _note_key(frame, state, base, key)
    for obj in base.objects():
        if not frame.is_input(obj):
            frame.world.publish_if_shared(frame, state, obj)
    return state


def _note_key(frame: Frame, state: State, base: Value, key: Value) -> None:
    names = data_of(frame, state, key) if not key.objects() else key
    for obj in base.objects():
        before = stored_value(frame, state, obj, KEYS)
        state.store(obj, KEYS, names if before is None else join(before, names))


@transfers(ir.DeleteItem)
def _delete_item(frame: Frame, state: State, i: ir.DeleteItem) -> State | None:
    special = _call_special(frame, state, frame.registers[i.base], "__delitem__", [frame.registers[i.key]], i.span)
    if special is not None:
        return special[1]
    constants = guards.fold(frame, frame.registers[i.key])
    note_filled(state, frame.registers[i.base], UNKNOWN_BOOLEAN)
    only = frame.registers[i.base].only_object()
    if only is not None and constants is not None and len(constants) == 1 and only.kind in (Kind.NEW, Kind.EXTERNAL):
        if only.api == LIST:
            _delete_position(frame, state, only, constants[0])
        else:
            remove_item(frame, state, only, index(constants[0].value))
    return state


def _delete_position(frame: Frame, state: State, items: Obj, position: Const) -> None:
    """What follows an element of a list takes its place."""
    length = known_length(frame, state, of(items))
    if length is None or not isinstance(position.value, int):
        return
    start = position.value if position.value >= 0 else position.value + length
    for place in range(max(start, 0), length - 1):
        state.store(items, index(place), read(frame, state, of(items), index(place + 1)))
    remove_item(frame, state, items, index(length - 1))


KINDS: Final = {
    BuildKind.TUPLE: TUPLE,
    BuildKind.LIST: LIST,
    BuildKind.SET: SET,
    BuildKind.GENERATOR: GENERATOR,
    BuildKind.SLICE: "builtins.slice",
}


@transfers(ir.Build)
def _build(frame: Frame, state: State, i: ir.Build) -> State | None:
    if i.kind is BuildKind.STRING:
        frame.registers[i.target], after = _string(frame, state, i)
        return after
    made = frame.world.objects.new(frame.site(i.span), api=ApiPath(KINDS[i.kind]))
    state.allocate(made)
    if not i.items and i.kind in (BuildKind.LIST, BuildKind.SET):
        state.store(made, FULL, const(False))
        frame.registers[i.target] = of(made)
        return state
    if i.kind is not BuildKind.SET and not any(item.starred for item in i.items):
        state.heap[made] = {index(n): frame.registers[item.register] for n, item in enumerate(i.items)}
        frame.registers[i.target] = of(made)
        return state
    position = 0
    exact = True
    for item in i.items:
        value = frame.registers[item.register]
        if item.starred:
            length = _starred(frame, state, made, value, position if exact else None)
            exact = exact and length is not None
            position += length or 0
        elif exact and i.kind is not BuildKind.SET:
            state.store(made, index(position), value)
            position += 1
        else:
            state.store_weakly(made, ELEMENT, value)
    frame.registers[i.target] = of(made)
    return state


def _starred(frame: Frame, state: State, made: Obj, value: Value, position: int | None) -> int | None:
    length = known_length(frame, state, value)
    if position is not None and length is not None:
        for offset in range(length):
            state.store(made, index(position + offset), read(frame, state, value, index(offset)))
        return length
    state.store_weakly(made, ELEMENT, elements(frame, state, value))
    return None


def _string(frame: Frame, state: State, i: ir.Build) -> tuple[Value, State | None]:
    """An f-string: its constant parts as a pattern, and the data of the others."""
    texts: list[str] = []
    data: list[Value] = []
    after: State | None = state
    telling = _is_telling(frame, i)
    for item in i.items:
        value = frame.world.resolve(frame.registers[item.register])
        text = _text_of(frame, value) if telling or not value.objects() else None
        texts.append(text if text is not None else "{}")
        shown, after = shown_as_text(frame, state, value, i.span, call_values)
        if after is None:
            return EMPTY, None
        state = after
        data.append(data_of(frame, state, shown))
    pattern = "".join(texts)
    whole: Atom = Const(pattern, str) if "{}" not in texts else Pattern(pattern[:2000])
    parts = [frame.world.resolve(frame.registers[item.register]) for item in i.items] if telling else []
    wholes = dict.fromkeys(urls_made_of(frame, parts) or [whole], NOTHING)
    return Value({**join_all(data).atoms, **wholes}), after


_TELLING: Final = re.compile(r"/|\b(select|insert|update|delete|from|where)\b", re.IGNORECASE)


def _is_telling(frame: Frame, i: ir.Build) -> bool:
    """Whether the string looks like a URL or SQL, of which every part counts: of other text the caller is not asked."""
    for item in i.items:
        constant = frame.registers[item.register].constant()
        if constant is not None and isinstance(constant.value, str) and _TELLING.search(constant.value):
            return True
    return False


def _text_of(frame: Frame, value: Value) -> str | None:
    constants = guards.fold(frame, value)
    if constants is not None and len(constants) == 1 and isinstance(constants[0].value, (str, int)):
        return str(constants[0].value)
    patterns = [atom for atom in value.atoms if isinstance(atom, Pattern)]
    return patterns[0].text if len(patterns) == 1 else None


@transfers(ir.BuildDict)
def _build_dict(frame: Frame, state: State, i: ir.BuildDict) -> State:
    made = frame.world.objects.new(frame.site(i.span), api=ApiPath(DICT))
    state.allocate(made)
    if not i.entries:
        state.store(made, FULL, const(False))
    base = of(made)
    for entry in i.entries:
        value = frame.registers[entry.value]
        if entry.key is None:
            merge_dict(frame, state, base, value)
            continue
        key = frame.world.resolve(frame.registers[entry.key])
        names = item_names(frame, state, key)
        if len(names) == 1:
            write(frame, state, base, names[0], value)
            if guards.fold(frame, key) is None:
                _note_key(frame, state, base, key)
        else:
            add_element(frame, state, base, value, key)
    frame.registers[i.target] = base
    return state


@transfers(ir.Append)
def _append(frame: Frame, state: State, i: ir.Append) -> State:
    value = frame.registers[i.value]
    base = frame.registers[i.container]
    key = frame.world.resolve(frame.registers[i.key]) if i.key is not None else None
    add_element(frame, state, base, attach(value, _facts_for_element(state)), key)
    _note_every(frame, state, base, value)
    only = base.only_object()
    if key is not None and only is not None:
        guards.note_by_key(frame, state, only, key, value)
    return state


def _facts_for_element(state: State) -> Truths:
    """Facts about this round travel with what the round adds; the join at the loop's head would do it, later."""
    return state.facts


def _note_every(frame: Frame, state: State, base: Value, value: Value) -> None:
    """What the truth of every element would prove: of each person that the loop runs over (``all``)."""
    only = base.only_object()
    if only is None:
        return
    implied = guards.truths_of(value)
    true, false = (_of_everybody(frame, state, facts) for facts in (implied.true, implied.false))
    before = state.stored(only, "@every")
    if before is not None:
        true, false = common(before.implied.true, true), common(before.implied.false, false)
    state.store(only, "@every", Value({}, Implied(true=true, false=false)))


def _of_everybody(frame: Frame, state: State, facts: Truths) -> Truths:
    """What is known of the person of every round of a comprehension, as said of all whom it runs over."""
    proven: Truths = NOTHING
    for truth in facts:
        if type(truth) is Fact and truth.subject is not None and truth.subject.root.kind is Kind.CURRENT:
            stands = origin(frame, state, truth.subject).objects()
            if len(stands) == 1 and _unconditional(frame, truth.subject.root):
                proven |= frozenset((truth._replace(subject=stands[0], every=True),))
    return proven


def _unconditional(frame: Frame, loop: Obj) -> bool:
    """Whether the comprehension adds an element in every round."""
    for block in frame.function.blocks:
        terminator = block.terminator
        if isinstance(terminator, ir.ForNext) and frame.site(terminator.span) == loop.key:
            return terminator.body == frame.block
    return False


@transfers(ir.Unpack)
def _unpack(frame: Frame, state: State, i: ir.Unpack) -> State | None:
    source, after = iterated(frame, state, frame.world.resolve(frame.registers[i.source]), i.span, call_values)
    if after is None:
        return None
    state = after
    count = len(i.targets)
    hint = frame.register_names.get(i.source, "")
    for position, target in enumerate(i.targets):
        if i.star < 0 or position < i.star:
            value = _position(frame, state, source, position, position - count if i.star < 0 else None)
        elif position == i.star:
            value = _rest(frame, state, source, position, count - position - 1, i, target)
        else:
            value = _position(frame, state, source, None, position - count)
        frame.registers[target] = value
        frame.register_names[target] = singular(hint)
    return state


def _position(frame: Frame, state: State, source: Value, ahead: int | None, behind: int | None) -> Value:
    """The element at a position counted from the front, or, behind a starred target, from the back."""
    parts: list[Value] = []
    for atom, carried in source.atoms.items():
        one = Value({atom: carried})
        if ahead is not None:
            parts.append(read(frame, state, one, index(ahead)))
        elif behind is not None:
            parts.append(read(frame, state, one, index(behind)))
    return join_all(parts)


def _rest(
    frame: Frame, state: State, source: Value, start: int, behind: int, i: ir.Unpack, target: ir.Register
) -> Value:
    made = frame.world.objects.new(f"{frame.site(i.span)}*{target}", api=ApiPath(LIST))
    state.allocate(made)
    length = known_length(frame, state, source)
    if length is not None:
        for offset, position in enumerate(range(start, length - behind)):
            state.store(made, index(offset), read(frame, state, source, index(position)))
    else:
        state.store(made, ELEMENT, elements(frame, state, source))
    return of(made)


@transfers(ir.Binary)
def _binary(frame: Frame, state: State, i: ir.Binary) -> State | None:
    left, right = frame.world.resolve(frame.registers[i.left]), frame.world.resolve(frame.registers[i.right])
    value, after = binary(frame, state, i.operator, left, right, i.in_place, i.span, call_values)
    frame.registers[i.target] = value
    return after


@transfers(ir.Unary)
def _unary(frame: Frame, state: State, i: ir.Unary) -> State | None:
    operand = frame.world.resolve(frame.registers[i.operand])
    frame.registers[i.target], after = unary(frame, state, i.operator, operand, i.span, call_values)
    return after


@transfers(ir.Compare)
def _compare(frame: Frame, state: State, i: ir.Compare) -> State | None:
    left, right = frame.world.resolve(frame.registers[i.left]), frame.world.resolve(frame.registers[i.right])
    special = compared(frame, state, i.operator, left, right, i.span, call_values)
    answer, after = special if special is not None else (EMPTY, state)
    if after is None:
        return None
    state = after
    modelled = frame.world.wiring.compare(frame, state, i.operator, left, right, i.span)
    if modelled is not None:
        frame.registers[i.target] = modelled
        return state
    _note_comparison(frame, i, left, right)
    true, false = guards.compare(frame, state, i.operator, left, right, i.span)
    outcome = _known_comparison(frame, i.operator, left, right)
    implied = Implied(true, false) if true or false else NO_IMPLICATION
    frame.registers[i.target] = Value({**(outcome or UNKNOWN_BOOLEAN).atoms, **answer.atoms}, implied)
    return state


POSITIVE: Final = {"==": True, "is": True, "in": True, "!=": False, "is not": False, "not in": False}


def _note_comparison(frame: Frame, i: ir.Compare, left: Value, right: Value) -> None:
    """``mode == "preview"`` with an input: the same condition may be asked again."""
    frame.comparisons.pop(i.target, None)
    name = _input_name(frame, left)
    constant = right.constant()
    if name is not None and constant is not None and i.operator in POSITIVE:
        frame.comparisons[i.target] = (f"{name} == {constant.value!r}", POSITIVE[i.operator])


def _known_comparison(frame: Frame, operator: str, left: Value, right: Value) -> Value | None:
    a, b = guards.fold(frame, left), guards.fold(frame, right)
    if a is None or b is None or len(a) != 1 or len(b) != 1:
        return None
    x, y = a[0].value, b[0].value
    if operator in ("==", "is"):
        return const(x == y and type(x) is type(y)) if type(x) is type(y) or x is None or y is None else None
    if operator in ("!=", "is not"):
        return const(x != y or type(x) is not type(y)) if type(x) is type(y) or x is None or y is None else None
    return None


@transfers(ir.Call)
def _call(frame: Frame, state: State, i: ir.Call) -> State | None:
    function = frame.world.resolve(frame.registers[i.function])
    arguments = Arguments()
    for argument in i.arguments:
        value = frame.world.resolve(frame.registers[argument.register])
        if argument.kind is ArgumentKind.POSITIONAL:
            if arguments.more is None:
                arguments.positional.append(value)
            else:
                arguments.more = join(arguments.more, value)
        elif argument.kind is ArgumentKind.KEYWORD:
            arguments.keywords[argument.keyword] = value
        elif argument.kind is ArgumentKind.STAR:
            add_star(frame, state, arguments, value)
        else:
            add_double_star(frame, state, arguments, value)
    outcome = registration.decorate(frame, state, i, function, arguments)
    if outcome is None:
        made = call(frame, state, function, arguments, i.span)
        outcome = made.value, made.state
    frame.registers[i.target], after = outcome
    if after is not None:
        frame.may_raise(after)
    return after


@transfers(ir.MakeFunction)
def _make_function(frame: Frame, state: State, i: ir.MakeFunction) -> State:
    function = frame.world.function(i.function)
    captures = function is not None and bool(function.frees)
    for name, register in i.defaults:
        frame.world.keep_default(frame, state, i.function, name, frame.registers[register])
    frame.registers[i.target] = of(FunctionAtom(i.function, frame.cells if captures else None))
    return state


@transfers(ir.MakeClass)
def _make_class(frame: Frame, state: State, i: ir.MakeClass) -> State:
    registration.make_class(frame, state, i, call_values)
    frame.registers[i.target] = of(ClassAtom(i.class_id))
    return state


@transfers(ir.Import)
def _import(frame: Frame, state: State, i: ir.Import) -> State:
    name = i.module.partition(".")[0] if i.top else i.module
    frame.registers[i.target] = _module_value(frame, name)
    if i.top and "." in i.module:
        frame.world.program.find(i.module, frame.module.name)
    return state


def _module_value(frame: Frame, name: str) -> Value:
    found = frame.world.program.find(name, frame.module.name)
    return of(ModuleAtom(found)) if found is not None else of(ApiAtom(ApiPath(frame.world.policy.canonical(name))))


@transfers(ir.ImportFrom)
def _import_from(frame: Frame, state: State, i: ir.ImportFrom) -> State:
    module = absolute_name(frame, i.module, i.level)
    found = frame.world.program.find(module, frame.module.name)
    if found is not None:
        value = of(LazyImport(found, i.name))
    else:
        inner = frame.world.program.find(f"{module}.{i.name}", frame.module.name)
        value = of(ModuleAtom(inner)) if inner is not None else frame.world.exported(f"{module}.{i.name}")
    frame.registers[i.target] = value
    return state


def absolute_name(frame: Frame, module: str, level: int) -> str:
    if level == 0:
        return module
    parts = frame.module.name.split(".")
    if not frame.module.is_package:
        parts = parts[:-1]
    parts = parts[: len(parts) - (level - 1)]
    return ".".join([*parts, module] if module else parts)


@transfers(ir.ImportStar)
def _import_star(frame: Frame, state: State, i: ir.ImportStar) -> State:
    module = absolute_name(frame, i.module, i.level)
    found = frame.world.program.find(module, frame.module.name)
    holder = frame.world.objects.module(ModuleName(frame.module.name))
    value = of(ModuleAtom(found)) if found is not None else of(ApiAtom(ApiPath(module)))
    frame.world.shared.write(holder, "@stars", value)
    return state


@transfers(ir.Iterate)
def _iterate(frame: Frame, state: State, i: ir.Iterate) -> State | None:
    source = frame.world.resolve(frame.registers[i.source])
    frame.register_names[i.target] = frame.register_names.get(i.source, "")
    frame.may_raise(state)
    special = _call_special(frame, state, source, "__aiter__", [], i.span)
    if special is not None:
        value, after = special
        frame.registers[i.target] = _with_anext(frame, after, value, i.span) if after is not None else value
        return after
    drawn, after = iterated(frame, state, source, i.span, call_values)
    if drawn is source:
        drawn = frame.world.wiring.iterate(frame, state, source, i.span) or source
    frame.registers[i.target] = drawn
    return after


def _with_anext(frame: Frame, state: State, iterator: Value, span: ir.Span) -> Value:
    """Of an asynchronous iterator whose class defines ``__anext__``: what that gives."""
    special = _call_special(frame, state, iterator, "__anext__", [], span)
    if special is None or special[1] is None:
        return iterator
    made = frame.world.objects.new(frame.site(span) + "~iterator", api=ApiPath(LIST))
    state.allocate(made)
    state.store(made, ELEMENT, awaited(frame, state, special[0]).value)
    return of(made)


@transfers(ir.Await)
def _await(frame: Frame, state: State, i: ir.Await) -> State | None:
    special = _call_special(frame, state, frame.registers[i.source], "__await__", [], i.span)
    if special is not None:
        value, after = special
        frame.registers[i.target] = read(frame, after, value, RETURNED) if after is not None else EMPTY
        return after
    outcome = awaited(frame, state, frame.registers[i.source])
    frame.registers[i.target] = outcome.value
    frame.register_names[i.target] = frame.register_names.get(i.source, "")
    return outcome.state


@transfers(ir.Yield)
def _yield(frame: Frame, state: State, i: ir.Yield) -> State:
    if frame.collecting:
        frame.yielded.append(attach(frame.registers[i.source], state.facts))
        frame.inside = state.facts if frame.inside is None else common(frame.inside, state.facts)
    frame.may_raise(state)
    sent = of(frame.world.objects.parameter(frame.function.id, SENT))
    if frame.handler >= 0:
        frame.raise_value(state, sent)  # ``throw``
    frame.registers[i.target] = sent
    return state


@transfers(ir.YieldFrom)
def _yield_from(frame: Frame, state: State, i: ir.YieldFrom) -> State:
    source = frame.registers[i.source]
    if frame.collecting:
        frame.yielded.append(attach(elements(frame, state, source), state.facts))
        frame.inside = state.facts if frame.inside is None else common(frame.inside, state.facts)
    frame.may_raise(state)
    frame.registers[i.target] = read(frame, state, source, RETURNED)
    return state


@transfers(ir.EnterContext)
def _enter(frame: Frame, state: State, i: ir.EnterContext) -> State | None:
    manager = frame.registers[i.manager]
    frame.may_raise(state)
    special = _call_special(frame, state, manager, "__aenter__" if i.is_async else "__enter__", [], i.span)
    if special is not None:
        value, after = special
        if after is None:
            return None
        if i.is_async:
            outcome = awaited(frame, after, value)
            value, after = outcome.value, outcome.state
            if after is None:
                return None
        frame.registers[i.target] = value
        state = after
    else:
        if i.is_async:
            outcome = awaited(frame, state, manager)
            manager = outcome.value if outcome.state is not None else manager
        frame.registers[i.target] = _entered(frame, state, manager)
    _learn_inside(frame, state, frame.registers[i.manager])
    frame.register_names[i.target] = frame.register_names.get(i.manager, "")
    return state


def _entered(frame: Frame, state: State, manager: Value) -> Value:
    parts: list[Value] = []
    for atom, carried in manager.atoms.items():
        if type(atom) is Obj and atom.api == GENERATOR:
            parts.append(carrying(read(frame, state, of(atom), ELEMENT), carried))
        else:
            parts.append(Value({atom: carried}))
    return join_all(parts)


def _learn_inside(frame: Frame, state: State, manager: Value) -> None:
    """What holds in the body of a ``with``: every manager that it may be proves it."""
    learned: Truths | None = None
    for atom in manager.atoms:
        if isinstance(atom, (Label, Data)) and manager.objects():
            continue  # what went into the manager
        inside = stored_value(frame, state, atom, "@inside") if type(atom) is Obj else None
        facts = inside.implied.true if inside is not None else NOTHING
        learned = facts if learned is None else common(learned, facts)
    if learned:
        state.learn(learned)


@transfers(ir.ExitContext)
def _exit(frame: Frame, state: State, i: ir.ExitContext) -> State | None:
    special = _call_special(
        frame, state, frame.registers[i.manager], "__aexit__" if i.is_async else "__exit__", [EMPTY] * 3, i.span
    )
    after = special[1] if special is not None and special[1] is not None else state
    _forget_inside(frame, after, frame.registers[i.manager])
    return after


def _forget_inside(frame: Frame, state: State, manager: Value) -> None:
    """What a policy says of the body of a ``with`` ends with it."""
    for obj in manager.objects():
        within = stored_value(frame, state, obj, WITHIN)
        if within is not None:
            state.facts -= within.implied.true


SUPPRESSING: Final = frozenset({"contextlib.suppress()"})


@transfers(ir.Suppresses)
def _suppresses(frame: Frame, state: State, i: ir.Suppresses) -> State:
    """Whether the manager may keep an exception from going on."""
    manager = frame.registers[i.manager]
    may = any(
        type(atom) is Obj and (atom.api in SUPPRESSING or stored_value(frame, state, atom, "@swallows") is not None)
        for atom in manager.atoms
    )
    given = [EMPTY, state.variables.get(IN_FLIGHT, EMPTY), EMPTY]
    special = _call_special(frame, state, manager, "__exit__", given, i.span) or _call_special(
        frame, state, manager, "__aexit__", given, i.span
    )
    if special is not None and special[1] is not None:
        value = awaited(frame, state, special[0]).value
        may = may or any(not (type(atom) is Const and not atom.value) for atom in value.atoms)
    frame.registers[i.target] = UNKNOWN_BOOLEAN if may else const(False)
    return state


@transfers(ir.Caught)
def _caught(frame: Frame, state: State, i: ir.Caught) -> State:
    frame.registers[i.target] = state.variables.get(IN_FLIGHT, EMPTY)
    return state


@transfers(ir.ExceptionMatches)
def _exception_matches(frame: Frame, state: State, i: ir.ExceptionMatches) -> State:
    frame.registers[i.target] = UNKNOWN_BOOLEAN
    return state


@transfers(ir.MatchClass)
def _match_class(frame: Frame, state: State, i: ir.MatchClass) -> State:
    frame.registers[i.target] = UNKNOWN_BOOLEAN
    return state


@transfers(ir.MatchPosition)
def _match_position(frame: Frame, state: State, i: ir.MatchPosition) -> State | None:
    subject, kind = frame.registers[i.subject], frame.registers[i.kind]
    names = None
    for atom in kind.atoms:
        if isinstance(atom, ClassAtom):
            names = registration.match_arguments(frame, atom.cls)
    if names is None or i.index >= len(names):
        frame.registers[i.target] = subject
        return state
    value, after = read_attribute(frame, state, subject, names[i.index], i.span, "", call_values)
    frame.registers[i.target] = value
    return after


@transfers(ir.MatchShape)
def _match_shape(frame: Frame, state: State, i: ir.MatchShape) -> State:
    frame.registers[i.target] = UNKNOWN_BOOLEAN
    return state


@transfers(ir.Assumed)
def _assumed(frame: Frame, state: State, i: ir.Assumed) -> State:
    state.facts = frozenset(
        fact._replace(asserted=True) if type(fact) is Fact and fact.location.line == i.span.line else fact
        for fact in state.facts
    )
    return state
