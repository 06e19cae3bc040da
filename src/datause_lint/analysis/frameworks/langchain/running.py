"""Running a runnable on an input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datause_lint.analysis.access import (
    DICT,
    LIST,
    known_keys,
    read,
    stored_keys,
    stored_value,
)
from datause_lint.analysis.arguments import Arguments, known_length
from datause_lint.analysis.atoms import (
    ApiAtom,
    Atom,
    BoundAtom,
    ClassAtom,
    Const,
    Data,
    FunctionAtom,
    Label,
    MethodAtom,
)
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frameworks.langchain.stores import (
    found_in,
)
from datause_lint.analysis.frameworks.langchain.things import (
    _VARIABLE,
    ASSIGN,
    BRANCHES,
    CHOICE,
    CHOICES,
    DECORATORS,
    FUNCTION,
    GIVEN,
    GRAPH,
    GRAPHS_RUN,
    HISTORY,
    LAMBDA,
    MAXIMAL_DEPTH,
    MAXIMAL_ROUNDS,
    MAXIMAL_STEPS,
    MODEL_BASES,
    NODES,
    OWN,
    PACKAGES,
    PARALLEL,
    PASSTHROUGH,
    PROMPT_VALUE,
    RETRIEVER,
    SEQUENCE,
    STEPS,
    STORE,
    TEMPLATE,
    TOOL,
    TOOL_MAKERS,
    TOOL_NODE,
    hooks_of,
    is_container,
    is_prompt,
    is_prompt_path,
    is_runnable,
    kinds_of,
    parts_of,
)
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import ELEMENT, OPAQUE, Obj, attribute, index
from datause_lint.analysis.sinks import check_sinks
from datause_lint.analysis.types import Type, last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, carrying, join, join_all, of

if TYPE_CHECKING:
    pass


class Runner:
    """Runs runnables on an input. ``depth`` ends circles, and tells the objects that nested steps make apart."""

    def __init__(self, call: ModelCall, called: Value = EMPTY, *, serving: bool = False) -> None:
        self.call = call
        self.called = called.objects()  # what runs because it is called, and not again by being called
        self.serving = serving  # for somebody outside of the program
        self.frame = call.frame
        self.state = call.state
        self.made = 0
        self.steps = 0
        self._answers: dict[str, Obj] = {}  # of models, by their kind

    def run(self, runnable: Value, given: Value, depth: int) -> Value:
        self.steps += 1
        if depth > MAXIMAL_DEPTH or self.steps > MAXIMAL_STEPS or not self.call.returns:
            return given
        results: list[Value] = []
        comes_back = not runnable.atoms
        for atom, carried in self.frame.world.resolve(runnable).atoms.items():
            lent = carried - self.state.facts
            self.state.learn(carried)
            self.call.returns = True  # another one that never comes back is another way
            results.append(self._run_atom(atom, given, depth))
            self.state.facts = self.state.facts - lent
            comes_back = comes_back or self.call.returns
        self.call.returns = comes_back
        return join_all(results)

    def part(self) -> str:
        self.made += 1
        return f"~run{self.made}"

    def _run_atom(self, atom: object, given: Value, depth: int) -> Value:
        if isinstance(atom, (FunctionAtom, BoundAtom)):
            return self._call(of(atom), given, depth)
        if isinstance(atom, (ApiAtom, MethodAtom, ClassAtom)):
            return self.call.call(of(atom), given)
        if type(atom) is not Obj:
            return EMPTY
        for kind in types_of(self.frame, self.state, atom):
            hooks = list(hooks_of(self.frame.world, kind.cls)) if kind.cls is not None else []
            if hooks:
                bound = of(*(BoundAtom(each.function, each.environment, atom) for each in hooks))
                return self._call_hook(bound, kind, given)
        results = [self._run_kind(atom, kind, given, depth) for kind in kinds_of(self.frame, self.state, atom)]
        if results:
            return join_all(results)
        return self._call(of(atom), given, depth) if self._is_callable(atom) else self._run_unknown(atom, given)

    def _is_callable(self, obj: Obj) -> bool:
        classes = [kind.cls for kind in types_of(self.frame, self.state, obj) if kind.cls is not None]
        return any(self.frame.world.class_attribute(cls, "__call__") is not None for cls in classes)

    def _call(self, function: Value, given: Value, depth: int) -> Value:
        """A function as a step; a runnable that it gives back runs too."""
        tools = [
            mark
            for atom in function.atoms
            if isinstance(atom, (FunctionAtom, BoundAtom))
            for mark in self.frame.world.marks_of(atom.function)
        ]
        if any(last_name(mark.api or "") in TOOL_MAKERS for mark in tools):
            return self._use_tool(function, given)
        result = self._awaited(self.call.call(function, given))
        self.call.returns = True
        runnables = Value(
            {atom: carried for atom, carried in result.atoms.items() if type(atom) is Obj and atom.api in OWN}
        )
        if runnables.atoms and depth < MAXIMAL_DEPTH:
            return join(result, self.run(runnables, given, depth + 1))
        return result

    def _call_hook(self, bound: Value, kind: Type, given: Value) -> Value:
        bases = [last_name(base) for base in self.frame.world.outer_bases(kind.cls)] if kind.cls is not None else []
        if "BaseTool" in bases:
            return self._use_tool(bound, given)
        if any(base in MODEL_BASES for base in bases):
            given = self.call.container(LIST, join(given, self.call.elements(given)), self.part())
        result = self._awaited(self.call.call(bound, given))
        self.call.returns = True
        return result

    def _awaited(self, value: Value) -> Value:
        outcome = awaited(self.frame, self.state, value)
        return outcome.value if outcome.state is not None else EMPTY

    def _run_kind(self, obj: Obj, kind: str, given: Value, depth: int) -> Value:
        if kind == DICT:
            return self._run_branches(of(obj), given, depth)
        if not kind.startswith(PACKAGES):  # ``itemgetter("text")``
            if obj in self.called:
                return self._run_unknown(obj, given)
            return self._awaited(self.call.call(of(obj), given))
        if kind == SEQUENCE:
            return self._run_steps(self._read(obj, STEPS), given, depth)
        if kind == PARALLEL:
            return self._run_branches(self._read(obj, BRANCHES), given, depth)
        if kind == ASSIGN:
            return self._merged(given, self._run_branches(self._read(obj, BRANCHES), given, depth))
        if kind in (LAMBDA, TOOL) or last_name(kind) in DECORATORS:
            return self._run_function(obj, kind, given, depth)
        if kind == PASSTHROUGH:
            function = stored_value(self.frame, self.state, obj, FUNCTION)
            if function is not None:
                self.run(function, given, depth + 1)
            return given
        if kind in (CHOICE, HISTORY):
            return self._run_choice(obj, given, depth)
        if kind == RETRIEVER:
            return found_in(self.call, self._read(obj, STORE), given, self.part())
        if is_prompt_path(kind):
            return self._fill_prompt(obj, given)
        if kind == TOOL_NODE:
            return self._messages(self._use_tools(self._read(obj, NODES)))
        if kind == GRAPH:
            if not self.serving:
                world = self.frame.world
                world.shared.write(world.objects.external(GRAPHS_RUN, None), obj.allocation.key, EMPTY)
            return self._run_graph(self._read(obj, NODES), given, depth)
        return self._run_other(obj, kind, given, depth)

    def _read(self, obj: Obj, key: str) -> Value:
        return read(self.frame, self.state, of(obj), key)

    def _run_function(self, obj: Obj, kind: str, given: Value, depth: int) -> Value:
        function = self._read(obj, FUNCTION)
        is_tool = last_name(kind) in TOOL_MAKERS
        return self._use_tool(function, given) if is_tool else self.run(function, given, depth + 1)

    def _run_steps(self, steps: Value, given: Value, depth: int) -> Value:
        length = known_length(self.frame, self.state, steps)
        if length is None:  # in an order that is not known
            members = self.call.elements(steps)
            first = join(given, self.run(members, given, depth + 1))
            return self.run(members, first, depth + 1)
        for position in range(length):
            given = self.run(self.call.read(steps, index(position)), given, depth + 1)
        return given

    def _run_branches(self, branches: Value, given: Value, depth: int) -> Value:
        made = self.call.new(DICT, self.part())
        for obj in branches.objects():
            for key in known_keys(self.frame, self.state, obj):
                branch = read(self.frame, self.state, of(obj), index(key))
                self.state.store(made, index(key), self.run(branch, given, depth + 1))
            rest = stored_value(self.frame, self.state, obj, ELEMENT)
            if rest is not None:
                self.state.store(made, ELEMENT, self.run(rest, given, depth + 1))
        return of(made)

    def _merged(self, given: Value, more: Value) -> Value:
        """A dict with what an assignment adds to it."""
        made = self.call.new(DICT, self.part())
        for obj in (*given.objects(), *more.objects()):
            for key in known_keys(self.frame, self.state, obj):
                self.state.store(made, index(key), read(self.frame, self.state, of(obj), index(key)))
            rest = [stored_value(self.frame, self.state, obj, key) for key in (ELEMENT, OPAQUE)]
            if obj.symbolic:
                rest.append(of(obj.child(ELEMENT)))
            for value in rest:
                if value is not None:
                    self.state.store_weakly(made, ELEMENT, value)
        return Value({made: NOTHING, **_data_atoms(given)})

    def _run_choice(self, obj: Obj, given: Value, depth: int) -> Value:
        factory = stored_value(self.frame, self.state, obj, FUNCTION)
        if factory is not None:
            history = self.call.call(factory, EMPTY)
            self.call.returns = True
            given = join(given, self.call.data(history))
        return self.run(self._read(obj, CHOICES), given, depth + 1)

    def _run_other(self, obj: Obj, kind: str, given: Value, depth: int) -> Value:
        """A model, a parser; or an agent or chain, which puts what its parts find before its models."""
        parts = list(parts_of(self.frame, self.state, obj))
        if not any(self._is_made_of(part) for part in parts):
            return self._use_model(obj, kind, given)
        seen = given
        for _ in range(2):
            for part in parts:
                for each in (part, self._inside(part)):
                    seen = join(seen, self._used(each, seen, depth))
        return Value({**seen.atoms})

    def _is_made_of(self, part: Value) -> bool:
        return is_runnable(self.frame, self.state, part) or is_runnable(self.frame, self.state, self._inside(part))

    def _inside(self, part: Value) -> Value:
        lists = Value(
            {atom: carried for atom, carried in part.atoms.items() if type(atom) is Obj and is_container(atom)}
        )
        return self.call.elements(lists) if lists.atoms else EMPTY

    def _used(self, part: Value, seen: Value, depth: int) -> Value:
        """What a part of an agent or chain gives for what has been seen so far."""
        found: list[Value] = []
        for atom, carried in part.atoms.items():
            one = Value({atom: carried})
            if isinstance(atom, (FunctionAtom, BoundAtom)):
                found.append(self._use_tool(one, EMPTY))
            elif type(atom) is Obj and is_runnable(self.frame, self.state, one) and not is_container(atom):
                found.append(self.run(one, seen, depth + 1))
            elif isinstance(atom, (Label, Data)):
                found.append(one)
        return join_all(found)

    def _use_model(self, obj: Obj, kind: str, given: Value) -> Value:
        paths = [f"{kind}.invoke", f"{kind}()"]
        check_sinks(self.frame, self.state, paths, of(obj), Arguments([given]), (), self.call.span)
        return Value({self._answer(kind): NOTHING, **self.call.data(given, of(obj)).atoms})

    def _answer(self, kind: str) -> Obj:
        """One stands for all that models of a kind answer in this run: what it says is in the value, not in it. The
        nodes of a graph, each with any of a dozen models, would give hundreds."""
        if kind not in self._answers:
            self._answers[kind] = self.call.external(f"{kind}.invoke()", part=self.part())
        return self._answers[kind]

    def _run_unknown(self, obj: Obj, given: Value) -> Value:
        return Value({obj: NOTHING, **self.call.data(given).atoms}) if given.atoms else of(obj)

    # ── prompts ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _fill_prompt(self, obj: Obj, given: Value) -> Value:
        template = self._read(obj, TEMPLATE)
        names = self._variables(self.call.elements(template), 0)
        parts = [self.call.data(template), self._read(obj, GIVEN)]
        for atom, carried in given.atoms.items():
            keys = known_keys(self.frame, self.state, atom) if type(atom) is Obj else []
            if names is None or type(atom) is not Obj or not keys:
                parts.append(self.call.data(Value({atom: carried})))
                continue
            used = [key for key in keys if key in names]
            parts.extend(
                carrying(self.call.data(read(self.frame, self.state, of(atom), index(key))), carried) for key in used
            )
            rest = [stored_value(self.frame, self.state, atom, key) for key in (ELEMENT, OPAQUE)]
            parts.extend(self.call.data(value) for value in rest if value is not None)
        made = self.call.external(PROMPT_VALUE, part=self.part())
        return Value({made: NOTHING, **_data_atoms(join_all(parts))})

    def _variables(self, template: Value, depth: int) -> set[str] | None:
        """The names of a template's variables; None where they are not all known."""
        names: set[str] = set()
        if not template.atoms or depth > 4:
            return None
        for atom in template.atoms:
            if isinstance(atom, Const):
                names.update(_VARIABLE.findall(atom.value) if isinstance(atom.value, str) else ())
                if isinstance(atom.value, str) and ("{{" in atom.value or atom.value in ("jinja2", "mustache")):
                    return None
                continue
            inner = self._inner_template(atom) if type(atom) is Obj else None
            found = self._variables(inner, depth + 1) if inner is not None else None
            if found is None:
                return None
            names |= found
        return names

    def _inner_template(self, obj: Obj) -> Value | None:
        if is_container(obj):
            return self.call.elements(of(obj)) if obj.api != DICT else None
        if any("MessagesPlaceholder" in kind for kind in kinds_of(self.frame, self.state, obj)):
            constants = [
                atom for part in parts_of(self.frame, self.state, obj) for atom in part.atoms if isinstance(atom, Const)
            ]
            return of(*(Const("{" + str(each.value) + "}", str) for each in constants)) if constants else None
        if is_prompt(self.frame, self.state, of(obj)):
            return self.call.elements(self._read(obj, TEMPLATE))
        content = stored_value(self.frame, self.state, obj, attribute("content"))
        return of(Const("", str)) if content is not None else None

    # ── tools, graphs ─────────────────────────────────────────────────────────────────────────────────────────────

    def _use_tools(self, tools: Value) -> Value:
        """A model has a tool called: with arguments that nobody knows."""
        return self._used(join(tools, self._inside(tools)), EMPTY, MAXIMAL_DEPTH - 4)

    def _use_tool(self, function: Value, given: Value) -> Value:
        """A tool is given its arguments by name, or as the one that it has."""
        arguments = Arguments()
        for atom, carried in given.atoms.items():
            keys = known_keys(self.frame, self.state, atom) if type(atom) is Obj else []
            for key in keys:
                if isinstance(key, str):
                    arguments.keywords[key] = read(self.frame, self.state, of(atom), index(key))
            if not keys and not isinstance(atom, Const):
                content = join(Value({atom: carried}), read(self.frame, self.state, Value({atom: carried}), ELEMENT))
                arguments.more_keywords = join(arguments.more_keywords or EMPTY, content)
            elif isinstance(atom, Const):
                arguments.positional = [Value({atom: carried})]
        callables = Value({atom: carried for atom, carried in function.atoms.items() if type(atom) is not Obj})
        results: list[Value] = []
        if callables.atoms:
            results.append(self._awaited(self.call.call_with(callables, arguments)))
            self.call.returns = True
        others = Value({atom: carried for atom, carried in function.atoms.items() if type(atom) is Obj})
        if others.atoms:
            results.append(self.run(others, given, MAXIMAL_DEPTH - 3))
        return join_all(results)

    def _messages(self, content: Value) -> Value:
        made = self.call.new(DICT, self.part())
        self.state.store(made, index("messages"), self.call.container(LIST, content, self.part()))
        return of(made)

    def _run_graph(self, nodes: Value, given: Value, depth: int) -> Value:
        """Every node may run on what any of them has put into the graph's state."""
        whole = self.call.new(DICT, self.part())
        self._absorb(whole, given)
        for _ in range(MAXIMAL_ROUNDS):
            before = dict(self.state.heap.get(whole, {}))
            self._absorb(whole, self.run(nodes, of(whole), depth + 1))
            if dict(self.state.heap.get(whole, {})) == before:
                break
        return of(whole)

    def _absorb(self, whole: Obj, update: Value) -> None:
        for atom, carried in update.atoms.items():
            if type(atom) is not Obj:
                if isinstance(atom, (Label, Data)):
                    self.state.store_weakly(whole, ELEMENT, Value({atom: carried}))
                continue
            if atom is whole:
                continue
            commanded = stored_value(self.frame, self.state, atom, "@argument:update")
            if commanded is not None:
                self._absorb(whole, commanded)
            for key in known_keys(self.frame, self.state, atom):
                self._put(whole, str(key), read(self.frame, self.state, of(atom), index(key)))
            for name in [key for key in stored_keys(self.frame, self.state, atom) if key.startswith(".")]:
                self._put(whole, name[1:], read(self.frame, self.state, of(atom), name))
            for value in (stored_value(self.frame, self.state, atom, key) for key in (ELEMENT, OPAQUE)):
                if value is not None:
                    self.state.store_weakly(whole, ELEMENT, value)
            if atom.symbolic:
                self.state.store_weakly(whole, ELEMENT, of(atom.child(ELEMENT)))

    def _put(self, whole: Obj, name: str, value: Value) -> None:
        self.state.store_weakly(whole, index(name), value)
        self.state.store_weakly(whole, attribute(name), value)


def _data_atoms(value: Value) -> dict[Atom, Truths]:
    return {atom: carried for atom, carried in value.atoms.items() if isinstance(atom, (Label, Data))}
