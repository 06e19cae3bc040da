"""Guards: conditions, enforcers, scopes and filters, for the right person and use or for others."""

from __future__ import annotations

from tests.oracle.kinds import FLAG, PERSON, TEXT, Flag, Kind, ListOf, Routine
from tests.oracle.maker import Maker, some_lines
from tests.oracle.program import Lines, Scope, indented
from tests.oracle.statements import branch, can_nest, send_line, statement, statements
from tests.oracle.values import built, inline, value

PURPOSES = ("assistant", "training", "everything", "marketing")


def some_person(make: Maker, scope: Scope) -> str | None:
    names = scope.of_kind(PERSON)
    return make.one_of(names) if names else None


def check(make: Maker, scope: Scope, who: str) -> str:
    """A condition about a person, or its negation: one that allows something, or one that only looks like it."""
    form = make.one_of(
        (
            "{who}.ai_consent",
            "{who}.ai_consent",
            "{who}.training_consent",
            "{who}.marketing_consent",
            "(not {who}.ai_opt_out)",
            '({who}.status == "granted")',
            '({who}.status != "granted")',
            '{who}.has_consent("{purpose}")',
            '{who}.has_consent("{purpose}")',
            "consented({who}.id)",
            'getattr({who}, "ai_consent")',
            "({who}.ai_consent is True)",
        )
    )
    if form.startswith("consented"):
        make.need(scope, "from registry import consented")
    make.used[f"check: {form}"] += 1
    return form.format(who=who, purpose=make.one_of(PURPOSES))


@built(Flag, "check of consent", 3)
def consent_check(make: Maker, scope: Scope, kind: Flag, fuel: int) -> str | None:
    who = some_person(make, scope) if make.consent else None
    return check(make, scope, who) if who else None


def about(make: Maker, scope: Scope, who: str) -> str:
    """A line that sends what is a person's, or, seldom, another's."""
    other = some_person(make, scope)
    if other and make.chance(0.15):
        who = other
    text = make.one_of((f"{who}.note", f'"note: " + {who}.note', f"[{who}.note]", f'{{"text": {who}.note}}'))
    return send_line(make, scope, text)


@statement("guarded sink", 2)
def guarded_sink(make: Maker, scope: Scope) -> Lines | None:
    who = some_person(make, scope) if make.consent else None
    if who is None or not can_nest(scope):
        return None
    condition = check(make, scope, who)
    if make.chance(0.3):
        extra = value(make, scope, FLAG, 1)
        condition = make.one_of((f"({condition} and {extra})", f"({condition} or {extra})", f"(not {condition})"))
    shape = make.one_of(("if", "if", "else", "exit", "held", "ternary"))
    make.used[f"guard: {shape}"] += 1
    if shape == "exit" and not scope.loop and scope.result is None:
        shape = "if"
    line = about(make, scope, who)
    if shape == "exit":
        out = "continue" if scope.loop else f"return {value(make, scope, _result(scope), 1)}"
        return [f"if not {condition}:", f"    {out}", line]
    if shape == "else":
        return [f"if not {condition}:", *indented(branch(make, scope)[0]), "else:", f"    {line}"]
    if shape == "held":
        name = scope.new_name()
        scope.assign(name, FLAG)
        return [f"{name} = {condition}", *statements(make, scope, make.one_of((0, 1))), f"if {name}:", f"    {line}"]
    if shape == "ternary":
        return [send_line(make, scope, f"{who}.note if {condition} else {value(make, scope, TEXT, 0)}")]
    inner = scope.block()
    return [f"if {condition}:", *indented([line, *statements(make, inner, make.one_of((0, 1)))])]


def _result(scope: Scope) -> Kind:
    assert scope.result is not None
    return scope.result


@statement("enforced consent", 0.7)
def enforced(make: Maker, scope: Scope) -> Lines | None:
    who = some_person(make, scope) if make.consent else None
    if who is None:
        return None
    make.need(scope, "import registry")
    line = f'registry.require({who}, "{make.one_of(PURPOSES)}")'
    return make.one_of(
        ([line, about(make, scope, who)], [line, about(make, scope, who)], [about(make, scope, who), line])
    )


@statement("scope of consent", 0.6)
def scoped(make: Maker, scope: Scope) -> Lines | None:
    who = some_person(make, scope) if make.consent else None
    if who is None or not can_nest(scope):
        return None
    make.need(scope, "import registry")
    inner = scope.block()
    body = [about(make, scope, who), *statements(make, inner, make.one_of((0, 1)))]
    return [f"with registry.scope({who}):", *indented(some_lines(body))]


@built(ListOf, "filter of people", 2)
def filtered(make: Maker, scope: Scope, kind: ListOf, fuel: int) -> str | None:
    if kind != ListOf(PERSON) or not make.consent:
        return None
    people = value(make, scope, kind, fuel)
    draw = make.random.random()
    inner = inline(scope)
    name = inner.new_name()
    if draw < 0.3:
        make.need(scope, "import registry")
        text = f"registry.only_consenting({people})"
    elif draw < 0.5:
        text = f"list(filter(lambda {name}: {check(make, inner, name)}, {people}))"
    else:
        text = f"[{name} for {name} in {people} if {check(make, inner, name)}]"
    return f"({text} or everyone())" if _needs_everyone(make, scope) else text


def _needs_everyone(make: Maker, scope: Scope) -> bool:
    make.need(scope, "from people import everyone")
    return True


@statement("loop over those who consent", 1)
def consenting_loop(make: Maker, scope: Scope) -> Lines | None:
    if not make.consent or not can_nest(scope):
        return None
    make.need(scope, "from people import everyone")
    name = scope.new_name()
    inner = scope.block(loop=True)
    inner.assign(name, PERSON)
    other = scope.new_name()
    shape = make.one_of(("comprehension", "filter", "declared", "condition"))
    make.used[f"people: {shape}"] += 1
    people = {
        "comprehension": f"[{other} for {other} in everyone() if {check(make, scope, other)}]",
        "filter": f"filter(lambda {other}: {check(make, scope, other)}, everyone())",
        "declared": "registry.only_consenting(everyone())",
        "condition": "everyone()",
    }[shape]
    make.need(scope, "import registry")
    body = [about(make, inner, name), *statements(make, inner, make.one_of((0, 1)))]
    if shape == "condition":
        body = [f"if {check(make, inner, name)}:", *indented(body)]
    return [f"for {name} in {people}:", *indented(body)]


@built(Routine, "predicate of consent", 1)
def predicate(make: Maker, scope: Scope, kind: Routine, fuel: int) -> str | None:
    if kind.result != FLAG or PERSON not in kind.parameters:
        return None
    inner = inline(scope)
    names = [inner.new_name() for _ in kind.parameters]
    return f"(lambda {', '.join(names)}: {check(make, inner, names[kind.parameters.index(PERSON)])})"
