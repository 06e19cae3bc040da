"""One function under analysis: what it knows of its inputs, and where what it finds is collected."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from datause_lint.analysis.atoms import (
    ApiAtom,
    Atom,
    BoundAtom,
    ClassAtom,
    Const,
    FunctionAtom,
    MethodAtom,
    ModuleAtom,
    Pattern,
)
from datause_lint.analysis.facts import NOTHING, Truths, common
from datause_lint.analysis.lost_facts import attach
from datause_lint.analysis.memo import Answer, Context, Path
from datause_lint.analysis.objects import ENVIRONMENT, SELF, Obj, attribute
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.summary import Frame as FramePlace
from datause_lint.analysis.summary import GuardSite, Obligation
from datause_lint.analysis.types import Types
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.findings.finding import Location
from datause_lint.ir.instructions import Register, Span
from datause_lint.ir.module import FunctionIR, FunctionKind, ModuleIR

if TYPE_CHECKING:
    from datause_lint.analysis.arguments import Arguments
    from datause_lint.analysis.late import Drawn, Sources
    from datause_lint.analysis.world import World

IN_FLIGHT = "@exception"  # the variable that holds it
SHAPE = "shape"
KEYS_OF = "keys"
EXACT = ("exact",)  # of a shape: the objects are of the classes that it names, and of none below them
OTHER = ("other",)  # of a shape: the value may be something else beside what is named
HAS = "has"  # whether something was put there: into some of the objects that it may be, or into every one
SOME, EVERY = ("some",), ("every",)
SENT = "sent"  # whether it is what somebody has sent with a request
ALL_KEYS = "all_keys"  # whether the keys of a dict that are known are all that it has
NO_SCALAR = "no_scalar"  # whether all that it may be are containers and plain instances
CALLED = "called"  # whether its name, where it has one, is a noun for a person, or for a record
HELD = "held"  # whether it is in an object that was made where all that is put into it is seen
COMPUTED = "computed"  # whether the code has put something else into the field than was read from it
LONG_TEXT = 80  # characters: prose, which no condition is about
_TELLING = re.compile(r"://|\bselect\b|\bwhere\b", re.IGNORECASE)


class Later:
    """A call that runs beside what follows it: it may see what the function does later.

    ``facts`` held where it was started. ``future`` is what holds its result; ``origin`` the place in a callee where it
    was started, of what has been started there.
    """

    __slots__ = ("arguments", "facts", "function", "future", "origin", "span")

    def __init__(
        self, function: Value, arguments: Arguments, span: Span, facts: Truths, origin: Span | None = None
    ) -> None:
        self.function = function
        self.arguments = arguments
        self.span = span
        self.facts = facts
        self.origin = origin
        self.future: Obj | None = None


class Frame:
    """The run of the analysis over one function in one context."""

    def __init__(self, world: World, function: FunctionIR, module: ModuleIR, context: Context, node: Path) -> None:
        self.world = world
        self.function = function
        self.module = module
        self.context = context
        self.node = node
        self.registers: list[Value] = [EMPTY] * function.registers
        self.register_names: dict[Register, str] = {}  # the variable or attribute that a register was read from
        self.holder_names: dict[Register, str] = {}  # of an attribute: that of what has it
        self.receiver_name = ""  # what the receiver of the method is called that is being called
        self.variable_names: dict[str, str] = {}  # what variables hold is called, where their own names do not tell
        self.hints: dict[Obj, Types] = {}
        self.clients: dict[str, Types] | None = None  # by the variable: what annotations say of it, once asked for
        self.reading: dict[tuple[Obj, str], Value] = {}  # fields of loops' elements, while one is read: ends circles
        self.types: dict[Obj, tuple[object, Types]] = {}  # what is known, and when it was found out
        self.answers: dict[tuple[Obj, str], Answer] = {}
        self.called_inputs: dict[Obj, None] = {}  # functions that only the caller knows: what they give may be data
        self.collecting = False  # the last pass over the function: its findings count
        self.obligations: dict[Hashable, Obligation] = {}
        self.guard_sites: dict[GuardSite, None] = {}
        self.comparisons: dict[Register, tuple[str, bool]] = {}  # conditions on inputs, by name; False: it is negated
        self.matches: dict[Register, tuple[Value, Value]] = {}  # by the test of a handler: what it takes, and leaves
        self.stale: set[tuple[str, Location]] = set()  # checks of what a variable held before
        self.overwritten: set[tuple[str, Location]] = set()  # checks of what a field held before
        self.handler: int = -1
        self.raised: dict[int, State] = {}  # states in which control reaches a handler
        self.yielded: list[Value] = []
        self.paused: list[State] = []  # where the generator yields: others see its objects as they are there
        self.inside: Truths | None = None  # what holds wherever the generator yields
        self.failing: State | None = None  # where an exception leaves the function
        self.raised_values: list[Value] = []
        self.noticed: list[Value] | None = None  # exceptions since somebody began to count them
        self.block = 0
        self.unawaited: dict[Obj, Later] = {}  # coroutines of which nobody has waited for the end
        self.generators: dict[Obj, Later] = {}  # the calls that made them
        self.late: dict[Obj, Drawn] = {}  # iterators that look at what they draw from when somebody draws
        self.woken: dict[Obj, None] = {}  # generators into which callees have sent something
        self.waits = False  # for what runs beside, here or in what it calls
        self.goes_on = False  # what a callee has started is looked at once more
        self.later: dict[Later, Sources] = {}  # calls that go on while this function does, with what they have seen
        self.told: dict[tuple[Obj, str], None] = {}  # where callees have put something that is known to all
        self.cut = False
        self.environment = world.objects.parameter(function.id, ENVIRONMENT)
        self.cells = world.objects.new(f"{function.id}#cells")
        self._depths: dict[str, int] = {}

    # ── places ────────────────────────────────────────────────────────────────────────────────────────────────────

    def site(self, span: Span) -> str:
        return f"{self.function.id}@{span.line}:{span.column}:{span.end_line}:{span.end_column}"

    def location(self, span: Span) -> Location:
        return Location(self.module.path, span.line, span.column, span.end_line, span.end_column)

    def place(self, span: Span) -> FramePlace:
        return FramePlace(self.function.id, self.location(span))

    # ── inputs ────────────────────────────────────────────────────────────────────────────────────────────────────

    def ask(self, obj: Obj, question: str) -> Answer:
        """The context's answer; the same one for the whole run."""
        known = self.answers.get((obj, question))
        if known is None:
            known = self.context.answer(obj, question)
            self.node = self.node.step((obj, question), known)
            self.answers[obj, question] = known
        return known

    def known_atoms(self, obj: Obj) -> tuple[Atom, ...]:
        """The functions, classes, constants and the like that a symbolic object of this frame may be."""
        if not self.is_input(obj):
            return ()
        found: list[Atom] = []
        for descriptor in self.ask(obj, SHAPE):
            atom = _atom_of(obj, descriptor)
            if atom is not None:
                found.append(self._at_home(obj, atom))
        return tuple(found)

    def _at_home(self, obj: Obj, atom: Atom) -> Atom:
        """A captured function that was defined beside what this one captures, under its own name, captures the same."""
        if type(atom) is not FunctionAtom or atom.environment is None or obj.base is None:
            return atom
        around, holder = self.function.parent, self.environment
        while around is not None and holder is not obj.base and holder.depth < obj.depth:
            outer = self.world.function(around)
            around, holder = outer.parent if outer is not None else None, holder.child(ENVIRONMENT)
        known = self.world.function(atom.function)
        if holder is not obj.base or known is None or known.parent != around or obj.key != attribute(known.name):
            return atom
        return FunctionAtom(atom.function, holder)

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """While the state does not change, what loops' elements hold is found out once."""
        if self.reading:
            yield
            return
        self.reading[self.cells, "?"] = EMPTY
        try:
            yield
        finally:
            self.reading.clear()

    def is_input(self, obj: Obj) -> bool:
        """Whether the object is the caller's: a parameter of this very function, or held by one."""
        return obj.root.owner == self.function.id

    def owns(self, obj: Obj) -> bool:
        """Whether this function, or one that it called, made the object."""
        origin = obj.chain[0] if obj.chain else obj.key.rpartition(" ")[2]
        return origin.startswith((self.function.id + "@", self.function.id + "#"))

    def builds(self, obj: Obj) -> bool:
        """Whether this is the body of the module that makes the object: all that it puts there itself, it knows."""
        return self.function.kind is FunctionKind.MODULE_BODY and self.owns(obj)

    def depth_of_cell(self, name: str) -> int:
        """How many functions outwards a captured variable lives; 0: in this one."""
        depth = self._depths.get(name)
        if depth is None:
            depth = self._depths[name] = self._find_cell(name)
        return depth

    def _find_cell(self, name: str) -> int:
        if name in self.function.cells:
            return 0
        depth, parent = 1, self.function.parent
        while parent is not None:
            function = self.world.function(parent)
            if function is None or name in function.cells:
                break
            depth, parent = depth + 1, function.parent
        return depth

    # ── exceptions ────────────────────────────────────────────────────────────────────────────────────────────────

    def may_raise(self, state: State) -> None:
        """An exception of which nothing is known may leave from here: the enclosing handler can be reached."""
        if self.handler >= 0:
            thrown = state.copy()
            thrown.variables.pop(IN_FLIGHT, None)
            self._reach_handler(thrown)

    def raise_value(self, state: State, value: Value) -> None:
        """An exception that is known goes from here to the handler, or out of the function."""
        value = attach(value, state.facts)
        if self.noticed is not None:
            self.noticed.append(value)
        thrown = state.copy()
        if self.handler >= 0:
            thrown.variables[IN_FLIGHT] = value
            self._reach_handler(thrown)
        elif self.collecting:
            self.raised_values.append(value)
            self.failing = thrown if self.failing is None else join_states(self.failing, thrown)

    def in_flight(self, state: State) -> Value:
        """The exception that is being handled here, or by whoever has called."""
        known = state.variables.get(IN_FLIGHT)
        if known is not None:
            return known
        self.world.handling.add(self.function.id)
        return of(self.world.objects.parameter(self.function.id, IN_FLIGHT))

    @contextmanager
    def noticing(self) -> Iterator[list[Value]]:
        """The exceptions that are raised meanwhile."""
        before, self.noticed = self.noticed, []
        try:
            yield self.noticed
        finally:
            self.noticed = before

    def _reach_handler(self, thrown: State) -> None:
        before = self.raised.get(self.handler)
        self.raised[self.handler] = thrown if before is None else join_states(before, thrown)

    # ── results ───────────────────────────────────────────────────────────────────────────────────────────────────

    def note_guard(self, site: GuardSite) -> None:
        if self.collecting:
            self.guard_sites[site] = None

    def sorted_guard_sites(self) -> tuple[GuardSite, ...]:
        return tuple(sorted(self.guard_sites, key=lambda site: (site.fact.location, site.fact.guard)))


