"""Definitions and what is done with them: names of modules, classes, decorators, attributes that are set."""

from __future__ import annotations

from datause_lint.analysis.access import CONTAINERS, read, stored_value
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import (
    ApiAtom,
    Atom,
    BoundAtom,
    ClassAtom,
    Const,
    Data,
    FunctionAtom,
    Label,
    ModuleAtom,
)
from datause_lint.analysis.class_attributes import (
    begin_anew,
    put_on_class,
    settle_class_attributes,
    settle_definition,
)
from datause_lint.analysis.descriptors import name_descriptors, set_by_class
from datause_lint.analysis.enums import initialise_members, is_enum, member
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import NOTHING, Fact, Truths
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.guards import uses_of
from datause_lint.analysis.metaclasses import let_metaclass_make, prepare_names
from datause_lint.analysis.models.registry import Caller
from datause_lint.analysis.objects import BASES, ELEMENT, ENVIRONMENT, MANY, Kind, Obj, attribute
from datause_lint.analysis.special_methods import special_methods
from datause_lint.analysis.standard_streams import STREAMS, set_stream
from datause_lint.analysis.state import State
from datause_lint.analysis.types import Types, element_types
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, UNKNOWN_BOOLEAN, Value, join_all, of
from datause_lint.analysis.withdrawal import note_overwritten
from datause_lint.analysis.writing import write
from datause_lint.ir import instructions as ir
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import FunctionKind, Parameter
from datause_lint.names import ApiPath, ClassId, FunctionId
from datause_lint.policy.entries import GuardKind

# ── modules ───────────────────────────────────────────────────────────────────────────────────────────────────────


def store_global(frame: Frame, state: State, name: str, value: Value) -> None:
    world = frame.world
    holder = world.objects.module(world.module_of(frame.function.id))
    if frame.function.kind is FunctionKind.MODULE_BODY and state.stored(holder, attribute(name)) is not None:
        world.shared.passing[holder, attribute(name)] = None
    state.store(holder, attribute(name), value)
    world.publisher.publish(frame, state, holder, attribute(name), value)
    if frame.function.kind is not FunctionKind.MODULE_BODY:
        world.written_globals[holder, attribute(name)] = None
        return
    for atom in value.atoms:
        if isinstance(atom, FunctionAtom) and atom.function != f"{frame.module.name}:{name}":
            for importable in world.program.importable_names(frame.module.name):
                world.note_export(atom.function, f"{importable}.{name}")


def settle_module(frame: Frame, state: State) -> None:
    """The module's body has ended: its names are what they are now, and not what they were on the way."""
    world = frame.world
    holder = world.objects.module(frame.module.name)
    for key, value in state.heap.get(holder, {}).items():
        world.shared.passing.pop((holder, key), None)
        if (holder, key) not in world.written_globals:
            closed = world.publisher.closed(frame, state, value)
            world.shared.settle_name(holder, key, closed)
            world.publisher.publish_contents(frame, state, closed, {})
    settle_class_attributes(frame, state)


def fill_as_declared(frame: Frame, state: State, value: Value, declared: Types, span: Span) -> None:
    """``MEMBERS: dict[str, Member] = {}``: whoever fills it, it holds what its annotation says."""
    classes = [
        kind.cls
        for kind in element_types(declared, ELEMENT)
        if kind.cls is not None and frame.world.records.is_record_class(frame, kind.cls)
    ]
    for obj in value.objects() if classes else ():
        if obj.api == "contextvars.ContextVar()" and len(classes) == 1:
            promised = frame.world.objects.external(f"{frame.site(span)}~declared", None, classes[0])
            frame.world.places[promised] = frame.location(span)
            state.store(obj, "@declared", of(promised))
            frame.world.publisher.publish_if_shared(frame, state, obj)
        if obj.api not in CONTAINERS or any(key.startswith("[") for key in state.heap.get(obj, ())):
            continue
        for cls in classes:
            member = frame.world.objects.external(f"{frame.site(span)}~declared", None, cls)
            frame.world.places[member] = frame.location(span)
            state.heap.setdefault(member, {})
            state.store(member, MANY, UNKNOWN_BOOLEAN)
            state.store_weakly(obj, ELEMENT, of(member))
            frame.world.publisher.publish(frame, state, member, MANY, UNKNOWN_BOOLEAN)
        frame.world.publisher.publish_if_shared(frame, state, obj)


