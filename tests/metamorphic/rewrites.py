"""Rewrites of a module that keep its meaning. Each gives the files that take its place, or None: nothing to rewrite.

A comment behind a statement stays with the statement, wherever that goes: labels go along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import libcst as cst
from libcst import matchers as m
from tests.metamorphic.names import local_names, names_in, parameters_of

Files = Mapping[str, str]
Rewrite = Callable[[str, Files], "dict[str, str] | None"]
"""From the path of a module, in a program."""
REWRITES: dict[str, Rewrite] = {}
EXTRACTED = "__extracted"  # behind the name of the function out of which it came
T = TypeVar("T", bound=cst.CSTNode)


def rewrite(name: str) -> Callable[[type[cst.CSTTransformer]], type[cst.CSTTransformer]]:
    """Registers a transformer that rewrites wherever it can."""

    def register(transformer: type[cst.CSTTransformer]) -> type[cst.CSTTransformer]:
        def apply(path: str, files: Files) -> dict[str, str] | None:
            text = files[path]
            tree = cst.parse_module(text)
            changed = tree.visit(transformer())
            return None if changed.code == text else {path: changed.code}

        REWRITES[name] = apply
        return transformer

    return register


def _is_future(statement: cst.CSTNode) -> bool:
    return m.matches(statement, m.SimpleStatementLine(body=[m.ImportFrom(module=m.Name("__future__")), m.ZeroOrMore()]))


def _with_at_top(tree: cst.Module, lines: Sequence[str]) -> cst.Module:
    """The module with statements behind its docstring, imports of the future and other imports at its head."""
    body = list(tree.body)
    place = next((n for n, each in enumerate(body) if not _is_head(each)), len(body))
    new = [cst.parse_statement(line) for line in lines]
    return tree.with_changes(body=[*body[:place], *new, *body[place:]])


def _is_head(statement: cst.CSTNode) -> bool:
    return m.matches(
        statement,
        m.SimpleStatementLine(body=[m.Import() | m.ImportFrom() | m.Expr(m.SimpleString()), m.ZeroOrMore()]),
    )


class _InFunctions(cst.CSTTransformer):
    """Knows in which function, class or module a statement stands."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[cst.CSTNode] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self.stack.append(node)
        return True

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.BaseStatement:
        self.stack.pop()
        return self.function_left(original_node, updated_node)

    def function_left(self, original: cst.FunctionDef, updated: cst.FunctionDef) -> cst.BaseStatement:
        return updated

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        self.stack.append(node)
        return True

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.BaseStatement:
        self.stack.pop()
        return updated_node

    @property
    def in_class_body(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1], cst.ClassDef)

    @property
    def function(self) -> cst.FunctionDef | None:
        """The function around, where it is one of the module's own."""
        if len(self.stack) == 1 and isinstance(self.stack[0], cst.FunctionDef):
            return self.stack[0]
        return None


def _only_call(line: cst.SimpleStatementLine) -> cst.Call | None:
    """The call that the line consists of."""
    if len(line.body) == 1 and isinstance(line.body[0], cst.Expr) and isinstance(line.body[0].value, cst.Call):
        return line.body[0].value
    return None


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@rewrite("a local variable is renamed")
class RenameLocals(_InFunctions):
    """``text`` becomes ``the_text``: its last word is what a policy goes by."""

    def function_left(self, original: cst.FunctionDef, updated: cst.FunctionDef) -> cst.BaseStatement:
        if self.stack:
            return updated
        names = names_in(original.body)
        fixed = parameters_of(original) | names.bound_inside | _declared_outer(original) | _deleted_or_matched(original)
        locals_ = names.written.keys() - fixed
        if not locals_ or names.read.keys() & {"locals", "vars", "eval", "exec"}:
            return updated
        return updated.with_changes(body=updated.body.visit(_Renamed({name: f"the_{name}" for name in locals_})))


def _declared_outer(function: cst.FunctionDef) -> set[str]:
    declared = m.findall(function, m.Global() | m.Nonlocal())
    imported = m.findall(function, m.Import() | m.ImportFrom())
    return {name for each in (*declared, *imported) for name in _all_names(each)}


def _deleted_or_matched(function: cst.FunctionDef) -> set[str]:
    found = m.findall(function, m.Match() | m.Del() | m.ClassDef() | m.AsName())
    return {name for each in found for name in _all_names(each)}


def _all_names(node: cst.CSTNode) -> set[str]:
    return {each.value for each in m.findall(node, m.Name()) if isinstance(each, cst.Name)}


