"""Statements. Each form gives lines, and leaves in the scope what is known behind them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from tests.oracle.classes import special_receiver
from tests.oracle.functions import call, function_lines, known_function
from tests.oracle.kinds import (
    FLAG,
    PERSON,
    TEXT,
    Flag,
    Instance,
    Kind,
    ListOf,
    Person,
    Routine,
    Row,
    Stream,
    Table,
)
from tests.oracle.maker import Form, Maker, some_lines
from tests.oracle.program import Function, Lines, Parameter, Scope, indented
from tests.oracle.values import instance_variables, value

STATEMENTS: list[Form] = []
DEEPEST = 4
Write = Callable[..., "Lines | None"]


def statement(name: str, weight: float = 1) -> Callable[[Write], Write]:
    def register(write: Write) -> Write:
        STATEMENTS.append(Form(name, weight, write))
        return write

    return register


def statements(make: Maker, scope: Scope, count: int) -> Lines:
    return [line for _ in range(count) for line in make.first_of(STATEMENTS, scope)]


def branch(make: Maker, scope: Scope, *, loop: bool | None = None) -> tuple[Lines, Scope]:
    """Some statements of which the rest of the function knows no new variable."""
    inner = scope.block(loop=loop)
    return some_lines(statements(make, inner, make.one_of((1, 1, 2)))), inner


def can_nest(scope: Scope) -> bool:
    return scope.depth < DEEPEST


# ── variables ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@statement("assignment", 4)
def assignment(make: Maker, scope: Scope) -> Lines:
    kind: Kind = make.routine() if make.chance(0.12) else make.kind()
    text = value(make, scope, kind)
    name = scope.new_name()
    scope.assign(name, kind)
    return [f"{name} = {text}"]


@statement("assignment again", 1.5)
def reassignment(make: Maker, scope: Scope) -> Lines | None:
    names = [name for name in scope.variables if name in scope.own]
    if not names:
        return None
    name = make.one_of(names)
    return [f"{name} = {value(make, scope, scope.variables[name])}"]


@statement("alias", 0.6)
def alias(make: Maker, scope: Scope) -> Lines | None:
    names = [name for name, kind in scope.variables.items() if isinstance(kind, (Instance, ListOf, Table))]
    if not names:
        return None
    old, new = make.one_of(names), scope.new_name()
    scope.assign(new, scope.variables[old])
    return [f"{new} = {old}"]


@statement("unpacking", 1.5)
def unpacking(make: Maker, scope: Scope) -> Lines:
    kind = Row((make.kind(2), make.kind(1)))
    text = value(make, scope, kind)
    return [f"{_target(make, scope, kind)} = {text}"]


def _target(make: Maker, scope: Scope, kind: Kind) -> str:
    if isinstance(kind, Row) and len(kind.items) > 1:
        if len(kind.items) > 2 and make.chance(0.4):
            make.used["unpacking: star"] += 1
            first, rest = _target(make, scope, kind.items[0]), scope.new_name()
            if all(item == kind.items[1] for item in kind.items[1:]):
                scope.assign(rest, ListOf(kind.items[1]))
            return f"{first}, *{rest}"
        targets = [_target(make, scope, item) for item in kind.items]
        return f"({', '.join(targets)})"
    name = scope.new_name()
    scope.assign(name, kind)
    return name


@statement("swap", 0.4)
def swap(make: Maker, scope: Scope) -> Lines | None:
    names = [name for name in scope.of_kind(TEXT) if name in scope.own]
    if len(names) < 2:
        return None
    one, other = make.random.sample(names, 2)
    return [f"{one}, {other} = {other}, {one}"]


@statement("augmented assignment", 0.7)
def augmented(make: Maker, scope: Scope) -> Lines | None:
    names = [name for name in scope.own if isinstance(scope.variables.get(name), (ListOf, type(TEXT)))]
    if not names:
        return None
    name = make.one_of(sorted(names))
    return [f"{name} += {value(make, scope, scope.variables[name])}"]


# ── containers and instances are changed ──────────────────────────────────────────────────────────────────────────────


@statement("change of a list", 1)
def list_change(make: Maker, scope: Scope) -> Lines | None:
    names = [(name, kind.item) for name, kind in scope.variables.items() if isinstance(kind, ListOf)]
    if not names:
        return None
    name, item = make.one_of(names)
    text = value(make, scope, item)
    return [
        make.one_of(
            (f"{name}.append({text})", f"{name}.insert(0, {text})", f"{name}.extend([{text}])", f"{name}[0] = {text}")
        )
    ]


@statement("change of a dict", 1)
def dict_change(make: Maker, scope: Scope) -> Lines | None:
    names = [(name, kind.fields) for name, kind in scope.variables.items() if isinstance(kind, Table)]
    if not names:
        return None
    name, fields = make.one_of(names)
    key, kind = make.one_of(fields)
    text = value(make, scope, kind)
    return [
        make.one_of(
            (
                f'{name}["{key}"] = {text}',
                f'{name}["{key}"] = {text}',
                f'{name}.update({{"{key}": {text}}})',
                f"{name}.update({key}={text})",
                f'{name}["delta"] = {text}',
            )
        )
    ]


@statement("change of an attribute", 1.2)
def attribute_change(make: Maker, scope: Scope) -> Lines | None:
    places = [
        (name, attribute, kind)
        for name, cls in instance_variables(scope)
        for attribute, kind in make.classes[cls].attributes.items()
    ]
    if not places:
        return None
    name, attribute, kind = make.one_of(places)
    text = value(make, scope, kind)
    return [make.one_of((f"{name}.{attribute} = {text}", f'setattr({name}, "{attribute}", {text})'))]


@statement("call for its effect", 0.8)
def effect_call(make: Maker, scope: Scope) -> Lines | None:
    function = known_function(make, scope, TEXT, "effect")
    if function is None:
        return None
    return [call(make, scope, make.reference(scope, function.module, function.name), function.parameters, 2)]


@statement("state of a module", 0.8)
def module_state(make: Maker, scope: Scope) -> Lines | None:
    """A variable of a module is written here by its path; others read it as they like."""
    states = [
        (module, name, kind)
        for module in make.modules
        if module.level > scope.module.level
        for name, kind in module.variables.items()
    ]
    if not states or make.chance(0.2):
        homes = [module for module in make.modules if module.level > scope.module.level]
        if not homes:
            return None
        home = make.one_of(homes)
        name, kind = make.new_name("STATE_"), make.kind(1)
        text = value(make, Scope(home, {}, iter(())), kind, 0)
        home.body.insert(0, [f"{name} = {text}"])
        home.variables[name] = kind
        states = [(home, name, kind)]
    module, name, kind = make.one_of(states)
    make.need(scope, f"from . import {module.name}")
    new = scope.new_name()
    if make.chance(0.5):
        scope.assign(new, kind)
        return [f"{new} = {module.name}.{name}"]
    return [f"{module.name}.{name} = {value(make, scope, kind)}"]


@statement("body of a module", 0.4)
def module_body(make: Maker, scope: Scope) -> Lines | None:
    """What stands in the body of another module, which runs when it is imported; its variables are others' to read."""
    homes = [module for module in make.modules if module.level > scope.module.level]
    if not homes or scope.loop:
        return None
    home = make.one_of(homes)
    make.counter += 1
    inner = Scope(home, dict(home.variables), count(100 * make.counter))
    home.body.append(statements(make, inner, make.one_of((1, 2, 2))))
    home.variables.update({name: inner.variables[name] for name in inner.own if name in inner.variables})
    make.need(scope, f"from . import {home.name}")
    return []


