"""One request as FastAPI handles it: the values of a handler's parameters, and of those of its dependencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis import identifiers
from datause_lint.analysis.access import GENERATOR, read, stored_keys, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, ClassAtom, FunctionAtom, Label
from datause_lint.analysis.awaiting import awaited
from datause_lint.analysis.call_results import CONTENT, said_by_name, source_label
from datause_lint.analysis.calling import call_values
from datause_lint.analysis.objects import ELEMENT, Kind, Obj, attribute, index
from datause_lint.analysis.promised import client_parameters, is_known, with_client
from datause_lint.analysis.state import State
from datause_lint.analysis.types import SCALARS, TEXTS, Type, Types, holds_texts, last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, Value, join_all, of
from datause_lint.ir.module import FunctionIR, Parameter, ParameterKind
from datause_lint.ir.types import TypeAttribute, TypeCall, TypeExpr, TypeItem, TypeName
from datause_lint.names import ApiPath, FunctionId, ModuleName, covers
from datause_lint.policy.entries import Confidence

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame

DEPENDS: Final = frozenset(
    f"fastapi.{module}{name}" for module in ("", "params.", "param_functions.") for name in ("Depends", "Security")
)
# What a client sends that does not choose whom the request is about.
OF_CONNECTION: Final = frozenset(
    ["Request", "WebSocket", "HTTPConnection", "Response", "BackgroundTasks", "SecurityScopes", "Header", "Cookie"]
)
BODIES: Final = frozenset(["Body", "Form", "File"])
OF_ADDRESS: Final = frozenset(["Query", "Path"])
VARIADIC: Final = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
MAXIMAL_DEPTH: Final = 12  # of dependencies of dependencies


def names_of(obj: Obj) -> str:
    return (obj.api or "").removesuffix("()")


class Request:
    """Runs dependencies in the frame of the handler, each callable once."""

    def __init__(self, frame: Frame, state: State, content: dict[Obj, None]) -> None:
        """``content`` is told at once what the request brings: dependencies ask for it while they run."""
        self.frame, self.state = frame, state
        self.people: dict[Obj, None] = {}
        self.content = content
        self.called: dict[FunctionId, None] = {}
        self._results: dict[Atom, tuple[Value, bool]] = {}
        self._marks: dict[tuple[FunctionId, str], list[Obj]] = {}
        self._depth = 0

    # ── the handler ───────────────────────────────────────────────────────────────────────────────────────────────

    def needs_dependencies(self, function: FunctionIR) -> bool:
        return any(self._dependency(function, each) is not None for each in function.parameters)

    def fill(self, *, routed: bool) -> None:
        """Gives the handler's parameters their values."""
        function = self.frame.function
        clients = client_parameters(self.frame, function)
        for parameter in function.parameters:
            dependency = self._dependency(function, parameter)
            if dependency is not None:
                value, _ = self.provide(dependency, parameter)
                site = f"{self.frame.site(parameter.span)}~declared"
                value = with_client(self.frame, self.state, value, clients.get(parameter.name, ()), site)
                self._set(parameter, value)
            elif routed and parameter.kind is ParameterKind.VAR_KEYWORD:
                self._fill_wrapped(parameter)
            elif routed:
                self._receive(function, parameter)

    def _set(self, parameter: Parameter, value: Value) -> None:
        if not value.atoms:
            return
        if parameter.name in self.frame.function.cells:
            self.state.store(self.frame.cells, attribute(parameter.name), value)
        else:
            self.state.variables[parameter.name] = value

    def _fill_wrapped(self, parameter: Parameter) -> None:
        """``**kwargs`` of a wrapper: what the function that it wraps, and passes for, asks for."""
        bag = self.frame.world.objects.parameter(self.frame.function.id, parameter.name)
        for name in self.frame.function.frees:
            captured = read(self.frame, self.state, of(self.frame.environment), attribute(name))
            for atom in self._callables(captured):
                for each in self._signature(atom):
                    if each.kind not in VARIADIC and each.name not in ("self", "cls"):
                        value, _ = self._value_of(_function_of(self.frame, self.state, atom), each)
                        self.state.store(bag, index(each.name), value)
                        self._note_content(value, each)

    def _receive(self, function: FunctionIR, parameter: Parameter) -> None:
        """A parameter that the request itself fills."""
        own = self.frame.world.objects.parameter(function.id, parameter.name)
        kinds = self._types(function, parameter)
        marks = {last_name(names_of(obj)) for obj in self._metadata(function, parameter)}
        if any(kind.cls is not None for kind in kinds) or marks & BODIES or any(map(_is_body, kinds)):
            self.content[own] = None
        label = self._label(own, parameter, kinds, marks)
        if label.atoms:
            self._set(parameter, Value({own: frozenset(), **label.atoms}))

    def _label(self, own: Obj, parameter: Parameter, kinds: Types, marks: set[str]) -> Value:
        """``name: str = Form()``, ``payload: dict``: data of the request, of the category that its name tells."""
        if not marks - OF_ADDRESS and kinds and all(kind.api in TEXTS for kind in kinds):
            return self._label_by_name(own, parameter)
        brought = marks & BODIES or ({"Body"} if kinds and not marks else set())
        if not brought or not all(
            (_is_body(kind) and holds_texts(kind)) or (kind.api in TEXTS_AND_FILES and marks) for kind in kinds
        ):
            return EMPTY
        policy = self.frame.world.policy
        match = policy.classify(parameter.name)
        found = [
            source_label(
                self.frame,
                source,
                own,
                parameter.span,
                match.category if match and match.confidence > Confidence.LOW else None,
            )
            for mark in sorted(brought)
            for source in policy.sources_at(f"fastapi.{mark}()")
        ]
        return of(*found)

    def _label_by_name(self, own: Obj, parameter: Parameter) -> Value:
        """``prompt: str``, which stands in the address: data if its name says so."""
        found: list[Label] = []
        for source in self.frame.world.policy.sources_at("fastapi.Query()"):
            category, confidence = said_by_name(self.frame, source, parameter.name)
            if confidence >= self.frame.world.least_confidence:
                if covers(CONTENT, category):  # who writes it makes the request
                    self.content[own] = None
                found.append(source_label(self.frame, source, own, parameter.span, category, confidence))
        return of(*found)

    def _note_content(self, value: Value, parameter: Parameter) -> None:
        for obj in value.objects():
            if obj not in self.people and obj.cls is not None and obj.key.endswith(f"~{parameter.name}"):
                self.content[obj] = None

    # ── dependencies ──────────────────────────────────────────────────────────────────────────────────────────────

    def provide(self, dependency: Value, parameter: Parameter | None) -> tuple[Value, bool]:
        """The result of ``Depends(f)``, and whether the client chooses whom it is about."""
        values: list[Value] = []
        chosen = False
        for atom in self._callables(self._target(dependency, parameter)):
            if atom not in self._results:
                self._results[atom] = (EMPTY, False)  # ends circles
                self._results[atom] = self._run(atom)
            value, by_client = self._results[atom]
            values.append(value)
            chosen = chosen or by_client
        result = join_all(values)
        if parameter is not None:
            result = self._typed(result, parameter)
            if not chosen:
                self._note_people(result, parameter)
        return result, chosen

    def _target(self, dependency: Value, parameter: Parameter | None) -> Value:
        given = [
            stored
            for obj in dependency.objects()
            for key in ("@argument0", "@argument:dependency")
            if (stored := stored_value(self.frame, self.state, obj, key)) is not None
        ]
        if given:
            return self.frame.world.resolve(join_all(given))
        if parameter is None or parameter.annotation is None:
            return EMPTY
        return of(
            *(
                ClassAtom(kind.cls)
                for kind in self.frame.world.annotations.declared(parameter.annotation, self._module)
                if kind.cls
            )
        )

    @property
    def _module(self) -> ModuleName:
        return self.frame.world.module_of(self.frame.function.id)

    def _callables(self, value: Value) -> list[Atom]:
        found: list[Atom] = [
            atom
            for atom in self.frame.world.resolve(value).atoms
            if isinstance(atom, (FunctionAtom, BoundAtom, ClassAtom, ApiAtom)) or type(atom) is Obj
        ]
        known: list[Atom] = [
            inner
            for atom in found
            if type(atom) is Obj
            for inner in self.frame.known_atoms(atom)
            if isinstance(inner, (FunctionAtom, BoundAtom))
        ]
        return known or found

    def _run(self, atom: Atom) -> tuple[Value, bool]:
        if self._depth > MAXIMAL_DEPTH:
            return EMPTY, True
        self._depth += 1
        function = _function_of(self.frame, self.state, atom)
        if function is not None:
            self.called[function.id] = None
        keywords: dict[str, Value] = {}
        chosen = False
        for parameter in self._signature(atom):
            if parameter.kind not in VARIADIC:
                keywords[parameter.name], by_client = self._value_of(function, parameter)
                chosen = chosen or by_client
        self._depth -= 1
        value, after = call_values(self.frame, self.state, of(atom), Arguments([], keywords), self.frame.function.span)
        if after is None:
            return EMPTY, chosen
        self.state = after
        return self._finished(value), chosen

    def _finished(self, value: Value) -> Value:
        """What a coroutine returns, or a generator yields: the rest of it runs after the response."""
        outcome = awaited(self.frame, self.state, value)
        if outcome.state is not None:
            self.state, value = outcome.state, outcome.value
        parts: list[Value] = []
        for atom, carried in value.atoms.items():
            if type(atom) is Obj and atom.api == GENERATOR:
                parts.append(read(self.frame, self.state, of(atom), ELEMENT))
                inside = stored_value(self.frame, self.state, atom, "@inside")
                if inside is not None and len(value.atoms) == 1:
                    self.state.learn(inside.implied.true)
            else:
                parts.append(Value({atom: carried}, value.implied, value.probes))
        return join_all(parts)

    # ── parameters ────────────────────────────────────────────────────────────────────────────────────────────────

    def _signature(self, atom: Atom) -> tuple[Parameter, ...]:
        """The parameters that FastAPI fills when it calls the dependency."""
        function = _function_of(self.frame, self.state, atom)
        if function is None:
            return ()
        bound = isinstance(atom, (BoundAtom, ClassAtom)) or (type(atom) is Obj and function.owner_class is not None)
        parameters = function.parameters[1:] if bound else function.parameters
        if type(atom) is Obj and names_of(atom) == "functools.partial":
            keys = stored_keys(self.frame, self.state, atom)
            given = {key.partition(":")[2] for key in keys if key.startswith("@given:")}
            count = 0
            while stored_value(self.frame, self.state, atom, f"@given{count}") is not None:
                count += 1
            return tuple(each for each in parameters[count:] if each.name not in given)
        return parameters

    def _value_of(self, function: FunctionIR | None, parameter: Parameter) -> tuple[Value, bool]:
        assert function is not None
        dependency = self._dependency(function, parameter)
        if dependency is not None:
            return self.provide(dependency, parameter)
        kinds = self._types(function, parameter)
        marks = {last_name(names_of(obj)) for obj in self._metadata(function, parameter)}
        names = {last_name(kind.api or "") for kind in kinds} | marks
        of_client = not names & OF_CONNECTION
        mine = [each for each in self.frame.function.parameters if each.name == parameter.name]
        if mine and self._dependency(self.frame.function, mine[0]) is None:
            return of(self.frame.world.objects.parameter(self.frame.function.id, parameter.name)), of_client
        return of(self._received(parameter, kinds)), of_client

    def _received(self, parameter: Parameter, kinds: Types) -> Obj:
        world = self.frame.world
        site = f"{self.frame.site(self.frame.function.span)}~{parameter.name}"
        only = kinds[0] if len(kinds) == 1 else None
        if only is not None and only.cls is not None:
            made = world.objects.external(site, None, only.cls)
            self.content[made] = None
        elif only is not None and only.api is not None and only.api not in SCALARS:
            made = world.objects.external(site, ApiPath(world.policy.canonical(f"{only.api}()")))
        else:
            made = world.objects.external(site, None)
        self.state.heap.setdefault(made, {})
        world.places[made] = self.frame.location(self.frame.function.span)
        return made

    def _types(self, function: FunctionIR, parameter: Parameter) -> Types:
        if parameter.annotation is None:
            return ()
        return self.frame.world.annotations.declared(parameter.annotation, self.frame.world.module_of(function.id))

    def _dependency(self, function: FunctionIR, parameter: Parameter) -> Value | None:
        found = [obj for obj in self._metadata(function, parameter) if names_of(obj) in DEPENDS]
        return of(found[-1]) if found else None

    def _metadata(self, function: FunctionIR, parameter: Parameter) -> list[Obj]:
        """``Depends(f)``, ``Header()`` and the like: in ``Annotated``, or as the default; evaluated once."""
        name = (function.id, parameter.name)
        if name not in self._marks:
            self._marks[name] = self._evaluated_marks(function, parameter)
        return self._marks[name]

    def _evaluated_marks(self, function: FunctionIR, parameter: Parameter) -> list[Obj]:
        module = self.frame.world.module_of(function.id)
        found: list[Obj] = []
        if parameter.annotation is not None:
            found.extend(self._annotated(parameter.annotation, module))
        if parameter.has_default:
            found.extend(self.frame.world.default_of(function.id, parameter.name).objects())
        return found

    def _annotated(self, annotation: TypeExpr, module: ModuleName) -> list[Obj]:
        world = self.frame.world
        if isinstance(annotation, TypeItem) and _last(annotation.base) == "Annotated":
            inner = self._annotated(annotation.arguments[0], module) if annotation.arguments else []
            return [
                *inner,
                *(obj for each in annotation.arguments[1:] for obj in self._evaluated(each, module).objects()),
            ]
        return [obj for value in world.annotations.of(annotation, module)[1] for obj in value.objects()]

    def _evaluated(self, expression: TypeExpr, module: ModuleName) -> Value:
        world = self.frame.world
        if not isinstance(expression, TypeCall):
            return world.annotations.value(expression, module)
        function = world.resolve(self._evaluated(expression.function, module))
        arguments = Arguments(
            [self._evaluated(each, module) for each in expression.arguments],
            {name: self._evaluated(each, module) for name, each in expression.keywords},
        )
        value, after = call_values(self.frame, self.state, function, arguments, self.frame.function.span)
        self.state = after if after is not None else self.state
        return value

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _typed(self, value: Value, parameter: Parameter) -> Value:
        """The result, of the class that the parameter's annotation says where the dependency does not tell."""
        if parameter.annotation is None:
            return value
        kinds = self.frame.world.annotations.declared(parameter.annotation, self._module)
        classes = [kind.cls for kind in kinds if kind.cls is not None]
        if len(classes) != 1:
            for obj in value.objects() if not classes else ():  # ``session: AsyncSession = Depends(of_elsewhere)``
                if obj.kind is Kind.EXTERNAL and not is_known(self.frame, self.state, obj):
                    self.frame.hints.setdefault(obj, kinds)
            return value
        for obj in value.objects():
            if types_of(self.frame, self.state, obj) == ():
                self.frame.hints.setdefault(obj, kinds)
        unknown = all(
            type(atom) is Obj and atom.cls is None and (atom.api or "").endswith("()") for atom in value.atoms
        )
        if not unknown:
            return value
        made = self.frame.world.objects.external(
            f"{self.frame.site(self.frame.function.span)}~{parameter.name}", None, classes[0]
        )
        self.state.heap.setdefault(made, {})
        self.frame.world.places[made] = self.frame.location(self.frame.function.span)
        return of(made)

    def _note_people(self, value: Value, parameter: Parameter) -> None:
        for obj in value.objects():
            kinds = types_of(self.frame, self.state, obj)
            names = [kind.cls.rpartition(":")[2] for kind in kinds if kind.cls is not None]
            if any(identifiers.is_person(name) for name in (names or [parameter.name])):
                self.people[obj] = None


TEXTS_AND_FILES: Final = TEXTS | {"starlette.datastructures.UploadFile", "fastapi.UploadFile"}


def _is_body(kind: Type) -> bool:
    """A dict or list: the body as it comes."""
    return last_name(kind.api or "") in ("dict", "list", "Dict", "List")


def _last(annotation: TypeExpr) -> str:
    return annotation.name if isinstance(annotation, (TypeName, TypeAttribute)) else ""


def _function_of(frame: Frame, state: State, atom: Atom) -> FunctionIR | None:
    """The function of the program that runs when the dependency is called."""
    world = frame.world
    if isinstance(atom, (FunctionAtom, BoundAtom)):
        return world.function(atom.function)
    method = None
    if isinstance(atom, ClassAtom):
        method = world.class_attribute(atom.cls, "__init__")
    elif type(atom) is Obj and atom.cls is not None:
        method = world.class_attribute(atom.cls, "__call__")
    elif type(atom) is Obj and names_of(atom) == "functools.partial":
        inner = stored_value(frame, state, atom, "@partial")
        for each in inner.atoms if inner is not None else ():
            return _function_of(frame, state, each)
    for each in method[0].atoms if method is not None else ():
        if isinstance(each, FunctionAtom):
            return world.function(each.function)
    return None