class _Renamed(cst.CSTTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self.names = names

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        return True

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return updated_node.with_changes(value=self.names.get(updated_node.value, updated_node.value))


def _rename_functions(path: str, files: Files) -> dict[str, str] | None:
    """Functions of which only this module knows, and nobody by a text or an attribute of theirs."""
    text = files[path]
    tree = cst.parse_module(text)
    others = "".join(other for name, other in files.items() if name != path)
    defined = [each.name.value for each in tree.body if isinstance(each, cst.FunctionDef)]
    elsewhere = names_in(tree).bound_inside
    names = {
        name: f"the_{name}"
        for name in defined
        if defined.count(name) == 1
        and not re.search(rf"\b{name}\b", others)
        and name not in elsewhere
        and f'"{name}"' not in text
        and f".{name}" not in text
        if names_in(tree).written.get(name) == 1 and not name.startswith("__")
    }
    changed = tree.visit(_Renamed(names)).code if names else text
    return None if changed == text else {path: changed}


REWRITES["a function is renamed"] = _rename_functions

# ── functions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@rewrite("a call is extracted into a function")
class ExtractFunction(_InFunctions):
    """A line ``f(a, b)`` becomes a function of the module; the variables that it reads are handed over."""

    def __init__(self) -> None:
        super().__init__()
        self.new: list[cst.BaseStatement] = []
        self.count = 0

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement:
        call, function = _only_call(updated_node), self.function
        if call is None or function is None:
            return updated_node
        names = names_in(call)
        if names.steps_out or names.read.keys() & _declared_outer(function):
            return updated_node
        handed = sorted(names.read.keys() & local_names(function) - names.bound_inside)
        self.count += 1
        name = f"{function.name.value}{EXTRACTED}{self.count}"
        line = updated_node.with_changes(leading_lines=[])
        definition = cst.parse_statement(f"def {name}({', '.join(handed)}):\n    pass\n")
        assert isinstance(definition, cst.FunctionDef)
        self.new.append(definition.with_changes(body=cst.IndentedBlock(body=[line])))
        return cst.parse_statement(f"{name}({', '.join(handed)})")

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        body = list(updated_node.body)
        place = next((n for n, each in enumerate(body) if not _is_head(each)), len(body))
        return updated_node.with_changes(body=[*body[:place], *self.new, *body[place:]])


@rewrite("a variable is inlined")
class Inline(_InFunctions):
    """``x = e`` and then ``f(x)``, which alone reads it."""

    def function_left(self, original: cst.FunctionDef, updated: cst.FunctionDef) -> cst.BaseStatement:
        if self.stack or not isinstance(updated.body, cst.IndentedBlock) or _declared_outer(original):
            return updated
        names = names_in(original.body)
        body = list(updated.body.body)
        for number in range(len(body) - 1, 0, -1):
            held, line = body[number - 1], body[number]
            if not isinstance(held, cst.SimpleStatementLine) or not isinstance(line, cst.SimpleStatementLine):
                continue
            call = _only_call(line)
            if call is None or len(held.body) != 1 or not isinstance(held.body[0], cst.Assign):
                continue
            target = held.body[0].targets[0].target
            if len(held.body[0].targets) > 1 or not isinstance(target, cst.Name) or len(call.args) != 1:
                continue
            argument = call.args[0].value
            once = names.read.get(target.value) == 1 and names.written.get(target.value) == 1
            once = once and not names_in(held).steps_out
            if once and isinstance(argument, cst.Name) and argument.value == target.value:
                value = held.body[0].value
                new = call.with_changes(args=[call.args[0].with_changes(value=value)])
                body[number - 1 : number + 1] = [line.with_changes(body=[cst.Expr(new)])]
        return updated.with_changes(body=updated.body.with_changes(body=body))


def _move_functions(path: str, files: Files) -> dict[str, str] | None:
    """Functions that need nothing but their parameters and what is imported go to a module of their own."""
    text = files[path]
    tree = cst.parse_module(text)
    imports = [each for each in tree.body if m.matches(each, m.SimpleStatementLine(body=[m.Import() | m.ImportFrom()]))]
    imported = {name for each in imports for name in _all_names(each)}
    top = names_in(tree)
    own = {name for each in tree.body if not _is_head(each) for name in names_in(each).written}
    moved = [
        each
        for each in tree.body
        if isinstance(each, cst.FunctionDef)
        and not each.decorators
        and not (names_in(each).read.keys() - local_names(each) - names_in(each).bound_inside - imported) & own
        and top.written.get(each.name.value) == 1
        and not m.findall(each, m.Global() | m.Name("__name__"))
    ]
    if not moved:
        return None
    name = path.rpartition("/")[2].removesuffix(".py") + "_moved"
    package = path.removesuffix(".py").rpartition("/")[0].replace("/", ".")
    where = f"{package}.{name}" if package else name
    new = cst.Module(body=[*imports, *moved])
    line = f"from {where} import {', '.join(each.name.value for each in moved)}"
    rest = tree.with_changes(body=[each for each in tree.body if each not in moved])
    folder = path.rpartition("/")[0]
    return {
        path: _with_at_top(rest, [line]).code,
        f"{folder}/{name}.py" if folder else f"{name}.py": new.code,
    }


REWRITES["a function moves to another module"] = _move_functions


@rewrite("a call is wrapped in a lambda")
class WrapInLambda(_InFunctions):
    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement:
        call = _only_call(updated_node)
        if call is None or self.in_class_body or names_in(call).steps_out:
            return updated_node
        made = cst.Lambda(params=cst.Parameters(), body=call, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return updated_node.with_changes(body=[cst.Expr(cst.Call(made))])


@rewrite("arguments go through a layer")
class PassThrough(_InFunctions):
    """``f(x)`` becomes ``f(passed_through(x))``, which gives back what it gets."""

    used = False

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement:
        call = _only_call(updated_node)
        if call is None or _is_about_names(call) or names_in(call).steps_out:
            return updated_node
        arguments = [
            each
            if each.star or isinstance(each.value, (cst.SimpleString, cst.GeneratorExp, cst.Lambda))
            else each.with_changes(value=cst.Call(cst.Name("passed_through"), [cst.Arg(each.value)]))
            for each in call.args
        ]
        self.used = True
        return updated_node.with_changes(body=[cst.Expr(call.with_changes(args=arguments))])

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        if not self.used:
            return updated_node
        layer = "def passed_through(value):\n    return layer_below(value)\n"
        return _with_at_top(updated_node, ["def layer_below(value):\n    result = value\n    return result\n", layer])


def _is_about_names(call: cst.Call) -> bool:
    return isinstance(call.func, cst.Name) and call.func.value in ("super", "del", "locals", "setattr", "exec", "eval")


# ── statements ────────────────────────────────────────────────────────────────────────────────────────────────────────


@rewrite("a loop becomes a comprehension")
class LoopToComprehension(_InFunctions):
    """``for x in xs: f(x)``, where nobody reads ``x`` behind the loop."""

    def leave_For(self, original_node: cst.For, updated_node: cst.For) -> cst.BaseStatement:
        block = updated_node.body
        if self.in_class_body or updated_node.orelse or updated_node.asynchronous or self.function is None:
            return updated_node
        if not isinstance(block, cst.IndentedBlock) or len(block.body) != 1:
            return updated_node
        line = block.body[0]
        call = _only_call(line) if isinstance(line, cst.SimpleStatementLine) else None
        target = names_in(updated_node.target)
        around, here = names_in(self.function.body), names_in(original_node)
        if call is None or here.steps_out or isinstance(updated_node.iter, (cst.Lambda, cst.IfExp)):
            return updated_node
        if any(around.read.get(name, 0) != here.read.get(name, 0) for name in target.read):
            return updated_node
        if not isinstance(updated_node.target, (cst.Name, cst.Tuple)) or names_in(updated_node.target).written:
            return updated_node
        drawn = updated_node.iter
        if isinstance(drawn, cst.Tuple) and not drawn.lpar:  # ``for x in "a", *xs``
            drawn = drawn.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        made = cst.ListComp(elt=call, for_in=cst.CompFor(target=updated_node.target, iter=drawn))
        assert isinstance(line, cst.SimpleStatementLine)
        return line.with_changes(body=[cst.Expr(made)], leading_lines=updated_node.leading_lines)


@rewrite("the branches of an if are swapped")
class InvertIf(_InFunctions):
    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.BaseStatement:
        if not isinstance(updated_node.orelse, cst.Else) or m.findall(updated_node.test, m.NamedExpr()):
            return updated_node
        test = cst.UnaryOperation(
            cst.Not(),
            updated_node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]),
        )
        return updated_node.with_changes(
            test=test,
            whitespace_before_test=cst.SimpleWhitespace(" "),
            body=updated_node.orelse.body,
            orelse=updated_node.orelse.with_changes(body=updated_node.body),
        )


