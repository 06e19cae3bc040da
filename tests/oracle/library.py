"""Forms of the standard library, and exceptions that carry data out of functions."""

from __future__ import annotations

from tests.oracle.functions import call, known_function
from tests.oracle.kinds import TEXT, Instance, Kind, ListOf, Routine, Row, Stream, Table
from tests.oracle.maker import KEYS, Maker
from tests.oracle.program import Lines, Scope, indented
from tests.oracle.statements import branch, can_nest, statement, statements
from tests.oracle.values import any_kind, built, value

# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@any_kind("functools.reduce", 0.05)
def reduced(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str:
    make.need(scope, "import functools")
    one, other = scope.new_name(), scope.new_name()
    return f"functools.reduce(lambda {one}, {other}: {other}, {value(make, scope, ListOf(kind), fuel)})"


@any_kind("pop", 0.06)
def popped(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str:
    key = make.one_of(KEYS)
    table, items = value(make, scope, Table(((key, kind), ("delta", TEXT))), 0), value(make, scope, ListOf(kind), 0)
    return make.one_of((f'dict({table}).pop("{key}")', f"list({items}).pop()", f"list({items}).pop(0)"))


@any_kind("setdefault", 0.2)
def set_by_default(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str:
    return f'{{}}.setdefault("{make.one_of(KEYS)}", {value(make, scope, kind, fuel)})'


@any_kind("deque", 0.1)
def from_deque(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str:
    make.need(scope, "from collections import deque")
    return f"deque({value(make, scope, ListOf(kind), fuel)}).{make.one_of(('popleft', 'pop'))}()"


@any_kind("executor", 0.2)
def executed(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str:
    make.need(scope, "from concurrent.futures import ThreadPoolExecutor")
    given = make.kind(0)
    routine, argument = value(make, scope, Routine((given,), kind), fuel), value(make, scope, given, fuel)
    return make.one_of(
        (
            f"ThreadPoolExecutor(1).submit({routine}, {argument}).result()",
            f"list(ThreadPoolExecutor(1).map({routine}, [{argument}]))[0]",
        )
    )


@any_kind("operator.attrgetter", 0.2)
def attribute_getter(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    places = [
        (cls.name, name) for cls in make.classes.values() for name, each in cls.attributes.items() if each == kind
    ]
    if not places:
        return None
    make.need(scope, "import operator")
    cls, name = make.one_of(places)
    return f'operator.attrgetter("{name}")({value(make, scope, Instance(cls), fuel)})'


@any_kind("vars", 0.15)
def fields_as_dict(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    places = [
        (cls.name, name) for cls in make.classes.values() for name, each in cls.attributes.items() if each == kind
    ]
    if not places:
        return None
    cls, name = make.one_of(places)
    return f'vars({value(make, scope, Instance(cls), fuel)})["{name}"]'


@built(Instance, "dataclasses.replace", 1)
def replaced(make: Maker, scope: Scope, kind: Instance, fuel: int) -> str | None:
    cls = make.classes[kind.cls]
    below = [each for each in make.classes.values() if cls in each.ancestry()]
    if not cls.dataclass or len(below) > 1 or not cls.attributes:
        return None
    make.need(scope, "import dataclasses")
    name, each = make.one_of(list(cls.attributes.items()))
    return f"dataclasses.replace({value(make, scope, kind, fuel)}, {name}={value(make, scope, each, fuel)})"


@built(Table, "dict comprehension", 0.2)
def dict_comprehension(make: Maker, scope: Scope, kind: Table, fuel: int) -> str | None:
    kinds = {each for _, each in kind.fields}
    if len(kinds) > 1:
        return None
    key, item = scope.new_name(), scope.new_name()
    return f"{{{key}: {item} for {key}, {item} in {value(make, scope, kind, fuel)}.items()}}"


@built(Stream, "filter", 0.3)
def everything(make: Maker, scope: Scope, kind: Stream, fuel: int) -> str:
    return f"filter(lambda {scope.new_name()}: True, {value(make, scope, ListOf(kind.item), fuel)})"


@built(Row, "tuple of an iterable", 0.3)
def tuple_of_iterable(make: Maker, scope: Scope, kind: Row, fuel: int) -> str | None:
    if len(set(kind.items)) > 1:
        return None
    parts = [value(make, scope, each, fuel) for each in kind.items]
    return f"tuple([{', '.join(parts)}])"


# ── statements ────────────────────────────────────────────────────────────────────────────────────────────────────────


@statement("exception out of a function", 0.8)
def raised_by_callee(make: Maker, scope: Scope) -> Lines | None:
    """A function raises an error of its own class, which carries what it was given."""
    if not can_nest(scope) or make.room <= 0:
        return None
    make.room -= 1
    home, kind = make.home(scope), make.kind(1)
    if isinstance(kind, Stream):
        return None
    error, function = make.new_name("Failure"), make.new_name("fail_")
    between = make.new_name("pass_on_")
    lines = [f"class {error}(Exception):", "    def __init__(self, held):"]
    lines += ["        super().__init__('failed')", "        self.held = held"]
    lines += [f"def {function}(held):", f"    raise {error}(held)"]
    lines += [f"def {between}(held):"]
    lines += make.one_of(
        (
            [f"    {function}(held)"],
            ["    try:", f"        {function}(held)", "    finally:", "        held = None"],
            ["    try:", f"        {function}(held)", f"    except {error}:", "        raise"],
        )
    )
    home.body.append(lines)
    name, caught = scope.new_name(), scope.new_name()
    handler = scope.block()
    handler.assign(caught, kind)
    callee = make.reference(scope, home.name, make.one_of((function, between)))
    raised = make.reference(scope, home.name, error)
    body = [f"{caught} = {name}.held", *statements(make, handler, make.one_of((1, 2)))]
    text = value(make, scope, kind)
    return ["try:", f"    {callee}({text})", f"except {raised} as {name}:", *indented(body)]


@statement("exit stack", 0.3)
def exit_stack(make: Maker, scope: Scope) -> Lines | None:
    kind = make.kind(1)
    function = known_function(make, scope, kind, "context") if can_nest(scope) else None
    if function is None:
        return None
    make.need(scope, "from contextlib import ExitStack")
    inner, stack, name = scope.block(), scope.new_name(), scope.new_name()
    manager = call(make, scope, make.reference(scope, function.module, function.name), function.parameters, 2)
    inner.assign(name, kind)
    body = [f"{name} = {stack}.enter_context({manager})", *statements(make, inner, make.one_of((1, 2)))]
    return [f"with ExitStack() as {stack}:", *indented(body)]


@statement("del", 0.3)
def deleted(make: Maker, scope: Scope) -> Lines | None:
    """An item that nobody asks for any more; the name of another variable."""
    tables = [name for name, kind in scope.variables.items() if isinstance(kind, Table) and name in scope.own]
    if not tables:
        return None
    name = make.one_of(tables)
    return [f'{name}["delta"] = {value(make, scope, TEXT)}', f'del {name}["delta"]']


@statement("try, finally", 0.3)
def finally_statement(make: Maker, scope: Scope) -> Lines | None:
    if not can_nest(scope):
        return None
    return ["try:", *indented(branch(make, scope)[0]), "finally:", *indented(branch(make, scope)[0])]


@statement("callback", 0.7)
def callback(make: Maker, scope: Scope) -> Lines | None:
    """A function of the program calls what it is handed."""
    if make.room <= 0:
        return None
    make.room -= 1
    home, kind = make.home(scope), make.kind(1)
    outer, inner = make.new_name("visit_"), make.new_name("apply_")
    home.body.append(
        [
            f"def {inner}(function, *args, **kwargs):",
            "    return function(*args, **kwargs)",
            f"def {outer}(function, items):",
            f"    return [{inner}(function, item) for item in items]",
        ]
    )
    new, given = scope.new_name(), make.kind(1)
    routine, items = value(make, scope, Routine((given,), kind)), value(make, scope, ListOf(given))
    scope.assign(new, ListOf(kind))
    return [f"{new} = {make.reference(scope, home.name, outer)}({routine}, {items})"]
