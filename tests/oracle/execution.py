"""Runs a program in every way in which it can run, and notes what reaches the model.

Data is a text of one ideograph, by which it is known again whatever the program makes of the text. Whatever is not
fixed by the program is a choice: what ``flag()`` says, and what each person has consented to. The ways are gone through
depth first, so a program is known completely when it has no more ways than the limit.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import re
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import CodeType, FrameType, ModuleType

from tests.oracle.people import Refused, User, people_modules

Place = tuple[str, int]
"""A file of the program and a line."""
Flow = tuple[Place, Place]
"""Where data is read, and where it reaches a model."""

FIRST_IDEOGRAPH = 0x4E00
IDEOGRAPHS = re.compile("[\u4e00-\u9fff]")
MOST_WAYS = 120
MOST_ANSWERS = 1000  # of one run: one that asks more often waits for another answer for ever
SECONDS = 5


class TimeUp(BaseException):
    """The run does not end, or not soon."""


@dataclass(frozen=True)
class Truth:
    """The flows that some run shows. ``complete``: every run has been made."""

    flows: frozenset[Flow]
    reached: frozenset[Place]  # where some run reads data, or calls a model
    complete: bool
    error: str = ""  # of a program that does not run


@dataclass
class Choices:
    """The answers of one run: those given, then always no."""

    given: Sequence[bool]
    answers: list[bool] = field(default_factory=list)
    consents: dict[tuple[int, str], bool] = field(default_factory=dict)
    scopes: list[tuple[int, str]] = field(default_factory=list)  # inside which somebody else makes sure of consent

    def choose(self) -> bool:
        position = len(self.answers)
        if position >= MOST_ANSWERS:
            raise TimeUp
        self.answers.append(self.given[position] if position < len(self.given) else False)
        return self.answers[-1]

    def consent(self, person: int, use: str) -> bool:
        """The same throughout a run."""
        if (person, use) not in self.consents:
            self.consents[person, use] = self.choose()
        return self.consents[person, use]

    def refuses(self, person: int, use: str) -> bool:
        """Whether the person may have refused: nobody has asked, or the answer was no, and nobody answers for it."""
        return not self.consents.get((person, use), False) and (person, use) not in self.scopes

    def following(self) -> list[bool] | None:
        """The next way, after all that begin like this one; None after the last."""
        left = list(self.answers)
        while left and left[-1]:
            left.pop()
        return [*left[:-1], True] if left else None


@dataclass
class Run:
    """What the stubs of one run share."""

    choices: Choices
    flows: set[Flow] = field(default_factory=set)
    reached: set[Place] = field(default_factory=set)
    tags: dict[tuple[Place, int], str] = field(default_factory=dict)

    def data(self, person: int = 0) -> str:
        """A text that was read where the program is, about a person, or nobody in particular."""
        self.reached.add(_place())
        tag = self.tags.setdefault((_place(), person), chr(FIRST_IDEOGRAPH + len(self.tags)))
        return f"{tag} {tag}"

    def sink(self, use: str) -> Callable[..., str]:
        def send(*arguments: object, **named: object) -> str:
            self.reached.add(_place())
            held = {each for given in (*arguments, *named.values()) for each in ideographs(given)}
            for (source, person), tag in self.tags.items():
                if tag in held and (not person or self.choices.refuses(person, use)):
                    self.flows.add((source, _place()))
            return "an answer"

        return send


def _place() -> Place:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not frame.f_code.co_filename.startswith("app/"):
        frame = frame.f_back
    assert frame is not None, "called from outside of the program"
    return frame.f_code.co_filename, frame.f_lineno


def ideographs(value: object, seen: set[int] | None = None) -> Iterator[str]:
    """Those in a value, and in all that it holds."""
    seen = set() if seen is None else seen
    if isinstance(value, str):
        yield from IDEOGRAPHS.findall(value)
    elif isinstance(value, bytes):
        yield from IDEOGRAPHS.findall(value.decode(errors="replace"))
    elif isinstance(value, User):
        raise TypeError("a person as a whole is not sent: where would its data be read?")
    elif id(value) not in seen and not isinstance(value, (type, ModuleType)):
        seen.add(id(value))
        if isinstance(value, Mapping):
            for each in (*value.keys(), *value.values()):  # a list made for this would leave its id to another one
                yield from ideographs(each, seen)
        elif isinstance(value, (list, tuple, set, frozenset, deque)):
            for each in value:
                yield from ideographs(each, seen)
        elif isinstance(value, BaseException):
            yield from ideographs(value.args, seen)
        elif isinstance(value, Iterator) or callable(value):
            raise TypeError("what such a thing holds is not to be seen")
        if hasattr(value, "__dict__"):
            yield from ideographs(vars(value), seen)


def truth_of(files: Mapping[str, str], most: int = MOST_WAYS) -> Truth:
    """Runs the program again and again. A refused consent may end a run; any other exception is the program's fault."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            codes = {path: compile(text, path, "exec") for path, text in files.items()}
    except (SyntaxError, ValueError) as error:
        return Truth(frozenset(), frozenset(), False, repr(error))
    flows: set[Flow] = set()
    reached: set[Place] = set()
    way: list[bool] | None = []
    made = 0
    while way is not None and made < most:
        run = Run(Choices(way))
        try:
            with _stubs(run), _program(codes), _time_limit():
                importlib.import_module("app.main")
        except Refused:
            pass
        except (Exception, TimeUp) as error:
            return Truth(frozenset(), frozenset(), False, repr(error))
        flows |= run.flows
        reached |= run.reached
        way = run.choices.following()
        made += 1
    return Truth(frozenset(flows), frozenset(reached), way is None)