@statement("global", 0.4)
def global_statement(make: Maker, scope: Scope) -> Lines | None:
    """A function beside this one writes a variable of the module."""
    names = [(name, kind) for name, kind in scope.module.variables.items()]
    if not names or make.room <= 0:
        return None
    name, kind = make.one_of(names)
    make.room -= 1
    inner = Scope(scope.module, dict(scope.module.variables), iter(range(50, 99)), depth=1)
    function = make.new_name("set_")
    lines = [f"def {function}():", f"    global {name}", f"    {name} = {value(make, inner, kind)}"]
    scope.module.body.append([lines[0], *indented(inner.local_imports), *lines[1:]])
    return [f"{function}()"]


# ── control flow ──────────────────────────────────────────────────────────────────────────────────────────────────────


@statement("if", 1.5)
def if_statement(make: Maker, scope: Scope) -> Lines | None:
    if not can_nest(scope) or not make.may_ask():
        return None
    lines = [f"if {value(make, scope, FLAG)}:", *indented(branch(make, scope)[0])]
    if make.may_ask() and make.chance(0.3):
        lines += [f"elif {value(make, scope, FLAG)}:", *indented(branch(make, scope)[0])]
    if make.chance(0.5):
        lines += ["else:", *indented(branch(make, scope)[0])]
    return lines


@statement("early return", 0.5)
def early_return(make: Maker, scope: Scope) -> Lines | None:
    if scope.result is None or not make.may_ask():
        return None
    return [f"if {value(make, scope, FLAG)}:", f"    return {value(make, scope, scope.result)}"]


