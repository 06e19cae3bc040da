"""What single forms of syntax become, as text."""

from __future__ import annotations

import ast
import sys
import textwrap

import pytest

from datause_lint.frontend.builder import EXPRESSIONS, STATEMENTS
from datause_lint.frontend.patterns import PATTERNS
from datause_lint.ir.printer import print_function, print_type

from .lowered import body, function, lower

FORMS = {
    "attribute chains and calls": (
        "return a.b[1:2].c(x, *y, k=z, **w)",
        """
          %0 = load a global
          %1 = get attribute %0 b
          %2 = const 1
          %3 = const 2
          %4 = const None
          %5 = build slice (%2, %3, %4)
          %6 = get item %1 %5
          %7 = get attribute %6 c
          %8 = load x global
          %9 = load y global
          %10 = load z global
          %11 = load w global
          %12 = call %7(%8, *%9, k=%10, **%11)
          return %12
        """,
    ),
    "format specifications": (
        "return f'a{b!r:>{c}.2f}d'",
        """
          %0 = const 'a'
          %1 = load b global
          %2 = load c global
          %3 = const 'd'
          %4 = build string (%0, %1, %2, %3)
          return %4
        """,
    ),
    "augmented assignment": (
        "x.n += y[0]; x[1] -= 2",
        """
          %0 = load x global
          %1 = get attribute %0 n
          %2 = load y global
          %3 = const 0
          %4 = get item %2 %3
          %5 = %1 += %4
          set attribute %0 n %5
          %6 = load x global
          %7 = const 1
          %8 = get item %6 %7
          %9 = const 2
          %10 = %8 -= %9
          set item %6 %7 %10
          %11 = const None
          return %11
        """,
    ),
    "annotations": (
        "x: int = 1; y: 'A | None'; z.w: list['B'] = x",
        """
          %0 = const 1
          store x local %0
          annotate x local int
          annotate y local A | None
          %1 = load x local
          %2 = load z global
          set attribute %2 w %1
          %3 = load z global
          annotate attribute %3 w list[B]
          %4 = const None
          return %4
        """,
    ),
    "conditions": (
        """
        if not a and (b or c == d is not e):
            g()
        return 1
        """,
        """
          %0 = load a global
          branch %0 -> 5 else 1
        1:
          %1 = load b global
          branch %1 -> 4 else 2
        2:
          %2 = load c global
          %3 = load d global
          %4 = compare == %2 %3
          branch %4 -> 3 else 5
        3:
          %5 = load e global
          %6 = compare is not %3 %5
          branch %6 -> 4 else 5
        4:
          %7 = load g global
          %8 = call %7()
          jump 5
        5:
          %9 = const 1
          return %9
        """,
    ),
    "and as a value": (
        "return a and b",
        """
          %0 = load a global
          store .1 local %0
          branch %0 -> 1 else 2
        1:
          %1 = load b global
          store .1 local %1
          jump 2
        2:
          %2 = load .1 local
          return %2
        """,
    ),
    "assert": (
        "assert a, b",
        """
          %0 = load a global
          branch %0 -> 1 else 2
        1:
          assumed
          %4 = const None
          return %4
        2:
          %1 = load b global
          %2 = load AssertionError global
          %3 = call %2(%1)
          raise %3
        """,
    ),
    "with": (
        """
        with a as b:
            return c
        """,
        """
          %0 = load a global
          %1 = enter context %0
          jump 1
        1: !3
          store b local %1
          %2 = load c global
          jump 2
        2:
          exit context %0
          return %2
        3:
          %4 = caught
          exit context %0 on_error
          %3 = suppresses %0
          branch %3 -> 4 else 5
        4:
          %5 = const None
          return %5
        5:
          raise
        """,
    ),
    "try": (
        """
        try:
            a()
        except B as e:
            c(e)
        finally:
            d()
        """,
        """
          !1
          %0 = caught
          %1 = load a global
          %2 = call %1()
          jump 3
        1: !6
          %3 = caught
          %4 = load B global
          %5 = exception matches %3 %4
          branch %5 -> 2 else 5
        2: !6
          %6 = caught
          store e local %6
          %7 = load c global
          %8 = load e local
          %9 = call %7(%8)
          handled %0
          delete e local
          jump 3
        3:
          %10 = load d global
          %11 = call %10()
          jump 4
        4:
          %15 = const None
          return %15
        5: !6
          raise
        6:
          %12 = caught
          %13 = load d global
          %14 = call %13()
          raise
        """,
    ),
    "comprehension": (
        "return {k: v for k, v in x() if v}",
        """
          %0 = load x global
          %1 = call %0()
          %2 = iterate %1
          %3 = build dict {}
          jump 1
        1:
          %4 = next %2 -> 2 done 4
        2:
          unpack %5, %6 = %4
          store k.1 local %5
          store v.1 local %6
          %7 = load v.1 local
          branch %7 -> 3 else 1
        3:
          %8 = load k.1 local
          %9 = load v.1 local
          append %3 %9 %8
          jump 1
        4:
          return %3
        """,
    ),
    "decorated definitions": (
        """
        @a
        @b.c
        def g(x=1, *, y=2): pass
        """,
        """
          %0 = load a global
          %1 = load b global
          %2 = get attribute %1 c
          %3 = const 1
          %4 = const 2
          %5 = function m:f.<locals>.g(x=%3, y=%4)
          %6 = call %2(%5)
          %7 = call %0(%6)
          store g local %7
          %8 = const None
          return %8
        """,
    ),
    "class": (
        "class C(a, *b, metaclass=c, **d): pass",
        """
          %0 = load a global
          %1 = load b global
          %2 = load c global
          %3 = load d global
          %4 = class m:f.<locals>.C(%0, *%1, metaclass=%2, **%3)
          store C local %4
          %5 = const None
          return %5
        """,
    ),
    "imports": (
        "import a.b, a.b as c; from ..d import e as g",
        """
          %0 = import a.b top
          store a local %0
          %1 = import a.b
          store c local %1
          %2 = import from d level=2 e
          store g local %2
          %3 = const None
          return %3
        """,
    ),
    "raise": ("raise a from b", "  %0 = load a global\n  %1 = load b global\n  raise %0 from %1"),
    "deletion": (
        "x = 1; del x, (y.a, z[0])",
        """
          %0 = const 1
          store x local %0
          delete x local
          %1 = load y global
          delete attribute %1 a
          %2 = load z global
          %3 = const 0
          delete item %2 %3
          %4 = const None
          return %4
        """,
    ),
    "code after the end": (
        """
        while True:
            if a: return 1
            else: return 2
            b()
        c()
        """,
        """
          %0 = load a global
          branch %0 -> 1 else 2
        1:
          %1 = const 1
          return %1
        2:
          %2 = const 2
          return %2
        """,
    ),
}


