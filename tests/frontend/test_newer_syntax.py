"""Newer syntax is read on any Python, and stands where it stands in the source."""

from __future__ import annotations

import ast
import contextlib
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datause_lint.frontend.newer_syntax import parse_newer
from datause_lint.frontend.read import SourceError, decode, parse

OLDEST = (3, 10)


def rewritten(text: str, running: tuple[int, int] = OLDEST) -> ast.Module:
    return parse_newer(text, SyntaxError("refused"), running)


def names_at(tree: ast.Module) -> set[tuple[str, int, int]]:
    return {(node.id, node.lineno, node.col_offset) for node in ast.walk(tree) if isinstance(node, ast.Name)}


def places_of(text: str, *names: str) -> set[tuple[str, int, int]]:
    """Where each of the names stands in ASCII text; each stands there once."""
    found = set()
    for name in names:
        at = text.index(name)
        found.add((name, text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1)))
    return found


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("try:\n pass\nexcept A, B:\n pass\n", "try:\n pass\nexcept (A, B):\n pass\n"),
        ("try:\n pass\nexcept A, f(1, 2): pass\n", "try:\n pass\nexcept (A, f(1, 2)): pass\n"),
        ("try:\n pass\nexcept A,B,:\n pass\n", "try:\n pass\nexcept (A,B,):\n pass\n"),
        ("try:\n pass\nexcept* A:\n pass\n", "try:\n pass\nexcept A:\n pass\n"),
        ("try:\n pass\nexcept* A, B:\n pass\n", "try:\n pass\nexcept (A, B):\n pass\n"),
        ("def f[T](x): pass\n", "def f(x): pass\n"),
        ("async def f[T: int = str, *Ts, **P](x) -> T: pass\n", "async def f(x) -> T: pass\n"),
        ("def f[\n  T,  # a comment\n  U: 'é',\n](x):\n  return x\n", "def f\\\n\\\n\\\n(x):\n  return x\n"),
        ("class C[T](Base): pass\n", "class C(Base): pass\n"),
        ("class C[T]: pass\n", "class C: pass\n"),
        ("type X = int\n", "X = int\n"),
        ("type X[T] = list[T]\n", "X = list[T]\n"),
        ("if x: type X = int; type = 3\n", "if x: X = int; type = 3\n"),
        ("x[*a, b]\n", "x[a, b]\n"),
        ("x = [*a, b]; y = tuple[*Ts]\n", "x = [*a, b]; y = tuple[Ts]\n"),
        ("def f(*args: *Ts): return [*args][0]\ntype X = int", "def f(*args: Ts): return [*args][0]\nX = int"),
        ("lazy import a.b\nlazy from c import d\n", "import a.b\nfrom c import d\n"),
        ('f"{d["x"]}"\n', "f\"{d['x']}\"\n"),
        ("f'{a['b']['c']}{{}} {x}'\n", 'f\'{a["b"]["c"]}{{}} {x}\'\n'),
        ('"a" f"{d["x"]}" "b"\n', "\"a\" f\"{d['x']}\" \"b\"\n"),
        ('x = (f"{d["x"]}"  # why\n "b")\n', "x = (f\"{d['x']}\"  # why\n \"b\")\n"),
        ('f"{x!r:>{d["n"]}} {y}"\n', "f\"{x!r:>{d['n']}} {y}\"\n"),
        ('f"{d["x"] = }"\n', "f'{d[\"x\"] = }'\n"),
        ('f"{d["x"]=!s:>3}"\n', "f'{d[\"x\"]=!s:>3}'\n"),
        ('f"{"a".join(x)}"\n', "f\"{'a'.join(x)}\"\n"),
        ("match x:\n case [*rest]: t''\n", "match x:\n case [*rest]: f''\n"),
        ('f"{f"{f"{x}"}"}"\n', 'f"""{f\'\'\'{f"{x}"}\'\'\'}"""\n'),
        ('f"{\nx  # why\n}"\n', 'f"""{\nx\n}"""\n'),
        ('rf"\\d{d["x"]}\\{{}}\\{y}\\\\{z}"\n', "rf'\\d{d[\"x\"]}\\{{}}\\{y}\\\\{z}'\n"),
        ('f"\\N{BULLET} {d["x"]}\\"{y}"\n', "f'\\N{BULLET} {d[\"x\"]}\"{y}'\n"),
        ('f"""a"{d["""x"""]}"b"" {y}"""\n', "f'''a\"{d[\"x\"]}\"b\"\" {y}'''\n"),
        ('f"{d["x"]:%H:%M}" if a else"b"\n', "f'{d[\"x\"]:%H:%M}' if a else'b'\n"),
        ('f"{(lambda: d["x"])()}{x != y}{ {1: 2}[1] }"\n', "f'{(lambda: d[\"x\"])()}{x != y}{ {1: 2}[1] }'\n"),
        ('t"{d["x"]}"\n', "f'{d[\"x\"]}'\n"),
        ('rt"\\{x!r:>3}"\n', "rf'\\{x!r:>3}'\n"),
    ],
)  # fmt: skip
def test_form(newer: str, older: str) -> None:
    assert ast.dump(rewritten(newer)) == ast.dump(ast.parse(older))


def test_unpacking_in_comprehensions() -> None:
    assert (
        ast.unparse(rewritten("[*f(x) for x in y if x]\n")) == "[mark0_unpack for x in y if x for mark0_unpack in f(x)]"
    )
    assert ast.unparse(rewritten("{*x for x in y}\n")) == "{mark0_unpack for x in y for mark0_unpack in x}"
    comprehension = rewritten("{**d for d in ds}\n").body[0].value  # type: ignore[attr-defined]  # an expression
    assert isinstance(comprehension, ast.DictComp)
    assert ast.unparse(comprehension.generators[1].iter) == "d.items()"
    assert ast.unparse(rewritten("z = (*x async for x in y)\n")).endswith("async for x in y for mark0_unpack in x)")