def shape_of_atom(atom: Atom) -> Hashable | None:
    """An atom that means the same in every frame, as a part of an answer."""
    kind = type(atom)
    if kind is Const:
        assert isinstance(atom, Const)
        if isinstance(atom.value, str) and len(atom.value) > LONG_TEXT and not _TELLING.search(atom.value):
            return None
        return ("const", atom.kind.__name__, atom.value, atom.name, atom.cls)
    if kind is FunctionAtom:
        assert isinstance(atom, FunctionAtom)
        return ("function", atom.function, atom.environment is not None)
    if kind is BoundAtom:
        assert isinstance(atom, BoundAtom)
        return ("bound", atom.function, atom.environment is not None)
    if kind is ClassAtom:
        assert isinstance(atom, ClassAtom)
        return ("class", atom.cls)
    if kind is ModuleAtom:
        assert isinstance(atom, ModuleAtom)
        return ("module", atom.module)
    if kind is ApiAtom:
        assert isinstance(atom, ApiAtom)
        return ("api", atom.path, atom.receiver is not None)
    if kind is Pattern:
        assert isinstance(atom, Pattern)
        return ("pattern", atom.text)
    if kind is MethodAtom:
        assert isinstance(atom, MethodAtom)
        return ("method", atom.name, atom.receiver is not None)
    return None


