"""The IR of a program, when run, does what Python does with the program."""

from __future__ import annotations

import itertools
import textwrap
from typing import Any

import pytest

from datause_lint.frontend import builder

from .ir_checks import check_function
from .ir_interpreter import run_module
from .lowered import lower

PROGRAMS = {
    "boolean values": """
        for a in (0, 1):
            for b in ("", "b"):
                out(a and b, a or b, not (a and b), a and b or "c", a < 1 < 2, (a or b) if a else (b and a))
                if a and not b or not a and b: out("xor")
                elif not (a or b): out("none")
                else: out("both")
                if (a if b else not a): out("ternary")
                if 0 < a <= 1 and (c := a + 1) > 1: out("walrus", c)
        """,
    "loops": """
        def search(items, wanted):
            for index, (key, *rest) in enumerate(items):
                if key == "skip": continue
                if key == wanted: break
                out(index, rest)
            else:
                return "none"
            return index
        items = [("skip", 1), ("a", 1, 2), ("b",)]
        out(search(items, "b"), search(items, "c"))
        n = 0
        while True:
            n += 1
            if n % 2: continue
            if n > 6: break
            while n == 4:
                n += 1
                break
            else:
                out("else", n)
        out(n)
        while n: n -= 1
        else: out("done")
        """,
    "comprehensions": """
        x = "outer"
        out([x for x in range(5) if x % 2 if x > 1], {x: y for x in "ab" for y in (x, x + x)}, {x for x in "aa"})
        out([[x * y for x in range(y)] for y in range(4) if y], sorted(x for x in (3, 1)), x)
        out([f() for f in [lambda: x for x in range(3)]], [f() for f in [lambda x=x: x for x in range(3)]])
        out([last := c for c in "abc"], last)
        class K:
            items = [1, 2]
            x = "class"
            seen = [(i, x) for i in items]
        out(K.seen)
        def f(x): return [lambda z: (x, y, z) for y in range(2)]
        out([g("z") for g in f("x")])
        """,
    "closures": """
        def counter(start=0, *, step=1):
            count = start
            def increase():
                nonlocal count
                count += step
                return count
            return increase
        c = counter(5, step=2)
        out(c(), c())
        total = 0
        def add(n):
            global total
            total += n
        add(3); add(4)
        out(total)
        def outer(a, /, *args, **kwargs):
            class C:
                a = "class"
                def get(self): return a, args, sorted(kwargs)
                mine = a
            return C
        out(outer(1, 2, k=3)().get(), outer(1).mine)
        """,
    "classes": """
        def shout(cls): cls.loud = True; return cls
        def twice(f): return lambda *a: f(*a) * 2
        @shout
        class A:
            __secret = 1
            x: int = 5
            @twice
            def f(self): return self.__secret + self.x
            def who(self): return __class__.__name__
        class B(A): pass
        out(A().f(), A.loud, B().who(), A._A__secret)
        """,
    "targets": """
        class Box: pass
        a = b, *c = [1, 2, 3]
        out(a, b, c)
        (d, [e, f]), g = (1, (2, 3)), 4
        out(d, e, f, g)
        box = Box(); box.n = 1; box.n += 2
        items = [1, 2, 3, 4]; items[0] += 10; items[1:3] = "x"; items += [9]
        out(box.n, items, items[::-1], items[-1])
        box.k, items[0] = items[0], box.n
        del items[-1], box.n
        out(box.k, items, hasattr(box, "n"))
        text = f"<{items[0]:>{3}}{'!'}>"
        """,
    "displays and calls": """
        def f(*a, **k): return a, k
        out(f(1, *[2, 3], x=4, **{"y": 5}), [*range(2), 9], {*"a", "b"} == {"a", "b"}, {**{"a": 1}, "b": 2}, (1, *(2,)))
        out(f"{1 + 1}-{'x'!s}", -1, +1, ~1, 2 ** 3, 7 // 2, 1 if 0 else 2, "é", b"b", ...)
        """,
    "generators": """
        def g(n):
            received = yield n
            out("received", received)
            yield from range(n)
            try:
                yield "last"
            finally:
                out("closed")
        it = g(2)
        out(next(it), it.send("x"), list(it))
        """,
    "patterns": """
        class P:
            __match_args__ = ("x", "y")
            def __init__(self, x, y): self.x, self.y = x, y
        def which(v):
            match v:
                case 1 | 2: return "small"
                case None: return "none"
                case "a" | "b" as letter: return letter
                case [1, x] | {"k": x} if x: return "x", x
                case [_, [a, _]]: return "nested", a
                case {"k": 0, **rest}: return rest
                case P(0, y=y): return "class", y
                case P(x, y) if x > y: return "sorted", x
                case str(text): return "text", text
                case int() as number: return number
                case _: return "other"
        for v in (1, 2, 3, None, "b", "c", [1, 5], [1, 0], [2, [7, 8]]): out(which(v))
        for v in ({"k": 3}, {"k": 0, "l": 1}, P(0, 4), P(5, 4), P(1, 4)):
            out(which(v))
        """,
    "contexts": """
        class M:
            def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
            def __enter__(self): out("enter", self.name); return self
            def __exit__(self, kind, error, trace): out("exit", self.name, kind is not None); return self.swallow
        def f(way):
            for i in range(2):
                with M("a") as a, M("b", swallow=True) as (b):
                    if way == "return": return a.name
                    if way == "break": break
                    if way == "continue": continue
                    if way == "raise": raise ValueError
                    out("body", b.name)
                out("after", i)
            return "end"
        for way in ("return", "break", "continue", "raise", ""): out(f(way))
        try:
            with M("c"): raise KeyError("k")
        except KeyError as e: out("caught", e)
        """,
    "exceptions": """
        def f(way):
            for i in range(2):
                try:
                    out("try")
                    if way == "return": return "returned"
                    if way == "break": break
                    if way == "continue": continue
                    if way == "value": raise ValueError("v")
                    if way == "key": raise KeyError("k")
                    if way == "other": raise IndexError("i")
                except ValueError as e:
                    out("value", e)
                    if i: return "from handler"
                except (KeyError, TypeError):
                    out("key")
                    raise
                else:
                    out("else")
                    if way == "late": raise ValueError("not handled")
                finally:
                    out("finally", i)
                    if way == "override" : return "overridden"
                out("after")
            return "end"
        for way in ("return", "break", "continue", "value", "key", "other", "late", "override", ""):
            try: out(f(way))
            except Exception as error: out("raised", type(error).__name__)
        """,
    "nested finally": """
        def f(way, inner):
            while True:
                try:
                    try:
                        if way == 1: return "r"
                        if way == 2: break
                        if way == 3: raise ValueError
                    finally:
                        out("inner")
                        try:
                            if inner == 1: return "r2"
                            if inner == 2: break
                            if inner == 3: raise KeyError
                        finally:
                            out("innermost")
                            make = lambda: way
                            out(make())
                finally:
                    out("outer")
                out("bottom")
                break
            return "end"
        for way in range(4):
            for inner in range(4):
                try: out(f(way, inner))
                except Exception as error: out(type(error).__name__)
        """,
    "assertions": """
        def f(x):
            assert x and x > 0, f"no {x}"
            return x
        for x in (1, 0, -1):
            try: out(f(x))
            except AssertionError as error: out("failed", str(error))
        """,
    "imports": """
        import os.path, os.path as p
        from math import pi as circle, floor
        out(os.path is p, floor(circle))
        """,
}


