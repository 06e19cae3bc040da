"""Queues of tasks: Celery, RQ, Dramatiq, huey, arq, and their like. Queueing a task is calling its function, later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from datause_lint.analysis.access import TUPLE
from datause_lint.analysis.atoms import ApiAtom, BoundAtom, ClassAtom, FunctionAtom
from datause_lint.analysis.frameworks.tasks.canvas import CANVASES, canvas_method, is_canvas, run_canvas, steps_of
from datause_lint.analysis.frameworks.tasks.methods import (
    add_periodic_task,
    hand_over,
    make_task,
    method_of_task,
    register_task,
    result_of,
    retry,
)
from datause_lint.analysis.frameworks.tasks.queueing import function_named
from datause_lint.analysis.frameworks.tasks.registered import registered_below
from datause_lint.analysis.frameworks.tasks.things import (
    BODIES,
    CANVAS,
    CHAIN,
    DIRECT,
    FUNCTION,
    HANDING,
    PACKED,
    PERIODIC,
    SCHEDULERS,
    SCHEDULES,
    SIGNING,
    SIGNING_PACKED,
    STEPS,
    TASK_CLASSES,
)
from datause_lint.analysis.models.registry import Model
from datause_lint.analysis.objects import Obj, index
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Type, Types, last_name
from datause_lint.analysis.values import Value, of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import BuildDict, Span
from datause_lint.ir.instructions import Const as ConstInstruction
from datause_lint.ir.module import FunctionIR, Parameter
from datause_lint.names import ApiPath, ClassId, FunctionId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World


class Tasks(Framework):
    """Decorated functions, task classes, signatures, and calls that hand a function to a queue."""

    def model_of(self, path: str) -> Model | None:
        if path in HANDING:
            position, packed = HANDING[path]
            return lambda call: hand_over(call, position, packed=packed)
        holder, _, name = path.rpartition(".")
        if (
            path.startswith("celery.")
            and "()" not in holder
            and name in ("chain", "group", "chord", "signature", "subtask", "chain()", "group()", "chord()")
        ):
            return CANVASES.get(name.removesuffix("()")) if not path.endswith("()") else run_canvas
        if path in ("celery.canvas.Signature()", "dramatiq.Message()"):
            return run_canvas
        if path in (
            "dramatiq.pipeline",
            "dramatiq.group",
            "dramatiq.composition.pipeline",
            "dramatiq.composition.group",
        ):
            return CANVASES["chain" if name == "pipeline" else "group"]
        if f"{holder}" in CANVAS:
            return canvas_method(name)
        if path.startswith(SCHEDULERS) and name in ("add_job", "do", "modify_job"):
            return lambda call: hand_over(call, 0, packed=name == "add_job")
        if holder == "celery.result.AsyncResult()":
            return result_of if name in ("get", "result", "wait", "join", "join_native", "collect") else None
        if path.startswith("celery.") and name == "retry":
            return retry
        if path.startswith("celery.") and name == "register_task":
            return register_task
        if path.startswith("celery.") and name == "add_periodic_task":
            return add_periodic_task
        if name in ("shared_task", "task", "actor", "job", "db_task", "periodic_task") and "()" not in name:
            return make_task
        return method_of_task(name)

    def parameter_types(self, world: World, function: FunctionIR, parameter: Parameter) -> Types:
        if function.parameters[:1] != (parameter,):
            return ()
        marks = [mark for mark in world.marks_of(function.id) if _is_bound(world, mark)]
        if not marks:
            return ()
        stated = [Type(cls, None) for mark in marks for cls in _stated_bases(world, mark)]
        return tuple(stated) or (Type(None, ApiPath("celery.Task")),)

    def function_decorated(self, frame: Frame, state: State, decorated: Value, mark: Obj) -> Value | None:
        """``bind=True``: the task itself is the function's first argument."""
        if last_name((mark.api or "").removesuffix("()")) in PERIODIC:
            for atom in decorated.atoms:
                if isinstance(atom, (FunctionAtom, BoundAtom)):
                    frame.world.note_entry(atom.function)
        if not _is_bound(frame.world, mark):
            return None
        bound = Value(
            {
                BoundAtom(atom.function, atom.environment, mark) if isinstance(atom, FunctionAtom) else atom: carried
                for atom, carried in decorated.atoms.items()
            }
        )
        state.store(mark, FUNCTION, bound)
        frame.world.shared.settle(mark, FUNCTION, bound)
        return bound

    def instance_attribute(
        self, frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span
    ) -> Value | None:
        base = _task_base(frame.world, cls, name)
        return of(ApiAtom(ApiPath(f"{base}().{name}"), obj)) if base is not None else None

    def class_attribute(self, frame: Frame, state: State, cls: ClassId, name: str, span: Span) -> Value | None:
        base = _task_base(frame.world, cls, name)
        if base is None:
            return None
        made = frame.world.objects.external(frame.site(span) + "~task", None, cls)
        state.heap.setdefault(made, {})
        return of(ApiAtom(ApiPath(f"{base}().{name}"), made))

    def binary(self, frame: Frame, state: State, operator: str, left: Value, right: Value, span: Span) -> Value | None:
        """``first | then``: a chain."""
        if operator != "|" or not (is_canvas(frame, state, left) or is_canvas(frame, state, right)):
            return None
        steps = frame.world.objects.new(frame.site(span) + "~steps", api=ApiPath(TUPLE))
        state.allocate(steps)
        for position, step in enumerate([*steps_of(frame, state, left), right]):
            state.store(steps, index(position), step)
        made = frame.world.objects.external(frame.site(span), ApiPath(CHAIN))
        state.allocate(made)
        state.store(made, STEPS, of(steps))
        return of(made)

    def entries(self, world: World) -> Iterable[FunctionId]:
        """The tasks that a schedule names, and those that a worker runs without what stands around them."""
        yield from registered_below(world)
        for name in world.program.mentioning(SCHEDULES):
            module = world.module(name)
            for function in module.functions.values() if module is not None else ():
                for text in _scheduled_names(function):
                    value = function_named(world, text)
                    yield from (atom.function for atom in value.atoms if isinstance(atom, (FunctionAtom, BoundAtom)))


def _scheduled_names(function: FunctionIR) -> Iterator[str]:
    """``{"task": "app.tasks.draft", …}``."""
    constants: dict[int, object] = {}
    for block in function.blocks:
        for instruction in block.instructions:
            if isinstance(instruction, ConstInstruction):
                constants[instruction.target] = instruction.value
            elif isinstance(instruction, BuildDict):
                for entry in instruction.entries:
                    text = constants.get(entry.value)
                    if entry.key is not None and constants.get(entry.key) == "task" and isinstance(text, str):
                        yield text


def _is_bound(world: World, mark: Obj) -> bool:
    value = world.shared.read(mark, "@argument:bind")
    constant = value.constant() if value is not None else None
    return constant is not None and constant.value is True


def _stated_bases(world: World, mark: Obj) -> list[ClassId]:
    """``@app.task(bind=True, base=ModelTask)``: of what class the task is."""
    value = world.shared.read(mark, "@argument:base")
    return [atom.cls for atom in world.resolve(value).atoms if isinstance(atom, ClassAtom)] if value else []


def _task_base(world: World, cls: ClassId, name: str) -> str | None:
    """The class outside the program that makes a task of a class, where the name is a way to queue it."""
    if name not in DIRECT | PACKED | SIGNING | SIGNING_PACKED | {"retry"}:
        return None
    if not any(world.class_attribute(cls, body) for body in BODIES):
        return None
    return next((base for base in world.outer_bases(cls) if last_name(base) in TASK_CLASSES), None)
