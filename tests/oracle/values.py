"""Expressions of every kind. All of them are safe to stand inside another: what binds loosely is in parentheses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

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
    Text,
)
from tests.oracle.maker import KEYS, WORDS, Form, Maker, joined, tuple_of
from tests.oracle.program import Scope

ANY: list[Form] = []  # give a value of whatever kind is wanted
SIMPLE: dict[type, list[Form]] = {}  # of one kind, without looking for anything further
BUILT: dict[type, list[Form]] = {}  # of one kind, out of other values
FUEL = 2
F = TypeVar("F", bound=Callable[..., "str | None"])


def value(make: Maker, scope: Scope, kind: Kind, fuel: int = FUEL) -> str:
    """An expression of the kind. ``fuel`` bounds how deep it may be."""
    simple = SIMPLE[type(kind)]
    forms = [*ANY[:1], *simple] if fuel <= 0 else [*ANY, *simple, *BUILT.get(type(kind), [])]
    written = make.first_of(forms, scope, kind, fuel - 1)
    assert isinstance(written, str), kind
    return written


def any_kind(name: str, weight: float = 1) -> Callable[[F], F]:
    return _into(ANY, name, weight)


def simple(kind: type, name: str, weight: float = 1) -> Callable[[F], F]:
    return _into(SIMPLE.setdefault(kind, []), name, weight)


def built(kind: type, name: str, weight: float = 1) -> Callable[[F], F]:
    return _into(BUILT.setdefault(kind, []), name, weight)


def _into(forms: list[Form], name: str, weight: float) -> Callable[[F], F]:
    def register(write: F) -> F:
        forms.append(Form(name, weight, write))
        return write

    return register


# ── any kind ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@any_kind("a variable", 9)
def variable(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    names = scope.of_kind(kind)
    if isinstance(kind, Stream) or not names:
        return None
    return names[-1] if make.chance(0.5) else make.one_of(names)


@any_kind("conditional expression", 0.6)
def conditional(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    if not make.may_ask():
        return None
    return (
        f"({value(make, scope, kind, fuel)} if {value(make, scope, FLAG, fuel)} else {value(make, scope, kind, fuel)})"
    )


@any_kind("item of a tuple", 2)
def tuple_item(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    places = [
        f"{name}[{make.one_of((place, place - len(row.items)))}]"
        for name, row in scope.variables.items()
        if isinstance(row, Row)
        for place, item in enumerate(row.items)
        if item == kind
    ]
    return make.one_of(places) if places else None


@any_kind("item of a new tuple", 0.15)
def new_tuple_item(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str:
    place = make.one_of((0, 1))
    row = Row((kind, TEXT) if place == 0 else (TEXT, kind))
    return f"{value(make, scope, row, fuel)}[{place}]"


@any_kind("value of a key", 2)
def table_item(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    places = [
        (name, key)
        for name, table in scope.variables.items()
        if isinstance(table, Table)
        for key, item in table.fields
        if item == kind
    ]
    if not places:
        return None
    name, key = make.one_of(places)
    return make.one_of((f'{name}["{key}"]', f'{name}["{key}"]', f'{name}.get("{key}")'))


@any_kind("item of a list", 1.2)
def list_item(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    names = scope.of_kind(ListOf(kind))
    return f"{make.one_of(names)}[{make.one_of((0, -1))}]" if names else None


@any_kind("first of an iterable", 0.08)
def first(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    return f"next({value(make, scope, Stream(kind), fuel)})"


@any_kind("lambda called at once", 0.12)
def immediate_lambda(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str:
    return f"{value(make, scope, Routine((TEXT,), kind), fuel)}({value(make, scope, TEXT, fuel)})"


@any_kind("function held by a variable", 2)
def held_function(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    routines = [
        (name, each) for name, each in scope.variables.items() if isinstance(each, Routine) and each.result == kind
    ]
    if not routines:
        return None
    name, routine = make.one_of(routines)
    return f"{name}({joined([value(make, scope, each, fuel) for each in routine.parameters])})"


@any_kind("dispatch by key", 0.12)
def dispatch(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str:
    key = make.one_of(KEYS[:2])
    parameter = make.kind(0)
    table = Table(tuple((each, Routine((parameter,), kind)) for each in KEYS[:2]))
    return f'{value(make, scope, table, fuel)}["{key}"]({value(make, scope, parameter, fuel)})'


@any_kind("assignment expression", 0.3)
def walrus(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    names = [name for name in scope.of_kind(kind) if name in scope.own]
    if not names:
        return None
    return f"({make.one_of(names)} := {value(make, scope, kind, fuel)})"


@any_kind("shallow copy", 0.2)
def copied(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    if isinstance(kind, (Stream, Routine)):
        return None
    make.need(scope, "import copy")
    return f"copy.copy({value(make, scope, kind, fuel)})"


@any_kind("operator.itemgetter", 0.15)
def item_getter(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str:
    make.need(scope, "import operator")
    return f"operator.itemgetter(1)({value(make, scope, Row((TEXT, kind)), fuel)})"


# ── texts and flags ───────────────────────────────────────────────────────────────────────────────────────────────────


@simple(Text, "constant", 2)
def constant(make: Maker, scope: Scope, kind: Text, fuel: int) -> str:
    return f'"{make.one_of(WORDS)}"'


@simple(Text, "source", 1.6)
def source(make: Maker, scope: Scope, kind: Text, fuel: int) -> str:
    if make.consent:
        return field_of_person(make, scope, kind, fuel)
    make.need(scope, "from data import secret")
    return "secret()"


@built(Text, "string operator", 0.7)
def string_operator(make: Maker, scope: Scope, kind: Text, fuel: int) -> str:
    one, other = value(make, scope, TEXT, fuel), value(make, scope, TEXT, fuel)
    return make.one_of((f"({one} + {other})", f'("%s %s" % ({one}, {other}))', f"({one} * 2)", f'f"{{{quoted(one)}}}"'))


def quoted(expression: str) -> str:
    """The expression as it may stand inside an f-string of double quotes, also before Python 3.12."""
    return expression.replace('"', "'") if "'" not in expression and "f'" not in expression else "'kiwi'"


@built(Text, "string method", 0.8)
def string_method(make: Maker, scope: Scope, kind: Text, fuel: int) -> str:
    text = value(make, scope, TEXT, fuel)
    method = make.one_of(
        ("upper()", "strip()", "title()", 'replace("a", "o")', "split()[0]", "encode().decode()", "ljust(3)", "[:40]")
    )
    return f"{text}{method}" if method.startswith("[") else f"{text}.{method}"


@built(Text, "text of several", 0.5)
def joined_text(make: Maker, scope: Scope, kind: Text, fuel: int) -> str:
    texts = value(make, scope, make.one_of((ListOf(TEXT), Row((TEXT, TEXT)), Stream(TEXT))), fuel)
    return f'" ".join({texts})'


@built(Text, "format method", 0.3)
def format_method(make: Maker, scope: Scope, kind: Text, fuel: int) -> str:
    one, other = value(make, scope, TEXT, fuel), value(make, scope, TEXT, fuel)
    return make.one_of((f'"{{}} {{}}".format({one}, {other})', f'"{{one}}".format(one={one})'))


@built(Text, "json and back", 0.2)
def json_round_trip(make: Maker, scope: Scope, kind: Text, fuel: int) -> str:
    make.need(scope, "import json")
    return f"json.loads(json.dumps({value(make, scope, TEXT, fuel)}))"


@built(Text, "representation", 0.2)
def representation(make: Maker, scope: Scope, kind: Text, fuel: int) -> str:
    inner = value(make, scope, make.one_of((TEXT, Row((TEXT, TEXT)), ListOf(TEXT))), fuel)
    return f"{make.one_of(('str', 'repr'))}({inner})"


@simple(Flag, "unknown condition", 1)
def unknown_condition(make: Maker, scope: Scope, kind: Flag, fuel: int) -> str:
    return make.flag(scope)


@built(Flag, "boolean operator", 0.5)
def boolean_operator(make: Maker, scope: Scope, kind: Flag, fuel: int) -> str:
    one, other = value(make, scope, FLAG, fuel), value(make, scope, FLAG, fuel)
    return make.one_of((f"({one} and {other})", f"({one} or {other})", f"(not {one})", f"(not {one})"))


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@simple(Person, "a person", 1)
def person(make: Maker, scope: Scope, kind: Person, fuel: int) -> str:
    people = [name for name, each in scope.variables.items() if each == ListOf(PERSON)]
    if people and make.chance(0.4):
        return f"{make.one_of(people)}[0]"
    make.need(scope, "from people import load")
    known = scope.of_kind(PERSON)
    if known and make.chance(0.15):
        make.used["a person fetched again"] += 1
        return f"load({make.one_of(known)}.id)"
    return f"load({make.new_person()})"


def field_of_person(make: Maker, scope: Scope, kind: Text, fuel: int) -> str:
    who = value(make, scope, PERSON, min(fuel, 1))
    return make.one_of((f"{who}.note", f"{who}.note", f'getattr({who}, "note")'))


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@simple(ListOf, "list display", 1)
def list_display(make: Maker, scope: Scope, kind: ListOf, fuel: int) -> str:
    if kind == ListOf(PERSON) and make.chance(0.6):
        make.need(scope, "from people import everyone")
        return "everyone()"
    return f"[{joined([value(make, scope, kind.item, fuel) for _ in range(make.one_of((1, 2, 2)))])}]"


@built(ListOf, "list comprehension", 1.2)
def list_comprehension(make: Maker, scope: Scope, kind: ListOf, fuel: int) -> str:
    inner = inline(scope)
    clauses = _clauses(make, inner, fuel)
    element = value(make, inner, kind.item, fuel)
    if make.may_ask() and make.chance(0.25):
        return f"([{element} {clauses} if {value(make, inner, FLAG, 0)}] or {value(make, scope, kind, 0)})"
    return f"[{element} {clauses}]"


def inline(scope: Scope) -> Scope:
    """The scope of a lambda or a comprehension: names of its own, no assignment expressions, no ``await``."""
    inner = scope.block()
    inner.own = set()
    inner.awaits = inner.runs_loops = False
    return inner


def _clauses(make: Maker, inner: Scope, fuel: int) -> str:
    """One ``for`` clause, or two, which bind variables."""
    text = _for_clause(make, inner, fuel)
    return text if make.chance(0.8) else f"{text} {_for_clause(make, inner, fuel)}"


def _for_clause(make: Maker, inner: Scope, fuel: int) -> str:
    name, item = inner.new_name(), make.kind(1)
    if make.chance(0.3):
        other, second = inner.new_name(), make.kind(0)
        iterable = value(make, inner, ListOf(Row((item, second))), fuel)
        inner.variables |= {name: item, other: second}
        return f"for {name}, {other} in {iterable}"
    iterable = value(make, inner, make.one_of((ListOf(item), ListOf(item), Stream(item))), fuel)
    inner.variables[name] = item
    return f"for {name} in {iterable}"


@built(ListOf, "list of an iterable", 0.8)
def list_of(make: Maker, scope: Scope, kind: ListOf, fuel: int) -> str:
    return f"list({value(make, scope, Stream(kind.item), fuel)})"


@built(ListOf, "lists together", 0.5)
def list_sum(make: Maker, scope: Scope, kind: ListOf, fuel: int) -> str:
    one, other = value(make, scope, kind, fuel), value(make, scope, kind, fuel)
    return make.one_of((f"({one} + {other})", f"[*{one}, *{other}]", f"{one}[:]", f"list(reversed({one}))"))


# ── tuples and dicts ──────────────────────────────────────────────────────────────────────────────────────────────────


@simple(Row, "tuple display", 1)
def tuple_display(make: Maker, scope: Scope, kind: Row, fuel: int) -> str:
    return tuple_of([value(make, scope, each, fuel) for each in kind.items])


@built(Row, "tuple from parts", 0.5)
def tuple_parts(make: Maker, scope: Scope, kind: Row, fuel: int) -> str:
    head, tail = value(make, scope, Row(kind.items[:1]), fuel), value(make, scope, Row(kind.items[1:]), fuel)
    return make.one_of((f"({head} + {tail})", f"(*{head}, *{tail})"))


@simple(Table, "dict display", 1)
def dict_display(make: Maker, scope: Scope, kind: Table, fuel: int) -> str:
    values = [(key, value(make, scope, each, fuel)) for key, each in kind.fields]
    if make.chance(0.3):
        return f"dict({joined([f'{key}={text}' for key, text in values])})"
    return f"{{{joined([f'{chr(34)}{key}{chr(34)}: {text}' for key, text in values])}}}"


@built(Table, "dicts together", 0.6)
def dict_sum(make: Maker, scope: Scope, kind: Table, fuel: int) -> str:
    key, each = make.one_of(kind.fields)
    text, one = value(make, scope, each, fuel), value(make, scope, kind, fuel)
    return make.one_of(
        (
            f'{{**{one}, "{key}": {text}}}',
            f'({one} | {{"{key}": {text}}})',
            f"dict({one}, {key}={text})",
            f"{one}.copy()",
        )
    )


@built(Table, "dict of pairs", 0.3)
def dict_pairs(make: Maker, scope: Scope, kind: Table, fuel: int) -> str:
    pairs = [f'("{key}", {value(make, scope, each, fuel)})' for key, each in kind.fields]
    return f"dict([{joined(pairs)}])"


# ── iterators ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@simple(Stream, "iter()", 0.6)
def iterator(make: Maker, scope: Scope, kind: Stream, fuel: int) -> str:
    return f"iter({value(make, scope, ListOf(kind.item), fuel)})"


@built(Stream, "generator expression", 0.7)
def generator_expression(make: Maker, scope: Scope, kind: Stream, fuel: int) -> str:
    inner = inline(scope)
    clauses = _clauses(make, inner, fuel)
    return f"({value(make, inner, kind.item, fuel)} {clauses})"


@built(Stream, "map", 0.5)
def mapped(make: Maker, scope: Scope, kind: Stream, fuel: int) -> str:
    over = make.kind(0)
    routine = value(make, scope, Routine((over,), kind.item), fuel)
    return f"map({routine}, {value(make, scope, ListOf(over), fuel)})"


@built(Stream, "zip", 0.4)
def zipped(make: Maker, scope: Scope, kind: Stream, fuel: int) -> str | None:
    if not isinstance(kind.item, Row):
        return None
    return f"zip({joined([value(make, scope, ListOf(each), fuel) for each in kind.item.items])})"


@built(Stream, "itertools.chain", 0.3)
def chained(make: Maker, scope: Scope, kind: Stream, fuel: int) -> str:
    make.need(scope, "import itertools")
    lists = [value(make, scope, ListOf(kind.item), fuel) for _ in range(2)]
    return make.one_of((f"itertools.chain({joined(lists)})", f"itertools.chain.from_iterable([{joined(lists)}])"))


@built(Stream, "values of a dict", 0.4)
def dict_values(make: Maker, scope: Scope, kind: Stream, fuel: int) -> str:
    table = Table(tuple((key, kind.item) for key in KEYS[:2]))
    return f"iter({value(make, scope, table, fuel)}.values())"


@built(Stream, "reversed", 0.2)
def backwards(make: Maker, scope: Scope, kind: Stream, fuel: int) -> str:
    return f"reversed({value(make, scope, ListOf(kind.item), fuel)})"


# ── routines ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@simple(Routine, "lambda", 1)
def lambda_expression(make: Maker, scope: Scope, kind: Routine, fuel: int) -> str:
    inner = inline(scope)
    names = [inner.new_name() for _ in kind.parameters]
    inner.variables |= dict(zip(names, kind.parameters, strict=True))
    return f"(lambda {joined(names)}: {value(make, inner, kind.result, fuel)})"


@built(Routine, "functools.partial", 0.5)
def partial(make: Maker, scope: Scope, kind: Routine, fuel: int) -> str:
    make.need(scope, "import functools")
    extra = make.kind(0)
    routine = value(make, scope, Routine((extra, *kind.parameters), kind.result), fuel)
    return f"functools.partial({routine}, {value(make, scope, extra, fuel)})"


def instance_variables(scope: Scope) -> list[tuple[str, str]]:
    """Variables that hold instances, with their classes."""
    return [(name, kind.cls) for name, kind in scope.variables.items() if isinstance(kind, Instance)]