def lines(text: str) -> list[str]:
    return textwrap.dedent(text).strip("\n").rstrip().splitlines()


@pytest.mark.parametrize("name", FORMS)
def test_form(name: str) -> None:
    code, expected = FORMS[name]
    text = "def f():\n" + textwrap.indent(textwrap.dedent(code).strip("\n"), "    ")
    assert [line.strip() for line in body(text).splitlines()] == [line.strip() for line in lines(expected)]


def test_asynchronous_forms() -> None:
    text = """
        async def f(a):
            async with a as b:
                async for c in b:
                    await c
            return [d async for d in a if await d]
        """
    assert function(text).is_async
    printed = body(text)
    for part in ("enter context %0 async", "exit context %0 async on_error", "iterate %2 async", "= await %"):
        assert part in printed


def test_exception_groups() -> None:
    if sys.version_info < (3, 11):
        pytest.skip("no except* in this Python")
    printed = body(
        """
        def f():
            try:
                a()
            except* B:
                b()
            except* C:
                c()
        """
    )
    assert printed.count("exception matches") == 2
    assert "parts left" in printed


def test_type_parameters() -> None:
    if sys.version_info < (3, 12):
        pytest.skip("no type parameters in this Python")
    box = "class Box[T: Model](Base[T]):\n    def get[U](self, u: U) -> T: return T\n"
    module = lower(f"{box}type Pair[V] = tuple[V, V]\n")
    get = module.functions["m:Box.get"]
    assert str(get.returns) == "TypeName(name='Model')"
    assert get.frees == ("T.1",)
    assert module.functions[module.body].cells == ("T.1",)


