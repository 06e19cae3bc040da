"""A function that goes down all the branches of what it is given: its parts have names of their own two names deep."""

from __future__ import annotations

from itertools import product

from tests.programs import assert_labels

from datause_lint.analysis.objects import DEPTH_OF_A_TREE, MAXIMAL_DEPTH, Obj, Objects
from datause_lint.names import FunctionId

BRANCHES = ("[]", "['text']", "['content']", ".text", ".content", ".value")


def _down(root: Obj, path: tuple[str, ...]) -> Obj:
    for name in path:
        root = root.child(name)
    return root


def test_a_tree_has_few_parts() -> None:
    objects = Objects()
    tree = objects.parameter(FunctionId("shop:text_of"), "part")
    for path in product(BRANCHES, repeat=MAXIMAL_DEPTH):
        _down(tree, path)
    assert len({_down(tree, path) for path in product(BRANCHES, repeat=MAXIMAL_DEPTH)}) < len(BRANCHES) ** 3
    other = objects.parameter(FunctionId("shop:text_of"), "other")
    assert _down(other, BRANCHES).depth == MAXIMAL_DEPTH > DEPTH_OF_A_TREE


def test_text_anywhere_in_an_answer() -> None:
    program = {
        "app.py": """\
import openai
from people import load_user

def text_of(part, depth=0):
    if depth > 10:
        return []
    if isinstance(part, str):
        return [part]
    if isinstance(part, list):
        return [text for each in part for text in text_of(each, depth + 1)]
    if isinstance(part, dict):
        for name in ("text", "content", "value"):
            if name in part:
                return text_of(part.get(name), depth + 1)
    if hasattr(part, "text"):
        return text_of(part.text, depth + 1)
    if hasattr(part, "content"):
        return text_of(part.content, depth + 1)
    return []

def send():
    mail = load_user(1).email
    openai.OpenAI().responses.create(input=text_of({"content": [{"text": mail}]}))  # expect: DU101
    openai.OpenAI().responses.create(input=text_of({"content": [{"text": "hello"}]}))
"""
    }
    assert_labels(program)


def test_records_in_records_come_to_an_end() -> None:
    fields = "\n".join(f"    part_{number}: 'Whole'" for number in range(3))
    ways = "\n".join(
        f"    print(whole.{a}.{b}.{a}.{b}.email)" for a, b in product(("part_0", "part_1", "part_2"), repeat=2)
    )
    program = {
        "app.py": f"""\
from pydantic import BaseModel
from fastapi import FastAPI
import openai

app = FastAPI()

class Part(BaseModel):
    email: str
{fields}

class Whole(BaseModel):
    email: str
{fields.replace("Whole", "Part")}

@app.post("/send")
def send(whole: Whole):
{ways}
    openai.OpenAI().responses.create(input=str(whole))  # expect: DU101
"""
    }
    assert_labels(program)
