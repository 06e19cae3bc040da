"""Frameworks: what they make of a program's code that the code itself does not say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datause_lint.analysis.arguments import Arguments, Caller
from datause_lint.analysis.atoms import Atom
from datause_lint.analysis.models.registry import MODELS, UNMODELLED, Model, ModelCall
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Types
from datause_lint.analysis.values import EMPTY, Value
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionIR, Parameter
from datause_lint.names import ApiPath, ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World


@dataclass(slots=True)
class Called:
    """A call that has been made, of the program's code or other. ``state`` is the one after it, changed in place."""

    frame: Frame
    state: State
    target: Atom
    paths: list[str]  # the names under which one may speak of what was called
    receiver: Value | None
    arguments: Arguments
    parameters: tuple[Parameter, ...]  # without the receiver
    span: Span
    result: Value
    caller: Caller

    def as_model(self, path: str) -> ModelCall:
        receiver = self.receiver if self.receiver is not None else EMPTY
        return ModelCall(self.frame, self.state, path, receiver, self.arguments, self.span, self.caller)


class Framework:
    """What one framework knows. Every method may answer that it has nothing to say: None, or an empty collection."""

    telling_arguments: tuple[str, ...] = ()  # keywords of constructors that the policy's conditions look at
    words: tuple[str, ...] = ()  # identifiers of modules that put a program together: who is called before whom
    sessions: tuple[str, ...] = ()  # identifiers of what holds what one function puts there, and another finds
    goes_by_last_name: bool = False  # its models are of calls of whatever has a method of that name

    def parameter_types(self, world: World, function: FunctionIR, parameter: Parameter) -> Types:
        """The types of a parameter that has no annotation."""
        return ()

    def enter(self, frame: Frame, state: State) -> None:
        """A function that the framework calls is about to run: what it hands over, and what it has checked before."""

    def model_of(self, path: str) -> Model | None:
        """A model of a call by its path, beside those in the table of models."""
        return None

    def exported(self, world: World, path: str) -> Value | None:
        """The object that a module outside of the program exports: ``flask.session``."""
        return None

    def method_of(self, name: str) -> Model | None:
        """A model of a method of something of unknown class; it answers UNMODELLED where it does not apply."""
        return None

    def called(self, call: Called) -> Value | None:
        """What the framework does beyond the call itself; gives the result. Asked of every call, so be quick."""
        return None

    # ── classes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def inherited_fields(self, base: ApiPath) -> Iterable[str]:
        """Names of the fields that a model gets from a base class outside of the program."""
        return ()

    def reverse_relation(self, frame: Frame, cls: ClassId, name: str) -> Types:
        """The type of an attribute that a relation of another model puts on this one."""
        return ()

    def inverse_of(self, frame: Frame, person: str, many: str) -> str | None:
        """The relation of the elements of ``person.many`` that leads back to the person."""
        return None

    def is_foreign_key(self, frame: Frame, record: str, column: str, target: str) -> bool:
        """Whether the record's column is the one that holds the key of the target."""
        return False

    def is_one_to_one(self, world: World, holder: str, name: str) -> bool:
        """Whether a class's attribute leads to the one record that belongs to it: both are about one person."""
        return False

    def model_named(self, world: World, name: str, near: ClassId) -> ClassId | None:
        """The class that a string names in a relation."""
        return None

    def user_model(self, world: World) -> ClassId | None:
        return None

    def base_behind(self, world: World, cls: ClassId) -> ApiPath | None:
        """What a class derives from by what its body declares, where it names a base of which nothing is known."""
        return None

    def class_attribute(self, frame: Frame, state: State, cls: ClassId, name: str, span: Span) -> Value | None:
        """``Model.objects`` and its like."""
        return None

    def instance_attribute(
        self, frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span
    ) -> Value | None:
        return None

    def outer_attribute(self, frame: Frame, state: State, obj: Obj, path: str, name: str, span: Span) -> Value | None:
        """An attribute of an instance of a class outside of the program."""
        return None

    def outer_attribute_types(self, world: World, api: ApiPath, name: str) -> Types:
        """The types of an attribute of instances of a class outside of the program."""
        return ()

    def element_types(self, frame: Frame, state: State, collection: Obj) -> Types:
        """The types of what a collection outside of the program holds."""
        return ()

    def callers_words(self, world: World, function: FunctionId) -> Iterable[str]:
        """Words of which whoever makes the framework call the function uses one."""
        return ()

    def called_as(self, world: World, cls: ClassId) -> str | None:
        """The method that a call of an instance runs, where a base class outside of the program says so."""
        return None

    def is_value_class(self, world: World, cls: ClassId) -> bool:
        """Whether instances are values, whose parts are about whomever the whole is about: no rows with relations."""
        return False

    def default_of_field(self, world: World, cls: ClassId, name: str) -> Value | None:
        """What stands in a field of a body that a client has sent without it."""
        return None

    def instantiated(self, frame: Frame, state: State, made: Obj, cls: ClassId) -> None:
        """An instance of a class of the program has been made."""

    def class_decorated(self, frame: Frame, state: State, cls: ClassId, mark: Obj) -> None:
        """A decorator from outside the program stands on a class."""

    def never_decorates(self, path: str) -> bool:
        """Whether a call with one class, or function, as its argument is no decorator: ``select(Account)``."""
        return False

    def function_decorated(self, frame: Frame, state: State, decorated: Value, mark: Obj) -> Value | None:
        """A decorator from outside the program stands on a function: what its name stands for from here on."""
        return None

    def entries(self, world: World) -> Iterable[FunctionId]:
        """Functions that the framework calls beside those in the program who do."""
        return ()

    def closures(self, world: World) -> Iterable[tuple[FunctionId, Obj]]:
        """The same for functions inside others, each with what it has captured."""
        return ()

    def is_wrapped(self, world: World, function: FunctionIR) -> bool:
        """Whether the framework calls the function from inside of code of the program that wraps it."""
        return False

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────

    def is_requester(self, frame: Frame, state: State, obj: Obj) -> bool:
        """Whether the object is the person who makes the request that is being answered."""
        return False

    def is_another(self, frame: Frame, state: State, obj: Obj) -> bool:
        """Whether the object, though it came with the request, is somebody else than who makes it."""
        return False

    # ── operators ─────────────────────────────────────────────────────────────────────────────────────────────────

    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        """``base[key]``; ``found`` is what the engine makes of it."""
        return None

    def set_item(self, frame: Frame, state: State, base: Value, key: Value, value: Value) -> bool:
        return False

    def iterate(self, frame: Frame, state: State, source: Value, span: Span) -> Value | None:
        return None

    def compare(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        return None

    def binary(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        return None

    def unary(self, frame: Frame, state: State, operator: str, operand: Value, span: Span) -> Value | None:
        return None


def _first_of(candidates: Sequence[Model]) -> Model:
    """The first model that has something to say of a call."""

    def model(call: ModelCall) -> Value:
        for each in candidates:
            result = each(call)
            if result is not UNMODELLED:
                return result
        return UNMODELLED

    return model


class Wiring:
    """All frameworks, as one: the first that has something to say is heard."""

    def __init__(self, frameworks: Sequence[Framework]) -> None:
        self._frameworks = tuple(frameworks)
        self.telling_arguments = tuple(
            dict.fromkeys(name for framework in frameworks for name in framework.telling_arguments)
        )
        self.words = tuple(word for framework in frameworks for word in framework.words)
        self.sessions = frozenset(name for framework in frameworks for name in framework.sessions)
        self._listeners = [each for each in frameworks if type(each).called is not Framework.called]
        self._models: dict[str, Model | None] = {}
        self._methods: dict[str, tuple[Model, ...]] = {}

    def parameter_types(self, world: World, function: FunctionIR, parameter: Parameter) -> Types:
        for framework in self._frameworks:
            found = framework.parameter_types(world, function, parameter)
            if found:
                return found
        return ()

    def enter(self, frame: Frame, state: State) -> None:
        for framework in self._frameworks:
            framework.enter(frame, state)

    def model_of(self, path: str) -> Model | None:
        if path not in self._models:
            known = [MODELS.get(path), *(framework.model_of(path) for framework in self._frameworks)]
            found = [model for model in known if model is not None]
            self._models[path] = _first_of(found) if len(found) > 1 else found[0] if found else None
        return self._models[path]

    def knows(self, path: str) -> bool:
        """Whether somebody knows the call by its path, and not by its last name alone."""
        return any(each.model_of(path) is not None for each in self._frameworks if not each.goes_by_last_name)

    def exported(self, world: World, path: str) -> Value | None:
        for framework in self._frameworks:
            found = framework.exported(world, path)
            if found is not None:
                return found
        return None

    @property
    def listens(self) -> bool:
        """Whether a framework wants to hear of every call."""
        return bool(self._listeners)

    def called(self, call: Called) -> Value:
        for framework in self._listeners:
            found = framework.called(call)
            if found is not None:
                call.result = found
        return call.result

    def methods_of(self, name: str) -> tuple[Model, ...]:
        found = self._methods.get(name)
        if found is None:
            models = (framework.method_of(name) for framework in self._frameworks)
            found = self._methods[name] = tuple(model for model in models if model is not None)
        return found

    def inherited_fields(self, bases: Iterable[ApiPath]) -> list[str]:
        return [name for base in bases for framework in self._frameworks for name in framework.inherited_fields(base)]

    def reverse_relation(self, frame: Frame, cls: ClassId, name: str) -> Types:
        for framework in self._frameworks:
            found = framework.reverse_relation(frame, cls, name)
            if found:
                return found
        return ()

    def inverse_of(self, frame: Frame, person: str, many: str) -> str | None:
        for framework in self._frameworks:
            found = framework.inverse_of(frame, person, many)
            if found is not None:
                return found
        return None

    def is_foreign_key(self, frame: Frame, record: str, column: str, target: str) -> bool:
        return any(framework.is_foreign_key(frame, record, column, target) for framework in self._frameworks)

    def is_one_to_one(self, world: World, holder: str, name: str) -> bool:
        return any(framework.is_one_to_one(world, holder, name) for framework in self._frameworks)

    def model_named(self, world: World, name: str, near: ClassId) -> ClassId | None:
        for framework in self._frameworks:
            found = framework.model_named(world, name, near)
            if found is not None:
                return found
        return None

    def user_model(self, world: World) -> ClassId | None:
        for framework in self._frameworks:
            found = framework.user_model(world)
            if found is not None:
                return found
        return None

    def base_behind(self, world: World, cls: ClassId) -> ApiPath | None:
        for framework in self._frameworks:
            found = framework.base_behind(world, cls)
            if found is not None:
                return found
        return None

    def class_attribute(self, frame: Frame, state: State, cls: ClassId, name: str, span: Span) -> Value | None:
        for framework in self._frameworks:
            found = framework.class_attribute(frame, state, cls, name, span)
            if found is not None:
                return found
        return None

    def instance_attribute(
        self, frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span
    ) -> Value | None:
        for framework in self._frameworks:
            found = framework.instance_attribute(frame, state, obj, cls, name, span)
            if found is not None:
                return found
        return None

    def outer_attribute(self, frame: Frame, state: State, obj: Obj, path: str, name: str, span: Span) -> Value | None:
        for framework in self._frameworks:
            found = framework.outer_attribute(frame, state, obj, path, name, span)
            if found is not None:
                return found
        return None

    def outer_attribute_types(self, world: World, api: ApiPath, name: str) -> Types:
        for framework in self._frameworks:
            found = framework.outer_attribute_types(world, api, name)
            if found:
                return found
        return ()

    def element_types(self, frame: Frame, state: State, collection: Obj) -> Types:
        for framework in self._frameworks:
            found = framework.element_types(frame, state, collection)
            if found:
                return found
        return ()

    def callers_words(self, world: World, function: FunctionId) -> list[str]:
        return [word for framework in self._frameworks for word in framework.callers_words(world, function)]

    def called_as(self, world: World, cls: ClassId) -> str | None:
        found = (framework.called_as(world, cls) for framework in self._frameworks)
        return next((name for name in found if name is not None), None)

    def is_value_class(self, world: World, cls: ClassId) -> bool:
        return any(framework.is_value_class(world, cls) for framework in self._frameworks)

    def default_of_field(self, world: World, cls: ClassId, name: str) -> Value | None:
        found = (framework.default_of_field(world, cls, name) for framework in self._frameworks)
        return next((value for value in found if value is not None), None)

    def instantiated(self, frame: Frame, state: State, made: Obj, cls: ClassId) -> None:
        for framework in self._frameworks:
            framework.instantiated(frame, state, made, cls)

    def class_decorated(self, frame: Frame, state: State, cls: ClassId, mark: Obj) -> None:
        for framework in self._frameworks:
            framework.class_decorated(frame, state, cls, mark)

    def never_decorates(self, path: str) -> bool:
        return any(framework.never_decorates(path) for framework in self._frameworks)

    def function_decorated(self, frame: Frame, state: State, decorated: Value, mark: Obj) -> Value:
        for framework in self._frameworks:
            found = framework.function_decorated(frame, state, decorated, mark)
            if found is not None:
                return found
        return decorated

    def entries(self, world: World) -> list[FunctionId]:
        return [name for framework in self._frameworks for name in framework.entries(world)]

    def closures(self, world: World) -> list[tuple[FunctionId, Obj]]:
        return [each for framework in self._frameworks for each in framework.closures(world)]

    def is_wrapped(self, world: World, function: FunctionIR) -> bool:
        return any(framework.is_wrapped(world, function) for framework in self._frameworks)

    def is_requester(self, frame: Frame, state: State, obj: Obj) -> bool:
        return any(framework.is_requester(frame, state, obj) for framework in self._frameworks)

    def is_another(self, frame: Frame, state: State, obj: Obj) -> bool:
        return any(framework.is_another(frame, state, obj) for framework in self._frameworks)

    def item(self, frame: Frame, state: State, base: Value, key: Value, found: Value, span: Span) -> Value | None:
        for framework in self._frameworks:
            value = framework.item(frame, state, base, key, found, span)
            if value is not None:
                return value
        return None

    def set_item(self, frame: Frame, state: State, base: Value, key: Value, value: Value) -> bool:
        return any(framework.set_item(frame, state, base, key, value) for framework in self._frameworks)

    def iterate(self, frame: Frame, state: State, source: Value, span: Span) -> Value | None:
        for framework in self._frameworks:
            found = framework.iterate(frame, state, source, span)
            if found is not None:
                return found
        return None

    def compare(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        for framework in self._frameworks:
            found = framework.compare(frame, state, operator, left, right, span)
            if found is not None:
                return found
        return None

    def binary(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        for framework in self._frameworks:
            found = framework.binary(frame, state, operator, left, right, span)
            if found is not None:
                return found
        return None

    def unary(self, frame: Frame, state: State, operator: str, operand: Value, span: Span) -> Value | None:
        for framework in self._frameworks:
            found = framework.unary(frame, state, operator, operand, span)
            if found is not None:
                return found
        return None
