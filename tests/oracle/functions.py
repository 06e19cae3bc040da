"""Functions of all flavours, defined where an expression wants one, and their calls."""

from __future__ import annotations

from collections.abc import Sequence

from tests.oracle.kinds import FLAG, TEXT, Kind, ListOf, Routine, Row, Stream, Table
from tests.oracle.maker import KEYS, Maker, joined, some_lines, tuple_of
from tests.oracle.program import Flavour, Function, Lines, Module, Parameter, Scope, function_scope, indented
from tests.oracle.values import any_kind, built, value

# ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def call(make: Maker, scope: Scope, callee: str, parameters: Sequence[Parameter], fuel: int) -> str:
    return f"{callee}({arguments(make, scope, parameters, fuel)})"


def arguments(make: Maker, scope: Scope, parameters: Sequence[Parameter], fuel: int) -> str:
    """Arguments for the parameters, in one of the ways in which they may be handed over."""
    positional: list[str] = []
    named: list[tuple[str, str]] = []
    by_name = False
    for each in parameters:
        if each.style == "star":
            assert isinstance(each.kind, Row)
            if by_name:  # nothing may come between
                return arguments(make, scope, parameters, fuel)
            positional += [value(make, scope, item, fuel) for item in each.kind.items]
        elif each.style == "double":
            assert isinstance(each.kind, Table)
            named += [(key, value(make, scope, item, fuel)) for key, item in each.kind.fields]
        elif each.default and make.chance(0.4):
            by_name = by_name or each.style != "keyword"
        else:
            has_star = any(other.style == "star" for other in parameters)
            by_name = by_name or (each.style == "plain" and not has_star and make.chance(0.3))
            if each.style == "positional" and by_name:
                continue  # it has a default, as all that follow one that was left out have
            if by_name or each.style == "keyword":
                named.append((each.name, value(make, scope, each.kind, fuel)))
            else:
                positional.append(value(make, scope, each.kind, fuel))
    return joined([*_positional(make, positional), *_named(make, named)])


def _positional(make: Maker, texts: list[str]) -> list[str]:
    if texts and make.chance(0.12):
        make.used["call: star argument"] += 1
        cut = make.random.randrange(len(texts))
        return [*texts[:cut], f"*{tuple_of(texts[cut:])}"]
    return texts


def _named(make: Maker, pairs: list[tuple[str, str]]) -> list[str]:
    if pairs and make.chance(0.2):
        make.used["call: double star argument"] += 1
        cut = make.random.randrange(len(pairs))
        inner = joined([f'"{name}": {text}' for name, text in pairs[cut:]])
        return [*(f"{name}={text}" for name, text in pairs[:cut]), f"**{{{inner}}}"]
    if len(pairs) > 1 and make.chance(0.3):
        pairs = pairs[::-1]
    return [f"{name}={text}" for name, text in pairs]


def known_function(make: Maker, scope: Scope, result: Kind, flavour: Flavour) -> Function | None:
    """A function that gives the kind: one that is there, or a new one."""
    known = [
        each
        for each in make.functions
        if each.result == result and each.flavour == flavour and make.reachable(each.module, scope)
    ]
    if known and (make.room <= 0 or make.chance(0.6)):
        return make.one_of(known)
    if make.room <= 0 or scope.depth > 5:
        return None
    return define_function(make, make.home(scope), result, flavour)


