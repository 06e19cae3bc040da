"""Visitors of the standard library: ``visit(tree)`` calls ``visit_Name``, and its like, for what it finds."""

from __future__ import annotations

from datause_lint.analysis.atoms import BoundAtom
from datause_lint.analysis.models.registry import ModelCall, models
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import NONE, Value, join_all, of

VISITORS = ("ast.NodeVisitor()", "ast.NodeTransformer()")


@models(*(f"{visitor}.{name}" for visitor in VISITORS for name in ("visit", "generic_visit")))
def visited(call: ModelCall) -> Value:
    """Any of the methods may run, with something of the tree, which is not told from the whole."""
    node = call.argument(0, "node")
    methods = {method: None for obj in call.receiver.objects() for method in _methods(call, obj)}
    given = [call.maybe(of(method), node) for method in methods]
    return join_all([*given, node if "Transformer" in call.path else NONE])


def _methods(call: ModelCall, visitor: Obj) -> list[BoundAtom]:
    found: dict[str, BoundAtom] = {}
    world = call.frame.world
    for kind in types_of(call.frame, call.state, visitor):
        for cls in world.hierarchy(kind.cls) if kind.cls is not None else ():
            ir = world.class_ir(cls)
            for name, function in ir.methods if ir is not None else ():
                if name.startswith("visit_") or name == "generic_visit":
                    found.setdefault(name, BoundAtom(function, None, visitor))
    own = call.frame.function.name
    return [each for name, each in found.items() if name != own or name != "generic_visit"]
