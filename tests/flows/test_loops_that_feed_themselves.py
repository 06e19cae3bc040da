"""What a loop makes of what it made in the round before comes to rest, and soon: no bound is met."""

from __future__ import annotations

import pytest
from tests.programs import analyse_program

from datause_lint.analysis.objects import Objects
from datause_lint.analysis.shared import MANY_TEXTS, Result, SharedState
from datause_lint.analysis.values import const
from datause_lint.names import ModuleName

HEAD = """\
import copy, functools, itertools, json, openai, operator, pickle, types
from collections import ChainMap, OrderedDict, defaultdict, deque
from functools import partial
from people import load_user

class Box:
    def __init__(self, held):
        self.held = held

def boxed(given):
    return [given]

def part(given):
    return given[:]
"""
LOOP = """
def run_{number}(times, choices):
    text = load_user(1).email
    x = {start}
    y = x
    for i in range(times):
        if choices[i]:
            {step}
        else:
            y = x
        if choices[i + 1]:
            x = y
    openai.OpenAI().responses.create(input=str([x, y, text]))
"""
OF_LISTS = [
    *("x = x[:]", "x = x[1:]", "x = part(x)", "x = x[0:1] + x[1:]", "x = list(x)", "x = tuple(x)", "x = deque(x)"),
    *("x = x + [text]", "x = [*x, text]", "x = x * 2", "x = sorted(x)", "x = list(reversed(x))", "x = x.copy()"),
    *("x = copy.copy(x)", "x = copy.deepcopy(x)", "x = [x]", "x = [x, x]", "x = (x, text)", "x = [x[0], x[1]]"),
    *("x = [y for y in x]", "x = [boxed(y) for y in x] + x", "x = list(map(boxed, x))", "x = list(filter(None, x))"),
    *("x = list(zip(x, x))", "x = list(enumerate(x))", "x = list(itertools.chain(x, [text]))", "x.append(x)"),
    *("x.append(x[:])", "x[0] = [x[0]]", "x = boxed(x)", "x = partial(boxed, x)", "x = (lambda: x)", "x = Box(x)"),
    *("x = Box(x).held", "x = next(iter(x))", "x = x.pop()", "x = functools.reduce(operator.add, [x, [text]])"),
    *("x = pickle.loads(pickle.dumps(x))", "x = json.loads(json.dumps(x))", "x += x[:]", "x = max(x, [text])"),
]
OF_DICTS = [
    *("x = dict(x)", "x = {**x}", "x = x | {text: text}", "x = {k: v for k, v in x.items()}", "x = {'a': x}"),
    *("x.update({'a': x['a'][:]})", "x['a'] = dict(x)", "x = x.copy()", "x = copy.deepcopy(x)", "x = x.get('a', x)"),
    *("x = {'a': x['a'], **x}", "x = dict(zip(x, x.values()))", "x = x.setdefault('a', x)", "x = ChainMap(x, {})"),
    *("x['a'] = x['a'] + [text]", "x = defaultdict(list, x)", "x = {'a': [x], 'b': {'a': x}}", "x = OrderedDict(x)"),
    *("x = types.MappingProxyType(x)", "x = types.SimpleNamespace(**x).__dict__", "x = dict(x.items())"),
]
OF_ANYTHING = [
    *("x = x.parent()", "x = x.parent().next", "x = x.first().second()", "x = x.children[0]", "x = x[text]"),
    *("x = x[x['a'] > 1]", "x = x[times]", "x = x.get('a', {})", "y = x.setdefault('k', y)", "x, y = y, x"),
    *("x = x.filter(a=1).exclude(b=y)", "x = getattr(x, text)", "x = f'{x} {text}'", "x = x.split()[0]"),
    *("x = {**x, 'b': x}", "x = json.loads(x)['a']", "x.left = y; y.right = x; x = x.left.right", "x = x(x)"),
]


