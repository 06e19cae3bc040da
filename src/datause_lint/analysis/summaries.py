"""Summaries of functions, found when they are asked for: once for each context that the function can tell apart.

Recursion is solved inside a round: a call that is running already is told an approximation, and the function runs again
until what was told is what it does. What leads off every way to a sink has fuel, and is given up beyond it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from datause_lint.analysis.memo import Answer, Context, Node, Path, Question, is_root, walk
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.summary import Summary
from datause_lint.ir.module import FunctionIR, FunctionKind, ModuleIR
from datause_lint.names import FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

MAXIMAL_RUNS = 6  # of a recursive function, until its summary must stand still
MANY_CONTEXTS = 12  # of one function: from here on, texts no longer tell contexts apart; at twice, no constants
MAXIMAL_RUNS_A_ROUND = 48  # of one function in all its contexts
MAXIMAL_REPEATS = 3  # of a function that rests on what a recursion further out is told, in one round
FUEL = 100  # instructions that are run for a call that leads off every way to a sink, with all that it calls
DEEPER = 1_000  # for those calls, once all else is found: in a program that has not used up what it may cost
DEEPEST = 8_000  # and in a small one
BODY_BUDGET = 8_000  # instructions that are run for the body of a module, with all that it calls
BODIES_BUDGET = 150_000  # and for those of all modules
LEAST_FOR_A_BODY = 300  # also when that is used up
OWN_BUDGET = 12_000  # instructions that are run for one function itself, in all its runs; more when others had theirs
OVERDRAFT = 8_000  # instructions that a function may run beyond its budget: for what it is in the middle of
WORTH_ANOTHER_RUN = 2  # times the budget that was not enough
MAXIMAL_CALL_DEPTH = 32  # of functions that are being run inside each other
MAXIMAL_NESTING = 2  # of one function's contexts inside each other

Runner = Callable[["World", FunctionIR, ModuleIR, Context, Path], Summary]


class OutOfFuel(Exception):
    """A function is given up."""


class Summaries:
    def __init__(self, world: World, run: Runner) -> None:
        self.budget = 0  # instructions that may still be run for the function that is being asked about
        self.overdraft = OVERDRAFT
        self.left_for_bodies = BODIES_BUDGET
        self.own_budget = OWN_BUDGET
        self.dear: dict[FunctionId, None] = {}  # functions that were not run again since they have used that up
        self.fuel = FUEL  # for a call that leads off every way to a sink
        self._is_deep = False  # what calls something that was given up may still come to its end
        self.left_out: dict[FunctionId, None] = {}  # functions that were not run for lack of budget
        self.round = 0  # of the fixpoint over shared state
        self.on_way: Callable[[FunctionIR], bool] = lambda function: True  # whether it may lie on a way to a sink
        self._world = world
        self._run = run
        self._memos: dict[tuple[FunctionId, bool], Node] = {}  # and whether nobody calls: other questions come up
        self._contexts: dict[FunctionId, int] = {}  # the most that were asked for in one round
        self._of_round: dict[tuple[FunctionId, int], int] = {}  # those of a round
        self._depth = 0
        self._running: dict[FunctionId, list[_Run]] = {}
        self._runs: dict[tuple[FunctionId, int], int] = {}
        self._last: dict[FunctionId, Summary] = {}
        self._of_some: set[FunctionId] = set()  # those that did it for what one caller has told them of what they ask
        self._fuel: int | None = None  # instructions left for what is called off the way; None: on it
        self._starved = False  # whether some call was left out for lack of fuel
        self._short: dict[FunctionId, None] = {}  # for what fuel has not sufficed
        self._hungry = False  # whether it has not sufficed for something that has been called, however far down
        self._missing: dict[FunctionId, None] = {}  # what was not run for lack of budget, of what is being run
        self._spent: dict[FunctionId, int] = {}  # on each function itself, in all its runs
        self._innermost: FunctionId | None = None  # of those that are being run
        self._given_up: dict[FunctionId, int] = {}  # the most fuel that was not enough for it
        self._exceeded: dict[FunctionId, int] = {}  # the most budget, with the overdraft, that it has used up in vain

    def functions_run(self) -> frozenset[FunctionId]:
        return frozenset(self._last)

    def of(self, name: FunctionId, context: Context) -> Summary | None:
        """The function's summary in the context; None where there is no such function."""
        function = self._world.function(name)
        if function is None:
            return None
        root = self._memos.setdefault((name, is_root(context)), Node())
        contexts = self._contexts.get(name, 0)
        running = self._running.get(name, [])
        nested = len(running) >= MAXIMAL_NESTING  # in its last call, the constants are others than in the first
        if contexts >= MANY_CONTEXTS or nested:
            context = Coarse(context, texts_only=contexts < 2 * MANY_CONTEXTS and not nested)
        node, complete = walk(root, context)
        if complete and node.running:
            node.recursive = True
            self._world.shared.note_run(("run", id(node)))
            assert node.approximation is not None
            return node.approximation
        if complete and node.summary is not None and self._usable(node, function):
            self._world.shared.note_result(node)
            self._note_context(name, node)
            return node.summary
        runs = self._runs[name, self.round] = self._runs.get((name, self.round), 0) + 1
        if len(running) > MAXIMAL_NESTING:  # it does with other inputs what it does with these
            outermost = running[0]
            outermost.tip.recursive = True
            self._world.shared.note_run(("run", id(outermost.tip)))
            return outermost.told
        if runs > MAXIMAL_RUNS_A_ROUND:
            self._world.cut[name] = None
            return node.summary or self._known_before(name)
        if function.kind is FunctionKind.FUNCTION and self._spent.get(name, 0) > self.own_budget:
            return self._before_it_was_dear(name, node)
        if self._is_too_dear(function):
            self._leave_out(name)
            return node.summary or self._known_before(name)
        starving = self._is_starving(function)
        self._starved = self._starved or starving
        if starving:
            self._fall_short(name)
        if starving or self.budget <= 0 or self._depth >= MAXIMAL_CALL_DEPTH:
            if self.budget <= 0:
                self._leave_out(name)
            else:
                self._world.cut[name] = None
            return node.summary or self._known_before(name)
        module = self._world.module(self._world.module_of(name))
        assert module is not None
        return self._solve(function, module, context, root)

    def _note_context(self, name: FunctionId, node: Node) -> None:
        """Contexts of earlier rounds, when less was known of what the function asks for, are none any more."""
        if node.asked == self.round:
            return
        node.asked = self.round
        count = self._of_round[name, self.round] = self._of_round.get((name, self.round), 0) + 1
        self._contexts[name] = max(count, self._contexts.get(name, 0))

    def _known_before(self, name: FunctionId) -> Summary:
        """What counts for a function that is not run: what it did in any context, or that nothing is known of it."""
        known = self._last.get(name)
        if known is None:
            return Summary(name, comes_back=True, cut=True, opaque=True)
        if name not in self._of_some:
            return known
        return known.for_others(self._world.objects.external(f"{name}@otherwise", None))

    def owes(self, name: FunctionId) -> bool:
        """Whether data goes into a sink from the function itself, by what it did when it was run last."""
        known = self._last.get(name)
        return known is not None and bool(known.obligations)

    def _remember(self, summary: Summary, context: Context, root: Node, tip: Node) -> None:
        self._last[summary.function] = summary
        if tip is root or is_root(context):
            self._of_some.discard(summary.function)
        else:
            self._of_some.add(summary.function)

    def _before_it_was_dear(self, name: FunctionId, node: Node) -> Summary:
        """What a function did when it was run last, for as long as others have not had theirs: whoever rests on it is
        told when it is run again. One that was never run so counts as cut, since nobody is told."""
        self.dear[name] = self._missing[name] = None
        if node.summary is None:
            self._world.cut[name] = None
            return self._known_before(name)
        self._world.shared.note_result(node)
        return node.summary

    def _leave_out(self, *names: FunctionId) -> None:
        for each in names:
            self._missing[each] = self.left_out[each] = None

    def _usable(self, node: Node, function: FunctionIR) -> bool:
        """A summary of this round stands for the whole round: what has changed since is for the next one to see, if it
        is still there then."""
        if node.starved and self._has_more_fuel_for(function, node):
            return False
        if node.granted is not None and node.granted < self.fuel:
            return False
        if node.left_out and self.budget > WORTH_ANOTHER_RUN * node.budget:
            return False
        if node.own_budget is not None and node.own_budget < self.own_budget:
            return False
        self._starved = self._starved or node.starved
        self._hungry = self._hungry or node.granted is not None
        self._leave_out(*node.left_out)
        if node.round == self.round:
            if self._world.shared.has_passed(node):
                return False
            if self._world.shared.unchanged(node.reads.runs):
                return True
            node.repeats += 1
            if node.repeats > MAXIMAL_REPEATS:
                self._world.cut[node.summary.function] = None  # type: ignore[union-attr]  # asked only of a node with one
                return True
            return False
        node.repeats = 0
        return self._world.shared.holds(node)

    def _solve(self, function: FunctionIR, module: ModuleIR, context: Context, root: Node) -> Summary:
        """Runs the function until what recursive calls were told of it is what it does.

        A function that rests on the approximation of one further out runs once: that one will run it again.
        """
        self._depth += 1
        outer, self._innermost = self._innermost, function.id
        fuel, starved, hungry, missing = self._fuel, self._starved, self._hungry, self._missing
        self._fuel, self._starved, self._hungry, self._missing = self._fuel_for(function), False, False, {}
        try:
            return self._iterate(function, module, context, root)
        finally:
            self._depth -= 1
            self._innermost = outer
            off_way = fuel is not None and self._is_off_way(function)
            self._fuel = self._fuel if off_way else fuel
            self._starved = starved or (self._starved and off_way)
            self._hungry = hungry or self._hungry
            self._missing = {**missing, **self._missing}

    def _is_too_dear(self, function: FunctionIR) -> bool:
        """Whether the function would be given up half-way again: it has been with as much, or is longer than that."""
        is_body = function.kind is not FunctionKind.FUNCTION  # what has been run of one is not in vain
        least = 0 if is_body else length(function)
        return self.budget + self.overdraft < max(least, self._exceeded.get(function.id, -1) + 1)

    def _is_starving(self, function: FunctionIR) -> bool:
        """Whether there is no fuel for the function, or as little as was not enough for it before."""
        fuel = self._fuel_for(function)
        if fuel is None:
            return self._fuel is not None and self._fuel <= 0 and function.kind is FunctionKind.FUNCTION
        return fuel <= self._given_up.get(function.id, 0)

    def spend(self, instructions: int) -> None:
        """Raises OutOfFuel: calls are left out when there is no more, and then what calls them, too."""
        self.budget -= instructions
        if self._innermost is not None:
            self._spent[self._innermost] = self._spent.get(self._innermost, 0) + instructions
        if self._depth and self.budget < -self.overdraft:  # only a function that is being run can be given up
            raise OutOfFuel
        if self._fuel is not None:
            self._fuel -= instructions
            if self._fuel < -self.fuel:
                raise OutOfFuel

    def grant_more(self) -> bool:
        """To functions that are dear by themselves: the others have had theirs. Whether there is one."""
        if not self.dear:
            return False
        self.dear.clear()
        self.own_budget *= 2
        return True

    def deepen(self, fuel: int) -> bool:
        """Grants calls off the way more. Whether there was one for which that matters."""
        if not self._short:
            return False
        for name in self._short:
            self._world.cut.pop(name, None)
        self._short.clear()
        self.fuel, self._is_deep = fuel, True
        return True

    def _fall_short(self, name: FunctionId) -> None:
        self._hungry = True
        self._short[name] = None

    @contextmanager
    def apart(self) -> Iterator[None]:
        """For the body of a module, which runs once for everybody: whoever comes by it first does not pay for it, and
        it does not go without because that one has used up what it had."""
        budget, fuel, starved, missing = self.budget, self._fuel, self._starved, self._missing
        granted = self.budget = min(BODY_BUDGET, max(self.left_for_bodies, LEAST_FOR_A_BODY))
        overdraft, self.overdraft, self._fuel = self.overdraft, OVERDRAFT, None
        try:
            yield
        finally:
            self.left_for_bodies -= granted - self.budget
            self.budget, self.overdraft = budget, overdraft
            self._fuel, self._starved, self._missing = fuel, starved, missing

    def _is_off_way(self, function: FunctionIR) -> bool:
        return function.kind is FunctionKind.FUNCTION and not self.on_way(function)

    def _fuel_for(self, function: FunctionIR) -> int | None:
        """What a function that is called from here may use: off the way, what is left; on it, no end."""
        if not self._is_off_way(function):
            return None
        return self.fuel if self._fuel is None else self._fuel

    def _has_more_fuel_for(self, function: FunctionIR, node: Node) -> bool:
        """Than when its summary was found, for want of fuel without some of what it calls."""
        fuel = self._fuel_for(function)
        return fuel is None or fuel > (node.fuel or 0)

    def _iterate(self, function: FunctionIR, module: ModuleIR, context: Context, root: Node) -> Summary:
        fuel, left, budget = self._fuel, self._fuel, self.budget
        node, complete = walk(root, context)
        told = node.summary if complete and node.summary is not None else Summary(function.id)
        for _ in range(MAXIMAL_RUNS):
            self._fuel = fuel  # a recursion that comes to rest costs what its dearest run does
            run, afforded = _Run(root, told), self.budget + self.overdraft
            self._running.setdefault(function.id, []).append(run)
            self._world.shared.begin()
            given_up = False
            try:
                summary = self._run(self._world, function, module, context, run)
            except OutOfFuel:
                given_up = True
                self._give_up(function.id, fuel, afforded)
                summary = self._known_before(function.id)
            finally:
                reads = self._world.shared.end()
                self._running[function.id].pop()
                if left is not None and self._fuel is not None:
                    left = self._fuel = min(left, max(self._fuel, 0) if self._is_deep else self._fuel)
            used, tip = run.finish(), run.tip
            if not given_up:
                tip.end()
            settled, told = given_up or not used or summary.same_as(told), summary
            self._note_context(function.id, tip)
            changed = tip.summary is None or not summary.same_as(tip.summary)
            tip.summary, tip.round = summary, self.round
            tip.fuel, tip.starved = fuel, self._starved and fuel is not None
            tip.granted = self.fuel if self._hungry else None
            tip.budget, tip.left_out = budget, self._missing
            tip.own_budget = self.own_budget if any(each in self.dear for each in self._missing) else None
            if fuel is None:  # what is owed so far is owed; off the way, what is told for a start is too little
                self._remember(summary, context, root, tip)
            if settled:
                reads.runs = {name: version for name, version in reads.runs.items() if name not in used}
            tip.rests_on(reads, changed=changed)
            for name in used if not settled else ():
                self._world.shared.bump_run(name)
            if settled or not reads.runs.keys() <= used.keys():
                self._remember(summary, context, root, tip)
                self._world.shared.note_result(tip)
                return summary
        self._world.cut[function.id] = None
        summary.cut = True
        self._remember(summary, context, root, tip)
        reads.runs = {name: version for name, version in reads.runs.items() if name not in used}
        self._world.shared.note_result(tip)
        return summary

    def _give_up(self, name: FunctionId, fuel: int | None, afforded: int) -> None:
        if self.budget < -self.overdraft:
            self._exceeded[name] = max(afforded, self._exceeded.get(name, 0))
            self._leave_out(name)
            return
        self._world.cut[name] = None
        self._starved = True
        if fuel is not None:
            self._fall_short(name)
            self._given_up[name] = max(fuel, self._given_up.get(name, 0))


