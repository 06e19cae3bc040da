"""An analysis leaves nothing behind: mutation and test suites run many in one process."""

from __future__ import annotations

import gc

from tests.programs import check_program

from datause_lint.analysis.world import World

PROGRAM = """\
import openai
from django.db import models
from flask import request

class Note(models.Model):
    text = models.TextField()

def send(note: Note):
    openai.OpenAI().responses.create(input=note.text + request.user.email)
"""


def worlds() -> int:
    gc.collect()
    return sum(type(each) is World for each in gc.get_objects())


def test_no_world_outlives_its_analysis() -> None:
    before = worlds()  # a failed test elsewhere may hold one
    check_program({"app.py": PROGRAM})
    assert worlds() == before
