"""What is cut shorter again and again does not get ever longer names."""

from __future__ import annotations

from tests.programs import assert_labels

from datause_lint.analysis.objects import Objects
from datause_lint.names import FunctionId


def test_parts_of_parts_come_to_rest() -> None:
    whole = Objects().parameter(FunctionId("shop:send"), "people")
    part = whole.part("[1:]")
    twice = part.part("[1:]")
    assert len({whole, part, twice}) == 3
    assert twice.part("[1:]") is twice.part("[2:]|[3:]") is twice
    assert part.part("[1:]|[2:]") is twice


def test_functions_that_hand_on_what_is_left() -> None:
    program = {
        "words.py": """\
import openai
from people import load_user

def split(text, rest):
    if not rest:
        return text[1:]
    return join(text[2:], rest[1:])

def join(text, rest):
    head = split(text[1:], rest[2:])
    while rest:
        rest = rest[1:]
        head = join(head[3:], rest)
    return split(head[:-1], rest[1:])

def send():
    openai.OpenAI().responses.create(input=split(load_user(1).email, [1, 2, 3]))  # expect: DU101
"""
    }
    assert_labels(program)