def length(function: FunctionIR) -> int:
    """How many instructions it has."""
    return sum(len(block.instructions) for block in function.blocks)


class _Run:
    """The tip of the path that a running analysis makes through the trie: a Path (see memo)."""

    def __init__(self, root: Node, told: Summary) -> None:
        self.told = told  # what recursive calls are told that the function does: what it did last time
        self.tip = root
        self._used: dict[tuple[str, int], None] = {}  # nodes whose approximation a recursive call took
        self._mark()

    def step(self, question: Question, answer: Answer) -> _Run:
        self._leave()
        self.tip = self.tip.step(question, answer)
        self._mark()
        return self

    def _leave(self) -> None:
        self.tip.running = False
        if self.tip.recursive:
            self._used["run", id(self.tip)] = None

    def _mark(self) -> None:
        self.tip.running = True
        self.tip.recursive = False
        self.tip.approximation = self.told

    def finish(self) -> dict[tuple[str, int], None]:
        self._leave()
        return self._used


class Coarse:
    """A context that does not tell constant texts, or any constants: a function is called with too many."""

    def __init__(self, context: Context, *, texts_only: bool) -> None:
        self._context = context
        self._texts_only = texts_only
        self.root = getattr(context, "root", False)

    def answer(self, obj: Obj, question: str) -> Answer:
        return tuple(each for each in self._context.answer(obj, question) if not self._is_dropped(each))

    def _is_dropped(self, descriptor: Hashable) -> bool:
        if not isinstance(descriptor, tuple) or descriptor[0] not in ("const", "pattern"):
            return False
        return not self._texts_only or descriptor[0] == "pattern" or isinstance(descriptor[2], str)


class _NoCaller:
    """The context of code that nobody in the program calls."""

    root = True

    def answer(self, obj: Obj, question: str) -> Answer:
        return ()


NO_CALLER = _NoCaller()
