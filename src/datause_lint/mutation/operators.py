"""The mutants of one check: which ways to spoil it there are depends on its kind, and on how it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst

from datause_lint.findings.finding import GuardSeen
from datause_lint.frontend.read import SourceError, SourceText, parse
from datause_lint.mutation.mutant import Mutant, Operator
from datause_lint.mutation.propositions import Proposition, proposition
from datause_lint.mutation.queries import query_edits
from datause_lint.mutation.tree import REMOVED, Edits, Tree, expression
from datause_lint.names import UseKey, covers
from datause_lint.policy.entries import ArgumentRef, Guard, GuardKind
from datause_lint.policy.tables import PolicyTables

PositionOf = Callable[[str, str], int | None]
"""The position of a parameter, by the names of a function of the program and of the parameter."""

_READING = ("getattr", "get", "col")  # getattr(person, "ai_consent"), person.get("ai_consent"), pl.col("ai_consent")
ANOTHER = "another_person"  # an unknown name: nobody whose data flows


@dataclass(frozen=True, slots=True)
class Spoiler:
    """What spoiling a check needs to know of the policy, and of the program."""

    policy: PolicyTables
    position_of: PositionOf

    def mutants(self, tree: Tree, seen: GuardSeen, guard: Guard) -> Iterator[Mutant]:
        """At most one mutant for each operator; none for one that does not apply to this check."""
        node = tree.expression_at(seen.location)
        if node is None:
            return
        for operator, edits in self._edits(tree, node, seen, guard):
            after = tree.replaced(edits) if edits else tree.text
            if after != tree.text and _is_python(after):
                yield Mutant(operator, seen, tree.text, after)

    def _edits(
        self, tree: Tree, node: cst.BaseExpression, seen: GuardSeen, guard: Guard
    ) -> Iterator[tuple[Operator, Edits]]:
        evidence = _evidence(tree, node, guard)
        if evidence is None:
            yield from query_edits(tree, node, guard, self._other_field(guard))
            return
        asked = proposition(tree, evidence, guard) if guard.kind in (GuardKind.TEST, GuardKind.FIELD) else None
        yield Operator.REMOVE, _removed(tree, evidence, asked, guard)
        yield Operator.NEGATE, _negated(tree, asked)
        yield Operator.USE, self._other_use(evidence, seen, guard)
        yield Operator.SUBJECT, self._other_subject(evidence, guard)

    # ── use and subject ───────────────────────────────────────────────────────────────────────────────────────────

    def _other_use(self, evidence: cst.BaseExpression, seen: GuardSeen, guard: Guard) -> Edits:
        if guard.purpose is not None:
            argument = self._argument(evidence, guard.purpose)
            return {argument.value: expression(repr(self._other_purpose(seen.uses)))} if argument is not None else {}
        if guard.kind is GuardKind.FIELD or guard.kind is GuardKind.TEST:
            return _renamed(evidence, self._other_field(guard))
        return _renamed(evidence.func if isinstance(evidence, cst.Call) else evidence, self._other_field(guard))

    def _other_purpose(self, uses: tuple[UseKey, ...]) -> str:
        """One that the policy knows and that allows nothing of this, where there is one."""
        for purpose, allowed in sorted(self.policy.policy.purposes.items()):
            if not any(covers(one, use) or covers(use, one) for one in allowed for use in uses):
                return purpose
        return "another purpose"

    def _other_field(self, guard: Guard) -> str:
        """A name of no check of the policy."""
        taken = {match.rpartition(".")[2] for match in guard.matches}
        name = "marketing_consent"
        while name in taken or self.policy.field_guards(name):
            name = f"other_{name}"
        return name

    def _other_subject(self, evidence: cst.BaseExpression, guard: Guard) -> Edits:
        asked = self._subject(evidence, guard)
        return {asked: cst.Name(ANOTHER)} if asked is not None else {}

    def _subject(self, evidence: cst.BaseExpression, guard: Guard) -> cst.BaseExpression | None:
        """The expression that says who is asked; None where the check is about everybody, or not told whom."""
        if guard.any_subject or guard.kind is GuardKind.FILTER:
            return None
        if not isinstance(evidence, cst.Call):
            return evidence.value if isinstance(evidence, (cst.Attribute, cst.Subscript)) else None
        if guard.kind is GuardKind.FIELD and _last_name(evidence.func) == "col":
            return None
        if guard.kind is GuardKind.FIELD:
            return evidence.func.value if isinstance(evidence.func, cst.Attribute) else evidence.args[0].value
        if guard.subject is None and guard.kind in (GuardKind.DECORATOR, GuardKind.CONTEXT):
            return None
        if guard.subject is None:
            of_instance = any(match.startswith("*.") or "()." in match for match in guard.matches)
            if of_instance and isinstance(evidence.func, cst.Attribute):
                return evidence.func.value
            return evidence.args[0].value if evidence.args else None
        if guard.subject.receiver:
            return evidence.func.value if isinstance(evidence.func, cst.Attribute) else None
        argument = self._argument(evidence, guard.subject) if guard.kind is not GuardKind.DECORATOR else None
        return argument.value if argument is not None else None

    def _argument(self, call: cst.BaseExpression, wanted: ArgumentRef) -> cst.Arg | None:
        if not isinstance(call, cst.Call):
            return None
        named = {arg.keyword.value: arg for arg in call.args if arg.keyword is not None}
        plain = [arg for arg in call.args if arg.keyword is None and not arg.star]
        for name in wanted.names:
            if name in named:
                return named[name]
        told = (self.position_of(_last_name(call.func), name) for name in wanted.names)
        for position in (*wanted.positions, *(each for each in told if each is not None)):
            if position < len(plain):
                return plain[position]
        return None


def _is_python(text: str) -> bool:
    try:
        parse(SourceText("", b"", text))
    except SourceError:
        return False
    return True


def _evidence(tree: Tree, node: cst.BaseExpression, guard: Guard) -> cst.BaseExpression | None:
    """The expression that reads the evidence; None where it stands in a query."""
    if guard.kind is GuardKind.ROW:
        return None
    if guard.kind is not GuardKind.FIELD:
        return node
    return next((each for each in tree.inside(node) if _reads(each, guard.matches)), None)  # type: ignore[return-value]


def _reads(node: cst.CSTNode, names: tuple[str, ...]) -> bool:
    if isinstance(node, cst.Attribute):
        return node.attr.value in names
    if isinstance(node, cst.Subscript):
        return any(_text(each) in names for element in node.slice for each in element.slice.children)
    if isinstance(node, cst.Call) and _last_name(node.func) in _READING:
        return any(_text(arg.value) in names for arg in node.args[:2])
    return False


def _removed(tree: Tree, evidence: cst.BaseExpression, asked: Proposition | None, guard: Guard) -> Edits:
    if guard.kind in (GuardKind.TEST, GuardKind.FIELD):
        return _without_condition(tree, asked) if asked is not None else {}
    if guard.kind is GuardKind.DECORATOR:
        return _without_decorator(tree, evidence)
    if guard.kind is GuardKind.CONTEXT:
        return {evidence: expression("__import__('contextlib').nullcontext()")}
    if guard.kind is GuardKind.FILTER:
        return {evidence: evidence.args[0].value} if isinstance(evidence, cst.Call) and evidence.args else {}
    around = tree.parent(evidence)
    return {around if isinstance(around, cst.Await) else evidence: cst.Name("None")}


def _without_condition(tree: Tree, asked: Proposition) -> Edits:
    """The condition always comes to consent; of a mask or a query, it is left out."""
    around = tree.parent(asked.node)
    if not asked.of_rows:
        return {asked.node: cst.Name(str(asked.consent))}
    if isinstance(around, cst.BinaryOperation):
        return {around: around.right if around.left is asked.node else around.left}
    if isinstance(around, cst.UnaryOperation):
        return _without_condition(tree, Proposition(around, not asked.consent, True))
    if isinstance(around, cst.Arg):
        call = tree.parent(around)
        assert isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute)
        return {around: REMOVED} if len(call.args) > 1 else {call: call.func.value}
    subscript = next((each for each in tree.ancestors(asked.node) if isinstance(each, cst.Subscript)), None)
    if subscript is None:
        return {}
    if len(subscript.slice) > 1:
        return {around: cst.Slice(None, None)} if around is not None else {}
    return {subscript: subscript.value}


def _negated(tree: Tree, asked: Proposition | None) -> Edits:
    if asked is None:
        return {}
    contrary = "~" if asked.of_rows else "not "
    return {asked.node: expression(f"{contrary}({tree.code(asked.node)})")}


def _without_decorator(tree: Tree, evidence: cst.BaseExpression) -> Edits:
    around = tree.parent(evidence)
    if isinstance(around, cst.Call) and around.func is evidence and len(around.args) == 1:
        return {around: around.args[0].value}
    decorator = next((each for each in tree.ancestors(evidence) if isinstance(each, cst.Decorator)), None)
    return {decorator: REMOVED} if decorator is not None else {}


def _renamed(node: cst.BaseExpression, name: str) -> Edits:
    """Another field, or another function, is asked."""
    if isinstance(node, cst.Name):
        return {node: cst.Name(name)}
    if isinstance(node, cst.Attribute):
        return {node.attr: cst.Name(name)}
    if isinstance(node, cst.Subscript):
        keys = [each for element in node.slice for each in element.slice.children]
        return {key: expression(repr(name)) for key in keys if _text(key) is not None}
    if isinstance(node, cst.Call):
        keys = [arg.value for arg in node.args[:2] if _text(arg.value) is not None]
        if keys and _last_name(node.func) in _READING:
            return {keys[0]: expression(repr(name))}
        return _renamed(node.func, name)
    return {}


def _last_name(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _text(node: cst.CSTNode) -> str | None:
    """What a plain string is."""
    if not isinstance(node, cst.SimpleString):
        return None
    value = node.evaluated_value
    return value if isinstance(value, str) else None
