"""Classes, with what expressions ask of their instances: attributes, methods, properties, special methods."""

from __future__ import annotations

from tests.oracle.functions import arguments, call, function_lines, some_parameters
from tests.oracle.kinds import TEXT, Instance, Kind, ListOf, Routine, Row, Stream, Text
from tests.oracle.maker import Maker, joined
from tests.oracle.program import Class, Function, Lines, Module, Parameter, Scope, function_scope, indented
from tests.oracle.values import any_kind, built, instance_variables, simple, value

# ── instances, and what they hold ─────────────────────────────────────────────────────────────────────────────────────


@simple(Instance, "call of a class", 1)
def construct(make: Maker, scope: Scope, kind: Instance, fuel: int) -> str | None:
    cls = make.classes[kind.cls]
    below = [each for each in make.classes.values() if cls in each.ancestry() and make.reachable(each.module, scope)]
    if not below:  # the class stands in a module that this one cannot import: only the class itself can be had, late
        return f"{_late(make, scope, cls)}({arguments(make, scope, cls.parameters, fuel)})"
    chosen = make.one_of(below)
    return call(make, scope, make.reference(scope, chosen.module, chosen.name), chosen.parameters, fuel)


def _late(make: Maker, scope: Scope, cls: Class) -> str:
    make.need(scope, "import importlib")
    make.used["import: importlib"] += 1
    return f'importlib.import_module("app.{cls.module}").{cls.name}'