@statement("for", 1.5)
def for_statement(make: Maker, scope: Scope) -> Lines | None:
    if not can_nest(scope):
        return None
    item = PERSON if make.consent and make.chance(0.4) else make.kind(1)
    inner = scope.block(loop=True)
    form = make.one_of(("list", "list", "iterator", "pairs", "enumerate", "items", "zip"))
    make.used[f"for: {form}"] += 1
    name = scope.new_name()
    if form in ("list", "iterator"):
        head = f"for {name} in {value(make, scope, ListOf(item) if form == 'list' else Stream(item))}:"
    elif form == "pairs":
        row = Row((item, make.kind(1)))
        text = value(make, scope, ListOf(row))
        head = f"for {_target(make, inner, row)} in {text}:"
    elif form == "enumerate":
        head = f"for {scope.new_name()}, {name} in enumerate({value(make, scope, ListOf(item))}):"
    elif form == "items":
        table = Table((("alpha", item), ("beta", item)))
        head = f"for {scope.new_name()}, {name} in {value(make, scope, table)}.items():"
    else:
        other, second = scope.new_name(), make.kind(0)
        lists = f"{value(make, scope, ListOf(item))}, {value(make, scope, ListOf(second))}"
        inner.assign(other, second)
        head = f"for {name}, {other} in zip({lists}):"
    if form != "pairs":
        inner.assign(name, item)
    body = some_lines(statements(make, inner, make.one_of((1, 2, 2))))
    if make.may_ask() and make.chance(0.3):
        make.used[(word := make.one_of(("break", "continue")))] += 1
        body.insert(0, f"if {value(make, scope, FLAG, 0)}:")
        body.insert(1, f"    {word}")
    lines = [head, *indented(body)]
    if make.chance(0.12):
        make.used["for: else"] += 1
        lines += ["else:", *indented(branch(make, scope)[0])]
    return lines


@statement("while", 0.4)
def while_statement(make: Maker, scope: Scope) -> Lines | None:
    if not can_nest(scope):
        return None
    counter = scope.new_name()
    body, _ = branch(make, scope, loop=True)
    return [f"{counter} = 0", f"while {counter} < 2:", f"    {counter} += 1", *indented(body)]


@statement("try", 1)
def try_statement(make: Maker, scope: Scope) -> Lines | None:
    if not can_nest(scope) or not make.may_ask():
        return None
    body, inner = branch(make, scope)
    name, handler = scope.new_name(), scope.block()
    error = make.one_of(("ValueError", "LookupError", "RuntimeError"))
    body += [f"if {value(make, inner, FLAG)}:", f"    raise {error}({value(make, inner, TEXT)})"]
    used = scope.new_name()
    handler.assign(used, TEXT)
    text = make.one_of((f"str({name})", f"{name}.args[0]", f'f"{{{name}}}"'))
    caught = make.one_of((error, "Exception", f"({error}, KeyError)"))
    inside = [f"{used} = {text}", *statements(make, handler, make.one_of((0, 1, 2)))]
    inside.append(send_line(make, handler, used) if make.chance(0.4) else f"{used} += '!'")
    lines = ["try:", *indented(body), f"except {caught} as {name}:", *indented(inside)]
    if make.chance(0.25):
        make.used["try: else"] += 1
        lines += ["else:", *indented(branch(make, scope)[0])]
    if make.chance(0.3):
        make.used["try: finally"] += 1
        lines += ["finally:", *indented(branch(make, scope)[0])]
    return lines


@statement("with", 0.8)
def with_statement(make: Maker, scope: Scope) -> Lines | None:
    if not can_nest(scope):
        return None
    kind, name = make.kind(1), scope.new_name()
    manager: str | None = None
    if make.chance(0.4):
        manager = special_receiver(make, scope, "__enter__", kind, ())
        if manager is not None:
            cls = make.classes[dict(instance_variables(scope))[manager]]
            owner = next(each for each in cls.ancestry() if "__enter__" in each.special)
            if "__exit__" not in owner.special:
                owner.special["__exit__"] = owner.special["__enter__"]
                owner.members.append(["def __exit__(self, *details):", "    return False"])
    if manager is None:
        function = known_function(make, scope, kind, "context")
        if function is None:
            return None
        callee = make.reference(scope, function.module, function.name)
        manager = call(make, scope, callee, function.parameters, 2)
    inner = scope.block()
    inner.assign(name, kind)
    return [f"with {manager} as {name}:", *indented(some_lines(statements(make, inner, make.one_of((1, 2)))))]


@statement("match", 1)
def match_statement(make: Maker, scope: Scope) -> Lines | None:
    if not can_nest(scope):
        return None
    kind: Kind = make.one_of((Row((make.kind(1), make.kind(1))), Table((("alpha", make.kind(1)), ("beta", TEXT)))))
    held = [each for each in scope.variables.values() if isinstance(each, (Row, Table, Instance))]
    if held and make.chance(0.6):
        kind = make.one_of(held)
    subject = value(make, scope, kind)
    inner = scope.block()
    pattern = _pattern(make, scope, inner, kind)
    guard = f" if {value(make, inner, FLAG)}" if make.may_ask() and make.chance(0.3) else ""
    body = some_lines(statements(make, inner, make.one_of((1, 2))))
    lines = [f"match {subject}:", f"    case {pattern}{guard}:", *indented(indented(body))]
    if make.chance(0.5) and (guard or pattern[0] in "([{" or pattern.endswith(")")):
        lines += ["    case _:", *indented(indented(branch(make, scope)[0]))]
    return lines