# ── classes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def make_class(frame: Frame, state: State, i: ir.MakeClass, call: Caller) -> None:
    world = frame.world
    holder = world.objects.class_object(i.class_id)
    bases = Value({atom: NOTHING for item in i.bases for atom in world.resolve(frame.registers[item.register]).atoms})
    bases = _usable_bases(frame, state, bases)
    if any(type(atom) is Obj for item in i.bases for atom in frame.registers[item.register].atoms):
        world.shared.write(holder, BASES, bases)  # another one each time that the function around it is called
    else:
        world.shared.settle(holder, BASES, bases)
    for keyword, register in i.keywords:
        if keyword == "metaclass":
            world.shared.settle(holder, "@metaclass", world.resolve(frame.registers[register]))
    world.shared.settle(holder, "@made", of(Const(True, bool)))
    for atom in bases.atoms:
        if isinstance(atom, ClassAtom):
            world.note_subclass(i.class_id, atom.cls)
    ir_of_class = world.class_ir(i.class_id)
    if ir_of_class is None:
        return
    prepare_names(frame, state, i, call)
    body = world.function(ir_of_class.body)
    environment = frame.cells if body is not None and body.frees else None
    _, after = call(frame, state.copy(), of(FunctionAtom(ir_of_class.body, environment)), Arguments(), i.span)
    if after is not None:
        state.variables, state.heap, state.facts = after.variables, after.heap, after.facts
    if environment is not None:
        _keep_captures(frame, state, i.class_id, ir_of_class.body)
    begin_anew(frame, state, i.class_id)
    name_descriptors(frame, state, i.class_id, i.span, call)
    initialise_members(frame, state, i.class_id, i.span, call)
    _tell_bases(frame, state, i, call)
    let_metaclass_make(frame, state, i, call)


def _tell_bases(frame: Frame, state: State, i: ir.MakeClass, call: Caller) -> None:
    """``__init_subclass__`` of the bases hears of the new class."""
    world = frame.world
    holder = world.objects.class_object(i.class_id)
    for base in world.hierarchy(i.class_id)[1:]:
        found = world.shared.read(world.objects.class_object(base), attribute("__init_subclass__"))
        hooks = [atom for atom in found.atoms if isinstance(atom, FunctionAtom)] if found is not None else []
        if hooks:
            bound = of(*(BoundAtom(each.function, each.environment, holder) for each in hooks))
            given = {name: frame.registers[register] for name, register in i.keywords if name and name != "metaclass"}
            call(frame, state, bound, Arguments([], given), i.span)
            return


def _keep_captures(frame: Frame, state: State, cls: ClassId, body: FunctionId) -> None:
    """The methods of a class inside a function look captured names up in what the function's variables are kept in."""
    world = frame.world
    between = world.objects.new(f"{body}#cells")
    world.shared.announce(between)
    world.shared.write(between, ENVIRONMENT, of(frame.cells))
    world.shared.announce(frame.cells)
    world.publisher.publish_if_shared(frame, state, frame.cells)
    holder, captured = world.objects.class_object(cls), world.objects.parameter(body, ENVIRONMENT)
    members = (obj for key in world.shared.keys(holder) for obj in (world.shared.read(holder, key) or EMPTY).objects())
    for each in (holder, *(obj for obj in members if obj.cls == cls)):
        for key in world.shared.keys(each):
            value = world.shared.read(each, key) or EMPTY
            if any(obj.root is captured for obj in value.objects()):
                parts = [_seen_here(frame, state, atom, captured) for atom in value.atoms]
                state.store_weakly(each, key, join_all(parts))
                world.publisher.publish(frame, state, each, key, join_all(parts))


