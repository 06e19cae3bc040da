"""Mutants of a check that a query makes: keyword arguments of an ORM, the text of SQL or of ``DataFrame.query``, and
conditions on the rows of a consent table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import libcst as cst

from datause_lint.mutation.mutant import Operator
from datause_lint.mutation.tree import REMOVED, Edits, Tree, expression
from datause_lint.policy.entries import Guard, GuardKind

ANOTHER: Final = "another_person"
_CONDITION: Final = r"(?:[\w\"`]+\.)?[\"`]?{name}[\"`]?(?:\s*(?:=|==|is(?:\s+not)?)\s*(?:'[^']*'|[^\s,;)]+))?"


def query_edits(tree: Tree, node: cst.BaseExpression, guard: Guard, other: str) -> Iterator[tuple[Operator, Edits]]:
    """``node`` is the call, or the beginning of the chain of calls, that makes the query."""
    if guard.kind is GuardKind.ROW:
        yield from _row_edits(tree, _chain(tree, node), guard)
        return
    keywords = [each for each in tree.inside(node) if isinstance(each, cst.Arg) and _asks(each, guard.matches)]
    if keywords:
        yield from _keyword_edits(tree, keywords[0], guard, other)
        return
    for name in guard.matches:
        pattern = re.compile(_CONDITION.format(name=re.escape(name)), re.IGNORECASE)
        text = _text_with(tree, node, pattern)
        if text is not None:
            yield from _text_edits(text, pattern, name, other)
            return


# ── keyword arguments ─────────────────────────────────────────────────────────────────────────────────────────────


def _asks(argument: cst.Arg, names: tuple[str, ...]) -> bool:
    """``ai_consent=True``, ``sender__ai_consent=True``, ``granted_at__isnull=False``."""
    if argument.keyword is None:
        return False
    return not set(argument.keyword.value.split("__")).isdisjoint(names)


def _keyword_edits(tree: Tree, argument: cst.Arg, guard: Guard, other: str) -> Iterator[tuple[Operator, Edits]]:
    assert argument.keyword is not None
    keyword = argument.keyword.value
    yield Operator.REMOVE, _without_argument(tree, argument)
    yield Operator.NEGATE, _contrary(argument.value)
    renamed = "__".join(other if part in guard.matches else part for part in keyword.split("__"))
    yield Operator.USE, {argument.keyword: cst.Name(renamed)}
    relations = keyword.split("__")
    yield Operator.SUBJECT, {argument.keyword: cst.Name("__".join([ANOTHER, *relations[-1:]]))}


def _without_argument(tree: Tree, argument: cst.Arg) -> Edits:
    """Without the condition: ``filter()`` lets every row through."""
    call = tree.parent(argument)
    if not isinstance(call, cst.Call) or len(call.args) > 1 or isinstance(call.func, cst.Attribute):
        return {argument: REMOVED}
    around = tree.parent(call)  # Q(ai_consent=True)
    if isinstance(around, cst.BinaryOperation):
        return {around: around.right if around.left is call else around.left}
    return _without_argument(tree, around) if isinstance(around, cst.Arg) else {}


def _contrary(value: cst.BaseExpression) -> Edits:
    if isinstance(value, cst.Name) and value.value in ("True", "False"):
        return {value: cst.Name("False" if value.value == "True" else "True")}
    if isinstance(value, cst.SimpleString):
        return {value: expression("'refused'")}
    return {}


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _text_with(tree: Tree, node: cst.BaseExpression, pattern: re.Pattern[str]) -> cst.BaseExpression | None:
    """The string with the condition: in the call, else the nearest one before it, in the function or the module."""
    found = [each for each in tree.inside(node) if _matches(each, pattern)]
    if found:
        return found[0]  # type: ignore[return-value]  # strings are expressions
    for around in tree.ancestors(node):
        if isinstance(around, (cst.FunctionDef, cst.Module)):
            strings = [each for each in tree.inside(around) if _matches(each, pattern)]
            before = [each for each in strings if tree.starts(each) < tree.starts(node)]
            if before:
                return before[-1]  # type: ignore[return-value]
    return None


def _matches(node: cst.CSTNode, pattern: re.Pattern[str]) -> bool:
    return isinstance(node, cst.SimpleString) and pattern.search(node.raw_value) is not None


def _text_edits(
    node: cst.BaseExpression, pattern: re.Pattern[str], name: str, other: str
) -> Iterator[tuple[Operator, Edits]]:
    assert isinstance(node, cst.SimpleString)

    raw = node.raw_value

    def rewritten(replacement: str) -> Edits:
        matches = list(pattern.finditer(raw))
        match = next((each for each in reversed(matches) if each[0].lower() != name.lower()), matches[-1])
        made = replacement.replace("\0", match[0]).replace("\1", re.sub(name, other, match[0], flags=re.IGNORECASE))
        text = raw[: match.start()] + made + raw[match.end() :]
        return {node: node.with_changes(value=f"{node.prefix}{node.quote}{text}{node.quote}")}

    yield Operator.REMOVE, rewritten("1 = 1" if _is_sql(raw) else "1 == 1")
    yield Operator.NEGATE, rewritten("not (\0)")
    yield Operator.USE, rewritten("\1")


def _is_sql(text: str) -> bool:
    return re.search(r"\bselect\b|\bwhere\b|\bfrom\b", text, re.IGNORECASE) is not None


# ── rows of a consent table ───────────────────────────────────────────────────────────────────────────────────────


def _chain(tree: Tree, node: cst.BaseExpression) -> cst.BaseExpression:
    """``select(Student)`` with all the calls that follow it."""
    current: cst.BaseExpression = node
    for around in tree.ancestors(node):
        follows = isinstance(around, cst.Attribute) and around.value is current
        called = isinstance(around, cst.Call) and around.func is current
        if not (follows or called) or not isinstance(around, cst.BaseExpression):
            break
        current = around
    return current


def _row_edits(tree: Tree, query: cst.BaseExpression, guard: Guard) -> Iterator[tuple[Operator, Edits]]:
    conditions = list(_conditions(tree, query))
    purpose = guard.purpose.names[0] if guard.purpose is not None and guard.purpose.names else ""
    where = [field for field, _ in guard.where]
    by_field = dict(reversed(conditions))  # the first of each
    yield Operator.REMOVE, _without_rows(tree, query, guard)
    yield Operator.NEGATE, next((_contradicted(tree, by_field[each]) for each in where if each in by_field), {})
    if purpose in by_field:
        yield Operator.USE, _compared_with(by_field[purpose], "'another purpose'")
    if guard.person in by_field:
        yield Operator.SUBJECT, _compared_with(by_field[guard.person], ANOTHER)


def _conditions(tree: Tree, query: cst.BaseExpression) -> Iterator[tuple[str, cst.CSTNode]]:
    """Each condition of the query, by the field that it is about."""
    for node in tree.inside(query):
        if isinstance(node, cst.Arg) and node.keyword is not None:
            field = node.keyword.value.partition("__")[0]
            yield field, node
            yield f"{field}_id", node
        elif isinstance(node, cst.Comparison) and isinstance(node.left, cst.Attribute):
            yield node.left.attr.value, node
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            column = node.func.value
            if isinstance(column, cst.Attribute) and node.func.attr.value.startswith("is"):
                yield column.attr.value, node


def _contradicted(tree: Tree, condition: cst.CSTNode) -> Edits:
    if isinstance(condition, cst.Arg):
        return _contrary(condition.value) or (
            {condition.value: cst.Name("True")} if tree.code(condition.value) == "None" else {}
        )
    return {condition: expression(f"~({tree.code(condition)})")}


def _compared_with(condition: cst.CSTNode, code: str) -> Edits:
    if isinstance(condition, cst.Arg):
        return {condition.value: expression(code)}
    if isinstance(condition, cst.Comparison):
        return {condition.comparisons[0].comparator: expression(code)}
    return {}


def _without_rows(tree: Tree, query: cst.BaseExpression, guard: Guard) -> Edits:
    """A query for the rows themselves always finds one; of another query, what names the table is left out."""
    names = {match.rpartition(".")[2] for match in guard.matches}
    first = next(iter(_calls(query)), None)
    if first is None:
        return {}
    if _mentions(tree, first, names):
        return {query: cst.Name("True")}
    return {call: _receiver for call in _calls(query)[1:] if _mentions_in_arguments(tree, call, names)}


def _receiver(call: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute)
    return call.func.value


def _calls(query: cst.BaseExpression) -> list[cst.Call]:
    """The calls of a chain, in the order in which they run."""
    found: list[cst.Call] = []
    node: cst.BaseExpression = query
    while isinstance(node, (cst.Call, cst.Attribute)):
        if isinstance(node, cst.Call):
            found.insert(0, node)
            node = node.func
        else:
            node = node.value
    return found


def _mentions(tree: Tree, node: cst.CSTNode, names: set[str]) -> bool:
    return any(isinstance(each, cst.Name) and each.value in names for each in tree.inside(node))


def _mentions_in_arguments(tree: Tree, call: cst.Call, names: set[str]) -> bool:
    return any(_mentions(tree, argument, names) for argument in call.args)
