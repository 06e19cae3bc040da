"""From a seed to a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from random import Random

from tests.oracle import classes, guarded_functions, guards, library  # noqa: F401  # their forms register themselves
from tests.oracle.kinds import PERSON
from tests.oracle.maker import Maker
from tests.oracle.program import PACKAGE, Module, Scope, function_scope, indented
from tests.oracle.statements import send_line, sendable, statements


@dataclass(frozen=True)
class Generated:
    seed: int
    consent: bool
    files: Mapping[str, str]  # the texts of the program by path; the entry is ``app/main.py``
    forms: Counter[str]


def programs_of(seed: int) -> Iterator[Generated]:
    """The programs of a seed, always the same: without end, for some may not run."""
    return (generate(seed, attempt) for attempt in count())


def generate(seed: int, attempt: int = 0) -> Generated:
    """One program. Two of five are about consent."""
    random = Random(f"{seed} {attempt}")
    make = Maker(random, consent=random.random() < 0.4, room=random.choice((2, 4, 7)))
    make.modules = [
        Module(name, level)
        for level, name in enumerate(("main", "first", "second", "third")[: random.choice((1, 2, 3, 4))])
    ]
    main = make.modules[0]
    form = random.choice(("body", "function", "function", "async"))
    make.used[f"entry: {form}"] += 1
    if form == "body":
        scope = Scope(main, {}, count(1), runs_loops=True)
        lines = _body(make, scope)
    else:
        scope = function_scope(main, None, awaits=form == "async")
        lines = [*_body(make, scope)]
        head = "async def" if form == "async" else "def"
        lines = [f"{head} run():", *indented([*scope.local_imports, *lines])]
        if form == "async":
            make.need(scope, "import asyncio")
        lines.append("asyncio.run(run())" if form == "async" else "run()")
    main.body.append(lines)
    files = {f"{PACKAGE}/{module.name}.py": module.text() for module in make.modules}
    files |= {
        f"{PACKAGE}/{module.name}_facade.py": "\n".join(module.facade) + "\n"
        for module in make.modules
        if module.facade
    }
    return Generated(seed, make.consent, {f"{PACKAGE}/__init__.py": "", **files}, make.used)


def _people(make: Maker, scope: Scope) -> list[str]:
    """Somebody for the guards to ask about."""
    make.need(scope, "from people import load")
    lines = []
    for _ in range(make.one_of((1, 2))):
        name = scope.new_name()
        scope.assign(name, PERSON)
        lines.append(f"{name} = load({make.new_person()})")
    return lines


def _body(make: Maker, scope: Scope) -> list[str]:
    lines = _people(make, scope) if make.consent else []
    lines += statements(make, scope, make.one_of((3, 4, 6)))
    for name, kind in list(scope.variables.items()):
        if name not in scope.module.variables and sendable(make, kind) and make.chance(0.5):
            lines.append(send_line(make, scope, name))
    return lines
