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