@any_kind("attribute of an instance", 3)
def attribute(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    places = [
        (name, attribute)
        for name, cls in instance_variables(scope)
        for attribute, each in {**make.classes[cls].attributes, **make.classes[cls].shared}.items()
        if each == kind
    ]
    if not places:
        return None
    name, found = make.one_of(places)
    return make.one_of((f"{name}.{found}", f"{name}.{found}", f'getattr({name}, "{found}")'))


@any_kind("attribute of a class", 0.4)
def class_attribute(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    places = [
        (cls, name)
        for cls in make.classes.values()
        if make.reachable(cls.module, scope)
        for name, each in cls.shared.items()
        if each == kind
    ]
    if not places:
        return None
    cls, name = make.one_of(places)
    return f"{make.reference(scope, cls.module, cls.name)}.{name}"


@any_kind("attribute of a new instance", 0.7)
def new_instance_attribute(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    places = [(cls, name) for cls in make.classes.values() for name, each in cls.attributes.items() if each == kind]
    if not places:
        return None
    cls, name = make.one_of(places)
    return f"{value(make, scope, Instance(cls.name), fuel)}.{name}"


@any_kind("call of a method", 2.2)
def method_call(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    receivers = [(name, make.classes[cls]) for name, cls in instance_variables(scope)]
    if not receivers:
        return None
    name, cls = make.one_of(receivers)
    methods = [each for each in cls.all_methods() if each.result == kind]
    methods = [each for each in methods if each.flavour == "plain" or scope.awaits]
    if (not methods or make.chance(0.3)) and make.room > 0 and scope.depth < 5:
        methods = [define_method(make, cls, kind, "async" if scope.awaits and make.chance(0.3) else "plain")]
    if not methods:
        return None
    method = make.one_of(methods)
    if cls.binding(method.name) == "property":
        return f"{name}.{method.name}"
    text = call(make, scope, f"{name}.{method.name}", method.parameters, fuel)
    return f"(await {text})" if method.flavour == "async" else text


@built(Routine, "bound method", 1)
def bound_method(make: Maker, scope: Scope, kind: Routine, fuel: int) -> str | None:
    found = [
        f"{name}.{method.name}"
        for name, cls in instance_variables(scope)
        for method in make.classes[cls].all_methods()
        if method.flavour == "plain" and method.result == kind.result
        if make.classes[cls].binding(method.name) != "property"
        if all(each.style in ("plain", "positional") for each in method.parameters)
        if tuple(each.kind for each in method.parameters) == kind.parameters
    ]
    return make.one_of(found) if found else None


def special_receiver(
    make: Maker, scope: Scope, dunder: str, result: Kind, parameters: tuple[Parameter, ...]
) -> str | None:
    """A variable whose class has the special method with this result: one that has it, or that gets it."""
    receivers = [(name, make.classes[cls]) for name, cls in instance_variables(scope)]
    ready = [name for name, cls in receivers if _gives(cls, dunder, result)]
    if ready:
        return make.one_of(ready)
    free = [(name, cls) for name, cls in receivers if _is_free(make, cls, dunder)]
    if not free or make.room <= 0 or scope.depth >= 5:
        return None
    name, cls = make.one_of(free)
    define_special(make, cls, dunder, result, parameters)
    return name


def _is_free(make: Maker, cls: Class, dunder: str) -> bool:
    below = [each for each in make.classes.values() if cls in each.ancestry()]
    return all(each.special_method(dunder) is None for each in below)


def _gives(cls: Class, dunder: str, result: Kind) -> bool:
    method = cls.special_method(dunder)
    return method is not None and method.result == result


@any_kind("__call__", 0.4)
def called_instance(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    name = special_receiver(make, scope, "__call__", kind, (Parameter("p0", TEXT),))
    return f"{name}({value(make, scope, TEXT, fuel)})" if name else None


@any_kind("__getitem__", 0.4)
def subscripted_instance(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    name = special_receiver(make, scope, "__getitem__", kind, (Parameter("p0", TEXT),))
    return f"{name}[{value(make, scope, TEXT, fuel)}]" if name else None


@any_kind("__getattr__", 0.3)
def missing_attribute(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    name = special_receiver(make, scope, "__getattr__", kind, (Parameter("p0", TEXT),))
    return f"{name}.whatever" if name else None


@any_kind("operator of an instance", 0.4)
def operator_method(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    dunder, sign = make.one_of((("__add__", "+"), ("__or__", "|"), ("__rshift__", ">>"), ("__matmul__", "@")))
    name = special_receiver(make, scope, dunder, kind, (Parameter("p0", TEXT),))
    return f"({name} {sign} {value(make, scope, TEXT, fuel)})" if name else None


@built(Text, "__str__", 0.4)
def text_of_instance(make: Maker, scope: Scope, kind: Text, fuel: int) -> str | None:
    name = special_receiver(make, scope, "__str__", TEXT, ())
    return make.one_of((f"str({name})", f'f"{{{name}}}"', f'"%s" % ({name},)')) if name else None


@built(Stream, "__iter__", 0.7)
def iterated_instance(make: Maker, scope: Scope, kind: Stream, fuel: int) -> str | None:
    name = special_receiver(make, scope, "__iter__", kind.item, ())
    return f"iter({name})" if name else None


# ── definitions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def define_class(make: Maker, home: Module) -> Class:
    """A class with some attributes, at the top of a module; members come when they are asked for."""
    make.room -= 1
    bases = [each for each in make.classes.values() if make.reachable(each.module, Scope(home, {}, iter(())))]
    base = make.one_of(bases) if bases and make.chance(0.45) else None
    cls = Class(make.new_name("Box"), home.name, base, dataclass=base is None and make.chance(0.3))
    cls.attributes = dict(base.attributes) if base else {}
    own = tuple(
        Parameter(f"a{make.counter}_{n}", make.kind(1))
        for n in range(make.one_of((1, 2) if base is None else (0, 1, 1)))
    )
    cls.attributes |= {each.name: each.kind for each in own}
    scope = function_scope(home, None)
    inherits = f"({make.reference(Scope(home, {}, iter(())), base.module, base.name)})" if base else ""
    cls.head = [f"class {cls.name}{inherits}:"]
    if make.chance(0.25) and not cls.dataclass:
        make.used["class: attribute of the class"] += 1
        cls.shared[f"s{make.counter}"] = TEXT
        cls.members.append([f"s{make.counter} = {value(make, Scope(home, dict(home.variables), iter(())), TEXT, 0)}"])
    if cls.dataclass:
        make.used["class: dataclass"] += 1
        home.imports["from dataclasses import dataclass"] = None
        cls.head = ["@dataclass", *cls.head]
        cls.parameters = own
        cls.members.append([f"{each.name}: {_annotation(each.kind)}" for each in own])
    else:
        make.used["class: subclass" if base else "class: plain"] += 1
        _constructor(make, scope, cls, own)
    home.body.append(cls)
    make.classes[cls.name] = cls
    return cls


def _annotation(kind: Kind) -> str:
    return {Text: "str", ListOf: "list", Row: "tuple"}.get(type(kind), "object")


def _constructor(make: Maker, scope: Scope, cls: Class, own: tuple[Parameter, ...]) -> None:
    if not own and cls.base is not None:  # it inherits the constructor
        cls.parameters = cls.base.parameters
        cls.members.append(["pass"])
        return
    cls.parameters = own
    for each in own:
        scope.assign(each.name, each.kind)
    lines: Lines = [f"self.{each.name} = {each.name}" for each in own]
    if cls.base is not None:
        make.used["super().__init__"] += 1
        inherited = arguments(make, scope, cls.base.parameters, 1)
        lines.insert(make.one_of((0, len(lines))), f"super().__init__({inherited})")
    head = f"def __init__({joined(['self', *(each.name for each in own)])}):"
    cls.members.append([head, *indented([*scope.local_imports, *lines])])


def _method_scope(make: Maker, cls: Class, result: Kind, *, awaits: bool = False, binds: bool = True) -> Scope:
    scope = function_scope(make.module(cls.module), result, awaits=awaits)
    if binds:
        scope.variables["self"] = Instance(cls.name)
        scope.method_of = cls
    return scope


def define_method(make: Maker, cls: Class, result: Kind, flavour: str) -> Function:
    """A method that gives the kind; sometimes one of a base, which a class below it then overrides."""
    make.room -= 1
    owner = make.one_of(cls.ancestry())
    bound = make.one_of(("", "", "", "static", "class", "property")) if flavour == "plain" else ""
    make.used[f"method: {bound or flavour}"] += 1
    parameters = () if bound == "property" else some_parameters(make, 2)
    method = Function(make.new_name("do_"), "", parameters, result, flavour)  # type: ignore[arg-type]
    owner.methods[method.name] = method  # it may call itself by no way: only callers below see it
    owner.bound[method.name] = bound
    del owner.methods[method.name]
    lines = _method_lines(make, owner, method, bound)
    owner.methods[method.name] = method
    owner.members.append(lines)
    if owner is not cls and make.chance(0.6):
        _override(make, cls, method, bound)
    return method


_DECORATOR = {"static": ["@staticmethod"], "class": ["@classmethod"], "property": ["@property"], "": []}


def _method_lines(make: Maker, owner: Class, method: Function, bound: str) -> Lines:
    awaits = method.flavour == "async"
    scope = _method_scope(make, owner, method.result, awaits=awaits, binds=bound in ("", "property"))
    first = {"static": "", "class": "cls"}.get(bound, "self")
    return [*_DECORATOR[bound], *function_lines(make, scope, method, first)]


def _override(make: Maker, cls: Class, method: Function, bound: str) -> None:
    if bound or method.flavour != "plain" or make.chance(0.5):
        make.used["method: override"] += 1
        lines = _method_lines(make, cls, method, bound)
    else:
        make.used["super() in a method"] += 1
        names = [each.name for each in method.parameters if each.style in ("plain", "positional")]
        names += [f"*{each.name}" for each in method.parameters if each.style == "star"]
        names += [f"{each.name}={each.name}" for each in method.parameters if each.style == "keyword"]
        names += [f"**{each.name}" for each in method.parameters if each.style == "double"]
        scope = _method_scope(make, cls, method.result)
        scope.variables |= {each.name: each.kind for each in method.parameters}
        from tests.oracle.functions import signature

        other = value(make, scope, method.result, 1)
        lines = [
            f"def {method.name}({signature(method.parameters, 'self')}):",
            *indented([*scope.local_imports, f"result = super().{method.name}({joined(names)})"]),
            f"    return {make.one_of(('result', 'result', other))}",
        ]
    cls.methods[method.name] = method
    cls.bound[method.name] = bound
    cls.members.append(lines)


def define_special(make: Maker, cls: Class, dunder: str, result: Kind, parameters: tuple[Parameter, ...]) -> None:
    make.room -= 1
    make.used[f"special method: {dunder}"] += 1
    method = Function(dunder, "", parameters, result, "generator" if dunder == "__iter__" else "plain")
    cls.special[dunder] = method  # known at once, so that nothing inside asks for another
    scope = _method_scope(make, cls, result)
    del scope.variables["self"]
    fields = [f"{name} = self.{name}" for name in cls.attributes]
    scope.variables |= cls.attributes
    lines = function_lines(make, scope, method, "self")
    cls.members.append([lines[0], *indented(fields), *lines[1:]])
