"""Functions that decorators and factories made, as modules, classes and frameworks hold them, called from nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from datause_lint.analysis.access import TUPLE, read
from datause_lint.analysis.arguments import known_length
from datause_lint.analysis.atoms import ApiAtom, Atom, BoundAtom, ClassAtom, FunctionAtom, MethodAtom
from datause_lint.analysis.caller import sent, shape
from datause_lint.analysis.facts import NOTHING
from datause_lint.analysis.frame import KEYS_OF, SENT, SHAPE, Frame
from datause_lint.analysis.holders import Holders
from datause_lint.analysis.memo import Answer, Node
from datause_lint.analysis.objects import ALLOCATED, ENVIRONMENT, NOTHING_CAPTURED, Kind, Obj
from datause_lint.analysis.state import State
from datause_lint.analysis.summaries import NO_CALLER
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.analysis.world import World
from datause_lint.names import ClassId, FunctionId, ModuleName

MAXIMAL_DEPTH = 4  # of functions and objects that have captured each other


class Closures:
    def __init__(self, world: World, holders: Holders, is_way: Callable[[FunctionId], bool]) -> None:
        self._world = world
        self._holders = holders
        self._is_way = is_way

    def find(self, modules: Iterable[ModuleName]) -> dict[FunctionId, list[Obj]]:
        """The functions that can lie on a way to a sink, each with what it has captured: its own words do not tell
        where it leads, what it has captured may."""
        found: dict[FunctionId, dict[Obj, None]] = {}
        for module in modules:
            for atom in self._held_by(module):
                if atom.environment is not None:
                    found.setdefault(atom.function, {})[atom.environment] = None
        for name, environment in self._world.wiring.closures(self._world):
            found.setdefault(name, {})[environment] = None
        for name, _, captured in self._world.marked_closures:  # ``@app.route(…)`` in ``create_app()``
            if "<locals>" in name:
                found.setdefault(name, {})[captured or self._world.objects.module(NOTHING_CAPTURED)] = None
        return {
            name: leading
            for name, captured in found.items()
            if (leading := [each for each in captured if self._is_way(name) or self._object_leads(each, 0)])
        }

    def _held_by(self, module: ModuleName) -> list[FunctionAtom]:
        ir, shared = self._world.module(module), self._world.shared
        holders = [self._world.objects.module(module)]
        holders.extend(self._world.objects.class_object(cls) for cls in (ir.classes if ir is not None else ()))
        values = [shared.read(holder, key) for holder in holders for key in shared.keys(holder) if key.startswith(".")]
        return [atom for value in values if value is not None for atom in value.atoms if isinstance(atom, FunctionAtom)]

    def _leads(self, atom: Atom, depth: int) -> bool:
        if isinstance(atom, (FunctionAtom, BoundAtom)):
            captured = atom.environment is not None and self._object_leads(atom.environment, depth + 1)
            return captured or self._is_way(atom.function)
        if isinstance(atom, (ApiAtom, MethodAtom)):  # a method of a framework calls those of the class below it
            return atom.receiver is not None and self._object_leads(atom.receiver, depth + 1)
        if isinstance(atom, ClassAtom):
            return self._class_leads(atom.cls)
        return type(atom) is Obj and self._object_leads(atom, depth + 1)

    def _object_leads(self, obj: Obj, depth: int) -> bool:
        if obj.kind is Kind.EXTERNAL or (obj.cls is not None and self._class_leads(obj.cls)):
            return True  # what code outside has made may call what it was given
        shared = self._world.shared
        keys = shared.keys(obj) if depth < MAXIMAL_DEPTH and obj.kind in ALLOCATED else ()
        held = [value for value in (shared.read(obj, key) for key in keys) if value is not None]
        return any(self._holders.leads(value) for value in held) or any(
            self._leads(atom, depth) for value in held for atom in self._world.resolve(value).atoms
        )

    def _class_leads(self, cls: ClassId) -> bool:
        found = map(self._world.class_ir, (cls, *self._world.hierarchy(cls)))
        return any(self._is_way(method) for each in found if each is not None for _, method in each.methods)


class ClosureContext:
    """Nobody calls, but what the function has captured is known."""

    root = True

    def __init__(self, world: World, function: FunctionId, environment: Obj) -> None:
        ir = world.function(function)
        assert ir is not None
        module = world.module(world.module_of(function))
        assert module is not None
        body = world.function(module.body)
        assert body is not None
        self._frame = Frame(world, body, module, NO_CALLER, Node())
        self._state = State({}, {}, NOTHING)
        self._values: dict[Obj, Value] = {world.objects.parameter(function, ENVIRONMENT): of(environment)}

    def answer(self, obj: Obj, question: str) -> Answer:
        if question not in (SHAPE, SENT, KEYS_OF):
            return ()
        value = self._frame.world.resolve(self._value(obj))
        if question == KEYS_OF:
            return self._places_in(value)
        return (shape if question == SHAPE else sent)(self._frame, self._state, value)

    def _places_in(self, value: Value) -> Answer:
        """Of a tuple, which nobody changes: ``*purposes`` of the decorator."""
        if not all(obj.api == TUPLE for obj in value.objects()):
            return ()
        return tuple(range(known_length(self._frame, self._state, value) or 0))

    def _value(self, obj: Obj) -> Value:
        if obj in self._values:
            return self._values[obj]
        if obj.base is None or obj.kind is not Kind.FIELD:
            return EMPTY
        value = read(self._frame, self._state, self._value(obj.base), obj.key)
        return Value({atom: carried for atom, carried in value.atoms.items() if atom is not obj})