def test_template_strings() -> None:
    if sys.version_info < (3, 14):
        pytest.skip("no t-strings in this Python")
    assert "build string (%0, %1)" in body("def f(): return t'a{b}'")


def test_every_kind_of_syntax_is_lowered() -> None:
    deprecated = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis", "Index", "ExtSlice", "Suite", "Param", "AugLoad"}
    for base, table in ((ast.expr, EXPRESSIONS), (ast.stmt, STATEMENTS), (ast.pattern, PATTERNS)):
        kinds = {kind for kind in base.__subclasses__() if kind.__name__ not in deprecated}
        assert kinds - table.keys() == set()


def test_identifiers() -> None:
    module = lower(
        textwrap.dedent(
            """
            def f(): lambda: 1; lambda: 2
            def f(): pass
            class A:
                def m(self):
                    class B:
                        def n(self): pass
            class A:
                x = lambda: 0
            def g():
                global h
                def h(): pass
                return
                def dead(): pass
            """
        )
    )
    assert [*module.functions] == [
        "m:<module>",
        "m:f",
        "m:f.<locals>.<lambda>",
        "m:f.<locals>.<lambda>#2",
        "m:f#2",
        "m:A.<body>",
        "m:A.m",
        "m:A.m.<locals>.B.<body>",
        "m:A.m.<locals>.B.n",
        "m:A#2.<body>",
        "m:A#2.<lambda>",
        "m:g",
        "m:h",
    ]
    method = module.functions["m:A.m.<locals>.B.n"]  # type: ignore[index]
    assert method.owner_class == "m:A.m.<locals>.B"
    assert method.parent == "m:A.m.<locals>.B.<body>"
    assert module.classes["m:A"].methods == (("m", "m:A.m"),)  # type: ignore[index]


def test_fields_and_methods() -> None:
    fields = "    x: int\n    y: 'str' = ''\n    __z: bytes\n"
    methods = "    def f(self): ...\n    def f(self): ...\n    async def g(self): ...\n"
    module = lower(f"class A:\n{fields}{methods}")
    (only,) = module.classes.values()
    assert [(field.name, field.has_default) for field in only.fields] == [("x", False), ("y", True), ("_A__z", False)]
    assert only.methods == (("f", "m:A.f#2"), ("g", "m:A.g"))


def test_parameters() -> None:
    text = "def f(a: int, /, b='x', *c: str, d, e=1, **g) -> 'None': pass"
    printed = "m:f(a/: int, b=, *c: str, d!, e!=, **g) -> None"
    assert printed in print_function(function(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("__all__ = ['a', 'b']", ("a", "b")),
        ("__all__ = ('a',) + ('b',)\n__all__ += ['c']\n__all__.append('d')\n__all__.extend(['e'])", tuple("abcde")),
        ("__all__: list[str] = []", ()),
        ("__all__ = [x]", None),
        ("__all__ = ['a']\n__all__ += other.__all__", None),
        ("x = 1", None),
    ],
)
def test_exports(text: str, expected: tuple[str, ...] | None) -> None:
    assert lower(text).exports == expected


@pytest.mark.parametrize(
    "text",
    [
        "list[Account]",
        "models.Account | None",
        "Annotated[str, PersonalData('user.name'), 'a note']",
        "Literal['a', 1, -2]",
        "Callable[[int, str], bool]",
        "tuple[int, ...]",
        "Depends(load, use_cache=False)",
    ],
)
def test_annotation(text: str) -> None:
    for spelling in (text, repr(text)):
        declared = function(f"def f(x: {spelling}): pass").parameters[0].annotation
        assert declared
        assert print_type(declared) == text


@pytest.mark.parametrize("text", ["'not a type ('", "'\\0'", "x if y else z", "1j", "'" + "x." * 100 + "x'"])
def test_unknown_annotation(text: str) -> None:
    declared = function(f"def f(x: {text}): pass").parameters[0].annotation
    assert declared
    assert print_type(declared).startswith("?")
