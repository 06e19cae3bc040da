"""The program as the analysis knows it: its modules, classes and functions, found when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from datause_lint.analysis.annotations import Annotations
from datause_lint.analysis.atoms import (
    ApiAtom,
    ClassAtom,
    FunctionAtom,
    LazyImport,
    ModuleAtom,
)
from datause_lint.analysis.built_in_bases import ORIGINS, WITHOUT_METHODS
from datause_lint.analysis.facts import Fact, Truths
from datause_lint.analysis.indexes import Indexes
from datause_lint.analysis.linking import Linker
from datause_lint.analysis.objects import BASES, NOTHING_CAPTURED, Kind, Obj, Objects, attribute
from datause_lint.analysis.observation import Observer
from datause_lint.analysis.program import Program
from datause_lint.analysis.publishing import Publisher
from datause_lint.analysis.resolution_order import merged
from datause_lint.analysis.shared import Remembered, SharedState
from datause_lint.analysis.state import State
from datause_lint.analysis.summaries import NO_CALLER, Runner, Summaries
from datause_lint.analysis.summary import Obligation
from datause_lint.analysis.values import EMPTY, Value, join_all, of
from datause_lint.findings.finding import Location
from datause_lint.ir.instructions import SetAttribute
from datause_lint.ir.module import ClassIR, FunctionIR, ModuleIR
from datause_lint.names import ApiPath, ClassId, FunctionId, ModuleName
from datause_lint.policy.compiled import CompiledPolicy
from datause_lint.policy.entries import Confidence

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.models.registry import Model
    from datause_lint.analysis.records import Records
    from datause_lint.analysis.wiring import Wiring

T = TypeVar("T")


Handler = tuple[FunctionId, int]  # a function, and the block that handles an exception


class World:
    def __init__(
        self,
        program: Program,
        policy: CompiledPolicy,
        run: Runner,
        records: Records,
        wiring: Wiring,
        models: Mapping[str, Model],
    ) -> None:
        self.program = program
        self.policy = policy
        self.summaries = Summaries(self, run)
        self.objects = Objects()
        self.shared = SharedState()
        self.kept: dict[str, Any] = {}  # what frameworks have found out of the program, by who keeps it
        self.places: dict[Obj, Location] = {}  # where external objects come from
        self.callers: dict[FunctionId, dict[FunctionId, None]] = {}
        self._called_with: dict[tuple[FunctionId, Obj], None] = {}
        self.subclasses_of: dict[ClassId, dict[ClassId, None]] = {}
        self.families = 0  # how often a class was found to derive from another
        self.handling: set[FunctionId] = set()  # those that look at an exception that their callers handle
        self.cut: dict[FunctionId, None] = {}
        self.records = records
        self.wiring = wiring
        self.models = models
        self.evidence: dict[Hashable, Obligation] = {}
        self.observer: Observer | None = None
        self.protected: dict[Handler, Location] = {}  # sanitizers whose failure somebody catches, by who does
        self.trusted: frozenset[Handler] = frozenset()  # handlers that are never run: what they protect never fails
        self.marks: dict[FunctionId, dict[Obj, None]] = {}
        self.entries: dict[FunctionId, None] = {}
        self.loops: dict[FunctionId, Mapping[int, frozenset[int]]] = {}  # a function's loops, by the block of the head
        self.indexes: dict[FunctionId, Indexes] = {}
        self.places_in_loops: dict[FunctionId, dict[str, frozenset[str]]] = {}
        self.reaching: dict[str, dict[FunctionId, None]] = {}  # methods on a way to a sink, by name
        self.written_globals: dict[tuple[Obj, str], None] = {}
        self.marked_closures: dict[tuple[FunctionId, Obj, Obj | None], None] = {}
        self._exports: dict[FunctionId, dict[str, None]] = {}
        self._body_facts: dict[FunctionId, dict[tuple[Fact, str], None]] = {}
        self._instances: dict[tuple[ClassId, str], None] = {}
        self._remembered: dict[tuple[str, Hashable], Remembered] = {}
        self._functions: dict[FunctionId, FunctionIR] = {}
        self._classes: dict[ClassId, ClassIR] = {}
        self._modules: dict[ModuleName, ModuleIR | None] = {}
        self._active: dict[FunctionId, int] = {}
        # Data that no rule would report is not followed.
        self.least_confidence = min((rule.min_confidence for rule in policy.rules), default=Confidence.LOW)
        self.possible: dict[FunctionId, None] = {}
        self.asked_for_data: dict[FunctionId, dict[Obj, None]] = {}  # parameters that are called before a sink is
        self._linker = Linker(self)
        self.annotations = Annotations(self)
        self.publisher = Publisher(self.objects, self.shared)

    # ── modules ───────────────────────────────────────────────────────────────────────────────────────────────────

    def module(self, name: ModuleName) -> ModuleIR | None:
        if name not in self._modules:
            module = self.program.load(name)
            self._modules[name] = module
            if module is not None:
                self._functions.update(module.functions)
                self._classes.update(module.classes)
        return self._modules[name]

    def loaded(self) -> list[ModuleName]:
        return [name for name, module in self._modules.items() if module is not None]

    def modules_run(self) -> list[ModuleIR]:
        """Those of which the body has been run. Others may have been looked at: of them nothing is known that holds."""
        return [module for name, module in self._modules.items() if module is not None and self._linker.has_run(name)]

    def module_of(self, name: FunctionId | ClassId) -> ModuleName:
        return ModuleName(name.partition(":")[0])

    def function(self, name: FunctionId) -> FunctionIR | None:
        found = self._functions.get(name)
        if found is None and self.module(self.module_of(name)) is not None:
            found = self._functions.get(name)
        return found

    def class_ir(self, name: ClassId) -> ClassIR | None:
        found = self._classes.get(name)
        if found is None and self.module(self.module_of(name)) is not None:
            found = self._classes.get(name)
        return found

    def has_run(self, name: ModuleName) -> bool:
        return self._linker.has_run(name)

    def run_body(self, name: ModuleName) -> bool:
        return self._linker.run_body(name)

    def global_value(self, module: ModuleName, name: str) -> Value | None:
        return self._linker.value(module, name)

    def gives_on_demand(self, imported: LazyImport) -> bool:
        return self._linker.gives_on_demand(imported.module, imported.name)

    def resolve(self, value: Value) -> Value:
        """The value with its imports of the program's own modules followed."""
        for atom in value.atoms:
            if type(atom) is LazyImport:
                break
        else:
            return value
        parts = []
        for atom, carried in value.atoms.items():
            if isinstance(atom, LazyImport):
                parts.append(self._linker.imported(atom.module, atom.name))
            else:
                parts.append(Value({atom: carried}))
        return join_all(parts)

    def resolved_so_far(self, value: Value) -> Value:
        """The same, without what stands in modules that nobody has run: to look is no reason to run them."""
        if not any(type(atom) is LazyImport for atom in value.atoms):
            return value
        return join_all(
            self._linker.imported_so_far(atom.module, atom.name) if isinstance(atom, LazyImport) else of(atom)
            for atom in value.atoms
        )

    def exported(self, path: str) -> Value:
        """What code outside of the program has under the path."""
        found = self.wiring.exported(self, path)
        return found if found is not None else of(self.api(path))

    def api(self, path: str) -> ApiAtom:
        return ApiAtom(ApiPath(self.policy.canonical(path)))

    # ── classes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def bases(self, cls: ClassId) -> tuple[list[ClassId], list[ApiPath]]:
        stated = self.stated_bases(cls)
        inner = [atom.cls for atom in stated if isinstance(atom, ClassAtom)]
        return inner, [atom.path for atom in stated if isinstance(atom, ApiAtom)]

    def stated_bases(self, cls: ClassId) -> list[ClassAtom | ApiAtom]:
        """The bases of the program, and those outside, in the order in which the class names them."""
        self.ensure_class(cls)
        value = self.shared.read(self.objects.class_object(cls), BASES)
        found: list[ClassAtom | ApiAtom] = []
        for atom in value.atoms if value is not None else ():
            if isinstance(atom, (ClassAtom, ApiAtom)):
                found.append(atom)
            elif type(atom) is Obj and atom.api is not None:
                found.append(ApiAtom(ApiPath(atom.api.removesuffix("[]"))))
        return found

    def ensure_class(self, cls: ClassId) -> None:
        """Runs the module that defines the class, so that its bases and attributes are known."""
        if self.shared.read(self.objects.class_object(cls), "@made") is None:
            self.run_body(self.module_of(cls))

    def remembered(self, what: str, key: Hashable, find: Callable[[], T]) -> T:
        """What ``find`` gives, until the shared state that it read has changed."""
        name = (what, key)
        known = self._remembered.get(name)
        if known is not None and self.shared.holds(known):
            self.shared.note_result(known)
            return known.found  # type: ignore[no-any-return]  # one kind of thing for each name
        self.shared.begin()
        try:
            found = find()
        finally:
            reads = self.shared.end()
        known = self._remembered.setdefault(name, Remembered())
        known.rests_on(reads, changed=known.found != found)
        known.found = found
        self.shared.note_result(known)
        return found

    def hierarchy(self, cls: ClassId) -> tuple[ClassId, ...]:
        """The class and its bases of the program, in method resolution order (a depth-first one where C3 fails)."""
        return self.remembered("hierarchy", cls, lambda: self._linearise(cls, ()))

    def _linearise(self, cls: ClassId, below: tuple[ClassId, ...]) -> tuple[ClassId, ...]:
        if cls in below:
            return ()
        parents = [parent for parent in self.bases(cls)[0] if parent != cls]
        sequences = [list(self._linearise(parent, (*below, cls))) for parent in parents] + [list(parents)]
        return (cls, *merged(sequences))

    def outer_bases(self, cls: ClassId) -> list[ApiPath]:
        """The classes outside the program that the class derives from."""
        return self.remembered("outer bases", cls, lambda: self._find_outer_bases(cls))

    def _find_outer_bases(self, cls: ClassId) -> list[ApiPath]:
        paths = (self.policy.canonical(path) for each in self.hierarchy(cls) for path in self.bases(each)[1])
        found = dict.fromkeys(ApiPath(ORIGINS.get(path, path)) for path in paths)
        outer = [path for path in found if path not in WITHOUT_METHODS]
        if outer and not any(self.policy.model_sources(path) for path in outer):
            behind = self.wiring.base_behind(self, cls)
            outer.extend([behind] if behind is not None else [])
        return outer

    def class_attribute(self, cls: ClassId, name: str) -> tuple[Value, ClassId] | None:
        for each in self.hierarchy(cls):
            found = self.shared.read(self.objects.class_object(each), attribute(name))
            if found is not None:
                return self.resolve(found), each
        return None

    def subclasses(self, cls: ClassId) -> list[ClassId]:
        """All known classes below this one, at any depth, in a stable order."""
        self.shared.note_read(("subclasses", cls))
        found: dict[ClassId, None] = {}
        pending = [cls]
        while pending:
            for child in self.subclasses_of.get(pending.pop(), ()):
                if child not in found:
                    found[child] = None
                    pending.append(child)
        return sorted(found)

    def note_subclass(self, cls: ClassId, base: ClassId) -> None:
        children = self.subclasses_of.setdefault(base, {})
        if cls not in children:
            children[cls] = None
            self.families += 1
            for each in (base, *self.hierarchy(base)):
                self.shared.bump(("subclasses", each))

    def class_paths(self, cls: ClassId) -> list[str]:
        """The names under which the policy may speak of the class or of a base of it."""
        return self.remembered("paths", cls, lambda: self._find_paths(cls))

    def _find_paths(self, cls: ClassId) -> list[str]:
        paths = [path for each in self.hierarchy(cls) for path in self.paths_of(each)]
        paths.extend(self.outer_bases(cls))
        return paths

    def paths_of(self, name: FunctionId | ClassId) -> list[str]:
        module, _, qualified = name.partition(":")
        plain = qualified.replace(".<locals>", "").partition("#")[0]
        return [f"{importable}.{plain}" for importable in self.program.importable_names(ModuleName(module))]

    # ── sharing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def shared_value(self, obj: Obj, key: str) -> Value | None:
        """What shared state knows of a field, under whatever name it knows the object."""
        names = self.shared.names_of(obj) or (obj,)
        if obj.kind is Kind.EARLIER:  # it may also have been made known before it was of another time
            made = self.objects.original(obj)
            names = (*names, *(self.shared.names_of(made) or (made,)))
        return self.shared.read_any(names, key)

    # ── what is noted along the way ───────────────────────────────────────────────────────────────────────────────

    def mark(self, function: FunctionId, mark: Obj, environment: Obj | None = None) -> None:
        """A decorator from outside the program stands on the function; of a closure, on the one of that environment."""
        marks = self.marks.setdefault(function, {})
        if (function, mark, environment) not in self.marked_closures:
            self.marked_closures[function, mark, environment] = None
            marks[mark] = None
            self.shared.bump(("marks", function))

    def marks_on(self, atom: FunctionAtom) -> list[Obj]:
        """The marks of this closure: a wrapper that a decorator makes is marked wherever it stands, each time anew."""
        marks = self.marks_of(atom.function)
        if atom.environment is None:
            return marks
        closures = self.marked_closures
        return [
            mark
            for mark in marks
            if (atom.function, mark, atom.environment) in closures or (atom.function, mark, None) in closures
        ]

    def marks_of(self, function: FunctionId) -> list[Obj]:
        self.shared.note_read(("marks", function))
        return list(self.marks.get(function, ()))

    def guard_body(self, function: FunctionId, fact: Fact, parameter: str) -> None:
        """The fact holds wherever the function's body runs; its subject is the named parameter, if one is named."""
        facts = self._body_facts.setdefault(function, {})
        if (fact, parameter) not in facts:
            facts[fact, parameter] = None
            self.shared.bump(("marks", function))

    def facts_inside(self, function: FunctionIR) -> Truths:
        self.shared.note_read(("marks", function.id))
        found = []
        for fact, parameter in self._body_facts.get(function.id, ()):
            if parameter:
                fact = fact._replace(subject=self.objects.parameter(function.id, parameter))
            found.append(fact)
        return frozenset(found)

    def decorators_of(self, cls: ClassId) -> list[str]:
        """The external decorators of a class and its bases, by path."""
        return self.remembered("decorators", cls, lambda: self._find_decorators(cls))

    def _find_decorators(self, cls: ClassId) -> list[str]:
        found: list[str] = []
        for each in self.hierarchy(cls):
            value = self.shared.read(self.objects.class_object(each), "@decorators")
            found.extend(atom.path for atom in (value.atoms if value is not None else ()) if isinstance(atom, ApiAtom))
        return found

    def keep_default(self, frame: Frame, state: State, function: FunctionId, name: str, value: Value) -> None:
        self.publisher.publish(frame, state, self.objects.function_object(function), f"@default:{name}", value)

    def default_of(self, function: FunctionId, name: str) -> Value:
        found = self.shared.read(self.objects.function_object(function), f"@default:{name}")
        return self.resolve(found) if found is not None else EMPTY

    def note_export(self, function: FunctionId, path: str) -> None:
        """A function is known by another name than that of its definition: a decorator wrapped it."""
        self._exports.setdefault(function, {})[path] = None

    def exports_of(self, function: FunctionId) -> list[str]:
        return list(self._exports.get(function, ()))

    def function_paths(self, atom: FunctionAtom) -> list[str]:
        return [*self.paths_of(atom.function), *self._exports.get(atom.function, ())]

    def method_paths(self, function: FunctionId) -> list[str]:
        """``pkg.mod.Class().method`` of a method's definition."""
        holder, _, name = function.rpartition(".")
        name = name.partition("#")[0]
        return [f"{path}().{name}" for path in self.paths_of(ClassId(holder))] if ":" in holder else []

    def api_member(self, path: str, receiver: Obj | None) -> ApiAtom:
        return ApiAtom(ApiPath(self.policy.canonical(path)), receiver)

    def defines(self, cls: ClassId, name: str) -> bool:
        return self.shared.read(self.objects.class_object(cls), attribute(name)) is not None

    def methods_named(self, name: str) -> list[FunctionId]:
        """Methods on a way to a sink that an object of unknown class may have."""
        self.shared.note_read(("reaching", name))
        return list(self.reaching.get(name, ()))

    def note_reaching(self, function: FunctionId) -> bool:
        """The function is on a way to a sink; whether that is news."""
        ir = self.function(function)
        if ir is None or ir.owner_class is None or ir.name.startswith("__"):
            return False
        known = self.reaching.setdefault(ir.name, {})
        if function in known:
            return False
        known[function] = None
        self.shared.bump(("reaching", ir.name))
        return True

    def attribute_of_instances(self, cls: ClassId, name: str) -> Value | None:
        """What methods put into an attribute of their instances; found by running them, once."""
        everyone = [*self.hierarchy(cls), *self.subclasses(cls)]
        for each in everyone:
            if (each, name) in self._instances:
                continue
            self._instances[each, name] = None
            ir = self.class_ir(each)
            for _, method in ir.methods if ir is not None else ():
                if self._sets(method, name):
                    self.summaries.of(method, NO_CALLER)
        found = [self.shared.read(self.objects.any_instance(each), attribute(name)) for each in everyone]
        present = [value for value in found if value is not None]
        return join_all(present) if present else None

    def instance_fields(self, cls: ClassId, name: str) -> list[Obj]:
        """What stands for the attribute of any instance: methods that nobody calls have put something into it."""
        fields = [
            self.objects.any_instance(each).child(attribute(name))
            for each in (*self.hierarchy(cls), *self.subclasses(cls))
        ]
        return [field for field in fields if self.shared.keys(field)]

    def _sets(self, method: FunctionId, name: str) -> bool:
        function = self.function(method)
        return function is not None and any(
            isinstance(instruction, SetAttribute) and instruction.name == name
            for block in function.blocks
            for instruction in block.instructions
        )

    def note_wrapper(self, outer: FunctionAtom, inner: FunctionAtom) -> None:
        """``functools.wraps``: the outer function passes for the inner one."""
        for mark in self.marks_on(inner):
            self.mark(outer.function, mark, outer.environment)

    def module_value(self, name: str, importer: ModuleName) -> Value:
        """What ``import_module(name)`` gives."""
        found = self.program.find(name, importer)
        return of(ModuleAtom(found)) if found is not None else of(self.api(name))

    def note_possible(self, function: FunctionId) -> None:
        """The function calls a sink if it is given what the sink's conditions demand."""
        self.possible[function] = None

    def note_asking(self, function: FunctionId, called: Iterable[Obj]) -> None:
        """What these parameters give, as functions, may go to a sink: only who calls knows whether it is data."""
        for parameter in called:
            self.asked_for_data.setdefault(function, {})[parameter] = None
            self.note_possible(function)

    def note_protected(self, handler: Handler, location: Location) -> None:
        """A sanitizer is called there, and if that fails, the handler runs."""
        self.protected[handler] = min(location, self.protected.get(handler, location))

    def note_evidence(self, obligation: Obligation) -> None:
        name = (obligation.sink.id, obligation.steps[-1].location, obligation.data, obligation.place, obligation.site)
        self.evidence.setdefault(name, obligation)

    def is_wrapped(self, name: FunctionId) -> bool:
        """Whether nobody but a wrapper knows the function: its name stands for what a decorator made of it."""
        function = self.function(name)
        if function is None or "<locals>" in name or name in self.entries:
            return False
        return name not in self._behind_name(function) or self.wiring.is_wrapped(self, function)

    def is_replaced(self, name: FunctionId) -> bool:
        """Whether the name of a definition stands for what a decorator of the program has made of it."""
        function = self.function(name)
        behind = self._behind_name(function) if function is not None and "<locals>" not in name else []
        return bool(behind) and name not in behind

    def wrappers_beside(self, name: FunctionId) -> list[FunctionId]:
        """Of a function that a decorator may have left as it is: what the decorator makes of it otherwise."""
        function = self.function(name)
        if function is None or "<locals>" in name:
            return []
        behind = self._behind_name(function)
        return [each for each in behind if each != name] if name in behind else []

    def _behind_name(self, function: FunctionIR) -> list[FunctionId]:
        """The functions that the name of a definition stands for, decorators included."""
        if function.owner_class is not None:
            holder = self.objects.class_object(function.owner_class)
        else:
            holder = self.objects.module(self.module_of(function.id))
        stands = self.shared.read(holder, attribute(function.name))
        return [atom.function for atom in stands.atoms if isinstance(atom, FunctionAtom)] if stands is not None else []

    def note_entry(self, function: FunctionId) -> None:
        """The function is called from outside of the program, whoever calls it inside."""
        self.entries[function] = None

    def note_call(
        self, caller: FunctionId, callee: FunctionId, environment: Obj | None = None, *, given: bool = False
    ) -> None:
        """``given``: whether arguments are stated. Without, a decorator may have called it where it stands."""
        self.callers.setdefault(callee, {})[caller] = None
        around = callee.rpartition(".<locals>.")[0]
        if environment is None and "<locals>" in callee and (caller != around or given):
            environment = self.objects.module(NOTHING_CAPTURED)
        if environment is not None and caller != callee:
            self._called_with[callee, environment] = None

    def is_called(self, name: FunctionId, environment: Obj) -> bool:
        """Whether somebody calls the function as it is with what it has captured there."""
        return name not in self.entries and (name, environment) in self._called_with