def _pattern(make: Maker, scope: Scope, inner: Scope, kind: Kind, depth: int = 2) -> str:
    """A pattern that matches every value of the kind."""
    name = scope.new_name()
    draw = make.random.random()
    if depth and isinstance(kind, Row) and draw < 0.8:
        parts = [_pattern(make, scope, inner, each, depth - 1) for each in kind.items]
        return f"[{', '.join(parts)}]" if draw < 0.3 else f"({', '.join(parts)},)"
    if depth and isinstance(kind, Table) and draw < 0.8:
        parts = [f'"{key}": {_pattern(make, scope, inner, each, depth - 1)}' for key, each in kind.fields]
        return f"{{{', '.join(parts)}}}"
    if depth and isinstance(kind, Instance) and draw < 0.8:
        cls = make.classes[kind.cls]
        if make.reachable(cls.module, scope):
            parts = [f"{key}={_pattern(make, scope, inner, each, 0)}" for key, each in cls.attributes.items()]
            return f"{make.reference(scope, cls.module, cls.name)}({', '.join(parts)})"
    if kind == TEXT and draw < 0.2:
        inner.assign(name, kind)
        return f"str() as {name}"
    inner.assign(name, kind)
    return name


# ── functions inside ──────────────────────────────────────────────────────────────────────────────────────────────────


@statement("local function", 1)
def local_function(make: Maker, scope: Scope) -> Lines | None:
    if not can_nest(scope):
        return None
    routine = make.routine()
    name = scope.new_name()
    inner = scope.nested(routine.result)
    parameters = tuple(Parameter(inner.new_name(), each) for each in routine.parameters)
    lines = function_lines(make, inner, Function(name, "", parameters, routine.result))
    scope.assign(name, routine)
    scope.own.discard(name)
    return lines


@statement("nonlocal", 0.6)
def nonlocal_statement(make: Maker, scope: Scope) -> Lines | None:
    names = sorted(
        name for name in scope.own if not isinstance(scope.variables.get(name), (Stream, Routine, type(None)))
    )
    if not names or not scope.in_function or not can_nest(scope):
        return None
    changed, name = make.one_of(names), scope.new_name()
    inner = scope.nested(None)
    text = value(make, inner, scope.variables[changed])
    return [f"def {name}():", f"    nonlocal {changed}", f"    {changed} = {text}", f"{name}()"]


@statement("async for", 0.8)
def async_for(make: Maker, scope: Scope) -> Lines | None:
    if not scope.awaits or not can_nest(scope):
        return None
    kind, name = make.kind(1), scope.new_name()
    function = known_function(make, scope, kind, "async generator")
    if function is None:
        return None
    inner = scope.block(loop=True)
    text = call(make, scope, make.reference(scope, function.module, function.name), function.parameters, 2)
    inner.assign(name, kind)
    return [f"async for {name} in {text}:", *indented(some_lines(statements(make, inner, 1)))]


# ── sinks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@statement("sink", 2)
def sink(make: Maker, scope: Scope) -> Lines:
    names = [name for name, kind in scope.variables.items() if sendable(make, kind)]
    if names and make.chance(0.6):
        return [send_line(make, scope, names[-1] if make.chance(0.4) else make.one_of(names))]
    kind = make.kind(1)
    while not sendable(make, kind):
        kind = make.kind(1)
    return [send_line(make, scope, value(make, scope, kind))]


def sendable(make: Maker, kind: Kind, seen: tuple[Kind, ...] = ()) -> bool:
    """Whether a value of the kind holds nothing but texts, as far as it is looked into."""
    if isinstance(kind, (Flag, Stream, Routine, Person)):
        return False
    inner: list[Kind] = []
    if isinstance(kind, ListOf):
        inner = [kind.item]
    elif isinstance(kind, Row):
        inner = list(kind.items)
    elif isinstance(kind, Table):
        inner = [each for _, each in kind.fields]
    elif isinstance(kind, Instance):
        below = [cls for cls in make.classes.values() if make.classes[kind.cls] in cls.ancestry()]
        inner = [each for cls in below for each in cls.attributes.values()]
    return all(each in seen or sendable(make, each, (*seen, kind)) for each in inner)


def send_line(make: Maker, scope: Scope, text: str) -> str:
    name = make.send(scope)
    return make.one_of((f"{name}({text})", f"{name}({text})", f"{name}(text={text})", f"{name}('note', {text})"))
