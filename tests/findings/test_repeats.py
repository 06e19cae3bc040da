from __future__ import annotations

from dataclasses import replace

from tests.programs import check_program

from datause_lint.findings.finding import Finding
from datause_lint.findings.repeats import without_repeats

APP = """
import openai

def setup(app):
    def handler(user):
        openai.OpenAI().responses.create(model="m", input=user.email)
    app.register(handler)
"""


def handled() -> Finding:
    """The finding in the handler, whose flow begins and ends there."""
    [found] = check_program({"app.py": APP})
    return found


def registered(found: Finding, function: str = "app.setup") -> Finding:
    """The same flow, said of another place, by which it has come."""
    location = replace(found.location, line=7)
    flow = found.flows[0]
    passing = replace(flow[-1], location=found.location)
    return replace(found, location=location, function=function, flows=((flow[0], passing, *flow[1:]),))


def test_what_a_handler_does_is_not_said_again_where_it_is_registered() -> None:
    found = replace(handled(), function="app.setup.handler")
    assert without_repeats([found, registered(found)]) == [found]


def test_another_function_that_calls_it_is_one_of_its_own() -> None:
    found = replace(handled(), function="app.setup.handler")
    other = registered(found, function="app.other")
    assert without_repeats([found, other]) == [found, other]


def test_another_source_is_another_flow() -> None:
    found = replace(handled(), function="app.setup.handler")
    flow = registered(found).flows[0]
    elsewhere = replace(flow[0], location=replace(flow[0].location, line=1))
    other = replace(registered(found), flows=((elsewhere, *flow[1:]),))
    assert without_repeats([found, other]) == [found, other]


KEPT = """
import openai

class Chat:
    def __init__(self):
        self.history = []

    def step(self, text):
        self.history.append(text)
        self.ask()

    def ask(self):
        openai.OpenAI().responses.create(model="m", input=self.history)

CHATS = {}

def answer(user):
    chat = CHATS.setdefault(user.id, Chat())
    chat.step(user.email)

def again(user):
    CHATS[user.id].ask()
"""


def test_what_is_kept_is_not_said_again_by_those_whom_it_was_handed_to() -> None:
    found = check_program({"app.py": KEPT})
    assert [each.location.line for each in found] == [19, 22]


def passing(found: Finding, *lines: int, at: int) -> Finding:
    """The flow by other lines, reported at one of them."""
    source, sink = found.flows[0][0], found.flows[0][-1]
    steps = [replace(sink, location=replace(found.location, line=line)) for line in lines]
    flows = ((replace(source, location=replace(source.location, line=1)), *steps, sink),)
    return replace(found, location=replace(found.location, line=at), flows=flows, function=f"app.f{at}")


def test_the_first_place_that_a_flow_comes_by_is_told() -> None:
    first, later = passing(handled(), 11, 12, 13, at=11), passing(handled(), 11, 12, 13, at=12)
    assert without_repeats([first, later]) == without_repeats([later, first]) == [first]
    apart = passing(handled(), 14, 13, at=14)
    assert without_repeats([first, apart]) == [first, apart]


def test_places_that_come_by_each_other_are_not_both_left_out() -> None:
    one, other = passing(handled(), 12, 11, at=11), passing(handled(), 11, 12, at=12)
    assert len(without_repeats([one, other])) == 1


def test_a_function_that_is_also_called_by_others_is_told_for_itself() -> None:
    own, by_another = passing(handled(), 12, 13, at=12), passing(handled(), 11, 12, 13, at=11)
    assert without_repeats([own, by_another]) == [own, by_another]
