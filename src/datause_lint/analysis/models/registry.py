"""The table of models, by API path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from datause_lint.analysis.access import read
from datause_lint.analysis.arguments import Arguments, surely_filled
from datause_lint.analysis.arguments import Caller as Caller
from datause_lint.analysis.contents import data_of
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.exceptions import raise_as_drawn
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import Frame, Later
from datause_lint.analysis.iteration import elements
from datause_lint.analysis.late import note_beside
from datause_lint.analysis.loops import leave_element, next_element
from datause_lint.analysis.many import ONE, is_single, those_for_many
from datause_lint.analysis.objects import ELEMENT, FAILED, FULL, PROVES, RESULT, Obj
from datause_lint.analysis.special_methods import call_special, iterated, shown_as_text, unlike
from datause_lint.analysis.state import State, join_states
from datause_lint.analysis.values import EMPTY, UNKNOWN_BOOLEAN, Value, const, join_all, of
from datause_lint.analysis.writing import write
from datause_lint.ir.instructions import Span
from datause_lint.names import ApiPath, ClassId


@dataclass(slots=True)
class ModelCall:
    """A call of something modelled. ``state`` is changed in place; None once the call is known not to come back."""

    frame: Frame
    state: State
    path: str  # of what is called
    receiver: Value  # of a method; EMPTY for a function
    arguments: Arguments
    span: Span
    caller: Caller
    returns: bool = True

    # ── arguments ─────────────────────────────────────────────────────────────────────────────────────────────────

    def argument(self, position: int, name: str = "") -> Value:
        """An argument by position or keyword; EMPTY where it is not given."""
        found = self.optional(position, name)
        return found if found is not None else EMPTY

    def optional(self, position: int, name: str = "") -> Value | None:
        if name and name in self.arguments.keywords:
            return self.arguments.keywords[name]
        if 0 <= position < len(self.arguments.positional):
            return self.arguments.positional[position]
        if position >= 0 and self.arguments.more is not None:
            return self.arguments.more
        return self.arguments.more_keywords if name else None

    # ── making results ────────────────────────────────────────────────────────────────────────────────────────────

    def site(self, part: str = "") -> str:
        return self.frame.site(self.span) + part

    def new(self, api: str, part: str = "") -> Obj:
        """A fresh object of a built-in kind."""
        made = self.frame.world.objects.new(self.site(part), api=ApiPath(api))
        self.state.allocate(made)
        return made

    def one_of(self, elements: Value, holder: Value) -> Value:
        """One of the elements, and another one each time that the call runs."""
        of_many = those_for_many(self.frame, self.state, elements)
        if not of_many and all(map(is_single, elements.objects())):
            return elements
        return next_element(self.frame, self.state, elements, self.site(ONE), self.span, holder)

    def container(self, api: str, element: Value, part: str = "") -> Value:
        made = self.new(api, part)
        self.state.store(made, ELEMENT, element)
        return of(made)

    def as_filled(self, made: Value, given: Value) -> Value:
        """A container in which something is where it surely is in another."""
        for obj in made.objects() if surely_filled(self.frame, self.state, given) else ():
            self.state.store(obj, FULL, const(True))
        return made

    def external(self, api: str | None = None, cls: ClassId | None = None, part: str = "") -> Obj:
        """A fresh object that code outside the program made."""
        made = self.frame.world.objects.external(self.site(part), ApiPath(api) if api else None, cls)
        self.state.allocate(made)
        self.frame.world.places[made] = self.frame.location(self.span)
        return made

    # ── looking into values ───────────────────────────────────────────────────────────────────────────────────────

    def data(self, *values: Value) -> Value:
        return data_of(self.frame, self.state, join_all(values))

    def read(self, value: Value, key: str) -> Value:
        return read(self.frame, self.state, value, key)

    def write(self, base: Value, key: str, value: Value) -> None:
        write(self.frame, self.state, base, key, value)

    def elements(self, value: Value) -> Value:
        """What iteration over the value gives, also where the program's classes say what that is."""
        raise_as_drawn(self.frame, self.state, value)
        drawn, after = iterated(self.frame, self.state, value, self.span, self.caller)
        if after is None:
            return elements(self.frame, self.state, value)
        _become(self.state, after)
        return elements(self.frame, self.state, drawn)

    def special(self, value: Value, *names: str, given: list[Value] | None = None) -> Value | None:
        """What the first of the special methods gives that the value's class defines; None where it defines none."""
        for name in names:
            outcome = call_special(self.frame, self.state, value, name, given or [], self.span, self.caller)
            if outcome is not None:
                if outcome[1] is None:
                    self.returns = False
                    return EMPTY
                _become(self.state, outcome[1])
                return outcome[0]
        return None

    def unlike(self, value: Value, *names: str) -> Value:
        """What of the value has none of the special methods."""
        return unlike(self.frame, self.state, value, *names)

    def shown(self, value: Value, *names: str) -> Value:
        """The data in what ``str()`` shows of the value."""
        return self.data(self.spelled_out(value, *names))

    def spelled_out(self, value: Value, *names: str) -> Value:
        """What ``str()`` shows of the value: the value itself, where nothing says what of it."""
        text, after = shown_as_text(self.frame, self.state, value, self.span, self.caller, names)
        if after is None:
            self.returns = False
            return EMPTY
        _become(self.state, after)
        return text

    # ── calling back ──────────────────────────────────────────────────────────────────────────────────────────────

    def call(self, function: Value, *positional: Value, **keywords: Value) -> Value:
        return self.call_with(function, Arguments(list(positional), dict(keywords)))

    def call_with(self, function: Value, arguments: Arguments) -> Value:
        if not self.returns:
            return EMPTY
        value, after = self.caller(self.frame, self.state, function, arguments, self.span)
        return value if self.go_on(after) else EMPTY

    def go_on(self, after: State | None) -> bool:
        """The call goes on in the state; without one it does not come back, and the answer is False."""
        if after is None:
            self.returns = False
            return False
        _become(self.state, after)
        return True

    def call_beside(self, function: Value, arguments: Arguments, future: Obj | None = None) -> Value:
        """A call that runs while the function goes on, in a thread or task: it may see what is done later."""
        return self._beside(function, arguments, future)[0]

    def _beside(self, function: Value, arguments: Arguments, future: Obj | None) -> tuple[Value, Truths]:
        """What it gives, and what it proves once somebody has waited for it: what it raises is not raised here."""
        later = Later(function, arguments, self.span, self.state.facts)
        later.future = future
        note_beside(self.frame, self.state, later)
        before = self.state.facts
        value = self.call_with(function, arguments)
        self.returns = True
        proven, self.state.facts = self.state.facts - before, self.state.facts & before
        return value, proven

    def future_of(self, made: Obj, function: Value, arguments: Arguments) -> Value:
        """Calls beside, and keeps in the future what that gives, and what it raises."""
        with self.frame.noticing() as raised:
            result, proven = self._beside(function, arguments, made)
        self.state.store(made, RESULT, result)
        self.state.store(made, PROVES, Value({}, Implied(true=proven)))
        if raised:
            self.state.store(made, FAILED, join_all(raised))
        return result

    def maybe(self, function: Value, *positional: Value) -> Value:
        """A call that may be made, or not."""

        before = self.state.copy()
        value = self.call(function, *positional)
        if not self.returns:
            self.returns = True
            _become(self.state, before)
            return EMPTY
        _become(self.state, join_states(before, self.state))
        return value

    def each(self, iterable: Value, part: str = "") -> Value:
        """The current element of a loop over the iterable; ``done`` ends the round."""
        return next_element(self.frame, self.state, self.elements(iterable), self.site(part), self.span, iterable)

    def done(self, part: str = "") -> None:
        leave_element(self.frame, self.state, self.site(part))


def _become(state: State, other: State) -> None:
    if state is not other:
        state.variables, state.heap, state.facts = other.variables, other.heap, other.facts


Model = Callable[[ModelCall], Value]

UNMODELLED: Final = Value({})
"""What a model answers that has nothing to say of the call: this very object, not one that equals it."""
MODELS: dict[str, Model] = {}


def models(*paths: str) -> Callable[[Model], Model]:
    """Registers a model under API paths (canonical ones, see the policy's ``[[api]]`` entries)."""

    def register(model: Model) -> Model:
        for path in paths:
            MODELS[path] = model
        return model

    return register


def implying(true: frozenset, false: frozenset = NOTHING) -> Value:  # type: ignore[type-arg]
    """An unknown boolean whose truth proves something."""

    return Value(UNKNOWN_BOOLEAN.atoms, Implied(true, false))