def _atom_of(obj: Obj, descriptor: Hashable) -> Atom | None:
    assert isinstance(descriptor, tuple)
    match descriptor:
        case ("const", _, value, name, cls):
            return Const(value, type(value), name, cls)
        case ("function", function, captures):
            return FunctionAtom(function, obj.child(ENVIRONMENT) if captures else None)
        case ("bound", function, captures):
            return BoundAtom(function, obj.child(ENVIRONMENT) if captures else None, obj.child(SELF))
        case ("class", cls):
            return ClassAtom(cls)
        case ("module", module):
            return ModuleAtom(module)
        case ("api", path, receiver):
            return ApiAtom(path, obj.child(SELF) if receiver else None)
        case ("pattern", text):
            return Pattern(text)
        case ("method", name, receiver):
            return MethodAtom(name, obj.child(SELF) if receiver else None, not receiver)
    return None


def carried_by(value: Value) -> Truths:
    """What every atom of the value carries."""
    result: Truths | None = None
    for carried in value.atoms.values():
        result = carried if result is None else common(result, carried)
    return result if result is not None else NOTHING


def carried_by_results(value: Value | None, api: str) -> Truths:
    """What every result of a call that is among the value's objects carries."""
    results: dict[Atom, Truths] = {}
    for atom, carried in value.atoms.items() if value is not None else ():
        if type(atom) is Obj and atom.api == api:
            results[atom] = carried
    return carried_by(Value(results))
