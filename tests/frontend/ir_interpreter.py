"""Runs the IR, so that what lowering makes of a program can be compared with what Python does."""

from __future__ import annotations

import builtins
import importlib
import operator
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

from datause_lint.ir import instructions as ir
from datause_lint.ir.module import FunctionIR, ModuleIR, ParameterKind

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "@": operator.matmul, "/": operator.truediv,
    "%": operator.mod, "**": operator.pow, "<<": operator.lshift, ">>": operator.rshift, "|": operator.or_,
    "^": operator.xor, "&": operator.and_, "//": operator.floordiv,
}  # fmt: skip
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "is": operator.is_, "is not": operator.is_not, "in": lambda a, b: a in b, "not in": lambda a, b: a not in b,
}  # fmt: skip
UNARY: dict[str, Callable[[Any], Any]] = {
    "not": operator.not_, "-": operator.neg, "+": operator.pos, "~": operator.invert
}  # fmt: skip


class Cell:
    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}


def run_module(module: ModuleIR, names: dict[str, Any]) -> None:
    """Runs the module's body with ``names`` as its globals."""
    frame = Frame(module, module.functions[module.body], names, {})
    _drive(frame.run())


def _drive(generator: Generator[Any, Any, Any]) -> Any:
    """The result of a function that does not yield."""
    try:
        next(generator)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("a yield outside of a generator")