@any_kind("call of a function", 2.5)
def function_call(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    flavour: Flavour = "async" if scope.awaits and make.chance(0.4) else "plain"
    function = known_function(make, scope, kind, flavour)
    if function is None:
        return None
    text = call(make, scope, make.reference(scope, function.module, function.name), function.parameters, fuel)
    return f"(await {text})" if flavour == "async" else text


@any_kind("asyncio.run", 0.5)
def run_loop(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    if not scope.runs_loops:
        return None
    function = known_function(make, scope, kind, "async")
    if function is None:
        return None
    make.need(scope, "import asyncio")
    callee = make.reference(scope, function.module, function.name)
    return f"asyncio.run({call(make, scope, callee, function.parameters, fuel)})"


@any_kind("asyncio.gather", 0.6)
def gathered(make: Maker, scope: Scope, kind: Kind, fuel: int) -> str | None:
    if not scope.awaits:
        return None
    one, other = known_function(make, scope, kind, "async"), known_function(make, scope, TEXT, "async")
    if one is None or other is None:
        return None
    make.need(scope, "import asyncio")
    calls = [
        call(make, scope, make.reference(scope, each.module, each.name), each.parameters, fuel) for each in (one, other)
    ]
    return make.one_of(
        (
            f"(await asyncio.gather({joined(calls)}))[0]",
            f"(await asyncio.gather({joined(calls[::-1])}))[1]",
            f"(await asyncio.create_task({calls[0]}))",
            f"(await asyncio.wait_for({calls[0]}, 5))",
        )
    )


@built(Stream, "call of a generator", 1.2)
def generator_call(make: Maker, scope: Scope, kind: Stream, fuel: int) -> str | None:
    function = known_function(make, scope, kind.item, "generator")
    if function is None:
        return None
    return call(make, scope, make.reference(scope, function.module, function.name), function.parameters, fuel)


@built(ListOf, "async comprehension", 1)
def async_comprehension(make: Maker, scope: Scope, kind: ListOf, fuel: int) -> str | None:
    function = known_function(make, scope, kind.item, "async generator") if scope.awaits else None
    if function is None:
        return None
    callee, name = make.reference(scope, function.module, function.name), scope.new_name()
    return f"[{name} async for {name} in {call(make, scope, callee, function.parameters, fuel)}]"


@built(Routine, "function as a value", 1.5)
def function_reference(make: Maker, scope: Scope, kind: Routine, fuel: int) -> str | None:
    known = [
        each
        for each in make.functions
        if each.flavour == "plain" and each.result == kind.result and make.reachable(each.module, scope)
        if all(parameter.style in ("plain", "positional") for parameter in each.parameters)
        if tuple(parameter.kind for parameter in each.parameters) == kind.parameters
    ]
    if not known or make.chance(0.3):
        if make.room <= 0 or scope.depth > 5:
            return None
        parameters = tuple(Parameter(f"p{n}", each) for n, each in enumerate(kind.parameters))
        known = [define_function(make, make.home(scope), kind.result, "plain", parameters)]
    function = make.one_of(known)
    return make.reference(scope, function.module, function.name)


# ── definitions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def define_function(
    make: Maker, home: Module, result: Kind, flavour: Flavour, parameters: tuple[Parameter, ...] | None = None
) -> Function:
    """Defines a function at the top of a module."""
    make.room -= 1
    make.used[f"function: {flavour}"] += 1
    fixed = parameters is not None
    given = parameters if parameters is not None else some_parameters(make)
    function = Function(make.new_name("make_"), home.name, given, result, flavour)
    lines = function_lines(make, function_scope(home, result, awaits=flavour.startswith("async")), function)
    decorators = [] if fixed and make.chance(0.5) else _decorators(make, home, flavour)
    home.body.append([*decorators, *lines])
    make.functions.append(function)
    return function


def some_parameters(make: Maker, most: int = 3) -> tuple[Parameter, ...]:
    """Parameters in an order that Python allows."""
    count = make.random.randrange(most + 1)
    found: list[Parameter] = []
    style = "positional" if make.chance(0.15) else "plain"
    default = False
    for number in range(count):
        if style == "positional" and number:
            style = "plain"
        kind: Kind = make.routine() if make.chance(0.18) else make.kind(2)
        default = default or (kind == TEXT and make.chance(0.2))
        kind = TEXT if default else kind
        found.append(Parameter(f"p{number}", kind, style, '"kiwi"' if default else ""))  # type: ignore[arg-type]
    if make.chance(0.12):
        make.used["parameter: *args"] += 1
        found = [Parameter(each.name, each.kind, each.style) for each in found]
        found.append(Parameter("rest", Row((make.kind(1), make.kind(1))), "star"))
    if make.chance(0.15):
        make.used["parameter: keyword only"] += 1
        found.append(Parameter("k", make.kind(1), "keyword"))
    if make.chance(0.12):
        make.used["parameter: **kwargs"] += 1
        found.append(Parameter("options", Table(tuple((key, make.kind(1)) for key in KEYS[:2])), "double"))
    return tuple(found)


def signature(parameters: Sequence[Parameter], first: str = "") -> str:
    parts = [first] if first else []
    seen_star = False
    for number, each in enumerate(parameters):
        if each.style == "keyword" and not seen_star:
            parts.append("*")
            seen_star = True
        stars = {"star": "*", "double": "**"}.get(each.style, "")
        seen_star = seen_star or stars == "*"
        parts.append(f"{stars}{each.name}" + (f"={each.default}" if each.default else ""))
        following = parameters[number + 1].style if number + 1 < len(parameters) else ""
        if each.style == "positional" and following != "positional":
            parts.append("/")
    return joined(parts)


def function_lines(make: Maker, scope: Scope, function: Function, first: str = "") -> Lines:
    """The definition. The scope holds what the body sees beside the parameters, which are added."""
    from tests.oracle.statements import statements

    for each in function.parameters:
        scope.assign(each.name, each.kind)
    if function.flavour in ("generator", "async generator", "context"):
        body = _generator_body(make, scope, function)
    else:
        if function.flavour == "effect":
            scope.result = None
        body = statements(make, scope, make.one_of((0, 1, 1, 2, 3)))
        if function.flavour != "effect":
            body.append(f"return {value(make, scope, function.result)}")
    head = "async def" if function.flavour.startswith("async") else "def"
    if scope.depth == 1:  # a function inside another leaves imports to that one
        body = [*scope.local_imports, *body]
    return [f"{head} {function.name}({signature(function.parameters, first)}):", *indented(some_lines(body))]


def _generator_body(make: Maker, scope: Scope, function: Function) -> Lines:
    from tests.oracle.statements import statements

    scope.result = None
    body = statements(make, scope, make.one_of((0, 1, 2)))
    item = function.result
    if function.flavour == "context":
        name = value(make, scope, item)
        return [*body, "try:", f"    yield {name}", "finally:", f"    {scope.new_name()} = 'end'"]
    body.append(f"yield {value(make, scope, item)}")
    draw = make.random.random()
    if draw < 0.25 and function.flavour == "generator":
        make.used["yield from"] += 1
        body.append(f"yield from {value(make, scope, make.one_of((ListOf(item), Stream(item))))}")
    elif draw < 0.55:
        inner = scope.block(loop=True)
        name, over = scope.new_name(), make.kind(1)
        body.append(f"for {name} in {value(make, scope, ListOf(over))}:")
        inner.assign(name, over)
        body.append(f"    yield {value(make, inner, item)}")
    elif draw < 0.7 and make.may_ask():
        body += [f"if {value(make, scope, FLAG)}:", f"    yield {value(make, scope, item)}"]
    return body


# ── decorators ────────────────────────────────────────────────────────────────────────────────────────────────────────

_DECORATORS = {
    "decorator: plain": ("def {name}(function):", "    def inner(*args, **kwargs):",
                         "        return function(*args, **kwargs)", "    return inner"),
    "decorator: wraps": ("def {name}(function):", "    @functools.wraps(function)", "    def inner(*args, **kwargs):",
                         "        result = function(*args, **kwargs)", "        return result", "    return inner"),
    "decorator: with arguments": ("def {name}(label):", "    def decorate(function):",
                                  "        def inner(*args, **kwargs):", "            note = label",
                                  "            return function(*args, **kwargs)", "        return inner",
                                  "    return decorate"),
    "decorator: class": ("class {name}:", "    def __init__(self, function):", "        self.function = function",
                         "    def __call__(self, *args, **kwargs):",
                         "        return self.function(*args, **kwargs)"),
}  # fmt: skip


def _decorators(make: Maker, home: Module, flavour: Flavour) -> Lines:
    if flavour == "context":
        home.imports["from contextlib import contextmanager"] = None
        return ["@contextmanager"]
    if not make.chance(0.15):
        return []
    form = make.one_of(list(_DECORATORS))
    make.used[form] += 1
    name = make.new_name("Wrapped_" if "class" in form else "wrapped_")
    home.imports["import functools"] = None
    home.body.append([line.format(name=name) for line in _DECORATORS[form]])
    return [f"@{name}('label')" if "arguments" in form else f"@{name}"]