def _seen_here(frame: Frame, state: State, atom: Atom, captured: Obj) -> Value:
    """What the class's body has captured, as the function around it knows it."""
    if type(atom) is not Obj or atom.root is not captured:
        return of(atom)
    if atom.base is None:
        return of(frame.cells)
    return read(frame, state, _seen_here(frame, state, atom.base, captured), atom.key)


def _usable_bases(frame: Frame, state: State, bases: Value) -> Value:
    """``class M(UserManager.from_queryset(Q))`` derives from both; a generic alias from its origin."""
    atoms: dict[Atom, Truths] = {}
    for atom in bases.atoms:
        if type(atom) is not Obj:
            atoms[atom] = NOTHING
            continue
        atoms.update({each: NOTHING for each in frame.known_atoms(atom) if isinstance(each, (ClassAtom, ApiAtom))})
        for key, value in state.heap.get(atom, {}).items():
            if key.startswith("@argument"):
                atoms.update({each: NOTHING for each in value.atoms if isinstance(each, ClassAtom)})
        if atom.api is not None:
            if frame.world.policy.model_sources(atom.api):  # ``Base = declarative_base()``
                atoms[ApiAtom(atom.api)] = NOTHING
                continue
            path = atom.api.removesuffix("[]").removesuffix("()")
            holder, _, method = path.rpartition(".")
            of_method = method[:1].islower() and holder != "" and not atom.api.endswith("[]")
            atoms[ApiAtom(ApiPath(holder if of_method else path))] = NOTHING
    return Value(atoms)


def settle_class(frame: Frame, state: State, call: Caller) -> None:
    """The class's body has ended: its variables are the class's attributes."""
    cls = ClassId(frame.function.id.removesuffix(".<body>"))
    of_enum = is_enum(frame, cls)
    for name, value in state.variables.items():
        if "." in name:
            continue
        if of_enum:
            value = member(frame, state, cls, name, value, call)
        settle_definition(frame, state, cls, name, value)


def match_arguments(frame: Frame, cls: ClassId) -> list[str] | None:
    """The attributes that a class pattern's positions stand for."""
    world = frame.world
    stated = world.class_attribute(cls, "__match_args__")
    if stated is not None:
        only = stated[0].only_object()
        names: list[str] = []
        while only is not None and (item := world.shared.read(only, f"[{len(names)}]")) is not None:
            constant = item.constant()
            names.append(str(constant.value) if constant is not None else "")
        return names
    found: dict[str, None] = {}
    for each in reversed(world.hierarchy(cls)):
        ir_of_class = world.class_ir(each)
        if ir_of_class is not None:
            found.update(dict.fromkeys(field.name for field in ir_of_class.fields))
    return list(found) or None


# ── decorators ────────────────────────────────────────────────────────────────────────────────────────────────────


def decorate(
    frame: Frame, state: State, i: ir.Call, function: Value, arguments: Arguments
) -> tuple[Value, State | None] | None:
    """A decorator from outside the program leaves the function what it is, and marks it; None for any other call."""
    if len(arguments.positional) != 1 or arguments.keywords or arguments.more or arguments.more_keywords:
        return None
    decorated = arguments.positional[0]
    function = Value({**function.atoms, **of(*_captured_decorators(frame, function)).atoms})
    if not decorated.atoms or not all(
        isinstance(atom, (FunctionAtom, ClassAtom, BoundAtom)) for atom in decorated.atoms
    ):
        return None
    _declared_guards(frame, state, function, decorated, i.span)
    decorators = [atom for atom in function.atoms if not isinstance(atom, (Label, Data))]  # a noun: ``router.post``
    if any(isinstance(atom, ApiAtom) for atom in decorators):  # beside a method, what may have been put in its place
        decorators = [atom for atom in decorators if type(atom) is not Obj or atom.kind is not Kind.FIELD]
    if not decorators or not all(_is_outer(frame, atom) for atom in decorators):
        return None
    if any(isinstance(atom, ApiAtom) and _makes_instance(frame, atom, decorated, i.span) for atom in decorators):
        return None
    accessors: list[Value] = []  # of a property: those that it has already
    for atom in decorators:
        mark = _mark(frame, state, atom, decorated, i.span)
        for each in decorated.atoms:
            if isinstance(each, (FunctionAtom, BoundAtom)):
                frame.world.mark(each.function, mark, each.environment)
            elif isinstance(each, ClassAtom):
                holder = frame.world.objects.class_object(each.cls)
                path = (mark.api or "").removesuffix("()")
                frame.world.shared.write(holder, "@decorators", of(ApiAtom(ApiPath(path))))
                frame.world.shared.write(holder, "@marks", of(mark))
                frame.world.wiring.class_decorated(frame, state, each.cls, mark)
        if (mark.api or "").endswith((".setter()", ".deleter()", ".getter()")) and isinstance(atom, ApiAtom):
            getter = stored_value(frame, state, atom.receiver, "@function") if atom.receiver is not None else None
            if getter is not None:
                accessors.append(getter)
                continue
        if not any(isinstance(each, ClassAtom) for each in decorated.atoms):
            decorated = frame.world.wiring.function_decorated(frame, state, decorated, mark)
    return Value({**join_all(accessors).atoms, **decorated.atoms}, decorated.implied, decorated.probes), state