@pytest.mark.parametrize(
    ("start", "steps"),
    [("[text, [text]]", OF_LISTS), ("{'a': [text], 'b': text}", OF_DICTS), ("times", OF_ANYTHING)],
)
def test_no_bound_is_met(start: str, steps: list[str]) -> None:
    loops = (LOOP.format(number=number, start=start, step=step) for number, step in enumerate(steps))
    result = analyse_program({"app.py": HEAD + "".join(loops)})
    assert result.cut == 0
    assert len(result.findings) == len(steps)


def test_what_has_been_widened_takes_in_what_comes_again() -> None:
    """What all code shares grows from round to round, and comes to rest."""
    shared, objects = SharedState(), Objects()
    holder = objects.new("app:f@1:1:1:2")
    for number in range(2 * MANY_TEXTS):
        shared.write(holder, ".text", const(f"text {number}"))
    grown = shared.growth
    for number in range(2 * MANY_TEXTS):
        shared.write(holder, ".text", const(f"text {number}"))
    assert shared.growth == grown


HISTORY = """
import google.generativeai as genai
from flask import Flask, request

CONVERSATIONS = {}

def answer(message, session):
    history = CONVERSATIONS.setdefault(session, [])
    told = "\\n".join(each["content"] for each in history[-5:])
    reply = genai.GenerativeModel("m").generate_content(f"{told} {message}").text
    history.append({"content": message, "mine": True})
    history.append({"content": reply, "mine": False})
    CONVERSATIONS[session] = history
    return reply

def first(message, session):
    return answer(message, session)

def second(message, session):
    return first(message, session)

def create_app():
    app = Flask("chat")
"""
ROUTE = """
    @app.post("/{number}")
    def chat_{number}():
        return {how}(request.json["message"], request.json["session"])
"""


def test_a_history_that_many_routes_share_comes_to_rest() -> None:
    routes = [ROUTE.format(number=number, how=("answer", "first", "second")[number % 3]) for number in range(9)]
    result = analyse_program({"app.py": HISTORY + "".join(routes) + "    return app\n"})
    assert result.cut == 0
    found = {finding.location.line for finding in result.findings}
    assert found >= {HISTORY.count("\n") + 4 * number + 4 for number in range(9)}


def test_a_loop_over_what_a_function_has_put_into_a_list_of_the_module_comes_to_rest() -> None:
    """The name of its element is a variable of the module, too."""
    program = """
    import openai
    from people import load_user

    KEPT = []

    def keep(row):
        KEPT.append(row)

    keep(("note", load_user(1).email))
    for row in KEPT:
        openai.OpenAI().responses.create(input=row[1])
    """
    result = analyse_program({"main.py": program})
    assert len(result.findings) == 1
    assert not result.cut


def test_a_name_that_a_module_gives_to_one_thing_after_another_comes_to_rest() -> None:
    """A function reads it, and the body calls the function: each run of the body says all of it again."""
    program = """
    import openai
    from people import load_user

    text = "none yet"

    def ask():
        return openai.OpenAI().responses.create(input=text)

    ask()
    text = load_user(1).email
    ask()
    for text in ("one", "two"):
        ask()
    """
    result = analyse_program({"main.py": program})
    assert len(result.findings) == 1
    assert not result.cut


def test_what_is_settled_again_was_never_changed() -> None:
    shared, objects = SharedState(), Objects()
    holder, other = objects.module(ModuleName("app")), const("other")
    shared.settle_name(holder, ".text", const("last"))
    result = Result()
    shared.begin()
    shared.read(holder, ".text")
    result.rests_on(shared.end(), changed=True)
    grown = shared.growth
    shared.write(holder, ".text", other, by_maker=True)
    shared.begin()
    shared.read(holder, ".text")
    passing = Result()
    passing.rests_on(shared.end(), changed=True)
    assert shared.growth > grown
    shared.settle_name(holder, ".text", const("last"))
    assert shared.growth == grown
    assert shared.read(holder, ".text") == const("last")
    assert shared.holds(result)
    assert not shared.holds(passing)
    shared.write(holder, ".text", const("another"))
    assert not shared.holds(passing)
