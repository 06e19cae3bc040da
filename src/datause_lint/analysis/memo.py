"""Summaries by what a function's analysis asked of its caller.

A function's analysis asks its context about its inputs (what can this parameter be called as? which constant is it?)
only where the answer matters. The questions and answers form a path in a trie; a later call walks the trie with its own
answers, and takes the summary at the end of the path. So contexts are told apart by exactly what the function looks at.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

from datause_lint.analysis.objects import Obj
from datause_lint.analysis.shared import Result
from datause_lint.analysis.summary import Summary
from datause_lint.names import FunctionId

SCRIPT = "script"  # the question whether a module's body runs as a script, and the answer that it does
Question = tuple[Obj, str]
Answer = tuple[Hashable, ...]


class Context(Protocol):
    """Whoever calls."""

    def answer(self, obj: Obj, question: str) -> Answer: ...


def is_root(context: Context) -> bool:
    """Whether nobody in the program calls: the framework does, or somebody outside."""
    return bool(getattr(context, "root", False))


class Path(Protocol):
    """The way that a running analysis makes through the trie."""

    def step(self, question: Question, answer: Answer) -> Path: ...


class Node(Result):
    """A place in the trie: the next question, or a summary where there is none."""

    __slots__ = (
        "approximation",
        "asked",
        "branches",
        "budget",
        "fuel",
        "granted",
        "left_out",
        "own_budget",
        "question",
        "recursive",
        "repeats",
        "round",
        "running",
        "starved",
        "summary",
    )

    def __init__(self) -> None:
        super().__init__()
        self.question: Question | None = None
        self.branches: dict[Answer, Node] = {}
        self.summary: Summary | None = None
        self.round = -1
        self.asked = -1  # the round in which somebody last came to it
        self.repeats = 0
        self.fuel: int | None = None  # that there was for finding out the summary; None: no end of it
        self.starved = False  # more would have been found out with more fuel
        self.granted: int | None = None  # the fuel of calls of which one, however far down, had not enough
        self.budget = 0  # that there was for finding out the summary
        self.left_out: dict[FunctionId, None] = {}  # the functions that were not run for lack of budget
        self.own_budget: int | None = None  # which was too little for one of those; None: for none
        self.running = False
        self.recursive = False
        self.approximation: Summary | None = None

    def step(self, question: Question, answer: Answer) -> Node:
        """The node after an answer. A question other than before means that shared state has changed: start over."""
        if self.question != question:
            self.question = question
            self.branches = {}
            self.summary = None
        following = self.branches.get(answer)
        if following is None:
            following = self.branches[answer] = Node()
        return following

    def end(self) -> None:
        """An analysis has come to its end here. Where there was a question once, what followed from it counts no more:
        a later call would find the summary behind it, and have it made anew each time."""
        if self.question is not None:
            self.question = None
            self.branches = {}


def walk(root: Node, context: Context) -> tuple[Node, bool]:
    """The node that the context's answers lead to, and whether the path to it was complete."""
    node = root
    while node.question is not None:
        answer = context.answer(*node.question)
        following = node.branches.get(answer)
        if following is None:
            return node, False
        node = following
    return node, True