@contextmanager
def _time_limit() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, stop)
    threads = set(threading.enumerate())
    signal.setitimer(signal.ITIMER_REAL, SECONDS, 1)  # again and again: what runs in a destructor is not stopped
    try:
        yield
    except TimeUp:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _stop(set(threading.enumerate()) - threads)
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stop(threads: Iterable[threading.Thread]) -> None:
    """A thread that a program has left in an endless loop would go on for as long as we do, and fill the memory."""
    for thread in threads:
        if thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(TimeUp))


# ── modules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _stubs(run: Run) -> Iterator[None]:
    data, ai, chance = ModuleType("data"), ModuleType("ai"), ModuleType("chance")
    data.secret = run.data  # type: ignore[attr-defined]
    ai.send, ai.train = run.sink("inference"), run.sink("training")  # type: ignore[attr-defined]
    chance.flag = run.choices.choose  # type: ignore[attr-defined]
    stubs = {"data": data, "ai": ai, "chance": chance, **people_modules(run.choices, run.data)}
    before = {name: sys.modules[name] for name in stubs if name in sys.modules}
    sys.modules.update(stubs)
    try:
        yield
    finally:
        for name in stubs:
            sys.modules.pop(name, None)
        sys.modules.update(before)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The program's modules, compiled once for all runs."""

    def __init__(self, codes: Mapping[str, CodeType]) -> None:
        self._codes = {_module_name(path): code for path, code in codes.items()}
        self._packages = {_module_name(path) for path in codes if path.endswith("/__init__.py")}

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if name not in self._codes:
            return None
        return importlib.util.spec_from_loader(name, self, is_package=name in self._packages)

    def exec_module(self, module: ModuleType) -> None:
        exec(self._codes[module.__name__], module.__dict__)


def _module_name(path: str) -> str:
    return ".".join(PurePosixPath(path.removesuffix("/__init__.py")).with_suffix("").parts)


@contextmanager
def _program(codes: Mapping[str, CodeType]) -> Iterator[None]:
    finder = _Finder(codes)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
            del sys.modules[name]