def python(text: str) -> list[Any]:
    said: list[Any] = []
    exec(compile(text, "m", "exec", dont_inherit=True), {"out": lambda *values: said.append(values), "__name__": "m"})
    return said


def interpreted(text: str) -> list[Any]:
    said: list[Any] = []
    module = lower(text)
    for function in module.functions.values():
        check_function(function)
    run_module(module, {"out": lambda *values: said.append(values), "__name__": "m"})
    return said


@pytest.mark.parametrize("copies", [builder.COPIES, 20, 0])
@pytest.mark.parametrize("name", PROGRAMS)
def test_runs_as_python_does(name: str, copies: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "COPIES", copies)
    text = textwrap.dedent(PROGRAMS[name])
    assert [repr(said) for said in interpreted(text)] == [repr(said) for said in python(text)]


def test_every_way_out_of_every_nesting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two nested statements of each kind, left in each way, with room for copies and without."""
    wrappers = (
        ("try:", "finally:\n    out('f{n}')"),
        ("try:", "except ValueError as e:\n    out('e{n}')"),
        ("with M('m{n}'):", ""),
        ("for i in (1, 2):", "else:\n    out('l{n}')"),
    )
    exits = ("return 'r'", "raise ValueError", "break", "continue", "pass")
    for (outer, inner), way, copies in itertools.product(itertools.product(wrappers, repeat=2), exits, (4000, 3, 0)):
        monkeypatch.setattr(builder, "COPIES", copies)
        code = way
        for number, (start, end) in enumerate((inner, outer)):
            code = f"{start}\n{textwrap.indent(code, '    ')}\n{end.format(n=number)}\nout('after{number}')"
            code = code.replace("{n}", str(number))
        text = f"""
class M:
    def __init__(self, name): self.name = name
    def __enter__(self): out("enter", self.name)
    def __exit__(self, kind, error, trace): out("exit", self.name, kind is not None)
def f():
    for n in range(2):
{textwrap.indent(code, "        ")}
    return "end"
try: out(f())
except ValueError: out("raised")
"""
        assert interpreted(text) == python(text), text