@rewrite("independent statements are swapped")
class Reorder(_InFunctions):
    """Two assignments next to each other that call nothing and have no name in common; two functions."""

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> cst.BaseSuite:
        return updated_node.with_changes(body=_swapped(list(updated_node.body)))

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        return updated_node.with_changes(body=_swapped(list(updated_node.body)))


def _swapped(body: list[T]) -> list[T]:
    number = 0
    while number + 1 < len(body):
        if _independent(body[number], body[number + 1]):
            body[number], body[number + 1] = body[number + 1], body[number]
            number += 1
        number += 1
    return body


def _independent(one: cst.CSTNode, other: cst.CSTNode) -> bool:
    first, second = names_in(one), names_in(other)
    if first.written.keys() & (second.written.keys() | second.read.keys()) or second.written.keys() & first.read.keys():
        return False
    if all(isinstance(each, cst.FunctionDef) and not each.decorators and _plain(each.params) for each in (one, other)):
        return True
    return all(_is_quiet(each) for each in (one, other))


def _plain(parameters: cst.Parameters) -> bool:
    return not m.findall(parameters, m.Call() | m.Name("secret"))


def _is_quiet(statement: cst.CSTNode) -> bool:
    """An assignment to names that runs no code of others."""
    if not m.matches(statement, m.SimpleStatementLine(body=[m.Assign(targets=[m.AssignTarget(target=m.Name())])])):
        return False
    loud = m.Call() | m.Subscript() | m.BinaryOperation() | m.Await() | m.Yield() | m.NamedExpr() | m.Comparison()
    return not m.findall(statement, loud | m.Attribute() | m.StarredElement())