class Frame:
    """One activation of a function."""

    def __init__(self, module: ModuleIR, function: FunctionIR, names: dict[str, Any], frees: dict[str, Cell]) -> None:
        self.module, self.function, self.globals = module, function, names
        self.cells = {**frees, **{name: Cell() for name in function.cells}}
        self.locals: dict[str, Any] = {}
        self.registers: dict[int, Any] = {}
        self.caught: BaseException | None = None

    def run(self) -> Generator[Any, Any, Any]:
        index = 0
        while True:
            self.block = block = self.function.blocks[index]
            try:
                for instruction in block.instructions:
                    if isinstance(instruction, ir.Yield):
                        self.registers[instruction.target] = yield self.registers[instruction.source]
                    elif isinstance(instruction, ir.YieldFrom):
                        self.registers[instruction.target] = yield from self.registers[instruction.source]
                    else:
                        getattr(self, type(instruction).__name__)(instruction)
                if isinstance(block.terminator, ir.Return):
                    return self.registers[block.terminator.source]
                index = getattr(self, type(block.terminator).__name__)(block.terminator)
            except Exception as error:
                if block.handler < 0:
                    raise
                self.caught, index = error, block.handler

    # Terminators

    def Jump(self, end: ir.Jump) -> int:
        return end.target

    def Branch(self, end: ir.Branch) -> int:
        return end.then if self.registers[end.condition] else end.otherwise

    def ForNext(self, end: ir.ForNext) -> int:
        try:
            self.registers[end.target] = next(self.registers[end.iterator])
        except StopIteration:
            return end.done
        return end.body

    def Raise(self, end: ir.Raise) -> int:
        if end.exception is None:
            assert self.caught
            raise self.caught
        raise self.registers[end.exception]

    # Names

    def variables(self, name: str, scope: ir.Scope) -> dict[str, Any]:
        if scope is ir.Scope.GLOBAL:
            return self.globals
        return self.cells[name].variables if scope is ir.Scope.CELL else self.locals

    def Load(self, step: ir.Load) -> None:
        places = [self.variables(step.name, step.scope)]
        if step.scope in (ir.Scope.GLOBAL, ir.Scope.CLASS):
            places += [self.globals, vars(builtins)]
        for place in places:
            if step.name in place:
                self.registers[step.target] = place[step.name]
                return
        raise NameError(step.name)

    def Store(self, step: ir.Store) -> None:
        self.variables(step.name, step.scope)[step.name] = self.registers[step.source]

    def Delete(self, step: ir.Delete) -> None:
        try:
            del self.variables(step.name, step.scope)[step.name]
        except KeyError:
            raise NameError(step.name) from None

    def Annotate(self, step: ir.Annotate) -> None:
        pass

    def AnnotateAttribute(self, step: ir.AnnotateAttribute) -> None:
        pass

    def Assumed(self, step: ir.Assumed) -> None:
        pass

    # Values

    def Const(self, step: ir.Const) -> None:
        self.registers[step.target] = step.value

    def GetAttribute(self, step: ir.GetAttribute) -> None:
        self.registers[step.target] = getattr(self.registers[step.base], step.name)

    def SetAttribute(self, step: ir.SetAttribute) -> None:
        setattr(self.registers[step.base], step.name, self.registers[step.source])

    def DeleteAttribute(self, step: ir.DeleteAttribute) -> None:
        delattr(self.registers[step.base], step.name)

    def GetItem(self, step: ir.GetItem) -> None:
        self.registers[step.target] = self.registers[step.base][self.registers[step.key]]

    def SetItem(self, step: ir.SetItem) -> None:
        self.registers[step.base][self.registers[step.key]] = self.registers[step.source]

    def DeleteItem(self, step: ir.DeleteItem) -> None:
        del self.registers[step.base][self.registers[step.key]]

    def Build(self, step: ir.Build) -> None:
        self.registers[step.target] = BUILDERS[step.kind](self.items(step.items))

    def items(self, items: tuple[ir.Item, ...]) -> list[Any]:
        values: list[Any] = []
        for item in items:
            value = self.registers[item.register]
            values.extend(value if item.starred else [value])
        return values

    def BuildDict(self, step: ir.BuildDict) -> None:
        result: dict[Any, Any] = {}
        for key, value in step.entries:
            if key is None:
                result.update(self.registers[value])
            else:
                result[self.registers[key]] = self.registers[value]
        self.registers[step.target] = result

    def Append(self, step: ir.Append) -> None:
        container, value = self.registers[step.container], self.registers[step.value]
        if step.key is not None:
            container[self.registers[step.key]] = value
        elif isinstance(container, set):
            container.add(value)
        else:
            container.append(value)

    def Unpack(self, step: ir.Unpack) -> None:
        values = list(self.registers[step.source])
        if step.star >= 0:
            after = len(step.targets) - step.star - 1
            end = len(values) - after
            values[step.star : end] = [values[step.star : end]]
        if len(values) != len(step.targets):
            raise ValueError("unpacking")
        self.registers.update(zip(step.targets, values, strict=True))

    def Binary(self, step: ir.Binary) -> None:
        left, right = self.registers[step.left], self.registers[step.right]
        if step.in_place and isinstance(left, list):
            left += right
            self.registers[step.target] = left
        else:
            self.registers[step.target] = BINARY[step.operator](left, right)

    def Unary(self, step: ir.Unary) -> None:
        self.registers[step.target] = UNARY[step.operator](self.registers[step.operand])

    def Compare(self, step: ir.Compare) -> None:
        left, right = self.registers[step.left], self.registers[step.right]
        self.registers[step.target] = COMPARE[step.operator](left, right)

    def Call(self, step: ir.Call) -> None:
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        for register, kind, keyword in step.arguments:
            value = self.registers[register]
            if kind is ir.ArgumentKind.STAR:
                positional.extend(value)
            elif kind is ir.ArgumentKind.DOUBLE_STAR:
                keywords.update(value)
            elif kind is ir.ArgumentKind.KEYWORD:
                keywords[keyword] = value
            else:
                positional.append(value)
        self.registers[step.target] = self.registers[step.function](*positional, **keywords)

    def Iterate(self, step: ir.Iterate) -> None:
        self.registers[step.target] = iter(self.registers[step.source])

    def Import(self, step: ir.Import) -> None:
        module = importlib.import_module(step.module)
        self.registers[step.target] = importlib.import_module(step.module.partition(".")[0]) if step.top else module

    def ImportFrom(self, step: ir.ImportFrom) -> None:
        self.registers[step.target] = getattr(importlib.import_module(step.module), step.name)

    # Contexts, exceptions, patterns

    def EnterContext(self, step: ir.EnterContext) -> None:
        self.registers[step.target] = self.registers[step.manager].__enter__()

    def ExitContext(self, step: ir.ExitContext) -> None:
        error = self.caught if step.on_error else None
        self.suppressed = self.registers[step.manager].__exit__(type(error) if error else None, error, None)

    def Suppresses(self, step: ir.Suppresses) -> None:
        self.registers[step.target] = self.suppressed

    def Caught(self, step: ir.Caught) -> None:
        self.registers[step.target] = self.caught

    def Handled(self, step: ir.Handled) -> None:
        self.caught = self.registers[step.before]

    def ExceptionMatches(self, step: ir.ExceptionMatches) -> None:
        self.registers[step.target] = isinstance(self.registers[step.exception], self.registers[step.kind])

    def MatchClass(self, step: ir.MatchClass) -> None:
        self.registers[step.target] = isinstance(self.registers[step.subject], self.registers[step.kind])

    def MatchPosition(self, step: ir.MatchPosition) -> None:
        subject = self.registers[step.subject]
        names = getattr(self.registers[step.kind], "__match_args__", None)
        self.registers[step.target] = getattr(subject, names[step.index]) if names and step.index >= 0 else subject

    def MatchSequence(self, step: ir.MatchSequence) -> None:
        subject = self.registers[step.subject]
        is_sequence = isinstance(subject, Sequence) and not isinstance(subject, (str, bytes))
        length = len(subject) if is_sequence else -1
        self.registers[step.target] = length >= step.length if step.has_star else length == step.length

    def MatchMapping(self, step: ir.MatchMapping) -> None:
        subject = self.registers[step.subject]
        keys = [self.registers[key] for key in step.keys]
        self.registers[step.target] = isinstance(subject, Mapping) and all(key in subject for key in keys)

    # Definitions

    def MakeFunction(self, step: ir.MakeFunction) -> None:
        function = self.module.functions[step.function]
        defaults = {name: self.registers[register] for name, register in step.defaults}
        frees = {name: self.cells[name] for name in function.frees}

        def call(*positional: Any, **keywords: Any) -> Any:
            frame = Frame(self.module, function, self.globals, frees)
            for name, value in _bind(function, defaults, positional, keywords):
                scope = ir.Scope.CELL if name in function.cells else ir.Scope.LOCAL
                frame.variables(name, scope)[name] = value
            return frame.run() if function.is_generator else _drive(frame.run())

        self.registers[step.target] = call

    def MakeClass(self, step: ir.MakeClass) -> None:
        definition = self.module.classes[step.class_id]
        body = self.module.functions[definition.body]
        frame = Frame(self.module, body, self.globals, {name: self.cells[name] for name in body.frees})
        _drive(frame.run())
        keywords = {name: self.registers[register] for name, register in step.keywords}
        metaclass = keywords.pop("metaclass", type)
        made = metaclass(definition.name, tuple(self.items(step.bases)), frame.locals, **keywords)
        if "__class__" in frame.cells:
            frame.cells["__class__"].variables["__class__"] = made
        self.registers[step.target] = made


def _bind(
    function: FunctionIR, defaults: dict[str, Any], positional: tuple[Any, ...], keywords: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Parameters with their values; the tests only make calls that fit."""
    rest = list(positional)
    for parameter in function.parameters:
        if parameter.kind is ParameterKind.VAR_POSITIONAL:
            yield parameter.name, tuple(rest)
        elif parameter.kind is ParameterKind.VAR_KEYWORD:
            yield parameter.name, keywords
        elif parameter.name in keywords:
            yield parameter.name, keywords.pop(parameter.name)
        elif rest and parameter.kind is not ParameterKind.KEYWORD_ONLY:
            yield parameter.name, rest.pop(0)
        else:
            yield parameter.name, defaults[parameter.name]


BUILDERS: dict[ir.BuildKind, Callable[[list[Any]], Any]] = {
    ir.BuildKind.TUPLE: tuple,
    ir.BuildKind.LIST: list,
    ir.BuildKind.SET: set,
    ir.BuildKind.STRING: lambda parts: "".join(map(str, parts)),
    ir.BuildKind.SLICE: lambda parts: slice(*parts),
    ir.BuildKind.GENERATOR: list,
}
