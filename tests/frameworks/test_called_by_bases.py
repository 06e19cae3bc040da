"""Instances that a call runs by a method of another name: their base class calls it."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

PROGRAMS: dict[str, dict[str, str]] = {
    "dspy": {
        "prog.py": """\
import dspy
class Sum(dspy.Signature):
    text: str = dspy.InputField()
    out: str = dspy.OutputField()
class Mod(dspy.Module):
    def __init__(self):
        super().__init__()
        self.step = dspy.ChainOfThought(Sum)
    def forward(self, text, note=None):
        return self.step(text=text)
class Outer(dspy.Module):
    def __init__(self):
        self.inner = Mod()
    def forward(self, user):
        return self.inner(user.email, note=1)
""",
        "app.py": """\
import dspy
from prog import Mod, Outer
dspy.configure(lm=dspy.LM("openai/gpt-4o"))
program = Mod()
def d2(user):
    Mod()(text=user.email)  # expect: DU101
def d3(user):
    program(user.email)  # expect: DU101
def d4(user):
    program("x", note=user.email)
def d5(user):
    Outer()(user)  # expect: DU101
""",
    },
    "torch": {
        "app.py": """\
import torch, openai
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 4)
    def forward(self, x):
        return self.fc(x)
class Asker(nn.Module):
    def forward(self, text):
        return openai.responses.create(input=text)
def a(users):
    model = Net()
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for user in users:
        out = model(torch.tensor([user.age, user.salary]))
        loss = nn.functional.mse_loss(out, torch.tensor([1.0]))
        loss.backward()  # expect: DU201
        opt.step()
def b(user):
    Asker()(user.email)  # expect: DU101
def c(user):
    model = Net()
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    out = model(torch.ones(3))
    (out.sum()).backward()
    opt.step()
""",
    },
    "thread": {
        "app.py": """\
from threading import Thread
import openai
class Th(Thread):
    def __init__(self, text):
        Thread.__init__(self, daemon=True)
        self.text = text
    def run(self):
        openai.responses.create(input=self.text)
def e(user):
    Th(user.email).start()  # expect: DU101
""",
    },
    "process": {
        "app.py": """\
import openai, multiprocessing
class P(multiprocessing.Process):
    def __init__(self, text):
        super().__init__()
        self.text = text
    def run(self):
        openai.responses.create(input=self.text)
def e(user):
    P(user.email).start()  # expect: DU101
""",
    },
    "log handler": {
        "app.py": """\
import openai, logging
def ask(t): return openai.responses.create(input=t)
class Hand(logging.Handler):
    def emit(self, record):
        ask(record.getMessage())
log = logging.getLogger("x")
log.addHandler(Hand())
def f(user):
    log.info("by %s", user.email)  # expect: DU101
""",
    },
    "parser": {
        "app.py": """\
import html.parser
import openai

class Reader(html.parser.HTMLParser):
    def handle_data(self, data):
        openai.responses.create(input=data)

def read(user):
    Reader().feed(user.biography)  # expect: DU101
    Reader().feed("<b>nobody</b>")
""",
    },
}


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_called_by_bases(name: str) -> None:
    assert_labels(PROGRAMS[name])
