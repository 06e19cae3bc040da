"""Which names a piece of code reads and writes, as far as a rewrite has to know."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field

import libcst as cst

SCOPED = (cst.FunctionDef, cst.ClassDef, cst.Lambda)
COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
STEPPING_OUT = (cst.Await, cst.Yield, cst.NamedExpr, cst.Return, cst.Break, cst.Continue, cst.Global, cst.Nonlocal)
"""What may not move into another function."""

ABOUT_THE_FRAME = frozenset(
    "locals vars super globals eval exec exc_info format_exc print_exc currentframe stack setitem __setitem__".split()
)


@dataclass
class Names(cst.CSTVisitor):
    """``read`` and ``written`` hold names of the code itself; those of functions and comprehensions in it count too."""

    read: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    bound_inside: set[str] = field(default_factory=set)  # by lambdas, comprehensions and functions
    steps_out: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, STEPPING_OUT) or (isinstance(node, cst.Call) and _is_about_its_frame(node)):
            self.steps_out = True
        if isinstance(node, cst.CompFor) and node.asynchronous is not None:
            self.steps_out = True
        return super().on_visit(node)

    def visit_Name(self, node: cst.Name) -> None:
        self.read[node.value] = self.read.get(node.value, 0) + 1

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:
        node.value.visit(self)
        return False

    def visit_Param(self, node: cst.Param) -> bool:
        self.bound_inside.add(node.name.value)
        if node.default is not None:
            node.default.visit(self)
        return False

    def visit_AssignTarget(self, node: cst.AssignTarget) -> bool:
        self._target(node.target)
        return False

    def visit_AugAssign(self, node: cst.AugAssign) -> bool:
        self._target(node.target)
        node.target.visit(self)
        node.value.visit(self)
        return False

    def visit_AnnAssign(self, node: cst.AnnAssign) -> bool:
        self._target(node.target)
        if node.value is not None:
            node.value.visit(self)
        return False

    def visit_For(self, node: cst.For) -> bool:
        self._target(node.target)
        return True

    def visit_CompFor(self, node: cst.CompFor) -> bool:
        self.bound_inside |= names_in(node.target).read.keys()
        return True

    def visit_AsName(self, node: cst.AsName) -> bool:
        self._target(node.name)
        return False

    def visit_MatchAs(self, node: cst.MatchAs) -> bool:
        if node.name is not None:
            self._target(node.name)
        if node.pattern is not None:
            node.pattern.visit(self)
        return False

    def visit_MatchMapping(self, node: cst.MatchMapping) -> bool:
        if node.rest is not None:
            self._target(node.rest)
        return True

    def visit_NamedExpr(self, node: cst.NamedExpr) -> bool:
        self._target(node.target)
        return True

    def visit_MatchStar(self, node: cst.MatchStar) -> bool:
        if node.name is not None:
            self._target(node.name)
        return False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self.written[node.name.value] = self.written.get(node.name.value, 0) + 1
        return True

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        self.written[node.name.value] = self.written.get(node.name.value, 0) + 1
        return True

    def _target(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Name):
            self.written[target.value] = self.written.get(target.value, 0) + 1
        elif isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self._target(element.value)
        else:
            target.visit(self)


def _is_about_its_frame(call: cst.Call) -> bool:
    name = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    return isinstance(name, cst.Name) and name.value in ABOUT_THE_FRAME


def names_in(node: cst.CSTNode) -> Names:
    found = Names()
    node.visit(found)
    return found


def is_builtin(name: str) -> bool:
    return hasattr(builtins, name)


def parameters_of(function: cst.FunctionDef) -> set[str]:
    found = Names()
    function.params.visit(found)
    return found.bound_inside


def local_names(function: cst.FunctionDef) -> set[str]:
    return parameters_of(function) | names_in(function.body).written.keys()