def _captured_decorators(frame: Frame, function: Value) -> list[Atom]:
    """Of a decorator that the function around this one has imported."""
    inputs = [obj for obj in function.objects() if frame.is_input(obj)]
    return [atom for obj in inputs for atom in frame.known_atoms(obj) if isinstance(atom, ApiAtom)]


def _makes_instance(frame: Frame, function: ApiAtom, given: Value, span: Span) -> bool:
    """``StateGraph(State)``: a class that is given a function or class is no decorator, unless it stands as one."""
    if not function.path.rpartition(".")[2][:1].isupper():
        return False
    functions = [
        frame.world.function(atom.function) for atom in given.atoms if isinstance(atom, (FunctionAtom, BoundAtom))
    ]
    return not any(each is not None and span in each.decorators for each in functions)


def _is_outer(frame: Frame, atom: Atom) -> bool:
    """Whether nothing better is known than that it may be a decorator (a framework's catch-all model is nothing)."""
    path = atom.path if isinstance(atom, ApiAtom) else atom.api if type(atom) is Obj else None
    if path is None or (type(atom) is Obj and atom.kind is not Kind.EXTERNAL):
        return False
    return path not in frame.world.models and not frame.world.wiring.never_decorates(path)


def _mark(frame: Frame, state: State, atom: Atom, decorated: Value, span: Span) -> Obj:
    """The decorator as an object: by its path, with its own arguments, knowing what it stands on."""
    world = frame.world
    if type(atom) is Obj:
        mark = atom
    else:
        assert isinstance(atom, ApiAtom)
        mark = world.objects.external(frame.site(span), world.api(f"{atom.path}()").path)
        state.heap.setdefault(mark, {})
        if atom.receiver is not None:
            state.store(mark, "@receiver", of(atom.receiver))
    state.store(mark, "@function", decorated)
    for key, value in state.heap.get(mark, {}).items():
        world.publisher.publish(frame, state, mark, key, value)
    return mark


def _declared_guards(frame: Frame, state: State, function: Value, decorated: Value, span: Span) -> None:
    """Decorators that a policy names: what they prove holds inside of what they decorate."""
    for atom in function.atoms:
        for fact, parameter in decorator_facts(frame, state, atom, span):
            for each in decorated.atoms:
                if isinstance(each, (FunctionAtom, BoundAtom)):
                    frame.world.guard_body(each.function, fact, parameter)
                elif isinstance(each, ClassAtom):
                    ir_of_class = frame.world.class_ir(each.cls)
                    for _, method in ir_of_class.methods if ir_of_class is not None else ():
                        frame.world.guard_body(method, fact, parameter)


