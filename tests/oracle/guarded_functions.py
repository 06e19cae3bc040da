"""Functions that check consent themselves, whatever their names say: predicates, enforcers, decorators, filters."""

from __future__ import annotations

from tests.oracle.guards import about, check, some_person
from tests.oracle.kinds import PERSON
from tests.oracle.maker import Maker
from tests.oracle.program import Lines, Module, Scope, function_scope, indented
from tests.oracle.statements import can_nest, statement


def _home(make: Maker, scope: Scope) -> tuple[Module, Scope]:
    """A module for a new function, and the scope of its body."""
    make.room -= 1
    home = make.home(scope)
    inner = function_scope(home, None)
    inner.assign("who", PERSON)
    return home, inner


@statement("predicate function", 1)
def predicate_function(make: Maker, scope: Scope) -> Lines | None:
    who = some_person(make, scope) if make.consent and can_nest(scope) and make.room > 0 else None
    if who is None:
        return None
    home, inner = _home(make, scope)
    name, condition = make.new_name("may_"), check(make, inner, "who")
    home.body.append(
        make.one_of(
            (
                [f"def {name}(who):", f"    return {condition}"],
                [f"def {name}(who):", f"    if not {condition}:", "        return False", "    return True"],
                [f"def {name}(who, strict=False):", f"    if {condition}:", "        return True", "    return strict"],
                [f"def {name}(who):", f"    return bool({condition})"],
                [f"{name} = lambda who: {condition}"],
            )
        )
    )
    line = about(make, scope, who)
    return [f"if {make.reference(scope, home.name, name)}({who}):", f"    {line}"]


@statement("enforcing function", 1)
def enforcing_function(make: Maker, scope: Scope) -> Lines | None:
    who = some_person(make, scope) if make.consent and make.room > 0 else None
    if who is None:
        return None
    home, inner = _home(make, scope)
    home.imports["from registry import Refused"] = None
    name, condition = make.new_name("ensure_"), check(make, inner, "who")
    shape = make.one_of(("raises", "returns", "logs", "first"))
    make.used[f"enforcing function: {shape}"] += 1
    head, refusal = f"def {name}(who):", [f"    if not {condition}:", "        raise Refused"]
    bodies = {
        "raises": [head, *refusal],
        "returns": [head, *refusal, "    return who"],
        "logs": [head, f"    if not {condition}:", "        print(end='')"],
        "first": [f"def {name}(who, *others):", *refusal],
    }
    home.body.append(bodies[shape])
    callee = make.reference(scope, home.name, name)
    if shape == "returns":
        checked = scope.new_name()
        scope.assign(checked, PERSON)
        return [f"{checked} = {callee}({who})", about(make, scope, make.one_of((checked, who)))]
    other = some_person(make, scope) or who
    given = f"{who}, {other}" if shape == "first" else who
    return [f"{callee}({given})", about(make, scope, who)]


@statement("function behind a decorator of consent", 1)
def decorated_function(make: Maker, scope: Scope) -> Lines | None:
    who = some_person(make, scope) if make.consent and make.room > 0 else None
    if who is None:
        return None
    home, inner = _home(make, scope)
    home.imports["from registry import Refused"] = None
    home.imports["import functools"] = None
    decorator, name, condition = make.new_name("checked_"), make.new_name("tell_"), check(make, inner, "who")
    refusal = make.one_of((["raise Refused"], ["return None"], ["return None"]))
    wrapper = ["def inner(who, *args):", f"    if not {condition}:", *indented(indented(refusal))]
    wrapper += ["    return function(who, *args)"]
    if make.chance(0.4):
        wrapper.insert(0, "@functools.wraps(function)")
    home.body.append([f"def {decorator}(function):", *indented(wrapper), "    return inner"])
    home.body.append([f"@{decorator}", f"def {name}(who, other=None):", f"    {about(make, inner, 'who')}"])
    return [f"{make.reference(scope, home.name, name)}({who})"]


@statement("function that gives what may be sent", 0.8)
def giving_function(make: Maker, scope: Scope) -> Lines | None:
    who = some_person(make, scope) if make.consent and can_nest(scope) and make.room > 0 else None
    if who is None:
        return None
    home, inner = _home(make, scope)
    name, condition = make.new_name("note_of_"), check(make, inner, "who")
    home.body.append(
        make.one_of(
            (
                [f"def {name}(who):", f"    return who.note if {condition} else 'nothing'"],
                [f"def {name}(who):", f"    if {condition}:", "        return who.note", "    return 'nothing'"],
                [f"def {name}(who):", f"    texts = [who.note] if {condition} else ['nothing']", "    return texts[0]"],
            )
        )
    )
    send = make.send(scope)
    return [f"{send}({make.reference(scope, home.name, name)}({who}))"]


@statement("function that filters people", 0.8)
def filtering_function(make: Maker, scope: Scope) -> Lines | None:
    if not make.consent or not can_nest(scope) or make.room <= 0:
        return None
    home, inner = _home(make, scope)
    name, condition = make.new_name("consenting_"), check(make, inner, "who")
    home.body.append(
        make.one_of(
            (
                [f"def {name}(people):", f"    return [who for who in people if {condition}]"],
                [f"def {name}(people):", "    for who in people:", f"        if {condition}:", "            yield who"],
                [
                    f"def {name}(people):",
                    "    kept = []",
                    "    for who in people:",
                    f"        if not {condition}:",
                    "            continue",
                    "        kept.append(who)",
                    "    return kept",
                ],
            )
        )
    )
    make.need(scope, "from people import everyone")
    each = scope.new_name()
    block = scope.block(loop=True)
    block.assign(each, PERSON)
    callee = make.reference(scope, home.name, name)
    return [f"for {each} in {callee}(everyone()):", f"    {about(make, block, each)}"]