def test_a_backslash_in_a_field() -> None:
    field = next(node for node in ast.walk(rewritten('f"{"\\n".join(x)}"\n')) if isinstance(node, ast.FormattedValue))
    assert ast.unparse(field.value) == "'\\n'.join(x)"


def test_names_do_not_move() -> None:
    text = (
        "type Alias = dict[str, aaa]\n"
        "class Box[T: bbb](ccc):\n"
        "    def get[U](self, ddd: eee) -> fff:\n"
        "        try: ggg()\n"
        "        except hhh, iii: jjj()\n"
        "        return 'ü' t'ö{kkk[\"x\"]} {lll:>{mmm}}', nnn, [*ooo for x in ppp]\n"
    )
    tree = rewritten(text)
    ascii_text = text.replace("ü", "12").replace("ö", "34")  # columns of ast are bytes
    expected = places_of(ascii_text, *(c * 3 for c in "acefghijklmnop"))
    assert expected <= names_at(tree)
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    assert (function.lineno, function.end_lineno) == (3, 6)


def test_a_call_keeps_its_end() -> None:
    text = 'send(f"{user["email"]}", t"{x}", model="m")\n'
    call = next(node for node in ast.walk(rewritten(text)) if isinstance(node, ast.Call))
    assert (call.col_offset, call.end_col_offset) == (0, len(text) - 1)


def test_soft_keywords_stay_names() -> None:
    text = "type = lazy = 1\ntype[0]\ntype(x)\nlazy\nprint(type if x else lazy)\nx[type:lazy]\nexcept_ = t'{x}'\n"
    assert names_at(rewritten(text)) >= {("type", 1, 0), ("type", 2, 0), ("lazy", 4, 0)}


def test_names_of_the_tool_are_free() -> None:
    tree = rewritten('mark0_text("a"); mark1_field(x); t"{y}"\n')
    assert [type(node.value).__name__ for node in tree.body if isinstance(node, ast.Expr)] == [
        "Call",
        "Call",
        "JoinedStr",
    ]


@pytest.mark.parametrize(
    "text", ['f"{x', 'f"{x}', 't"', "def f[T(", "except", "type", "type X", "f'{'", "[*", "except A, B", 'f"{x:']
)
def test_what_ends_early_is_a_syntax_error(text: str) -> None:
    with pytest.raises(SyntaxError):
        rewritten(text)


def test_the_error_is_that_of_the_text_without_newer_syntax() -> None:
    text = "try:\n    pass\nexcept A, B:\n    pass\n\nx = t'{y}'\nclass C[T]: pass\ndef broken(:\n"
    with pytest.raises(SourceError, match=r"x\.py:8: not valid Python"):
        parse(decode(text.encode(), "x.py"))


def test_python_2_is_named() -> None:
    text = "try:\n    pass\nexcept A, e:\n    print 'no'\n"
    with pytest.raises(SourceError, match=r"x\.py:4: Python 2 code \(the print statement\): convert it"):
        parse(decode(text.encode(), "x.py"))


def test_deep_nesting_ends() -> None:
    for text in (
        't"{' * 5000,
        "t'{x:" * 5000,
        't"{x}"' * 20000,
        "[*" * 20000,
        "x[" * 5000 + "*a" + "]" * 5000 + "; t''",
    ):
        with pytest.raises((SyntaxError, MemoryError, RecursionError)):
            rewritten(text + "$")


names = st.sampled_from(
    ["a", "b.c", "d['k']", 'd["k"]', "f(x, y)", "{1: 2}", "[*s]", "(lambda: 1)", "x != y", "'q'", '"q"']
)


@st.composite
def f_strings(draw: st.DrawFn, depth: int = 2) -> str:
    quote = draw(st.sampled_from(['"', "'", '"""', "'''"]))
    raw = draw(st.sampled_from(["", "r"]))
    pieces = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.integers(0, 3))
        if kind == 0:
            pieces.append(draw(st.sampled_from(["x", "{{", "}}", "é", "\\\\", " ", "\\n"])))
        elif kind == 1 and depth:
            pieces.append("{" + draw(f_strings(depth - 1)) + "}")
        else:
            spec = draw(st.sampled_from(["", "!r", ":>3", "!s:{w}", ":%H:%M", "="]))
            name = draw(names)
            if (name, spec) == ("x != y", "="):
                spec = ""  # Python 3.13.0 shows only "x " of it
            pieces.append("{ " + name + spec + "}")
    return f"f{raw}{quote}{''.join(pieces)}{quote}"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the running Python does not read these itself")
@settings(max_examples=300)
@given(st.lists(f_strings(), min_size=1, max_size=3).map(" ".join))
def test_f_strings_are_read_as_python_reads_them(text: str) -> None:
    assert ast.dump(rewritten(text)) == ast.dump(ast.parse(text))


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                'f"',
                "t'",
                "{",
                "}",
                ":",
                "!",
                "=",
                "x",
                "(",
                ")",
                "[",
                "]",
                "*",
                "except",
                "def",
                "class",
                "type",
                "lazy",
                "for",
                ",",
                "\n",
                "\\",
                "#",
                "1",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_nothing_but_syntax_errors(text: str) -> None:
    with contextlib.suppress(SyntaxError):
        rewritten(text)