def decorator_facts(frame: Frame, state: State, atom: Atom, span: Span) -> list[tuple[Fact, str]]:
    """What a decorator named by the policy proves: it itself, or one made by calling it."""
    if isinstance(atom, FunctionAtom) and atom.environment is not None:
        tagged = stored_value(frame, state, atom.environment, "@guard")
        if tagged is not None:
            return [(fact, "") for fact in tagged.implied.true if type(fact) is Fact]
    paths = frame.world.function_paths(atom) if isinstance(atom, FunctionAtom) else []
    if isinstance(atom, ApiAtom):
        paths = [atom.path]
    made = Arguments()
    if type(atom) is Obj and atom.api is not None:
        paths = [atom.api.removesuffix("()")]
        for key, value in state.heap.get(atom, {}).items():
            if key.startswith("@argument:"):
                made.keywords[key.partition(":")[2]] = value
            elif key.startswith("@argument"):
                made.positional.append(value)
    found: list[tuple[Fact, str]] = []
    for path in paths:
        for guard in frame.world.policy.guards_at(GuardKind.DECORATOR, path):
            uses = uses_of(frame, guard, made, ())
            names = guard.subject.names if guard.subject is not None else ()
            if uses:
                fact = Fact(guard.id, uses, None, frame.location(span), guard.organisation)
                found.append((fact, names[0] if names and not guard.any_subject else ""))
    return found


def tag_decorator_factory(
    frame: Frame,
    state: State,
    paths: list[str],
    arguments: Arguments,
    parameters: tuple[Parameter, ...],
    result: Value,
    span: Span,
) -> Value:
    """``consent_required("assistant")``: the decorator that comes back proves what the call says."""
    proven: set[Fact] = set()
    for path in paths:
        for guard in frame.world.policy.guards_at(GuardKind.DECORATOR, path):
            uses = uses_of(frame, guard, arguments, parameters)
            if uses:
                proven.add(Fact(guard.id, uses, None, frame.location(span), guard.organisation))
    if not proven:
        return result
    tagged: dict[Atom, Truths] = {}
    for atom, carried in result.atoms.items():
        if isinstance(atom, FunctionAtom):
            environment = atom.environment
            if environment is None:  # it captures nothing: the tag is all that it holds
                environment = frame.world.objects.new(f"{frame.site(span)}#guard")
            state.store(environment, "@guard", Value({}, Implied(true=frozenset(proven))))
            atom = FunctionAtom(atom.function, environment)
        tagged[atom] = carried
    return Value(tagged, result.implied, result.probes)


# ── attributes ────────────────────────────────────────────────────────────────────────────────────────────────────


def set_attribute(frame: Frame, state: State, base: Value, name: str, value: Value, span: Span, call: Caller) -> None:
    world = frame.world
    for atom in base.atoms:
        if isinstance(atom, ModuleAtom):
            world.written_globals[world.objects.module(atom.module), attribute(name)] = None
            world.publisher.publish(frame, state, world.objects.module(atom.module), attribute(name), value)
            state.store(world.objects.module(atom.module), attribute(name), value)
        elif isinstance(atom, ApiAtom) and atom.path == "sys" and name in STREAMS:
            set_stream(frame, state, name, value)
        elif isinstance(atom, ClassAtom):
            put_on_class(frame, state, atom.cls, attribute(name), value, certain=len(base.atoms) == 1)
        elif isinstance(atom, (FunctionAtom, BoundAtom)):
            world.publisher.publish(frame, state, world.objects.function_object(atom.function), attribute(name), value)
    if not base.objects() or set_by_class(frame, state, base, name, value, span, call):
        return
    special = special_methods(frame, state, base, "__setattr__")
    if special.atoms and frame.function.name != "__setattr__":
        call(frame, state, special, Arguments([of(Const(name, str)), value]), span)
    write(frame, state, base, attribute(name), value)
    note_overwritten(frame, state, base.objects(), attribute(name), value)
    for obj in base.objects():
        for kind in types_of(frame, state, obj):
            if kind.cls is not None:
                world.publisher.publish_for_all(
                    frame, state, world.objects.any_instance(kind.cls), attribute(name), value
                )
        if not frame.is_input(obj):
            world.publisher.publish_if_shared(frame, state, obj)
